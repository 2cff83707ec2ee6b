"""The agenda: days in order, what is done to its tasks by key, the week beside each other, and waking when something is due."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

import pytest
from tests.tui.conftest import Running, settled, shown, until
from textual.pilot import Pilot
from textual.widgets import Input

from crmtool.app.commands import Add, Set
from crmtool.app.workspace import Workspace
from crmtool.store.reader import Query
from crmtool.tui.agenda import AgendaSource
from crmtool.tui.app import CrmApp
from crmtool.tui.places import Place
from crmtool.tui.screens.record import RecordScene
from crmtool.tui.widgets.agenda import AgendaGrid
from crmtool.tui.widgets.lines import Lines
from crmtool.tui.widgets.week import Week

AGENDA = Place("agenda")
Elsewhere = Callable[..., Any]


def listed(pilot: Pilot[int]) -> list[str]:
    """What stands in the agenda: names, and headings by the key of their section."""
    rows = pilot.app.screen.query_one(AgendaGrid).window.rows
    return [row.record.name if row.record is not None else row.key for row in rows]


def tasks(workspace: Workspace) -> dict[str, dict[str, Any]]:
    return {str(record["name"]): record for record in workspace.reader.records(Query("task"))}


def add(entity: str, **values: Any) -> Callable[[Workspace], str]:
    return lambda workspace: workspace.run(Add(entity, values)).changed[-1][1]


async def test_days_stand_in_order_and_a_line_leads_to_its_record(
    running: Running, elsewhere: Elsewhere
) -> None:
    elsewhere(add("activity", name="Lunch", type="meeting", happened_at="2026-06-16T12:00:00.000Z"))
    elsewhere(add("task", name="Some day [/b]\x1b[31m"))
    async with running(AGENDA) as pilot:
        expected = [
            "-overdue",
            "Call back",
            "-today",
            "Send offer",
            "-tomorrow",
            "Lunch",
            "-later",
            "Later",
            "-undated",
        ]
        assert listed(pilot)[:-1] == expected
        text = shown(pilot)
        for part in (
            "Overdue",
            "Monday, 2026-06-15",
            "12:00",
            "! Send offer",
            r"Some day [/b]\x1b[31m",
            "5 tasks and meetings",
        ):
            assert part in text, part
        await pilot.press("enter")
        await settled(pilot)
        assert isinstance(pilot.app.screen, RecordScene)


async def test_selected_tasks_are_changed_together_and_headings_never(
    running: Running, elsewhere: Elsewhere
) -> None:
    async with running(AGENDA) as pilot:
        grid = pilot.app.screen.query_one(AgendaGrid)
        assert grid.held is not None  # it begins on what takes keys
        await pilot.press("up", "x")  # on a heading
        await settled(pilot)
        await pilot.press("space", "space", "space", "space")
        assert len(grid.chosen.keys) == 2
        await pilot.press("plus")
        await until(pilot, lambda: listed(pilot)[:3] == ["-tomorrow", "Send offer", "Call back"])
        await settled(pilot)
        assert not grid.chosen
        assert "crm task set @" in shown(pilot)
        assert "due_on=tomorrow" in shown(pilot)
        await pilot.press("home", "down", "shift+down", "x")
        await until(pilot, lambda: listed(pilot) == ["-later", "Later"])
        assert {elsewhere(tasks)[name]["status"] for name in ("Call back", "Send offer")} == {"done"}
        await settled(pilot)
        await pilot.press("u")
        await until(pilot, lambda: len(listed(pilot)) == 5)


async def test_a_task_repeats_by_words_is_weighed_and_handed_over(
    running: Running, elsewhere: Elsewhere
) -> None:
    other = elsewhere(add("user", name="Other"))
    async with running(AGENDA, size=(150, 40)) as pilot:
        await pilot.press("R")
        await until(pilot, lambda: "every 2 weeks" in shown(pilot))
        pilot.app.screen.query_one(Input).value = "every blue moon"
        await pilot.press("enter")
        await until(pilot, lambda: "is not a recurrence rule" in shown(pilot))
        pilot.app.screen.query_one(Input).value = "every monday"
        await pilot.press("enter")
        await until(pilot, lambda: "every week on Monday" in shown(pilot))
        await settled(pilot)
        await pilot.press("p")
        await until(pilot, lambda: "Priority" in shown(pilot) and len(pilot.app.screen_stack) == 3)
        await pilot.press(*"high", "enter")
        await until(pilot, lambda: "! Call back" in shown(pilot))
        await settled(pilot)
        await pilot.press("x")  # and comes again
        await until(pilot, lambda: listed(pilot)[0] == "-today")
        again = [
            r for r in elsewhere(lambda w: list(w.reader.records(Query("task")))) if r["name"] == "Call back"
        ]
        assert {(task["status"], task["due_on"]) for task in again} == {
            ("done", "2026-06-10"),
            ("open", "2026-06-15"),
        }
        await settled(pilot)
        await pilot.press("r")
        await until(pilot, lambda: "Give to" in shown(pilot))
        await pilot.press(*"other", "enter")
        await until(pilot, lambda: len(listed(pilot)) == 4)
        assert other in {task["owner"]["id"] for task in elsewhere(tasks).values() if task["owner"]}


async def test_the_week_stands_beside_each_other_where_there_is_room(
    running: Running, elsewhere: Elsewhere
) -> None:
    async with running(AGENDA) as pilot:
        assert not pilot.app.screen.query_one(Week).display
    async with running(AGENDA, size=(120, 40)) as pilot:
        week = pilot.app.screen.query_one(Week)
        assert week.display
        assert "› Monday 06-15" in shown(pilot)
        assert "Wed 06-17" in shown(pilot)
        elsewhere(add("task", name="On Thursday", due_on="2026-06-18"))
        await until(pilot, lambda: "· On Thursday" in shown(pilot))
        week.query(Lines).first().focus()
        await pilot.press("right")
        await until(pilot, lambda: "Monday 06-22" in shown(pilot))
        await pilot.press("W")
        assert not week.display


async def test_it_wakes_when_the_day_ends_and_follows_others_without_losing_the_cursor(
    running: Running, elsewhere: Elsewhere, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CRM_NOW", "2026-06-15T23:59:59.900Z")
    async with running(AGENDA, size=(60, 20)) as pilot:
        grid = pilot.app.screen.query_one(AgendaGrid)
        await pilot.press("down", "down")
        assert grid.held is not None
        assert grid.held.name == "Send offer"
        monkeypatch.setenv("CRM_NOW", "2026-06-16T00:00:00.010Z")
        await until(pilot, lambda: listed(pilot)[:3] == ["-overdue", "Send offer", "Call back"])
        assert grid.held.name == "Send offer"
        later = elsewhere(tasks)["Later"]["id"]
        elsewhere(lambda workspace: workspace.run(Set("task", (later,), (("due_on", "=", "2026-06-15"),))))
        await until(
            pilot, lambda: listed(pilot)[0:4] == ["-overdue", *sorted(listed(pilot)[1:3]), "Call back"]
        )
        assert grid.held.name == "Send offer"


async def test_an_agenda_with_nothing_in_it_says_so(running: Running, elsewhere: Elsewhere) -> None:
    def finish(workspace: Workspace) -> None:
        ids = tuple(str(task["id"]) for task in tasks(workspace).values())
        workspace.run(Set("task", ids, (("status", "=", "done"),)))

    elsewhere(finish)
    async with running(AGENDA) as pilot:
        assert "Nothing is to be done." in shown(pilot)
        await pilot.press("x", "z", "enter", "space", "down")
        await settled(pilot)
        assert "Nothing is to be done." in shown(pilot)


async def test_a_narrow_list_leaves_room_for_what_there_is_to_do(running: Running) -> None:
    async with running() as pilot:
        source = AgendaSource(cast(CrmApp, pilot.app).desk, everyone=False)
        for across in (48, 54, 55, 60, 100):
            source.fit(across)
            columns = {column.key: column.width for column in source.columns()}
            assert columns["what"] >= 16, across
            assert columns["when"] >= (16 if across >= 55 else 10), across
