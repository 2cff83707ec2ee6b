"""How a new screen comes up without holding the event loop up: styled once, and laid out and painted in two turns of the loop.

The library styles a screen before it knows how wide it is, and again when it does; and it lays out and paints in one turn, after
which it paints once more. What that came to is in ``benchmarks/README.md``.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from textual._context import active_app  # the library has no public name for the app of this task
from textual.screen import Screen, ScreenResultType

if TYPE_CHECKING:
    from textual import events

BREAKPOINTS = [(0, "-narrow"), (80, "-normal"), (120, "-wide")]


class Arriving(Screen[ScreenResultType]):
    """A screen that is as wide as the app from the beginning, and is painted when it has been laid out."""

    def __init__(self) -> None:
        super().__init__(classes=width_class())

    async def _on_screen_resume(self, event: events.ScreenResume) -> None:  # type: ignore[override]
        event.prevent_default()  # the library's own handler, which is called here
        with self.app.batch_update():  # within it the library puts the painting off
            super()._on_screen_resume(event)
        await asyncio.sleep(0)  # whatever else waits has its turn before that

    async def _on_resize(self, event: events.Resize) -> None:
        event.prevent_default()
        with self.app.batch_update():
            await super()._on_resize(event)
        await asyncio.sleep(0)


def width_class() -> str:
    """The class by which the style knows how wide the app is; empty before anything is shown."""
    app = active_app.get(None)
    width = app.size.width if app is not None else 0
    return next((name for least, name in reversed(BREAKPOINTS) if width and width >= least), "")
