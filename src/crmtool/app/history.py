"""The log as people ask for it: every change of a record field by field, and the works of a whole workspace.

The log itself knows no policy; what is answered here is what the workspace's actor may see.
"""

from __future__ import annotations

from crmtool.app.undo import is_undone
from crmtool.core.changes import CREATE, UPDATE
from crmtool.core.struct import Struct

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from crmtool.app.workspace import Workspace
    from crmtool.core.registry import Entity
    from crmtool.store.log import Entry, SetHeader

    Record = dict[str, Any]

LOOKED_AT = 50  # entries of a change that are tried for one the actor may see


class Line(Struct):
    """One field of one change of a record; ``field`` is ``None`` for a change without values: to the trash, or erased.

    ``at`` is when it took effect, ``recorded_at`` when it was written down: earlier for imported history, never later.
    ``handle`` is the id that undo takes. References in ``before`` and ``after`` are ``{"id", "name"}``.
    ``record`` is the id of what was changed: the record itself, or one that was merged into it.
    """

    at: str
    recorded_at: str
    effective_at: str | None
    by: str | None
    command: str
    handle: str
    verb: str
    origin: str
    erased: bool
    field: str | None = None
    before: Any = None
    after: Any = None
    record: str = ""


class Done(Struct):
    """One change set or whole job: when it was written, by whom, with which command, and how many records it changed."""

    at: str
    by: str | None
    command: str
    count: int
    handle: str
    undone: bool
    origin: str


def lines(workspace: Workspace, entity: Entity, record: str) -> list[Line]:
    """Every change of a record and of those that were merged into it, the one that took effect last first.

    Of records that the actor may not see there is none, but for what says that one was erased.
    """
    from crmtool.app.merging import KINDS, absorbed  # not for the sake of every report of a write

    log = workspace.log
    records = [record, *(absorbed(workspace.reader, record) if entity.key in KINDS else ())]
    hidden = workspace.policy.hidden_fields(workspace.actor, entity)
    headers: dict[int, SetHeader] = {}
    users: dict[str, str] = {}
    out: list[Line] = []
    seen = set(workspace.reader.present(entity.key, records, trash="with"))
    readable = workspace.policy.can_read(workspace.actor, entity)
    entries = [
        entry
        for one in records
        for entry in log.of_record(one)
        if readable and (one in seen or entry.redacted)
    ]
    for entry in sorted(entries, key=lambda entry: entry.n, reverse=True):
        header = headers.get(entry.set_n)
        if header is None:
            header = headers[entry.set_n] = next(log.sets("n = ?", [entry.set_n]))
        effective = entry.effective_at or header.effective_at
        line = Line(
            effective or header.recorded_at, header.recorded_at, effective, _user(workspace, header, users),
            header.command, header.handle_id, entry.verb, header.origin, entry.redacted, record=entry.record,
        )  # fmt: skip
        out.extend(_fields(workspace, entity, entry, line, hidden))
    out.sort(key=lambda line: line.at, reverse=True)  # keeps the order of the log among equals
    return out


def works(workspace: Workspace) -> Iterator[Done]:
    """What was done in the workspace, the newest first, a job as one: all of which the actor may see something."""
    seen: set[str] = set()
    users: dict[str, str] = {}
    for header in workspace.log.sets(order="n DESC"):
        if header.handle_id in seen or not is_visible(workspace, header):
            continue
        seen.add(header.handle_id)
        yield work_of(workspace, header, users)


def work_of(workspace: Workspace, header: SetHeader, users: dict[str, str]) -> Done:
    """The work whose newest change set this is. ``users`` keeps names from one to the next."""
    count = (
        sum(part.count for part in workspace.log.sets("job = ?", [header.job]))
        if header.job
        else header.count
    )
    return Done(
        header.recorded_at, _user(workspace, header, users), header.command, count, header.handle_id,
        is_undone(workspace, header.handle_id), header.origin,
    )  # fmt: skip


def named_references(
    workspace: Workspace, entity: Entity, values: Record, fresh: Record | None = None
) -> Record:
    """``values`` with ids of other records as ``{"id", "name"}``, as a read gives them.

    ``fresh`` holds names of records that are not written yet.
    """
    out = dict(values)
    for key, value in values.items():
        field = entity.fields.get(key)
        if (
            field is not None
            and isinstance(value, str)
            and field.target
            and field.kind.name in ("reference", "file")
        ):
            name = (fresh or {}).get(value) or workspace.reader.names(field.target, [value]).get(value)
            out[key] = {"id": value, "name": name}
    return out


def _fields(
    workspace: Workspace, entity: Entity, entry: Entry, line: Line, hidden: frozenset[str]
) -> Iterator[Line]:
    """A line for each field, or one for what has none: the way to the trash and back, or what was erased."""
    if entry.verb not in (CREATE, UPDATE) or not entry.after:
        yield line
        return
    old = named_references(workspace, entity, entry.before)
    new = named_references(workspace, entity, entry.after)
    for key in entry.after:
        field = entity.fields.get(key)
        if field is not None and not field.hidden and key not in hidden:
            yield line.replace(field=key, before=old.get(key), after=new.get(key))


def _user(workspace: Workspace, header: SetHeader, known: dict[str, str]) -> str | None:
    if header.actor and header.actor not in known:
        known[header.actor] = workspace.reader.names("user", [header.actor]).get(header.actor, "")
    return known.get(header.actor or "") or None


def is_visible(workspace: Workspace, header: SetHeader) -> bool:
    """Whether the actor may see one of the records that a change set touched."""
    first = header.first
    entries = workspace.log.entries("n >= ? AND n < ?", (first, first + header.count), limit=LOOKED_AT)
    return any(may_see(workspace, entry) for entry in entries)


def may_see(workspace: Workspace, entry: Entry) -> bool:
    """Whether the actor may see what was changed."""
    entity = workspace.registry.entities.get(entry.entity)
    if entity is None or not workspace.policy.can_read(workspace.actor, entity):
        return False
    # Of an erased record nothing is left to hide; that somebody erased it is to be seen.
    return entry.redacted or workspace.reader.get(entry.entity, entry.record) is not None


__all__ = ["Done", "Line", "is_visible", "lines", "may_see", "named_references", "work_of", "works"]
