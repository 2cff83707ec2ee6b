"""The app: its screens, what they share, and how it ends. Everything that is decided is decided elsewhere."""

from __future__ import annotations

import asyncio
from functools import partial
from typing import TYPE_CHECKING

from textual.signal import Signal

from crmtool.core.changes import MAX_CHANGES
from crmtool.core.ids import handle
from crmtool.core.messages import N_, t, tn
from crmtool.doors.safe import escape
from crmtool.tui import commanding, ending, takingback, themes, ways
from crmtool.tui.actions import Action, keys
from crmtool.tui.arriving import BREAKPOINTS
from crmtool.tui.deeds import Deeds, Done
from crmtool.tui.desk import Desk
from crmtool.tui.dialogs import Confirm
from crmtool.tui.faults import Faults
from crmtool.tui.live import Changed, Live, News, Unheard
from crmtool.tui.loading import Loading
from crmtool.tui.places import HOME, Place, command_line
from crmtool.tui.screens.base import Scene
from crmtool.tui.settings import Memory
from crmtool.tui.terminal import drawing_on_terminal
from crmtool.tui.tools import Tools
from crmtool.tui.underway import Underway

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from textual.actions import ActionParseResult
    from textual.dom import DOMNode
    from textual.driver import Driver

    from crmtool.app.workspace import Workspace
    from crmtool.tui.garbage import GarbageCollection
    from crmtool.tui.lag import Lag
    from crmtool.tui.settings import Settings

UNASKED = 100  # records that one key takes back without a question


