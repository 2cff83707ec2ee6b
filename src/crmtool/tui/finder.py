"""A record that is looked for above a screen: typed, found as one types, taken."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from textual.widgets import Input, OptionList
from textual.widgets.option_list import Option

from crmtool.core.messages import N_, t
from crmtool.doors.naming import named_like
from crmtool.tui.actions import Action, keys
from crmtool.tui.beside import beside
from crmtool.tui.dialogs import Dialog
from crmtool.tui.text import safe

if TYPE_CHECKING:
    from collections.abc import Iterable

    from textual.widget import Widget

    from crmtool.app.workspace import Workspace
    from crmtool.doors.naming import Named
    from crmtool.tui.desk import Desk

DEBOUNCE = 0.1  # seconds of rest before what is typed is looked for


class Find(Dialog[str]):
    """Answers the id of a record of the kind ``target``, or of one of several; ``without`` is none of the answers."""

    BINDINGS = keys(
        Action("find.up", "up", "move('cursor_up')", N_("Up"), N_("One up."), shown=False),
        Action("find.down", "down", "move('cursor_down')", N_("Down"), N_("One down."), shown=False),
    )

    def __init__(
        self, desk: Desk, question: str, target: str | tuple[str, ...], detail: str = "", *, without: str = ""
    ) -> None:
        super().__init__(question, detail)
        self._desk, self._target, self._without = desk, target, without
        self._found: list[Named] = []

    def body(self) -> Iterable[Widget]:
        yield Input(placeholder=t("Type a part of the name"))
        yield OptionList(markup=False)

    def on_mount(self) -> None:
        self.query_one(Input).focus()

    def on_input_changed(self, event: Input.Changed) -> None:
        beside(self, self._look, event.value, group="look", exclusive=True)

    async def _look(self, text: str) -> None:
        await asyncio.sleep(DEBOUNCE)

        def ask(workspace: Workspace) -> list[tuple[Named, str]]:
            found = named_like(workspace, self._target, text)
            if isinstance(self._target, str):
                return [(one, one.name) for one in found if one.id != self._without]
            kinds = workspace.registry.entities
            return [
                (one, t("{kind}: {text}", kind=kinds[one.entity].label(), text=one.name))
                for one in found
                if one.id != self._without
            ]

        found = await self._desk.ask(ask)
        self._found = [one for one, _ in found]
        listed = self.query_one(OptionList)
        listed.clear_options()
        listed.add_options([Option(safe(f"{name}  {one.about}".rstrip()), one.id) for one, name in found])
        listed.highlighted = 0 if self._found else None

    def kind_of(self, record: str) -> str:
        """The kind of a record that was found."""
        return next(one.entity for one in self._found if one.id == record)

    def on_input_submitted(self) -> None:
        self.query_one(OptionList).action_select()

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        self.dismiss(event.option.id)

    def action_move(self, way: str) -> None:
        getattr(self.query_one(OptionList), f"action_{way}")()
