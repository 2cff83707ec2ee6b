"""A cell that is being edited where it stands: checked as one types, stored with enter, left with escape."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.message import Message
from textual.widgets import Input

from crmtool.core.errors import CrmError
from crmtool.tui.text import Plain
from crmtool.tui.widgets.completing import Completing

if TYPE_CHECKING:
    from textual.app import ComposeResult
    from textual.geometry import Region

    from crmtool.core.fields import Context, Field
    from crmtool.tui.widgets.completing import Offering

LEAST = 16  # cells that the line has at least, however narrow its column is
BY_NAME = ("reference", "file", "tags")  # what a name means is found out by the change itself


class CellEditor(Completing):
    """Stands over the cell; ``region`` is the cell's on the screen."""

    DEFAULT_CSS = """
    CellEditor { position: absolute; overlay: screen; height: auto; background: $surface; }
    CellEditor #cell-wrong { color: $text-error; background: $surface; height: 1; display: none; }
    CellEditor.-wrong #cell-wrong { display: block; }
    """

    class Finished(Message):
        """The value is to be stored (``None``: left as it was)."""

        def __init__(self, record: str, field: Field, text: str | None) -> None:
            super().__init__()
            self.record, self.field, self.text = record, field, text

    def __init__(
        self, record: str, field: Field, value: str, ctx: Context, offering: Offering, region: Region
    ) -> None:
        super().__init__(offering, value)
        self._record, self._field, self._ctx, self._region = record, field, ctx, region
        self._before = value

    def compose(self) -> ComposeResult:
        yield from super().compose()
        yield Plain("", id="cell-wrong")

    def on_mount(self) -> None:
        across = self.app.size.width
        wide = min(max(self._region.width, LEAST), across)
        self.styles.width = wide
        self.styles.offset = (max(min(self._region.x, across - wide), 0), self._region.y)
        line = self.query_one(Input)
        self.screen.set_focus(line)  # at once: what was typed ahead goes to what has the focus by then
        line.cursor_position = len(self._before)

    def on_input_changed(self, event: Input.Changed) -> None:
        wrong = self._wrong(event.value)
        self.query_one("#cell-wrong", Plain).say(wrong)
        self.set_class(bool(wrong), "-wrong")

    def _wrong(self, text: str) -> str:
        if self._field.required and not text.strip():
            from crmtool.core.messages import t

            return t("{field} is needed.", field=self._field.label())
        if self._field.kind.name in BY_NAME:
            return ""
        try:
            self._field.parse(text, self._ctx)
        except CrmError as error:
            return " ".join(str(part) for part in (error.message, error.hint) if part is not None)
        return ""

    def on_completing_submitted(self, message: Completing.Submitted) -> None:
        message.stop()
        if not self._wrong(message.text):
            self._end(message.text if message.text != self._before else None)

    def on_completing_left(self, message: Completing.Left) -> None:
        message.stop()
        self._end(None)

    def _end(self, text: str | None) -> None:
        self.post_message(self.Finished(self._record, self._field, text))
        self.remove()
