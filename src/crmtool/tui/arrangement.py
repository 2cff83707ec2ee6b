"""How a person has arranged a list: which columns, how wide, in what order; remembered for each list, view and static list."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from crmtool.core.errors import CrmError
from crmtool.doors.lists import field_named, visible
from crmtool.tui.records import Records

if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any

    from crmtool.app.workspace import Workspace
    from crmtool.core.fields import Field
    from crmtool.tui.desk import Desk
    from crmtool.tui.places import Place
    from crmtool.tui.settings import Memory

NARROWEST, WIDEST = 4, 120


class Arrangement(NamedTuple):
    """``columns`` are names of fields, also dotted ones; none of them means the usual ones. ``sort`` as ``--sort`` takes it."""

    columns: tuple[str, ...] = ()
    widths: tuple[tuple[str, int], ...] = ()
    sort: str = ""

    @classmethod
    def recall(cls, memory: Memory, place: Place) -> Arrangement:
        """What is remembered of a place; whatever is in the file, it is an arrangement."""
        found = memory.get(_name(place))
        if not isinstance(found, dict):
            return cls()
        columns, widths, sort = found.get("columns"), found.get("widths"), found.get("sort")
        return cls(
            tuple(name for name in columns if isinstance(name, str)) if isinstance(columns, list) else (),
            tuple((key, wide) for key, wide in widths.items() if isinstance(wide, int))
            if isinstance(widths, dict)
            else (),
            sort if isinstance(sort, str) else "",
        )

    def keep(self, memory: Memory, place: Place) -> None:
        """Remember it."""
        kept: dict[str, Any] = {"columns": [*self.columns], "widths": dict(self.widths), "sort": self.sort}
        memory.keep(_name(place), kept)

    def widened(self, key: str, width: int) -> Arrangement:
        """The same with one column so wide, within reason."""
        widths = {**dict(self.widths), key: max(NARROWEST, min(width, WIDEST))}
        return self._replace(widths=tuple(widths.items()))


def _name(place: Place) -> str:
    return ":".join(["list", place.entity, *filter(None, (place.view, place.on))])


def arranged(
    workspace: Workspace, desk: Desk, place: Place, arrangement: Arrangement, trash: str = "without"
) -> Records:
    """The records of a place as they were arranged; what was remembered and is no more (a field, its right) is left out.

    A view gives what the place and the person leave open. Raises ``CrmError`` where there is no such kind, view or list.
    """
    entity = visible(workspace, workspace.registry.entity(place.entity))
    names: tuple[str, ...] = arrangement.columns
    sort = place.sort or arrangement.sort
    if place.view:
        from crmtool.doors.views import of_name

        view = of_name(workspace, place.view, entity.key)
        names, sort = names or view.columns, sort or view.sort
    fields = fields_named(workspace, place.entity, names) or [
        entity.fields[key] for key in entity.list_fields
    ]
    if sort:
        from crmtool.doors.lists import order

        try:
            order(workspace, entity, sort)
        except CrmError:
            if place.sort:
                raise
            sort = ""
    return Records(
        desk, entity, fields, place._replace(sort=sort), trash=trash, widths=dict(arrangement.widths)
    )


def fields_named(workspace: Workspace, noun: str, names: Iterable[str]) -> list[Field]:
    """The fields of these names that there are."""
    entity, found = workspace.registry.entity(noun), {}
    for name in names:
        try:
            field = field_named(workspace, entity, name)
        except CrmError:
            continue
        found[field.key] = field
    return [*found.values()]


def sorted_by(sort: str, key: str, *, add: bool = False) -> str:
    """The order after a column was asked for: rising, then falling, then not by it. ``add`` keeps the others before it."""
    parts = [part.strip() for part in sort.split(",") if part.strip()]
    now = next((part for part in parts if part.lstrip("-+") == key), None)
    following = key if now is None else f"-{key}" if not now.startswith("-") else ""
    if not add:
        return following
    if now is None:
        return ",".join([*parts, following])
    return ",".join(filter(None, (following if part == now else part for part in parts)))


def moved(names: list[str], key: str, by: int) -> list[str]:
    """The columns with one of them moved."""
    at = names.index(key)
    to = max(0, min(at + by, len(names) - 1))
    rest = [name for name in names if name != key]
    return [*rest[:to], key, *rest[to:]]
