"""What an export writes: one or several tables, each the records of one query."""

from __future__ import annotations

from crmtool.core.query import All, Empty, Not, Path
from crmtool.core.struct import Struct
from crmtool.store.reader import Query

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from crmtool.core.fields import Field
    from crmtool.core.query import Node, SortKey
    from crmtool.core.registry import Entity
    from crmtool.store.reader import Reader


# Hidden fields that somebody who leaves takes along all the same.
KEPT = ("external_ids", "extra")


class Table(Struct):
    """The records of one query. ``key`` names it for programs (a file, a member of an object), ``title`` for people.

    ``fields`` are the columns in order, dotted ones under their dotted key. With ``ids`` a reference has the id of its record
    beside its name where a format would write the name alone.
    """

    key: str
    title: str
    entity: Entity
    fields: tuple[Field, ...]
    where: Node | None = None
    sort: tuple[SortKey, ...] = ()
    ids: bool = False

    @property
    def narrowed(self) -> bool:
        """Whether a condition leaves records out."""
        return self.where is not None and not isinstance(self.where, All)

    @property
    def query(self) -> Query:
        """The table's query; without an order it is the one in which the records were made."""
        return Query(self.entity.key, self.where, self.sort, fields=tuple(field.key for field in self.fields))


class Export:
    """One export: what is written, how, and how far it is. ``rows`` counts all records written; ``cut`` the values shortened.

    ``raw`` is for programs: no value is changed for the sake of spreadsheets. ``version`` is that of a format which has several.
    ``language`` and ``title`` are those of a page.
    """

    def __init__(
        self,
        reader: Reader,
        tables: Sequence[Table],
        *,
        raw: bool = False,
        version: str = "",
        language: str = "en",
        title: str = "",
    ) -> None:
        self.reader = reader
        self.tables = tables
        self.raw = raw
        self.version = version
        self.language = language
        self.title = title
        self.rows = 0
        self.cut = 0
        self._progress: Callable[[int], None] = lambda rows: None

    def follow(self, progress: Callable[[int], None]) -> None:
        """Tell ``progress`` the number of records written, now and then."""
        self._progress = progress

    def count(self, rows: int) -> None:
        """So many more records are written."""
        self.rows += rows
        self._progress(self.rows)


def all_tables(reader: Reader, entities: Iterable[Entity]) -> list[Table]:
    """A table of every kind of record that has any the actor may see, whole, with ids beside names."""
    tables = (
        Table(entity.plural, entity.plural_label(), entity, whole(reader, entity), ids=True)
        for entity in entities
        if not entity.internal
    )
    filled = [table for table in tables if _any(reader, table.query)]
    return [table.replace(fields=(*table.fields, *_kept(reader, table))) for table in filled]


def whole(reader: Reader, entity: Entity) -> tuple[Field, ...]:
    """All fields that a complete table has: those the actor may see and that are not the program's own."""
    return tuple(field for field in reader.visible_fields(entity) if not field.hidden)


def _kept(reader: Reader, table: Table) -> list[Field]:
    """What imports kept beside the records, and the ids that other programs have for them: where any record has some."""
    fields = [field for field in reader.visible_fields(table.entity) if field.key in KEPT]
    return [
        field for field in fields
        if _any(reader, table.query.replace(where=Not(Empty(Path((field,)))), fields=(field.key,)))
    ]  # fmt: skip


def _any(reader: Reader, query: Query) -> bool:
    return next(reader.records(query.replace(limit=1)), None) is not None


def distinct(tables: Sequence[Table]) -> list[Table]:
    """The tables with keys and titles that differ from each other also where case does not count."""
    seen: dict[str, int] = {}
    out = []
    for table in tables:
        number = seen[table.key.casefold()] = seen.get(table.key.casefold(), 0) + 1
        if number > 1:
            table = table.replace(key=f"{table.key}_{number}", title=f"{table.title} ({number})")
        out.append(table)
    return out
