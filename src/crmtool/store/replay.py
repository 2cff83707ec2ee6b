"""The log played into an empty store gives the live tables: what makes the log the truth, and a check that it is.

Everything goes through the one writer, with the ids, times and actors that were recorded, so a replayed row has the same
revision, the same instants and the same derived values. Records that were erased have no values left in the log; they are
passed over, and the store agrees, because it has none of them either.
"""

from __future__ import annotations

import os
import tempfile

from crmtool.core import jsontext
from crmtool.core.changes import CREATE, SYSTEM, Actor, Change, ChangeSet
from crmtool.core.entities import builtin
from crmtool.core.fields import Context, Field
from crmtool.core.kinds import JSON
from crmtool.core.policy import Policy
from crmtool.store.db import open_database
from crmtool.store.layout import Layouts, quoted
from crmtool.store.log import LogReader
from crmtool.store.migrations import migrate
from crmtool.store.reader import Query, Reader
from crmtool.store.writer import Writer

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from typing import Any

    from crmtool.core.registry import Entity, Registry
    from crmtool.store.db import Database
    from crmtool.store.log import Entry, SetHeader

    Record = dict[str, Any]
    Step = Callable[[int], None]

BATCH = 20_000  # changes kept in one transaction of the target; a commit for each change set would take most of the time


def replay(source: Database, target: Database, layouts: Layouts, step: Step = lambda n: None) -> None:
    """Apply the whole log of ``source`` to ``target``, a store without records.

    ``layouts`` know every definition the log speaks of (see ``definitions``). ``step`` gets the position reached, now and then.
    """
    log = LogReader(source, layouts)
    writer = Writer(target, layouts, "")
    reader = Reader(target, layouts, Policy(), SYSTEM, Context())
    headers = log.sets()
    while True:
        done = 0
        with target.atomic():
            for header in headers:
                changes = _changes(reader, layouts, log.of_set(header))
                actor = Actor(header.actor, door=header.door, on_behalf_of=header.on_behalf_of)
                writer.apply(
                    _change_set(header, changes), actor, recorded_at=header.recorded_at, set_id=header.id
                )
                done += 1 + len(changes)
                if done >= BATCH:
                    break
            else:
                return
        step(header.n)


def _change_set(header: SetHeader, changes: list[Change]) -> ChangeSet:
    return ChangeSet(
        changes,
        header.command,
        header.origin,
        header.job,
        header.caused_by,
        header.undoes,
        header.effective_at,
    )


def _changes(reader: Reader, layouts: Layouts, entries: Iterable[Entry]) -> list[Change]:
    """Logged changes as the writer takes them, each with the record as the ones before left it."""
    known = [e for e in entries if not e.redacted and e.entity in layouts.registry.entities]
    wanted: dict[str, list[str]] = {}
    for entry in known:
        if entry.verb != CREATE:
            wanted.setdefault(entry.entity, []).append(entry.record)
    bases = {
        record: base
        for key, records in wanted.items()
        for record, base in reader.get_many(key, list(dict.fromkeys(records))).items()
    }
    out = []
    for entry in known:
        base = bases.get(entry.record)
        out.append(
            Change(
                entry.entity, entry.record, entry.verb, entry.before, entry.after, base, entry.effective_at
            )
        )
        if base is not None:
            bases[entry.record] = {**base, **entry.after}
    return out


def definitions(db: Database) -> Registry:
    """All definitions that the store's log speaks of: also those in the trash, and fields of which no definition is left."""
    reader = Reader(db, Layouts(builtin()), Policy(), SYSTEM, Context())
    own = [list(reader.records(Query(key, trash="with", expand=False))) for key in ("object", "field")]
    registry = builtin().with_own(*own)
    by_stable = {entity.stable_key: entity for entity in registry.entities.values()}
    for stable, personal, rest in list(db.rows("SELECT entity, personal, rest FROM shape ORDER BY n")):
        entity = by_stable.get(stable)
        if entity is not None:
            keys = [key for key in (*jsontext.loads(personal), *jsontext.loads(rest)) if key[0] == "~"]
            by_stable[stable] = _with_unknown(entity, keys)
    return type(registry)(by_stable.values())


def _with_unknown(entity: Entity, stable_keys: list[str]) -> Entity:
    held = {field.stable_key for field in entity.own_fields}
    new = {key: Field(key, JSON, key, own_key=key[1:]) for key in stable_keys if key not in held}
    return entity.replace(fields={**entity.fields, **new}, _aliases=None) if new else entity


# -- comparing -----------------------------------------------------------------------------------------------------------


def differences(db: Database, limit: int = 20, step: Step = lambda n: None) -> list[tuple[str, str, str]]:
    """(entity, record, column) of live rows that are not what the log gives; ``""`` for a whole row too many or missing.

    The log is replayed into a temporary store, which is encrypted with a key that nobody keeps: a check must not leave a readable
    copy of everything behind. It takes as much space as the store; memory stays flat.
    """
    registry = definitions(db)
    layouts = Layouts(registry)
    beside = None if "://" in db.location else os.path.dirname(os.path.abspath(db.location))
    with tempfile.TemporaryDirectory(prefix=".replay-", dir=beside) as folder, db.reading():
        target = open_database(os.path.join(folder, "replay.db"), key=os.urandom(32).hex(), create=True)
        try:
            migrate(target)
            target.relaxed(True)
            replay(db, target, layouts, step)
            return compared(db, target, registry, limit)
        finally:
            target.close()


def compared(
    one: Database, other: Database, registry: Registry, limit: int = 20
) -> list[tuple[str, str, str]]:
    """Up to ``limit`` (entity, record, column) in which the live tables of two stores differ, by id; ``n`` does not count."""
    found: list[tuple[str, str, str]] = []
    for entity in registry.entities.values():
        columns = [name for name in one.columns(entity.table) if name != "n"]
        if not columns:
            continue
        for record, column in _unequal(one, other, entity.table, columns):
            found.append((entity.key, record, column))
            if len(found) >= limit:
                return found
    return found


def _unequal(one: Database, other: Database, table: str, columns: list[str]) -> Iterator[tuple[str, str]]:
    at = columns.index("id")
    sql = f'SELECT {", ".join(quoted(name) for name in columns)} FROM "{table}" ORDER BY id'
    left, right = one.rows(sql), other.rows(sql)
    mine, theirs = next(left, None), next(right, None)
    while mine is not None or theirs is not None:
        if theirs is None or (mine is not None and mine[at] < theirs[at]):
            assert mine is not None
            yield mine[at], ""
            mine = next(left, None)
        elif mine is None or theirs[at] < mine[at]:
            yield theirs[at], ""
            theirs = next(right, None)
        else:
            for name, a, b in zip(columns, mine, theirs, strict=True):
                if a != b and not _same_json(a, b):
                    yield mine[at], name
            mine, theirs = next(left, None), next(right, None)


def _same_json(one: Any, other: Any) -> bool:
    """Whether two texts are JSON objects with the same members, whose order means nothing."""
    if not (isinstance(one, str) and isinstance(other, str) and one[:1] == other[:1] == "{"):
        return False
    try:
        return bool(jsontext.loads(one) == jsontext.loads(other))
    except ValueError:
        return False


__all__ = ["compared", "definitions", "differences", "replay"]
