"""What is at hand on every screen: search, going to a place by its name, the palette, jumping, help, colours.

Each opens a screen of its own, which is loaded when it is first asked for.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmtool.core.messages import N_, t
from crmtool.tui import caret
from crmtool.tui.actions import Action, keys
from crmtool.tui.ahead import TypedAhead
from crmtool.tui.places import Place
from crmtool.tui.screens.base import Scene
from crmtool.tui.themes import theme_words

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine
    from typing import Any

    from crmtool.tui.settings import Settings

WARNED_SECONDS = 12


class Tools(TypedAhead):
    """The part of the app that every screen leads to."""

    BINDINGS = keys(
        Action(
            "app.search",
            "f",
            "search",
            N_("Search"),
            N_("Find people, companies, deals and notes by a few letters."),
            "crm find {text}",
        ),
        Action(
            "app.goto",
            "colon",
            "goto",
            N_("Go to"),
            N_(
                "Go to a place by its name: deals status=open, contact ana@acme.es, board; “!” runs a crm command."
            ),
        ),
        Action(
            "app.palette",
            "ctrl+p",
            "palette",
            N_("Commands"),
            N_("Everything that can be done here, by name."),
        ),
        Action(
            "app.jump",
            "ctrl+o",
            "jump",
            N_("Jump"),
            N_("Letters appear over what can have the focus; one of them moves it there."),
            shown=False,
        ),
        Action(
            "app.done",
            "ctrl+y",
            "done",
            N_("Commands done"),
            N_("The crm command of everything done since the app was opened, to copy or to run again."),
            shown=False,
        ),
        Action(
            "app.theme",
            "T,f9",  # in a list T tags
            "theme",
            N_("Colours"),
            N_("Choose the colours of the app, and see them while choosing."),
            "crm config set theme {theme}",
            shown=False,
        ),
        Action(
            "app.widget_help",
            "f1",
            "widget_help",
            N_("Help"),
            N_("What the part of the screen that has the focus is for, and its keys."),
            priority=True,  # also above a question
        ),
        Action(
            "app.keys",
            "question_mark",
            "view_keys",
            N_("Keys"),
            N_("The keys of this screen, to look through."),
        ),
    )

    settings: Settings

    def prepare(self) -> None:
        """Take on keys and movement as the person has them, and say which keys cannot be had."""
        if not self.settings.animations:
            self.animation_level = "none"
        if self.settings.keys or not self.settings.single_keys:
            self._take_keys()
        if self.settings.cursor:
            caret.show(self)

    def on_descendant_focus(self) -> None:
        caret.follow(self)

    def on_option_list_option_highlighted(self) -> None:
        caret.follow(self)

    def _take_keys(self) -> None:
        from crmtool.tui import keymap

        self.set_keymap(keymap.effective(self.settings.keys, single_keys=self.settings.single_keys))
        for found in keymap.complaints(self.settings.keys):
            self.notify(
                f"{found.message}\n{found.hint}",
                title=t("Keys"),
                severity="warning",
                timeout=WARNED_SECONDS,
                markup=False,
            )

    # -- what the keys do ----------------------------------------------------------------------------------------------

    def action_search(self) -> None:
        self.go(Place("search"))

    def action_done(self) -> None:
        self.go(Place("done"))

    def action_goto(self) -> None:
        self._beside(self._goto)

    async def _goto(self, scene: Scene) -> None:
        from crmtool.tui.screens.goto import Goto

        place = await scene.ask(Goto(scene.crm))
        if place is not None:
            self.go(place)

    def action_theme(self) -> None:
        self._beside(self._choose_theme)

    async def _choose_theme(self, scene: Scene) -> None:
        from crmtool.tui.screens.colours import Colours

        before = self.theme
        chosen = await scene.ask(Colours(before))
        if chosen is not None and chosen != before:
            await self.take_theme(scene, chosen)

    async def take_theme(self, scene: Scene, name: str) -> None:
        """Show the app in these colours, now and from the next start on."""
        from crmtool.tui.program import run

        self.theme = name
        words = theme_words(name)
        await run(self.settings, words)
        scene.crm.deeds.tell(words, None, "")

    def action_palette(self) -> None:
        self._beside(self._palette)

    async def _palette(self, scene: Scene) -> None:
        from crmtool.tui.commanding import Commanding

        commanding = Commanding(scene)
        chosen = await scene.ask(await commanding.palette())
        if chosen is not None:
            await commanding.do(chosen)

    def action_view_keys(self) -> None:
        self._beside(self._view_keys)

    async def _view_keys(self, scene: Scene) -> None:
        from crmtool.tui.offers import offers
        from crmtool.tui.screens.keyhelp import Keys

        found = offers(scene)
        chosen = await scene.ask(Keys(found))
        offer = next((offer for offer in found if offer.id == chosen), None)
        if offer is not None:
            await self.run_action(offer.does, offer.node)

    def action_widget_help(self) -> None:
        from crmtool.tui.offers import offers
        from crmtool.tui.screens.keyhelp import WidgetHelp

        if not isinstance(self.screen, WidgetHelp):
            self.push_screen(WidgetHelp(self.screen.focused or self.screen, offers(self.screen)))

    def action_jump(self) -> None:
        self._beside(self._jump)

    async def _jump(self, scene: Scene) -> None:
        from crmtool.tui.screens.jump import Jump

        seen = [widget for widget in scene.focus_chain if scene.region.overlaps(widget.region)]
        chosen = await self.push_screen_wait(Jump(seen))
        if chosen is not None:
            chosen.focus()

    def _beside(self, work: Callable[[Scene], Coroutine[Any, Any, None]]) -> None:
        """Ask something, beside the event loop; what is typed meanwhile is for the question."""
        if isinstance(self.screen, Scene):
            self.screen.asking(work, self.screen, group="tool")

    def go(self, place: Place) -> None:
        """Go to a place; the back key returns here."""
        raise NotImplementedError
