"""Every place of the app over what should not be: nothing at all, hostile text everywhere, and what vanishes while it is seen."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tests.tui.conftest import Running, shown
from tests.tui.hostile import RAW, TEXTS, everywhere, poison, sample
from textual.pilot import Pilot

from crmtool.app.commands import Add, Command, Purge, Remove, Set
from crmtool.app.create import NewWorkspace, create_workspace
from crmtool.app.workspace import Workspace
from crmtool.core.policy import DenyAll
from crmtool.store.reader import Query
from crmtool.tui.app import CrmApp
from crmtool.tui.dialogs import Dialog
from crmtool.tui.places import Place

# Walks over what the other tests try one by one: measuring it would cost its time again and cover nothing more.
pytestmark = [pytest.mark.slow, pytest.mark.no_cover]

FEW = ("", "contact", "deal", "task")
SECRETS = ("Ana", "Ruiz", "Acme", "Roof", "Bridge", "Call back", "Send offer")
Elsewhere = Callable[[Callable[[Workspace], Any]], Any]


def crm(pilot: Pilot[int]) -> CrmApp:
    assert isinstance(pilot.app, CrmApp)
    return pilot.app


def runs(command: Command) -> Callable[[Workspace], Any]:
    """What runs a command."""
    return lambda workspace: workspace.run(command)


async def calm(pilot: Pilot[int]) -> None:
    """Wait until everything that was asked for is shown, or a question waits for its answer."""
    await asyncio.sleep(0.01)
    while pilot.app.workers and not isinstance(pilot.app.screen, Dialog):
        await asyncio.sleep(0.01)
    await asyncio.sleep(0.01)


async def visit(pilot: Pilot[int], place: Place, *keys: str) -> str:
    """Go to a place, press keys there, answer what is seen, and let go of it."""
    app = crm(pilot)
    await app.push_screen(place.screen())
    await calm(pilot)
    seen = shown(pilot)
    if keys:
        await pilot.press(*keys)
        await calm(pilot)
        seen += shown(pilot)
    while len(app.screen_stack) > 2:
        await app.pop_screen()
    assert not app.faults.unforeseen, (place, app.faults.unforeseen)
    return seen


async def test_a_workspace_with_nothing_in_it(running: Running, home: Path) -> None:
    path = home / "workspaces" / "default" / "crm.db"
    shutil.rmtree(path.parent)
    with create_workspace(str(path), NewWorkspace("Empty", "Sam"), zone="UTC") as workspace:
        places = [place for place in everywhere(workspace) if place.entity in FEW]
    async with running() as pilot:
        for place in places:
            assert await visit(pilot, place, "down", "end", "enter"), place


async def test_hostile_text_in_every_field(running: Running, elsewhere: Elsewhere) -> None:
    assert elsewhere(poison) > 50
    async with running() as pilot:
        for place in sample(elsewhere(everywhere)):
            seen = await visit(pilot, place)
            for raw in RAW:
                assert raw not in seen, (place, raw)


@pytest.mark.parametrize("width", [60, 120])
async def test_hostile_names_of_stages(running: Running, elsewhere: Elsewhere, width: int) -> None:
    def rename(workspace: Workspace) -> None:
        for stage in list(workspace.query(Query("stage", fields=("id",)))):
            workspace.run(Set("stage", (stage["id"],), (("name", "=", f"{TEXTS[1]} {stage['id']}"),)))

    elsewhere(rename)
    async with running(size=(width, 30)) as pilot:
        seen = await visit(pilot, Place("board"))
        assert "esc" in seen
        assert [raw for raw in RAW if raw in seen] == []


async def test_where_nothing_may_be_seen_nothing_is(running: Running, elsewhere: Elsewhere) -> None:
    places = elsewhere(everywhere)
    async with running(policy=DenyAll()) as pilot:
        for place in places:
            if (
                place.entity in FEW and place.kind != "run"
            ):  # which is another process, with the policy it reads itself
                seen = await visit(pilot, place)
                for secret in SECRETS:
                    assert secret not in seen, (place, secret)


@pytest.mark.parametrize("kind", ["record", "record_history", "form"])
async def test_a_record_that_vanishes_while_it_is_seen(
    kind: str, running: Running, elsewhere: Elsewhere
) -> None:
    async with running() as pilot:
        app = crm(pilot)
        for entity in ("contact",):
            added = elsewhere(runs(Add(entity, {"name": "Gone"})))
            record = added.made[0][1]
            for gone in (Remove(entity, (record,)), Purge(entity, (record,))):
                await app.push_screen(Place(kind, entity, record).screen())
                await calm(pilot)
                elsewhere(runs(gone))
                await pilot.pause(0.1)
                await pilot.press("down", "e", "ctrl+s")
                await calm(pilot)
                while len(app.screen_stack) > 2:
                    await app.pop_screen()
        assert not app.faults.unforeseen
        assert "Today" in shown(pilot)


async def test_a_storm_of_sizes(running: Running) -> None:
    async with running(Place("list", "contact")) as pilot:
        app = crm(pilot)
        for place in (None, Place("board"), Place("agenda"), Place("home"), Place("search", text="a")):
            if place is not None:
                app.start_at(place)
            await calm(pilot)
            for size in ((60, 20), (300, 80), (1, 1), (200, 5), (100, 30)):
                await pilot.resize_terminal(*size)
            assert not app.faults.unforeseen, place


async def test_a_note_of_a_million_characters(running: Running, elsewhere: Elsewhere) -> None:
    bodies = ("w\u0308 " * 33_000, "x" * 1_000_000, "\n".join(["line"] * 20_000))
    notes = [str(elsewhere(runs(Add("note", {"name": "Long", "body": body}))).made[0][1]) for body in bodies]
    async with running() as pilot:
        for note in notes:
            for kind in ("record", "form"):
                assert "Long" in await visit(pilot, Place(kind, "note", note), "down"), kind
