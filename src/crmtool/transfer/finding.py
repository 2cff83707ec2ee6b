"""What deciding reads: the store as it is, or, for a plan, as it would be after the rows so far.

A plan writes nothing into the store, and yet its later rows must find what its earlier ones would have made, in the same file
and in others. Therefore it keeps what it decided in a private database on disk, which is looked at before the store.
"""

from __future__ import annotations

import itertools

from crmtool.core import jsontext
from crmtool.core.changes import CREATE
from crmtool.core.query import In, Path
from crmtool.store.reader import CHUNK, Query
from crmtool.transfer.candidates import MOMENTS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from typing import Any

    from crmtool.core.changes import Change
    from crmtool.core.registry import Registry
    from crmtool.store.layout import Layouts
    from crmtool.store.reader import Reader

    Record = dict[str, Any]
    Tie = tuple[str, str, str]

_BELOW = -(1 << 62)
_ENTITIES = 1 << 12  # more than a workspace has


class Finder:
    """Reads of the store, as its actor may see it."""

    def __init__(self, reader: Reader) -> None:
        self.reader = reader

    @property
    def registry(self) -> Registry:
        return self.reader.layouts.registry

    def lookup(self, entity: str, kind: str, keys: Sequence[str]) -> dict[str, list[str]]:
        """Live records by a normalised key, oldest first."""
        return self.reader.lookup(entity, kind, keys)

    def by_name(self, entity: str, keys: Sequence[str]) -> dict[str, list[str]]:
        """Live records by folded name, oldest first."""
        return self.reader.by_name(entity, keys)

    def get_many(self, entity: str, records: Sequence[str], *, trash: str = "without") -> dict[str, Record]:
        """Whole records by id."""
        return self.reader.get_many(entity, records, trash=trash)

    def every(self, entity: str) -> list[Record]:
        """All records of an entity that has few: stages, pipelines, users, products."""
        return [*self.reader.records(Query(entity, expand=False))]

    def at(self, entity: str, key: str, values: Sequence[Any]) -> list[Record]:
        """The records whose field ``key`` has one of the values."""
        field = self.registry.entities[entity].fields[key]
        out: list[Record] = []
        for start in range(0, len(values), CHUNK):
            where = In(Path((field,)), tuple(values[start : start + CHUNK]))
            out += self.reader.records(Query(entity, where, fields=("id",), expand=False))
        return [*self.get_many(entity, [record["id"] for record in out]).values()]

    def ties(self, records: Sequence[str]) -> set[Tie]:
        """(relation, from, to) of the links that begin at these records."""
        link = self.registry.entities["link"]
        out: set[Tie] = set()
        for start in range(0, len(records), CHUNK):
            where = In(Path((link.fields["from"],)), tuple(records[start : start + CHUNK]))
            query = Query("link", where, fields=("relation", "from", "to"), expand=False)
            out.update((r["relation"], r["from"], r["to"]) for r in self.reader.records(query))
        return out


