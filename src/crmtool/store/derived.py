"""Derived values: which records a change affects, and computing them anew from their sources.

They are never part of a change set and never synced; ``rebuild`` recomputes them all, and gives the same. What depends on
the time (a meeting that lies ahead is no contact yet) holds as of the last change set: each brings in what has come to pass
since the one before, so that the values follow from the log alone.
"""

from __future__ import annotations

from crmtool.core.changes import CREATE, UPDATE
from crmtool.store.layout import quoted

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any

    from crmtool.core.changes import Change
    from crmtool.core.fields import Field
    from crmtool.core.registry import Derived, Entity
    from crmtool.store.db import Database
    from crmtool.store.layout import Layouts

CHUNK = 400
AS_OF = "derived_at"  # the instant that time-dependent values hold for


class Affected:
    """The targets whose derived values a change set may move, by (target entity, source entity, via)."""

    def __init__(self, layouts: Layouts) -> None:
        self.layouts = layouts
        self.targets: dict[tuple[str, str, str], set[str]] = {}
        self.arrived: dict[str, list[str]] = {}

    def note(self, run: list[Change]) -> None:
        """Collect the targets of a run of changes of one entity and verb."""
        source, verb = run[0].entity, run[0].verb
        if verb == CREATE and self.layouts.derived_at(source):
            self.arrived.setdefault(source, []).extend(change.record for change in run)
        for target, field, how in self.layouts.derived_from(source):
            del field
            found = self.targets.setdefault((target.key, source, how.via), set())
            for change in run:
                if (
                    verb == UPDATE
                    and how.via not in change.after
                    and not any(key in change.after for key in how.reads)
                ):
                    continue
                if verb != CREATE and change.base is not None and change.base.get(how.via):
                    found.add(change.base[how.via])
                if change.after.get(how.via):
                    found.add(change.after[how.via])

    def come_to_pass(self, db: Database, since: str | None, now: str) -> None:
        """Collect the targets of source records whose time came after ``since``; without one, of those that lie ahead."""
        for source, moment, targets in timed(self.layouts):
            fields = self.layouts.registry.entities[source].fields
            columns = [quoted(fields[via].columns[0][0]) for _, via in targets]
            at = quoted(fields[moment].columns[0][0])
            sql = f'SELECT {", ".join(columns)} FROM "{self.layouts[source].table}" WHERE deleted_at IS NULL AND {at} > ?'
            rows = (
                db.rows(f"{sql} AND {at} <= ?", (since, now)) if since is not None else db.rows(sql, (now,))
            )
            for row in rows:
                for (target, via), record in zip(targets, row, strict=True):
                    if record is not None:
                        self.targets.setdefault((target, source, via), set()).add(record)

    def recompute(self, db: Database, recorded_at: str) -> None:
        """Compute the derived values of all collected targets and store them, as of a change set that is being written."""
        since = as_of(db)
        now = max(recorded_at, since or "")
        self.come_to_pass(db, since, now)
        for target, records in self.arrived.items():
            self._awaited(db, target, records)
        for (target, source, via), found in self.targets.items():
            if found:
                recompute(db, self.layouts, target, source, via, sorted(found), now)
        if now != since:
            db.execute(
                "INSERT INTO meta (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value",
                (AS_OF, now),
            )

    def _awaited(self, db: Database, target: str, records: list[str]) -> None:
        """Collect the new records that others refer to already: a source may come before its target from another device."""
        for start in range(0, len(records), CHUNK):
            chunk = records[start : start + CHUNK]
            marks = ", ".join("?" * len(chunk))
            asked, params = [], []
            for at, (source, via) in enumerate(self.layouts.derived_at(target)):
                layout = self.layouts[source]
                column = quoted(layout.entity.fields[via].columns[0][0])
                asked.append(f'SELECT {at}, {column} FROM "{layout.table}" WHERE {column} IN ({marks})')
                params += chunk
            for at, record in db.rows(" UNION ALL ".join(asked), params):
                source, via = self.layouts.derived_at(target)[at]
                self.targets.setdefault((target, source, via), set()).add(record)


def as_of(db: Database) -> str | None:
    """What instant the stored values hold for; ``None`` before the first change set."""
    found = db.scalar("SELECT value FROM meta WHERE key = ?", (AS_OF,))
    return None if found is None else str(found)


def timed(layouts: Layouts) -> list[tuple[str, str, list[tuple[str, str]]]]:
    """(source, its instant, (target, via) of each value that counts what has happened)."""
    found: dict[tuple[str, str], dict[tuple[str, str], None]] = {}
    for target, source, via, fields in groups(layouts):
        for _, how in fields:
            if how.happened:
                found.setdefault((source, how.happened), {})[target.key, via] = None
    return [(source, moment, [*targets]) for (source, moment), targets in found.items()]


