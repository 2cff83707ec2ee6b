"""Questions above a screen: yes or no, a line of text, one of several.

``answer = await scene.ask(Prompt(…))`` inside ``scene.work(…)``; ``None`` means that the person went back. Nothing is
asked twice, and escape always leads out.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Generic, NamedTuple, TypeVar

from textual.await_complete import AwaitComplete
from textual.containers import Horizontal, Vertical
from textual.screen import ModalScreen
from textual.widgets import Button, Input, OptionList
from textual.widgets.option_list import Option

from crmtool.core.errors import CrmError
from crmtool.core.messages import N_, t
from crmtool.core.tokens import fold
from crmtool.tui.actions import Action, keys
from crmtool.tui.ahead import Ready
from crmtool.tui.arriving import Arriving
from crmtool.tui.text import Plain, safe
from crmtool.tui.widgets.keybar import KeyBar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from textual.app import ComposeResult
    from textual.suggester import Suggester
    from textual.widget import Widget

T = TypeVar("T")


class Modal(Arriving[T | None], ModalScreen[T | None], Ready[T | None], Generic[T]):
    """A screen above another that is left once. A second key that came with the first does not take the screen below along."""

    def on_mount(self) -> None:  # a subclass has its own beside it: Textual calls both
        self.call_after_refresh(self.build_on)

    def dismiss(self, result: T | None = None) -> AwaitComplete:
        return super().dismiss(result) if self.is_active else AwaitComplete()


class Dialog(Modal[T]):
    """A question with its detail, and a body that a subclass gives."""

    DEFAULT_CSS = """
    Dialog { align: center middle; background: transparent; }
    Dialog > Vertical { width: 70; max-width: 96%; height: auto; max-height: 90%; padding: 0 1; }
    Dialog > Vertical { border: round $primary; background: $surface; }
    Dialog .question { text-style: bold; }
    Dialog .detail { color: $text-muted; max-height: 12; }
    Dialog .wrong { color: $text-error; }
    Dialog Horizontal { height: auto; align-horizontal: right; }
    Dialog Button { margin: 0 0 0 1; }
    Dialog OptionList { height: auto; max-height: 16; border: none; background: $surface; }
    """
    BINDINGS = keys(
        Action(
            "dialog.cancel",
            "escape",
            "cancel",
            N_("Back"),
            N_("Leave the question unanswered; nothing happens."),
        )
    )

    def __init__(self, question: str, detail: str = "") -> None:
        super().__init__()
        self._question, self._detail = question, detail

    def compose(self) -> ComposeResult:
        with Vertical():
            yield Plain(self._question, classes="question")
            if self._detail:
                yield Plain(self._detail, lines=True, classes="detail")
            yield from self.body()
        yield KeyBar()  # at the foot of the app, above the keys of the screen below, which do nothing now

    def body(self) -> Iterable[Widget]:
        return ()

    def action_cancel(self) -> None:
        self.dismiss(None)


class Confirm(Dialog[bool]):
    """Yes or no. ``yes`` says what will be done, in a word or two; a dangerous deed has “no” under the cursor."""

    BINDINGS = keys(
        Action("dialog.yes", "y", "answer(True)", N_("Yes"), N_("Do it.")),
        Action("dialog.no", "n", "answer(False)", N_("No"), N_("Leave it.")),
    )

    def __init__(self, question: str, detail: str = "", *, yes: str = "", dangerous: bool = False) -> None:
        super().__init__(question, detail)
        self._yes, self._dangerous = yes, dangerous

    def body(self) -> Iterable[Widget]:
        yield Horizontal(
            Button(safe(self._yes or t("Yes")), id="yes", variant="error" if self._dangerous else "primary"),
            Button(t("No"), id="no"),
        )

    def on_mount(self) -> None:
        self.query_one("#no" if self._dangerous else "#yes", Button).focus()

    def on_button_pressed(self, event: Button.Pressed) -> None:
        self.dismiss(event.button.id == "yes")

    def action_answer(self, answer: bool) -> None:
        self.dismiss(answer)


class Prompt(Dialog[str]):
    """A line of text. ``check`` raises a ``CrmError`` for one that does not fit, which is shown while it is typed."""

    def __init__(
        self,
        question: str,
        detail: str = "",
        *,
        value: str = "",
        placeholder: str = "",
        check: Callable[[str], object] | None = None,
        suggester: Suggester | None = None,
        required: bool = True,
    ) -> None:
        super().__init__(question, detail)
        self._value, self._placeholder = value, placeholder
        self._check, self._suggester, self._required = check, suggester, required

    def body(self) -> Iterable[Widget]:
        yield Input(self._value, placeholder=self._placeholder, suggester=self._suggester)
        yield Plain("", classes="wrong")

    def on_mount(self) -> None:
        self.query_one(Input).focus()

    def on_input_changed(self, event: Input.Changed) -> None:
        self.query_one(".wrong", Plain).say(self._wrong(event.value) if event.value else "")

    def on_input_submitted(self, event: Input.Submitted) -> None:
        if self._required and not event.value.strip():
            return
        wrong = self._wrong(event.value)
        if wrong:
            self.query_one(".wrong", Plain).say(wrong)
        else:
            self.dismiss(event.value)

    def _wrong(self, value: str) -> str:
        if self._check is None:
            return ""
        try:
            self._check(value)
        except CrmError as error:
            return " ".join(str(part) for part in (error.message, error.hint) if part is not None)
        return ""


class Choice(NamedTuple):
    """One of several: what is answered, what is shown, and a remark beside it."""

    key: str
    label: str
    remark: str = ""


class Pick(Dialog[str]):
    """One of several, found by typing a part of it. Answers the key."""

    BINDINGS = keys(
        Action("dialog.up", "up", "move('cursor_up')", N_("Up"), N_("One up."), shown=False),
        Action("dialog.down", "down", "move('cursor_down')", N_("Down"), N_("One down."), shown=False),
        Action("dialog.page_up", "pageup", "move('page_up')", N_("Page up"), N_("One page up."), shown=False),
        Action(
            "dialog.page_down",
            "pagedown",
            "move('page_down')",
            N_("Page down"),
            N_("One page down."),
            shown=False,
        ),
    )

    def __init__(self, question: str, choices: Sequence[Choice], detail: str = "") -> None:
        super().__init__(question, detail)
        self._choices = choices

    def body(self) -> Iterable[Widget]:
        yield Input(placeholder=t("Type a part of it"))
        yield OptionList(*self._options(""), markup=False)

    def on_mount(self) -> None:
        self.query_one(Input).focus()
        self._land()

    def _options(self, typed: str) -> list[Option]:
        wanted = fold(typed)
        return [
            Option(safe(f"{choice.label}  {choice.remark}".rstrip()), choice.key)
            for choice in self._choices
            if wanted in fold(choice.label)
        ]

    def on_input_changed(self, event: Input.Changed) -> None:
        found = self.query_one(OptionList)
        found.clear_options()
        found.add_options(self._options(event.value) or [Option(t("Nothing is called so."), disabled=True)])
        self._land()

    def _land(self) -> None:
        """Put the cursor on the first that can be taken; a heading cannot."""
        found = self.query_one(OptionList)
        found.highlighted = next((at for at, option in enumerate(found.options) if not option.disabled), None)

    def on_input_submitted(self) -> None:
        self.query_one(OptionList).action_select()

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        self.dismiss(event.option.id)

    def action_move(self, way: str) -> None:
        getattr(self.query_one(OptionList), f"action_{way}")()
