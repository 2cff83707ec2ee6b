"""The log: written by the writer in the same transaction as the rows, read by history, undo, watch, audit
and sync.

A change keeps bare values; its *shape* names the fields. Values stand in two groups, personal data and the
rest, each with a salt of its own. A change set's digest covers its header, both group digests of every
change, and the digest before it. Erasure removes salts and values of a record and leaves the group digests
in their place, so that the chain still verifies and tells nothing.
"""

from __future__ import annotations

import os
from operator import attrgetter

from crmtool.core import jsontext
from crmtool.core.changes import CREATE
from crmtool.core.ids import HANDLE_AT
from crmtool.core.jsontext import dumps
from crmtool.core.struct import Struct
from crmtool.store.packing import PACKERS, UNPACKERS, without_mark

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from typing import Any

    from crmtool.core.changes import Change
    from crmtool.store.db import Database
    from crmtool.store.layout import Layouts

    Packing = tuple[tuple[int, Callable[[Any], Any]], ...]

SALT = 16
_hash: Callable[[bytes], Any] | None = None
GENESIS = b"\x00" * 32

SET_COLUMNS = (
    "n", "id", "job", "caused_by", "undoes", "origin", "door", "actor", "on_behalf_of", "device", "device_n", "server_seq",
    "recorded_at", "effective_at", "command", "first", "count", "digest",
)  # fmt: skip
INSERT_SET = f"INSERT INTO change_set ({', '.join(SET_COLUMNS)}) VALUES ({', '.join('?' * len(SET_COLUMNS))})"
INSERT_CHANGE = (
    "INSERT INTO change (n, set_n, record, verb, shape, personal, rest, salt_personal, salt_rest, effective_at) "
    "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
)


_sealed_values = attrgetter(*(key for key in SET_COLUMNS if key not in ("digest", "server_seq")))
all_but_digest = attrgetter(*SET_COLUMNS[:-1])


class SetHeader(Struct):
    """One row of ``change_set``."""

    n: int
    id: str
    job: str | None
    caused_by: str | None
    undoes: str | None
    origin: str
    door: str
    actor: str | None
    on_behalf_of: str | None
    device: str
    device_n: int
    server_seq: int | None
    recorded_at: str
    effective_at: str | None
    command: str
    first: int
    count: int
    digest: bytes

    @property
    def handle_id(self) -> str:
        """The id people undo by: the job's where the set is part of one."""
        return self.job or self.id

    def sealed(self) -> bytes:
        """The header as the digest chain covers it: all but the digest, and what only a server later adds."""
        return dumps(_sealed_values(self)).encode()


class Entry(Struct):
    """One logged change, read back. ``before`` and ``after`` are empty when it was redacted.

    A value of a field that was erased is ``None`` in both.
    """

    n: int
    set_n: int
    entity: str
    record: str
    verb: str
    before: dict[str, Any]
    after: dict[str, Any]
    effective_at: str | None
    redacted: bool


class Shape(Struct):
    """A field list: its number, the fields of both groups, how the values of each are packed or read back, its sealed name."""

    n: int
    entity: str
    first: tuple[str, ...]
    rest: tuple[str, ...]
    first_packing: Packing
    rest_packing: Packing
    sealed: bytes


class Shapes:
    """Interned field lists, shared by all changes that touch the same fields of the same entity.

    A key carries a mark of how its values are packed (see ``packing``), so that they can be read whatever
    becomes of its definition.
    """

    def __init__(self, db: Database) -> None:
        self.db = db
        self._rollbacks = db.rollbacks
        self._by_key: dict[tuple[str, tuple[str, ...]], Shape] = {}
        self._by_n: dict[int, Shape] = {}

    def of(
        self, entity: str, keys: Iterable[str], personal: frozenset[str], marks: Mapping[str, str]
    ) -> Shape:
        """The shape of the fields of a change, added if it is new."""
        if self._rollbacks != self.db.rollbacks:
            self._rollbacks = self.db.rollbacks
            self._by_key.clear()  # a transaction that was taken back took its new shapes with it
        mark = (entity, tuple(keys))
        found = self._by_key.get(mark)
        if found is None:
            first = tuple(sorted(k for k in mark[1] if k in personal))
            rest = tuple(sorted(k for k in mark[1] if k not in personal))
            texts = [dumps([f"{key}{marks.get(key, '')}" for key in group]) for group in (first, rest)]
            number = self.db.scalar(
                "SELECT n FROM shape WHERE entity = ? AND personal = ? AND rest = ?", (entity, *texts)
            )
            if number is None:
                number = int(self.db.scalar("SELECT coalesce(max(n), 0) + 1 FROM shape"))
                self.db.execute(
                    "INSERT INTO shape (n, entity, personal, rest) VALUES (?, ?, ?, ?)",
                    (number, entity, *texts),
                )
            ways = [_packing([marks.get(key, "") for key in group], PACKERS) for group in (first, rest)]
            found = Shape(int(number), entity, first, rest, ways[0], ways[1], sealed_shape(entity, *texts))
            self._by_key[mark] = found
        return found

    def named(self, number: int) -> Shape:
        """A shape by number, for reading."""
        found = self._by_n.get(number)
        if found is None:
            row = self.db.one("SELECT entity, personal, rest FROM shape WHERE n = ?", (number,))
            entity, personal, rest = row if row is not None else ("?", "[]", "[]")
            groups = [jsontext.loads(personal), jsontext.loads(rest)]
            keys = [tuple(map(without_mark, group)) for group in groups]
            ways = [
                _packing([key.removeprefix(without_mark(key)) for key in group], UNPACKERS)
                for group in groups
            ]
            sealed = sealed_shape(entity, personal, rest)
            found = Shape(number, entity, keys[0], keys[1], ways[0], ways[1], sealed)
            self._by_n[number] = found
        return found


