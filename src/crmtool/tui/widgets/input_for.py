"""The input of any field, by its kind."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from crmtool.tui.widgets.inputs import FieldInput, LineInput
from crmtool.tui.widgets.inputs_choice import ChoiceInput, ChoicesInput, YesNoInput
from crmtool.tui.widgets.inputs_many import AddressInput, ManyInput
from crmtool.tui.widgets.inputs_reference import ReferenceInput
from crmtool.tui.widgets.inputs_text import LONGEST_LINE, TextInput

if TYPE_CHECKING:
    from crmtool.core.fields import Context, Field

_KINDS: dict[str, type[FieldInput]] = {
    "longtext": TextInput,
    "choice": ChoiceInput,
    "multichoice": ChoicesInput,
    "yesno": YesNoInput,
    "reference": ReferenceInput,
    "file": ReferenceInput,
    "address": AddressInput,
}


def input_for(field: Field, value: Any, ctx: Context) -> FieldInput:
    """An input that shows ``value``."""
    if field.multi:
        return ManyInput(field, value, ctx)
    if field.kind.name in ("text", "json") and len(field.kind.to_csv(value, field)) > LONGEST_LINE:
        return LongLine(field, value, ctx)
    return _KINDS.get(field.kind.name, LineInput)(field, value, ctx)


class LongLine(TextInput):
    """A text or JSON that is too long for a line."""
