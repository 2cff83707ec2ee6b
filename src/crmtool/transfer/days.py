"""Days and moments as files write them.

``4/5/1985`` is two days, and ``04/05/06`` is three. Which one is told by the whole column, never by a row: see ``orders``. Where
nothing tells, a person has to say it.

A year of two digits is one of 1969 to 2068, as POSIX has it, which for the deals and meetings of today is the nearer century. A
birthday never lies ahead: where that would, it is a hundred years earlier.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta, timezone

from crmtool.core import dates, tokens
from crmtool.core.fields import Context

# How the names of months begin, without accents, in English, German, French, Spanish, Italian, Portuguese and Dutch.
_MONTHS = {
    word: number
    for number, words in enumerate(
        (
            "jan gen ene", "feb fev", "mar mrt maa", "apr avr abr", "may mai mag mei", "jun juin giu", "jul juil lug",
            "aug aou ago", "sep set", "oct okt ott out", "nov", "dec dez dic",
        ),
        1,
    )
    for word in words.split()
}  # fmt: skip
_OF = ("de", "di", "of", "del")
_NUMBERS = re.compile(r"(\d{1,4})([-/.])\s?(\d{1,2})\2\s?(\d{1,4})\.?", re.ASCII).fullmatch
_CLOCK = re.compile(
    r"(\d{1,2})[:.h](\d{2})(?:[:.](\d{2})(?:[.,]\d+)?)?\s*([ap]\.?m\.?)?", re.ASCII | re.IGNORECASE
)
_ZONE = re.compile(r"(?:utc|gmt)?\s*([+-])(\d{2}):?(\d{2})?", re.ASCII | re.IGNORECASE).fullmatch
_BETWEEN = re.compile(r"[\s,./-]+")
_PIVOT = 69  # two digits from here on are a year of the twentieth century
DAY_FIRST, MONTH_FIRST, YEAR_FIRST = "dmy", "mdy", "ymd"
ORDERS = (DAY_FIRST, MONTH_FIRST, YEAR_FIRST)


def readings(text: str) -> dict[str, str | None]:
    """The days that a text can be, ISO dates by the order of its numbers; ``{}`` for one that leaves no choice, and for no day.

    ``None`` for 31 April and 29 February 2001, which are no days and yet written in that order.
    """
    found = _NUMBERS(_day_part(text))
    if found is None:
        return {}
    first, separator, second, last = found.groups()
    days: dict[str, str | None] = {}
    for order in _possible(first, separator, last):
        year, month, number = _placed(first, second, last, order)
        if 1 <= month <= 12 and 1 <= number <= 31:
            days[order] = _iso(year, month, number)
    return days


def _possible(first: str, separator: str, last: str) -> tuple[str, ...]:
    """The orders that the numbers' lengths allow: a year has two digits or four. With points nobody begins with the month."""
    if len(first) > 2:
        return ()
    orders = (DAY_FIRST,) if separator == "." else (DAY_FIRST, MONTH_FIRST)
    if len(last) == 4:
        return orders
    return (orders if len(last) == 2 else ()) + ((YEAR_FIRST,) if len(first) == 2 and len(last) < 3 else ())


def day(text: str, order: str = "", latest: str = "") -> str | None:
    """ISO date of a complete day; ``None`` for one without a year, for nonsense, and for one that could be several as long as no
    ``order`` says which.

    Knows ``1985-04-15``, ``15.04.1985``, ``15.4.85``, ``15 Apr 1985``, ``15-Apr-85``, ``Apr 15, 1985``, ``15 de marzo de 1985``,
    and slashes. ``latest`` is the ISO date that a year of two digits does not go beyond.
    """
    body = _day_part(text)
    found = _NUMBERS(body)
    if found is None:
        words = [word for word in _BETWEEN.split(tokens.fold(body)) if word and word not in _OF]
        return _named(words, latest) if len(words) >= 3 else None
    first, _, second, last = found.groups()
    if len(first) == 4:
        return _iso(int(first), int(second), int(last)) if len(last) <= 2 else None
    days = readings(text)
    one = days[order] if order in days else days.popitem()[1] if len({*days.values()}) == 1 else None
    return _not_after(one, latest) if one is not None and len(last) < 4 else one


