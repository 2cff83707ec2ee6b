"""One field of a form: its label, what is typed for it, and what is wrong with that, while it is typed.

Every kind of value has its input (``input_for``); each answers what stands in it as a command takes it, so that the field's own
definition decides what typed text means, here as on the command line.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from textual.containers import Vertical
from textual.content import Content
from textual.message import Message as TextualMessage
from textual.widgets import Input

from crmtool.core.dates import local_text
from crmtool.core.errors import CrmError
from crmtool.core.fields import invalid
from crmtool.core.messages import Message, t
from crmtool.doors import words
from crmtool.tui.text import Plain, safe
from crmtool.tui.widgets.stand_in import SafeInput

if TYPE_CHECKING:
    from collections.abc import Iterable

    from textual.app import ComposeResult
    from textual.widget import Widget

    from crmtool.core.fields import Context, Field

EXAMPLES = {
    "date": "2026-05-31, today, +3d, friday, eom",
    "instant": "2026-05-31 14:30, now, -2h",
    "money": "1250.50 EUR, 10k",
    "number": "1250.5, 10k",
    "email": "name@example.com",
    "phone": "+34 600 123 456",
    "url": "https://example.com",
    "tags": "a, b",
    "json": '{"key": "value"}',
}
_LABEL = 21  # columns of a label
_SPOKEN = ("date", "instant", "money", "number")  # what is typed for these is said back as it is understood


class FieldInput(Vertical):
    """The input of one field. A subclass gives ``body``, ``typed``, ``given`` and ``show``.

    ``value`` is the stored value that is shown, references as ``{"id", "name"}``. The label is drawn and no widget: a form has
    dozens of inputs, and every widget costs each layout of it.
    """

    DEFAULT_CSS = """
    FieldInput { height: auto; padding: 0 1; }
    FieldInput > * { margin: 0 0 0 22; }
    FieldInput .said { color: $text-muted; height: auto; }
    FieldInput .wrong { color: $text-error; height: auto; }
    """

    class Edited(TextualMessage):
        """A person changed what stands in an input."""

        def __init__(self, control: FieldInput) -> None:
            super().__init__()
            self._control = control

        @property
        def control(self) -> FieldInput:
            return self._control

    def __init__(self, field: Field, value: Any, ctx: Context) -> None:
        super().__init__(classes=f"field-{field.kind.name}")
        self.field, self.value, self.ctx = field, value, ctx
        self._before: Any = None
        self._said: Plain | None = None
        mark = t("{label} *", label=field.label()) if field.required else field.label()
        self._beside = [line.plain for line in safe(mark).wrap(_LABEL)]

    def compose(self) -> ComposeResult:
        yield from self.body()

    def on_mount(self) -> None:
        self._before = self.typed()
        if len(self._beside) > 1:
            self.styles.min_height = len(self._beside)

    def render(self) -> Content:
        style = "bold $text" if self.has_focus_within else "$text-muted"
        return Content.styled("\n".join(self._beside), style)

    def on_descendant_focus(self) -> None:
        self.refresh()

    def on_descendant_blur(self) -> None:
        self.refresh()

    # -- what a kind of value gives ----------------------------------------------------------------------------------

    def body(self) -> Iterable[Widget]:
        """The widgets that are typed in."""
        return ()

    def typed(self) -> Any:
        """What stands there, as something that can be compared."""
        raise NotImplementedError

    def given(self) -> Any:
        """What stands there as a command takes it. Raises ``CrmError`` for what does not fit."""
        raise NotImplementedError

    def show(self, value: Any) -> None:
        """Show another stored value."""
        raise NotImplementedError

    # -- what a form asks --------------------------------------------------------------------------------------------

    @property
    def touched(self) -> bool:
        """Whether a person changed what stands there."""
        return bool(self.typed() != self._before)

    @property
    def long_text(self) -> str | None:
        """The text that an editor can take over; ``None`` where there is none."""
        return None

    def put(self, value: Any) -> None:
        """Show a value that is stored by now, as untouched."""
        self.value = value
        self.show(value)
        self._before = self.typed()
        self.check()

    def type(self, value: Any) -> None:
        """Show a value as if the person had typed it."""
        self.show(value)
        self.check()

    def check(self) -> CrmError | None:
        """Say what is wrong with what stands there, or how it is understood; the error, if it is one."""
        if not self.touched:
            self._say("", wrong=False)
            return None
        try:
            said = self._understood(self.given())
        except CrmError as error:
            self.complain(error)
            return error
        self._say(said, wrong=False)
        return None

    def check_filled(self) -> CrmError | None:
        """Say what is wrong, also where nothing stands there; the error."""
        error = self.check()
        if error is None and not self.typed():
            error = invalid(
                self.field,
                Message("{field} is missing.", field=self.field.label()),
                Message("Write it, or leave with escape."),
            )
            self.complain(error)
        return error

    def complain(self, error: CrmError) -> None:
        """Show an error below the input."""
        parts = (error.message, error.hint)
        self._say(" ".join(str(part) for part in parts if part is not None), wrong=True)

    def _understood(self, given: Any) -> str:
        """How a typed value is understood, where that says more than the text."""
        if not isinstance(given, str) or not given.strip() or self.field.kind.name not in _SPOKEN:
            return ""
        kind = self.field.kind
        said = kind.show(kind.parse(given, self.field, self.ctx), self.field)
        return "" if said == given.strip() else t("= {value}", value=said)

    def _say(self, text: str, *, wrong: bool) -> None:
        # The line for it comes with the first thing to say: a form has many inputs, and hardly any has one.
        if self._said is None and text:
            self._said = Plain("", classes="said")
            self.mount(self._said)
        if self._said is not None:
            self._said.say(t("! {text}", text=text) if wrong else text)
            self._said.set_class(wrong, "wrong")
            self._said.display = bool(text)

    def edited(self) -> None:
        """To be called by a subclass when the person changed something."""
        self.check()
        self.post_message(self.Edited(self))


class LineInput(FieldInput):
    """A value on one line: text, a number, money, a day, words, JSON."""

    def body(self) -> Iterable[Widget]:
        hint = t(self.field.help) if self.field.help else EXAMPLES.get(self.field.kind.name, "")
        yield SafeInput(self._text(self.value), placeholder=hint)

    def _text(self, value: Any) -> str:
        if value is None:
            return ""
        if self.field.kind.name == "instant":
            return local_text(value)
        return self.field.kind.to_csv(value, self.field)

    @property
    def line(self) -> SafeInput:
        return self.query_one(SafeInput)

    def typed(self) -> str:
        return self.line.text

    def given(self) -> Any:
        text = self.line.text
        given = words.read(self.field, text)
        if isinstance(given, str):
            self.field.parse(given, self.ctx)
        else:
            self.field.validate(given, self.ctx)
        return given

    def show(self, value: Any) -> None:
        self.line.put(self._text(value))

    @property
    def long_text(self) -> str | None:
        return self.line.text if self.field.kind.name in ("text", "json") else None

    def on_input_changed(self, event: Input.Changed) -> None:
        event.stop()
        self.edited()
