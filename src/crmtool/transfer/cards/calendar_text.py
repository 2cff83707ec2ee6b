"""Activities and tasks as iCalendar: what they say is read back as it was, and what came with them goes with them."""

from __future__ import annotations

import re
from datetime import UTC, timedelta

from crmtool.core import dates
from crmtool.transfer.cards.calendar import _MARK, PRODUCT, VENDOR
from crmtool.transfer.cards.lines import escaped, joined

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from typing import Any

    Record = Mapping[str, Any]

OPENING = f"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:{PRODUCT}\r\n"
CLOSING = "END:VCALENDAR\r\n"
# The fields whose values a written calendar gives back, moments to the second. People go along as attendees.
CARRIED = {
    "activity": ("name", "type", "happened_at", "duration", "body"),
    "task": ("name", "due_on", "remind_at", "status", "done_at", "priority", "repeat", "body"),
}
_RULE = re.compile(r"(?:[A-Z-]+=[A-Za-z0-9,+:-]+;?)+", re.ASCII).fullmatch
_PRIORITIES = {"high": 1, "normal": 5, "low": 9}
_STATES = {"open": "NEEDS-ACTION", "done": "COMPLETED", "cancelled": "CANCELLED"}


def text(
    record: Record,
    lookups: Mapping[str, tuple[str, str]] | None = None,
    *,
    entity: str = "activity",
    zone: str = "UTC",
) -> str:
    """One event or to-do, from ``BEGIN`` to ``END``; a file has ``OPENING`` before the first and ``CLOSING`` after the last.

    ``record`` has values as they are stored; ``lookups`` names the contacts it is about by id: (name, e-mail address).
    ``zone`` is the one in which whole days begin. An activity without a date stands at the moment it was recorded.
    """
    write = _task if entity == "task" else _event
    return joined(write(record, lookups or {}, zone))


def _event(record: Record, lookups: Mapping[str, tuple[str, str]], zone: str) -> Iterator[str]:
    yield "BEGIN:VEVENT"
    yield from _common(record)
    moment = str(record.get("happened_at") or record.get("created_at") or dates.FIRST_INSTANT)
    kept = _kept(record)
    minutes = record.get("duration")
    whole = _whole_day(kept.get("DTSTART", ""), moment, zone)
    yield whole or f"DTSTART:{_stamp(moment)}"
    if minutes is not None:
        length = _days(minutes) if whole else _duration(minutes)
        yield f"DURATION:{length}"
    if record.get("type"):
        yield f"X-CRM-TYPE:{escaped(str(record['type']))}"
    yield from _people(record, lookups)
    yield from _rest(kept)
    yield "END:VEVENT"


def _task(record: Record, lookups: Mapping[str, tuple[str, str]], zone: str) -> Iterator[str]:
    yield "BEGIN:VTODO"
    yield from _common(record)
    due, rule = record.get("due_on"), str(record.get("repeat") or "").removeprefix("RRULE:")
    if due:
        day = str(due).replace("-", "")
        if rule:
            yield f"DTSTART;VALUE=DATE:{day}"  # a rule counts from here
        yield f"DUE;VALUE=DATE:{day}"
    if rule and _RULE(rule):
        yield f"RRULE:{rule}"
    if record.get("status") in _STATES:
        yield f"STATUS:{_STATES[record['status']]}"
    if record.get("done_at"):
        yield f"COMPLETED:{_stamp(str(record['done_at']))}"
    if record.get("priority") in _PRIORITIES:
        yield f"PRIORITY:{_PRIORITIES[record['priority']]}"
    yield from _people(record, lookups)
    yield from _rest(_kept(record))
    if record.get("remind_at"):
        yield from (
            "BEGIN:VALARM", "ACTION:DISPLAY", f"DESCRIPTION:{escaped(str(record.get('name') or ''))}",
            f"TRIGGER;VALUE=DATE-TIME:{_stamp(str(record['remind_at']))}", "END:VALARM",
        )  # fmt: skip
    yield "END:VTODO"


def _common(record: Record) -> Iterator[str]:
    given = [ident for source, ident in record.get("external_ids") or () if source == VENDOR]
    uid, _, recurrence = (
        given[0].rpartition("/") if given and re.search(r"/\d{8}(?:T\d{6}Z?)?$", given[0]) else ("", "", "")
    )
    uid = uid or (given[0] if given else str(record.get("id") or ""))
    if uid:
        yield f"UID:{escaped(uid)}"
    if recurrence:
        yield f"RECURRENCE-ID:{recurrence}"
    stamp = record.get("updated_at") or record.get("created_at")
    yield f"DTSTAMP:{_stamp(str(stamp)) if stamp else '19700101T000000Z'}"
    yield f"{_MARK}:{PRODUCT}"
    yield f"SUMMARY:{escaped(str(record.get('name') or ''))}"
    if record.get("body"):
        yield f"DESCRIPTION:{escaped(str(record['body']))}"


def _people(record: Record, lookups: Mapping[str, tuple[str, str]]) -> Iterator[str]:
    who: Any = record.get("contact")
    ident = who.get("id") if isinstance(who, dict) else who
    name, address = lookups.get(ident, ("", "")) if ident else ("", "")
    if address:
        shown = "".join(char for char in name if char.isprintable() and char != '"')
        yield f'ATTENDEE;CN="{shown}":mailto:{address}' if shown else f"ATTENDEE:mailto:{address}"


def _kept(record: Record) -> dict[str, Any]:
    extra: Any = record.get("extra")
    kept: Any = extra.get(VENDOR) if isinstance(extra, dict) else None
    return kept if isinstance(kept, dict) else {}


def _rest(kept: dict[str, Any]) -> Iterator[str]:
    for key, line in kept.items():
        if key != "DTSTART" and isinstance(line, str) and "\n" not in line and ":" in line:
            yield line


def _whole_day(line: str, moment: str, zone: str) -> str:
    """The line of a whole day that came with the record, if the record is still at its beginning."""
    day = line.rpartition(":")[2]
    if len(day) != 8 or not day.isdigit():
        return ""
    begins = dates.day_bounds(f"{day[:4]}-{day[4:6]}-{day[6:]}", zone)[0]
    return f"DTSTART;VALUE=DATE:{day}" if begins == moment else ""


def _stamp(instant: str) -> str:
    moment = dates.from_instant(instant).astimezone(UTC)
    return f"{moment.year:04d}{moment.month:02d}{moment.day:02d}T{moment.hour:02d}{moment.minute:02d}{moment.second:02d}Z"


def _duration(minutes: float) -> str:
    seconds = round(timedelta(minutes=minutes).total_seconds())
    sign = "-" if seconds < 0 else ""
    whole, rest = divmod(abs(seconds), 60)
    return f"{sign}PT{whole}M{rest}S" if rest else f"{sign}PT{whole}M"


def _days(minutes: float) -> str:
    days, rest = divmod(minutes, 24 * 60)
    return f"P{int(days)}D" if not rest else _duration(minutes)
