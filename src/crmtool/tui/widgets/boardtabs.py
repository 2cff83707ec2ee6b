"""The columns of a board in one line, for a screen that shows one of them at a time."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.segment import Segment
from textual.strip import Strip
from textual.widget import Widget

from crmtool.doors.width import width

if TYPE_CHECKING:
    from collections.abc import Sequence


class BoardTabs(Widget):
    """The names of the spots, the current one marked and always in view. A click goes there, a card can be dropped."""

    COMPONENT_CLASSES = {"tabs--tab", "tabs--current"}
    DEFAULT_CSS = """
    BoardTabs { height: 1; display: none; background: $panel; color: $text; }
    BoardTabs > .tabs--tab { color: $text-muted; }
    BoardTabs > .tabs--current { text-style: bold reverse; }
    """

    def __init__(self, spots: Sequence[tuple[str, str]], current: str) -> None:
        super().__init__()
        self._spots, self._current = spots, current

    def show(self, current: str) -> None:
        """Mark another spot."""
        self._current = current
        self.refresh()

    def render_line(self, y: int) -> Strip:
        strips, at, left, right = [], 0, 0, 0
        for spot, name in self._spots:
            current = spot == self._current
            style = self.get_component_rich_style("tabs--current" if current else "tabs--tab", partial=True)
            text = f" {name} "
            if current:
                left, right = at, at + width(text)
            at += width(text)
            strips.append(Strip([Segment(text, self.rich_style + style)]).apply_meta({"spot": spot}))
        across = self.size.width
        begin = max(0, min(left, at - across), right - across) if at > across else 0
        if left < begin:
            begin = left
        return Strip.join(strips).crop(begin, begin + across).extend_cell_length(across, self.rich_style)
