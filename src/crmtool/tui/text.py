"""Text for the screen. Whatever comes from records is hostile: it never becomes markup, and no control reaches the terminal."""

from __future__ import annotations

from typing import Any

from textual.content import Content
from textual.widgets import Static

from crmtool.doors.safe import escape

REMARK = (
    "italic"  # what stands beside a text in a list: a colour of its own could not be read under the cursor
)


def safe(text: object, *, lines: bool = False, style: str = "") -> Content:
    """``text`` as it is to be shown, without markup; ``lines`` keeps line feeds."""
    return (
        Content.styled(escape(str(text), lines=lines), style)
        if style
        else Content(escape(str(text), lines=lines))
    )


class Plain(Static):
    """A text that is shown as it is, and never read as markup."""

    def __init__(self, text: object = "", *, lines: bool = False, **options: Any) -> None:
        self._lines = lines
        super().__init__(self._shown(text), markup=False, **options)

    def say(self, text: object, *, layout: bool = True) -> None:
        """Show another text; not ``layout``: its size does not hang on it, and nothing has to be placed anew."""
        self.update(self._shown(text), layout=layout)

    def _shown(self, text: object) -> Content:
        return text if isinstance(text, Content) else safe(text, lines=self._lines)
