"""A key pressed too soon does no harm: what is typed before a question is there is for the question, and much is asked about."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.tui.conftest import Running, settled, until
from textual import events
from textual.widgets import Input, OptionList

from crmtool.app.bulk import Item, run_many
from crmtool.app.commands import Add
from crmtool.store.reader import Query
from crmtool.tui.app import UNASKED
from crmtool.tui.dialogs import Choice, Confirm, Pick
from crmtool.tui.places import Place
from crmtool.tui.screens.goto import Goto


async def test_letters_behind_the_key_of_a_question_go_into_it(running: Running) -> None:
    async with running(Place("list", "contact")) as pilot:
        app = pilot.app
        for key in ("colon", *"dau"):  # deletes, adds and undoes where it is not typed into something
            app.post_message(events.Key(key, ":" if key == "colon" else key))
        await until(pilot, lambda: isinstance(app.screen, Goto) and app.screen.query(Input))
        await until(pilot, lambda: app.screen.query_one(Input).value == "dau")
        await pilot.press("escape")
        await settled(pilot)
        await pilot.press("down")  # and keys are keys again
        assert not isinstance(app.screen, Goto)


async def test_a_question_that_is_being_built_is_broken_by_no_key(running: Running) -> None:
    async with running(Place("list", "contact")) as pilot:
        app = pilot.app
        asked = Pick("Which?", [Choice(str(number), f"Number {number}") for number in range(3)])
        app.push_screen(asked)
        # Keys under way to the list below meet the question; a list of its own to move in is not there yet.
        for key in ("down", "down", "up"):
            await app._check_bindings(key)
        await until(pilot, lambda: asked.ready and asked.query_one(OptionList).highlighted == 1)


async def test_many_records_are_taken_back_only_after_a_question(
    running: Running, elsewhere: Callable[..., Any]
) -> None:
    people = [
        Item(str(number), Add("contact", {"name": f"Person {number}"})) for number in range(UNASKED + 1)
    ]
    elsewhere(lambda workspace: run_many(workspace, people, "contact add"))

    def there() -> int:
        counted: int = elsewhere(lambda workspace: workspace.reader.count(Query("contact")))
        return counted

    before = there()
    async with running(Place("list", "contact")) as pilot:
        await pilot.press("u")
        await until(pilot, lambda: isinstance(pilot.app.screen, Confirm))
        await pilot.press("enter")  # “no” is under the cursor
        await until(pilot, lambda: not isinstance(pilot.app.screen, Confirm))
        assert there() == before
        await pilot.press("u")
        await until(pilot, lambda: isinstance(pilot.app.screen, Confirm))
        await pilot.press("y")
        await until(pilot, lambda: there() == before - len(people))
