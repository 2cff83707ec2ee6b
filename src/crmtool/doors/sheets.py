"""One record with everything about it, as rows of text: its fields, what it is tied to, what is next, what happened.

Each row says where it leads. What is expensive, or has no end, is asked for by itself: older events, possible duplicates.
"""

from __future__ import annotations

from typing import NamedTuple

from crmtool.app.ties import ties
from crmtool.app.timeline import LENGTH, SUBJECTS, timeline
from crmtool.core import dates, ids
from crmtool.core.messages import t, tn
from crmtool.core.query import Compare, In, Path, SortKey, all_of
from crmtool.doors.lists import visible
from crmtool.doors.ties import label, period
from crmtool.doors.timeline import line
from crmtool.doors.values import shown
from crmtool.store.reader import Query

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping
    from typing import Any

    from crmtool.app.workspace import Workspace
    from crmtool.core.fields import Field
    from crmtool.core.registry import Entity

    Record = dict[str, Any]

MOST = 5  # records of a kind that refer to this one; the list of them has the others
MOST_TIES = 50
_TOLD = ("activity", "note", "task")  # the timeline has them, and what is next
_KEPT = (
    "id",
    "created_at",
    "created_by",
    "updated_at",
    "updated_by",
    "deleted_at",
)  # what the program keeps itself


class Line(NamedTuple):
    """One row: ``key`` stays the same while it means the same, ``leads`` is the (entity, id) it opens.

    ``field`` and ``value`` are set where it shows a field; ``late`` marks what should have been done by now. ``filter`` is the
    (entity, filter) of a list that it opens.
    """

    key: str
    text: str
    label: str = ""
    leads: tuple[str, str] | None = None
    field: Field | None = None
    value: Any = None
    late: bool = False
    filter: tuple[str, str] | None = None


class Sheet(NamedTuple):
    """A record for a person: ``fields`` that are filled, ``empty`` ones, ``about`` what it is tied to, ``next`` and ``past``."""

    entity: Entity
    record: Record
    name: str
    fields: list[Line]
    empty: list[Line]
    about: list[Line]
    next: list[Line]
    past: list[Line]
    more: bool

    @property
    def named(self) -> frozenset[str]:
        """The ids of the records that its rows lead to."""
        rows = (*self.fields, *self.about, *self.next, *self.past)
        return frozenset(row.leads[1] for row in rows if row.leads is not None)


def refers(workspace: Workspace, key: str, record: str, changed: Mapping[str, Collection[str]]) -> bool:
    """Whether one of these records (by kind), also one in the trash, refers to this one."""
    link = workspace.registry.entity("link")
    fields = [*workspace.registry.references_to(key), (link, link.fields["from"]), (link, link.fields["to"])]
    for entity, field in fields:
        found = changed.get(entity.key)
        if found and workspace.policy.can_read(workspace.actor, entity):
            where = all_of(
                [Compare(Path((field,)), "=", record), In(Path((entity.fields["id"],)), tuple(found))]
            )
            if workspace.reader.count(Query(entity.key, where, trash="with")):
                return True
    return False


def sheet(workspace: Workspace, key: str, record_id: str, *, events: int = LENGTH) -> Sheet | None:
    """All about a record, also one in the trash; ``None`` for one that was erased. ``events`` is how many happenings are told."""
    entity = workspace.registry.entity(key)
    record = workspace.reader.get(key, record_id, expand=True)
    if record is None:
        return None
    readable = visible(workspace, entity)
    rows = [_field(record, field) for field in readable.fields.values() if not field.hidden]
    own = [row for row in rows if row.key not in _KEPT] + [row for row in rows if row.key in _KEPT]
    happened = timeline(workspace, entity, record_id, limit=events + 1)
    name = str(record.get(readable.name_field) or "") if readable.name_field in readable.fields else ""
    return Sheet(
        entity,
        record,
        name or t("{noun} @{handle}", noun=entity.label(), handle=ids.handle(record_id)),
        [row for row in own if row.text],
        [row for row in own if not row.text],
        [*_ties(workspace, record_id), *_referring(workspace, key, record_id)],
        list(_next(workspace, entity, record_id)),
        [
            Line(
                f"{event.entity}.{event.record}.{event.at}.{event.verb}",
                line(workspace, event),
                leads=None if event.verb else (event.entity, event.record),
            )
            for event in happened[:events]
        ],
        len(happened) > events,
    )


