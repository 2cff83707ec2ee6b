"""The terminal's own cursor, which magnifiers, braille lines and input methods follow: it stands where the focus is.

What is typed into, and lists of records, put it there themselves, character by character. It is hidden unless the setting
``cursor`` is on, because the app draws its own.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.geometry import Offset
from textual.widgets import Input, OptionList, TextArea

from crmtool.tui.widgets.boardcolumn import BoardColumn
from crmtool.tui.widgets.grid import Grid

if TYPE_CHECKING:
    from typing import Any

    from textual.app import App
    from textual.widget import Widget

SHOW = "\x1b[?25h"


def follow(app: App[int]) -> None:
    """Put the cursor on what has the focus, as soon as it stands where it will stand."""
    app.call_after_refresh(_point, app)


def _point(app: App[int]) -> None:
    widget = app.screen.focused
    if isinstance(widget, Input | TextArea):
        app.cursor_position = widget.cursor_screen_offset  # where it came to stand after it got the focus
    elif widget is not None and not isinstance(widget, Grid):
        app.cursor_position = _place(widget)


def _place(widget: Widget) -> Offset:
    """The beginning of a widget, or of the line of a list or the card of a board that one is on."""
    if isinstance(widget, BoardColumn):
        return widget.caret
    place = widget.content_region.offset
    if isinstance(widget, OptionList) and widget.highlighted is not None:
        line = widget._index_to_line.get(widget.highlighted, 0)
        place += Offset(0, line - int(widget.scroll_offset.y))
    return place


def show(app: App[int]) -> None:
    """Let the cursor be seen, now and after the terminal was lent to an editor."""
    _show(app)
    app.app_resume_signal.subscribe(app, _show)


def _show(app: App[Any]) -> None:
    if app._driver is not None:
        app._driver.write(SHOW)
        app._driver.flush()
