"""Text that is edited on the screen: what a terminal would obey has a stand-in there, which becomes itself again when it is read.

An input shows what it holds, so a control that was imported must not stand in it. Each gets a picture of its own for as long as
the text is edited; pasted ones are dropped.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from textual.widgets import Input, TextArea

from crmtool.doors.safe import escape

if TYPE_CHECKING:
    from textual.widgets.text_area import Edit, EditResult

_PICTURES = 0x2400  # the pictures of the control characters, in their order
_PRIVATE = 0xE000  # where no text of people stands


class StandIns:
    """The stand-ins of one text. ``lines`` leaves line feeds and tabs, which a text of several lines shows itself."""

    def __init__(self, text: str, *, lines: bool = False) -> None:
        self._lines = lines
        held = set(text)
        hostile = [char for char in dict.fromkeys(text) if is_hostile(char, lines=lines)]
        free = (chr(code) for code in range(_PRIVATE, _PRIVATE + 0x1900) if chr(code) not in held)
        self._shown: dict[int, str] = {}
        for char in hostile:
            code = ord(char)
            picture = chr(_PICTURES + code) if code < 0x20 else "\u2421" if code == 0x7F else ""
            self._shown[code] = picture if picture and picture not in held else next(free)
        self._read = {ord(shown): chr(code) for code, shown in self._shown.items()}

    def shown(self, text: str) -> str:
        """``text`` as it stands on the screen; what is hostile and new is left out."""
        kept = (c for c in text if ord(c) in self._shown or not is_hostile(c, lines=self._lines))
        return text if text.isprintable() else "".join(kept).translate(self._shown)

    def read(self, shown: str) -> str:
        """The text of what stands on the screen."""
        return shown.translate(self._read) if self._read else shown


def is_hostile(char: str, *, lines: bool = False) -> bool:
    """Whether a terminal would obey the character, or it would hide others."""
    if char.isprintable() or (lines and char in "\n\t"):
        return False
    return escape(char) != char


class SafeInput(Input):
    """A line of text."""

    DEFAULT_CSS = """
    SafeInput { border: none; height: 1; padding: 0; background: $surface; }
    SafeInput:focus { border: none; background: $boost; }
    SafeInput.-invalid, SafeInput.-invalid:focus { border: none; }
    """

    def __init__(self, text: str = "", **options: Any) -> None:
        self._stand_ins = StandIns(text)
        super().__init__(self._stand_ins.shown(text), select_on_focus=False, **options)

    @property
    def text(self) -> str:
        """What was typed."""
        return self._stand_ins.read(self.value)

    def put(self, text: str) -> None:
        """Show another text."""
        self._stand_ins = StandIns(text)
        self.value = self._stand_ins.shown(text)

    def insert_text_at_cursor(self, text: str) -> None:
        super().insert_text_at_cursor(self._stand_ins.shown(text))


class SafeArea(TextArea):
    """Text of several lines."""

    DEFAULT_CSS = """
    SafeArea { border: none; padding: 0; height: auto; min-height: 3; max-height: 10; background: $surface; }
    SafeArea:focus { border: none; background: $boost; }
    """

    def __init__(self, text: str = "", **options: Any) -> None:
        self._stand_ins = StandIns(text, lines=True)
        super().__init__(
            self._stand_ins.shown(text), soft_wrap=True, tab_behavior="focus", compact=True, **options
        )

    @property
    def typed(self) -> str:
        """What was typed."""
        return self._stand_ins.read(self.text)

    def put(self, text: str) -> None:
        """Show another text."""
        self._stand_ins = StandIns(text, lines=True)
        self.load_text(self._stand_ins.shown(text))

    def edit(self, edit: Edit) -> EditResult:
        edit.text = self._stand_ins.shown(edit.text.replace("\r\n", "\n").replace("\r", "\n"))
        return super().edit(edit)
