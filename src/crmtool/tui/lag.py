"""How long the event loop was held up: the longest gaps between two beats of a heart in it, and what it was doing meanwhile.

``CRM_TUI_LAG=FILE crm`` writes them when the app is left; the benchmarks and the soak read them. A gap that is longer than it was
``busy`` was another program's turn, which ``delayed`` tells of where the system does, or a wait for the interpreter's lock.
"""

from __future__ import annotations

import asyncio
import contextlib
import heapq
import sys
import threading
import time
import traceback
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from typing import IO

BEAT = 0.005  # seconds between two beats
NOTED = 0.025  # a gap of so many seconds is kept, and looked into while it lasts
BUDGET = 0.05  # what no gap may be over
KEPT = 400
FRAMES = 14  # of the stack that is kept with a gap


class Gap(NamedTuple):
    """``seconds`` without a beat from ``began`` (of ``time.monotonic``) on; the loop's thread had ``busy`` seconds of CPU.

    For ``delayed`` seconds the thread was ready and every core was another's. ``stack`` is where it was, as text.
    """

    seconds: float
    busy: float
    delayed: float = 0.0
    began: float = 0.0
    stack: str = ""

    @property
    def own(self) -> float:
        """The seconds that are the app's own doing."""
        return self.seconds - self.delayed


class Lag:
    """Measures the loop it is started in, until it is stopped."""

    def __init__(self) -> None:
        self.beats = 0
        self._worst: list[Gap] = []
        self._last = 0.0
        self._stack = ""
        self._ended = threading.Event()
        self._heart: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin; in the loop's own thread."""
        self._last = time.perf_counter()
        self._heart = asyncio.get_running_loop().create_task(self._beat())
        watcher = threading.Thread(
            target=self._watch, args=(threading.get_ident(),), name="crm-lag", daemon=True
        )
        watcher.start()

    def stop(self) -> None:
        """End; the gaps remain."""
        self._ended.set()
        if self._heart is not None:
            self._heart.cancel()

    def gaps(self) -> list[Gap]:
        """The worst gaps, the longest first."""
        return sorted(self._worst, reverse=True)

    def forget(self) -> None:
        """Begin anew: what came before is not counted."""
        self._worst.clear()
        self.beats = 0

    def write(self, path: str) -> None:
        """Put the worst gaps into a file, in milliseconds; where that cannot be written, nothing happens."""
        lines = [f"{self.beats} beats; the longest gaps:\n", *(_told(gap) for gap in self.gaps())]
        try:
            with open(path, "w", encoding="utf-8", errors="backslashreplace") as file:
                file.writelines(lines)
        except OSError:
            return

    async def _beat(self) -> None:
        turns = _Turns()
        try:
            await self._beats_of(turns)
        finally:
            turns.close()

    async def _beats_of(self, turns: _Turns) -> None:
        while True:
            moment, begin, cpu, delayed = (
                time.monotonic(),
                time.perf_counter(),
                time.thread_time(),
                turns.waited(),
            )
            self._last, self._stack = begin, ""
            await asyncio.sleep(BEAT)
            self.beats += 1
            gap = time.perf_counter() - begin - BEAT
            if gap >= NOTED:
                busy, others = time.thread_time() - cpu, turns.waited() - delayed
                found = Gap(gap, busy, min(others, gap), moment, self._stack)
                if len(self._worst) < KEPT:
                    heapq.heappush(self._worst, found)
                else:
                    heapq.heappushpop(self._worst, found)

    def _watch(self, ident: int) -> None:
        while not self._ended.wait(BEAT):
            if not self._stack and time.perf_counter() - self._last > NOTED:
                frame = sys._current_frames().get(ident)
                if frame is not None:
                    self._stack = "".join(traceback.format_stack(frame)[-FRAMES:])


class _Turns:
    """How long this thread has waited for a core so far, where the system counts that."""

    def __init__(self) -> None:
        self._file: IO[bytes] | None = None
        with contextlib.suppress(OSError):
            self._file = open("/proc/thread-self/schedstat", "rb", buffering=0)  # noqa: SIM115 — read at every beat

    def close(self) -> None:
        if self._file is not None:
            self._file.close()

    def waited(self) -> float:
        """Seconds; 0 where nobody counts."""
        if self._file is None:
            return 0.0
        self._file.seek(0)
        return int(self._file.read(100).split()[1]) / 1e9


def _told(gap: Gap) -> str:
    ms = [f"{seconds * 1000:.0f}" for seconds in (gap.seconds, gap.busy, gap.delayed)]
    return f"{ms[0]} ms: computed {ms[1]}, waited for a core {ms[2]}, began {gap.began:.3f}\n{gap.stack}"
