"""Choosing the colours of the app, which change while one looks through them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmtool.core.messages import t
from crmtool.tui.dialogs import Choice, Pick
from crmtool.tui.themes import THEMES

if TYPE_CHECKING:
    from textual.widgets import OptionList


class Colours(Pick):
    """The themes there are. What was there before comes back when one goes back."""

    def __init__(self, now: str) -> None:
        self._now = now
        names = [now, *(name for name in THEMES if name != now)]
        super().__init__(
            t("Colours"),
            [Choice(name, name, t(THEMES[name][1])) for name in names if name in THEMES],
            t("The app shows each one as you come to it."),
        )

    def on_option_list_option_highlighted(self, event: OptionList.OptionHighlighted) -> None:
        if event.option.id:
            self.app.theme = event.option.id

    def action_cancel(self) -> None:
        self.app.theme = self._now
        super().action_cancel()
