"""Jumping: a letter stands at everything that can have the focus, and pressing it goes there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmtool.tui.dialogs import Modal
from crmtool.tui.text import Plain

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual import events
    from textual.app import ComposeResult
    from textual.widget import Widget

LETTERS = "asdfghjklqwertyuiopzxcvbnm1234567890"


class Jump(Modal["Widget"]):
    """The letters over the screen below. Any other key leads back."""

    DEFAULT_CSS = """
    Jump { background: transparent; }
    Jump > Plain {
        position: absolute; width: 3; height: 1; padding: 0 1; text-style: bold;
        background: $block-cursor-background; color: $block-cursor-foreground;
    }
    """

    def __init__(self, targets: Sequence[Widget]) -> None:
        super().__init__()
        self._targets = dict(zip(LETTERS, targets, strict=False))

    def compose(self) -> ComposeResult:
        for letter, widget in self._targets.items():
            label = Plain(letter)
            x, y, _, _ = widget.region
            label.styles.offset = (max(x, 0), max(y, 0))
            yield label

    def on_key(self, event: events.Key) -> None:
        event.stop()
        self.dismiss(self._targets.get(event.character or ""))

    def on_click(self) -> None:
        self.dismiss(None)
