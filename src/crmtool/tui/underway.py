"""Work that belongs to the app and not to a screen: it goes on while the person goes elsewhere, and every screen says so.

The screen that began it shows it by itself for as long as it stands; all others have a line for it. Nobody leaves the app over it
without being told: it is stopped in order first, and what it came to is said.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmtool.core.messages import t
from crmtool.tui.beside import beside
from crmtool.tui.efforts import Effort
from crmtool.tui.widgets.effortbar import EffortBar, told

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

    from crmtool.tui.app import CrmApp
    from crmtool.tui.screens.base import Scene

LOOK_SECONDS = 0.1  # between two looks whether what was stopped has ended


class Underway:
    """The work of one app; ``efforts`` in the order in which they began."""

    def __init__(self, app: CrmApp) -> None:
        self._app = app
        self.efforts: list[Effort] = []
        self.stopped: list[str] = []  # what is to be known of work that was stopped, for who leaves over it
        self._shown_by: dict[Effort, Scene | None] = {}

    def begin(
        self,
        words: str,
        carry_out: Callable[[Effort], Coroutine[None, None, None]],
        scene: Scene | None = None,
    ) -> Effort:
        """Carry out larger work; ``words`` say what it is. ``scene`` shows how far it is by itself."""
        self._app.no_question()
        effort = Effort(words)

        async def run() -> None:
            try:
                await carry_out(effort)
            except Exception as error:
                self._app.fail(error)
            finally:
                self.forget(effort)

        self.add(effort, scene)
        beside(self._app, run, group="job")
        return effort

    def add(self, effort: Effort, scene: Scene | None) -> None:
        effort.stays = True
        self.efforts.append(effort)
        self._shown_by[effort] = scene
        self._tell()

    def forget(self, effort: Effort) -> None:
        """The work is over."""
        if effort in self._shown_by:
            self.efforts.remove(effort)
            del self._shown_by[effort]
            self._tell()

    def _tell(self) -> None:
        for screen in self._app.screen_stack:
            for bar in screen.query(UnderwayBar):
                bar.look()

    def beside(self, scene: object) -> Effort | None:
        """The newest work that ``scene`` does not show by itself."""
        return next((one for one in reversed(self.efforts) if self._shown_by[one] is not scene), None)

    def stop(self) -> bool:
        """Stop all of it; whether there was any."""
        for effort in self.efforts:
            effort.stop()
        self._tell()
        return bool(self.efforts)

    async def ended(self) -> None:
        """Wait until all of it has ended."""
        from asyncio import sleep

        while self.efforts:
            await sleep(LOOK_SECONDS)


class UnderwayBar(EffortBar):
    """The line of a screen that says what is under way elsewhere."""

    DEFAULT_CSS = "UnderwayBar { height: 1; padding: 0 1; background: $panel; color: $text; display: none; }"

    def on_mount(self) -> None:
        self.look()

    def look(self) -> None:
        """Show what is under way now, if anything is."""
        from crmtool.tui.app import CrmApp

        app = self.app
        effort = app.underway.beside(self.screen) if isinstance(app, CrmApp) else None
        if effort is None:
            self.clear()
        elif effort is not self.effort:
            self.follow(effort)

    def _look(self) -> None:
        if self.effort is not None:
            self.say(told(self.effort, t("Ctrl+X")))
