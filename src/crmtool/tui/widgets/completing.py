"""A line of text with what could come next below it: tab takes the first, or the one chosen with up and down."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.containers import Vertical
from textual.message import Message
from textual.widgets import Input, OptionList
from textual.widgets.option_list import Option

from crmtool.core.errors import CrmError
from crmtool.core.messages import N_
from crmtool.tui.actions import Action, keys
from crmtool.tui.beside import beside
from crmtool.tui.text import safe

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence
    from typing import Any

    from textual.app import ComposeResult
    from textual.timer import Timer

    from crmtool.tui.completions import Offer

    Offering = Callable[[str, int], Awaitable[Sequence[Offer]]]

QUIET = 0.1  # seconds without a key after which what was typed is looked at


class Completing(Vertical):
    """``offering(text, cursor)`` answers what may come next."""

    DEFAULT_CSS = """
    Completing { height: 1; }
    Completing Input { width: 1fr; }
    Completing OptionList { overlay: screen; constrain: none inside; display: none; width: 50; max-width: 90%; height: auto; }
    Completing OptionList { max-height: 10; border: none; background: $surface; padding: 0 1; }
    Completing.-offering OptionList { display: block; }
    """
    BINDINGS = keys(
        Action(
            "completing.take",
            "tab",
            "take",
            N_("Complete"),
            N_("Take the word that is offered."),
            shown=False,
            priority=True,
        ),
        Action("completing.up", "up", "move(-1)", N_("Up"), N_("The offer before."), shown=False),
        Action("completing.down", "down", "move(1)", N_("Down"), N_("The next offer."), shown=False),
        Action(
            "completing.leave",
            "escape",
            "leave",
            N_("Back"),
            N_("Close the offers, or leave the line."),
            shown=False,
        ),
    )

    class Typed(Message):
        """The text changed, and no key came for a moment."""

        def __init__(self, completing: Completing, text: str) -> None:
            super().__init__()
            self.completing, self.text = completing, text

        @property
        def control(self) -> Completing:
            return self.completing

    class Submitted(Typed):
        """The text was finished with enter."""

    class Left(Typed):
        """The line was left with escape."""

    def __init__(self, offering: Offering, value: str = "", placeholder: str = "", **options: Any) -> None:
        super().__init__(**options)
        self._offering = offering
        self._given, self._placeholder = value, placeholder
        self._offers: list[Offer] = []
        self._timer: Timer | None = None

    def compose(self) -> ComposeResult:
        yield Input(self._given, placeholder=self._placeholder, compact=True, select_on_focus=False)
        found = OptionList(markup=False)
        found.can_focus = False
        yield found

    @property
    def value(self) -> str:
        return self.query_one(Input).value

    def put(self, text: str) -> None:
        """Have this text in the line, without saying so."""
        with self.prevent(Input.Changed):
            line = self.query_one(Input)
            line.value = text
            line.cursor_position = len(text)
        self._close()

    def enter(self) -> None:
        """Put the cursor into the line, at once: the next key may be waiting already."""
        self.screen.set_focus(self.query_one(Input))

    # -- what is typed -------------------------------------------------------------------------------------------------

    def on_input_changed(self, event: Input.Changed) -> None:
        event.stop()
        if self._timer is not None:
            self._timer.stop()
        self._timer = self.set_timer(QUIET, self._look)

    def _look(self) -> None:
        self.post_message(self.Typed(self, self.value))
        if self.query_one(Input).has_focus:
            beside(self, self._offer, group="offer", exclusive=True)

    async def _offer(self) -> None:
        line = self.query_one(Input)
        text, cursor = line.value, line.cursor_position
        try:
            offers = [*await self._offering(text, cursor)]
        except CrmError:
            return  # what cannot be read yet has nothing to be offered; whoever asks for it is told so
        if (line.value, line.cursor_position) != (text, cursor) or not line.has_focus:
            return
        found = self.query_one(OptionList)
        chosen = (
            self._offers[found.highlighted].text if self._offers and found.highlighted is not None else None
        )
        self._offers = offers
        found.clear_options()
        found.add_options(Option(safe(f"{offer.text}  {offer.about}".rstrip())) for offer in offers)
        # Who went to an offer while more was asked for stays on it.
        found.highlighted = next((at for at, offer in enumerate(offers) if offer.text == chosen), None)
        self.set_class(bool(offers), "-offering")

    def _close(self) -> None:
        self._offers = []
        self.remove_class("-offering")

    # -- keys ----------------------------------------------------------------------------------------------------------

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        # Without offers the keys keep their usual meaning, such as going to the next part of the screen.
        return bool(self._offers) if action in ("take", "move") else True

    def action_move(self, by: int) -> None:
        found = self.query_one(OptionList)
        at = found.highlighted
        found.highlighted = (
            (0 if by > 0 else len(self._offers) - 1) if at is None else (at + by) % len(self._offers)
        )

    def action_take(self) -> None:
        self._take(self.query_one(OptionList).highlighted or 0)

    def _take(self, number: int) -> None:
        offer = self._offers[number]
        line = self.query_one(Input)
        rest = line.value[line.cursor_position :]
        line.value = line.value[: offer.start] + offer.text + rest
        line.cursor_position = offer.start + len(offer.text)
        self._close()

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        self._take(event.option_index)
        self.enter()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        event.stop()
        number = self.query_one(OptionList).highlighted
        if self._offers and number is not None:
            self._take(number)
            return
        if self._timer is not None:
            self._timer.stop()
        self._close()
        self.post_message(self.Submitted(self, event.value))

    def on_input_blurred(self, event: Input.Blurred) -> None:
        event.stop()
        self._close()

    def action_leave(self) -> None:
        if self._offers and self.value:
            self._close()
        else:  # offers for an empty line come by themselves: nobody has begun what one could go back to
            self._close()
            self.post_message(self.Left(self, self.value))
