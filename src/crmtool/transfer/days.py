"""Days and moments as files write them.

``4/5/1985`` is two days. Which one is told by the whole column, never by a row: one value that only one order makes a day of
settles it. Where nothing does, a person has to say it.
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
DAY_FIRST, MONTH_FIRST, YEAR_FIRST = "dmy", "mdy", "ymd"
ORDERS = (DAY_FIRST, MONTH_FIRST, YEAR_FIRST)


def readings(text: str) -> tuple[str, ...]:
    """The orders in which the numbers of a day make one; ``()`` for a day that leaves no choice, and for no day at all."""
    found = _NUMBERS(_day_part(text))
    if found is None:
        return ()
    first, separator, second, last = found.groups()
    if len(first) > 2 or len(last) != 4:
        return ()
    orders = (DAY_FIRST,) if separator == "." else (DAY_FIRST, MONTH_FIRST)
    return tuple(order for order in orders if _numbers(first, second, last, order))


class Orders:
    """What a column's values say about their order."""

    __slots__ = ("_left", "_unsaid", "mixed")

    def __init__(self) -> None:
        self._left: set[str] | None = None
        self._unsaid = False
        self.mixed = False

    def see(self, text: str) -> None:
        found = readings(text)
        if not found:
            return
        if len(found) > 1 and len({day(text, order) for order in found}) > 1:
            self._unsaid = True
        elif len(found) == 1:
            left = {*found} if self._left is None else self._left & {*found}
            self.mixed = self.mixed or not left
            self._left = left or self._left

    @property
    def order(self) -> str:
        """The one order that all values allow; ``""`` where they allow several, or none."""
        return next(iter(self._left)) if self._left and not self.mixed else ""

    @property
    def unsaid(self) -> bool:
        """Whether there are days that could be two, and nothing tells which."""
        return self._unsaid and not self.order


def day(text: str, order: str = "") -> str | None:
    """ISO date of a complete day; ``None`` for one without a year, with two digits of one, for nonsense, and for one that could
    be two as long as no ``order`` says which.

    Knows ``1985-04-15``, ``15.04.1985``, ``15 Apr 1985``, ``Apr 15, 1985``, ``15 de marzo de 1985``, and slashes.
    """
    body = _day_part(text)
    found = _NUMBERS(body)
    if found is None:
        words = [word for word in tokens.fold(body).replace(",", " ").split() if word not in _OF]
        return _named(words[:3]) if len(words) >= 3 else None
    first, _, second, last = found.groups()
    if len(first) == 4:
        return _iso(int(first), int(second), int(last)) if len(last) <= 2 else None
    orders = readings(text)
    if not orders:
        return None
    if order in orders:
        return _numbers(first, second, last, order)
    days = {_numbers(first, second, last, one) for one in orders}
    return days.pop() if len(days) == 1 else None


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


def _numbers(first: str, second: str, year: str, order: str) -> str | None:
    one, two = int(first), int(second)
    return _iso(int(year), two, one) if order == DAY_FIRST else _iso(int(year), one, two)


def _named(words: list[str]) -> str | None:
    """``15 apr 1985`` and ``april 15 1985``, folded."""
    month_at = 0 if words[0][:1].isalpha() else 1
    name = words[month_at]
    month = _MONTHS.get(name[:4]) or _MONTHS.get(name[:3])
    number, year = words[1 - month_at].rstrip("."), words[2]
    if month is None or not number.isdigit() or len(year) != 4 or not year.isdigit():
        return None
    return _iso(int(year), month, int(number))


def _iso(year: int, month: int, number: int) -> str | None:
    try:
        return date(year, month, number).isoformat()
    except ValueError:
        return None
