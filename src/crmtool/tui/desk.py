"""The workspace as the app uses it: every question and every change runs in a thread of its lane, never in the event loop.

A connection belongs to one thread, so each lane is one thread with one open workspace. There are four, so that what a person
waits for never stands behind what may take a while: ``PAGE`` for pages, records and search as one types, ``SLOW`` for counts,
sums and the dashboard, ``WRITE`` for changes, ``JOB`` for what takes minutes, such as an import or finding duplicates.
Within a lane questions are answered in order. A question that nobody waits for any more, because its filter was typed on or its
screen left, is withdrawn also while the engine is at it; a change is not.
"""

from __future__ import annotations

import asyncio
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from crmtool.app.commands import Command
    from crmtool.app.workspace import Outcome, Workspace

T = TypeVar("T")

PAGE, SLOW, WRITE, JOB = "page", "slow", "write", "job"


class Lane:
    """One thread with one workspace, which is opened there when the first question comes."""

    def __init__(self, name: str, opener: Callable[[], Workspace], *, withdrawing: bool) -> None:
        self._opener = opener
        self._withdrawing = withdrawing
        self._workspace: Workspace | None = None
        self._threads = ThreadPoolExecutor(1, thread_name_prefix=f"crm-{name}")
        self._turn = threading.Lock()
        self._asked: object = None  # the question that is being answered

    def ask(self, question: Callable[[Workspace], T]) -> Awaitable[T]:
        """The answer to come. A question that nobody waits for any more is not answered to its end."""
        waiting = asyncio.wrap_future(self._threads.submit(self._answer, question))
        if self._withdrawing:
            waiting.add_done_callback(lambda done: self._withdraw(question) if done.cancelled() else None)
        return waiting

    def _answer(self, question: Callable[[Workspace], T]) -> T:
        if self._workspace is None:
            self._workspace = self._opener()
        self._workspace.refresh_clock()
        self._workspace.refresh_definitions()  # one small read, so that a field added elsewhere is known here
        with self._turn:
            self._asked = question
        try:
            return question(self._workspace)
        finally:
            with self._turn:
                self._asked = None

    def _withdraw(self, question: object) -> None:
        with self._turn:  # so that it meets this question or none, and never the next
            if self._asked is question and self._workspace is not None:
                self._workspace.db.interrupt()

    def close(self) -> None:
        """Close the workspace behind the last question, and end the thread."""
        self._threads.submit(self._close)
        self._threads.shutdown(wait=True, cancel_futures=False)

    def _close(self) -> None:
        if self._workspace is not None:
            self._workspace.close()


class Desk:
    """The lanes of one workspace. ``opener(read_only)`` opens it anew, in the thread that calls."""

    def __init__(self, opener: Callable[[bool], Workspace]) -> None:
        self.opener = opener
        self._lanes = {
            PAGE: Lane(PAGE, lambda: opener(True), withdrawing=True),
            SLOW: Lane(SLOW, lambda: opener(True), withdrawing=True),
            WRITE: Lane(WRITE, lambda: opener(False), withdrawing=False),
            JOB: Lane(JOB, lambda: opener(False), withdrawing=False),
        }

    def ask(self, question: Callable[[Workspace], T], lane: str = PAGE) -> Awaitable[T]:
        """What ``question`` answers of the workspace. It runs in another thread: it may touch no widget."""
        return self._lanes[lane].ask(question)

    def run(self, command: Command) -> Awaitable[Outcome]:
        """Run one command. Raises what ``Workspace.run`` does."""
        return self.ask(lambda workspace: workspace.run(command), WRITE)

    def close(self) -> None:
        """Let what was begun end, then close all."""
        for lane in self._lanes.values():
            lane.close()
