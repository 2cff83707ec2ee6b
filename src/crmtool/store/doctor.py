"""What can be wrong inside a store, found by looking at all of it.

The rows and the log are the truth. Lookup, search index and derived values follow from the rows and can be rebuilt (see
``rebuild``); rows that disagree with the log, or a log that disagrees with itself, cannot, and are for a person and a backup.
"""

from __future__ import annotations

from crmtool.core.errors import CrmError
from crmtool.core.messages import N_, Message
from crmtool.core.struct import Struct
from crmtool.store import ddl, derived, erase, replay
from crmtool.store.rebuild import chunks, whole_reader
from crmtool.store.verify import verify

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from crmtool.core.registry import Entity
    from crmtool.store.db import Database
    from crmtool.store.layout import Layouts
    from crmtool.store.reader import Reader

OK, NOTE, WRONG = "ok", "note", "wrong"
LIMIT = 20  # findings of one check
BUCKET = 4_096  # records that share a sum while the lookup is compared
WORD = 2**64
REBUILD = Message("Make it anew with “crm doctor --rebuild”.")

# What each check is called for people; the key is stable.
NAMES = {
    "schema": N_("Tables and indexes"),
    "erasure": N_("Erased data"),
    "integrity": N_("Integrity of the file"),
    "log": N_("The log"),
    "lookup": N_("Look-up of addresses and numbers"),
    "search": N_("Search index"),
    "derived": N_("Derived values"),
    "spans": N_("Past values"),
    "replay": N_("Rows and log"),
}


class Finding(Struct):
    """One thing a check has to say. ``level``: ``wrong`` needs somebody, ``note`` does not."""

    check: str
    level: str
    message: Message
    hint: Message | None = None
    path: str | None = None


def quick(db: Database, layouts: Layouts) -> Iterator[tuple[str, list[Finding]]]:
    """(check, its findings) of what is known without looking at every row."""
    yield "schema", _schema(db, layouts)
    yield "erasure", _erasure(db)


def deep(
    db: Database, layouts: Layouts, step: Callable[[str], None] = lambda what: None
) -> Iterator[tuple[str, list[Finding]]]:
    """(check, its findings) of everything there is, each on one state of the store; memory stays flat.

    ``step`` is called with the key of the check that comes next. A check that cannot be carried out is itself a finding.
    """
    looks: tuple[tuple[str, Callable[[Database, Layouts], list[Finding]]], ...] = (
        ("integrity", _integrity),
        ("log", _log),
        ("lookup", _lookup),
        ("search", _search),
        ("derived", _derived),
        ("spans", _spans),
        ("replay", _replay),
    )
    for check, look in looks:
        step(check)
        try:
            with db.reading():
                found = look(db, layouts)
        except (
            Exception
        ) as error:  # a damaged store may fail in any way, and the other checks still have something to say
            message = (
                error.message if isinstance(error, CrmError) else Message("{reason}", reason=repr(error))
            )
            hint: Message | None = Message("Restore a backup, or what “crm export” still reads.")
            if isinstance(error, CrmError) and error.code == "disk_full":
                hint = error.hint  # no sign of damage: the look itself needs room beside the store
            found = [wrong(check, message, hint)]
        yield check, found


def wrong(check: str, message: Message, hint: Message | None = None, path: str | None = None) -> Finding:
    return Finding(check, WRONG, message, hint, path)


# -- the checks ----------------------------------------------------------------------------------------------------------


def _schema(db: Database, layouts: Layouts) -> list[Finding]:
    """Every table has its columns, every index is there."""
    found, indexes = [], db.indexes()
    for entity in layouts.registry.entities.values():
        table = entity.table
        missing = set(layouts[entity.key].columns) - set(db.columns(table))
        if missing:
            names = ", ".join(sorted(missing))
            found.append(
                wrong("schema", Message("Table {table} lacks {columns}.", table=table, columns=names))
            )
        lost = [name for name in (f"{table}_id", f"{table}_name") if name not in indexes]
        found += [wrong("schema", Message("Index {name} is missing.", name=name)) for name in lost]
        unbuilt = [name for name, _ in ddl.own_indexes(entity) if name not in indexes]
        # A process that ends between a definition and its index leaves a store that is sound and only slower.
        found += [
            Finding(
                "schema",
                NOTE,
                Message("Index {name} is not built yet; without it all is only slower.", name=name),
                REBUILD,
            )
            for name in unbuilt
        ]
    return found


def _integrity(db: Database, layouts: Layouts) -> list[Finding]:
    return [wrong("integrity", Message("{reason}", reason=text)) for text in db.check()]


def _log(db: Database, layouts: Layouts) -> list[Finding]:
    return [wrong("log", problem.message) for problem in verify(db, limit=LIMIT).problems]


def _erasure(db: Database) -> list[Finding]:
    if not erase.unfinished(db):
        return []
    message = Message("Bytes of erased records may still be in the files.")
    return [wrong("erasure", message, Message("Finish it with “crm doctor --rebuild”."))]


