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
    from collections.abc import Callable, Iterable
    from typing import Any

    from crmtool.core.changes import Change
    from crmtool.core.fields import Field
    from crmtool.core.registry import Derived, Entity
    from crmtool.store.db import Database
    from crmtool.store.layout import Layout, Layouts

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
        for source, targets, ahead, between in timed(self.layouts):
            rows = db.rows(between, (since, now)) if since is not None else db.rows(ahead, (now,))
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


def timed(layouts: Layouts) -> list[tuple[str, list[tuple[str, str]], str, str]]:
    """Of each source with an instant: (source, (target, via) of each value that counts what has happened, and two statements
    for those targets: of records whose time is after an instant, and of those where it is also not after another).
    """
    made: list[tuple[str, list[tuple[str, str]], str, str]] | None = layouts.kept.get(timed)
    if made is None:
        made = layouts.kept[timed] = [
            (source, targets, *_happening(layouts[source], moment, [via for _, via in targets]))
            for source, moment, targets in _moments(layouts)
        ]
    return made


def _happening(layout: Layout, moment: str, via: list[str]) -> tuple[str, str]:
    columns = [quoted(layout.entity.fields[key].columns[0][0]) for key in (*via, moment)]
    at = columns.pop()
    ahead = f'SELECT {", ".join(columns)} FROM "{layout.table}" WHERE deleted_at IS NULL AND {at} > ?'
    return ahead, f"{ahead} AND {at} <= ?"


def _moments(layouts: Layouts) -> list[tuple[str, str, list[tuple[str, str]]]]:
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
    mark = (recompute, target, source, via)
    known: tuple[Sources, str] | None = layouts.kept.get(mark)
    if known is None:
        made = Sources(layouts, target, source, via)
        columns = [quoted(name) for field, _ in made.fields for name, _ in field.columns]
        sql = f'UPDATE "{layouts[target].table}" SET {", ".join(f"{c} = ?" for c in columns)} WHERE id = ?'
        known = layouts.kept[mark] = (made, sql)
    sources, update = known
    layout = layouts[target]
    for start in range(0, len(records), CHUNK):
        chunk = records[start : start + CHUNK]
        found, rows = sources.of(db, chunk), []
        for record in chunk:
            cells: list[Any] = []
            for field, how in sources.fields:
                value = computed(how, found.get(record, []), now)
                cells.extend(cell for _, cell in layout.cells(field, value))
            rows.append([*cells, record])
        db.executemany(update, rows)


class Sources:
    """Where the derived values of ``target`` come from that follow from ``source`` records by their field ``via``."""

    def __init__(self, layouts: Layouts, target: str, source: str, via: str) -> None:
        self.fields = [
            (f, how) for e, f, how in layouts.derived_from(source) if e.key == target and how.via == via
        ]
        layout = layouts[source]
        columns = [quoted(layout.entity.fields[via].columns[0][0])]
        self._picks: list[tuple[str, int, Callable[[tuple[Any, ...], int], Any] | None]] = []
        for key in sorted({key for _, how in self.fields for key in how.reads}):
            field = layout.entity.fields[key]
            self._picks.append((key, len(columns), layout.decoder(field)))
            columns += layout.selection(field, "t")
        self._sql = (
            f'SELECT {", ".join(["t." + columns[0], *columns[1:]])} FROM "{layout.table}" AS t '
            f"WHERE t.deleted_at IS NULL AND t.{columns[0]} IN"
        )

    def of(self, db: Database, targets: list[str]) -> dict[str, list[dict[str, Any]]]:
        """The live source records of each target, with the fields that the computations read."""
        out: dict[str, list[dict[str, Any]]] = {}
        for row in db.rows(f"{self._sql} ({', '.join('?' * len(targets))})", targets):
            record = {key: decode(row, at) if decode else row[at] for key, at, decode in self._picks}
            out.setdefault(row[0], []).append(record)
        return out


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
        sources = Sources(layouts, target.key, source, via)
        for chunk in _chunks(db, layout.table):
            rows = sources.of(db, chunk)
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
