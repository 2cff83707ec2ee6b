"""The only code that changes records: rows, search index, lookup, spans, derived values and log, in one
transaction.

``apply`` takes a change set that was decided on values read in the same transaction. It writes in batches
by entity and verb; triggers would cost two and a half times as much (measured).
"""

from __future__ import annotations

from crmtool.core import clock, ids
from crmtool.core.changes import CREATE, DELETE, MAX_CHANGES_ALONE, PURGE, RESTORE, Applied
from crmtool.core.errors import StoreError, UsageError
from crmtool.core.messages import Message
from crmtool.store import ddl, erase, spans
from crmtool.store.derived import Affected
from crmtool.store.log import GENESIS, INSERT_CHANGE, INSERT_SET, Sealer, SetHeader, Shapes, all_but_digest
from crmtool.store.spans import Spans

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from crmtool.core.changes import Actor, Change, ChangeSet
    from crmtool.store.db import Database
    from crmtool.store.layout import Layout, Layouts

DEFINITIONS = ("field", "object")
INSERT_LOOKUP = "INSERT INTO lookup (kind, key, entity, n) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING"
DELETE_LOOKUP = "DELETE FROM lookup WHERE kind = ? AND key = ? AND entity = ? AND n = ?"


class Writer:
    """Applies change sets to one store."""

    def __init__(self, db: Database, layouts: Layouts, device: str) -> None:
        self.db = db
        self.layouts = layouts
        self.device = device
        self.shapes = Shapes(db)

    def apply(
        self,
        change_set: ChangeSet,
        actor: Actor,
        *,
        recorded_at: str | None = None,
        set_id: str | None = None,
    ) -> Applied:
        """Write a change set inside the caller's ``atomic()`` block and answer its place in the log.

        ``recorded_at`` and ``set_id`` are given when a log is replayed; otherwise they are now and new.
        """
        if not self.db.depth:
            raise StoreError(
                Message("A change set is written inside a transaction."),
                Message("Write it inside “atomic()”."),
                code="transaction",
            )
        if len(change_set.changes) > MAX_CHANGES_ALONE:
            raise UsageError(
                Message("A change set holds at most {limit} changes.", limit=MAX_CHANGES_ALONE),
                Message("Split it into a job."),
                code="too_large",
            )
        return self._apply(change_set, actor, recorded_at or clock.now(), set_id or ids.new_id())

    def _apply(self, change_set: ChangeSet, actor: Actor, recorded_at: str, set_id: str) -> Applied:
        db = self.db
        last = db.one("SELECT n, device_n, first + count, digest FROM change_set ORDER BY n DESC LIMIT 1")
        set_n, device_n, first, previous = (
            (last[0] + 1, last[1] + 1, last[2], bytes(last[3])) if last else (1, 1, 1, GENESIS)
        )
        work = Work(
            self, change_set, actor, recorded_at, set_n, Sealer(self.shapes, self.layouts, first, set_n)
        )
        for run in runs(change_set.changes):
            work.write(run)
        db.executemany(INSERT_CHANGE, work.sealer.rows)
        header = SetHeader(
            set_n, set_id, change_set.job, change_set.caused_by, change_set.undoes, change_set.origin, actor.door, actor.user,
            actor.on_behalf_of, self.device, device_n, None, recorded_at, change_set.effective_at, change_set.command, first,
            len(work.sealer.rows), b"",
        )  # fmt: skip
        digest = work.sealer.chain(previous, header)
        db.execute(INSERT_SET, (*all_but_digest(header), digest))
        db.execute(
            "INSERT INTO meta (key, value) VALUES ('log_head', ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value",
            (f"{set_n}:{digest.hex()}",),
        )
        work.affected.recompute(db, recorded_at)
        if work.erased:
            erase.redact(db, work.erased)
        if work.definitions:
            self._definitions_changed(work.definitions)
        return Applied(set_id, set_n, header.count, change_set.job)

    def take_in(self, entity: str, records: list[dict[str, Any]]) -> None:
        """Put whole records, each with its ``n``, into the table of a store that is being made from a copy.

        The log comes with them; look-up and search index are made when all records are there (see ``copying``).
        """
        layout = self.layouts[entity]
        self.db.executemany(layout.insert, [layout.row(record.pop("n"), record) for record in records])

    def _definitions_changed(self, changes: list[Change]) -> None:
        """Tables for new own objects, and a mark that tells every open door to read the definitions again."""
        from crmtool.core.registry import own_table

        for change in changes:
            if change.entity == "object" and change.verb == CREATE:
                # The shape of an own object's table depends on its id alone, so any name will do here.
                registry = self.layouts.registry.with_own(
                    [{**change.after, "id": change.record, "key": "\x00new"}], []
                )
                ddl.create_entity(
                    self.db,
                    next(e for e in registry.entities.values() if e.table == own_table(change.record)),
                )
        self.db.execute(
            "INSERT INTO meta (key, value) VALUES ('definitions', '1') "
            "ON CONFLICT (key) DO UPDATE SET value = CAST(CAST(meta.value AS INTEGER) + 1 AS TEXT)"
        )


