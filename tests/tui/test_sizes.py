"""From 60x20 to 300x80 and back: every screen stays whole and keeps its place, title, last command and keys."""

from __future__ import annotations

from typing import cast

import pytest
from tests.tui.conftest import Running, settled, shown

from crmtool.app.commands import Set
from crmtool.doors.width import width
from crmtool.tui.app import CrmApp
from crmtool.tui.places import SCREENS, Place
from crmtool.tui.screens.base import Scene
from crmtool.tui.widgets.bars import EchoBar, TitleBar
from crmtool.tui.widgets.keybar import KeyBar

# Walks over what the other tests try one by one: measuring it would cost its time again and cover nothing more.
pytestmark = [pytest.mark.slow, pytest.mark.no_cover]

SIZES = ((300, 80), (119, 30), (60, 20))


async def test_every_screen_takes_any_size(running: Running) -> None:
    async with running(size=(100, 30)) as pilot:
        app = cast(CrmApp, pilot.app)
        ana = await app.desk.ask(
            lambda workspace: workspace.reader.by_name("contact", ["ana ruiz"])["ana ruiz"][0]
        )
        await app.deeds.run(Set("contact", (ana,), (("description", "=", "long " * 60),)))
        places = {
            "list": Place("list", "contact"),
            "record": Place("record", "contact", ana),
            "record_history": Place("record_history", "contact", ana),
            "form": Place("form", "contact", ana),
            "search": Place("search", text="acme"),
            "run": Place("run", text="version"),
        }
        for kind in SCREENS:
            app.start_at(places.get(kind, Place(kind)))
            await settled(pilot)
            scene = app.screen
            assert isinstance(scene, Scene), (kind, app.screen_stack)
            assert scene.place.kind == kind
            focused = app.focused
            for columns, rows in SIZES:
                await pilot.resize_terminal(columns, rows)
                await settled(pilot)
                lines = shown(pilot).splitlines()
                assert len(lines) == rows, kind
                assert max(map(width, lines)) <= columns, kind
                assert scene.has_class({60: "-narrow", 119: "-normal", 300: "-wide"}[columns])
                for bar in (TitleBar, EchoBar, KeyBar):
                    assert scene.query_one(bar).region.height == 1, (kind, bar, columns)
                    assert scene.region.contains_region(scene.query_one(bar).region), (kind, bar, columns)
                assert scene.is_modal or lines[-1].strip().endswith(("Keys", "Help")), (kind, columns)
                assert "crm contact set" in lines[-2] if columns > 60 else "crm" in lines[-2]
            assert app.screen is scene
            assert app.focused is focused
