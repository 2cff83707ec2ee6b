"""Figures over time and over the stages: what the charts of the dashboard show.

Each is one question whose condition an index answers, however large the workspace: days of the past months, open deals by stage,
the activities of a week.
"""

from __future__ import annotations

from datetime import timedelta

from crmtool.app.totals import Rates, Total
from crmtool.core import dates
from crmtool.core.query import And, Between, Compare, Path
from crmtool.core.struct import Struct
from crmtool.store.aggregate import COUNT, Measure, aggregate
from crmtool.store.reader import Query

TYPE_CHECKING = False
if TYPE_CHECKING:
    from datetime import date
    from typing import Any

    from crmtool.app.workspace import Workspace

MONTHS = 12
WEEKS = 12


class Point(Struct):
    """One value of a series. ``key`` is a month (``2026-11``), the first day of a week, or the id of a stage; ``name`` the
    stage's name. ``total`` is set where amounts are counted.
    """

    key: str
    count: int
    total: Total | None = None
    name: str = ""


def won_by_month(workspace: Workspace, months: int = MONTHS) -> list[Point]:
    """The deals won in each of the last months, the current one last."""
    this = dates.today(workspace.context).replace(day=1)
    first = dates.add_months(this, 1 - months)
    deal = workspace.registry.entity("deal")
    closed = Between(
        Path((deal.fields["closed_on"],)),
        first.isoformat(),
        dates.add_months(this, 1).isoformat(),
        high_open=True,
    )
    where = And((Compare(Path((deal.fields["status"],)), "=", "won"), closed))
    by_month: dict[str, list[tuple[Any, ...]]] = {
        dates.add_months(first, number).strftime("%Y-%m"): [] for number in range(months)
    }
    measures = (COUNT, Measure("sum", "amount"))
    for row in aggregate(workspace.reader, "deal", by=("closed_on",), measures=measures, where=where):
        by_month[row[0][:7]].append(row)
    rates = Rates(workspace)
    totals = {month: rates.total(rows, 1) for month, rows in by_month.items()}
    return [Point(month, total.count, total) for month, total in totals.items()]


def open_by_stage(workspace: Workspace) -> list[Point]:
    """The open deals of each stage, in the order of the pipelines; stages without a deal too."""
    deal = workspace.registry.entity("deal")
    by_stage: dict[str, list[tuple[Any, ...]]] = {}
    where = Compare(Path((deal.fields["status"],)), "=", "open")
    measures = (COUNT, Measure("sum", "amount"))
    for row in aggregate(workspace.reader, "deal", by=("stage",), measures=measures, where=where):
        by_stage.setdefault(row[0], []).append(row)
    rates = Rates(workspace)
    points = []
    for stage in _stages(workspace):
        total = rates.total(by_stage.get(stage["id"], []), 1)
        points.append(Point(stage["id"], total.count, total, str(stage["name"])))
    return points


def activities_by_week(workspace: Workspace, weeks: int = WEEKS) -> list[Point]:
    """The activities of each of the last weeks, the current one last; none that are still to come."""
    ctx = workspace.context
    today = dates.today(ctx)
    this = dates.bound("bow", today, ctx.week_start) or today
    happened = Path((workspace.registry.entity("activity").fields["happened_at"],))

    def count(week: date) -> int:
        start = dates.day_bounds(week.isoformat(), ctx.zone)[0]
        end = dates.day_bounds((week + timedelta(days=7)).isoformat(), ctx.zone)[0]
        return workspace.reader.count(
            Query("activity", Between(happened, start, min(end, ctx.now), high_open=True))
        )

    starts = [this - timedelta(days=7 * back) for back in reversed(range(weeks))]
    return [Point(start.isoformat(), count(start)) for start in starts]


def _stages(workspace: Workspace) -> list[dict[str, Any]]:
    """Every stage, those of the default pipeline first."""
    pipelines = {
        record["id"]: (not record["default"], record["position"] or 0, record["id"])
        for record in workspace.query(Query("pipeline", fields=("id", "default", "position"), expand=False))
    }
    fields = ("id", "name", "pipeline", "position")
    stages = list(workspace.query(Query("stage", fields=fields, expand=False)))
    last = (True, 0, "")
    return sorted(stages, key=lambda s: (pipelines.get(s["pipeline"], last), s["position"] or 0, s["id"]))


__all__ = ["Point", "activities_by_week", "open_by_stage", "won_by_month"]
