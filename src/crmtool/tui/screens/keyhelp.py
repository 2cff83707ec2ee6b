"""Help: the keys of the screen one is on, to look through and to use, and what the part of it that has the focus is for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.containers import VerticalScroll
from textual.content import Content
from textual.screen import Screen
from textual.widgets.option_list import Option

from crmtool.core.messages import N_, t
from crmtool.core.tokens import fold
from crmtool.doors.width import pad, width
from crmtool.tui.dialogs import Dialog, Pick
from crmtool.tui.offers import HERE
from crmtool.tui.text import REMARK, Plain, safe

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from textual.widget import Widget

    from crmtool.tui.offers import Offer

WIDEST_KEYS = 16

# What the widgets are for that have no ``help`` of their own, by the name of their class.
HELP = {
    "Input": N_("A line to type in. Enter takes it, Escape leaves it as it was."),
    "TextArea": N_("A text of several lines to type in."),
    "OptionList": N_("A list to choose from: the arrow keys move, Enter takes what is under the cursor."),
    "Button": N_("A button: Enter or a click presses it."),
    "Select": N_("One of several values: Enter opens the list."),
    "Checkbox": N_("Yes or no: the space bar changes it."),
}


class Keys(Pick):
    """The keys by what they belong to; typing narrows them down, Enter does what is under the cursor."""

    DEFAULT_CSS = "Keys > Vertical { width: 100; }  Keys OptionList { max-height: 24; }"

    def __init__(self, offers: Sequence[Offer]) -> None:
        self._offers = offers
        super().__init__(t("Keys"), ())

    def _options(self, typed: str) -> list[Option]:
        wanted = fold(typed).split()
        options: list[Option] = []
        group = ""
        column = min(max((width(offer.keys) for offer in self._offers), default=0), WIDEST_KEYS)
        for offer in self._offers:
            if not all(
                word in fold(f"{offer.keys} {offer.label} {offer.help} {offer.id}") for word in wanted
            ):
                continue
            if offer.group != group:
                group = offer.group
                options.append(Option(Content.styled(t(group), "bold underline"), disabled=True))
            line = Content.assemble(
                (pad(offer.keys or "–", column), "bold"),
                f"  {offer.label}  ",
                (f"{offer.help} [{offer.id}]", REMARK),
            )
            options.append(Option(line, offer.id))
        return options


class WidgetHelp(Dialog[str]):
    """What a widget is for, and its keys."""

    def __init__(self, widget: Widget | None, offers: Sequence[Offer]) -> None:
        super().__init__(t("Help"))
        self._text = help_of(widget)
        self._offers = [offer for offer in offers if offer.group == HERE]

    def body(self) -> Iterable[Widget]:
        parts = [safe(self._text, lines=True)]
        if self._offers:
            column = min(max(width(offer.keys) for offer in self._offers), WIDEST_KEYS)
            parts.append(Content(""))
            parts += [
                Content.assemble((pad(offer.keys, column), "bold"), "  ", offer.help)
                for offer in self._offers
            ]
        parts += [Content(""), Content(t("? shows the keys of the whole screen."))]
        yield VerticalScroll(Plain(Content("\n").join(parts)))


def help_of(widget: Widget | None) -> str:
    """The text of the nearest widget or screen that says what it is for, else that of its kind."""
    nodes = widget.ancestors_with_self if widget is not None else []
    own = [text for node in nodes if isinstance(text := getattr(node, "help", None), str)]
    common = [HELP[name] for node in nodes if (name := type(node).__name__) in HELP]
    if own or common:
        return t([*own, *common][0])
    if widget is None or isinstance(widget, Screen):
        return t("Nothing has the focus here. Tab moves it, ctrl+o jumps.")
    return t("What has the focus has these keys.")
