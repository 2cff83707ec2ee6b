"""What happened around a record, and what is next: activities, notes, tasks, and who changed it.

What is answered is data; every door words it in its own way.
"""

from __future__ import annotations

from crmtool.core.query import Compare, Empty, Path, SortKey, all_of
from crmtool.core.struct import Struct
from crmtool.store.reader import Query

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from crmtool.app.workspace import Workspace
    from crmtool.core.query import Node
    from crmtool.core.registry import Entity

    Record = dict[str, Any]

LENGTH = 15
SUBJECTS = ("contact", "company", "deal")  # what activities, notes and tasks are about
SOURCES = {"activity": "happened_at", "note": "created_at", "task": "done_at"}  # and the field that says when


class Event(Struct):
    """One line of a timeline. ``at`` is the instant it took effect, ``by`` the name of who did it.

    Of an activity, note or finished task: ``entity``, ``record``, ``name``, and the ``type`` of an activity. Of a change of the
    record itself: ``verb``, and the keys of the ``fields`` that an update changed, as far as the actor may see them.
    """

    at: str
    entity: str
    record: str
    by: str | None
    name: str = ""
    type: str | None = None
    verb: str = ""
    fields: tuple[str, ...] = ()


def timeline(
    workspace: Workspace, entity: Entity, record: str, *, until: str | None = None, limit: int = LENGTH
) -> list[Event]:
    """The newest events, at most ``limit`` of them; ``until`` leaves out what came later."""
    events = [
        *_records(workspace, entity, record, until, limit),
        *_changes(workspace, entity, record, until, limit),
    ]
    events.sort(key=lambda event: event.at, reverse=True)
    return events[:limit]


def next_task(workspace: Workspace, entity: Entity, record: str) -> Record | None:
    """The open task that is due first."""
    if entity.key not in SUBJECTS:
        return None
    task = workspace.registry.entity("task")
    where = all_of(
        [
            Compare(Path((task.fields[entity.key],)), "=", record),
            Compare(Path((task.fields["status"],)), "=", "open"),
        ]
    )
    query = Query("task", where, (SortKey(Path((task.fields["due_on"],))),), limit=1)
    return next(iter(workspace.query(query)), None)


def _records(
    workspace: Workspace, entity: Entity, record: str, until: str | None, limit: int
) -> Iterator[Event]:
    if entity.key not in SUBJECTS:
        return
    for key, when in SOURCES.items():
        about = workspace.registry.entity(key)
        moment = Path((about.fields[when],))
        conditions: list[Node] = [
            Compare(Path((about.fields[entity.key],)), "=", record),
            Empty(moment, negated=True),
        ]
        if until is not None:
            conditions.append(Compare(moment, "<=", until))
        wanted = ("id", "name", when, "type", "owner", "created_by")
        shown = {field.key for field in workspace.reader.visible_fields(about)}
        fields = tuple(name for name in wanted if name in shown)
        order = (SortKey(moment, descending=True),)
        for found in workspace.query(Query(key, all_of(conditions), order, fields=fields, limit=limit)):
            by = found.get("owner") or found.get("created_by") or {}
            yield Event(
                found[when], key, found["id"], by.get("name"), found.get("name") or "", found.get("type")
            )


def _changes(
    workspace: Workspace, entity: Entity, record: str, until: str | None, limit: int
) -> Iterator[Event]:
    """What was done to the record itself, from the log."""
    log = workspace.log
    hidden = workspace.policy.hidden_fields(workspace.actor, entity)
    # Among the newest changes; an older one that took effect later than all of them is not worth a walk through the whole log.
    entries = list(log.of_record(record, order="n DESC", limit=None if until else limit))
    numbers = sorted({entry.set_n for entry in entries})
    headers = {}
    for start in range(0, len(numbers), 400):
        chunk = numbers[start : start + 400]
        headers.update({h.n: h for h in log.sets(f"n IN ({', '.join('?' * len(chunk))})", chunk)})
    users = workspace.reader.names("user", list({h.actor for h in headers.values() if h.actor}))
    for entry in entries:
        header = headers[entry.set_n]
        at = entry.effective_at or header.effective_at or header.recorded_at
        if until is not None and at > until:
            continue
        changed = [entity.fields[key] for key in entry.after if key in entity.fields and key not in hidden]
        keys = tuple(field.key for field in changed if not field.hidden)
        yield Event(at, entity.key, record, users.get(header.actor or ""), verb=entry.verb, fields=keys)


__all__ = ["Event", "next_task", "timeline"]
