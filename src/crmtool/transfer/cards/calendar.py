"""Events and tasks of iCalendar (RFC 5545) as drafts: an event is a meeting, a to-do is a task.

Dates, rules and time zones are read by icalendar, which knows the names that Windows gives to zones; what the file defines as
a zone comes first. What no field takes stays with the record as it was written.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta

from crmtool.core import dates, ids
from crmtool.core.errors import ValidationError
from crmtool.core.messages import Message, t
from crmtool.transfer.cards.lines import Part, Property, joined, parsed, parts, unescaped
from crmtool.transfer.drafts import ContactDraft, Draft, Problem, problem

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator
    from typing import Any, TextIO

    from crmtool.core.fields import Context
    from crmtool.core.registry import Registry
    from crmtool.transfer.sources.base import Row

VENDOR = "calendar"
PRODUCT = "-//crmtool//iCalendar//EN"
_ZONE = "VTIMEZONE"
_NAMES = frozenset(("VEVENT", "VTODO", _ZONE))
_USED = frozenset(
    (
        "SUMMARY", "DESCRIPTION", "DTEND", "DURATION", "DUE", "UID", "STATUS", "COMPLETED", "PRIORITY", "ATTENDEE", "ORGANIZER",
        "DTSTAMP", "LAST-MODIFIED", "SEQUENCE", "RECURRENCE-ID", "PERCENT-COMPLETE", "X-CRM-TYPE", "X-CRM-ROW", "X-CRM-REASON",
    )
)  # fmt: skip
_MARK = "X-CRM-PRODID"  # an event is written by us although the calendar around it is not kept
_ROOMS = ("@resource.calendar.google.com", "@group.calendar.google.com", "@group.v.calendar.google.com")
_STATES = {"COMPLETED": "done", "CANCELLED": "cancelled"}
_INSTANT = re.compile(r"\d{8}T\d{6}Z", re.ASCII).fullmatch


def events(text: TextIO, title: str) -> Iterator[Part]:
    """The events and to-dos of a file, one at a time; its definitions of time zones are learned on the way."""
    for part in parts(text, _NAMES, title):
        if part.name == _ZONE:
            _learn(part)
        else:
            yield part


def rejected(part: Part, row: int, fields: str, why: str) -> str:
    """A rejected event as a calendar of its own, with the reason."""
    reason = f"{fields}: {why}" if fields else why
    return joined(
        (
            "BEGIN:VCALENDAR", "VERSION:2.0", f"PRODID:{PRODUCT}", f"BEGIN:{part.name}", f"X-CRM-ROW:{row}",
            f"X-CRM-REASON:{' '.join(reason.split())}", *part.lines, f"END:{part.name}", "END:VCALENDAR",
        )
    )  # fmt: skip


def drafter(registry: Registry, ctx: Context, mine: Collection[str] = ()) -> Callable[[Row], Draft]:
    """Makes drafts of events and tasks. ``mine``: the e-mail addresses, in lower case, of those whose calendar it is."""

    def draft(row: Row) -> Draft:
        part: Part = row.item
        entity = "task" if part.name == "VTODO" else "activity"
        out = Draft(row.number, entity, [], part)
        _Event(out, registry, ctx, mine).read(part)
        return out.complete()

    return draft


def _learn(part: Part) -> None:
    """Make the zone that a file defines known to the library, unless it is one that everybody knows."""
    from icalendar import Calendar

    text = joined(("BEGIN:VCALENDAR", f"BEGIN:{_ZONE}", *part.lines, f"END:{_ZONE}", "END:VCALENDAR"))
    try:
        Calendar.from_ical(text)
    except Exception:  # noqa: S110 - a broken definition leaves the zone unknown, which each event that uses it says
        pass


class _Event:
    """Takes one event or to-do apart into its draft."""

    def __init__(self, out: Draft, registry: Registry, ctx: Context, mine: Collection[str]) -> None:
        self.out = out
        self.fields = registry.entities[out.entity].fields
        self.ctx = ctx
        self.mine = mine

    def read(self, part: Part) -> None:
        self.properties = [p for p in map(parsed, _outer(part.lines)) if p is not None]
        self.own = self._first(_MARK) is not None
        self.component = _component(part)
        if self._word("STATUS") == "CANCELLED" and self.out.entity == "activity":
            self.out.passed = Message("the meeting is cancelled")
            return
        self._set("name", self._text("SUMMARY") or t("(no subject)"), "SUMMARY")
        self._unique()
        body = self._text("DESCRIPTION")
        if self.out.entity == "task":
            self._task()
        else:
            body = self._meeting(body)
        self._set("body", body, "DESCRIPTION")
        self._keep()

    def _meeting(self, body: str) -> str:
        out = self.out
        out.values["type"] = self._text("X-CRM-TYPE") or "meeting"
        start = self._moment("DTSTART")
        if start is None:
            why = Message("The event has no date that can be read.")
            out.problems.append(Problem("DTSTART", "happened_at", why))
            return body
        out.values["happened_at"] = _instant(start, self.ctx)
        minutes = self._minutes(start)
        if minutes is not None:
            out.values["duration"] = minutes
        self._people()
        if self.own:
            return body
        said = [body]
        if place := self._text("LOCATION"):
            said.append(t("Location: {place}", place=place))
        if rule := self._text("RRULE"):
            said.append(t("Repeats: {rule}", rule=rule))
            out.warnings.append(
                Problem("RRULE", "", Message("A repeated meeting is taken as the first one."))
            )
        return "\n\n".join(filter(None, said))

    def _task(self) -> None:
        out, values = self.out, self.out.values
        due = self._moment("DUE") or self._moment("DTSTART")
        if due is not None:
            values["due_on"] = _day(due, self.ctx)
        values["status"] = _STATES.get(self._word("STATUS"), "open")
        done = self._moment("COMPLETED")
        if done is not None and "STATUS" not in self._names():
            values["status"] = "done"
        if done is not None and values["status"] == "done":
            values["done_at"] = _instant(done, self.ctx)
        priority = self._word("PRIORITY")
        if priority.isascii() and priority.isdigit() and priority != "0":
            values["priority"] = "high" if int(priority) < 5 else "normal" if int(priority) == 5 else "low"
        if rule := self._text("RRULE"):
            self._set("repeat", rule, "RRULE")
        reminder = self._reminder(due)
        if reminder is not None:
            values["remind_at"] = reminder
        self._people()
        out.extra.pop("RRULE", None)

    # -- values ------------------------------------------------------------------------------------------------------

    def _names(self) -> set[str]:
        return {item.name for item in self.properties}

    def _first(self, name: str) -> Property | None:
        return next((item for item in self.properties if item.name == name), None)

    def _text(self, name: str) -> str:
        item = self._first(name)
        return "" if item is None else unescaped(item.value) if name != "RRULE" else item.value.strip()

    def _word(self, name: str) -> str:
        return self._text(name).strip().upper()

    def _moment(self, name: str) -> date | datetime | None:
        """The date or the moment of a property; one without a zone is meant in the person's."""
        value = _read(self.component, name)
        item = self._first(name)
        if isinstance(value, datetime) and value.tzinfo is None:
            if item is not None and item.params.get("tzid"):
                why = Message(
                    "{zone}: nobody knows this time zone; taken as your own.", zone=item.params["tzid"][0]
                )
                self.out.warnings.append(Problem(name, "", why))
            return value.replace(tzinfo=dates.zone(self.ctx.zone))
        return value if isinstance(value, date) else None

    def _minutes(self, start: date | datetime) -> int | float | None:
        length: Any = None
        end = self._moment("DTEND")
        if end is not None and isinstance(end, datetime) == isinstance(start, datetime):
            length = end - start
        elif "DURATION" in self._names():
            length = _read(self.component, "DURATION")
        elif not isinstance(start, datetime):
            length = timedelta(days=1)
        if not isinstance(length, timedelta):
            return None
        minutes = length.total_seconds() / 60
        return int(minutes) if minutes == int(minutes) else minutes

    def _reminder(self, due: date | datetime | None) -> str | None:
        """The moment of the first alarm."""
        for alarm in () if self.component is None else self.component.walk("VALARM"):
            trigger = _read(alarm, "TRIGGER")
            if isinstance(trigger, datetime):
                return _instant(trigger if trigger.tzinfo else trigger.replace(tzinfo=UTC), self.ctx)
            if isinstance(trigger, timedelta) and due is not None:
                return _instant(_start(due, self.ctx) + trigger, self.ctx)
        return None

    def _people(self) -> None:
        """Those who were asked, and who asked them; the person's own addresses, rooms and lists are nobody."""
        found: dict[str, ContactDraft] = {}
        for item in self.properties:
            if (
                item.name not in ("ATTENDEE", "ORGANIZER")
                or item.params.get("cutype", ["INDIVIDUAL"])[0].upper() != "INDIVIDUAL"
            ):
                continue
            address = unescaped(item.value).strip()
            address = address[7:] if address[:7].lower() == "mailto:" else item.params.get("email", [""])[0]
            key = address.casefold()
            if "@" not in key or key in self.mine or key.endswith(_ROOMS) or key in found:
                continue
            name = item.params.get("cn", [""])[0]
            role = "organizer" if item.name == "ORGANIZER" else ""
            found[key] = ContactDraft(name=name if "@" not in name else "", email=address, role=role)
        self.out.contacts.extend(found.values())

    def _unique(self) -> None:
        uid, recurrence = self._text("UID").strip(), self._text("RECURRENCE-ID").strip()
        if self.own and ids.is_id(uid):
            self.out.own_id = uid
        elif uid:
            # One date of a repeated meeting that was moved has the id of the whole.
            self.out.external.append((VENDOR, f"{uid}/{recurrence}" if recurrence else uid))
        created = self._moment("CREATED")
        if created is not None and not self.own:
            self.out.created_at = _instant(created, self.ctx)

    def _set(self, key: str, value: str, name: str) -> None:
        try:
            checked = self.fields[key].validate(value, self.ctx)
        except ValidationError as error:
            self.out.problems.append(problem(name, key, error))
            return
        if checked:
            self.out.values[key] = checked

    def _keep(self) -> None:
        """What no field takes, as it is written; of dates only a whole day, which no instant tells."""
        for item in self.properties:
            name = item.name
            if name in _USED or name in ("CREATED", _MARK) or (name == "RRULE" and self.out.entity == "task"):
                continue
            if name == "DTSTART" and (self.out.entity == "task" or "T" in item.value):
                continue
            key, number = name, 2
            while key in self.out.extra:
                key, number = f"{name} ({number})", number + 1
            self.out.extra[key] = _line(item)


