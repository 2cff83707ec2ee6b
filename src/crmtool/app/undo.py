"""Undo and redo: the inverse of logged changes, run as a new change set that can itself be undone.

A field goes back only where it still holds what the undone change gave it; a record is taken away only
where nobody changed it since and nothing new hangs on it. What cannot go back is skipped and listed, never
overwritten.
"""

from __future__ import annotations

from crmtool.app import jobs
from crmtool.core import changes, ids
from crmtool.core.changes import CREATE, MAX_CHANGES, PURGE, UPDATE, Change, ChangeSet
from crmtool.core.errors import AmbiguousError, ConflictError, CrmError, NotFoundError
from crmtool.core.messages import Message, t
from crmtool.core.struct import Struct
from crmtool.store import spans
from crmtool.store.layout import own_value, quoted

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from crmtool.app.commands import Undo
    from crmtool.app.jobs import Job
    from crmtool.app.workspace import Outcome, Workspace
    from crmtool.core.registry import Entity
    from crmtool.store.log import Entry, SetHeader
    from crmtool.store.spans import ByField

UNDO_STEP = 5_000


class Target(Struct):
    """What is to be undone: the sets of one handle, newest first."""

    id: str
    command: str
    sets: list[SetHeader]

    @property
    def count(self) -> int:
        return sum(header.count for header in self.sets)


def run_undo(
    workspace: Workspace,
    command: Undo,
    *,
    dry_run: bool = False,
    progress: Callable[[int, int], None] | None = None,
) -> Outcome:
    """Run ``crm undo`` or ``crm redo``. ``progress`` is told, of a large one, how many changes of how many are looked at."""
    from crmtool.app.workspace import Outcome

    workspace.refresh_clock()
    target = find(workspace, command.handle, redo=command.redo)
    if dry_run:
        return Outcome([], None, target.count, [], [], target.command)
    if len(target.sets) == 1 and target.count <= MAX_CHANGES:
        return _undo_set(workspace, target, command.name)
    return _undo_job(workspace, target, command.name, progress)


def find(workspace: Workspace, handle: str | None, *, redo: bool = False) -> Target:
    """The target of a handle, or this actor's own last one on this device. Raises ``NotFoundError`` or ``ConflictError``."""
    target = _last(workspace, redo) if handle is None else _of_handle(workspace, handle, redo)
    if target.command == "purge":
        raise ConflictError(
            Message("A purge cannot be undone: what it erased is nowhere any more."),
            Message("Only a backup from before still has it.")
            if handle is not None
            else Message(
                "Only a backup from before still has it. An earlier change is taken back by its handle: "
                "“crm history” lists them, “crm undo HANDLE” takes one back."
            ),
            code="not_undoable",
        )
    return target


def find_id(workspace: Workspace, handle: str) -> str:
    """The id of the change set or job with this handle. Raises ``NotFoundError`` or ``AmbiguousError``."""
    return _sets_of(workspace, handle)[0].handle_id


def _of_handle(workspace: Workspace, handle: str, redo: bool) -> Target:
    sets = _sets_of(workspace, handle)
    ident = sets[0].handle_id
    if sets[0].job is not None and len(sets) == 1:
        sets = list(workspace.log.sets("job = ?", [ident], order="n DESC"))
    if is_undone(workspace, ident):
        raise _undone_already(ident, redo=redo)
    return Target(ident, sets[0].command, sets)


def _sets_of(workspace: Workspace, handle: str) -> list[SetHeader]:
    """The change sets of a handle, newest first."""
    log = workspace.log
    bounds = ids.handle_range(handle) if not ids.is_id(handle) else (handle[26:], handle[26:])
    if bounds is None:
        raise NotFoundError(
            Message("“{handle}” is no handle of a change.", handle=handle),
            Message("“crm history” shows handles."),
        )
    sets = list(
        log.sets(
            "substr(id, 27) BETWEEN ? AND ? OR job IN (SELECT id FROM job WHERE substr(id, 27) BETWEEN ? AND ?)",
            [*bounds, *bounds],
            order="n DESC",
        )
    )
    found = {header.handle_id for header in sets}
    if not found:
        raise NotFoundError(
            Message("No change has the handle {handle}.", handle=handle),
            Message("“crm history” shows handles."),
        )
    if len(found) > 1:
        raise AmbiguousError(
            Message("Several changes have handles like {handle}; write more of it.", handle=handle),
            Message("“crm history” shows handles whole."),
        )
    return sets


