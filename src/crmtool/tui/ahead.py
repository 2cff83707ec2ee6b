"""Keys that are typed ahead: what follows a key that opens a question belongs to the question, however long that takes to open.

Otherwise the letters behind ``:`` or ``c`` would be commands of the screen below. ``Scene.asking`` holds them for the work that a
key began, until a question of it stands and has the focus, until it writes something, or until it is over. A ``Ready`` screen
takes none before it is built: what they would act on is not there yet. Then all go to what has the focus: first the keys that
had reached the old screen already, then those that came later.
"""

from __future__ import annotations

import asyncio
import contextlib
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any

from textual import events
from textual.app import App, ScreenStackError
from textual.keys import key_to_character
from textual.screen import Screen, ScreenResultType

from crmtool.tui.beside import beside

if TYPE_CHECKING:
    from textual.timer import Timer
    from textual.widget import Widget

MOST_SECONDS = 2.0  # a question that does not open by then holds no more keys
HANDLED_SECONDS = 0.5  # that the next of several keys waits at most for the one before
TRIES = 20  # looks for the focus before keys go to the question itself

asker: ContextVar[object] = ContextVar("asker", default=None)  # the work that may ask, within that work


class TypedAhead(App[int]):
    """The part of the app that holds keys from ``hold`` to ``release``."""

    def __init__(self) -> None:
        super().__init__()
        self._holders: set[object] = set()
        self._below: list[events.Key] = []
        self._above: list[events.Key] = []
        self._limit: Timer | None = None
        self._giving = False

    def hold(self, holder: object) -> None:
        """Keep the keys that come now for the question that ``holder`` is about to open."""
        if not self._holders:
            self._limit = self.set_timer(MOST_SECONDS, self.release)
        self._holders.add(holder)

    def let_go(self, holder: object) -> None:
        """``holder`` asks nothing more; the keys are free where nobody else holds them."""
        if holder in self._holders:
            self._holders.discard(holder)
            if not self._holders:
                self.release()

    def no_question(self) -> None:
        """The work that calls this has asked what it had to, and may take its time."""
        self.let_go(asker.get())

    def release(self) -> None:
        """Give the keys to whoever has the focus by now, in the order in which they were typed."""
        self._holders.clear()
        if self._limit is not None:
            self._limit.stop()
        if (self._below or self._above) and not self._giving and self._top is not None:
            self._giving = True
            beside(self, self._give, group="keys", exclusive=False)

    async def _give(self) -> None:
        """Give the keys that were held one by one, each when the one before has done what it does: an enter moves the focus."""
        try:
            while (self._below or self._above) and not self._holders and self._top is not None:
                for _ in range(TRIES):  # a new screen has the focus a moment later
                    if self.focused is not None or not self.screen.focus_chain:
                        break
                    await _handled(self.screen)
                key = (self._below or self._above).pop(0)
                target = self.focused or self.screen
                target._forward_event(key)
                await _handled(target)
        finally:
            self._giving = False
            if self._top is None:
                self._below, self._above = [], []

    def _holding(self) -> bool:
        """Whether keys are held, as they are from now on where a question is still being built."""
        top = self._top
        if not self._holders and not getattr(top, "ready", True):
            self.hold(top)
        return bool(self._holders)

    @property
    def _top(self) -> Screen[Any] | None:
        """The screen that is shown; none while the app ends."""
        try:
            return self.screen
        except ScreenStackError:
            return None

    async def on_event(self, event: events.Event) -> None:
        if (
            isinstance(event, events.Key)
            and not event.is_forwarded
            and self._top is not None
            and (self._holding() or self._giving)
        ):
            self._above.append(event)
            return
        await super().on_event(event)

    async def _check_bindings(self, key: str, priority: bool = False) -> bool:
        if self._top is None:
            return True  # the app ends
        if not priority and self._holding():
            self._below.append(events.Key(key, key_to_character(key)))
            return True
        return await super()._check_bindings(key, priority)


async def _handled(target: Widget) -> None:
    """Wait until a key has been handled, and what its widget told those around it for that."""
    for node in (
        target,
        *target.ancestors_with_self,
    ):  # twice in the widget: the key, then what it told for that
        turn = asyncio.Event()
        if not isinstance(node, App) and node.is_running and node.call_later(turn.set):
            with contextlib.suppress(TimeoutError):  # the key closed it
                await asyncio.wait_for(turn.wait(), HANDLED_SECONDS)


class Ready(Screen[ScreenResultType]):
    """A screen that is typed into, and takes no keys before it is built and something in it has the focus."""

    ready = False

    def build_on(self, tries: int = TRIES) -> None:
        """Call it when all that a person could type into is there."""
        if tries and self.focused is None and self.focus_chain:
            # What was given the focus has it only a moment later.
            self.call_after_refresh(self.build_on, tries - 1)
            return
        self.ready = True
        if isinstance(self.app, TypedAhead):
            self.app.release()
