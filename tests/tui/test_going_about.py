"""Opening the app, going to lists and records and back, and seeing what others change."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.tui.conftest import Running, settled, shown, until

from crmtool.app.commands import Add, Set
from crmtool.tui.places import Place
from crmtool.tui.screens.listing import Listing
from crmtool.tui.widgets.grid import Grid

CONTACTS = Place("list", "contact")


async def test_it_opens_at_home_and_leads_to_a_record_and_back(running: Running) -> None:
    async with running() as pilot:
        await pilot.press("1")
        await settled(pilot)
        assert "Ana Ruiz" in shown(pilot)
        await pilot.press("enter")
        await settled(pilot)
        assert "ana@acme.es" in shown(pilot)
        await pilot.press("escape")
        await settled(pilot)
        assert isinstance(pilot.app.screen, Listing)
        await pilot.press("escape")
        assert "Today" in shown(pilot)


async def test_hostile_text_is_shown_and_obeyed_nowhere(running: Running) -> None:
    async with running(CONTACTS) as pilot:
        assert r"Mallory [/red] \x1b[31m" in shown(pilot)


async def test_what_another_process_adds_appears_and_the_cursor_stays_with_its_record(
    running: Running, elsewhere: Callable[..., Any]
) -> None:
    async with running(CONTACTS) as pilot:
        grid = pilot.app.screen.query_one(Grid)
        await pilot.press("down")
        held = grid.row
        assert held is not None
        elsewhere(lambda workspace: workspace.run(Add("contact", {"name": "Aaron First"})))
        await until(pilot, lambda: "Aaron First" in shown(pilot))
        assert grid.row is not None
        assert grid.row.key == held.key


async def test_a_change_is_undone_by_key_also_when_another_process_made_it(
    running: Running, elsewhere: Callable[..., Any]
) -> None:
    async with running(CONTACTS) as pilot:
        grid = pilot.app.screen.query_one(Grid)
        assert grid.row is not None
        key = grid.row.key
        elsewhere(lambda workspace: workspace.run(Set("contact", (key,), (("name", "=", "Aaa Renamed"),))))
        await until(pilot, lambda: "Aaa Renamed" in shown(pilot))
        await pilot.press("u")
        await until(pilot, lambda: "Aaa Renamed" not in shown(pilot) and "crm undo" in shown(pilot))
