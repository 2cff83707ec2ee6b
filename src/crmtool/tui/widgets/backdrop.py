"""Containers that are seen only between what is in them: a line of nothing costs what one does, however high they are."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.containers import Horizontal, HorizontalScroll, Vertical
from textual.strip import Strip

if TYPE_CHECKING:
    from textual.geometry import Region
    from textual.widget import Widget
else:
    Widget = object  # a widget takes its styles from its first base that is one


class Backdrop(Widget):
    """Paints its background alone. For what has no border and no padding; begin the bases of a widget with it."""

    def render_lines(self, crop: Region) -> list[Strip]:
        strip = Strip.blank(crop.width, self.rich_style)
        _, background = self.background_colors
        for each in self.get_line_filters():
            strip = strip.apply_filter(each, background)
        return [strip] * crop.height


class Across(Backdrop, Horizontal):
    """What is in it stands side by side."""


class Scrolled(Backdrop, HorizontalScroll):
    """What is in it stands side by side, and is scrolled where there is no room."""


class Below(Backdrop, Vertical):
    """What is in it stands one below the other."""
