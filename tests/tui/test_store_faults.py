"""A store that is held by another writer, or gone: said in the app, which goes on."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.tui.conftest import Running, settled, shown, until

from crmtool.app.commands import Add
from crmtool.app.workspace import Workspace
from crmtool.store.reader import Query
from crmtool.tui.app import CrmApp
from crmtool.tui.places import SCREENS, Place
from crmtool.tui.screens.base import Scene

CONTACTS = Place("list", "contact")


def crm(app: object) -> CrmApp:
    assert isinstance(app, CrmApp)
    return app


async def test_a_change_waits_for_another_writer_and_the_app_does_not(
    running: Running, opener: Callable[[bool], Workspace]
) -> None:
    async with running(CONTACTS) as pilot:
        app = crm(pilot.app)
        assert isinstance(app.screen, Scene)
        with opener(False) as other:
            with other.db.atomic():
                app.screen.work(app.deeds.run, Add("contact", {"name": "Aaron Waits"}))
                await pilot.press("down")
                await pilot.pause(0.2)
                assert "Ana Ruiz" in shown(pilot)
                assert not app.deeds.log
            await until(pilot, lambda: "Aaron Waits" in shown(pilot))


async def test_a_store_that_is_gone(running: Running, home: Path, elsewhere: Callable[..., Any]) -> None:
    def one(workspace: Workspace) -> str:
        return str(next(iter(workspace.query(Query("contact", limit=1))))["id"])

    record = elsewhere(one)
    async with running(CONTACTS) as pilot:
        app = crm(pilot.app)
        shutil.rmtree(home / "workspaces" / "default")
        for kind in SCREENS:
            if kind != "run":
                await app.push_screen(Place(kind, "contact", record).screen())
                await settled(pilot)
                await app.pop_screen()
        assert isinstance(app.screen, Scene)
        app.screen.work(app.deeds.run, Add("contact", {"name": "Nowhere"}))
        await settled(pilot)
        await pilot.press("down")
        assert not app.faults.unforeseen
