"""A text to be read above a screen: a deleted record, what a change did, what stayed as it is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.containers import VerticalScroll

from crmtool.core.messages import N_
from crmtool.tui.actions import Action, keys
from crmtool.tui.dialogs import Dialog
from crmtool.tui.text import Plain

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from textual.widget import Widget


class Reading(Dialog[None]):
    """Lines under a title; escape or enter closes them."""

    DEFAULT_CSS = "Reading VerticalScroll { height: auto; max-height: 24; }"

    BINDINGS = keys(
        Action("reading.close", "enter", "cancel", N_("Close"), N_("Close what was read."), shown=False)
    )

    def __init__(self, title: str, lines: Sequence[str]) -> None:
        super().__init__(title)
        self._lines = lines

    def body(self) -> Iterable[Widget]:
        yield VerticalScroll(Plain("\n".join(self._lines), lines=True))

    def on_mount(self) -> None:
        self.query_one(VerticalScroll).focus()
