"""Events and tasks of calendars as drafts, and activities and tasks as calendars that say the same."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import icalendar
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crmtool.core import ids
from crmtool.core.entities import builtin
from crmtool.core.fields import Context
from crmtool.transfer.cards.calendar_text import CARRIED, CLOSING, OPENING, text
from crmtool.transfer.cards.formats import drafter
from crmtool.transfer.drafts import Draft
from crmtool.transfer.sources.opening import open_sources

REGISTRY = builtin()
CONTEXT = Context(region="ES", zone="Europe/Madrid", now="2026-06-01T08:00:00.000Z")
MINE = frozenset(("me@own.example",))


def drafts(path: Path, content: str) -> list[Draft]:
    path.write_bytes(content.replace("\r\n", "\n").replace("\n", "\r\n").encode())
    (source,) = open_sources([str(path)])
    with source:
        assert source.kind == "calendar"
        make = drafter(source, REGISTRY, CONTEXT, MINE)
        return [make(row) for row in source.rows()]


def draft(path: Path, lines: str, name: str = "VEVENT") -> Draft:
    (only,) = drafts(
        path / "a.ics", f"BEGIN:VCALENDAR\nVERSION:2.0\nBEGIN:{name}\n{lines}\nEND:{name}\nEND:VCALENDAR\n"
    )
    return only


def test_a_meeting(tmp_path: Path) -> None:
    made = draft(
        tmp_path,
        "UID:m1@x\nDTSTART;TZID=Europe/Berlin:20260115T100000\nDTEND;TZID=Europe/Berlin:20260115T113000\nSUMMARY:Kick\\, off\n"
        'DESCRIPTION:One\\nTwo\nLOCATION:Room 5\nORGANIZER;CN=Bo:mailto:Bo@X.example\nATTENDEE;CN="Ruiz, Ana";ROLE=X:'
        "MAILTO:ana@x.example\nATTENDEE:mailto:me@own.example\nATTENDEE;CUTYPE=ROOM:mailto:room@x.example\n"
        "ATTENDEE:mailto:c_1@resource.calendar.google.com\nTRANSP:OPAQUE\nCREATED:20260101T000000Z\n"
        "BEGIN:VALARM\nTRIGGER:-PT15M\nACTION:DISPLAY\nDESCRIPTION:x\nEND:VALARM",
    )
    assert made.problems == []
    assert made.values == {
        "type": "meeting", "name": "Kick, off", "happened_at": "2026-01-15T09:00:00.000Z", "duration": 90,
        "body": "One\nTwo\n\nLocation: Room 5",
    }  # fmt: skip
    assert [(c.name, c.email, c.role) for c in made.contacts] == [
        ("Bo", "Bo@X.example", "organizer"),
        ("Ruiz, Ana", "ana@x.example", ""),
    ]
    assert made.external == [("calendar", "m1@x")]
    assert made.extra == {"LOCATION": "LOCATION:Room 5", "TRANSP": "TRANSP:OPAQUE"}
    assert made.created_at == "2026-01-01T00:00:00.000Z"


@pytest.mark.parametrize(
    ("start", "instant"),
    [
        ("DTSTART:20260715T100000Z", "2026-07-15T10:00:00.000Z"),
        ("DTSTART:20260715T100000", "2026-07-15T08:00:00.000Z"),
        ("DTSTART;TZID=W. Europe Standard Time:20260715T100000", "2026-07-15T08:00:00.000Z"),
        ("DTSTART;TZID=Nowhere/At All:20260715T100000", "2026-07-15T08:00:00.000Z"),
        ("DTSTART;VALUE=DATE:20260715", "2026-07-14T22:00:00.000Z"),
    ],
)
def test_zones(tmp_path: Path, start: str, instant: str) -> None:
    assert draft(tmp_path, f"{start}\nSUMMARY:x").values["happened_at"] == instant


def test_a_zone_that_the_file_defines(tmp_path: Path) -> None:
    made = drafts(
        tmp_path / "z.ics",
        "BEGIN:VCALENDAR\nBEGIN:VTIMEZONE\nTZID:Ours\nBEGIN:STANDARD\nDTSTART:19700101T000000\nTZOFFSETFROM:+0500\nTZOFFSETTO:+0500\n"
        "END:STANDARD\nEND:VTIMEZONE\nBEGIN:VEVENT\nDTSTART;TZID=Ours:20260101T120000\nSUMMARY:x\nEND:VEVENT\nEND:VCALENDAR\n",
    )
    assert made[0].values["happened_at"] == "2026-01-01T07:00:00.000Z"


def test_days_and_repetitions_and_cancellations(tmp_path: Path) -> None:
    whole = draft(tmp_path, "UID:d\nDTSTART;VALUE=DATE:20260115\nDTEND;VALUE=DATE:20260117\nSUMMARY:Fair")
    assert whole.values["duration"] == 2880
    weekly = draft(
        tmp_path, "UID:w\nDTSTART:20260115T100000Z\nDURATION:PT45M\nRRULE:FREQ=WEEKLY;COUNT=3\nSUMMARY:Sync"
    )
    assert (weekly.values["duration"], weekly.values["body"]) == (45, "Repeats: FREQ=WEEKLY;COUNT=3")
    assert weekly.extra["RRULE"] == "RRULE:FREQ=WEEKLY;COUNT=3"
    moved = draft(tmp_path, "UID:w\nRECURRENCE-ID:20260122T100000Z\nDTSTART:20260122T120000Z\nSUMMARY:Sync")
    assert moved.external == [("calendar", "w/20260122T100000Z")]
    cancelled = draft(tmp_path, "UID:c\nSTATUS:CANCELLED\nDTSTART:20260115T100000Z\nSUMMARY:No")
    assert cancelled.passed is not None


def test_a_task(tmp_path: Path) -> None:
    made = draft(
        tmp_path,
        "UID:t1\nSUMMARY:Call Bo\nDUE;TZID=Europe/Madrid:20260115T180000\nPRIORITY:1\nSTATUS:COMPLETED\n"
        "COMPLETED:20260114T090000Z\nRRULE:FREQ=WEEKLY;BYDAY=MO\nDESCRIPTION:why\nBEGIN:VALARM\nTRIGGER;RELATED=END:-PT1H\nEND:VALARM",
        "VTODO",
    )
    assert made.entity == "task"
    assert made.values == {
        "name": "Call Bo", "due_on": "2026-01-15", "priority": "high", "status": "done", "done_at": "2026-01-14T09:00:00.000Z",
        "repeat": "FREQ=WEEKLY;BYDAY=MO", "body": "why", "remind_at": "2026-01-15T16:00:00.000Z",
    }  # fmt: skip


def test_what_cannot_be_read_is_rejected_alone(tmp_path: Path) -> None:
    for lines in ("SUMMARY:x", "SUMMARY:x\nDTSTART:tomorrow", "SUMMARY:x\nDTSTART;VALUE=DATE:20261399"):
        assert [p.field for p in draft(tmp_path, lines).problems] == ["happened_at"]
    odd = draft(
        tmp_path, "DTSTART:20260101T000000Z\nATTENDEE:x\nRRULE:FREQ=SOMETIMES\nDURATION:long\nno colon\n;=:"
    )
    assert odd.problems == []
    assert odd.values["name"] == "(no subject)"


def test_rejected_events_can_be_corrected(tmp_path: Path) -> None:
    bad = draft(tmp_path, "UID:x\nSUMMARY:x\nDTSTART:tomorrow")
    (source,) = open_sources([str(tmp_path / "a.ics")])
    with source:
        rejects = source.rejects(str(tmp_path / "a.rejected.ics"))
        rejects.write([bad, bad])
        rejects.close()
    corrected = (tmp_path / "a.rejected.ics").read_text().replace("tomorrow", "20260101T000000Z")
    again = drafts(tmp_path / "b.ics", corrected)
    assert [(d.values["happened_at"], d.extra) for d in again] == [("2026-01-01T00:00:00.000Z", {})] * 2


# -- writing ---------------------------------------------------------------------------------------------------------

WORDS = (
    st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=30)
    .map(str.strip)
    .filter(bool)
)
LONG = st.text(st.characters(exclude_categories=["Cs", "Cc"], include_characters="\n"), max_size=200).map(
    lambda text: REGISTRY.entities["note"].fields["body"].validate(text, CONTEXT) if text.strip() else None
)
INSTANTS = st.datetimes().map(lambda moment: f"{moment.isoformat()[:19]}.000Z")
RULES = st.sampled_from(["FREQ=DAILY", "FREQ=WEEKLY;BYDAY=MO,WE;INTERVAL=2", "FREQ=MONTHLY;BYMONTHDAY=-1"])
ACTIVITY = st.fixed_dictionaries(
    {
        "name": WORDS,
        "id": st.builds(ids.new_id),
        "happened_at": INSTANTS,
        "type": st.sampled_from(["call", "meeting", "email", "visit"]),
    },
    optional={"duration": st.integers(0, 10_000), "body": LONG},
)
TASK = st.fixed_dictionaries(
    {"name": WORDS, "id": st.builds(ids.new_id), "status": st.sampled_from(["open", "cancelled", "done"])},
    optional={
        "due_on": st.dates().map(str), "remind_at": INSTANTS, "priority": st.sampled_from(["low", "normal", "high"]),
        "repeat": RULES, "body": LONG,
    },
)  # fmt: skip


@settings(max_examples=100, deadline=None)
@given(st.one_of(ACTIVITY.map(lambda r: ("activity", r)), TASK.map(lambda r: ("task", r))))
def test_what_is_written_is_read_back(
    tmp_path_factory: pytest.TempPathFactory, pair: tuple[str, dict[str, Any]]
) -> None:
    entity, record = pair
    if record.get("status") == "done":
        record = {**record, "done_at": "2026-02-03T04:05:06.000Z"}
    written = OPENING + text(record, entity=entity, zone=CONTEXT.zone) + CLOSING
    assert all(len(line.encode()) <= 75 for line in written.split("\r\n"))
    (made,) = drafts(tmp_path_factory.getbasetemp() / "round.ics", written)
    assert made.problems == []
    assert (made.entity, made.own_id) == (entity, record["id"])
    assert made.values == {
        key: value for key, value in record.items() if key in CARRIED[entity] and value is not None
    }
    calendar = icalendar.Calendar.from_ical(written)
    assert str(calendar.subcomponents[0]["SUMMARY"]) == record["name"]


def test_what_an_event_had_beside_goes_with_it(tmp_path: Path) -> None:
    lines = "UID:e1\nDTSTART;VALUE=DATE:20260115\nSUMMARY:Fair\nLOCATION:Hall 3\nX-ODD;A=b:c\\,d"
    made = draft(tmp_path, lines)
    record = {
        **made.values,
        "id": ids.new_id(),
        "external_ids": [["calendar", "e1"]],
        "extra": {"calendar": made.extra},
    }
    record["contact"] = "c1"
    written = text(record, {"c1": ('Ana "A" Ruiz', "ana@x.example")}, zone=CONTEXT.zone)
    assert "DTSTART;VALUE=DATE:20260115\r\n" in written
    assert "DURATION:P1D\r\n" in written
    (again,) = drafts(tmp_path / "b.ics", OPENING + written + CLOSING)
    assert (again.values, again.extra, again.external) == (made.values, made.extra, made.external)
    assert [(c.name, c.email) for c in again.contacts] == [("Ana A Ruiz", "ana@x.example")]
    moved = text({**record, "happened_at": "2026-01-16T10:00:00.000Z"}, zone=CONTEXT.zone)
    assert "DTSTART:20260116T100000Z\r\n" in moved
