"""What a person needs to know in the morning: what is due, who is met, how the pipeline stands, what changed.

Everything is asked through the reader, so that row policy and column mask hold. Money is converted by the newest rates
of the workspace.
"""

from __future__ import annotations

from datetime import timedelta

from crmtool.app.totals import Rates, Total
from crmtool.core import dates
from crmtool.core.query import And, Between, Compare, In, Not, Or, Path, SortKey
from crmtool.core.struct import Struct
from crmtool.store.aggregate import COUNT, Measure, aggregate
from crmtool.store.reader import Query

TYPE_CHECKING = False
if TYPE_CHECKING:
    from datetime import date
    from typing import Any

    from crmtool.app.workspace import Workspace
    from crmtool.core.query import Node

    Record = dict[str, Any]

SOON_DAYS = 7
SHOWN = 5
MOST_MEETINGS = 50
CHANGING = ("contact", "company", "deal")
MEETINGS = ("meeting", "call", "visit")


class Today(Struct):
    """The dashboard. Records hold their fields with references as ``{"id", "name"}``; ``changed`` also the key ``entity``."""

    on: str
    overdue: int
    due: int
    tasks: list[dict[str, Any]]
    meetings: list[dict[str, Any]]
    open: Total
    won_this_month: Total
    won_last_month: Total
    activities_this_week: int
    activities_last_week: int
    rotting: int
    closing: Total
    closing_until: str
    closing_next: list[dict[str, Any]]
    changed: list[dict[str, Any]]


def today(workspace: Workspace, *, everyone: bool = False, shown: int = SHOWN) -> Today:
    """The dashboard of the workspace now. Tasks and meetings are those of the actor, or of ``everyone``."""
    return Dashboard(workspace, everyone=everyone, shown=shown).make()