def _packing(marks: list[str], by_mark: Mapping[str, Callable[[Any], Any]]) -> Packing:
    """(place, function) of each value that is not kept as it is."""
    return tuple((at, by_mark[mark]) for at, mark in enumerate(marks) if mark in by_mark)


def sealed_shape(entity: str, personal: str, rest: str) -> bytes:
    return f"{entity}\x00{personal}\x00{rest}\x00".encode()


class Sealer:
    """Turns changes into log rows and their digest while a change set is written."""

    def __init__(self, shapes: Shapes, layouts: Layouts, first: int, set_n: int) -> None:
        self.shapes = shapes
        self.layouts = layouts
        self.next = first
        self.set_n = set_n
        self.rows: list[tuple[Any, ...]] = []
        self._parts: list[bytes] = []

    def add(self, changes: list[Change]) -> None:
        """Seal changes of one entity, in order."""
        salts = os.urandom(2 * SALT * len(changes))
        number, set_n, at, append, seal = self.next, self.set_n, 0, self.rows.append, self._parts.append
        layout = self.layouts[changes[0].entity]
        entity, personal_fields, marks = layout.entity.stable_key, layout.personal, layout.marks
        names = own_names(self.layouts, changes[0].entity)
        for change in changes:
            after, before = change.after, change.before
            keys = after if names is None else [names.get(k, k) for k in after]
            shape = self.shapes.of(
                entity, keys, personal_fields if names is None else _renamed(personal_fields, names), marks
            )
            if names is not None:
                after = {names.get(k, k): v for k, v in after.items()}
                before = {names.get(k, k): v for k, v in before.items()}
            one = _group(shape.first, shape.first_packing, before, after)
            two = _group(shape.rest, shape.rest_packing, before, after)
            salt_one, salt_two = salts[at : at + SALT], salts[at + SALT : at + 2 * SALT]
            at += 2 * SALT
            record, verb, effective_at = change.record, change.verb, change.effective_at
            append((number, set_n, record, verb, shape.n, one or None, two or None, salt_one, salt_two,
                    effective_at))  # fmt: skip
            seal(
                group_digest(salt_one, one)
                + group_digest(salt_two, two)
                + open_part(shape.sealed, record, verb, effective_at)
            )
            number += 1
        self.next = number

    def chain(self, previous: bytes, header: SetHeader) -> bytes:
        """The digest of the change set."""
        return chained(previous, header, self._parts)


def _group(keys: tuple[str, ...], packing: Packing, before: dict[str, Any], after: dict[str, Any]) -> str:
    """The logged text of one group of values: a list of them, or before and after as two; empty for no fields."""
    if not keys:
        return ""
    new = [after[key] for key in keys]
    for at, pack in packing:
        new[at] = pack(new[at])
    if not before:
        return dumps(new)
    old = [before[key] for key in keys]
    for at, pack in packing:
        old[at] = pack(old[at])
    return dumps([old, new])


def own_names(layouts: Layouts, entity: str) -> dict[str, str] | None:
    """Own fields are logged by their stable key (``~`` + key), so that renaming one breaks no history."""
    own = layouts[entity].own
    return {f.key: f.stable_key for f in own} if own else None


def _renamed(keys: frozenset[str], names: dict[str, str]) -> frozenset[str]:
    return frozenset(names.get(k, k) for k in keys)


def digested(data: bytes) -> bytes:
    """The hash of some bytes. What makes it is loaded by the first use: reading the log needs none (2 ms)."""
    global _hash
    if _hash is None:
        from hashlib import sha256

        _hash = sha256
    digest: bytes = _hash(data).digest()
    return digest


def group_digest(salt: bytes, text: str) -> bytes:
    """What stands for a group of values in the chain, and all that is left of it after erasure."""
    return digested(salt + text.encode())


def open_part(sealed: bytes, record: str, verb: str, effective_at: str | None) -> bytes:
    """What the chain covers of a change besides its values. Erasure leaves it as it is, so it stays checked."""
    return sealed + f"{record}\x00{verb}\x00{'' if effective_at is None else '@' + effective_at}\x00".encode()