def duplicates(workspace: Workspace, key: str, record_id: str) -> list[Line]:
    """The records that may be the same as this one, and why; takes a while where values are common."""
    from crmtool.doors.known import KINDS, worded
    from crmtool.match.entry import known_already

    entity = workspace.registry.entity(key)
    record = workspace.reader.get(key, record_id, trash="without") if key in KINDS else None
    if record is None:
        return []
    apart = {tie.other for tie in ties(workspace, record_id, relation="distinct")}
    out = []
    for candidate in known_already(workspace.reader, entity, record):
        found, name, why = worded(entity, candidate)
        if found not in apart:
            text = t("{name} ({reasons})", name=name, reasons=why)
            out.append(Line(f"same.{found}", text, t("Perhaps the same"), (key, found)))
    return out


def _field(record: Record, field: Field) -> Line:
    value = record.get(field.key)
    leads = None
    if field.kind.name in ("reference", "file") and isinstance(value, dict) and field.target:
        leads = (field.target, str(value["id"]))
    return Line(field.key, shown(record, field, lines=True), field.label(), leads, field, value)


def _ties(workspace: Workspace, record: str) -> Iterator[Line]:
    for tie in ties(workspace, record, limit=MOST_TIES):
        name = tie.name or t("(hidden)")
        rest = ", ".join(part for part in (tie.role, period(tie)) if part)
        text = t("{tie}, {rest}", tie=name, rest=rest) if rest else name
        leads = (tie.entity, tie.other) if tie.name is not None else None
        yield Line(f"tie.{tie.link}", text, label(tie.relation, forward=tie.forward, past=tie.past), leads)


def _referring(workspace: Workspace, key: str, record: str) -> Iterator[Line]:
    """The records that name this one in a field: the people of a company, its deals, the orders of a deal."""
    for entity, field in workspace.registry.references_to(key):
        hidden = workspace.policy.hidden_fields(workspace.actor, entity)
        if entity.key in _TOLD or entity.internal or field.key in hidden:
            continue
        if not workspace.policy.can_read(workspace.actor, entity):
            continue
        where = Compare(Path((field,)), "=", record)
        order = (SortKey(Path((entity.fields["created_at"],)), descending=True),)
        found = list(workspace.query(Query(entity.key, where, order, limit=MOST + 1)))
        named = (
            entity.label()
            if field.key == key
            else t("{noun}, {field}", noun=entity.label(), field=field.label())
        )
        for one in found[:MOST]:
            yield Line(
                f"{entity.key}.{field.key}.{one['id']}",
                _told(entity, one, field.key),
                named,
                (entity.key, one["id"]),
            )
        if len(found) > MOST:
            total = workspace.reader.count(Query(entity.key, where))
            text = tn("All {n}", "All {n}", total)
            filter_ = f"{field.key}=@{ids.handle(record)}"
            yield Line(f"{entity.key}.{field.key}.all", text, named, filter=(entity.key, filter_))


def _told(entity: Entity, record: Record, through: str) -> str:
    """A record by its name and what a list shows first of it, without the field through which it was found."""
    keys = [key for key in entity.list_fields if key in record and key not in (entity.name_field, through)]
    fields = [entity.fields[key] for key in keys]
    rest = [text for field in fields if (text := shown(record, field))][:3]
    return ", ".join([str(record.get(entity.name_field) or f"@{ids.handle(record['id'])}"), *rest])


def _next(workspace: Workspace, entity: Entity, record: str) -> Iterator[Line]:
    """The open tasks, the one that is due first before the others."""
    if entity.key not in SUBJECTS:
        return
    task = workspace.registry.entity("task")
    where = all_of(
        [
            Compare(Path((task.fields[entity.key],)), "=", record),
            Compare(Path((task.fields["status"],)), "=", "open"),
        ]
    )
    today = dates.today(workspace.context).isoformat()
    for one in workspace.query(Query("task", where, (SortKey(Path((task.fields["due_on"],))),), limit=MOST)):
        due = str(one.get("due_on") or "")
        late = bool(due) and due < today
        text = t("{due}  {name}", due=due or t("no day"), name=one.get("name") or "")
        yield Line(
            f"task.{one['id']}",
            t("{task} (overdue)", task=text) if late else text,
            leads=("task", one["id"]),
            late=late,
        )
