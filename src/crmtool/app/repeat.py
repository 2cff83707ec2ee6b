"""Repeating tasks: the day after a finished occurrence, by its RFC 5545 rule."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from crmtool.core import dates

TYPE_CHECKING = False
if TYPE_CHECKING:
    from crmtool.core.fields import Context


def next_due(rule: str, due_on: str | None, ctx: Context) -> str | None:
    """The first occurrence after both the finished one and today; ``None`` when the rule has ended."""
    from dateutil.rrule import rrulestr

    today = dates.today(ctx)
    start = date.fromisoformat(due_on) if due_on else today
    rules = rrulestr(rule.removeprefix("RRULE:"), dtstart=datetime.combine(start, datetime.min.time()))
    after = rules.after(datetime.combine(max(start, today - timedelta(days=1)), datetime.min.time()))
    return after.date().isoformat() if after else None
