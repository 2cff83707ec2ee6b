"""What happened around a record: activities, notes, tasks and changes by whom, the newest first."""

from __future__ import annotations

from crmtool.core.dates import local_text
from crmtool.core.messages import t
from crmtool.core.query import Compare, Empty, Path, SortKey, all_of
from crmtool.core.struct import Struct
from crmtool.store.reader import Query

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from crmtool.app.workspace import Workspace
    from crmtool.core.registry import Entity

    Record = dict[str, Any]

LENGTH = 15
# kind of record -> (the field that says when, the field shown in brackets)
SOURCES = {"activity": ("happened_at", "type"), "note": ("created_at", ""), "task": ("done_at", "status")}


class Event(Struct):
    """One line of a timeline; ``at`` is an instant."""

    at: str
    text: str


def timeline(workspace: Workspace, entity: Entity, record: str, *, until: str | None = None) -> list[Event]:
    """The newest events, at most ``LENGTH`` of them."""
    events = [*_records(workspace, entity, record), *_changes(workspace, entity, record)]
    if until is not None:
        events = [event for event in events if event.at <= until]
    events.sort(key=lambda event: event.at, reverse=True)
    return events[:LENGTH]


def next_task(workspace: Workspace, entity: Entity, record: str) -> Record | None:
    """The open task that is due first."""
    if entity.key not in ("contact", "company", "deal"):
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


def _records(workspace: Workspace, entity: Entity, record: str) -> Iterator[Event]:
    if entity.key not in ("contact", "company", "deal"):
        return
    for key, (when, extra) in SOURCES.items():
        about = workspace.registry.entity(key)
        where = all_of(
            [
                Compare(Path((about.fields[entity.key],)), "=", record),
                Empty(Path((about.fields[when],)), negated=True),
            ]
        )
        order = (SortKey(Path((about.fields[when],)), descending=True),)
        fields = tuple(name for name in ("name", when, extra, "owner", "created_by") if name in about.fields)
        for found in workspace.query(Query(key, where, order, fields=fields, limit=LENGTH)):
            label = (
                about.fields[extra].kind.display(found[extra], about.fields[extra])
                if extra == "type"
                else about.label()
            )
            by = found.get("owner") or found.get("created_by")
            yield Event(found[when], _by(t("{kind}: {text}", kind=label, text=found["name"] or ""), by))


def _changes(workspace: Workspace, entity: Entity, record: str) -> Iterator[Event]:
    """What was done to the record itself, from the log; the fields that changed are named, not their values."""
    log = workspace.log
    hidden = workspace.policy.hidden_fields(workspace.actor, entity)
    entries = list(log.entries("record = ?", [record], order="n DESC", limit=LENGTH))
    headers = (
        {header.n: header for header in log.sets(_among(entries), [entry.set_n for entry in entries])}
        if entries
        else {}
    )
    users = workspace.reader.names("user", [header.actor for header in headers.values() if header.actor])
    for entry in entries:
        header = headers[entry.set_n]
        labels = [
            field.label()
            for key in entry.after
            if (field := entity.fields.get(key)) is not None and key not in hidden and not field.hidden
        ]
        text = {
            "create": t("Added"),
            "delete": t("Moved to the trash"),
            "restore": t("Restored"),
        }.get(entry.verb) or t("Changed: {fields}", fields=", ".join(labels))
        at = entry.effective_at or header.effective_at or header.recorded_at
        yield Event(at, _by(text, {"name": users.get(header.actor or "")}))


def _among(entries: list[Any]) -> str:
    return f"n IN ({', '.join('?' * len(entries))})"


def _by(text: str, who: Any) -> str:
    name = who.get("name") if isinstance(who, dict) else None
    return t("{what} ({who})", what=text, who=name) if name else text


def line(event: Event) -> str:
    """One event for people."""
    return t("{when}  {what}", when=local_text(event.at), what=event.text)
