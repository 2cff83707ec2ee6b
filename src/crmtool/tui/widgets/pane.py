"""A part of a screen with a title and rows to go through by key or mouse; it keeps its place while its rows change."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from textual.content import Content
from textual.message import Message
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from crmtool.core.messages import N_
from crmtool.doors.width import cut, pad
from crmtool.tui.actions import Action, keys
from crmtool.tui.text import safe

if TYPE_CHECKING:
    from collections.abc import Sequence

    from crmtool.doors.sheets import Line

LABEL_WIDTH = 18
LONGEST = 2_000  # characters of a row; the record itself has the whole text
_BETWEEN = 2  # cells between a label and its text
_LEAST = 12  # cells of text in the narrowest pane
_LATE = "$text-error"
_LABEL = "italic"  # and no colour: the row under the cursor has one of its own


class Pane(OptionList):
    """Rows of lines. Empty, it takes no room."""

    DEFAULT_CSS = """
    Pane { height: 1fr; border: round $border-blurred; padding: 0 1; background: $background; }
    Pane:focus { border: round $border; }
    Pane.-fitting { height: auto; max-height: 40%; }
    Pane.-empty { display: none; }
    """
    BINDINGS = keys(
        Action("pane.up", "k", "cursor_up", N_("Up"), N_("One row up."), shown=False),
        Action("pane.down", "j", "cursor_down", N_("Down"), N_("One row down."), shown=False),
        Action("pane.first", "g", "first", N_("First"), N_("The first row."), shown=False),
        Action("pane.last", "G", "last", N_("Last"), N_("The last row."), shown=False),
    )

    class Chosen(Message):
        """A row was opened by key or mouse."""

        def __init__(self, pane: Pane, line: Line) -> None:
            super().__init__()
            self.pane, self.line = pane, line

        @property
        def control(self) -> Pane:
            return self.pane

    def __init__(self, title: str, **options: Any) -> None:
        super().__init__(markup=False, **options)
        self.border_title = title
        self._shown: list[Line] = []
        self._wrapped_at = 0

    def put(self, lines: Sequence[Line]) -> None:
        """Show these rows; the cursor stays with its row, or near where it was."""
        if list(lines) == self._shown:
            return
        held, at = self.line, self.highlighted
        self._shown = list(lines)
        self.set_class(not lines, "-empty")
        self._fill(held, at)

    def _fill(self, held: Line | None, at: int | None) -> None:
        self.clear_options()
        self.add_options([Option(self._row(line)) for line in self._shown])
        where = next((n for n, line in enumerate(self._shown) if held and line.key == held.key), at)
        if self._shown:
            self.highlighted = min(where or 0, len(self._shown) - 1)

    @property
    def line(self) -> Line | None:
        """The row under the cursor."""
        at = self.highlighted
        return self._shown[at] if at is not None and at < len(self._shown) else None

    @property
    def shown(self) -> list[Line]:
        """The rows."""
        return self._shown

    def on_resize(self) -> None:
        if self._shown and self._wrapped_at != self._room:
            self._fill(self.line, self.highlighted)

    @property
    def _room(self) -> int:
        """Cells that a row takes; nothing is known of it before the first layout."""
        return self.scrollable_content_region.width

    def _row(self, line: Line) -> Content:
        self._wrapped_at = self._room
        indent = LABEL_WIDTH + _BETWEEN if line.label else _BETWEEN
        words = line.text if len(line.text) <= LONGEST else line.text[:LONGEST] + "…"
        text = safe(words, lines=True, style=_LATE if line.late else "")
        if self._room:
            folded = text.wrap(max(self._room - indent, _LEAST))
            text = Content("\n" + " " * indent).join(folded)
        if not line.label:
            return text
        label = pad(cut(line.label, LABEL_WIDTH), LABEL_WIDTH)
        return Content.assemble(safe(label, style=_LABEL), " " * _BETWEEN, text)

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        if self.line is not None:
            self.post_message(self.Chosen(self, self.line))