class CrmApp(Tools):
    """One person at one workspace. ``opener(read_only)`` opens it, in whichever thread asks."""

    CSS_PATH = "style/app.tcss"
    ENABLE_COMMAND_PALETTE = False
    HORIZONTAL_BREAKPOINTS = BREAKPOINTS
    BINDINGS = [
        *ways.BINDINGS,
        *keys(
            Action(
                "app.quit",
                "q,ctrl+q,ctrl+c",
                "quit",
                N_("Quit"),
                N_("Leave the app; everything is stored already."),
            ),
            Action(
                "app.back", "escape", "back", N_("Back"), N_("Return to where you came from."), shown=False
            ),
            Action(
                "app.undo",
                "u",
                "undo",
                N_("Undo"),
                N_("Take back your last change, wherever you made it."),
                "crm undo",
            ),
            Action(
                "app.redo", "ctrl+r", "redo", N_("Redo"), N_("Do again what was undone."), "crm redo", False
            ),
            Action(
                "app.stop",
                "ctrl+x",
                "stop",
                N_("Stop"),
                N_("Stop what is under way, behind what is done."),
                shown=False,
            ),
            Action(
                "app.copy_command",
                "y",
                "copy_command",
                N_("Copy command"),
                N_("Copy the command line that shows what this screen shows."),
                shown=False,
            ),
        ),
    ]

    def __init__(self, opener: Callable[[bool], Workspace], settings: Settings, start: Place = HOME) -> None:
        super().__init__()
        self.settings = settings
        self.memory = Memory(settings.memory)
        self.desk = Desk(opener)
        self.deeds = Deeds(self)
        self.underway = Underway(self)
        self.faults = Faults(self)
        self.changes: Signal[News] = Signal(self, "changes")
        self._live = Live(
            opener,
            lambda news: self.post_message(Changed(news)),
            lambda error: self.post_message(Unheard(error)),
        )
        self._start = start
        self._loading = Loading()
        self.lag: Lag | None = None
        self.garbage: GarbageCollection | None = None
        themes.register(self, settings.theme)  # before anything is mounted, which would be styled twice

    def get_driver_class(self) -> type[Driver]:
        """What draws: the library does so on the error stream, which may lead to a file while the output is the terminal."""
        return drawing_on_terminal(super().get_driver_class())

    # -- life --------------------------------------------------------------------------------------------------------

    async def on_mount(self) -> None:
        self.prepare()
        ending.listen(self)
        if self.settings.lag:
            from crmtool.tui.lag import Lag

            self.lag = Lag()
            self.lag.start()
        if self.garbage is not None:
            self.garbage.watch(self)
        await self.push_screen(self._start.screen())
        self._live.start()
        self.call_after_refresh(self._loading.start)

    async def on_unmount(self) -> None:
        if self.lag is not None:
            self.lag.stop()
            self.lag.write(self.settings.lag)
        self._loading.stop()
        self.underway.stop()
        self._live.close()
        await asyncio.to_thread(self.desk.close)

    # -- what happens --------------------------------------------------------------------------------------------------

    def on_changed(self, message: Changed) -> None:
        self.changes.publish(message.news)

    def on_unheard(self, message: Unheard) -> None:
        self.fail(message.error)

    def on_done(self, message: Done) -> None:
        for screen in self.screen_stack:
            if isinstance(screen, Scene):
                screen.show_echo(message.echo)

    def fail(self, error: BaseException) -> None:
        """Show what went wrong, and write it down where nobody foresaw it."""
        self.faults.show(error)

    def _handle_exception(self, error: Exception) -> None:
        # The one place where the library would end the app, with a traceback that holds what the variables held: records.
        self.faults.recover(error)

    async def run_action(
        self,
        action: str | ActionParseResult,
        default_namespace: DOMNode | None = None,
        namespaces: Mapping[str, DOMNode] | None = None,
    ) -> bool:
        """Do what a key or a click asks for. What fails is shown, and stops neither what was asked nor what asks."""
        try:
            return await super().run_action(action, default_namespace, namespaces)
        except Exception as error:
            if default_namespace is None or not self.faults.is_late(error, default_namespace):
                self.fail(error)
            return True

    # -- going about ---------------------------------------------------------------------------------------------------

    def go(self, place: Place) -> None:
        """Go to a place; the back key returns here."""
        if place.kind == "record":
            commanding.remember(self.memory, place)
        self.push_screen(place.screen())

    def start_at(self, place: Place) -> None:
        """Go to a place as a new beginning: nothing is left to go back to but home."""
        while len(self.screen_stack) > 2:
            self.pop_screen()
        self.switch_screen(place.screen())

    def replace_scene(self, broken: Scene, place: Place) -> None:
        """Put a new screen in the place of one that stopped, and of whatever stands above it."""
        while len(self.screen_stack) > 2 and self.screen is not broken:
            self.pop_screen()
        self.switch_screen(place.screen())

    async def action_back(self) -> None:
        if len(self.screen_stack) > 2:
            self.pop_screen()
        elif isinstance(self.screen, Scene) and self.screen.place != HOME:
            self.start_at(HOME)

    def action_way(self, digit: str) -> None:
        self.start_at(ways.WAYS[digit][3])

    def action_stop(self) -> None:
        self.underway.stop()

    async def action_quit(self) -> None:
        if self.underway.efforts and isinstance(self.screen, Scene):
            self.screen.asking(self._quit, self.screen, group="quit", exclusive=True)
        else:
            self.exit()

    async def _quit(self, scene: Scene) -> None:
        """Leave when what is under way has been stopped; what it came to is told on the terminal, too."""
        question = t("Stop what is under way, and leave?")
        detail = "\n".join(effort.words for effort in self.underway.efforts)
        if await scene.ask(Confirm(question, detail, yes=t("Stop it"))):
            self.underway.stop()
            await self.underway.ended()
            self.exit(None, 0, "\n".join(map(escape, self.underway.stopped)))

    def action_undo(self) -> None:
        self._take_back(redo=False)

    def action_redo(self) -> None:
        self._take_back(redo=True)

    def _take_back(self, *, redo: bool) -> None:
        if isinstance(self.screen, Scene):
            self.screen.asking(partial(self._taken_back, self.screen, redo=redo), group="undo")

    async def _taken_back(self, scene: Scene, *, redo: bool) -> None:
        """Take back the last change; of many records only after a question, since one key is soon pressed."""
        last = await self.deeds.last(redo=redo)
        if last.count > UNASKED:
            question = (
                t("Bring back what was taken back last?")
                if redo
                else t("Take back “{command}”?", command=last.command)
            )
            detail = tn("{n} change.", "{n} changes.", last.count)
            if not await scene.ask(Confirm(question, detail, dangerous=True)):
                return
        if last.count > MAX_CHANGES:
            takingback.begin(self, last, redo=redo)
        else:
            await self.deeds.undo(handle(last.id), redo=redo)

    def action_copy_command(self) -> None:
        if isinstance(self.screen, Scene):
            line = command_line(self.screen.place.words())
            self.copy_to_clipboard(line)
            self.notify(line, title=t("Copied"), markup=False)
