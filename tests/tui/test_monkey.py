"""Random keys and random changes beside them: the app goes on, the store stays sound, and all can be taken back."""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tests.tui.conftest import Running, shown, until
from tests.tui.hostile import RAW
from tests.tui.monkey import play

from crmtool.app.commands import Add, Undo
from crmtool.app.workspace import Workspace
from crmtool.cli import config, main
from crmtool.cli.state import State, use
from crmtool.tui.app import CrmApp
from crmtool.tui.places import HOME

# Walks over what the other tests try one by one: measuring it would cost its time again and cover nothing more.
pytestmark = [pytest.mark.slow, pytest.mark.no_cover]

STEPS = 250


@pytest.mark.parametrize("seed", [3, 5, 8])
async def test_whatever_is_pressed_the_app_goes_on(
    seed: int,
    running: Running,
    home: Path,
    elsewhere: Callable[..., Any],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("EDITOR", "true")
    for folder in (home, home / "workspaces"):
        folder.chmod(0o700)  # the doctor looks at that too
    chance = random.Random(seed)
    async with running() as pilot:
        app = pilot.app
        assert isinstance(app, CrmApp)
        for _ in range(STEPS // 50):
            await play(pilot, chance, 50, elsewhere)
            for raw in RAW:
                assert raw not in shown(pilot)
            assert not app.faults.unforeseen, f"seed {seed}: {app.faults.unforeseen}"
        # Keys that are still under way belong to what was played, not to the screen that is opened now.
        await until(pilot, app._message_queue.empty)
        await until(pilot, lambda: not app._holders)
        while len(app.screen_stack) > 2:
            await app.pop_screen()
        app.start_at(HOME)
        await until(pilot, lambda: "Today" in shown(pilot))

    def taken_back(workspace: Workspace) -> bool:
        added = workspace.run(Add("contact", {"name": "Afterwards"})).made[0][1]
        workspace.run(Undo(None, False))
        return workspace.reader.get("contact", added, trash="without") is None

    assert elsewhere(taken_back)
    config.forget()
    use(State())
    capsys.readouterr()
    assert main.run(["doctor", "--deep"]) == 0, capsys.readouterr()
