"""Choosing the columns of a list: own fields and those of the records that are referred to, in any order."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from textual.widgets import Input, OptionList
from textual.widgets.option_list import Option

from crmtool.core.messages import N_, t
from crmtool.core.tokens import fold
from crmtool.doors.lists import visible
from crmtool.tui.actions import Action, keys
from crmtool.tui.dialogs import Dialog
from crmtool.tui.text import safe

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from textual.widget import Widget

    from crmtool.app.workspace import Workspace

ON, OFF = "✓", " "


class Offered(NamedTuple):
    """A column that can be shown, by the name that ``--fields`` takes."""

    name: str
    label: str


def offered(workspace: Workspace, noun: str) -> list[Offered]:
    """All fields of a kind of record, then those of the records it refers to."""
    entity = visible(workspace, workspace.registry.entity(noun))
    own = [field for field in entity.fields.values() if not field.hidden]
    found = [Offered(field.key, field.label()) for field in own]
    for field in own:
        if (
            field.kind.name != "reference"
            or not field.target
            or field.target not in workspace.registry.entities
        ):
            continue
        target = visible(workspace, workspace.registry.entity(field.target))
        found += [
            Offered(
                f"{field.key}.{inner.key}",
                t("{outer}: {inner}", outer=field.label(), inner=inner.label()),
            )
            for inner in target.fields.values()
            if not inner.hidden and not inner.system and inner.key != target.name_field
        ]
    return found


class Columns(Dialog[list[str]]):
    """Enter shows or hides the column under the cursor; with control the arrows move it. ctrl+s keeps it so."""

    DEFAULT_CSS = "Columns OptionList { height: 16; }"
    BINDINGS = keys(
        Action("columns.up", "up", "move(-1)", N_("Up"), N_("One up."), shown=False),
        Action("columns.down", "down", "move(1)", N_("Down"), N_("One down."), shown=False),
        Action(
            "columns.earlier",
            "ctrl+up,shift+up",
            "shift(-1)",
            N_("Earlier"),
            N_("Show this column before the one before it."),
            shown=False,
        ),
        Action(
            "columns.later",
            "ctrl+down,shift+down",
            "shift(1)",
            N_("Later"),
            N_("Show this column behind the next."),
            shown=False,
        ),
        Action(
            "columns.keep",
            "ctrl+s",
            "keep",
            N_("Keep"),
            N_("Show the list with these columns."),
            priority=True,
        ),
    )

    def __init__(self, known: Sequence[Offered], shown: Sequence[str]) -> None:
        super().__init__(
            t("Columns"),
            t(
                "Enter shows or hides, ctrl+up and ctrl+down move, ctrl+s keeps it. Type a part of a name to find it."
            ),
        )
        self._labels = {column.name: column.label for column in known}
        self.names = [name for name in shown if name in self._labels]

    def body(self) -> Iterable[Widget]:
        yield Input(placeholder=t("Type a part of it"))
        yield OptionList(markup=False)

    def on_mount(self) -> None:
        self._fill()
        self.query_one(Input).focus()

    @property
    def _list(self) -> OptionList:
        return self.query_one(OptionList)

    def _fill(self, held: str | None = None) -> None:
        wanted = fold(self.query_one(Input).value)
        order = [*self.names, *(name for name in self._labels if name not in self.names)]
        order = [name for name in order if wanted in fold(f"{self._labels[name]} {name}")]
        found = self._list
        found.clear_options()
        found.add_options(
            Option(safe(f"{ON if name in self.names else OFF} {self._labels[name]}  {name}"), name)
            for name in order
        )
        found.highlighted = order.index(held) if held in order else 0 if order else None

    def _held(self) -> str | None:
        at = self._list.highlighted
        return None if at is None else self._list.get_option_at_index(at).id

    def on_input_changed(self) -> None:
        self._fill()

    def on_input_submitted(self) -> None:
        self._toggle()

    def on_option_list_option_selected(self) -> None:
        self._toggle()

    def _toggle(self) -> None:
        name = self._held()
        if name is None:
            return
        if name in self.names:
            self.names.remove(name)
        else:
            self.names.append(name)
        self._fill(name)

    def action_move(self, by: int) -> None:
        (self._list.action_cursor_up if by < 0 else self._list.action_cursor_down)()

    def action_shift(self, by: int) -> None:
        name = self._held()
        if name in self.names:
            at = self.names.index(name)
            self.names.insert(max(0, min(at + by, len(self.names) - 1)), self.names.pop(at))
            self._fill(name)

    def action_keep(self) -> None:
        self.dismiss(self.names)
