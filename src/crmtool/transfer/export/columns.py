"""The rows of a table as the store has them, and where the value of each column stands in one."""

from __future__ import annotations

from itertools import islice

from crmtool.core.struct import Struct
from crmtool.store.layout import mode

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from typing import Any

    from crmtool.core.fields import Field
    from crmtool.store.reader import Reader
    from crmtool.transfer.export.tables import Export, Table

    Row = tuple[Any, ...]
    # The text of a reference of an id, a name, and whether the record is in the trash; without an id, that of a blank.
    SpellReference = Callable[[str | None, str | None, bool], str]

CHUNK = 500
FIRST_CHUNK = 20  # so that whoever waits sees the first rows at once
MOST_NAMES = 10_000  # some 4 MB; rows that were made together mostly refer to the same


class Column(Struct):
    """One column: a field, and the position of its first stored column in a row.

    ``stored`` says how the value lies there (see ``layout.mode``); an own field's lies under ``field.own_key`` in JSON.
    ``name`` is the column's heading. ``named``: a reference that is written with the name of its record.
    """

    field: Field
    name: str
    at: int
    stored: int
    named: bool


class Names:
    """The texts of references, by id: looked up a chunk of rows at a time, since most rows refer to a few records.

    ``texts`` is what a row is written with; ``None`` in it is the blank. It holds the names of ``MOST_NAMES`` records at most.
    """

    def __init__(self, reader: Reader, target: str, spell: SpellReference) -> None:
        self._reader = reader
        self._target = target
        self._spell = spell
        self.texts: dict[str | None, str] = {None: spell(None, None, False)}

    def learn(self, ids: set[Any]) -> None:
        """Look up the names of records that are not known yet."""
        missing = ids.difference(self.texts)
        if not missing:
            return
        if len(self.texts) + len(missing) > MOST_NAMES:
            blank = self.texts[None]
            self.texts.clear()
            self.texts[None] = blank
            missing = ids - {None}
        found = self._reader.names(self._target, missing, trash="without")
        spell = self._spell
        self.texts.update((ident, spell(ident, name, False)) for ident, name in found.items())
        missing -= found.keys()
        if missing:
            gone = self._reader.names(self._target, missing, trash="only")
            self.texts.update((ident, spell(ident, gone.get(ident), ident in gone)) for ident in missing)


class Rows:
    """The rows of a table, in chunks, with the names of what they refer to looked up."""

    def __init__(self, export: Export, table: Table, spell: SpellReference) -> None:
        reader = export.reader
        self._count = export.count
        places, self._rows = reader.rows(table.query)
        at = {field.key: (field, position) for field, position in places}
        self.columns: list[Column] = []
        self._names: dict[str, Names] = {}
        self._references: list[tuple[Names, Callable[[Row], Any]]] = []
        for wanted in table.fields:
            field, position = at[wanted.key]
            named = refers(reader, field)
            self.columns.append(Column(field, wanted.key, position, mode(field), named))
            if not named:
                continue
            target = str(field.target)
            names = self._names.get(target)
            if names is None:
                names = self._names[target] = Names(reader, target, spell)
            self._references.append((names, self._id_in(self.columns[-1])))
            if table.ids:
                self.columns.append(Column(field, f"{wanted.key}_id", position, mode(field), False))

    def names_of(self, column: Column) -> dict[str | None, str]:
        """The texts by id that a column with names is written with."""
        return self._names[str(column.field.target)].texts

    def chunks(self) -> Iterator[Sequence[Row]]:
        """The rows, some at a time; the names in them are known when they are answered."""
        rows, size = self._rows, FIRST_CHUNK
        while chunk := list(islice(rows, size)):
            for names, ident in self._references:
                names.learn(set(map(ident, chunk)))
            yield chunk
            self._count(len(chunk))
            size = CHUNK

    @staticmethod
    def _id_in(column: Column) -> Callable[[Row], Any]:
        at, field = column.at, column.field
        if field.own_key is None:
            from operator import itemgetter

            return itemgetter(at)
        from crmtool.core.jsontext import loads

        key = field.own_key
        return lambda row: loads(row[at]).get(key) if row[at] is not None else None


def refers(reader: Reader, field: Field) -> bool:
    """Whether the field's values are ids of records with a name that the actor may see."""
    if field.kind.name not in ("reference", "file") or not field.target:
        return False
    target = reader.layouts.registry.entities.get(field.target)
    return target is not None and target.name_field in (shown.key for shown in reader.visible_fields(target))
