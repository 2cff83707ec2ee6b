"""Dates and instants as people type them, in the person's own zone.

Days: ``2026-05-31``, ``today``, ``tomorrow``, ``yesterday``, a weekday (the next one), ``+3d -2w +1m -1y``,
and the bounds of the current week, month, quarter and year (``bow eow bom eom boq eoq boy eoy``). Instants
add a time: ``2026-05-31 14:30``, ``today 9:00``, ``now``, ``-2h``, ``+30min``, or ISO 8601 with an offset.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, tzinfo

from crmtool.core import clock

TYPE_CHECKING = False
if TYPE_CHECKING:
    from crmtool.core.fields import Context

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
FIRST_INSTANT, LAST_INSTANT = "0001-01-01T00:00:00.000Z", "9999-12-31T23:59:59.999Z"
_zone_of_display = "UTC"
_zones: dict[str, tzinfo] = {"": UTC, "UTC": UTC, "Etc/UTC": UTC}


def use_zone(name: str) -> None:
    """Show instants in this IANA zone from now on (a door sets it once); an unknown name means UTC."""
    global _zone_of_display
    _zone_of_display = name


def zone(name: str) -> tzinfo:
    """The zone called ``name``; ``""`` or an unknown one is UTC."""
    found = _zones.get(name)
    if found is None:
        from zoneinfo import ZoneInfo  # 4 ms, for those who see or type an instant

        try:
            found = ZoneInfo(name)
        except (KeyError, ValueError, OSError):
            found = UTC
        _zones[name] = found
    return found


def from_instant(text: str) -> datetime:
    """The aware UTC datetime of instant text."""
    return datetime.fromisoformat(text)


def is_instant(text: str) -> bool:
    """Whether this is the canonical text of an instant: UTC, to the millisecond."""
    try:
        return to_instant(from_instant(text)) == text
    except (ValueError, TypeError, OverflowError):
        return False


def to_instant(moment: datetime) -> str:
    """Instant text of an aware datetime, to the millisecond."""
    utc = moment.astimezone(UTC)
    return f"{utc.strftime('%Y-%m-%dT%H:%M:%S') if utc.year > 999 else utc.isoformat()[:19]}.{utc.microsecond // 1000:03d}Z"


def local_text(text: str) -> str:
    """An instant for people: ``YYYY-MM-DD HH:MM`` in the zone of display."""
    moment = from_instant(text)
    try:
        moment = moment.astimezone(zone(_zone_of_display))
    except OverflowError:
        pass  # the first or last day there is: in the zone it is outside the calendar
    return moment.isoformat(" ", "minutes")[:16]


def today(ctx: Context) -> date:
    """The current day in the person's zone."""
    return day_of(ctx.now or clock.now(), ctx)


def day_of(instant: str, ctx: Context) -> date:
    """The day of an instant in the person's zone."""
    return from_instant(instant).astimezone(zone(ctx.zone)).date()


def add_months(day: date, months: int) -> date:
    """The same day ``months`` later, or the last day of a shorter month."""
    total = day.year * 12 + day.month - 1 + months
    year, month = divmod(total, 12)
    for last in (day.day, 30, 29, 28):
        try:
            return date(year, month + 1, min(day.day, last))
        except ValueError:
            continue
    raise ValueError(day)


