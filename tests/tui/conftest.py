"""The app over the small sample workspace, without a terminal: ``async with running(…) as pilot``."""

from __future__ import annotations

import asyncio
import contextlib
import shutil
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import Any

import pytest
from tests import samples
from textual.pilot import Pilot

from crmtool.app.workspace import Workspace, open_workspace
from crmtool.core.policy import Policy
from crmtool.tui.app import CrmApp
from crmtool.tui.places import HOME, Place
from crmtool.tui.settings import Settings

Running = Callable[..., AbstractAsyncContextManager[Pilot[int]]]


@pytest.fixture(scope="session")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a sample workspace that nobody writes to."""
    home = tmp_path_factory.mktemp("sample")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CRM_HOME", str(home))
        patch.setenv("CRM_NOW", samples.NOW)
        return samples.fill().parent


@pytest.fixture
def home(sample: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home of the test's own, with a copy of the sample as its default workspace."""
    folder = tmp_path / "home"
    shutil.copytree(sample, folder / "workspaces" / "default")
    monkeypatch.setenv("CRM_HOME", str(folder))
    monkeypatch.setenv("CRM_NOW", samples.NOW)
    monkeypatch.setenv("LANG", "C.UTF-8")
    monkeypatch.delenv("NO_COLOR", raising=False)
    return folder


@pytest.fixture
def opener(home: Path) -> Callable[[bool], Workspace]:
    """Opens the workspace of the test."""
    file = str(home / "workspaces" / "default" / "crm.db")
    return lambda read_only: open_workspace(file, zone="UTC", read_only=read_only)


@pytest.fixture
def elsewhere(opener: Callable[[bool], Workspace]) -> Callable[..., Any]:
    """Does something to the workspace as another process would: by a connection of its own."""

    def run(work: Callable[[Workspace], Any]) -> Any:
        with opener(False) as workspace:
            return work(workspace)

    return run


@pytest.fixture
def running(home: Path, opener: Callable[[bool], Workspace]) -> Running:
    """``running(place, size=…, policy=…)`` starts the app there, and stops it."""

    @contextlib.asynccontextmanager
    async def run(
        place: Place = HOME,
        *,
        size: tuple[int, int] = (100, 30),
        policy: Policy | None = None,
        **options: Any,
    ) -> AsyncIterator[Pilot[int]]:
        def under(read_only: bool) -> Workspace:
            workspace = opener(read_only)
            if policy is not None:
                workspace.policy = policy
                workspace.refresh_clock()
            return workspace

        settings = Settings(
            workspace="default",
            memory=str(home / "tui.json"),
            log=str(home / "tui.log"),
            program=(sys.executable, "-m", "crmtool"),
            **options,
        )
        app = CrmApp(under, settings, place)
        async with app.run_test(size=size, notifications=True) as pilot:
            await settled(pilot)
            yield pilot
        # What nobody foresaw does not end the app; it ends the test, unless that took it off the list.
        for error in app.faults.unforeseen:
            raise error

    return run


async def settled(pilot: Pilot[int]) -> None:
    """Wait until everything that was asked for is shown; fails where something waits for an answer."""
    async with asyncio.timeout(60):
        await pilot.pause()
        while pilot.app.workers:
            await asyncio.gather(
                *(worker.wait() for worker in list(pilot.app.workers)), return_exceptions=True
            )
            await pilot.pause()


async def until(pilot: Pilot[int], holds: Callable[[], object], seconds: float = 30) -> None:
    """Wait for what another thread or process brings about; fails when it does not come."""
    for _ in range(int(seconds * 50)):
        if holds():
            return
        await pilot.pause(0.02)
    raise AssertionError("it did not come")


def shown(pilot: Pilot[int]) -> str:
    """The text on the screen, line by line, as a person sees it."""
    width, height = pilot.app.size
    lines = pilot.app.screen._compositor.render_strips()
    return "\n".join(strip.text.rstrip() for strip in lines[:height])[: width * height * 4]
