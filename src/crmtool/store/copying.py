"""Everything a store holds as parts of plain JSON objects, and the way of such parts into a store that is new.

Records are told by field, own fields by their stable key, so they mean the same in any version and on either engine. The log is
told column by column, byte by byte: its digests are made of what stands there. What follows from both (look-up, search index,
indexes of own fields) is made anew.
"""

from __future__ import annotations

from crmtool.core.entities import builtin
from crmtool.core.errors import StoreError
from crmtool.core.jsontext import loads
from crmtool.core.messages import Message
from crmtool.core.struct import Struct
from crmtool.store import ddl
from crmtool.store.layout import Layouts, quoted
from crmtool.store.rebuild import chunks, index_anew, whole_reader
from crmtool.store.replay import definitions

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from typing import Any

    from crmtool.core.registry import Entity, Registry
    from crmtool.store.db import Database

    Row = dict[str, Any]

RECORDS = "records/"
BESIDE = "~"  # what a record has of fields that only a newer version knows
DEFINING = ("object", "field")  # without them the records of others cannot be read
# Parts that are tables of the store, with the column that orders them: what has to be known first, and what follows the records.
_BEFORE = {"settings": ("meta", "key"), "log/shapes": ("shape", "n")}
_AFTER = {
    "log/change_sets": ("change_set", "n"),
    "log/changes": ("change", "n"),
    "log/past_values": ("span", "record, field, until_at, set_n"),
    "log/jobs": ("job", "id"),
    "log/consumers": ("consumer", "name"),
}
_BLOBS = {"change_set": ("digest",), "change": ("salt_personal", "salt_rest", "redacted")}
BATCH = 1_000
# What is of this very file and says nothing of the workspace.
_OF_THE_FILE = ("erasing",)


class Part(Struct):
    """A named stream of objects."""

    name: str
    rows: Iterator[Row]


def parts(db: Database) -> Iterator[Part]:
    """All parts of a store in the order in which ``Loader`` takes them, each to be read before the next is asked for.

    Read inside ``db.reading()``, so that they all tell of the same moment.
    """
    for name, (table, order) in _BEFORE.items():
        yield Part(name, _table_rows(db, table, order))
    registry = definitions(db)
    for entity in _ordered(registry):
        if db.columns(entity.table):
            yield Part(f"{RECORDS}{entity.stable_key}", _records(db, registry, entity))
    for name, (table, order) in _AFTER.items():
        yield Part(name, _table_rows(db, table, order))


def _ordered(registry: Registry) -> list[Entity]:
    others = [entity for entity in registry.entities.values() if entity.key not in DEFINING]
    return [*(registry.entities[key] for key in DEFINING), *others]


def _records(db: Database, registry: Registry, entity: Entity) -> Iterator[Row]:
    """The records of an entity, those in the trash too: their values by field, their number, and what no field explains."""
    stable = [(field.key, field.stable_key) for field in entity.fields.values()]
    known = {field.own_key for field in entity.own_fields}
    held = f'SELECT n, custom FROM "{entity.table}" WHERE n BETWEEN ? AND ? AND custom IS NOT NULL'
    for chunk in chunks(whole_reader(db, Layouts(registry)), entity):
        beside = {
            n: {key: value for key, value in loads(text).items() if key not in known}
            for n, text in db.rows(held, (chunk[0]["n"], chunk[-1]["n"]))
        }
        for record in chunk:
            row = {"n": record["n"]}
            for key, name in stable:
                value = record.get(key)
                if value is not None and value != []:
                    row[name] = value
            if beside.get(record["n"]):
                row[BESIDE] = beside[record["n"]]
            yield row


