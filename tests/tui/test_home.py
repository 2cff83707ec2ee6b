"""Home: what is due, the figures, what closes and what happens, and what is done to a task from there."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from tests.tui.conftest import Running, settled, shown, until
from textual.pilot import Pilot
from textual.widgets import Input, OptionList

from crmtool.app.commands import Add, Close
from crmtool.app.workspace import Workspace
from crmtool.store.reader import Query
from crmtool.tui.screens.home import Home
from crmtool.tui.screens.listing import Listing
from crmtool.tui.screens.record import RecordScene
from crmtool.tui.widgets.agenda import AgendaGrid
from crmtool.tui.widgets.feed import ActivityFeed
from crmtool.tui.widgets.figures import Card, Figures
from crmtool.tui.widgets.lines import Lines

Elsewhere = Callable[..., Any]


def figure(pilot: Pilot[int], key: str) -> str:
    """The value of a figure as shown."""
    home = next(screen for screen in pilot.app.screen_stack if isinstance(screen, Home))
    card = next(card for card in home.query(Card) if card.key == key)
    return card.figure.value if card.figure is not None else ""


def listed(pilot: Pilot[int]) -> list[str]:
    """The names in the list of what is to do."""
    grid = pilot.app.screen.query_one(AgendaGrid)
    return [row.record.name for row in grid.window.rows if row.record is not None]


def tasks(workspace: Workspace) -> dict[str, dict[str, Any]]:
    return {record["name"]: record for record in workspace.reader.records(Query("task"))}


async def test_the_day_is_shown_and_a_figure_opens_the_list_of_what_it_counts(running: Running) -> None:
    async with running(size=(110, 34)) as pilot:
        text = shown(pilot)
        for part in ("Overdue", "! 1 task", "Call back", "! Send offer", "Ana Ruiz", "2 deals", "15,400 EUR"):
            assert part in text, part
        assert "Later" not in text.split("What happens")[0]
        assert "Sam Seller: Boat Argo was made" in text
        pilot.app.screen.query_one(Figures).focus()
        await pilot.press("right", "right", "enter")
        await settled(pilot)
        assert isinstance(pilot.app.screen, Listing)
        assert pilot.app.screen.place.filter == "status = open"
        assert "2 records" in shown(pilot)
        await pilot.press("escape")
        await pilot.click(next(iter(pilot.app.screen.query(Card))))
        await settled(pilot)
        assert "due < today" in pilot.app.screen.place.filter
        assert "1 record" in shown(pilot)


async def test_figures_list_and_feed_follow_what_happens_elsewhere_and_the_cursor_stays(
    running: Running, elsewhere: Elsewhere
) -> None:
    async with running() as pilot:
        grid = pilot.app.screen.query_one(AgendaGrid)
        await pilot.press("end")
        held = grid.row
        assert held is not None
        deal = elsewhere(
            lambda workspace: workspace.run(Add("deal", {"name": "Tower [/b]\x1b[31m", "amount": "1000 EUR"}))
        )
        await until(pilot, lambda: figure(pilot, "open") == "16,400 EUR")
        elsewhere(lambda workspace: workspace.run(Add("task", {"name": "Before", "due_on": "2026-06-09"})))
        await until(pilot, lambda: figure(pilot, "overdue") == "2 tasks" and "Before" in listed(pilot))
        assert grid.row is not None
        assert grid.row.key == held.key
        elsewhere(lambda workspace: workspace.run(Close(deal.changed[0][1], "won")))
        await until(pilot, lambda: figure(pilot, "won") == "1,000 EUR")
        feed = pilot.app.screen.query_one(ActivityFeed)
        first = str(feed.get_option_at_index(0).prompt)
        assert r"Sam Seller: Deal Tower [/b]\x1b[31m was changed: " in first
        feed.focus()
        feed.highlighted = 0
        await pilot.press("enter")
        await settled(pilot)
        assert isinstance(pilot.app.screen, RecordScene)


async def test_a_task_is_ticked_off_put_off_and_written_without_leaving(
    running: Running, elsewhere: Elsewhere
) -> None:
    async with running() as pilot:
        await pilot.press("x")
        await until(pilot, lambda: figure(pilot, "overdue") == "0 tasks")
        await settled(pilot)
        assert elsewhere(tasks)["Call back"]["status"] == "done"
        assert "crm task done @" in shown(pilot)
        await pilot.press("u")
        await until(pilot, lambda: figure(pilot, "overdue") == "1 task")
        await settled(pilot)
        await pilot.press("home", "down", "z")
        await until(pilot, lambda: "Put off until" in shown(pilot))
        await pilot.press(*"week", "enter")
        await until(pilot, lambda: figure(pilot, "overdue") == "0 tasks")
        assert elsewhere(tasks)["Call back"]["due_on"] == "2026-06-22"
        await settled(pilot)
        await pilot.press("t")
        await until(pilot, lambda: "New task" in shown(pilot))
        typed = pilot.app.screen.query_one(Input)
        typed.value = "Ask Ana's boss due=never"
        await pilot.press("enter")
        assert "due=never" in typed.value  # it is still there, and says what is wrong
        typed.value = 'Ask Ana\'s boss due=today contact="Ana Ruiz"'
        await pilot.press("enter")
        await until(pilot, lambda: figure(pilot, "due") == "2 tasks" and "Ask Ana's boss" in listed(pilot))


async def test_a_call_is_logged_with_somebody_who_is_looked_for(
    running: Running, elsewhere: Elsewhere
) -> None:
    async with running() as pilot:
        await pilot.press("c")
        await until(pilot, lambda: "Whom did you talk to?" in shown(pilot))
        await pilot.press(*"ana")
        await until(pilot, lambda: pilot.app.screen.query_one(OptionList).option_count)
        await pilot.press("enter")
        await until(pilot, lambda: "What was said on the phone?" in shown(pilot))
        await pilot.press(*"liked it", "enter")
        await settled(pilot)
        feed = pilot.app.screen.query_one(ActivityFeed)
        await until(pilot, lambda: "Activity liked it was made" in str(feed.get_option_at_index(0).prompt))
        calls = elsewhere(lambda workspace: list(workspace.reader.records(Query("activity"))))
        assert ("liked it", "call") in {(call["name"], call["type"]) for call in calls}


async def test_everyone_is_shown_on_a_key_and_remembered(running: Running, elsewhere: Elsewhere) -> None:
    def prepare(workspace: Workspace) -> None:
        other = workspace.run(Add("user", {"name": "Other"})).changed[0][1]
        workspace.run(Add("task", {"name": "Theirs", "due_on": "2026-06-15", "owner": other}))

    elsewhere(prepare)
    async with running() as pilot:
        assert "Theirs" not in listed(pilot)
        await pilot.press("E")
        await until(pilot, lambda: figure(pilot, "due") == "2 tasks" and "Theirs" in listed(pilot))
    async with running() as pilot:
        assert figure(pilot, "due") == "2 tasks"


async def test_it_wakes_when_the_day_ends_without_a_change(
    running: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CRM_NOW", "2026-06-15T23:59:59.900Z")
    async with running() as pilot:
        assert (figure(pilot, "overdue"), figure(pilot, "due")) == ("1 task", "1 task")
        monkeypatch.setenv("CRM_NOW", "2026-06-16T00:00:00.010Z")
        await until(pilot, lambda: (figure(pilot, "overdue"), figure(pilot, "due")) == ("2 tasks", "0 tasks"))
        await settled(pilot)
        grid = pilot.app.screen.query_one(AgendaGrid)
        assert [row.key[:6] for row in grid.window.rows if row.record is None] == ["-overd"]


@pytest.mark.parametrize("size", [(80, 30), (120, 30)])
async def test_large_amounts_are_told_whole(
    running: Running, elsewhere: Elsewhere, size: tuple[int, int]
) -> None:
    for status in ("open", "won"):
        elsewhere(lambda w, status=status: w.run(Add("deal", {
            "name": "Large", "amount": "1234567.89 EUR", "status": status,
            "close_on": "today", "closed_on": "2026-05-10" if status == "won" else None,
        })))  # fmt: skip
    async with running(size=size) as pilot:
        await until(pilot, lambda: "2026-05: " in shown(pilot))
        assert "…" not in "\n".join(shown(pilot).split("To do today")[0].splitlines()[1:])


async def test_a_small_terminal_shows_everything_below_one_another(running: Running) -> None:
    async with running(size=(60, 20)) as pilot:
        assert "Call back" in shown(pilot)
        pilot.app.screen.query_one("#closing", Lines).focus()
        await settled(pilot)
        await until(pilot, lambda: "Closing soon" in shown(pilot))