def _lookup(db: Database, layouts: Layouts) -> list[Finding]:
    """The lookup holds the keys of the rows, all of them and no others."""
    found: list[Finding] = []
    reader = whole_reader(db, layouts)
    for entity in layouts.registry.entities.values():
        layout = layouts[entity.key]
        wanted, held = _Sums(), _Sums()
        for chunk in chunks(reader, entity):
            for record in chunk:
                for kind, key in set(layout.keys(record)):
                    wanted.add(record["n"], kind, key)
        for kind, key, n in db.rows("SELECT kind, key, n FROM lookup WHERE entity = ?", (entity.index_key,)):
            held.add(n, kind, key)
        for bucket in sorted(wanted.differing(held))[:LIMIT]:
            low, high = bucket * BUCKET, (bucket + 1) * BUCKET
            unlike = _unlike(db, layouts, reader, entity, low, high)
            found += [wrong("lookup", message, REBUILD) for message in unlike[: LIMIT - len(found)]]
    known = [
        entity.index_key for entity in replay.definitions(db).entities.values()
    ]  # also of objects in the trash, whose records wait for them
    strange = db.scalar(
        f"SELECT count(*) FROM lookup WHERE entity NOT IN ({', '.join('?' * len(known))})", known
    )
    if strange:
        found.append(
            wrong("lookup", Message("{n} entries are of no known kind of record.", n=strange), REBUILD)
        )
    return found


def _unlike(
    db: Database, layouts: Layouts, reader: Reader, entity: Entity, low: int, high: int
) -> list[Message]:
    """Which records of a range of numbers differ from their entries."""
    numbers = [
        row[0] for row in db.rows(f'SELECT n FROM "{entity.table}" WHERE n >= ? AND n < ?', (low, high))
    ]
    wanted = {
        n: set(layouts[entity.key].keys(record))
        for n, record in reader.by_number(entity.key, numbers, trash="with").items()
    }
    held: dict[int, set[tuple[str, str]]] = {}
    sql = "SELECT n, kind, key FROM lookup WHERE entity = ? AND n >= ? AND n < ?"
    for n, kind, key in db.rows(sql, (entity.index_key, low, high)):
        held.setdefault(n, set()).add((kind, key))
    return [
        Message("The entries of {noun} number {n} are not those of its row.", noun=entity.key, n=n)
        for n in sorted(wanted.keys() | held.keys())
        if wanted.get(n, set()) != held.get(n, set())
    ]


class _Sums:
    """A sum of hashes for every few thousand records: equal sums are equal entries, in memory that does not grow."""

    def __init__(self) -> None:
        self._sums: dict[int, int] = {}

    def add(self, n: int, kind: str, key: str) -> None:
        bucket = n // BUCKET
        self._sums[bucket] = (self._sums.get(bucket, 0) + hash((n, kind, key))) % WORD

    def differing(self, other: _Sums) -> set[int]:
        every = self._sums.keys() | other._sums.keys()
        return {bucket for bucket in every if self._sums.get(bucket) != other._sums.get(bucket)}


def _search(db: Database, layouts: Layouts) -> list[Finding]:
    """The search index holds the words of the live rows, each in its place, and no others."""
    found = []
    reader = whole_reader(db, layouts)
    for entity in layouts.registry.entities.values():
        layout = layouts[entity.key]
        if not entity.search:
            continue
        rows = (
            layout.search_row(record["n"], record)
            for chunk in chunks(reader, entity)
            for record in chunk
            if record["deleted_at"] is None
        )
        for n, part in db.search_differences(entity.table, entity.search, rows, LIMIT):
            text = Message("The words of {noun} number {n} ({part}) are not those of its row.",
                           noun=entity.key, n=n, part=part)  # fmt: skip
            found.append(wrong("search", text, REBUILD))
    return found


def _derived(db: Database, layouts: Layouts) -> list[Finding]:
    return [
        wrong(
            "derived",
            Message(
                "{field} of {noun} {record} is not what it comes to.", field=field, noun=key, record=record
            ),
            REBUILD,
        )
        for key, record, field in derived.differences(db, layouts, LIMIT)
    ]


def _spans(db: Database, layouts: Layouts) -> list[Finding]:
    """Past values of a field follow each other in time, and belong to a record and a change set that exist."""
    tables = [e.table for e in layouts.registry.entities.values() if layouts[e.key].tracked]
    nowhere = " AND ".join(f'NOT EXISTS (SELECT 1 FROM "{table}" WHERE id = span.record)' for table in tables)
    checks = (
        (
            "SELECT record, field FROM span WHERE from_at > until_at",
            N_("A past value of {field} of {record} ends before it begins."),
        ),
        (
            "SELECT record, field FROM (SELECT record, field, from_at, lag(until_at) OVER "
            "(PARTITION BY record, field ORDER BY until_at, set_n) AS ended FROM span) AS s WHERE ended > from_at",
            N_("Past values of {field} of {record} overlap."),
        ),
        (
            "SELECT record, field FROM span WHERE NOT EXISTS (SELECT 1 FROM change_set WHERE n = span.set_n)",
            N_("A past value of {field} of {record} comes from no change."),
        ),
        (
            f"SELECT record, field FROM span WHERE {nowhere}",
            N_("{record} has past values and does not exist."),
        ),
    )
    found = []
    for sql, text in checks:
        for record, field in db.rows(f"{sql} LIMIT {LIMIT}"):
            found.append(wrong("spans", Message(text, record=record, field=field)))
    return found


def _replay(db: Database, layouts: Layouts) -> list[Finding]:
    """The rows are what the log gives when it is played into an empty store."""
    return [
        wrong(
            "replay",
            Message(
                "{field} of {noun} {record} is not what the log says.", field=column, noun=key, record=record
            )
            if column
            else Message(
                "{noun} {record} is in the log or among the rows, and not in both.", noun=key, record=record
            ),
        )
        for key, record, column in replay.differences(db, LIMIT)
    ]
