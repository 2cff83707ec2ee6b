"""A short list of lines, each a way to a place: what happened lately, what closes soon."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from textual.message import Message
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from crmtool.tui.text import safe

if TYPE_CHECKING:
    from collections.abc import Sequence

    from crmtool.tui.places import Place


class Line(NamedTuple):
    """``key`` stays with the line wherever it moves; ``text`` may hold anything; ``place`` is where it leads, if anywhere."""

    key: str
    text: str
    place: Place | None = None


class Lines(OptionList):
    """The lines, the cursor staying with its line when others come. ``nothing`` is what is said when there are none."""

    DEFAULT_CSS = """
    Lines { height: 1fr; border: none; padding: 0; background: $background; text-wrap: nowrap; text-overflow: ellipsis; }
    Lines:focus { border: none; }
    """

    class Opened(Message):
        """A line was opened by key or mouse."""

        def __init__(self, place: Place) -> None:
            super().__init__()
            self.place = place

    def __init__(self, nothing: str, **options: Any) -> None:
        super().__init__(markup=False, **options)
        self._nothing = nothing
        self._shown: tuple[Line, ...] | None = None

    def show(self, lines: Sequence[Line]) -> None:
        """Show these lines."""
        if self._shown == tuple(lines):
            return
        held = self.highlighted_option.id if self.highlighted_option is not None else None
        self._shown = tuple(lines)
        self.clear_options()
        self.add_options([Option(safe(line.text), line.key) for line in lines])
        if not lines:
            self.add_option(Option(self._nothing, disabled=True))
        elif held is not None and any(line.key == held for line in lines):
            self.highlighted = self.get_option_index(held)

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        place = next((line.place for line in self._shown or () if line.key == event.option.id), None)
        if place is not None:
            self.post_message(self.Opened(place))
