"""When unused objects are looked for: a look through everything takes 0.1 s and more, which nobody shall wait for behind a key.

What is loaded is set aside for good. New objects are looked through as they come, in small lots; old ones, such as the screens
that were left, in a moment in which the program has nothing to do.
"""

from __future__ import annotations

import gc
import sys
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from textual.app import App

YOUNG = 5_000  # new objects after which those are looked through: 1 to 2 ms
MIDDLE = 10  # such looks after which what outlived one is looked through
NEVER = 1_000_000  # of those looks, after which the interpreter would look through everything by itself
LOOK_SECONDS = 2.0  # between two looks for a moment of rest
REST = 0.05  # of a core: below it the program is at rest
PATIENCE = 60  # looks without rest after which all the same old objects are looked through
OLD = 3  # looks through the middle that make it worth while
TURN_SECONDS = 0.001  # after which a thread that computes lets the event loop have its turn; 5 ms without it


class GarbageCollection:
    """Of a program that shows screens; made before its event loop runs."""

    def __init__(self) -> None:
        gc.collect()
        gc.freeze()
        gc.set_threshold(YOUNG, MIDDLE, NEVER)
        sys.setswitchinterval(TURN_SECONDS)
        self._cpu, self._at = time.process_time(), time.monotonic()
        self._busy = 0

    def watch(self, app: App[int]) -> None:
        """Look for moments of rest while the app runs."""
        app.set_interval(LOOK_SECONDS, self._look)

    def _look(self) -> None:
        cpu, at = time.process_time(), time.monotonic()
        rests = cpu - self._cpu < REST * (at - self._at)
        self._cpu, self._at = cpu, at
        if gc.get_count()[2] < OLD:
            return
        self._busy += 1
        if rests or self._busy > PATIENCE:
            self._busy = 0
            gc.collect()