class Foreseen(Finder):
    """The store with the changes of a plan laid over it; ``close`` it.

    A record lies under its number, and under the hash of every key that finds it: small integers, of which a million are quickly
    written. What a hash finds is looked at again, so that two keys of one hash do no harm.
    """

    def __init__(self, reader: Reader, layouts: Layouts) -> None:
        import sqlite3  # 5 ms, for plans alone

        super().__init__(reader)
        self.layouts = layouts
        self._db = sqlite3.connect("", isolation_level=None)  # a file that the system removes by itself
        self._db.executescript(
            "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF;"
            "CREATE TABLE record (n INTEGER PRIMARY KEY, entity TEXT, body TEXT);"
            "CREATE TABLE mark (hash INTEGER, n INTEGER, PRIMARY KEY (hash, n)) WITHOUT ROWID;"
            "BEGIN"
        )
        self._numbers = itertools.count(1)
        self._places = {key: place for place, key in enumerate(layouts.registry.entities)}

    def close(self) -> None:
        self._db.close()

    def take(self, changes: Iterable[Change]) -> None:
        """Lay the changes of a decided batch over the store."""
        bodies, marks = [], []
        for change in changes:
            if change.verb == CREATE:
                number = next(self._numbers)
                record = {**change.after, "id": change.record, "n": number, "deleted_at": None}
            else:
                held = self._held(change.entity, [change.record])
                before = held.get(change.record)
                record = {**(before or change.base or {}), **change.after}
                if before is None:
                    # Numbers of the store are by entity; changed records of it stand before new ones, as they are older.
                    record["n"] = _BELOW + record["n"] * _ENTITIES + self._places[change.entity]
                number = record["n"]
            bodies.append((number, change.entity, jsontext.dumps(record)))
            marks += [(hash(mark), number) for mark in self._marks(change.entity, record)]
            marks.append((hash(change.record), number))
        self._db.executemany("INSERT OR REPLACE INTO record VALUES (?, ?, ?)", bodies)
        self._db.executemany("INSERT OR IGNORE INTO mark VALUES (?, ?)", marks)

    def _marks(self, entity: str, record: Record) -> list[str]:
        """By what a record is found."""
        layout = self.layouts[entity]
        out = [f"{entity}\x1f{kind}\x1f{key}" for kind, key in layout.keys(record)]
        name = layout.name_key(record.get(layout.entity.name_field))
        if name:
            out.append(f"{entity}\x1f\x1f{name}")
        if entity == "link":
            out.append(f"from\x1f{record['from']}")
        elif entity in MOMENTS:
            out.append(f"{entity}\x1fat\x1f{record.get(MOMENTS[entity])}")
        return out

    def _stored(self, entity: str) -> bool:
        """Whether the store may hold records of the kind: of an object that only the plan makes it has none."""
        return entity in self.registry.entities

    def lookup(self, entity: str, kind: str, keys: Sequence[str]) -> dict[str, list[str]]:
        stored = super().lookup(entity, kind, keys) if self._stored(entity) else {}
        return self._merged(entity, kind, keys, stored)

    def by_name(self, entity: str, keys: Sequence[str]) -> dict[str, list[str]]:
        stored = super().by_name(entity, keys) if self._stored(entity) else {}
        return self._merged(entity, "", keys, stored)

    def get_many(self, entity: str, records: Sequence[str], *, trash: str = "without") -> dict[str, Record]:
        over = self._held(entity, records)
        if not self._stored(entity):
            return over
        return {**super().get_many(entity, [one for one in records if one not in over], trash=trash), **over}

    def every(self, entity: str) -> list[Record]:
        rows = self._db.execute("SELECT body FROM record WHERE entity = ? ORDER BY n", (entity,))
        over = {record["id"]: record for record in (jsontext.loads(body) for (body,) in rows)}
        stored = super().every(entity) if self._stored(entity) else []
        return [*(one for one in stored if one["id"] not in over), *over.values()]

    def at(self, entity: str, key: str, values: Sequence[Any]) -> list[Record]:
        found = self._found(entity, [f"{entity}\x1fat\x1f{value}" for value in values])
        over = {record["id"]: record for records in found.values() for record in records}
        stored = super().at(entity, key, values)
        changed = self._held(entity, [one["id"] for one in stored])
        return [*(one for one in stored if one["id"] not in changed), *over.values()]

    def ties(self, records: Sequence[str]) -> set[Tie]:
        found = self._found("link", [f"from\x1f{record}" for record in records])
        links = [link for some in found.values() for link in some]
        return super().ties(records) | {(link["relation"], link["from"], link["to"]) for link in links}

    def _merged(
        self, entity: str, kind: str, keys: Sequence[str], stored: dict[str, list[str]]
    ) -> dict[str, list[str]]:
        """What the store and the plan find by these keys; a record that the plan changed, by what it would have then."""
        marks = {f"{entity}\x1f{kind}\x1f{key}": key for key in keys}
        found = self._found(entity, [*marks])
        changed = self._held(entity, [ident for idents in stored.values() for ident in idents])
        out: dict[str, list[str]] = {}
        for mark, key in marks.items():
            still = [ident for ident in stored.get(key, ()) if ident not in changed]
            now = [record["id"] for record in found.get(mark, ())]
            if still or now:
                out[key] = [*still, *now]
        return out

    def _found(self, entity: str, marks: Sequence[str]) -> dict[str, list[Record]]:
        """The records of the plan that have these marks now, those of the store first, else in the order of making."""
        hashes = {hash(mark): mark for mark in marks}
        out: dict[str, list[Record]] = {}
        wanted = [*hashes]
        for start in range(0, len(wanted), CHUNK):
            chunk = wanted[start : start + CHUNK]
            rows = self._db.execute(
                "SELECT m.hash, r.body FROM mark AS m JOIN record AS r ON r.n = m.n "
                f"WHERE m.hash IN ({', '.join('?' * len(chunk))}) AND r.entity = ? ORDER BY m.hash, m.n",
                [*chunk, entity],
            )
            for code, body in rows:
                record, mark = jsontext.loads(body), hashes[code]
                if mark in self._marks(entity, record):
                    out.setdefault(mark, []).append(record)
        return out

    def _held(self, entity: str, records: Sequence[str]) -> dict[str, Record]:
        """The records of the plan with these ids."""
        out: dict[str, Record] = {}
        wanted = {*records}
        hashes = [hash(one) for one in wanted]
        for start in range(0, len(hashes), CHUNK):
            chunk = hashes[start : start + CHUNK]
            rows = self._db.execute(
                "SELECT r.body FROM mark AS m JOIN record AS r ON r.n = m.n "
                f"WHERE m.hash IN ({', '.join('?' * len(chunk))}) AND r.entity = ?",
                [*chunk, entity],
            )
            for (body,) in rows:
                record = jsontext.loads(body)
                if record["id"] in wanted:
                    out[record["id"]] = record
        return out