def computed(how: Derived, sources: list[dict[str, Any]], now: str | None) -> Any:
    """One value, of what had happened by ``now``."""
    if how.happened and now is not None:
        sources = [record for record in sources if record[how.happened] and record[how.happened] <= now]
    return how.compute(sources)


def recompute(
    db: Database, layouts: Layouts, target: str, source: str, via: str, records: list[str], now: str | None
) -> None:
    """Derived values of ``records`` of ``target`` that come from ``source`` records by their field ``via``."""
    fields = [(f, how) for e, f, how in layouts.derived_from(source) if e.key == target and how.via == via]
    for start in range(0, len(records), CHUNK):
        chunk = records[start : start + CHUNK]
        rows = values(db, layouts, source, via, fields, chunk)
        _store(db, layouts, target, fields, ((record, rows.get(record, [])) for record in chunk), now)


def values(
    db: Database,
    layouts: Layouts,
    source: str,
    via: str,
    fields: list[tuple[Field, Derived]],
    chunk: list[str],
) -> dict[str, list[dict[str, Any]]]:
    """The live source records of each target, with the fields that the computations read."""
    layout = layouts[source]
    reads = sorted({key for _, how in fields for key in how.reads})
    picks = [(key, layout.entity.fields[key]) for key in reads]
    columns = [c for _, f in picks for c in layout.selection(f, "t")]
    column = quoted(layout.entity.fields[via].columns[0][0])
    sql = (
        f'SELECT t.{column}, {", ".join(columns)} FROM "{layout.table}" AS t '
        f"WHERE t.{column} IN ({', '.join('?' * len(chunk))}) AND t.deleted_at IS NULL"
    )
    out: dict[str, list[dict[str, Any]]] = {}
    for row in db.rows(sql, chunk):
        record, at = {}, 1
        for key, field in picks:
            decode = layout.decoder(field)
            record[key] = decode(row, at) if decode else row[at]
            at += len(field.columns)
        out.setdefault(row[0], []).append(record)
    return out


def _store(
    db: Database, layouts: Layouts, target: str, fields: list[tuple[Field, Derived]],
    found: Iterable[tuple[str, list[dict[str, Any]]]], now: str | None,
) -> None:  # fmt: skip
    layout = layouts[target]
    columns = [name for f, _ in fields for name, _ in f.columns]
    rows = []
    for record, sources in found:
        cells: list[Any] = []
        for field, how in fields:
            cells.extend(cell for _, cell in layout.cells(field, computed(how, sources, now)))
        rows.append([*cells, record])
    db.executemany(
        f'UPDATE "{layout.table}" SET {", ".join(f"{quoted(c)} = ?" for c in columns)} WHERE id = ?', rows
    )


def groups(layouts: Layouts) -> list[tuple[Entity, str, str, list[tuple[Field, Derived]]]]:
    """Every (target entity, source, via) with its derived fields."""
    found: dict[tuple[str, str, str], list[tuple[Field, Derived]]] = {}
    for source in layouts.registry.entities:
        for target, field, how in layouts.derived_from(source):
            found.setdefault((target.key, source, how.via), []).append((field, how))
    return [(layouts.registry.entities[t], s, v, fields) for (t, s, v), fields in found.items()]


def differences(db: Database, layouts: Layouts, limit: int = 20) -> list[tuple[str, str, str]]:
    """(entity, record, field) of stored derived values that differ from what their sources give."""
    wrong: list[tuple[str, str, str]] = []
    now = as_of(db)
    for target, source, via, fields in groups(layouts):
        layout = layouts[target.key]
        for chunk in _chunks(db, layout.table):
            rows = values(db, layouts, source, via, fields, chunk)
            columns = [c for f, _ in fields for c in layout.selection(f, "t")]
            sql = f'SELECT t.id, {", ".join(columns)} FROM "{layout.table}" AS t WHERE t.id IN ({", ".join("?" * len(chunk))})'
            for row in db.rows(sql, chunk):
                at = 1
                for field, how in fields:
                    decode = layout.decoder(field)
                    held = decode(row, at) if decode else row[at]
                    at += len(field.columns)
                    if held != computed(how, rows.get(row[0], []), now):
                        wrong.append((target.key, row[0], field.key))
            if len(wrong) >= limit:
                return wrong
    return wrong


def rebuild(db: Database, layouts: Layouts) -> None:
    """Recompute every derived value; inside the caller's transaction."""
    now = as_of(db)
    for target, source, via, _ in groups(layouts):
        for chunk in _chunks(db, target.table):
            recompute(db, layouts, target.key, source, via, chunk, now)


def _chunks(db: Database, table: str) -> Iterable[list[str]]:
    last = 0
    while True:
        rows = list(db.rows(f'SELECT n, id FROM "{table}" WHERE n > ? ORDER BY n LIMIT {CHUNK}', (last,)))
        if not rows:
            return
        last = rows[-1][0]
        yield [row[1] for row in rows]
