"""Days, months and years as the spans of time they are.

``created = 2026-05`` means all of May in the person's zone; ``created > 2026-05-01`` means after that day has ended. A word with
a time means that minute or second; ``now``, ``-4h`` and milliseconds mean a moment.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta

from crmtool.core import dates
from crmtool.core.struct import Struct

TYPE_CHECKING = False
if TYPE_CHECKING:
    from crmtool.core.fields import Context

FIRST, LAST = "0001-01-01T00:00:00.000Z", "9999-12-31T23:59:59.999Z"


class Span(Struct):
    """From ``low`` to ``high``. Of days both are included; of instants ``high`` is the first moment after the span.

    ``low == high`` is a single day, or a single moment.
    """

    low: str
    high: str


def day_span(text: str, ctx: Context) -> Span | None:
    """The days that a word means: a day as ``dates.parse_day`` reads it, ``2026-05``, ``2026-q2``, ``2026``."""
    word = text.strip().casefold()
    if (whole := _calendar_span(word)) is not None:
        return whole
    day = dates.parse_day(text, ctx)
    return None if day is None else Span(day, day)


def _calendar_span(word: str) -> Span | None:
    year, dash, part = word.partition("-")
    if len(year) != 4 or not (year.isascii() and year.isdigit()) or len(part) > 2 or (dash and not part):
        return None
    if not dash:
        month, count = 1, 12
    elif len(part) == 2 and part[0] == "q" and part[1] in "1234":
        month, count = int(part[1]) * 3 - 2, 3
    elif len(part) == 2 and part.isascii() and part.isdigit():
        month, count = int(part), 1
    else:
        return None
    try:
        first = date(int(year), month, 1)
    except ValueError:
        return None
    return Span(first.isoformat(), _last_day(first.year, month + count - 1).isoformat())


def _last_day(year: int, month: int) -> date:
    following = date(year, month, 28) + timedelta(days=3)
    return following if following.month == month else following - timedelta(days=following.day)


def instant_span(text: str, ctx: Context) -> Span | None:
    """The instants that a word means, in the person's zone."""
    try:
        seconds = _precision(text)
        if seconds is None:
            days = day_span(text, ctx)
            if days is None:
                return None
            return Span(
                _begin(date.fromisoformat(days.low), ctx.zone), _end(date.fromisoformat(days.high), ctx.zone)
            )
        moment = dates.parse_instant(text, ctx)
        if moment is None:
            return None
        return Span(moment, dates.to_instant(dates.from_instant(moment) + timedelta(seconds=seconds)))
    except (OverflowError, ValueError):
        return None


def _begin(day: date, zone: str) -> str:
    """The instant at which a local day begins, within the calendar."""
    try:
        return dates.to_instant(datetime(day.year, day.month, day.day, tzinfo=dates.zone(zone)))
    except OverflowError:
        return FIRST if day.year == 1 else LAST


def _end(day: date, zone: str) -> str:
    """The instant at which the next local day begins, within the calendar."""
    return LAST if day == date.max else _begin(day + timedelta(days=1), zone)


def _precision(text: str) -> int | None:
    """How many seconds a word with a time stands for; ``None`` for a day or more."""
    word = text.strip().casefold()
    step = dates.shift(word)
    if word == "now" or (step is not None and step[1] in ("h", "min")):
        return 0
    _, _, clock = word.replace("t", " ", 1).partition(" ") if word[4:5] == "-" else word.partition(" ")
    if ":" not in clock:
        return None
    for mark in "z+-":
        clock = clock.partition(mark)[0]
    if "." in clock or "," in clock:
        return 0
    return 1 if clock.count(":") > 1 else 60