def runs(changes: list[Change]) -> list[list[Change]]:
    """Consecutive changes of the same entity and verb, each record once; order between runs is kept."""
    out: list[list[Change]] = []
    mark = None
    seen: set[str] = set()
    for change in changes:
        if (change.entity, change.verb) != mark or change.record in seen:
            mark = (change.entity, change.verb)
            seen.clear()
            out.append([])
        seen.add(change.record)
        out[-1].append(change)
    return out


class Work:
    """One application of a change set: what is collected on the way."""

    def __init__(
        self,
        writer: Writer,
        change_set: ChangeSet,
        actor: Actor,
        recorded_at: str,
        set_n: int,
        sealer: Sealer,
    ) -> None:
        self.db = writer.db
        self.layouts = writer.layouts
        self.actor = actor
        self.recorded_at = recorded_at
        self.said_at = change_set.effective_at
        self.effective_at = change_set.effective_at or recorded_at
        self.origin = change_set.origin
        self.undoes = change_set.undoes
        self.spans = Spans(writer.db, recorded_at, set_n)
        self.sealer = sealer
        self.affected = Affected(writer.layouts)
        self.erased: list[Change] = []
        self.definitions: list[Change] = []

    def write(self, run: list[Change]) -> None:
        """Write one run of changes of the same entity and verb."""
        layout = self.layouts[run[0].entity]
        verb = run[0].verb
        if verb == CREATE:
            self._create(layout, run)
        elif verb == PURGE:
            if run[0].entity == "field":
                from crmtool.store import field_erasure

                run = [field_erasure.erased(self.db, self.layouts, change) for change in run]
            erase.rows(self.db, layout, run)
            self.erased.extend(run)
        else:
            run = self._update(layout, run)
        self.sealer.add(run)
        self.affected.note(run)
        if run[0].entity in DEFINITIONS:
            self.definitions.extend(run)

    def _create(self, layout: Layout, run: list[Change]) -> None:
        number = int(self.db.scalar(f'SELECT coalesce(max(n), 0) FROM "{layout.table}"'))
        entity, user = layout.entity, self.actor.user
        index_key, searched = entity.index_key, layout.searched
        rows: list[list[Any]] = []
        lookups: list[tuple[str, str, str, int]] = []
        index: list[tuple[int, str, str]] = []
        for change in run:
            number += 1
            effective = change.effective_at or self.effective_at
            record = {
                **change.after, "id": change.record, "rev": 1, "created_at": effective, "created_by": user,
                "updated_at": effective, "updated_by": user,
            }  # fmt: skip
            for key, via in layout.moments:
                if record.get(via) is not None:
                    record[key] = effective
            rows.append(layout.row(number, record))
            lookups += [(kind, key, index_key, number) for kind, key in layout.keys(record)]
            if searched:
                index.append(layout.search_row(number, record))
        self.db.executemany(layout.insert, rows)
        if lookups:
            self.db.executemany(INSERT_LOOKUP, lookups)
        if index:
            self.db.search_put(layout.table, entity.search, index)

    def _update(self, layout: Layout, run: list[Change]) -> list[Change]:
        """Updates, and the way to the trash and back, which are updates of ``deleted_at``; the changes as they are logged."""
        verb, entity = run[0].verb, layout.entity
        batches: dict[tuple[str, ...], list[list[Any]]] = {}
        added: list[tuple[str, str, str, int]] = []
        removed: list[tuple[str, str, str, int]] = []
        drop: list[int] = []
        index: list[tuple[int, str, str]] = []
        logged: list[Change] = []
        for change in run:
            base = change.base
            if base is None:
                raise StoreError(
                    Message("An update needs the record as it was read."),
                    Message("Read it in the same transaction and give it as the base."),
                    code="transaction",
                )
            effective = change.effective_at or self.effective_at
            after = change.after
            if not layout.tracked_keys.isdisjoint(after):
                change, past = self._past(layout, change)
                if past:
                    after = {key: value for key, value in after.items() if key not in past}
            logged.append(change)
            columns, values = self._assignments(layout, change.record, after, base, effective)
            batches.setdefault(tuple(columns), []).append([*values, change.record])
            number = base["n"]
            if verb in (DELETE, RESTORE):
                if layout.searched:
                    drop.append(number)
                    if verb == RESTORE:
                        index.append(layout.search_row(number, base))
                continue
            merged = {**base, **after}
            touched = {key for key, _ in layout.lookups if key in after}
            if touched:
                old, new = set(layout.keys(base, touched)), set(layout.keys(merged, touched))
                kept = set(layout.keys(merged)) if old - new else set()
                removed.extend((kind, key, entity.index_key, number) for kind, key in old - new - kept)
                added.extend((kind, key, entity.index_key, number) for kind, key in new - old)
            if base.get("deleted_at") is None and not layout.searched.isdisjoint(after):
                drop.append(number)
                index.append(layout.search_row(number, merged))
        for columns_key, rows in batches.items():
            self.db.executemany(layout.update(columns_key), rows)
        if removed:
            self.db.executemany(DELETE_LOOKUP, removed)
        if added:
            self.db.executemany(INSERT_LOOKUP, added)
        if drop:
            self.db.search_drop(layout.table, entity.search, drop)
        if index:
            self.db.search_put(layout.table, entity.search, index)
        return logged

    def _assignments(
        self, layout: Layout, record: str, after: dict[str, Any], base: dict[str, Any], effective: str
    ) -> tuple[list[str], list[Any]]:
        """The columns and values of an UPDATE."""
        columns, values = (
            ["updated_at", "updated_by_id"],
            [self._updated_at(effective, base["updated_at"]), self.actor.user],
        )
        beside = False
        for key, value in after.items():
            if key not in layout.places:  # an own field, or one of a newer version
                beside = True
                continue
            for column, cell in layout.cells(layout.entity.fields[key], value):
                columns.append(column)
                values.append(cell)
        if layout.named and layout.entity.name_field in after:
            columns.append("name_key")
            values.append(layout.name_key(after[layout.entity.name_field]))
        if beside:
            columns.append("custom")
            held = self.db.scalar(f'SELECT custom FROM "{layout.table}" WHERE id = ?', (record,))
            values.append(layout.merged_custom(held, after))
        for key, via in layout.moments:
            if via in after:
                columns.append(key)
                values.append(
                    self._began(layout, record, via, after[via], effective)
                    if after[via] is not None
                    else None
                )
        return columns, values

    def _began(self, layout: Layout, record: str, key: str, value: Any, effective: str) -> str:
        """Since when a value holds: since this change, or, where it is brought back, since it did before it was taken away."""
        field = layout.entity.fields[key].stable_key
        return spans.began(self.db, record, field, value, self.undoes, self.spans.set_n) or effective

    def _updated_at(self, effective: str, before: str) -> str:
        """History that is brought along moves a record to when it happened; what somebody does now, of whatever day, to now."""
        brought = self.origin == "import" and effective > before
        return max(effective if brought else self.recorded_at, before)

    def _past(self, layout: Layout, change: Change) -> tuple[Change, frozenset[str]]:
        """End the spans of the tracked fields that change, each with the value it had, from when until when.

        What takes effect before a change that is known already goes between the past values. Answers the change with the values
        it ends there, and the fields that keep their present value: those, and what only makes sense together with them.
        """
        assert change.base is not None
        said = change.effective_at or self.said_at
        effective = said or self.recorded_at
        before = change.before
        kept: set[str] = set()
        for key, stable in layout.tracked:
            if key not in change.after:
                continue
            if said is None or not self.spans.later(change.record, stable, effective):
                self.spans.end(
                    change.record, stable, change.before[key], change.base["created_at"], effective
                )
            else:
                ended = self.spans.divide(change.record, stable, change.after[key], effective)
                before = {**before, key: ended}
                unit = layout.entity.fields[key].unit
                kept.update(
                    k for k in change.after if k == key or (unit and layout.entity.fields[k].unit == unit)
                )
        return (change.replace(before=before) if kept else change), frozenset(kept)
