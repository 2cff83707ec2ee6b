"""The dashboard in words: each key figure as every door says it, and the filter that lists what it counts."""

from __future__ import annotations

from datetime import date

from crmtool.app.repeat import DAYS
from crmtool.core import dates
from crmtool.core.ids import handle
from crmtool.core.messages import N_, t, tn
from crmtool.core.money import format_money
from crmtool.core.struct import Struct
from crmtool.doors.amounts import short
from crmtool.store.reader import Query

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from crmtool.app.today import Today, Total
    from crmtool.app.workspace import Workspace

LABELS = {
    "overdue": N_("Overdue"), "due": N_("Due today"), "open": N_("Open pipeline"), "won": N_("Won this month"),
    "closing": N_("Closing soon"), "rotting": N_("Rotting"), "activities": N_("Done this week"),
}  # fmt: skip


class Figure(Struct):
    """One key figure: ``value`` says it, ``remark`` what it is compared with, each with its ``brief`` where there is little room.

    The records it counts are those of ``entity`` that meet ``filter``; ``alarm`` is set on what somebody should see to.
    """

    key: str
    label: str
    value: str
    remark: str
    entity: str
    filter: str
    sort: str
    alarm: bool = False
    brief: str = ""
    brief_remark: str = ""


def day_title(day: str) -> str:
    """A day with the name of its weekday."""
    return t("{weekday}, {day}", weekday=weekday(day), day=day)


def weekday(day: str) -> str:
    """The name of the weekday of an ISO date."""
    return t([*DAYS.values()][date.fromisoformat(day).weekday()])


def figures(workspace: Workspace, found: Today, *, everyone: bool) -> list[Figure]:
    """The key figures of a dashboard, as it was asked for: ``everyone`` or for the actor."""
    mine = mine_of(workspace, everyone=everyone)
    won, before = found.won_this_month, found.won_last_month
    previous = dates.add_months(date.fromisoformat(found.on).replace(day=1), -1).strftime("%Y-%m")
    closing = t("{deals} by {day}", deals=_deals(found.closing), day=found.closing_until)
    against = t("{month}: {before}; {deals}", deals=_deals(won), month=previous, before=_value(before))
    said: dict[str, tuple[str, str, str, str, str]] = {
        "overdue": (
            tn("{n} task", "{n} tasks", found.overdue), "", "task", f"due < today and status = open{mine}", "-due_on",
        ),
        "due": (tn("{n} task", "{n} tasks", found.due), "", "task", f"due = today and status = open{mine}", "due_on"),
        "open": (_value(found.open), _deals(found.open), "deal", "status = open", "-amount"),
        "won": (_value(won), against, "deal", "status = won and closed_on >= bom and closed_on <= eom", "-closed_on"),
        "closing": (_value(found.closing), closing, "deal", closing_filter(found), "close_on"),
        "rotting": (
            tn("{n} deal", "{n} deals", found.rotting), t("too long in their stage"),
            "deal", rotting_filter(workspace), "-amount",
        ),
        "activities": (
            f"{found.activities_this_week:,}", t("last week {before}", before=f"{found.activities_last_week:,}"),
            "activity", "happened_at >= bow and happened_at < now", "-happened_at",
        ),
    }  # fmt: skip
    alarms: dict[str, int] = {"overdue": found.overdue, "rotting": found.rotting}
    briefs = {"open": _brief(found.open), "won": _brief(won), "closing": _brief(found.closing)}
    remarks = {
        "won": t("{month}: {before}", month=previous, before=_brief(before)),
        "closing": _deals(found.closing),
        "rotting": t("too long in stage"),
    }
    return [
        Figure(
            key,
            t(LABELS[key]),
            *what,
            alarm=bool(alarms.get(key)),
            brief=briefs.get(key, ""),
            brief_remark=remarks.get(key, ""),
        )
        for key, what in said.items()
    ]


def sentences(found: Today) -> Iterator[tuple[str, str]]:
    """(label, what is said about it) of every key figure, where there is a line for each."""
    due = [tn("{n} task today", "{n} tasks today", found.due)]
    if found.overdue:
        due.insert(0, tn("{n} task overdue", "{n} tasks overdue", found.overdue))
    yield t("Due"), "; ".join(due)
    yield t("Open pipeline"), worth(found.open)
    yield t("Won this month"), t(
        "{total}; last month {before}", total=worth(found.won_this_month), before=worth(found.won_last_month)
    )  # fmt: skip
    yield t("Closing by {day}", day=found.closing_until), worth(found.closing)
    yield t("Rotting"), tn(
        "{n} deal is too long in its stage", "{n} deals are too long in their stage", found.rotting
    )  # fmt: skip
    yield t("Activities this week"), t(
        "{count}; last week {before}", count=f"{found.activities_this_week:,}", before=f"{found.activities_last_week:,}"
    )  # fmt: skip


def worth(total: Total) -> str:
    """A number of deals and their value."""
    value, rest = _converted(total), _apart(total)
    if rest:
        return tn(
            "{n} deal, {value} and {rest}",
            "{n} deals, {value} and {rest}",
            total.count,
            value=value,
            rest=rest,
        )
    return tn("{n} deal, {value}", "{n} deals, {value}", total.count, value=value)


# -- filters -----------------------------------------------------------------------------------------------------------


def mine_of(workspace: Workspace, *, everyone: bool) -> str:
    """What narrows a filter to the actor's own; nothing where nobody is signed in."""
    return "" if everyone or workspace.context.me is None else " and owner = me"


def due_filter(mine: str) -> str:
    """The tasks that are overdue or due today."""
    return f"due <= today and status = open{mine}"


def closing_filter(found: Today) -> str:
    """The open deals that close soon."""
    return f"status = open and close_on = {found.on}..{found.closing_until}"


def rotting_filter(workspace: Workspace) -> str:
    """The open deals that are too long in their stage, by the limits of the stages as they are."""
    from crmtool.core.queries.writing import word

    stages = list(workspace.query(Query("stage", fields=("id", "name", "rotting_days"), expand=False)))
    names = [str(stage["name"]) for stage in stages]
    by_days: dict[Any, list[str]] = {}
    for stage in stages:
        if stage["rotting_days"]:
            name = str(stage["name"])
            called = word(name) if names.count(name) == 1 else f"@{handle(stage['id'])}"
            by_days.setdefault(stage["rotting_days"], []).append(called)
    parts = [
        f"(stage in ({', '.join(called)}) and stage_entered_at < -{round(days * 24)}h)"
        for days, called in sorted(by_days.items())
    ]
    if not parts:
        return "status = open and stage is empty and stage is set"  # nothing rots: of these there are none
    rotting = " or ".join(parts)
    return f"status = open and {f'({rotting})' if len(parts) > 1 else rotting}"


# -- amounts -----------------------------------------------------------------------------------------------------------


def _value(total: Total) -> str:
    rest = _apart(total)
    return t("{value} and {rest}", value=_converted(total), rest=rest) if rest else _converted(total)


def _brief(total: Total) -> str:
    value, rest = short(*total.value), ", ".join(short(minor, currency) for minor, currency in total.apart)
    return t("{value} and {rest}", value=value, rest=rest) if rest else value


def _deals(total: Total) -> str:
    return tn("{n} deal", "{n} deals", total.count)


def _converted(total: Total) -> str:
    return format_money(total.value[0], total.value[1])


def _apart(total: Total) -> str:
    """What no rate could convert."""
    return ", ".join(format_money(minor, currency) for minor, currency in total.apart)
