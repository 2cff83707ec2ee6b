"""What fails in the app is said and written down, and the app goes on."""

from __future__ import annotations

import asyncio
import os
import signal
import stat
import sys
from collections.abc import Callable
from pathlib import Path

import pexpect
import pytest
from tests.tui.conftest import Running, settled, shown, until
from textual import events

from crmtool.core.errors import StoreError
from crmtool.core.messages import Message
from crmtool.tui.app import CrmApp
from crmtool.tui.dialogs import Confirm
from crmtool.tui.places import HOME, Place
from crmtool.tui.screens.base import Scene
from crmtool.tui.screens.listing import Listing
from crmtool.tui.widgets.grid import Grid

CONTACTS = Place("list", "contact")


class Unforeseen(Exception):
    """A mistake of ours."""


async def fails(error: Exception) -> None:
    raise error


def scene(app: object) -> Scene:
    assert isinstance(app, CrmApp)
    assert isinstance(app.screen, Scene)
    return app.screen


async def test_an_error_of_work_is_shown_with_what_to_do_and_nothing_is_logged(
    running: Running, home: Path
) -> None:
    async with running(CONTACTS) as pilot:
        scene(pilot.app).work(
            fails, StoreError(Message("The disk [b]is[/b] full."), Message("Free some space."))
        )
        await until(
            pilot, lambda: "The disk [b]is[/b] full." in shown(pilot) and "Free some space." in shown(pilot)
        )
        assert not (home / "tui.log").exists()


async def test_a_mistake_is_logged_for_its_owner_alone_and_the_app_goes_on(
    running: Running, home: Path
) -> None:
    async with running(CONTACTS) as pilot:
        app = scene(pilot.app).crm
        scene(app).work(fails, Unforeseen("gone wrong"))
        await until(pilot, lambda: "gone wrong" in shown(pilot))
        log = home / "tui.log"
        assert "Unforeseen: gone wrong" in log.read_text()
        assert stat.S_IMODE(log.stat().st_mode) == 0o600
        await pilot.press("down")
        assert isinstance(app.screen, Listing)
        app.faults.unforeseen.clear()


