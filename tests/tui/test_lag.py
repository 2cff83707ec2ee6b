"""The probe of the event loop: what holds it up is found, with the place where it does."""

from __future__ import annotations

import time
from pathlib import Path

from tests.tui.conftest import Running, until

from crmtool.tui.app import CrmApp
from crmtool.tui.lag import NOTED


async def test_what_holds_the_loop_up_is_written_down(running: Running, tmp_path: Path) -> None:
    report = tmp_path / "lag.txt"
    async with running(lag=str(report)) as pilot:
        assert isinstance(pilot.app, CrmApp)
        lag = pilot.app.lag
        assert lag is not None
        lag.forget()
        _hold_up()
        await until(pilot, lambda: any("_hold_up" in gap.stack for gap in lag.gaps()))
        assert lag.gaps()[0].seconds > NOTED
    assert "_hold_up" in report.read_text()


def _hold_up() -> None:
    time.sleep(0.2)
