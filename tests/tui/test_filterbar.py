"""The filter of a list: answered as it is typed, completed with what there is, and forgiving while it is half written."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from tests.tui.conftest import Running, settled, shown, until
from textual.events import Key
from textual.pilot import Pilot
from textual.widgets import Input

from crmtool.tui.places import Place
from crmtool.tui.records import Records
from crmtool.tui.screens.listing import Listing
from crmtool.tui.widgets.completing import Completing
from crmtool.tui.widgets.filterbar import FilterBar
from crmtool.tui.widgets.grid import Grid

CONTACTS = Place("list", "contact")


async def typed(pilot: Pilot[Any], text: str) -> None:
    """Type into the filter, a key at a time."""
    await pilot.press("slash")
    await pilot.press(*("space" if char == " " else char for char in text))


def names(pilot: Pilot[Any]) -> list[str]:
    return [row.cells[0] for row in pilot.app.screen.query_one(Grid).window.rows]


async def test_the_list_is_what_the_filter_says_as_it_is_typed(running: Running) -> None:
    async with running(CONTACTS) as pilot:
        everybody = names(pilot)
        await typed(pilot, "company=Acme")
        await until(pilot, lambda: sorted(names(pilot)) == ["Ana Ruiz", "José Blanco"])
        assert pilot.app.screen.place.filter == "company=Acme"  # type: ignore[attr-defined]
        await pilot.press("enter")
        assert isinstance(pilot.app.focused, Grid)
        await until(pilot, lambda: "2 records" in shown(pilot))
        await pilot.press("slash", "ctrl+u")
        await until(pilot, lambda: names(pilot) == everybody)


async def test_a_filter_that_cannot_be_read_says_where_and_leaves_the_list(running: Running) -> None:
    async with running(CONTACTS) as pilot:
        before = names(pilot)
        await typed(pilot, "name = = x")
        bar = pilot.app.screen.query_one(FilterBar)
        await until(pilot, lambda: bar.has_class("-wrong"))
        await settled(pilot)
        lines = shown(pilot).splitlines()
        at = next(number for number, line in enumerate(lines) if "name = = x" in line)
        assert lines[at + 1].strip() == "^"
        assert lines[at + 1].index("^") == lines[at].index("= x")
        assert names(pilot) == before
        await pilot.press("escape")
        assert not bar.has_class("-wrong")
        assert bar.line.value == ""


async def test_words_are_offered_and_taken_with_tab(running: Running) -> None:
    async with running(CONTACTS) as pilot:
        line = pilot.app.screen.query_one("#filter", Completing)
        await typed(pilot, "compa")
        await until(pilot, lambda: line.has_class("-offering"))
        await pilot.press("tab")
        assert line.value == "company"
        await pilot.press("equals_sign", "A")
        await until(pilot, lambda: [offer.text for offer in line._offers][:1] == ["Acme"])
        await pilot.press("down")
        await line._offer()  # offers that come late leave the cursor on the one it went to
        await pilot.press("enter")
        assert line.value == "company=Acme"
        assert line.query_one(Input).has_focus


async def test_keys_that_come_at_once_are_in_the_filter(running: Running) -> None:
    async with running(CONTACTS) as pilot:
        for key in "/ad/":
            pilot.app.post_message(Key({"/": "slash"}.get(key, key), key))
        await settled(pilot)
        assert pilot.app.screen.query_one(FilterBar).line.value == "ad/"


async def test_letters_are_letters_in_the_filter(running: Running) -> None:
    async with running(CONTACTS) as pilot:
        await typed(pilot, "dqux")
        assert pilot.app.screen.query_one(FilterBar).line.value == "dqux"
        assert pilot.app.is_running


async def test_what_is_typed_ahead_of_the_records_goes_into_the_filter(
    running: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    read, may_read = Listing._records, asyncio.Event()

    async def late(listing: Listing, place: Place) -> Records:
        await may_read.wait()
        return await read(listing, place)

    monkeypatch.setattr(Listing, "_records", late)
    async with running() as pilot:
        pilot.app.go(CONTACTS)  # type: ignore[attr-defined]
        await until(pilot, lambda: bool(pilot.app.screen.query(FilterBar)))
        await typed(pilot, "ana")
        assert isinstance(pilot.app.screen, Listing)  # and nothing that the letters do in a list was done
        may_read.set()
        await until(pilot, lambda: bool(pilot.app.screen.query(Grid)) and names(pilot) == ["Ana Ruiz"])
        assert isinstance(pilot.app.focused, Input)


async def test_half_a_field_or_value_is_nothing_to_search_for(running: Running) -> None:
    async with running(CONTACTS) as pilot:
        everybody = names(pilot)
        bar = pilot.app.screen.query_one(FilterBar)
        await pilot.press("slash")
        for half in ("lifec", "ycle ", "= cus"):
            await pilot.press(*("space" if char == " " else char for char in half))
            await until(pilot, lambda: bar.line.has_class("-offering"))
            await settled(pilot)
            assert names(pilot) == everybody
            assert not bar.has_class("-wrong")


async def test_half_a_field_is_searched_for_where_that_is_meant(running: Running) -> None:
    async with running(CONTACTS) as pilot:
        await typed(pilot, "em")
        await pilot.press("enter")
        await until(pilot, lambda: pilot.app.screen.place.filter == "em")  # type: ignore[attr-defined]
        await pilot.press("slash", "a")
        await until(pilot, lambda: pilot.app.screen._held_back == "ema")  # type: ignore[attr-defined]
        await pilot.click(Grid)
        await until(pilot, lambda: pilot.app.screen.place.filter == "ema")  # type: ignore[attr-defined]


async def test_enter_on_a_filter_that_cannot_be_read_stays_in_the_line(running: Running) -> None:
    async with running(CONTACTS) as pilot:
        await typed(pilot, "lifecycle=nobody")
        await pilot.press("enter")
        bar = pilot.app.screen.query_one(FilterBar)
        await until(pilot, lambda: bar.has_class("-wrong") and bar.line.query_one(Input).has_focus)
        await pilot.press("ctrl+u", "enter")
        await until(pilot, lambda: not bar.has_class("-wrong"))
        assert isinstance(pilot.app.focused, Grid)


async def test_one_escape_leaves_a_line_that_was_emptied(running: Running) -> None:
    async with running(CONTACTS) as pilot:
        line = pilot.app.screen.query_one("#filter", Completing)
        await typed(pilot, "compa")
        await until(pilot, lambda: line.has_class("-offering"))
        await pilot.press("ctrl+u")
        await line._offer()
        await pilot.press("escape")
        assert isinstance(pilot.app.focused, Grid)
        assert not line.has_class("-offering")
