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

_NUMBERED = 1 << 62  # above every number of a row that is in the store


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
    """The store with the changes of a plan laid over it; ``close`` it."""

    def __init__(self, reader: Reader, layouts: Layouts) -> None:
        import sqlite3  # 5 ms, for plans alone

        super().__init__(reader)
        self.layouts = layouts
        self._db = sqlite3.connect("", isolation_level=None)  # a file that the system removes by itself
        self._db.executescript(
            "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF;"
            "CREATE TABLE record (id TEXT PRIMARY KEY, n INTEGER, entity TEXT, body TEXT) WITHOUT ROWID;"
            "CREATE TABLE mark (mark TEXT, n INTEGER, id TEXT, PRIMARY KEY (mark, n, id)) WITHOUT ROWID;"
            "BEGIN"
        )
        self._numbers = itertools.count(_NUMBERED)

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
                held = self._held([change.record])
                record = {**(held.get(change.record) or change.base or {}), **change.after}
                number = record["n"]
            bodies.append((change.record, number, change.entity, jsontext.dumps(record)))
            marks += [(mark, number, change.record) for mark in self._marks(change.entity, record)]
        self._db.executemany("INSERT OR REPLACE INTO record VALUES (?, ?, ?, ?)", bodies)
        self._db.executemany("INSERT OR IGNORE INTO mark VALUES (?, ?, ?)", marks)

    def _marks(self, entity: str, record: Record) -> list[str]:
        """By what a record is found."""
        layout = self.layouts[entity]
        out = [f"{entity}\x1f{kind}\x1f{key}" for kind, key in layout.keys(record)]
        name = layout.name_key(record.get(layout.entity.name_field))
        if name:
            out.append(f"{entity}\x1f\x1f{name}")
        if entity == "link":
            out.append(f"from\x1f{record['from']}")
        moment = record.get("happened_at") or record.get("due_on")
        if moment and entity in ("activity", "task"):
            out.append(f"{entity}\x1fat\x1f{moment}")
        return out

    def lookup(self, entity: str, kind: str, keys: Sequence[str]) -> dict[str, list[str]]:
        return self._merged(entity, kind, keys, super().lookup(entity, kind, keys))

    def by_name(self, entity: str, keys: Sequence[str]) -> dict[str, list[str]]:
        return self._merged(entity, "", keys, super().by_name(entity, keys))

    def get_many(self, entity: str, records: Sequence[str], *, trash: str = "without") -> dict[str, Record]:
        over = self._held(records)
        return {**super().get_many(entity, [one for one in records if one not in over], trash=trash), **over}

    def every(self, entity: str) -> list[Record]:
        rows = self._db.execute("SELECT id, body FROM record WHERE entity = ? ORDER BY n", (entity,))
        over = {ident: jsontext.loads(body) for ident, body in rows}
        return [*(one for one in super().every(entity) if one["id"] not in over), *over.values()]

    def at(self, entity: str, key: str, values: Sequence[Any]) -> list[Record]:
        found = self._found([f"{entity}\x1fat\x1f{value}" for value in values])
        over = self._held([ident for idents in found.values() for ident in idents])
        return [*(one for one in super().at(entity, key, values) if one["id"] not in over), *over.values()]

    def ties(self, records: Sequence[str]) -> set[Tie]:
        found = self._found([f"from\x1f{record}" for record in records])
        links = self._held([ident for idents in found.values() for ident in idents]).values()
        return super().ties(records) | {(link["relation"], link["from"], link["to"]) for link in links}

    def _merged(
        self, entity: str, kind: str, keys: Sequence[str], stored: dict[str, list[str]]
    ) -> dict[str, list[str]]:
        """What the store and the plan find by these keys; a record that the plan changed, by what it would have then."""
        marks = {f"{entity}\x1f{kind}\x1f{key}": key for key in keys}
        found = self._found([*marks])
        over = self._held(
            [ident for idents in (*stored.values(), *found.values()) for ident in idents]
        )  # what a change took away is found no more
        held = {ident: {*self._marks(entity, record)} for ident, record in over.items()}
        out: dict[str, list[str]] = {}
        for mark, key in marks.items():
            idents = dict.fromkeys([*stored.get(key, ()), *found.get(mark, ())])
            still = [ident for ident in idents if ident not in held or mark in held[ident]]
            if still:
                out[key] = still
        return out

    def _found(self, marks: Sequence[str]) -> dict[str, list[str]]:
        out: dict[str, list[str]] = {}
        for start in range(0, len(marks), CHUNK):
            chunk = marks[start : start + CHUNK]
            places = ", ".join("?" * len(chunk))
            for mark, ident in self._db.execute(
                f"SELECT mark, id FROM mark WHERE mark IN ({places}) ORDER BY mark, n", chunk
            ):
                out.setdefault(mark, []).append(ident)
        return out

    def _held(self, records: Sequence[str]) -> dict[str, Record]:
        out: dict[str, Record] = {}
        wanted = [*dict.fromkeys(records)]
        for start in range(0, len(wanted), CHUNK):
            chunk = wanted[start : start + CHUNK]
            places = ", ".join("?" * len(chunk))
            rows = self._db.execute(f"SELECT id, body FROM record WHERE id IN ({places})", chunk)
            out.update((ident, jsontext.loads(body)) for ident, body in rows)
        return out
