"""What follows from the rows, made anew: lookup, search index, derived values."""

from __future__ import annotations

from crmtool.core.changes import SYSTEM
from crmtool.core.fields import Context
from crmtool.core.policy import Policy
from crmtool.store import ddl, derived, erase
from crmtool.store.reader import Reader
from crmtool.store.replay import definitions
from crmtool.store.writer import INSERT_LOOKUP

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import Any

    from crmtool.core.registry import Entity
    from crmtool.store.db import Database
    from crmtool.store.layout import Layouts

    Record = dict[str, Any]

CHUNK = 400


def rebuild(db: Database, layouts: Layouts, step: Callable[[str], None] = lambda what: None) -> None:
    """Make lookup, search index and derived values anew, and finish an erasure and indexes of own fields that were not.

    One transaction for each kind of record, so that a process that dies on the way leaves the old or the new, and others write
    in between. ``step`` is called with the key of what comes next.
    """
    for entity in layouts.registry.entities.values():
        step(entity.key)
        index_anew(db, layouts, entity)
    ddl.build_own_indexes(db, layouts.registry)
    step("derived")
    with db.atomic():
        derived.rebuild(db, layouts)
        known = [
            entity.index_key for entity in definitions(db).entities.values()
        ]  # also objects in the trash, whose records wait for them
        db.execute(f"DELETE FROM lookup WHERE entity NOT IN ({', '.join('?' * len(known))})", known)
    step("erasure")
    erase.finish(db)


def index_anew(db: Database, layouts: Layouts, entity: Entity) -> None:
    """Lookup and search index of one kind of record, in a transaction."""
    layout, reader = layouts[entity.key], whole_reader(db, layouts)
    with db.atomic():
        db.execute("DELETE FROM lookup WHERE entity = ?", (entity.index_key,))
        db.search_clear(entity.table, entity.search)
        for chunk in chunks(reader, entity):
            keys = [(kind, key, entity.index_key, r["n"]) for r in chunk for kind, key in layout.keys(r)]
            if keys:
                db.executemany(INSERT_LOOKUP, keys)
            if layout.searched:
                live = [layout.search_row(r["n"], r) for r in chunk if r["deleted_at"] is None]
                db.search_put(entity.table, entity.search, live)


def whole_reader(db: Database, layouts: Layouts) -> Reader:
    """A reader whom nothing is hidden from."""
    return Reader(db, layouts, Policy(), SYSTEM, Context())


def chunks(reader: Reader, entity: Entity) -> Iterator[list[Record]]:
    """All records of an entity, those in the trash too, by rising ``n``."""
    last = 0
    while True:
        sql = f'SELECT n FROM "{entity.table}" WHERE n > ? ORDER BY n LIMIT {CHUNK}'
        numbers = [row[0] for row in reader.db.rows(sql, (last,))]
        if not numbers:
            return
        last = numbers[-1]
        found = reader.by_number(entity.key, numbers, trash="with")
        yield [found[n] for n in numbers]