def _undone_already(ident: str, *, redo: bool = False) -> ConflictError:
    return ConflictError(
        Message("That change is undone already."),
        Message("“crm history” shows what stands and what is undone.")
        if redo
        else Message("“crm redo {handle}” brings it back.", handle=ids.handle(ident)),
    )


def is_undone(workspace: Workspace, ident: str) -> bool:
    """Whether the last word on a change is that it was taken back, and wholly: an undo that was interrupted can go on."""
    for header in workspace.log.sets("undoes = ?", [ident], order="n DESC", limit=1):
        if header.job is not None and jobs.is_running(workspace, header.job):
            return False
        return not is_undone(workspace, header.handle_id)
    return False


def _last(workspace: Workspace, redo: bool) -> Target:
    """This actor's last change on this device that stands; for redo, the last undo that nothing newer follows."""
    log = workspace.log
    seen: set[str] = set()
    mine = log.sets(
        "actor = ? AND device = ? AND origin IN ('user', 'import', 'merge', 'undo')",
        [workspace.actor.user, workspace.writer.device],
        order="n DESC",
    )
    for header in mine:
        if header.handle_id in seen:
            continue
        seen.add(header.handle_id)
        is_undo = header.undoes is not None and header.command == "undo"
        if is_undone(workspace, header.handle_id):
            continue
        if redo and not is_undo:
            if header.undoes is not None:
                continue  # an earlier redo; the undo before the one it took back is the next
            break
        if redo or header.undoes is None:
            sets = list(log.sets("job = ?", [header.job], order="n DESC")) if header.job else [header]
            return Target(header.handle_id, header.command, sets)
    raise NotFoundError(
        Message("There is nothing to redo.") if redo else Message("There is nothing to undo."),
        Message("“crm history” lists changes; “crm undo HANDLE” takes back any one of them."),
    )


def _undo_set(workspace: Workspace, target: Target, name: str) -> Outcome:
    from crmtool.app.workspace import Outcome

    with workspace.db.atomic():
        workspace.refresh_definitions()
        jobs.stop(workspace, target.id)
        inverse = Inverse(workspace, target)
        made = inverse.of(list(workspace.log.of_set(target.sets[0]))[::-1])
        if not made:
            raise _all_skipped(inverse)
        change_set = ChangeSet(made, name, "undo", undoes=target.id)
        applied = workspace.write(change_set)
    workspace.written(change_set)
    changed = [(c.entity, c.record) for c in made]
    return Outcome(
        changed, applied.handle if applied else None, len(made), inverse.skipped, [], target.command
    )


def _undo_job(
    workspace: Workspace, target: Target, name: str, progress: Callable[[int, int], None] | None = None
) -> Outcome:
    """A job is taken back by a job, newest changes first, the lock released between its steps.

    A job that still runs is stopped first; an undo that was interrupted goes on where it was, in one process at a time.
    """
    from crmtool.app.workspace import Outcome

    with (
        workspace.db.atomic()
    ):  # of two that take back the same at once, the second finds the work of the first
        if is_undone(workspace, target.id):
            raise _undone_already(target.id)
        if jobs.stop(workspace, target.id):  # it may have written since it was looked up
            target = target.replace(sets=list(workspace.log.sets("job = ?", [target.id], order="n DESC")))
        unfinished = jobs.unfinished(workspace)
        begun = next((job["id"] for job in unfinished if job["state"].get("undoes") == target.id), None)
        job = (
            workspace.resume_job(begun) if begun else workspace.start_job(name, "undo", {"undoes": target.id})
        )
    inverse = Inverse(workspace, target)
    try:
        _take_back(job, inverse, progress or (lambda done, total: None))
    except BaseException:
        job.let_go()  # it can go on from anywhere
        raise
    job.finish(status="done")
    if not job.count and begun is None:
        raise _all_skipped(inverse)
    return Outcome([], job.handle, job.count, inverse.skipped, [], target.command)


