"""Going to a place by its text: text and place undo each other, names are found, wrong lines say where."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.tui.conftest import Running, settled, shown, until
from textual.widgets import Input, Log, OptionList

from crmtool.app.commands import Set
from crmtool.app.resolve import resolve
from crmtool.app.workspace import Workspace
from crmtool.core.entities import builtin
from crmtool.core.errors import CrmError, UsageError
from crmtool.core.ids import handle
from crmtool.tui import going
from crmtool.tui.app import CrmApp
from crmtool.tui.places import HOME, SCREENS, Place
from crmtool.tui.screens.commands import Commands
from crmtool.tui.screens.goto import Goto, suggestions, wrong
from crmtool.tui.screens.output import Output

Elsewhere = Callable[..., Any]

texts = st.one_of(
    st.sampled_from(
        ["", 'name ~ "a b"', "stage=won and amount > 10k", "x --sort=name", '"', "O'Brien --view=a"]
    ),
    st.text(max_size=20),
).map(lambda text: text.strip())
names = texts.filter(bool)
entities = st.sampled_from(["contact", "company", "deal", "task", "view", "list"])


def made(**parts: st.SearchStrategy[str]) -> st.SearchStrategy[Place]:
    """Places of which these parts are drawn, and the others empty."""
    return st.fixed_dictionaries(parts).map(lambda drawn: Place(**drawn))


LIST, RECORD, RUN, SEARCH = (st.just(kind) for kind in ("list", "record", "run", "search"))
places = st.one_of(
    made(kind=LIST, entity=entities, filter=texts, sort=texts, view=texts, on=texts),
    made(kind=LIST, view=names),
    made(kind=LIST, on=names),
    made(kind=RECORD, entity=entities.filter(lambda e: e not in going.NAMED), record=names),
    made(kind=RECORD, record=names.map(lambda text: f"@{text}")),
    made(kind=RUN, text=texts),
    made(kind=SEARCH, entity=st.just("") | entities, text=texts),
    made(
        kind=st.sampled_from([kind for kind in going.words() if kind != "search"]), text=texts, filter=texts
    ),
)


@given(places)
def test_a_place_and_its_text_undo_each_other(place: Place) -> None:
    assert going.parse(going.written(place, builtin()), builtin()) == place


@given(st.text(max_size=40))
def test_any_text_leads_somewhere_or_is_refused(text: str) -> None:
    try:
        going.parse(text, builtin())
    except UsageError:
        pass


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("", HOME),
        ("today", HOME),
        ("deals status=open and amount > 10k", Place("list", "deal", filter="status=open and amount > 10k")),
        ("deals status=open --sort=-amount", Place("list", "deal", filter="status=open", sort="-amount")),
        ("deal", Place("list", "deal")),
        ("contact ana@acme.es", Place("record", "contact", "ana@acme.es")),
        ("view Hot leads", Place("list", view="Hot leads")),
        ("list Fair", Place("list", on="Fair")),
        ("lists", Place("list", "list")),
        ("find ana", Place("search", text="ana")),
        ("!contact list", Place("run", text="contact list")),
        ("! crm contact list", Place("run", text="crm contact list")),
    ],
)
def test_what_people_type(text: str, place: Place) -> None:
    assert going.parse(text, builtin()) == place


def test_names_become_records_and_what_is_none_of_them_a_filter(elsewhere: Elsewhere) -> None:
    def look(workspace: Workspace) -> None:
        def meant(text: str) -> Place:
            return going.settle(workspace, going.parse(text, workspace.registry))

        ana = meant("contact ana@acme.es")
        assert ana.record == meant("contact ana ruiz").record == meant("contact 600 123 456").record
        assert meant(f"@{handle(ana.record)}") == ana
        assert meant(going.written(ana, workspace.registry)) == ana
        assert meant("deal status=open") == Place("list", "deal", filter="status=open")
        assert meant("contact nobody") == Place("list", "contact", filter="nobody")
        assert meant("view customers") == Place("list", "contact", view="Customers")
        assert meant("list fair") == Place("list", "contact", on="Fair")
        assert meant("boats length > 3") == Place("list", "boat", filter="length > 3")
        for text, says in (
            ("@00000000", "00000000"),
            ("view nobody", "nobody"),
            ("dels status=open", "deal"),
            ("deals amout > 3", "amout"),
            ("deals stage = nowhere", "nowhere"),
        ):
            with pytest.raises(CrmError) as failed:
                meant(text)
            assert says in f"{failed.value.message} {failed.value.hint}"
        with pytest.raises(CrmError) as failed:
            meant("deals amout > 3")
        assert wrong("deals amout > 3", failed.value).startswith("      ^\n")

    elsewhere(look)


def test_a_line_is_completed_with_places_names_fields_and_values(elsewhere: Elsewhere) -> None:
    def look(workspace: Workspace) -> None:
        def offered(text: str) -> list[str]:
            return [suggestion.text for suggestion in suggestions(workspace, text)]

        assert "deals " in offered("de")
        assert "boats " in offered("b")
        assert offered("contact rui") == ["contact Ana Ruiz"]
        assert offered("contact ana@a") == ["contact ana@acme.es"]
        ana = resolve(workspace.reader, workspace.registry.entity("contact"), "Ana Ruiz")
        assert f"contact @{handle(ana)}" in offered("contact @")
        assert offered("board sa") == ["board Sales"]
        assert "deals company=Acme" in offered("deals company=a")
        assert offered("view ") == ["view Customers"]
        assert offered("view cu") == ["view Customers"]
        assert "deals stage" in offered("deals st")
        assert "deals status=open" in offered("deals status=o")
        assert offered("!contact ") == []

    elsewhere(look)


async def test_a_line_leads_there_is_kept_and_says_what_is_wrong(running: Running) -> None:
    async with running() as pilot:
        await pilot.press("colon", *"contac")
        await until(pilot, lambda: "contacts" in shown(pilot))
        await pilot.press("tab")
        assert pilot.app.screen.query_one(Input).value == "contacts "
        await pilot.press(*"amount=3", "enter")
        await until(pilot, lambda: "^" in shown(pilot))
        assert isinstance(pilot.app.screen, Goto)
        pilot.app.screen.query_one(Input).value = "contact ana@acme.es"
        await pilot.press("enter")
        await settled(pilot)
        await until(pilot, lambda: "Ana Ruiz" in shown(pilot) and not isinstance(pilot.app.screen, Goto))
        await pilot.press("colon", "up")
        assert pilot.app.screen.query_one(Input).value == "contact ana@acme.es"
        await pilot.press("down")
        assert pilot.app.screen.query_one(Input).value == ""
        await pilot.press("escape")
        assert not isinstance(pilot.app.screen, Goto)


async def test_a_command_line_is_run_and_what_is_done_can_be_copied_and_run_again(running: Running) -> None:
    async with running() as pilot:
        app = cast(CrmApp, pilot.app)
        app.go(Place("run", text="contact list --fields name 'name ~ mallory'"))
        await settled(pilot)
        printed = "\n".join(app.screen.query_one(Log).lines)
        assert r"Mallory [/red] \x1b[31m" in printed
        assert "done" in shown(pilot)
        app.go(Place("run", text="contact show nobody"))
        await settled(pilot)
        assert "ended with 3" in shown(pilot)
        ana = await app.desk.ask(lambda w: going.settle(w, going.parse("contact Ana Ruiz", w.registry)))
        await app.deeds.run(Set("contact", (ana.record,), (("name", "=", "Ana Changed"),)))
        await pilot.press("ctrl+y")
        await settled(pilot)
        assert isinstance(app.screen, Commands)
        assert app.screen.query_one(OptionList).option_count == 1
        await pilot.press("y")
        assert app.clipboard == f"crm contact set @{handle(ana.record)} 'name=Ana Changed'"
        await pilot.press("u")
        await until(pilot, lambda: len(app.deeds.log) == 2)
        await settled(pilot)
        await pilot.press("down", "enter")
        await until(pilot, lambda: "Run this command again?" in shown(pilot))
        await pilot.press("y")
        await until(pilot, lambda: isinstance(app.screen, Output))
        await settled(pilot)
        again = await app.desk.ask(lambda w: w.reader.require("contact", ana.record))
        assert again["name"] == "Ana Changed"


def test_every_screen_has_a_word_or_is_reached_by_what_it_shows() -> None:
    assert set(going.words()) | going.NO_WORDS == set(SCREENS)
