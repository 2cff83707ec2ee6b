"""One of some, several of some, yes or no: picked, not typed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from textual.widgets import Select, SelectionList

from crmtool.core.messages import t
from crmtool.tui.text import safe
from crmtool.tui.widgets.inputs import FieldInput

if TYPE_CHECKING:
    from collections.abc import Iterable

    from textual.content import Content
    from textual.widget import Widget


class ChoiceInput(FieldInput):
    """One choice, or none."""

    DEFAULT_CSS = "ChoiceInput Select { width: 40; max-width: 100%; }"

    def choices(self) -> list[tuple[Content, str]]:
        """(what is shown, key) of each choice; a value that is none of them any more can stay."""
        found = [(safe(choice.text()), choice.key) for choice in self.field.choices]
        if isinstance(self.value, str) and self.field.choice(self.value) is None:
            found.append((safe(self.value), self.value))
        return found

    def body(self) -> Iterable[Widget]:
        key = self.key_of(self.value)
        yield Select(
            self.choices(),
            prompt=t("(none)"),
            value=Select.NULL if key is None else key,
            compact=True,
        )

    def key_of(self, value: Any) -> str | None:
        return value if isinstance(value, str) else None

    def typed(self) -> str | None:
        found: str | None = self.query_one(Select).selection
        return found

    def given(self) -> Any:
        return self.typed()

    def show(self, value: Any) -> None:
        select = self.query_one(Select)
        key = self.key_of(value)
        if key is not None and key not in select._legal_values:
            select.set_options([*self.choices(), (safe(key), key)])
        select.value = Select.NULL if key is None else key

    def on_select_changed(self, event: Select.Changed) -> None:
        event.stop()
        self.edited()


class YesNoInput(ChoiceInput):
    """Yes, no, or nothing said."""

    def choices(self) -> list[tuple[Content, str]]:
        return [(safe(t("yes")), "yes"), (safe(t("no")), "no")]

    def key_of(self, value: Any) -> str | None:
        return None if value is None else "yes" if value else "no"


class ChoicesInput(FieldInput):
    """Several choices."""

    DEFAULT_CSS = "ChoicesInput SelectionList { height: auto; max-height: 8; border: none; padding: 0; }"

    def body(self) -> Iterable[Widget]:
        held = list(self.value or ())
        known = [choice.key for choice in self.field.choices]
        options = [(safe(choice.text()), choice.key, choice.key in held) for choice in self.field.choices]
        options += [(safe(key), key, True) for key in held if key not in known]
        yield SelectionList[str](*options)

    def typed(self) -> list[str]:
        return list(self.query_one(SelectionList).selected)

    def given(self) -> Any:
        return self.typed()

    def show(self, value: Any) -> None:
        found = self.query_one(SelectionList)
        found.deselect_all()
        for key in value or ():
            found.select(key)

    def on_selection_list_selected_changed(self, event: SelectionList.SelectedChanged[str]) -> None:
        event.stop()
        self.edited()