def _take_back(job: Job, inverse: Inverse, progress: Callable[[int, int], None]) -> None:
    """The steps of an undo that is a job: each leaves in the job's state how far it came."""
    log, target = job.workspace.log, inverse.target
    left = target.count
    for header in target.sets:
        end = min(header.first + header.count, job.state.get("below", header.first + header.count))
        while end > header.first:
            begin = max(header.first, end - min(UNDO_STEP, job.batch_size()))
            with job.step() as step:
                entries = list(log.entries("n >= ? AND n < ?", (begin, end), order="n DESC", created=False))
                step.apply(inverse.of(entries), {"undoes": target.id, "below": begin}, undoes=target.id)
            end = begin
            progress(target.count - left + header.first + header.count - begin, target.count)
        left -= header.count


def _all_skipped(inverse: Inverse) -> CrmError:
    if inverse.removed is not None:
        from crmtool.app.workspace import removed

        return removed(inverse.removed)
    skipped = inverse.skipped
    names = "; ".join(str(item["name"] or item["id"]) for item in skipped[:5])
    return ConflictError(
        Message("Nothing could be taken back: {records} changed since.", records=names)
        if skipped
        else Message("There is nothing left of that change to take back."),
        Message("Look at “crm history”; change the records by hand."),
        skipped=skipped,
    )


