"""Waking when something is due, since a day ends and a meeting begins without a change in the store."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmtool.core import clock
from crmtool.core.dates import from_instant

if TYPE_CHECKING:
    from collections.abc import Callable

    from textual.timer import Timer

    from crmtool.tui.screens.base import Scene

LOOK_SECONDS = (
    20  # between two looks at the clock: one that sleeps through a moment with the machine must not miss it
)


class Waker:
    """Calls ``then`` once the moment given last has come, as long as the screen is there."""

    def __init__(self, scene: Scene, then: Callable[[], object]) -> None:
        self._scene, self._then = scene, then
        self._timer: Timer | None = None
        self._moment = ""

    def until(self, moment: str) -> None:
        """Wake at this instant."""
        self._moment = moment
        self._wait()

    def _wait(self) -> None:
        if self._timer is not None:
            self._timer.stop()
        seconds = (from_instant(self._moment) - from_instant(clock.now())).total_seconds()
        self._timer = self._scene.set_timer(min(max(seconds, 0) + 0.01, LOOK_SECONDS), self._look)

    def _look(self) -> None:
        if clock.now() < self._moment:
            self._wait()
        else:
            self._then()