def chained(previous: bytes, header: SetHeader, parts: Iterable[bytes]) -> bytes:
    """The digest of a change set from that of the set before, and of each change both digests and its open part."""
    return digested(previous + header.sealed() + b"".join(parts))


def on_record(records: Sequence[str]) -> tuple[str, list[str]]:
    """A condition on ``change`` and its parameters: the changes of these records, by the index of the ends of ids."""
    marks = ", ".join("?" * len(records))
    ends = [record[HANDLE_AT - 1 :] for record in records]
    return f"substr(record, {HANDLE_AT}) IN ({marks}) AND record IN ({marks})", [*ends, *records]


class LogReader:
    """Reads the log. Row policy on what it answers is the business of the caller that knows the actor."""

    def __init__(self, db: Database, layouts: Layouts) -> None:
        self.db = db
        self.layouts = layouts
        self.shapes = Shapes(db)
        self._own: dict[str, str] | None = None

    def position(self) -> int:
        """The number of the newest change set; 0 for an empty log."""
        return int(self.db.scalar("SELECT coalesce(max(n), 0) FROM change_set"))

    def sets(
        self,
        condition: str = "TRUE",
        params: Iterable[Any] = (),
        *,
        order: str = "n",
        limit: int | None = None,
    ) -> Iterator[SetHeader]:
        """Headers that meet an SQL condition of ours, in order."""
        tail = f" LIMIT {limit}" if limit is not None else ""
        sql = f"SELECT {', '.join(SET_COLUMNS)} FROM change_set WHERE {condition} ORDER BY {order}{tail}"
        for row in self.db.rows(sql, tuple(params)):
            yield SetHeader(*row)

    def entries(
        self,
        condition: str,
        params: Iterable[Any] = (),
        *,
        order: str = "n",
        limit: int | None = None,
        created: bool = True,
    ) -> Iterator[Entry]:
        """Changes that meet an SQL condition of ours, in order; those of creations without values unless ``created``."""
        tail = f" LIMIT {limit}" if limit is not None else ""
        groups: tuple[str, ...] = ("personal", "rest")
        if not created:
            groups = tuple(f"CASE WHEN verb = '{CREATE}' THEN NULL ELSE {group} END" for group in groups)
        sql = (
            f"SELECT n, set_n, record, verb, shape, {', '.join(groups)}, effective_at, redacted FROM change "
            f"WHERE {condition} ORDER BY {order}{tail}"
        )
        for row in self.db.rows(sql, tuple(params)):
            yield self._entry(row)

    def of_record(
        self, record: str, condition: str = "TRUE", *, order: str = "n", limit: int | None = None
    ) -> Iterator[Entry]:
        """The changes of one record that meet a condition."""
        test, params = on_record((record,))
        return self.entries(f"{test} AND {condition}", params, order=order, limit=limit)

    def of_set(self, header: SetHeader) -> Iterator[Entry]:
        """The changes of one set, in order."""
        return self.entries("n >= ? AND n < ?", (header.first, header.first + header.count))

    def _entry(self, row: tuple[Any, ...]) -> Entry:
        n, set_n, record, verb, shape, personal, rest, effective_at, redacted = row
        known = self.shapes.named(shape)
        entity = self.entity_named(known.entity)
        before: dict[str, Any] = {}
        after: dict[str, Any] = {}
        for keys, packing, text in (
            (known.first, known.first_packing, personal),
            (known.rest, known.rest_packing, rest),
        ):
            if text is None:
                continue
            values = jsontext.loads(text)
            if verb == CREATE:
                after.update(_values(keys, packing, values))
            else:
                before.update(_values(keys, packing, values[0]))
                after.update(_values(keys, packing, values[1]))
        erased = redacted is not None and personal is None and rest is None
        if any(k[0] == "~" for k in after):
            names = self._own_keys(entity)
            before = {names.get(k, k): v for k, v in before.items()}
            after = {names.get(k, k): v for k, v in after.items()}
        return Entry(n, set_n, entity, record, verb, before, after, effective_at, erased)

    def entity_named(self, stable_key: str) -> str:
        """The present word for an entity in the log; of an own object that is gone, its stable key."""
        if stable_key[0] != "~":
            return stable_key
        if self._own is None:
            self._own = {e.stable_key: e.key for e in self.layouts.registry.entities.values() if e.own_id}
        return self._own.get(stable_key, stable_key)

    def _own_keys(self, entity: str) -> dict[str, str]:
        known = self.layouts.registry.entities.get(entity)
        return {f.stable_key: f.key for f in known.own_fields} if known else {}


def _values(keys: tuple[str, ...], packing: Packing, values: list[Any]) -> dict[str, Any]:
    for at, unpack in packing:
        values[at] = unpack(values[at])
    return dict(zip(keys, values, strict=True))