def latest_of(field: str, today: str) -> str:
    """The last day that a year of two digits may mean in a column of ``field``; ``""`` where days may lie ahead."""
    return today if field == "birthday" else ""


def moment(text: str, ctx: Context, order: str = "") -> str | None:
    """Instant text of a day with or without a time and a zone; without a zone it is meant in the person's own."""
    text = text.strip()
    if text[4:5] == "-" and len(text) > 10:
        found = dates.parse_instant(text.replace(" UTC", "Z").replace(" Z", "Z"), ctx)
        if found is not None:
            return found
    start = day(text, order)
    if start is None:
        return None
    rest = text[len(_day_part(text)) :].strip(" ,T")
    clock, offset = time(), None
    if rest:
        found_clock = _CLOCK.match(rest)
        if found_clock is None:
            return None
        hour, minute, second = int(found_clock[1]), int(found_clock[2]), int(found_clock[3] or 0)
        half = (found_clock[4] or "").lower()[:1]
        hour = hour % 12 + (12 if half == "p" else 0) if half else hour
        if hour > 23 or minute > 59 or second > 59:
            return None
        clock = time(hour, minute, second)
        offset = _offset(rest[found_clock.end() :].strip())
        if offset is None and rest[found_clock.end() :].strip():
            return None
    where = offset or dates.zone(ctx.zone)
    try:
        return dates.to_instant(datetime.combine(date.fromisoformat(start), clock, where))
    except (OverflowError, ValueError):
        return None


def _offset(text: str) -> timezone | None:
    if text.casefold() in ("z", "utc", "gmt"):
        return UTC
    found = _ZONE(text)
    if found is None:
        return None
    length = timedelta(hours=int(found[2]), minutes=int(found[3] or 0))
    return timezone(length if found[1] == "+" else -length)


def _day_part(text: str) -> str:
    """The day of a text that may have a time behind it."""
    text = text.strip()
    clock = re.search(r"[T ,]+\d{1,2}[:h]\d{2}", text)
    return text[: clock.start()] if clock else text


def _placed(first: str, second: str, last: str, order: str) -> tuple[int, int, int]:
    """Year, month and day of three numbers in this order."""
    if order == YEAR_FIRST:
        return _year(first), int(second), int(last)
    number, month = (second, first) if order == MONTH_FIRST else (first, second)
    return _year(last), int(month), int(number)


def _named(words: list[str], latest: str) -> str | None:
    """``15 apr 1985`` and ``april 15 1985``, folded; a year of two digits stands last and nothing behind it."""
    month_at = 0 if words[0][:1].isalpha() else 1
    name = words[month_at]
    month = _MONTHS.get(name[:4]) or _MONTHS.get(name[:3])
    number, year = words[1 - month_at], words[2]
    if len(number) == 4:
        number, year = year, number
    if month is None or not (number.isdecimal() and year.isdecimal()):
        return None
    if len(year) == 4:
        return _iso(int(year), month, int(number))
    if len(year) != 2 or len(words) > 3:
        return None
    found = _iso(_year(year), month, int(number))
    return _not_after(found, latest) if found is not None else None


def _year(digits: str) -> int:
    year = int(digits)
    return year if len(digits) == 4 else year + (1900 if year >= _PIVOT else 2000)


def _not_after(iso: str, latest: str) -> str:
    """A day of the century before, where it would lie behind ``latest``."""
    return f"{int(iso[:4]) - 100}{iso[4:]}" if latest and iso > latest else iso


def _iso(year: int, month: int, number: int) -> str | None:
    try:
        return date(year, month, number).isoformat()
    except ValueError:
        return None
