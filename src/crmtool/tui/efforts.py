"""Larger work of a screen: reading files, comparing, jobs. How far it is, and the wish to stop it.

It runs in a lane of its own, so that neither a page nor a change of somebody who goes on working waits behind it. The thread that
works writes down how far it is, and the screen looks at that a few times a second: nothing waits for the other.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from crmtool.core.errors import EXIT_INTERRUPTED, CrmError
from crmtool.core.messages import Message
from crmtool.tui.desk import JOB

if TYPE_CHECKING:
    from collections.abc import Callable

    from crmtool.app.workspace import Workspace
    from crmtool.transfer.tally import Tally
    from crmtool.tui.desk import Desk

T = TypeVar("T")


class StoppedError(CrmError):
    """A person stopped the work. What it had written stays, and can be gone on with or taken back."""

    exit_code = EXIT_INTERRUPTED

    def __init__(self) -> None:
        super().__init__(Message("Stopped."), code="stopped")


class Effort:
    """``done`` of ``total`` (0: nobody knows) of what ``words`` says is under way; calling it tells how far it is.

    ``stays``: it goes on when the screen is left that began it; see ``underway``.

    The call raises ``KeyboardInterrupt`` once it is to stop, which all larger work ends in order with.
    """

    def __init__(self, words: str) -> None:
        self.words = words
        self.done = self.total = 0
        self.stopping = self.stays = False

    def __call__(self, done: int, total: int = 0) -> None:
        self.done, self.total = done, total
        if self.stopping:
            raise KeyboardInterrupt

    def stop(self) -> None:
        self.stopping = True

    def reading(self, position: int, size: int, tally: Tally) -> None:
        """How far an import is: rows done of the rows there are, as far as the bytes read tell."""
        done = tally.rows + tally.empty
        self(done, done * size // position if position else 0)


async def undertake(desk: Desk, effort: Effort, work: Callable[[Workspace], T], lane: str = JOB) -> T:
    """Do ``work``, which tells ``effort`` how far it is. Raises ``StoppedError`` when it was stopped."""

    def guarded(workspace: Workspace) -> T:
        try:
            effort(0)
            return work(workspace)
        except KeyboardInterrupt:  # would end the event loop, where the answer is awaited
            raise StoppedError from None

    return await desk.ask(guarded, lane)