def _table_rows(db: Database, table: str, order: str) -> Iterator[Row]:
    columns = db.columns(table)
    blobs = [columns.index(name) for name in _BLOBS.get(table, ())]
    sql = f"SELECT {', '.join(quoted(name) for name in columns)} FROM {table} ORDER BY {order}"
    for row in db.rows(sql):
        values = list(row)
        for at in blobs:
            if values[at] is not None:
                values[at] = bytes(values[at]).hex()
        if table == "meta" and values[0] in _OF_THE_FILE:
            continue
        yield {name: value for name, value in zip(columns, values, strict=True) if value is not None}


class Loader:
    """Takes the parts of a store into one that has its tables and nothing else, in the order of ``parts``.

    Transactions are the caller's: each call is one, or part of one that is open. ``StoreError`` (``damaged``) for what fits no
    store.
    """

    def __init__(self, db: Database) -> None:
        self.db = db
        self._registry: Registry = builtin()
        self._known = False

    def load(self, name: str, rows: Iterable[Row]) -> int:
        """Take in one part; the number of its rows."""
        if name.startswith(RECORDS):
            return self._records(name.removeprefix(RECORDS), rows)
        table, _ = {**_BEFORE, **_AFTER}[name]
        return self._table(table, rows)

    def _table(self, table: str, rows: Iterable[Row]) -> int:
        columns = self.db.columns(table)
        sql = f"INSERT INTO {table} ({', '.join(quoted(name) for name in columns)}) VALUES ({', '.join('?' * len(columns))})"
        blobs = _BLOBS.get(table, ())
        allowed, count = set(columns), 0
        for batch in _batches(rows):
            made = []
            for row in batch:
                if not allowed.issuperset(row):
                    raise unfit(table, min(set(row) - allowed))
                for name in blobs:
                    if name in row:
                        row[name] = bytes.fromhex(row[name])
                made.append([row.get(name) for name in columns])
            with self.db.atomic():
                self.db.executemany(sql, made)
            count += len(made)
        return count

    def _records(self, stable_key: str, rows: Iterable[Row]) -> int:
        from crmtool.store.writer import Writer

        if stable_key not in DEFINING:
            self._define()
        entity = next((e for e in self._registry.entities.values() if e.stable_key == stable_key), None)
        if entity is None:
            raise unfit(RECORDS, stable_key)
        layouts = Layouts(self._registry)
        writer = Writer(self.db, layouts, "")
        keys = {field.stable_key: field.key for field in entity.fields.values()} | {"n": "n"}
        count = 0
        for batch in _batches(rows):
            made = []
            for row in batch:
                beside = row.pop(BESIDE, {})
                unknown = row.keys() - keys.keys()
                if unknown:
                    raise unfit(stable_key, min(unknown))
                made.append({keys[name]: value for name, value in row.items()} | beside)
            with self.db.atomic():
                writer.take_in(entity.key, made)
            count += len(made)
        return count

    def _define(self) -> None:
        """Know the definitions that have been taken in, and have tables for own objects."""
        if self._known:
            return
        self._known = True
        self._registry = definitions(self.db)
        with self.db.atomic():
            for entity in self._registry.entities.values():
                if entity.own_id:
                    ddl.create_entity(self.db, entity)

    def finish(self, present: Layouts, step: Callable[[str], None] = lambda what: None) -> None:
        """Make what follows from the records. ``present`` are the layouts of the definitions that are not in the trash."""
        self._define()
        every = Layouts(self._registry)
        for entity in self._registry.entities.values():
            step(entity.key)
            layouts = present if entity.key in present.registry.entities else every
            index_anew(self.db, layouts, layouts.registry.entities[entity.key])
        ddl.build_own_indexes(self.db, self._registry)


def unfit(where: str, what: str) -> StoreError:
    return StoreError(
        Message("“{what}” in {where} is nothing that a workspace has.", what=what, where=where),
        Message("The archive is damaged, or made by a newer crmtool."),
        code="damaged",
    )


def _batches(rows: Iterable[Row]) -> Iterator[list[Row]]:
    batch: list[Row] = []
    for row in rows:
        batch.append(row)
        if len(batch) == BATCH:
            yield batch
            batch = []
    if batch:
        yield batch
