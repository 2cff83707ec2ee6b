"""Search as one types: what is found and marked, what one narrows it to, what is remembered and saved."""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any, cast

from tests.tui.conftest import Running, settled, shown, until
from textual.pilot import Pilot
from textual.widgets import Input, OptionList

from crmtool.app.commands import Add
from crmtool.core.tokens import parse_query
from crmtool.tui.app import CrmApp
from crmtool.tui.dialogs import Prompt
from crmtool.tui.hits import marked
from crmtool.tui.places import Place
from crmtool.tui.screens.search import Search

SEARCH = Place("search")


def lines(pilot: Pilot[int]) -> list[str]:
    """The lines to choose from."""
    box = pilot.app.screen.query_one(OptionList)
    return [str(option.prompt) for option in box.options]


async def type_text(pilot: Pilot[int], text: str) -> None:
    """Type, and wait for the answer to all of it."""
    pilot.app.screen.query_one(Input).value = text
    scene = cast(Search, pilot.app.screen)
    await until(pilot, lambda: scene._answered == (text, scene.place.entity))
    await settled(pilot)


async def test_any_kind_is_found_by_any_way_people_write_it(running: Running) -> None:
    async with running(SEARCH, size=(140, 30)) as pilot:
        for text, name in (
            ("ru", "Ana Ruiz"),
            ("JOSE", "José Blanco"),
            ("600 123-456", "Ana Ruiz"),
            ("li@exam", "李小龙"),
            ("小龙", "李小龙"),
            ("akerl", "Åkerlund"),
            ("roof", "Roof"),
            ("morning", "Remark"),
            ("mallory", r"Mallory [/red] \x1b[31m"),
        ):
            await type_text(pilot, text)
            assert name in lines(pilot)[0], text
        await type_text(pilot, "ana@acme.es")
        assert "Calle Mayor 1" in shown(pilot)  # the record beside its hit
        await type_text(pilot, "nobody at all")
        assert lines(pilot) == []
        assert "Calle" not in shown(pilot)


async def test_enter_opens_what_was_typed_even_before_the_answer_and_the_search_is_remembered(
    running: Running,
) -> None:
    async with running(SEARCH) as pilot:
        await pilot.press(*"ruiz", "enter")
        await settled(pilot)
        assert "ana@acme.es" in shown(pilot)
        await pilot.press("escape")
        await pilot.press("ctrl+u")
        await until(pilot, lambda: "ruiz" in lines(pilot))
        await pilot.press("enter")
        await until(pilot, lambda: "Ana Ruiz" in "".join(lines(pilot)))
        assert pilot.app.screen.query_one(Input).value == "ruiz"


async def test_a_key_changes_what_is_searched_and_news_are_let_in(
    running: Running, elsewhere: Callable[..., Any]
) -> None:
    async with running(SEARCH) as pilot:
        await type_text(pilot, "acme")
        kinds = {line.split()[0] for line in lines(pilot)}
        assert {"Contact", "Company"} <= kinds
        await pilot.press("ctrl+t")
        await settled(pilot)
        assert {line.split()[0] for line in lines(pilot)} == {"Contact"}
        scene = cast(Search, pilot.app.screen)
        assert scene.place.words() == ["find", "acme", "--entity", "contact"]
        elsewhere(lambda workspace: workspace.run(Add("contact", {"name": "Acme Person"})))
        await until(pilot, lambda: "Acme Person" in "".join(lines(pilot)))


async def test_a_search_is_saved_as_a_command_of_ones_own(running: Running, home: Path) -> None:
    async with running(SEARCH) as pilot:
        await type_text(pilot, "ana acm")
        await pilot.press("ctrl+s")
        await until(pilot, lambda: isinstance(pilot.app.screen, Prompt))
        await pilot.press("enter")
        app = cast(CrmApp, pilot.app)
        await until(pilot, lambda: app.deeds.log)
        assert app.deeds.log[-1].line == """crm config set aliases.ana-acm 'find '"'"'ana acm'"'"''"""
        settings = tomllib.loads((home / "config.toml").read_text())
        assert settings == {"aliases": {"ana-acm": "find 'ana acm'"}}
        await pilot.press("ctrl+u")
        await until(pilot, lambda: any(line.startswith("ana-acm") for line in lines(pilot)))


def test_what_matched_is_marked_in_every_script() -> None:
    def marks(text: str, typed: str) -> list[str]:
        content = marked(text, parse_query(typed))
        return [content.plain[span.start : span.end] for span in content.spans]

    assert marks("Ana Ruiz", "rui") == ["Rui"]
    assert marks("José Blanco", "jose") == ["José"]
    assert marks("李小龙", "小") == ["小"]
    assert marks("+34 600 123 456", "600123456") == ["+34 600 123 456"]
    assert marks("Ana", "zz") == []
