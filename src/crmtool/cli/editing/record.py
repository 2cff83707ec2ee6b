"""One record as text: TOML, a field a line, empty ones as comments. A line that is gone empties its field."""

from __future__ import annotations

import tomllib

from crmtool.cli.editing import spelling
from crmtool.cli.editing.forms import Form, Opened, Row, comment, one_line
from crmtool.core.errors import CrmError, UsageError
from crmtool.core.messages import Message, t

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from crmtool.core.fields import Field


class RecordForm(Form):
    """The form of one record."""

    suffix = ".toml"
    by_line = False

    def write(self, opened: Opened) -> str:
        ((record, values),) = opened.records.items()
        name, handle = values.get(opened.entity.name_field) or "", opened.labels[record]
        lines = [
            comment(t("{noun} {name} {handle}", noun=opened.entity.label(), name=name, handle=handle)),
            comment(t("Save and leave the editor to apply what you changed.")),
            "",
        ]
        for field in opened.fields.values():
            value = written(values.get(field.key), field)
            empty = value is None or value == []
            lines.append(f"# {field.key} = {_hint(field)}" if empty else f"{field.key} = {_toml(value)}")
        return "\n".join(lines) + "\n"

    def read(self, text: str, opened: Opened) -> list[Row]:
        (record,) = opened.records
        try:
            found = tomllib.loads(text)
            typed = {_field(opened, key).key: _plain(value) for key, value in found.items()}
        except tomllib.TOMLDecodeError as error:
            unread = UsageError(
                Message("The text cannot be read: {reason}.", reason=str(error)),
                Message("A line is written as {example}; text stands in quotes.", example='title = "CTO"'),
                code="document",
            )
            return [Row(1, record, {}, unread)]
        except CrmError as error:
            return [Row(1, record, {}, error)]
        return [Row(1, record, {key: typed.get(key) for key in opened.fields})]

    def given(self, typed: Any, field: Field, old: Any) -> Any:
        return spelling.given(typed, field, old)


def _field(opened: Opened, key: str) -> Field:
    field = opened.entity.field(key)
    if field.key not in opened.fields:
        raise UsageError(
            Message("{field} is kept by the program and cannot be set.", field=field.label()),
            Message("Leave it out; it follows from the other fields and records."),
            code="read_only",
        )
    return field


def written(value: Any, field: Field) -> Any:
    """A value as TOML holds it: lists of words, tables for addresses, everything else as it is typed on the command line."""
    if value is None or value == []:
        return None
    if field.multi:
        return [spelling.entry(item, field) for item in value]
    if field.kind.collection:
        return list(value)
    if field.kind.name in ("yesno",):
        return bool(value)
    if field.kind.name == "number":
        return field.kind.plain(value)
    if field.kind.name == "address":
        return dict(value)
    return field.kind.to_csv(value, field)


def _toml(value: Any) -> str:
    """A value as TOML spells it; a text of several lines keeps them."""
    import tomlkit  # 30 ms, only to edit

    if isinstance(value, dict):
        return "{" + ", ".join(f"{key} = {_toml(item)}" for key, item in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(_toml(item) for item in value) + "]"
    if isinstance(value, str) and "\n" in value:
        return str(tomlkit.string(value, multiline=True).as_string())
    return str(tomlkit.item(value).as_string())


def _plain(value: Any) -> Any:
    # TOML has dates of its own; fields read theirs from text.
    return value.isoformat() if hasattr(value, "isoformat") else value


def _hint(field: Field) -> str:
    if field.kind.name == "choice":
        return '""  # ' + one_line(", ".join(choice.key for choice in field.choices))
    return ("[]" if field.multi or field.kind.collection else '""') + f"  # {one_line(field.label())}"
