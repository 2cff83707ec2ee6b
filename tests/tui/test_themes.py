"""Colours: enough contrast in every theme, measured on what is drawn; nothing said by colour alone; chosen while looking."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import cast

import pytest
from rich.color import Color as RichColor
from tests.tui.conftest import Running, settled, shown, until
from textual.color import Color
from textual.pilot import Pilot

from crmtool.cli import config
from crmtool.tui import going
from crmtool.tui.app import CrmApp
from crmtool.tui.places import Place
from crmtool.tui.screens.base import Scene
from crmtool.tui.screens.colours import Colours
from crmtool.tui.screens.goto import Goto
from crmtool.tui.screens.palette import Palette
from crmtool.tui.themes import ANSI, CONTRAST, THEMES

# Walks over what the other tests try one by one: measuring it would cost its time again and cover nothing more.
pytestmark = [pytest.mark.slow, pytest.mark.no_cover]

OWN = [name for name in THEMES if name != ANSI.name]
TEXT, PARTS, HIGH = 4.5, 3.0, 7.0
# What is drawn rather than written: frames, bars, blocks.
_DRAWN = range(0x2500, 0x2600)

CONTACTS = Place("list", "contact")
PLACES = [
    CONTACTS,
    Place("search", text="acme"),
    *(Place(kind) for kind in going.words() if kind != "search"),
]


def pieces(pilot: Pilot[int]) -> Iterator[tuple[str, RichColor, RichColor, bool]]:
    """(text, its colour, what it stands on, whether it is reversed) of everything on the screen that can be seen."""
    screen = pilot.app.screen
    seen = (
        screen.children[0].region if screen.is_modal else screen.region
    )  # what is below a question is dimmed
    for strip in screen._compositor.render_strips()[seen.y : seen.bottom]:
        for segment in strip.crop(seen.x, seen.right):
            style = segment.style
            if (
                segment.text.strip()
                and style is not None
                and style.color is not None
                and style.bgcolor is not None
            ):
                yield segment.text, style.color, style.bgcolor, bool(style.reverse)


def ratio(one: RichColor, other: RichColor) -> float:
    """The contrast of two colours as WCAG measures it, 1 to 21."""

    def brightness(colour: RichColor) -> float:
        linear = [
            part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4
            for part in Color.from_rich_color(colour).normalized
        ]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    light, dark = sorted((brightness(one), brightness(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def measure(pilot: Pilot[int], least: float) -> set[tuple[str, str, str, str, float]]:
    """The texts and parts of the screen that are hard to see."""
    found = set()
    for text, colour, ground, _ in pieces(pilot):
        drawn = all(ord(char) in _DRAWN or char == " " for char in text)
        contrast = ratio(colour, ground)
        if contrast < (PARTS if drawn else least):
            found.add((pilot.app.theme, text.strip(), colour.name, ground.name, round(contrast, 2)))
    return found


def test_the_measure_knows_black_from_white() -> None:
    black, white = RichColor.parse("#000000"), RichColor.parse("#ffffff")
    assert ratio(black, white) == pytest.approx(21)
    assert ratio(RichColor.parse("#777777"), white) == pytest.approx(4.48, abs=0.01)


async def test_every_screen_can_be_read_in_every_theme(running: Running) -> None:
    async with running(size=(130, 40)) as pilot:
        bad: set[tuple[str, str, str, str, float]] = set()
        for place in PLACES:
            cast(CrmApp, pilot.app).start_at(place)
            await settled(pilot)
            if place.kind == "list":
                await pilot.press("space")
            bad |= await look(pilot)
        cast(CrmApp, pilot.app).start_at(CONTACTS)
        await settled(pilot)
        for key, dialog in (("ctrl+p", Palette), ("colon", Goto)):
            await pilot.press(key)
            await until(pilot, lambda dialog=dialog: isinstance(pilot.app.screen, dialog))  # type: ignore[misc]
            await pilot.pause(0.1)
            bad |= await look(pilot)
            await pilot.press("escape")
        await pilot.press("enter")  # a record, its form, and its history
        await settled(pilot)
        bad |= await look(pilot)
        for key, kind in (("h", "record_history"), ("e", "form")):
            await pilot.press(key)
            await until(pilot, lambda kind=kind: cast(Scene, pilot.app.screen).place.kind == kind)  # type: ignore[misc]
            await pilot.pause(0.2)
            bad |= await look(pilot)
            await pilot.press("escape")
            await until(pilot, lambda: cast(Scene, pilot.app.screen).place.kind == "record")
        assert not bad


async def look(pilot: Pilot[int]) -> set[tuple[str, str, str, str, float]]:
    """What is hard to see on the screen in each theme of our own."""
    bad = set()
    for name in OWN:
        pilot.app.theme = name
        await pilot.pause()
        bad |= measure(pilot, HIGH if name == CONTRAST.name else TEXT)
    return bad


async def test_a_theme_is_seen_while_it_is_chosen_kept_and_taken_back(running: Running, home: Path) -> None:
    async with running() as pilot:
        await pilot.press("T")
        await until(pilot, lambda: isinstance(pilot.app.screen, Colours))
        await pilot.press("down")
        await pilot.pause()
        assert pilot.app.theme == "light"
        await pilot.press("escape")
        await pilot.pause()
        assert pilot.app.theme == "dark"
        await pilot.press("T")
        await until(pilot, lambda: isinstance(pilot.app.screen, Colours))
        await pilot.press("down", "down", "enter")
        app = cast(CrmApp, pilot.app)
        await until(pilot, lambda: app.deeds.log)
        assert app.theme == "contrast"
        assert app.deeds.log[-1].line == "crm config set theme contrast"
        assert tomllib.loads((home / "config.toml").read_text()) == {"theme": "contrast"}


async def test_the_terminals_own_colours_are_used_and_nothing_is_blended(running: Running) -> None:
    async with running(CONTACTS, theme="ansi") as pilot:
        await pilot.press("space")
        await settled(pilot)
        assert pilot.app.native_ansi_color
        colours = {colour for piece in pieces(pilot) for colour in piece[1:3]}
        assert colours
        assert not [colour for colour in colours if colour.triplet is not None]


async def test_without_colours_the_cursor_and_what_is_chosen_can_still_be_told(
    running: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    async with running(CONTACTS) as pilot:
        await pilot.press("space")
        await settled(pilot)
        assert pilot.app.no_color
        for _, colour, ground, _ in pieces(pilot):
            for found in (colour, ground):
                triplet = found.get_truecolor()
                assert triplet.red == triplet.green == triplet.blue
        grounds = {ground.get_truecolor() for _, _, ground, _ in pieces(pilot)}
        assert len(grounds) > 1  # the cursor is lighter or darker than the rest
        assert (
            "●" in shown(pilot) or "✓" in shown(pilot) or "*" in shown(pilot)
        )  # a mark beside what is chosen


def test_the_settings_know_every_theme() -> None:
    assert config.CHOICES["theme"] == tuple(THEMES)
