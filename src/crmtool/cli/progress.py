"""Progress of long work, on stderr: a bar on a terminal, a line every few seconds anywhere else and for screen readers.

Nothing is shown of work that ends at once, and the end is the command's to announce.
"""

from __future__ import annotations

import sys
import time

from crmtool.cli.state import current
from crmtool.core.messages import t

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Self

FIRST_AFTER = 1.0  # seconds
LINE_EVERY = 5.0


class Progress:
    """A context manager that is called with how much is done and how much there is, as often as one likes.

    ``total`` may be an estimate, or 0 where nobody knows: the end is when the block ends.
    """

    def __init__(self, label: str) -> None:
        self._label = label
        self._started = time.monotonic()
        self._next = self._started + FIRST_AFTER
        self._as_bar = sys.stderr.isatty() and not current().accessible
        self._bar: Any = None
        self._task: Any = None

    def __enter__(self) -> Self:
        return self

    def __call__(self, done: int, total: int) -> None:
        now = time.monotonic()
        if now < self._next:
            return
        total = max(total, done) if total else 0
        if self._as_bar:
            self._draw(done, total)
            return
        self._next = now + LINE_EVERY
        if total:
            line = t(
                "{label}: {done} of about {total}", label=self._label, done=f"{done:,}", total=f"{total:,}"
            )
        else:
            line = t("{label}: {done}", label=self._label, done=f"{done:,}")
        print(line, file=sys.stderr, flush=True)

    def __exit__(self, *_: object) -> None:
        if self._bar is not None:
            self._bar.stop()

    def _draw(self, done: int, total: int) -> None:
        if self._bar is None:
            # 90 ms, paid only by work that has lasted a second already.
            from rich.console import Console
            from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn
            from rich.progress import Progress as Bar

            columns = (
                TextColumn("{task.description}"),
                BarColumn(),
                MofNCompleteColumn(),
                TimeRemainingColumn(),
            )
            self._bar = Bar(*columns, console=Console(stderr=True), transient=True)
            self._task = self._bar.add_task(self._label, total=total or None)
            self._bar.start()
        self._bar.update(self._task, completed=done, total=total or None)
