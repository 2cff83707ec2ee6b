"""How the parts of a person's name make one name, and the days that address books write.

Names are not assumed to be a first and a last one: whatever parts there are, in the order the script has them.
"""

from __future__ import annotations

from datetime import date

TYPE_CHECKING = False
if TYPE_CHECKING:
    from crmtool.core.fields import Context

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
# Regions that write the month first; elsewhere 4/5/1985 is a day in May.
_MONTH_FIRST = frozenset(("US", "PH", "PW", "FM", "MH", "GU", "PR", "VI", "AS"))


def compose(given: str, middle: str, family: str, suffix: str) -> str:
    """The name as it is said: Chinese, Japanese and Korean names family first and without a space."""
    if family and given and _together(family) and _together(given):
        return family + middle + given
    return " ".join(part for part in (given, middle, family, suffix) if part)


def _together(text: str) -> bool:
    return all("\u3400" <= char <= "\u9fff" or "\uac00" <= char <= "\ud7a3" for char in text)


def day(text: str, ctx: Context) -> str | None:
    """ISO date of a complete, unambiguous day; ``None`` for a day without a year, with two digits of one, or nonsense.

    Knows ``1985-04-15``, ``15.04.1985``, ``15 Apr 1985``, ``Apr 15, 1985``, and slashes in the order that the numbers or else the
    workspace's region tell. A day that could be two is none: it stays with the row, as it was written.
    """
    words = text.replace(",", " ").replace("T", " T", 1).split()
    if not words:
        return None
    if len(words) >= 3 and not words[1].startswith("T"):
        return _named(words[:3])
    body = words[0]
    for separator in "-/.":
        parts = body.split(separator)
        if len(parts) == 3 and all(part.isascii() and part.isdigit() for part in parts):
            return _numbers([len(part) for part in parts], [int(part) for part in parts], separator, ctx)
    return None


def _numbers(widths: list[int], parts: list[int], separator: str, ctx: Context) -> str | None:
    if widths[0] == 4:
        return _iso(parts[0], parts[1], parts[2])
    first, second, year = parts
    if widths[2] != 4:
        return None
    if separator == "." or first > 12 or first == second:
        return _iso(year, second, first)
    if second > 12:
        return _iso(year, first, second)
    if not ctx.region:
        return None
    return _iso(year, first, second) if ctx.region in _MONTH_FIRST else _iso(year, second, first)


def _named(words: list[str]) -> str | None:
    """``15 Apr 1985`` and ``April 15 1985``."""
    month_at = 0 if words[0][:1].isalpha() else 1
    month = words[month_at].casefold()[:3]
    number, year = words[1 - month_at].rstrip("."), words[2]
    if month not in _MONTHS or not number.isdigit() or len(year) != 4 or not year.isdigit():
        return None
    return _iso(int(year), _MONTHS.index(month) + 1, int(number))


def _iso(year: int, month: int, number: int) -> str | None:
    try:
        return date(year, month, number).isoformat()
    except ValueError:
        return None
