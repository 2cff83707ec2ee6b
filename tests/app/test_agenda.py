"""The agenda: what stands under which heading, and moving about in it from any line, either way."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from crmtool.app.agenda import OVERDUE, TODAY, Agenda, next_moment
from crmtool.app.commands import Add, Remove
from crmtool.app.create import NewWorkspace, create_workspace
from crmtool.app.joined import Line
from crmtool.app.workspace import Workspace, open_workspace
from crmtool.core.policy import DenyAll
from crmtool.store.reader import Query

NOW = "2026-11-25T09:30:00.000Z"  # a Wednesday


@pytest.fixture
def workspace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Workspace]:
    monkeypatch.setenv("CRM_NOW", NOW)
    with create_workspace(str(tmp_path / "crm.db"), NewWorkspace("test", "Me"), zone="UTC") as workspace:
        yield workspace


def add(workspace: Workspace, entity: str, **values: Any) -> str:
    return workspace.run(Add(entity, values)).changed[-1][1]


def fill(workspace: Workspace) -> None:
    other = add(workspace, "user", name="Other")
    for name, due_on in (
        ("late", "2026-11-20"), ("long ago", "2026-01-01"), ("now", "2026-11-25"), ("tomorrow", "2026-11-26"),
        ("friday", "2026-11-27"), ("sunday", "2026-11-29"), ("monday", "2026-11-30"), ("next sunday", "2026-12-06"),
        ("after", "2026-12-07"), ("in spring", "2027-04-01"), ("some day", None),
    ):  # fmt: skip
        add(workspace, "task", name=name, due_on=due_on)
    add(workspace, "task", name="urgent", due_on="2026-11-25", priority="high")
    add(workspace, "task", name="done", due_on="2026-11-25", status="done")
    add(workspace, "task", name="theirs", due_on="2026-11-25", owner=other)
    workspace.run(Remove("task", (add(workspace, "task", name="gone", due_on="2026-11-25"),)))
    for name, kind, moment in (
        ("yesterday", "meeting", "2026-11-24T10:00"), ("lunch", "meeting", "2026-11-25T12:00"),
        ("early call", "call", "2026-11-25T07:00"), ("mail", "email", "2026-11-25T12:00"),
        ("fair", "visit", "2026-11-27T08:00"), ("review", "meeting", "2027-01-10T08:00"),
    ):  # fmt: skip
        add(workspace, "activity", name=name, type=kind, happened_at=f"{moment}:00.000Z")


def told(lines: list[Line]) -> list[str]:
    return [str(line.record["name"]) if line.record else f"-- {line.section}" for line in lines]


EVERYTHING = [
    "-- overdue", "late", "long ago",
    "-- today", "early call", "lunch", "urgent", "now",
    "-- tomorrow", "tomorrow",
    "-- week", "fair", "friday", "sunday",
    "-- next_week", "monday", "next sunday",
    "-- later", "review", "after", "in spring",
    "-- undated", "some day",
]  # fmt: skip


def test_each_stands_under_the_heading_of_its_day(workspace: Workspace) -> None:
    assert Agenda(workspace).read(50) == ([], False)
    assert Agenda(workspace).count() == (0, 0)
    fill(workspace)
    agenda = Agenda(workspace)
    lines, more = agenda.read(100)
    assert (told(lines), more) == (EVERYTHING, False)
    assert (agenda.count()[0], agenda.records()) == (len(EVERYTHING), len(EVERYTHING) - 7)
    assert told(Agenda(workspace, sections=(OVERDUE, TODAY)).read(100)[0]) == EVERYTHING[:8]
    assert "theirs" in told(Agenda(workspace, everyone=True).read(100)[0])
    shown, total = agenda.day(agenda.today, 1)
    assert (told(shown), total) == (["early call"], 4)


@pytest.mark.parametrize("limit", [1, 2, 3, 7, 40])
def test_reading_goes_on_from_any_line_either_way(workspace: Workspace, limit: int) -> None:
    fill(workspace)
    agenda = Agenda(workspace)
    whole = agenda.read(100)[0]
    places = [line.place for line in whole]
    for at, place in enumerate(places):
        onwards = agenda.read(limit, place)
        assert onwards == (whole[at + 1 : at + 1 + limit], at + 1 + limit < len(whole))
        earlier = agenda.read(limit, place, back=True)
        assert earlier == (whole[max(at - limit, 0) : at], at > limit)
        assert agenda.around(place, limit, limit) == (
            earlier,
            (whole[at : at + limit], at + limit < len(whole)),
        )
        assert agenda.count(place) == (len(whole), at)
        assert agenda.leap(limit, place) == (places[at + 1 + limit] if at + 1 + limit < len(places) else None)
        assert agenda.leap(limit, place, back=True) == (
            places[at - 1 - limit] if at - 1 - limit >= 0 else None
        )
    assert agenda.read(limit, back=True) == (whole[-limit:], limit < len(whole))
    assert agenda.leap(0) == places[0]
    assert agenda.leap(0, back=True) == places[-1]


def test_a_line_that_is_gone_leaves_its_place_and_a_heading_without_lines_goes_too(
    workspace: Workspace,
) -> None:
    fill(workspace)
    agenda = Agenda(workspace)
    lines = agenda.read(100)[0]
    tomorrow = next(line for line in lines if line.record and line.record["name"] == "tomorrow")
    assert tomorrow.record is not None
    workspace.run(Remove("task", (tomorrow.record["id"],)))
    (earlier, _), (later, _) = agenda.around(tomorrow.place, 2, 2)
    assert (told(earlier), told(later)) == (["urgent", "now"], ["-- week", "fair"])


def test_a_place_of_a_day_that_has_passed_is_the_beginning(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(workspace)
    place = next(
        line.place for line in Agenda(workspace).read(100)[0] if line.section == TODAY and line.record
    )
    monkeypatch.setenv("CRM_NOW", "2026-11-26T00:00:01.000Z")
    workspace.refresh_clock()
    (earlier, _), (later, _) = Agenda(workspace).around(place, 5, 4)
    assert (earlier, told(later)) == ([], ["-- overdue", "urgent", "now", "late"])


def test_the_next_moment_is_the_next_meeting_or_the_end_of_the_local_day(
    workspace: Workspace, tmp_path: Path
) -> None:
    assert next_moment(workspace) == "2026-11-26T00:00:00.000Z"
    for moment in ("2026-11-25T09:30:00.000Z", "2026-11-25T09:31:00.000Z", "2026-11-25T12:00:00.000Z"):
        add(workspace, "activity", name="call", type="call", happened_at=moment)
    assert next_moment(workspace) == "2026-11-25T09:31:00.000Z"
    with open_workspace(str(tmp_path / "crm.db"), zone="Asia/Tokyo") as there:
        assert next_moment(there) == "2026-11-25T09:31:00.000Z"


def test_a_policy_that_denies_everything_shows_nothing(workspace: Workspace, tmp_path: Path) -> None:
    fill(workspace)
    with open_workspace(str(tmp_path / "crm.db"), policy=DenyAll()) as denied:
        agenda = Agenda(denied, everyone=True)
        assert (agenda.read(50), agenda.count()) == (([], False), (0, 0))


def test_the_next_moment_is_also_when_an_open_deal_begins_to_rot(workspace: Workspace) -> None:
    lead = next(
        stage
        for stage in workspace.query(Query("stage", fields=("name", "rotting_days")))
        if stage["name"] == "Lead"
    )
    for minute, status in (("10:40", "open"), ("10:20", "open"), ("10:10", "lost"), ("09:10", "open")):
        entered = f"{date(2026, 11, 25) - timedelta(days=lead['rotting_days'])}T{minute}:00.000Z"
        values = {"name": minute, "stage": "Lead", "status": status}
        workspace.run(Add("deal", values, effective_at=entered))
    assert next_moment(workspace) == "2026-11-25T10:20:00.000Z"
    add(workspace, "activity", name="call", type="call", happened_at="2026-11-25T10:00:00.000Z")
    assert next_moment(workspace) == "2026-11-25T10:00:00.000Z"