class Dashboard:
    """Asks the questions; ``shown`` is how many records each list holds."""

    def __init__(self, workspace: Workspace, *, everyone: bool, shown: int) -> None:
        self._workspace = workspace
        self._reader = workspace.reader
        self._ctx = workspace.context
        self._everyone = everyone
        self._shown = shown
        self._day = dates.today(self._ctx)
        self._rates = Rates(workspace)

    def make(self) -> Today:
        day = self._day
        overdue, due = self._tasks_due()
        until = day + timedelta(days=SOON_DAYS)
        opened, rotting, closing = self._open(day, until)
        won, won_before = self._won()
        week = dates.bound("bow", day, self._ctx.week_start) or day
        return Today(
            day.isoformat(),
            overdue,
            due,
            self._tasks(),
            self._meetings(),
            opened,
            won,
            won_before,
            self._activities(week, week + timedelta(days=7)),
            self._activities(week - timedelta(days=7), week),
            rotting,
            closing,
            until.isoformat(),
            self._closing_next(day, until),
            self._changed(),
        )

    # -- questions -------------------------------------------------------------------------------------------------
    #
    # What drives an index stands in the condition of a query, the rest in its measures: an equality with one of three states
    # would draw the engine to an index that holds a third of all deals.

    def _due(self) -> tuple[Node, ...]:
        return (self._compare("task", "due_on", "<=", self._day.isoformat()), *self._mine("task"))

    def _tasks_due(self) -> tuple[int, int]:
        """How many tasks are overdue, and how many are due on the day itself."""
        still = self._compare("task", "status", "=", "open")
        late = And((still, self._compare("task", "due_on", "<", self._day.isoformat())))
        measures = (Measure(where=still), Measure(where=late))
        ((every, overdue),) = aggregate(self._reader, "task", measures=measures, where=And(self._due()))
        return overdue, every - overdue

    def _tasks(self) -> list[Record]:
        """The overdue tasks, then those of the day. Of too many, the latest overdue: the others have been left for longer."""
        day, mine = self._day.isoformat(), self._mine("task")
        still = self._compare("task", "status", "=", "open")
        fields = ("due_on", "name", "priority", "contact", "company", "deal")
        late = And((still, self._compare("task", "due_on", "<", day), *mine))
        found = self._list("task", late, "-due_on", fields)[::-1]
        if len(found) < self._shown:
            now = And((still, self._compare("task", "due_on", "=", day), *mine))
            found += self._list("task", now, "due_on", fields, self._shown - len(found))
        return found

    def _meetings(self) -> list[Record]:
        start, end = dates.day_bounds(self._day.isoformat(), self._ctx.zone)
        within = self._between("activity", "happened_at", start, end, open_end=True)
        where = And((within, In(self._path("activity", "type"), MEETINGS), *self._mine("activity")))
        return self._list(
            "activity",
            where,
            "happened_at",
            ("happened_at", "type", "name", "contact", "company", "deal"),
            MOST_MEETINGS,
        )

    def _open(self, day: date, until: date) -> tuple[Total, int, Total]:
        """The open deals, how many of them are too long in their stage, and those that close soon, in one pass."""
        stale: list[Node] = []
        for stage in self._workspace.query(Query("stage", fields=("rotting_days",), expand=False)):
            if stage["rotting_days"]:
                moment = dates.from_instant(self._ctx.now) - timedelta(days=stage["rotting_days"])
                entered = self._compare("deal", "stage_entered_at", "<", dates.to_instant(moment))
                stale.append(And((self._compare("deal", "stage", "=", stage["id"]), entered)))
        soon = self._between("deal", "close_on", day.isoformat(), until.isoformat())
        measures = (
            COUNT,
            Measure("sum", "amount"),
            Measure(where=Or(tuple(stale))),
            Measure(where=soon),
            Measure("sum", "amount", soon),
        )
        rows = aggregate(
            self._reader, "deal", measures=measures, where=self._compare("deal", "status", "=", "open")
        )
        return self._rates.total(rows, 0), sum(row[2] for row in rows), self._rates.total(rows, 3)

    def _won(self) -> tuple[Total, Total]:
        """The deals won this month, and the month before."""
        month = dates.bound("bom", self._day) or self._day
        before, after = dates.add_months(month, -1), dates.add_months(month, 1)
        won = self._compare("deal", "status", "=", "won")
        this = self._compare("deal", "closed_on", ">=", month.isoformat())
        last = self._compare("deal", "closed_on", "<", month.isoformat())
        measures = [m for when in (this, last) for m in (Measure(where=when), Measure("sum", "amount", when))]
        within = self._between("deal", "closed_on", before.isoformat(), after.isoformat(), open_end=True)
        rows = aggregate(self._reader, "deal", measures=measures, where=And((won, within)))
        return self._rates.total(rows, 0), self._rates.total(rows, 2)

    def _closing_next(self, day: date, until: date) -> list[Record]:
        closed = Not(In(self._path("deal", "status"), ("won", "lost")))
        where = And((self._between("deal", "close_on", day.isoformat(), until.isoformat()), closed))
        return self._list(
            "deal", where, "close_on", ("name", "company", "stage", "amount", "close_on", "owner")
        )

    def _activities(self, start: date, end: date) -> int:
        """Activities that took place from one day up to another, none that are still to come."""
        zone = self._ctx.zone
        first, last = dates.day_bounds(start.isoformat(), zone)[0], dates.day_bounds(end.isoformat(), zone)[0]
        within = self._between("activity", "happened_at", first, min(last, self._ctx.now), open_end=True)
        return self._reader.count(Query("activity", within))

    def _changed(self) -> list[Record]:
        found: list[Record] = []
        for key in CHANGING:
            query = self._query(key, None, "-updated_at", ("name", "updated_at", "updated_by"), self._shown)
            found += [{**record, "entity": key} for record in self._workspace.query(query)]
        found.sort(key=lambda record: str(record["updated_at"]), reverse=True)
        return found[: self._shown]

    # -- small words for queries ---------------------------------------------------------------------------------------

    def _path(self, entity: str, field: str) -> Path:
        return Path((self._workspace.registry.entity(entity).field(field),))

    def _compare(self, entity: str, field: str, op: str, value: Any) -> Compare:
        return Compare(self._path(entity, field), op, value)

    def _between(self, entity: str, field: str, low: str, high: str, *, open_end: bool = False) -> Between:
        return Between(self._path(entity, field), low, high, open_end)

    def _mine(self, entity: str) -> tuple[Node, ...]:
        """The condition that the actor owns a record; none where nobody is signed in or everyone is asked about."""
        if self._everyone or self._ctx.me is None:
            return ()
        return (self._compare(entity, "owner", "=", self._ctx.me),)

    def _query(
        self, entity: str, where: Node | None, sort: str, fields: tuple[str, ...], limit: int | None
    ) -> Query:
        key = SortKey(self._path(entity, sort.lstrip("-")), sort.startswith("-"))
        return Query(entity, where, (key,), fields, limit)

    def _list(
        self, entity: str, where: Node, sort: str, fields: tuple[str, ...], limit: int | None = None
    ) -> list[Record]:
        return list(self._workspace.query(self._query(entity, where, sort, fields, limit or self._shown)))


__all__ = ["Today", "Total", "today"]