async def test_a_screen_that_stopped_is_built_anew(running: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    async with running(CONTACTS) as pilot:
        app = scene(pilot.app).crm
        broken = app.screen
        with monkeypatch.context() as patch:
            patch.setattr(Listing, "on_key", _raise, raising=False)
            await pilot.press("z")
            await until(pilot, lambda: app.screen is not broken)
        await settled(pilot)
        assert isinstance(app.screen, Listing)
        assert "Ana Ruiz" in shown(pilot)
        app.faults.unforeseen.clear()


async def test_an_action_that_fails_stops_nothing(running: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    async with running(CONTACTS) as pilot:
        app = scene(pilot.app).crm
        screen = app.screen
        monkeypatch.setattr(Grid, "action_first", _raise)
        await pilot.press("home")
        await until(pilot, lambda: "in a handler" in shown(pilot))
        await pilot.press("down")
        assert app.screen is screen
        app.faults.unforeseen.clear()


async def test_a_question_that_stopped_is_left(running: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    async with running(CONTACTS) as pilot:
        app = scene(pilot.app).crm
        monkeypatch.setattr(Confirm, "on_key", _raise, raising=False)
        scene(app).work(scene(app).ask, Confirm("Sure?"))
        await until(pilot, lambda: isinstance(app.screen, Confirm) and app.screen.ready)
        app.screen.post_message(events.Key("z", "z"))
        for _ in range(200):  # without the pilot, which waits for the one that stopped
            await asyncio.sleep(0.05)
            if isinstance(app.screen, Listing):
                break
        await until(pilot, lambda: "in a handler" in shown(pilot))
        app.faults.unforeseen.clear()


async def test_a_fault_that_comes_again_and_again_ends_the_app_with_a_sentence(running: Running) -> None:
    async with running() as pilot:
        app = scene(pilot.app).crm
        for _ in range(4):
            app.faults.recover(Unforeseen("again"))
        await until(pilot, lambda: app._exit)
        assert app.return_code == 1
        app.faults.unforeseen.clear()


def _raise(*_: object) -> None:
    raise Unforeseen("in a handler")


@pytest.mark.system
@pytest.mark.parametrize(
    ("end", "code"),
    [
        (lambda child: child.send("\x03"), 0),
        (lambda child: os.kill(child.pid, signal.SIGTERM), 128 + signal.SIGTERM),
    ],
    ids=["ctrl-c", "sigterm"],
)
def test_it_leaves_the_terminal_as_it_was(
    home: Path, end: Callable[[pexpect.spawn], object], code: int
) -> None:
    child = pexpect.spawn(
        sys.executable,
        ["-m", "crmtool"],
        env={**os.environ, "TERM": "xterm-256color"},
        dimensions=(30, 100),
        timeout=20,
    )
    child.expect_exact(b"\x1b[?1049h")
    child.expect_exact(b"Today")
    end(child)
    child.expect_exact(b"\x1b[?1049l")  # the screen that was there before
    assert b"\x1b[?25h" in child.before + child.read()  # and its cursor
    child.wait()
    assert child.exitstatus == code


@pytest.mark.system
def test_it_draws_on_the_terminal_when_errors_go_to_a_file(home: Path, tmp_path: Path) -> None:
    errors = tmp_path / "errors"
    child = pexpect.spawn(
        "/bin/sh",
        ["-c", f"exec {sys.executable} -m crmtool 2>{errors}"],
        env={**os.environ, "TERM": "xterm-256color"},
        dimensions=(30, 100),
        timeout=20,
    )
    child.expect_exact(b"\x1b[?1049h")
    child.expect_exact(b"Today")
    child.send("q")
    child.expect_exact(b"\x1b[?1049l")
    child.expect(pexpect.EOF)
    child.wait()
    assert child.exitstatus == 0
    assert errors.read_bytes() == b""


@pytest.mark.system
@pytest.mark.parametrize(
    ("words", "said", "code"),
    [
        ("tui | cat", "the output is none", 2),
        ("tui </dev/null", "the input is none", 2),
        ("| cat", "Here is the help instead", 0),
        ("</dev/null", "Here is the help instead", 0),
    ],
)
def test_without_a_whole_terminal_it_says_so_and_draws_nothing(
    home: Path, words: str, said: str, code: int
) -> None:
    child = pexpect.spawn(
        "/bin/bash",
        ["-o", "pipefail", "-c", f"{sys.executable} -m crmtool {words}"],
        env={**os.environ, "TERM": "xterm-256color"},
        dimensions=(30, 100),
        timeout=20,
    )
    child.expect(pexpect.EOF)
    child.wait()
    assert said in child.before.decode()
    assert b"\x1b[?" not in child.before
    assert child.exitstatus == code


@pytest.mark.system
def test_it_ends_when_its_terminal_is_closed(home: Path) -> None:
    child = pexpect.spawn(
        sys.executable,
        ["-m", "crmtool"],
        env={**os.environ, "TERM": "xterm-256color"},
        dimensions=(30, 100),
        timeout=20,
    )
    child.expect_exact(b"Today")
    os.close(child.child_fd)
    child.closed, child.child_fd = True, -1
    _, status = os.waitpid(child.pid, 0)
    assert os.waitstatus_to_exitcode(status) == 128 + signal.SIGHUP
    child.ptyproc.terminated = True


def test_home_is_where_it_begins() -> None:
    assert HOME.words() == ["today"]


async def test_what_comes_when_the_app_ends_is_no_fault(running: Running) -> None:
    """An answer may arrive when the widgets are gone that would show it, and the screen is not."""
    came: list[bool] = []

    async def answer() -> None:
        while app.is_running:
            await asyncio.sleep(0)
        came.append(True)
        app.screen_stack[-1].query_one("#gone")

    async with running() as pilot:
        app = pilot.app
        assert isinstance(app, CrmApp)
        scene(app).work(answer)
        await asyncio.sleep(0)
    assert came
    assert app.faults.unforeseen == []
