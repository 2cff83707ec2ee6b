"""Repeating tasks: how often in words, and the day after a finished occurrence, by its RFC 5545 rule."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from crmtool.core import dates
from crmtool.core.messages import N_, t, tn

TYPE_CHECKING = False
if TYPE_CHECKING:
    from crmtool.core.fields import Context

DAYS = {
    "MO": N_("Monday"), "TU": N_("Tuesday"), "WE": N_("Wednesday"), "TH": N_("Thursday"), "FR": N_("Friday"),
    "SA": N_("Saturday"), "SU": N_("Sunday"),
}  # fmt: skip
WORKDAYS = "MO,TU,WE,TH,FR"
_UNITS = {"day": "DAILY", "week": "WEEKLY", "month": "MONTHLY", "year": "YEARLY"}
_ADVERBS = {"daily": "day", "weekly": "week", "monthly": "month", "yearly": "year", "annually": "year"}


def next_due(rule: str, due_on: str | None, ctx: Context) -> str | None:
    """The first occurrence after both the finished one and today; ``None`` when the rule has ended."""
    from dateutil.rrule import rrulestr

    today = dates.today(ctx)
    start = date.fromisoformat(due_on) if due_on else today
    rules = rrulestr(rule.removeprefix("RRULE:"), dtstart=datetime.combine(start, datetime.min.time()))
    after = rules.after(datetime.combine(max(start, today - timedelta(days=1)), datetime.min.time()))
    return after.date().isoformat() if after else None


def rule_of(text: str) -> str | None:
    """The rule of words such as ``weekly``, ``every 2 weeks``, ``every monday and thursday``, ``every workday``, ``every month on
    15``; ``None`` for other words, of which a rule itself is one.
    """
    words = text.casefold().replace(",", " ").replace(" and ", " ").split()
    if len(words) == 1 and words[0] in _ADVERBS:
        return f"FREQ={_UNITS[_ADVERBS[words[0]]]}"
    if len(words) < 2 or words[0] != "every":
        return None
    words = words[1:]
    if words in (["workday"], ["weekday"]):
        return f"FREQ=WEEKLY;BYDAY={WORKDAYS}"
    if (days := _days(words)) is not None:
        return f"FREQ=WEEKLY;BYDAY={days}"
    interval = 1
    if words[0] in ("other", "second") or words[0].isdecimal():
        interval = int(words[0]) if words[0].isdecimal() else 2
        words = words[1:]
    unit = _UNITS.get(words[0].removesuffix("s")) if words else None
    if unit is None or not 1 <= interval <= 999:
        return None
    rule = f"FREQ={unit}" + (f";INTERVAL={interval}" if interval > 1 else "")
    return _placed(rule, unit, words[1:])


def _placed(rule: str, unit: str, words: list[str]) -> str | None:
    """The rule with the day of the week or month that is named behind it."""
    if not words:
        return rule
    if words[0] != "on" or len(words) < 2:
        return None
    if unit == "WEEKLY" and (days := _days(words[1:])) is not None:
        return f"{rule};BYDAY={days}"
    number = words[-1] if len(words) == 2 or (len(words) == 3 and words[1] == "day") else ""
    if unit == "MONTHLY" and number.isdecimal() and 1 <= int(number) <= 31:
        return f"{rule};BYMONTHDAY={int(number)}"
    return None


def _days(words: list[str]) -> str | None:
    """Names of weekdays, or three letters of them and more, as a rule has them."""
    found = []
    for word in words:
        day = next(
            (d for d in dates.WEEKDAYS if len(word) >= 3 and d.startswith(word.removesuffix("s"))), None
        )
        if day is None:
            return None
        found.append(day[:2].upper())
    return ",".join(dict.fromkeys(found)) or None


def in_words(rule: str) -> str:
    """A rule for people; one that is not of the simple kinds as it is written."""
    parts = dict(part.split("=", 1) for part in rule.removeprefix("RRULE:").upper().split(";") if "=" in part)
    often, number = parts.pop("FREQ", ""), parts.pop("INTERVAL", "1")
    parts.pop("WKST", None)
    by_day, month_day = parts.pop("BYDAY", ""), parts.pop("BYMONTHDAY", "")
    if parts or not number.isdecimal():
        return rule
    count = int(number)
    said = {
        "DAILY": tn("every day", "every {n} days", count),
        "WEEKLY": tn("every week", "every {n} weeks", count),
        "MONTHLY": tn("every month", "every {n} months", count),
        "YEARLY": tn("every year", "every {n} years", count),
    }.get(often)
    if said is None:
        return rule
    if often == "WEEKLY" and by_day and not month_day and set(by_day.split(",")) <= DAYS.keys():
        if count == 1 and by_day == WORKDAYS:
            return t("every workday")
        names = ", ".join(t(DAYS[day]) for day in by_day.split(","))
        return t("{often} on {days}", often=said, days=names)
    if often == "MONTHLY" and month_day.isdecimal() and not by_day:
        return t("{often} on day {day}", often=said, day=month_day)
    return rule if by_day or month_day else said
