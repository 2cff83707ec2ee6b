"""Text of several lines. What is too long for an input that redraws at every key is shown by its beginning and edited in
the person's editor.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from textual.widgets import TextArea

from crmtool.core.messages import t, tn
from crmtool.doors import words
from crmtool.tui.text import Plain
from crmtool.tui.widgets.inputs import FieldInput
from crmtool.tui.widgets.stand_in import SafeArea

if TYPE_CHECKING:
    from collections.abc import Iterable

    from textual.widget import Widget

MOST = 8_000  # characters that are edited in place
LONGEST_LINE = 2_000
_BEGINNING = 400


class TextInput(FieldInput):
    """A long text, also one of hundreds of thousands of characters."""

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        self._kept: str | None = None  # the whole of a text that is only shown by its beginning

    def body(self) -> Iterable[Widget]:
        text = self._text(self.value)
        self._kept = text if _is_long(text) else None
        yield SafeArea("" if self._kept is not None else text)
        yield Plain("", lines=True, classes="beginning")

    def on_mount(self) -> None:
        self._arrange()

    def _arrange(self) -> None:
        beginning = self.query_one(".beginning", Plain)
        self.query_one(SafeArea).display = self._kept is None
        beginning.display = self._kept is not None
        if self._kept is not None:
            length = tn("{n} character", "{n} characters", len(self._kept))
            note = t("({length}: ctrl+e edits it in your editor)", length=length)
            beginning.say(f"{self._kept[:_BEGINNING]}…\n{note}")

    def _text(self, value: Any) -> str:
        if isinstance(value, str) and self.field.kind.name != "json":
            return value
        return self.field.kind.to_csv(value, self.field)

    def typed(self) -> str:
        return self.query_one(SafeArea).typed if self._kept is None else self._kept

    def given(self) -> Any:
        given = words.read(self.field, self.typed())
        if isinstance(given, str):
            self.field.parse(given, self.ctx)
        return given

    def show(self, value: Any) -> None:
        text = self._text(value)
        self._kept = text if _is_long(text) else None
        self.query_one(SafeArea).put("" if self._kept is not None else text)
        self._arrange()

    @property
    def long_text(self) -> str | None:
        return self.typed()

    def on_text_area_changed(self, event: TextArea.Changed) -> None:
        event.stop()
        self.edited()


def _is_long(text: str) -> bool:
    return len(text) > MOST or any(len(line) > LONGEST_LINE for line in text.split("\n"))
