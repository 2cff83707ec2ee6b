"""The agenda: open tasks and coming meetings in the order of their days, any number of them.

What is overdue comes first, then today, tomorrow, the rest of this week and the next one day by day, what is later, and what has
no date. Each stretch is a list of its own with an index behind it, so that a page is a seek however many tasks there are. Of what
lies beyond next week the meetings stand before the tasks.
"""

from __future__ import annotations

from datetime import timedelta

from crmtool.app.joined import Joined, Line, Part
from crmtool.app.today import MEETINGS
from crmtool.core import dates
from crmtool.core.query import And, Between, Compare, Empty, In, Path, SortKey, all_of
from crmtool.store.reader import Query

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import date

    from crmtool.app.workspace import Workspace
    from crmtool.core.query import Node

OVERDUE, TODAY, TOMORROW, WEEK, NEXT_WEEK, LATER, UNDATED = (
    "overdue", "today", "tomorrow", "week", "next_week", "later", "undated",
)  # fmt: skip
SECTIONS = (OVERDUE, TODAY, TOMORROW, WEEK, NEXT_WEEK, LATER, UNDATED)
FIELDS = {
    "task": ("due_on", "name", "priority", "contact", "company", "deal", "owner", "repeat", "status"),
    "activity": ("happened_at", "type", "name", "contact", "company", "deal", "owner", "duration"),
}


class Agenda(Joined):
    """The agenda of the actor, or of everyone, as of now; ``sections`` narrows it."""

    def __init__(
        self, workspace: Workspace, *, everyone: bool = False, sections: Sequence[str] = SECTIONS
    ) -> None:
        self._workspace = workspace
        self._ctx = workspace.context
        self._everyone = everyone
        self.today = dates.today(self._ctx)
        self.tomorrow = self.today + timedelta(days=1)
        super().__init__(
            workspace.reader, [part for key in sections for part in (Part(key, key), *self._section(key))]
        )

    def day_of(self, line: Line) -> str | None:
        """The local day that a line stands under, as an ISO date; ``None`` for a heading and a task without one."""
        record = line.record or {}
        moment = record.get("happened_at")
        return dates.day_of(moment, self._ctx).isoformat() if moment else record.get("due_on")

    def day(self, day: date, limit: int) -> tuple[list[Line], int]:
        """The meetings and then the tasks of one day, ``limit`` lines at most, and how many there are in all."""
        whole = Joined(self._workspace.reader, self._of_day("", day))
        lines, more = whole.read(limit)
        return lines, whole.records() if more else len(lines)

    # -- sections -----------------------------------------------------------------------------------------------------

    def _section(self, key: str) -> Iterator[Part]:
        today = self.today
        week_ends = dates.bound("eow", today, self._ctx.week_start) or today
        beyond = max(week_ends, self.tomorrow) + timedelta(days=1)
        if key == OVERDUE:
            yield self._tasks(
                key, key, Compare(self._path("task", "due_on"), "<", today.isoformat()), "-due_on"
            )
        elif key == TODAY:
            yield from self._of_day(key, today)
        elif key == TOMORROW:
            yield from self._of_day(key, self.tomorrow)
        elif key == WEEK:
            for number in range(2, (week_ends - today).days + 1):
                yield from self._of_day(key, today + timedelta(days=number))
        elif key == NEXT_WEEK:
            for number in range((week_ends - beyond).days + 8):
                yield from self._of_day(key, beyond + timedelta(days=number))
        elif key == LATER:
            first = week_ends + timedelta(days=8)
            start = dates.day_bounds(first.isoformat(), self._ctx.zone)[0]
            yield self._meetings(key, key, Compare(self._path("activity", "happened_at"), ">=", start))
            yield self._tasks(
                key, key, Compare(self._path("task", "due_on"), ">=", first.isoformat()), "due_on"
            )
        elif key == UNDATED:
            yield self._tasks(key, key, Empty(self._path("task", "due_on")), "created_at")

    def _of_day(self, section: str, day: date) -> Iterator[Part]:
        start, end = dates.day_bounds(day.isoformat(), self._ctx.zone)
        within = Between(self._path("activity", "happened_at"), start, end, high_open=True)
        due = Compare(self._path("task", "due_on"), "=", day.isoformat())
        yield self._meetings(f"{section} {day.isoformat()}", section, within)
        yield self._tasks(f"{section} {day.isoformat()}", section, due, "-priority")

    def _tasks(self, name: str, section: str, when: Node, sort: str) -> Part:
        still = Compare(self._path("task", "status"), "=", "open")
        return self._part(f"{name} tasks", section, "task", [when, still], sort)

    def _meetings(self, name: str, section: str, when: Node) -> Part:
        kind = In(self._path("activity", "type"), MEETINGS)
        return self._part(f"{name} meetings", section, "activity", [when, kind], "happened_at")

    def _part(self, name: str, section: str, entity: str, where: list[Node], sort: str) -> Part:
        workspace = self._workspace
        hidden = workspace.policy.hidden_fields(workspace.actor, workspace.registry.entity(entity))
        fields = ("id", *(key for key in FIELDS[entity] if key not in hidden))
        order = (SortKey(self._path(entity, sort.lstrip("-")), sort.startswith("-")),)
        return Part(section, name, Query(entity, all_of([*where, self._mine(entity)]), order, fields))

    # -- small words ---------------------------------------------------------------------------------------------------

    def _path(self, entity: str, field: str) -> Path:
        return Path((self._workspace.registry.entity(entity).fields[field],))

    def _mine(self, entity: str) -> Node | None:
        if self._everyone or self._ctx.me is None:
            return None
        return Compare(self._path(entity, "owner"), "=", self._ctx.me)


def next_moment(workspace: Workspace) -> str:
    """The instant at which what is due becomes another without any change: the next meeting begins, the day ends, or an open deal
    has been in its stage for too long.
    """
    ctx = workspace.context
    happened = Path((workspace.registry.entity("activity").fields["happened_at"],))
    midnight = dates.day_bounds(dates.today(ctx).isoformat(), ctx.zone)[1]
    ahead = And((Compare(happened, ">", ctx.now), Compare(happened, "<", midnight)))
    query = Query("activity", ahead, (SortKey(happened),), ("happened_at",), 1, expand=False)
    begins = next((str(record["happened_at"]) for record in workspace.query(query)), midnight)
    return min(begins, _next_rotting(workspace, begins))


def _next_rotting(workspace: Workspace, before: str) -> str:
    """When the next open deal begins to rot, if that is ``before`` this instant; else that."""
    deal = workspace.registry.entity("deal")
    keys = ("stage", "status", "stage_entered_at")
    if not workspace.policy.hidden_fields(workspace.actor, deal).isdisjoint(keys):
        return before
    stage_of, status, entered = (Path((deal.fields[key],)) for key in keys)
    found = before
    for stage in workspace.query(Query("stage", fields=("rotting_days",), expand=False)):
        if stage.get("rotting_days"):
            span = timedelta(days=stage["rotting_days"])
            fresh = dates.to_instant(dates.from_instant(workspace.context.now) - span)
            ahead = And(
                (
                    Compare(stage_of, "=", stage["id"]),
                    Compare(status, "=", "open"),
                    Compare(entered, ">=", fresh),
                )
            )
            query = Query("deal", ahead, (SortKey(entered),), ("stage_entered_at",), 1, expand=False)
            for record in workspace.query(query):
                found = min(found, dates.to_instant(dates.from_instant(record["stage_entered_at"]) + span))
    return found
