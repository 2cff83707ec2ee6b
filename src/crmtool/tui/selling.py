"""The steps of selling that ask on the way: why a deal was lost and on which day, and what a stage requires.

The board uses them, and whatever screen shows a deal.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from textual.containers import Horizontal, VerticalScroll
from textual.widgets import Button, Input, Label, OptionList
from textual.widgets.option_list import Option

from crmtool.app.board import LOST, reasons
from crmtool.app.commands import Close
from crmtool.core.errors import CrmError, ValidationError
from crmtool.core.messages import N_, t
from crmtool.doors.forms import prepared
from crmtool.tui.actions import Action, keys
from crmtool.tui.dialogs import Dialog
from crmtool.tui.text import Plain, safe
from crmtool.tui.widgets.input_for import input_for

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from textual.widget import Widget

    from crmtool.app.commands import Command
    from crmtool.app.workspace import Workspace
    from crmtool.core.fields import Context, Field
    from crmtool.core.registry import Entity
    from crmtool.tui.screens.base import Scene


async def carried(scene: Scene, make: Callable[[dict[str, Any]], Command], *, asks: bool = True) -> bool:
    """Run the command that ``make`` makes of further values, asking for what a stage requires; false when nobody gave it.

    ``asks``: whether the stage requires anything, so that keys typed meanwhile wait for the question.
    """
    values: dict[str, Any] = {}
    while True:
        try:
            await scene.crm.deeds.run(make(values), asks=asks)
        except CrmError as error:
            if error.code == "stage_requires":
                missing = error.data["fields"]
            elif values and (isinstance(error, ValidationError) or "ref" in error.data):
                missing = list(values)  # one of them means nothing, or several records
            else:
                raise
            given = await _required(scene, missing, error.message, values)
            if given is None:
                return False
            values.update(given)
        else:
            return True


async def _required(
    scene: Scene, missing: Sequence[str], why: object, before: dict[str, Any]
) -> dict[str, Any] | None:
    """A value for each field, asked for at once; ``None`` when the person went back."""

    def look(workspace: Workspace) -> tuple[list[tuple[Field, Any]], Context]:
        deal = workspace.registry.entity("deal")
        held = prepared(workspace, deal, before)
        return [(deal.fields[key], held.get(key)) for key in missing], workspace.context

    return await scene.ask(Required(str(why), *await scene.crm.desk.ask(look)))


class Required(Dialog[dict[str, Any]]):
    """Asks for a value of each of these fields, of which none may stay empty. Enter goes on, and answers in the last."""

    DEFAULT_CSS = """
    Required VerticalScroll { height: auto; max-height: 16; margin: 1 0; }
    """

    def __init__(self, question: str, fields: Sequence[tuple[Field, Any]], ctx: Context) -> None:
        super().__init__(question)
        self._inputs = [input_for(field, value, ctx) for field, value in fields]

    def body(self) -> Iterable[Widget]:
        yield VerticalScroll(*self._inputs, can_focus=False)
        yield Horizontal(Button(t("Go on"), variant="primary"))

    def on_input_submitted(self, event: Input.Submitted) -> None:
        if self._inputs[-1] in event.input.ancestors:
            self._answer()
        else:
            self.focus_next()

    def on_button_pressed(self) -> None:
        self._answer()

    def _answer(self) -> None:
        wrong = [one for one in self._inputs if one.check_filled() is not None]
        if wrong:
            next(widget for widget in wrong[0].query("*") if widget.focusable).focus()
        else:
            self.dismiss({one.field.key: one.given() for one in self._inputs})


class Closed(NamedTuple):
    """How a deal was closed, as it was typed; empty for what was left out."""

    reason: str
    day: str


class Closing(Dialog[Closed]):
    """Asks how a deal was closed: the reason where it was lost, one of ``known`` or another, and the day."""

    DEFAULT_CSS = """
    Closing Input { margin: 0; }
    Closing #known { max-height: 8; }
    """
    BINDINGS = keys(
        Action("closing.known", "down", "known", N_("Known reasons"), N_("Go to the reasons."), shown=False)
    )

    def __init__(
        self, question: str, known: Sequence[str], read_day: Callable[[str], object], *, lost: bool
    ) -> None:
        super().__init__(question)
        self._known, self._read_day, self._lost = known, read_day, lost

    def body(self) -> Iterable[Widget]:
        if self._lost:
            yield Label(t("Why?"))
            yield Input(id="reason", placeholder=t("The reason, in your words"))
            if self._known:
                yield OptionList(*(Option(safe(reason)) for reason in self._known), markup=False, id="known")
        yield Label(t("Closed on"))
        yield Input(id="day", placeholder=t("today"))
        yield Plain("", classes="wrong")
        yield Horizontal(Button(t("Lose") if self._lost else t("Win"), variant="primary"))

    def on_mount(self) -> None:
        self.query(Input).first().focus()

    def action_known(self) -> None:
        for known in self.query("#known"):
            known.focus()

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        self.query_one("#reason", Input).value = self._known[event.option_index]
        self.query_one("#reason").focus()

    def on_input_submitted(self) -> None:
        self._answer()

    def on_button_pressed(self) -> None:
        self._answer()

    def _answer(self) -> None:
        day = self.query_one("#day", Input).value.strip()
        reason = self.query_one("#reason", Input).value.strip() if self._lost else ""
        if day:
            try:
                self._read_day(day)
            except CrmError as error:
                self.query_one(".wrong", Plain).say(error.message)
                self.query_one("#day").focus()
                return
        self.dismiss(Closed(reason, day))


async def close(
    scene: Scene, record: str, name: str, status: str, values: dict[str, Any] | None = None
) -> bool:
    """Win or lose a deal, asking how; false when the person went back."""

    def look(workspace: Workspace) -> tuple[list[str], Entity, Context]:
        known = reasons(workspace) if status == LOST else []
        return known, workspace.registry.entity("deal"), workspace.context

    known, deal, context = await scene.crm.desk.ask(look)
    question = t("Lost: {deal}", deal=name) if status == LOST else t("Won: {deal}", deal=name)
    answer = await scene.ask(
        Closing(
            question, known, lambda text: deal.fields["closed_on"].parse(text, context), lost=status == LOST
        )
    )
    if answer is None:
        return False
    await scene.crm.deeds.run(Close(record, status, answer.reason or None, answer.day or None, values))
    return True
