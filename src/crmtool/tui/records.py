"""A query as the source of a list: stretches of it in one lane, counting and leaps in another."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmtool.core.query import all_of
from crmtool.doors.filters import condition
from crmtool.doors.lists import on_list, order
from crmtool.doors.values import shown
from crmtool.doors.views import of_name
from crmtool.store.ordering import ONWARDS, Way
from crmtool.store.reader import Query
from crmtool.store.stretches import before, leap, mark, stretch
from crmtool.tui.desk import PAGE, SLOW
from crmtool.tui.rows import Column, Part, Row

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import Any

    from crmtool.app.workspace import Workspace
    from crmtool.core.fields import Field
    from crmtool.core.registry import Entity
    from crmtool.store.stretches import Stretch
    from crmtool.tui.desk import Desk
    from crmtool.tui.places import Place

WIDTHS = {"money": 14, "date": 12, "instant": 17, "number": 9, "choice": 12, "yesno": 5, "reference": 20}
NAME_WIDTH, OTHER_WIDTH = 28, 22
UP, DOWN = "▲", "▼"


class Records:
    """The records of a list's place, with these fields as columns. ``widths`` are those a person gave, by key of the field.

    ``trash``: ``"without"``, ``"only"`` or ``"with"`` deleted records.
    """

    def __init__(
        self,
        desk: Desk,
        entity: Entity,
        fields: Sequence[Field],
        place: Place,
        *,
        trash: str = "without",
        widths: Mapping[str, int] | None = None,
    ) -> None:
        self._desk = desk
        self.entity = entity
        self.fields = tuple(fields)
        self.place = place
        self._trash = trash
        self._widths = dict(widths or {})
        self._columns = self._made()

    def columns(self) -> Sequence[Column]:
        return self._columns

    def width(self, key: str, width: int) -> None:
        """Show a column so wide."""
        self._widths[key] = width
        self._columns = self._made()

    def _made(self) -> list[Column]:
        sorts = sort_marks(self.place.sort or self.entity.default_sort or "")
        return [
            Column(
                field.key,
                field.label(),
                self._widths.get(field.key) or self._usual(field),
                field.kind.name in ("number", "money") and not field.multi,
                sorts.get(field.key, ""),
                field.key == self.entity.name_field,
            )
            for field in self.fields
        ]

    def _usual(self, field: Field) -> int:
        if field.key == self.entity.name_field:
            return NAME_WIDTH
        return WIDTHS.get(field.kind.name, OTHER_WIDTH)

    # -- rows ----------------------------------------------------------------------------------------------------------

    async def read(self, limit: int, place: str | None = None, *, back: bool = False) -> Part:
        def ask(workspace: Workspace) -> Part:
            return self._part(stretch(workspace.reader, self._query(workspace, limit, place), Way(back=back)))

        return await self._desk.ask(ask, PAGE)

    async def around(self, place: str, earlier: int, limit: int) -> tuple[Part, Part]:
        def ask(workspace: Workspace) -> tuple[Part, Part]:
            reader, query = workspace.reader, self._query(workspace, limit, place)
            with workspace.db.reading():
                later = stretch(reader, query, Way(at=True))
                return self._part(stretch(reader, query.replace(limit=earlier), Way(back=True))), self._part(
                    later
                )

        return await self._desk.ask(ask, PAGE)

    async def leap(self, over: int, place: str | None = None, *, back: bool = False) -> str | None:
        def ask(workspace: Workspace) -> str | None:
            go = Way(back=True) if back else ONWARDS
            found = leap(workspace.reader, self._query(workspace, 1, place), over, go)
            return None if found is None else mark(found)

        return await self._desk.ask(ask, SLOW)

    async def count(self, place: str | None) -> tuple[int, int]:
        def ask(workspace: Workspace) -> tuple[int, int]:
            reader, query = workspace.reader, self._query(workspace)
            with workspace.db.reading():
                standing = before(reader, query, place) if place is not None else 0
                return reader.count(query), standing

        return await self._desk.ask(ask, SLOW)

    def query(self, workspace: Workspace) -> Query:
        """The whole list as a query."""
        return self._query(workspace)

    def _query(self, workspace: Workspace, limit: int | None = None, after: str | None = None) -> Query:
        place, entity = self.place, workspace.registry.entity(self.entity.key)
        parts = [condition(workspace, entity, (), [place.filter])] if place.filter else []
        if place.on:
            parts.append(on_list(workspace, entity, place.on))
        if place.view:
            parts.append(of_name(workspace, place.view, entity.key).where)
        return Query(
            entity.key,
            all_of(parts),
            order(workspace, entity, place.sort),
            tuple(f.key for f in self.fields),
            limit,
            after,
            self._trash,
        )

    def _part(self, found: Stretch) -> Part:
        rows = [self._row(record, place) for record, place in zip(found.records, found.places, strict=True)]
        return Part(rows, found.more)

    def _row(self, record: dict[str, Any], place: list[Any]) -> Row:
        cells = tuple(shown(record, field) for field in self.fields)
        return Row(str(record["id"]), cells, record, "", mark(place))


def sort_marks(sort: str) -> dict[str, str]:
    """From the text of an order to what stands in the header of each field: a triangle, with a number where there are several."""
    parts = [part.strip() for part in sort.split(",") if part.strip()]
    several = len(parts) > 1
    return {
        part.lstrip("-+"): f"{DOWN if part.startswith('-') else UP}{number if several else ''}"
        for number, part in enumerate(parts, 1)
    }
