"""What is loaded behind the first screen, and screens that are styled once."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

import pytest
from tests.tui.conftest import Running, until

from crmtool.tui import loading
from crmtool.tui.dialogs import Confirm
from crmtool.tui.places import HOME, SCREENS, Place
from crmtool.tui.screens.listing import Listing

WAITS = """
import sys, time
from crmtool.tui.loading import Loading, modules
assert "crmtool.tui.screens.board" not in sys.modules
Loading().start()
end = time.monotonic() + 60
while not {*modules()} <= {*sys.modules} and time.monotonic() < end:
    time.sleep(0.01)
print(*(name for name in sys.modules if name.startswith("crmtool.tui.")))
"""


def test_every_screen_is_among_what_is_loaded_ahead() -> None:
    assert {module for module, _ in SCREENS.values()} <= {*loading.modules()}
    assert "crmtool.tui.app" in loading.modules()


def test_a_thread_loads_what_nobody_has_seen_yet() -> None:
    done = subprocess.run([sys.executable, "-c", WAITS], capture_output=True, text=True, check=True)
    loaded = {*done.stdout.split()}
    assert {*loading.modules()} <= loaded
    assert "crmtool.tui.serving" not in loaded


@pytest.mark.parametrize(("width", "name"), [(60, "-narrow"), (80, "-normal"), (120, "-wide")])
async def test_a_new_screen_knows_how_wide_it_will_be(running: Running, width: int, name: str) -> None:
    """Otherwise everything on it is styled a second time as soon as it is shown."""
    async with running(HOME, size=(width, 30)) as pilot:
        for made in (Place("list", "contact").screen(), Confirm("Sure?")):
            assert [*made.classes] == [name]
        await pilot.resize_terminal(100, 30)
        assert pilot.app.screen.has_class("-normal")
        assert pilot.app.screen.classes & {"-narrow", "-wide"} == set()


async def test_a_new_screen_is_painted_in_another_turn_than_it_is_laid_out(
    running: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    within, painted = False, []
    lay_out, paint = Listing._refresh_layout, Listing._compositor_refresh

    def laid_out(screen: Listing, *given: Any, **named: Any) -> None:
        nonlocal within
        within = True
        lay_out(screen, *given, **named)
        within = False

    def noted(screen: Listing) -> None:
        painted.append(within)
        paint(screen)

    async with running(HOME) as pilot:
        monkeypatch.setattr(Listing, "_refresh_layout", laid_out)
        monkeypatch.setattr(Listing, "_compositor_refresh", noted)
        await pilot.press("1")
        await until(pilot, lambda: painted)
        assert not painted[0]
