"""What changed, in this process or another, told to every widget that shows it.

A thread follows the log and gathers what comes within a moment, so that an import makes one repaint and not a thousand. A widget
subscribes to ``app.changes`` and asks again for what it shows, where the news concern it.
"""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from textual.message import Message

from crmtool.app.feed import Ear
from crmtool.app.watch import RESET, Event, Feed

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from crmtool.app.workspace import Workspace

TICK = 0.25  # seconds between two looks at the log when nothing hints at a change
GATHER = 0.02  # seconds in which further changes join those that came
AGAIN = 1.0  # seconds after which a store that could not be followed is tried again


class News:
    """Changes that came together: ``records`` are ids by entity, ``whole`` entities of which too many changed to name each."""

    def __init__(self, events: Sequence[Event]) -> None:
        self.events = tuple(events)
        self.reset = any(event.kind == RESET for event in events)
        self.records: dict[str, set[str]] = {}
        self.whole: set[str] = set()
        for event in events:
            if event.record is not None and event.entity is not None:
                self.records.setdefault(event.entity, set()).add(event.record)
            for key in event.counts or ():
                self.whole.add(key)

    def concerns(self, entity: str, record: str | None = None) -> bool:
        """Whether records of this kind changed, or this one."""
        if self.reset or entity in self.whole:
            return True
        changed = self.records.get(entity)
        return bool(changed) if record is None else changed is not None and record in changed


class Changed(Message):
    """News for the app, which publishes them."""

    def __init__(self, news: News) -> None:
        super().__init__()
        self.news = news


class Unheard(Message):
    """Changes of others cannot be heard at present, and why."""

    def __init__(self, error: Exception) -> None:
        super().__init__()
        self.error = error


class Live:
    """Follows the workspace from now on, in a thread, until it is closed.

    There ``tell`` is called with each ``News``, and ``fail`` with what kept it from following, once until it can again: a store
    that is out of reach for a while ends nothing.
    """

    def __init__(
        self,
        opener: Callable[[bool], Workspace],
        tell: Callable[[News], object],
        fail: Callable[[Exception], object],
    ) -> None:
        self._opener = opener
        self._tell = tell
        self._fail = fail
        self._position: int | None = None  # what was told of, to go on behind it
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._follow, name="crm-live", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def close(self) -> None:
        """Stop following; the thread ends within a quarter of a second."""
        self._ended.set()

    def _follow(self) -> None:
        told = False
        while not self._ended.is_set():
            try:
                with self._opener(True) as workspace:
                    feed = Feed(workspace, self._position)
                    told = False
                    self._hear(workspace, feed)
            except Exception as error:  # the thread's outermost edge
                if not told and not self._ended.is_set():
                    self._fail(error)
                told = True
                self._ended.wait(AGAIN)

    def _hear(self, workspace: Workspace, feed: Feed) -> None:
        store = workspace.db.location if workspace.run_folder is not None else None
        with Ear(workspace.run_folder, store) as ear:
            while not self._ended.is_set():
                self._position = feed.position
                events = feed.read()
                if events:
                    self._ended.wait(GATHER)
                    events += feed.read()
                    self._tell(News(events))
                else:
                    ear.wait(TICK)