class Inverse:
    """Turns logged changes into the changes that take them back."""

    def __init__(self, workspace: Workspace, target: Target) -> None:
        self.workspace = workspace
        self.target = target
        self.numbers = {header.n for header in target.sets}
        self.said = {header.n: header.effective_at for header in target.sets if header.effective_at}
        self.skipped: list[dict[str, Any]] = []
        self.removed: Entity | None = None  # an object in the trash that some of the records are of
        self._left: set[str] = set()

    def of(self, entries: list[Entry]) -> list[Change]:
        """Inverse changes of entries given newest first; several changes of one record become one."""
        order: dict[tuple[str, str], list[Entry]] = {}
        for entry in entries:
            order.setdefault((entry.entity, entry.record), []).append(entry)
        out: list[Change] = []
        by_entity: dict[str, list[list[Entry]]] = {}
        for (entity, _), group in order.items():
            by_entity.setdefault(entity, []).append(group)
        for entity, groups in by_entity.items():
            out.extend(self._entity(entity, groups, {record for _, record in order}))
        return out

    def _entity(self, key: str, groups: list[list[Entry]], together: set[str]) -> list[Change]:
        workspace = self.workspace
        entity = workspace.registry.entities.get(key)
        if entity is None or entity.removed:
            self._unreachable(key, entity, groups)
            return []
        bases = workspace.reader.get_many(key, [group[0].record for group in groups])
        created = [g[0].record for g in groups if any(e.verb == CREATE for e in g)]
        dependants = self._dependants(key, created, together) if created else {}
        known = self._spans(entity, groups)
        made: list[Change] = []
        for group in groups:
            record = group[0].record
            base = bases.get(record)
            if base is None or record in self._left:
                if any(e.verb == PURGE or e.redacted for e in group) or base is None:
                    self._skip(key, record, None, t("erased, or hidden from you"))
                continue
            if any(entry.verb == CREATE for entry in group):
                if base["deleted_at"] is None:
                    if record in dependants:
                        self._skip(
                            key,
                            record,
                            base,
                            t("something new refers to it: {what}", what=dependants[record]),
                        )
                    elif self._changed_since(base, len(group)):
                        self._skip(key, record, base, t("changed since"))
                    else:
                        made.append(changes.delete(entity, base, workspace.context.now))
            else:
                made += self._back(key, base, group, known)
        return made

    def _unreachable(self, key: str, entity: Entity | None, groups: list[list[Entry]]) -> None:
        """Records of an object that was removed wait for it; of one that was erased nothing is left."""
        for group in groups:
            record = group[0].record
            if entity is None:
                reason = t("its kind of record was erased")
                self.skipped.append({"entity": key, "id": record, "name": None, "reason": reason})
            else:
                self.removed = entity
                base = self.workspace.reader.get(key, record)
                self._skip(key, record, base, t("“{noun}” was removed", noun=entity.label()))

    def _spans(self, entity: Entity, groups: list[list[Entry]]) -> ByField:
        """The spans of the records whose tracked fields are to be set back."""
        tracked = {field.key for field in entity.fields.values() if field.tracked}
        records = [
            g[0].record for g in groups if any(not tracked.isdisjoint(e.after) for e in g if e.verb == UPDATE)
        ]
        return spans.of(self.workspace.db, records)

    def _back(self, key: str, base: dict[str, Any], group: list[Entry], known: ByField) -> list[Change]:
        """The changes that give a record the values it had before the whole group: of now, and of the past where they were put
        between past ones.
        """
        entity = self.workspace.registry.entity(key)
        values: dict[str, Any] = {}
        oldest: dict[str, Entry] = {}
        past: list[Change] = []
        for entry in group:
            said = entry.effective_at or self.said.get(entry.set_n)
            put = spans.between(entity, entry, said, known) if said else {}
            units = {entity.fields[field].unit for field in put} - {None}
            for field, (since, prior) in put.items():
                if not same(since, entry.after[field]):
                    self._changed(entity, base, field)
                    return []
                past.append(Change(key, base["id"], UPDATE, {field: since}, {field: prior}, base, said))
            for field, after in entry.after.items():
                if field in put or (field in entity.fields and entity.fields[field].unit in units):
                    continue
                if field not in entity.fields and after is None and entry.before[field] is None:
                    continue  # the field was erased, and with it what it held
                if field not in entity.fields:
                    self._skip(key, base["id"], base, t("a field of it is no longer there"))
                    return []
                if not same(values.get(field, base.get(field)), after):
                    self._changed(entity, base, field)
                    return []
                values[field], oldest[field] = entry.before[field], entry
        if "deleted_at" in values:
            if same(values["deleted_at"], base["deleted_at"]):
                return []
            if values["deleted_at"] is None:
                return [changes.restore(entity, base)]
            # The moment it had before, so that the deletion can be told from another one and be taken back again.
            return [changes.delete(entity, base, values["deleted_at"])]
        for field, entry in oldest.items():
            held = known.get((base["id"], entity.fields[field].stable_key), ())
            values[field] = spans.ended_by(held, entry.set_n, values[field])
        change = changes.update(entity, base, values)
        return past if change is None else [change, *past]

    def _changed(self, entity: Entity, base: dict[str, Any], field: str) -> None:
        label = entity.fields[field].label()
        self._skip(entity.key, base["id"], base, t("{field} changed since", field=label))

    def _changed_since(self, base: dict[str, Any], own: int) -> bool:
        """Whether anybody but the undone change, or undone work, touched the record."""
        if base["rev"] == own:
            return False
        for entry in self.workspace.log.of_record(base["id"], order="n DESC"):
            if entry.set_n in self.numbers:
                continue
            if entry.set_n < min(self.numbers):
                break
            header = next(self.workspace.log.sets("n = ?", [entry.set_n]))
            if header.undoes is None and not is_undone(self.workspace, header.handle_id):
                return True
        return False

    def _dependants(self, key: str, records: list[str], together: set[str]) -> dict[str, str]:
        """Live records outside this change that refer to ``records``: record -> what refers to it."""
        workspace = self.workspace
        found: dict[str, str] = {}
        sources = workspace.registry.references_to(key) + [
            (workspace.registry.entity("link"), workspace.registry.entity("link").fields[name])
            for name in ("from", "to")
        ]
        for entity, field in sources:
            own = field.own_key is not None
            column = own_value(workspace.db, "custom", field) if own else quoted(field.columns[0][0])
            for start in range(0, len(records), 400):
                chunk = records[start : start + 400]
                rows = workspace.db.rows(
                    f'SELECT {column}, id FROM "{entity.table}" WHERE {column} IN ({", ".join("?" * len(chunk))}) '
                    "AND deleted_at IS NULL",
                    chunk,
                )
                for record, source in rows:
                    if source not in together and not self._of_target(source):
                        found.setdefault(record, f"{entity.key} @{ids.handle(source)}")
        return found

    def _of_target(self, record: str) -> bool:
        """Whether a record was made by the very change that is being undone."""
        entries = self.workspace.log.of_record(record, "verb = 'create'")
        return any(entry.set_n in self.numbers for entry in entries)

    def _skip(self, entity: str, record: str, base: dict[str, Any] | None, reason: str) -> None:
        self._left.add(record)
        name = self.workspace.registry.entity(entity).name_field
        self.skipped.append(
            {"entity": entity, "id": record, "name": base.get(name) if base else None, "reason": reason}
        )


def same(one: Any, other: Any) -> bool:
    """Equal values, where no value and an empty set are the same."""
    return bool(one == other or (one in (None, []) and other in (None, [])))


__all__ = ["Target", "find", "is_undone", "run_undo"]