def _line(item: Property) -> str:
    head = item.name
    for key, values in item.params.items():
        quoted = [f'"{v}"' if any(c in v for c in ",;:") else v for v in values]
        head += f";{key.upper()}={','.join(quoted)}"
    return f"{head}:{item.value}"


def _outer(lines: tuple[str, ...]) -> Iterator[str]:
    """The lines of the component itself, without those of the alarms in it."""
    depth = 0
    for line in lines:
        head = line[:6].upper()
        if head == "BEGIN:":
            depth += 1
        elif head.startswith("END:"):
            depth -= 1
        elif depth == 0:
            yield line


def _component(part: Part) -> Any:
    """The component as icalendar reads it, ``None`` where it cannot; dates and rules are taken from it."""
    from icalendar import Event, Todo  # 0.2 s, for calendars alone

    kept = [line for line in part.lines if not line.upper().startswith(("DESCRIPTION", "X-", "SUMMARY"))]
    text = joined((f"BEGIN:{part.name}", *kept, f"END:{part.name}"))
    try:
        return (Todo if part.name == "VTODO" else Event).from_ical(text)
    except Exception:  # whatever a broken line leads to; the draft says which date is missing
        return None


def _read(component: Any, name: str) -> Any:
    """A date, a moment or a length of a component; ``None`` for what is none."""
    try:
        return component[name].dt if component is not None and name in component else None
    except (AttributeError, ValueError, TypeError):  # a broken value, or the property twice
        return None


def _start(moment: date | datetime, ctx: Context) -> datetime:
    if isinstance(moment, datetime):
        return moment
    return datetime(moment.year, moment.month, moment.day, tzinfo=dates.zone(ctx.zone))


def _instant(moment: date | datetime, ctx: Context) -> str:
    try:
        return dates.to_instant(_start(moment, ctx))
    except OverflowError:  # the first or last day there is
        return dates.LAST_INSTANT if moment.year > 5000 else dates.FIRST_INSTANT


def _day(moment: date | datetime, ctx: Context) -> str:
    if isinstance(moment, datetime):
        try:
            return moment.astimezone(dates.zone(ctx.zone)).date().isoformat()
        except OverflowError:
            return moment.date().isoformat()
    return moment.isoformat()
