"""A key pressed too soon does no harm: what is typed before a question is there is for the question, and much is asked about."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from tests.tui.conftest import Running, settled, until
from textual import events
from textual.keys import key_to_character
from textual.pilot import Pilot
from textual.widgets import Input, OptionList

from crmtool.app.bulk import Item, run_many
from crmtool.app.commands import Add
from crmtool.store.reader import Query
from crmtool.tui.app import UNASKED
from crmtool.tui.celledit import CellEditor
from crmtool.tui.dialogs import Choice, Confirm, Dialog, Pick, Prompt
from crmtool.tui.places import Place
from crmtool.tui.screens.form import Form
from crmtool.tui.screens.search import Search
from crmtool.tui.widgets.grid import Grid
from crmtool.tui.widgets.inputs import FieldInput


def place_of(elsewhere: Callable[..., Any], kind: str, entity: str) -> Place:
    """A place of this kind; of a record the first there is."""
    if kind != "record":
        return Place(kind, entity)
    found = elsewhere(lambda workspace: [*workspace.query(Query(entity, limit=1))])
    return Place(kind, entity, found[0]["id"])


def burst(pilot: Pilot[int], keys: str) -> None:
    """Type all of this before the app has its turn; ``^`` is escape."""
    for key in keys:
        name = {"^": "escape", ":": "colon"}.get(key, key)
        pilot.app.post_message(events.Key(name, key_to_character(name)))


# Behind each key letters that quit, undo and go elsewhere on the screen below.
@pytest.mark.parametrize(
    ("kind", "entity", "keys"),
    [
        ("list", "contact", ":"),
        ("home", "", "t"),
        ("home", "", "c"),
        ("list", "contact", "c"),
        ("list", "contact", "E"),
        ("record", "contact", "t"),
        ("record", "contact", "L"),
        ("board", "", "p"),
        ("board", "", "c"),
        ("agenda", "", "c"),
    ],
)
async def test_letters_behind_the_key_of_a_question_go_into_it(
    running: Running, elsewhere: Callable[..., Any], kind: str, entity: str, keys: str
) -> None:
    async with running(place_of(elsewhere, kind, entity)) as pilot:
        app, scene = pilot.app, pilot.app.screen
        burst(pilot, f"{keys}quf")
        await until(pilot, lambda: isinstance(app.screen, Dialog) and app.screen.query(Input))
        await until(pilot, lambda: app.screen.query(Input).first().value == "quf")
        await pilot.press("escape")
        await until(pilot, lambda: app.screen is scene)
        burst(pilot, f"{keys}qu^")  # what closes the question may come as soon
        await settled(pilot)
        await until(pilot, lambda: app.screen is scene and app.is_running)
        burst(pilot, "f")  # and keys are keys again
        await until(pilot, lambda: isinstance(app.screen, Search))


@pytest.mark.parametrize(
    ("kind", "entity", "key"), [("list", "contact", "a"), ("board", "", "a"), ("record", "company", "e")]
)
async def test_letters_behind_the_key_of_a_form_go_into_it(
    running: Running, elsewhere: Callable[..., Any], kind: str, entity: str, key: str
) -> None:
    async with running(place_of(elsewhere, kind, entity)) as pilot:
        burst(pilot, f"{key}quf")
        await until(pilot, lambda: isinstance(pilot.app.screen, Form) and pilot.app.screen.query(Input))
        await until(pilot, lambda: pilot.app.screen.query(Input).first().value.endswith("quf"))


async def test_an_enter_among_the_keys_of_a_form_moves_on_before_the_letters_behind_it(
    running: Running, elsewhere: Callable[..., Any]
) -> None:
    async with running(place_of(elsewhere, "record", "contact")) as pilot:
        app = pilot.app
        for key in ("e", "enter", "enter", *"Buyer"):
            app.post_message(events.Key(key, key if len(key) == 1 else None))
        await until(pilot, lambda: isinstance(app.screen, Form) and app.screen.ready)
        name, _, title = (one.query(Input).first() for one in app.screen.query(FieldInput)[:3])
        await until(pilot, lambda: title.value.endswith("Buyer"))
        assert "B" not in name.value


async def test_letters_behind_the_key_of_a_cell_go_into_it(running: Running) -> None:
    async with running(Place("list", "contact")) as pilot:
        await until(pilot, lambda: pilot.app.screen.query_one(Grid).row)
        burst(pilot, "equf")
        await until(pilot, lambda: pilot.app.screen.query(CellEditor))
        await until(
            pilot, lambda: pilot.app.screen.query_one(CellEditor).query_one(Input).value.endswith("quf")
        )


async def test_letters_behind_the_answer_to_a_question_go_into_the_next(
    running: Running, elsewhere: Callable[..., Any]
) -> None:
    async with running(place_of(elsewhere, "record", "contact")) as pilot:
        await pilot.press("L")
        await until(pilot, lambda: isinstance(pilot.app.screen, Pick) and pilot.app.screen.ready)
        await pilot.press("up")  # a new list
        pilot.app.post_message(events.Key("enter", None))
        await until(pilot, lambda: not isinstance(pilot.app.screen, Pick))
        burst(pilot, "quf")
        await until(pilot, lambda: isinstance(pilot.app.screen, Prompt) and pilot.app.screen.query(Input))
        await until(pilot, lambda: pilot.app.screen.query_one(Input).value == "quf")


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
