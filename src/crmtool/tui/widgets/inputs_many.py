"""Several values of one field, each with a label, in an order; an address as its parts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from textual.containers import Horizontal, Vertical
from textual.widgets import Button, Input

from crmtool.core.ids import entry_id
from crmtool.core.kinds import ADDRESS_PARTS
from crmtool.core.messages import N_, t
from crmtool.tui.actions import Action, keys
from crmtool.tui.beside import beside
from crmtool.tui.widgets.inputs import EXAMPLES, FieldInput
from crmtool.tui.widgets.stand_in import SafeInput

if TYPE_CHECKING:
    from collections.abc import Iterable

    from textual.app import ComposeResult
    from textual.widget import Widget

    from crmtool.core.fields import Context, Field

PART_LABELS = {
    "street": N_("Street"), "extended": N_("More"), "po_box": N_("PO box"), "city": N_("City"),
    "region": N_("State or region"), "postal_code": N_("Postal code"), "country": N_("Country"),
}  # fmt: skip


class EntryRow(Horizontal):
    """One of several values. ``entry`` is what was stored, ``None`` for a new one."""

    DEFAULT_CSS = """
    EntryRow { height: auto; }
    EntryRow > .value { width: 1fr; }
    EntryRow > Vertical { width: 1fr; height: auto; }
    EntryRow > .entry-label { width: 14; margin: 0 0 0 1; }
    """

    def __init__(self, field: Field, entry: dict[str, Any] | None) -> None:
        super().__init__()
        self.field, self.entry = field, entry

    def compose(self) -> ComposeResult:
        yield from self.body()
        label = str((self.entry or {}).get("label") or "")
        yield SafeInput(label, placeholder=t("label"), classes="entry-label")

    def body(self) -> Iterable[Widget]:
        kind = self.field.kind
        text = "" if self.entry is None else kind.cell(self.entry["value"])
        yield SafeInput(text, placeholder=EXAMPLES.get(kind.name, ""), classes="value")

    @property
    def label(self) -> str:
        return self.query_one(".entry-label", SafeInput).text.strip()

    def value(self) -> Any:
        """What stands there, as text or parts; empty for nothing."""
        return self.query_one(".value", SafeInput).text.strip()

    def parsed(self, ctx: Context) -> Any:
        """The stored value. Raises ``CrmError``."""
        return self.field.kind.parse(self.value(), self.field, ctx)

    def typed(self) -> tuple[Any, ...]:
        value = self.value()
        return (None if self.entry is None else self.entry["id"], self.label, value)


class AddressRow(EntryRow):
    """An address, a line for each part."""

    DEFAULT_CSS = """
    AddressRow { margin: 0 0 1 0; }
    AddressRow.-single > .entry-label { display: none; }
    """

    def body(self) -> Iterable[Widget]:
        held = (self.entry or {}).get("value") or {}
        parts = [
            SafeInput(str(held.get(part) or ""), placeholder=t(PART_LABELS[part]), id=part, classes="part")
            for part in ADDRESS_PARTS
        ]
        yield Vertical(*parts)

    def value(self) -> dict[str, str]:
        typed = {part: self.query_one(f"#{part}", SafeInput).text.strip() for part in ADDRESS_PARTS}
        return {part: text for part, text in typed.items() if text}

    def parsed(self, ctx: Context) -> Any:
        return self.field.kind.validate(self.value(), self.field, ctx)

    def typed(self) -> tuple[Any, ...]:
        ident, label, value = super().typed()
        return ident, label, tuple(value.items())


class ManyInput(FieldInput):
    """Several values; an emptied one goes, and an empty row waits for one more."""

    DEFAULT_CSS = """
    ManyInput .rows { height: auto; }
    ManyInput Button { min-width: 6; }
    """
    BINDINGS = keys(
        Action(
            "many.up", "alt+up", "shift(-1)", N_("Value up"), N_("Move this value before the one above it."), shown=False
        ),
        Action(
            "many.down", "alt+down", "shift(1)", N_("Value down"), N_("Move this value behind the next one."), shown=False
        ),
        Action("many.more", "alt+n", "more", N_("One more"), N_("A row for one more value."), shown=False),
    )  # fmt: skip

    def body(self) -> Iterable[Widget]:
        rows = [self.row(entry) for entry in self.value or ()]
        if not rows and not self._parted:
            rows.append(self.row(None))
        yield Vertical(*rows, classes="rows")
        yield Button(t("+ one more"), compact=True)

    @property
    def _parted(self) -> bool:
        return self.field.kind.name == "address"

    def row(self, entry: dict[str, Any] | None) -> EntryRow:
        return (AddressRow if self._parted else EntryRow)(self.field, entry)

    @property
    def rows(self) -> list[EntryRow]:
        return [*self.query(EntryRow)]

    def typed(self) -> list[tuple[Any, ...]]:
        return [row.typed() for row in self.rows if row.value()]

    def given(self) -> Any:
        out = []
        for row in self.rows:
            if not row.value():
                continue
            kept = {} if row.entry is None else {"id": row.entry["id"], "key": row.entry["key"]}
            entry = {"id": entry_id(), **kept, "value": row.parsed(self.ctx)}
            if row.label:
                entry["label"] = row.label
            out.append(entry)
        return self.field.validate(out, self.ctx)

    def show(self, value: Any) -> None:
        beside(self, self._show, value, group="rows", exclusive=True)

    async def _show(self, value: Any) -> None:
        rows = self.query_one(".rows", Vertical)
        untouched = not self.touched
        await rows.remove_children()
        await rows.mount(*(self.row(entry) for entry in value or ()))
        if untouched:
            self._before = self.typed()
        self.check()

    def put(self, value: Any) -> None:
        self.value = value
        self._before = self.typed()  # what is shown now is given up; what comes is untouched
        self.show(value)

    # -- what a person does --------------------------------------------------------------------------------------------

    def on_input_changed(self, event: Input.Changed) -> None:
        event.stop()
        self.edited()

    def on_button_pressed(self, event: Button.Pressed) -> None:
        event.stop()
        self.action_more()

    def action_more(self) -> None:
        row = self.row(None)
        self.query_one(".rows", Vertical).mount(row)
        self.call_after_refresh(lambda: row.query(SafeInput).first().focus())

    def action_shift(self, by: int) -> None:
        rows = self.rows
        at = next((i for i, row in enumerate(rows) if row.has_focus_within), None)
        if at is None or not 0 <= at + by < len(rows):
            return
        place = self.query_one(".rows", Vertical)
        if by < 0:
            place.move_child(rows[at], before=rows[at + by])
        else:
            place.move_child(rows[at], after=rows[at + by])
        self.edited()


class AddressInput(FieldInput):
    """A single address."""

    def body(self) -> Iterable[Widget]:
        yield Vertical(self._row(self.value), classes="rows")

    def _row(self, value: Any) -> AddressRow:
        row = AddressRow(self.field, None if value is None else {"id": "", "value": value})
        row.add_class("-single")
        return row

    def typed(self) -> Any:
        return self.query_one(AddressRow).value()

    def given(self) -> Any:
        return self.query_one(AddressRow).parsed(self.ctx)

    def show(self, value: Any) -> None:
        for part in ADDRESS_PARTS:
            self.query_one(f"#{part}", SafeInput).put(str((value or {}).get(part) or ""))

    def on_input_changed(self, event: Input.Changed) -> None:
        event.stop()
        self.edited()
