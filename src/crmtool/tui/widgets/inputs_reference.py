"""Another record: looked for while its name is typed, and taken from what is found."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from textual.widgets import Input, OptionList
from textual.widgets.option_list import Option

from crmtool.core.ids import handle
from crmtool.core.messages import N_, t
from crmtool.doors.naming import named_like
from crmtool.tui.actions import Action, keys
from crmtool.tui.beside import beside
from crmtool.tui.text import safe
from crmtool.tui.widgets.inputs import FieldInput
from crmtool.tui.widgets.stand_in import SafeInput

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from textual.widget import Widget

    from crmtool.app.workspace import Workspace
    from crmtool.doors.naming import Named

DEBOUNCE = 0.1  # seconds of rest before what is typed is looked for


class ReferenceInput(FieldInput):
    """A record by its name. What is typed and not taken from the list is left to the command, which knows handles and e-mails."""

    DEFAULT_CSS = """
    ReferenceInput OptionList { height: auto; max-height: 8; border: none; padding: 0 1; background: $panel; }
    """
    BINDINGS = keys(
        Action(
            "reference.down", "down", "move('cursor_down')", N_("Down"), N_("The next found."), shown=False
        ),
        Action("reference.up", "up", "move('cursor_up')", N_("Up"), N_("The one before."), shown=False),
        Action("reference.close", "escape", "close", N_("Close"), N_("Close what was found."), shown=False),
    )

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        self.around: Callable[[], dict[str, str]] = dict  # other fields that narrow what is meant
        self._held: str | None = None
        self._called = ""
        self._found: list[Named] = []
        self._found_for: str | None = None  # the text that led to what was found

    def body(self) -> Iterable[Widget]:
        self._take(self.value)
        yield SafeInput(self._called, placeholder=t("Type a part of the name"))
        listed = OptionList(markup=False)
        listed.can_focus = False
        listed.display = False
        yield listed

    def _take(self, value: Any) -> None:
        held = value if isinstance(value, dict) else {"id": value}
        self._held = held.get("id")
        self._called = str(held.get("name") or "") or (f"@{handle(self._held)}" if self._held else "")

    @property
    def line(self) -> SafeInput:
        return self.query_one(SafeInput)

    @property
    def listed(self) -> OptionList:
        return self.query_one(OptionList)

    @property
    def id_now(self) -> str | None:
        """The id of the record that stands there, where it is known."""
        return self._held if self.line.text == self._called else None

    def typed(self) -> str:
        return self.id_now or self.line.text.strip()

    def given(self) -> Any:
        return self.typed() or None

    def show(self, value: Any) -> None:
        self._take(value)
        self.line.put(self._called)

    # -- looking -----------------------------------------------------------------------------------------------------

    def on_input_changed(self, event: Input.Changed) -> None:
        event.stop()
        if self.line.has_focus and self.line.text != self._called:
            self._look()
        self.edited()

    def on_descendant_focus(self) -> None:
        if not self.line.value:
            self._look()

    def on_descendant_blur(self) -> None:
        self.action_close()

    def _look(self) -> None:
        beside(self, self._search, group="look", exclusive=True)

    async def _search(self, rest: float = DEBOUNCE, take: bool = False) -> None:
        """Look for what is typed, and show it; ``take`` takes the first at once."""
        await asyncio.sleep(rest)
        text, target, within = self.line.text, self.field.target, self.around()

        def ask(workspace: Workspace) -> list[Named]:
            return named_like(workspace, target, text, within=within)

        from crmtool.tui.app import CrmApp

        assert isinstance(self.app, CrmApp)
        self._found = await self.app.desk.ask(ask)
        self._found_for = text
        if take:
            if self._found:
                self._choose(0)
            return
        listed = self.listed
        listed.clear_options()
        listed.add_options([Option(safe(f"{one.name}  {one.about}".rstrip())) for one in self._found])
        listed.highlighted = 0 if self._found and text.strip() else None
        listed.display = bool(self._found) and self.line.has_focus

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        return self.listed.display if action in ("move", "close") else True

    def action_move(self, way: str) -> None:
        getattr(self.listed, f"action_{way}")()

    def action_close(self) -> None:
        self.listed.display = False

    def on_input_submitted(self, event: Input.Submitted) -> None:
        text = self.line.text
        if text.strip() and text not in (self._called, self._found_for):
            # What is listed was found for less than what is typed by now: taking it would take another record.
            event.stop()
            beside(self, self._search, 0.0, True, group="look", exclusive=True)
        elif self.listed.display and self.listed.highlighted is not None:
            event.stop()
            self._choose(self.listed.highlighted)

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        self._choose(event.option_index)

    def _choose(self, at: int) -> None:
        one = self._found[at]
        self._held, self._called = one.id, one.name
        self.line.put(one.name)
        self.line.cursor_position = len(self.line.value)
        self.action_close()
        self.edited()

    def _understood(self, given: Any) -> str:
        if self.id_now or not given:
            return ""
        if self.field.target == "company":
            return t("Not chosen from the list: the company of this name, or a new one.")
        return t("Not chosen from the list: the one record of this name, e-mail or @handle.")
