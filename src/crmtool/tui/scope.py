"""Which records something is done to: those that were picked, or all of a list but some; the same as a command line says it."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from crmtool.core.ids import handle
from crmtool.doors.targets import Wanted, matching

if TYPE_CHECKING:
    from collections.abc import Iterator

    from crmtool.app.workspace import Workspace
    from crmtool.tui.places import Place
    from crmtool.tui.rows import Chosen, Row

ALL = "created_at is set"  # what every record meets, for a command line that asks for a filter


class Scope(NamedTuple):
    """``keys`` are ids: of the records meant, or with ``rest`` of those of the place that are not."""

    place: Place
    keys: tuple[str, ...]
    rest: bool = False
    trash: str = "without"

    @classmethod
    def of(cls, place: Place, chosen: Chosen, row: Row | None, trash: str = "without") -> Scope | None:
        """What is selected, else the row under the cursor; ``None`` when there is neither."""
        if chosen:
            return cls(place, tuple(sorted(chosen.keys)), chosen.rest, trash)
        return None if row is None else cls(place, (row.key,), False, trash)

    def count(self, workspace: Workspace) -> int:
        """How many there are."""
        return sum(1 for _ in self.records(workspace)) if self.rest else len(self.keys)

    def records(self, workspace: Workspace) -> Iterator[str]:
        """Their ids, in the order of the list where they are all of one."""
        if not self.rest:
            yield from self.keys
            return
        entity = workspace.registry.entity(self.place.entity)
        left_out = frozenset(self.keys)
        found = matching(workspace, entity, self._wanted().condition(workspace, entity), trash=self.trash)
        yield from (record for record in found if record not in left_out)

    def _wanted(self) -> Wanted:
        place = self.place
        where = (place.filter,) if place.filter else ()
        return Wanted((), where, place.view or None, place.on or None)

    def words(self) -> list[str]:
        """The words of a command line that mean the same records, and answer its question."""
        if not self.rest:
            return [f"@{handle(key)}" for key in self.keys] + (["--yes"] if len(self.keys) > 1 else [])
        place = self.place
        where = [place.filter] if place.filter else []
        if self.keys:
            where.append(f"not id in ({', '.join(self.keys)})")
        if not (where or place.view or place.on):
            where = [ALL]
        words = [word for text in where for word in ("--where", text)]
        for option, value in (("--view", place.view), ("--list", place.on)):
            words += [option, value] if value else []
        return [*words, "--yes"]
