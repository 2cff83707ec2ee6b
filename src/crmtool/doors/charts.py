"""What the charts of the dashboard show, in words: a sentence that says it, then the values."""

from __future__ import annotations

from crmtool.app.series import activities_by_week, open_by_stage, won_by_month
from crmtool.core.messages import t, tn
from crmtool.core.money import format_money, minor_units
from crmtool.core.struct import Struct

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from crmtool.app.series import Point
    from crmtool.app.workspace import Workspace


class Bar(Struct):
    """One value: ``label`` and ``text`` are for people, ``short`` for below a bar, ``size`` is its length in whole units."""

    label: str
    short: str
    size: float
    text: str


class Chart(Struct):
    """A chart. ``over_time``: its bars stand in the order of time, the present last; else each is as important."""

    key: str
    title: str
    sentence: str
    bars: tuple[Bar, ...]
    over_time: bool


def charts(workspace: Workspace) -> list[Chart]:
    """What was won by month, what is open by stage, what was done by week."""
    return [
        _won(won_by_month(workspace)),
        _open(open_by_stage(workspace)),
        _done(activities_by_week(workspace)),
    ]


def _won(points: Sequence[Point]) -> Chart:
    bars = tuple(_amount(point, point.key, point.key[5:]) for point in points)
    best = max(range(len(bars)), key=lambda at: bars[at].size)
    deals = tn("{n} deal was won", "{n} deals were won", sum(point.count for point in points))
    if not any(bar.size for bar in bars):
        sentence = t("{deals} in the last {n} months.", deals=deals, n=len(bars))
    else:
        sentence = t(
            "{deals} in the last {n} months. Most in {month}: {most}. This month: {now}.",
            deals=deals,
            n=len(bars),
            month=bars[best].label,
            most=bars[best].text,
            now=bars[-1].text,
        )
    return Chart("won", t("Won by month"), sentence, bars, over_time=True)


def _open(points: Sequence[Point]) -> Chart:
    bars = tuple(_amount(point, point.name, point.name) for point in points)
    deals = tn("{n} deal is open", "{n} deals are open", sum(point.count for point in points))
    if not any(bar.size for bar in bars):
        return Chart("open", t("Pipeline by stage"), t("{deals}.", deals=deals), bars, over_time=False)
    most = max(bars, key=lambda bar: bar.size)
    sentence = t("{deals}. Most in {stage}: {most}.", deals=deals, stage=most.label, most=most.text)
    return Chart("open", t("Pipeline by stage"), sentence, bars, over_time=False)


def _done(points: Sequence[Point]) -> Chart:
    bars = tuple(Bar(point.key, point.key[5:], point.count, f"{point.count:,}") for point in points)
    most = max(bars, key=lambda bar: bar.size)
    sentence = t(
        "{now} this week, {before} the week before. Most in the week of {week}: {most}.",
        now=tn("{n} activity", "{n} activities", points[-1].count),
        before=bars[-2].text,
        week=most.label,
        most=most.text,
    )
    return Chart("activities", t("Activities by week"), sentence, bars, over_time=True)


def _amount(point: Point, label: str, short: str) -> Bar:
    assert point.total is not None
    minor, currency = point.total.value
    worth = format_money(minor, currency)
    text = t("{worth} ({deals})", worth=worth, deals=tn("{n} deal", "{n} deals", point.count))
    return Bar(label, short, minor / 10 ** (minor_units(currency) or 0), text)
