"""What a migration does to rows that no statement of both engines can say: another spelling or place, never another value."""

from __future__ import annotations

from crmtool.core import jsontext
from crmtool.core.entities import builtin
from crmtool.core.jsontext import dumps
from crmtool.store import ddl, packing, spans
from crmtool.store.layout import Layout, Layouts, quoted
from crmtool.store.rebuild import index_anew
from crmtool.store.replay import definitions

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from crmtool.store.db import Database

CHUNK = 2_000


def pack(db: Database, table: str, column: str) -> None:
    """Write the several values of a column in the short form."""
    sql = f'SELECT n, {quoted(column)} FROM "{table}" WHERE n > ? AND {quoted(column)} IS NOT NULL ORDER BY n LIMIT {CHUNK}'
    for rows in _chunks(db, sql):
        made = [(dumps(packing.packed(jsontext.loads(text))), n) for n, text in rows]
        db.executemany(f'UPDATE "{table}" SET {quoted(column)} = ? WHERE n = ?', made)


def set_begun(db: Database, entity: str) -> None:
    """Let a value that an undo brought back have begun when it did before it was taken away; it is derived and does not sync."""
    layout = Layouts(builtin())[entity]
    for key, via in layout.moments:
        field = layout.entity.fields[via]
        column = quoted(field.columns[0][0])
        sql = (
            f'SELECT r.n, r.id, r.{column}, s.undoes, s.n FROM "{layout.table}" r '
            "JOIN span ON span.record = r.id AND span.field = ? JOIN change_set s ON s.n = span.set_n "
            f"WHERE r.n > ? AND r.{column} IS NOT NULL AND s.undoes IS NOT NULL AND NOT EXISTS ("
            "SELECT 1 FROM span later WHERE later.record = span.record AND later.field = span.field "
            "AND (later.until_at, later.set_n) > (span.until_at, span.set_n)) "
            f"ORDER BY r.n LIMIT {CHUNK}"
        )
        for rows in _chunks(db, sql, field.stable_key):
            made = [
                (moment, n)
                for n, record, value, undone, by in rows
                if (moment := spans.began(db, record, field.stable_key, value, undone, by)) is not None
            ]
            db.executemany(f'UPDATE "{layout.table}" SET {quoted(key)} = ? WHERE n = ?', made)


def settle(db: Database) -> None:
    """Give the tables of own objects the columns and indexes that every record has by now, and fields that only a newer version
    knew their columns; behind the statements of all migrations.
    """
    registry = definitions(db)
    layouts = Layouts(registry)
    for entity in registry.entities.values():
        if entity.own_id:
            ddl.complete(db, entity)
    for entity in registry.entities.values():
        if _promote(db, layouts[entity.key]):
            index_anew(db, layouts, entity)


def _promote(db: Database, layout: Layout) -> bool:
    """Move what stands in ``custom`` under the name of a field with a column into it; whether there was any."""
    found = False
    sql = (
        f'SELECT n, custom FROM "{layout.table}" WHERE n > ? AND custom IS NOT NULL ORDER BY n LIMIT {CHUNK}'
    )
    for rows in _chunks(db, sql):
        for n, text in rows:
            held = jsontext.loads(text)
            known = {key: held.pop(key) for key in [*held] if key in layout.places}
            if not known:
                continue
            found = True
            cells = [
                cell
                for key, value in known.items()
                for cell in layout.cells(layout.entity.fields[key], value)
            ]
            cells.append(("custom", dumps(held) if held else None))
            assignments = ", ".join(f"{quoted(column)} = ?" for column, _ in cells)
            db.execute(
                f'UPDATE "{layout.table}" SET {assignments} WHERE n = ?', (*[cell for _, cell in cells], n)
            )
    return found


def _chunks(db: Database, sql: str, *params: str) -> Iterator[list[tuple[Any, ...]]]:
    last = 0
    while rows := list(db.rows(sql, (*params, last))):
        last = rows[-1][0]
        yield rows