def bound(word: str, day: date, week_start: int = 0) -> date | None:
    """The first or last day of the week, month, quarter or year around ``day``; ``None`` for another word."""
    if word not in ("bow", "eow", "bom", "eom", "boq", "eoq", "boy", "eoy"):
        return None
    if word[2] == "w":
        first = day - timedelta(days=(day.weekday() - week_start) % 7)
        return first if word[0] == "b" else first + timedelta(days=6)
    months = {"m": 1, "q": 3, "y": 12}[word[2]]
    first = date(day.year, (day.month - 1) // months * months + 1, 1)
    return first if word[0] == "b" else add_months(first, months) - timedelta(days=1)


def shift(word: str) -> tuple[int, str] | None:
    """``(count, unit)`` of ``-30d`` and the like; units h, min, d, w, m, y. ``None`` when it is none."""
    if len(word) < 3 or word[0] not in "+-":
        return None
    digits = word[1:].rstrip("abcdefghijklmnopqrstuvwxyz")
    unit = word[1 + len(digits) :]
    if (
        not digits.isascii()
        or not digits.isdigit()
        or len(digits) > 6
        or unit not in ("h", "min", "d", "w", "m", "y")
    ):
        return None
    return int(word[0] + digits), unit


def shifted(day: date, count: int, unit: str) -> date | None:
    try:
        if unit in ("d", "w"):
            return day + timedelta(days=count * (7 if unit == "w" else 1))
        if unit in ("m", "y"):
            return add_months(day, count * (12 if unit == "y" else 1))
    except (OverflowError, ValueError):
        return None
    return None


def parse_day(text: str, ctx: Context) -> str | None:
    """ISO date of a day as typed, or ``None``; of a moment its day."""
    word = text.strip()
    if len(word) > 10 and word[4:5] == "-" and (moment := parse_instant(text, ctx)):
        return from_instant(moment).astimezone(zone(ctx.zone)).date().isoformat()
    return _day(word.casefold(), ctx)


def _day(word: str, ctx: Context) -> str | None:
    if len(word) == 10 and word[4] == word[7] == "-":
        try:
            return date.fromisoformat(word).isoformat()
        except ValueError:
            return None
    base = today(ctx)
    named = {"today": 0, "tomorrow": 1, "yesterday": -1}
    if word in named:
        return (base + timedelta(days=named[word])).isoformat()
    if (edge := bound(word, base, ctx.week_start)) is not None:
        return edge.isoformat()
    if (step := shift(word)) is not None:
        moved = shifted(base, *step)
        return moved.isoformat() if moved else None
    for number, name in enumerate(WEEKDAYS):
        if len(word) >= 3 and name.startswith(word):
            return (base + timedelta(days=(number - base.weekday() - 1) % 7 + 1)).isoformat()
    return None


def parse_instant(text: str, ctx: Context) -> str | None:
    """Instant text of a moment as typed, or ``None``; without an offset it is meant in the person's zone."""
    word = text.strip()
    if word.casefold() == "now":
        return ctx.now or clock.now()
    if (step := shift(word.casefold())) is not None and step[1] in ("h", "min"):
        length = timedelta(hours=step[0]) if step[1] == "h" else timedelta(minutes=step[0])
        return to_instant(from_instant(ctx.now or clock.now()) + length)
    if len(word) >= 16 and word[4] == "-":
        try:
            moment = datetime.fromisoformat(word)
        except ValueError:
            return None
        try:
            return to_instant(moment if moment.tzinfo else moment.replace(tzinfo=zone(ctx.zone)))
        except (OverflowError, ValueError):
            return None
    day, _, clocktime = word.partition(" ")
    start = _day(day.casefold(), ctx)
    if start is None:
        return None
    hour, minute = 0, 0
    if clocktime:
        parts = clocktime.strip().split(":")
        if len(parts) != 2 or not all(p.isascii() and p.isdigit() for p in parts):
            return None
        hour, minute = int(parts[0]), int(parts[1])
        if hour > 23 or minute > 59:
            return None
    local = datetime.combine(date.fromisoformat(start), datetime.min.time(), zone(ctx.zone))
    try:
        return to_instant(local.replace(hour=hour, minute=minute))
    except OverflowError:  # the first or last day there is, which is another one in UTC
        return None


def day_bounds(day: str, zone_name: str) -> tuple[str, str]:
    """The instants at which a local day begins and ends (the end is the next day's beginning).

    Where the calendar ends with the day, so do its bounds.
    """
    first = date.fromisoformat(day)
    where = zone(zone_name)
    try:
        start = to_instant(datetime(first.year, first.month, first.day, tzinfo=where))
    except OverflowError:
        start = FIRST_INSTANT
    try:
        after = first + timedelta(days=1)
        end = to_instant(datetime(after.year, after.month, after.day, tzinfo=where))
    except OverflowError:
        end = LAST_INSTANT
    return start, end
