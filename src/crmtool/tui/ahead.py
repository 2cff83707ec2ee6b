"""Keys that are typed ahead: what follows a key that opens a question belongs to the question, however long that takes to open.

Otherwise the letters behind ``:`` would be commands of the screen below. While they are held, keys that reached the old screen
come first, then those that came once the question stood above it; then all go to what has the focus there. A question that is
still being built takes no keys either: what they would act on is not there yet.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual import events
from textual.app import App, ScreenStackError
from textual.keys import key_to_character
from textual.screen import ModalScreen

if TYPE_CHECKING:
    from typing import Any

    from textual.screen import Screen
    from textual.timer import Timer

MOST_SECONDS = 2.0  # a question that does not open by then holds no more keys


class TypedAhead(App[int]):
    """The part of the app that holds keys from ``hold`` to ``release``."""

    _below: list[events.Key] | None = None
    _above: list[events.Key]
    _limit: Timer | None = None

    def hold(self) -> None:
        """Keep the keys that come now for the question that is about to open."""
        if self._below is None:
            self._below, self._above = [], []
            self._limit = self.set_timer(MOST_SECONDS, self.release)

    def _holding(self) -> bool:
        """Whether keys are held, as they are from now on where a question is still being built."""
        if self._below is None and not getattr(self._top, "ready", True):
            self.hold()
        return self._below is not None

    @property
    def _top(self) -> Screen[Any] | None:
        """The screen that is shown; none while the app ends."""
        try:
            return self.screen
        except ScreenStackError:
            return None

    def release(self) -> None:
        """Give the keys to whoever has the focus by now, in the order in which they were typed."""
        if self._below is None:
            return
        held, self._below = [*self._below, *self._above], None
        if self._limit is not None:
            self._limit.stop()
        for key in held:
            (self.focused or self.screen)._forward_event(key)

    async def on_event(self, event: events.Event) -> None:
        if (
            isinstance(event, events.Key)
            and not event.is_forwarded
            and isinstance(self._top, ModalScreen)
            and self._holding()
        ):
            self._above.append(event)
            return
        await super().on_event(event)

    async def _check_bindings(self, key: str, priority: bool = False) -> bool:
        if self._top is None:
            return True  # the app ends
        if not priority and self._holding() and self._below is not None:
            self._below.append(events.Key(key, key_to_character(key)))
            return True
        return await super()._check_bindings(key, priority)
