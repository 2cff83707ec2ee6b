"""Other records, files, and whatever else is JSON."""

from __future__ import annotations

from crmtool.core import ids
from crmtool.core.fields import invalid
from crmtool.core.jsontext import dumps, loads
from crmtool.core.kinds.base import Kind, clean
from crmtool.core.messages import Message, t

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from crmtool.core.fields import Context, Field


class Reference(Kind):
    """The id of a record of ``field.target``. What people type is resolved to an id before it gets here."""

    name = "reference"
    operators = ("=", "!=", "in", "empty", "~", "!~")

    def columns(self, field: Field) -> tuple[tuple[str, str], ...]:
        return ((f"{field.key}_id", "text"),)

    def validate(self, value: Any, field: Field, ctx: Context) -> Any:
        if isinstance(value, dict):
            value = value.get("id")
        if isinstance(value, str) and ids.is_id(value):
            return value
        raise invalid(
            field,
            Message("{field}: “{value}” is not the id of a record.", field=field.label(), value=value),
            Message("Write the id, or the record as {example}.", example='{"id": "…"}'),
        )

    def show(self, value: Any, field: Field) -> str:
        if not isinstance(value, dict):
            return "@" + ids.handle(value)
        name = str(value.get("name") or "@" + ids.handle(value["id"]))
        return t("{name} (deleted)", name=name) if value.get("deleted") else name

    def cell(self, value: Any) -> str:
        """The name; the id of what is in the trash, whose name would mean another record, or nobody, where it is read back."""
        if isinstance(value, dict):
            return str(value["id"] if value.get("deleted") else value.get("name") or value["id"])
        return str(value)


class FileKind(Reference):
    name = "file"


class Json(Kind):
    name = "json"
    storage = "json"
    sortable = False
    operators = ("empty",)

    def parse(self, text: str, field: Field, ctx: Context) -> Any:
        return self.validate(parse_json(text, field), field, ctx)

    def validate(self, value: Any, field: Field, ctx: Context) -> Any:
        try:
            text = dumps(value)
        except (TypeError, ValueError, RecursionError):
            raise invalid(
                field,
                Message("{field}: not a JSON value.", field=field.label()),
                Message("It may hold texts, numbers, yes and no, lists and objects."),
            ) from None
        clean(text, field)
        return value

    def show(self, value: Any, field: Field) -> str:
        return dumps(value)

    def cell(self, value: Any) -> str:
        return dumps(value)


def parse_json(text: str, field: Field) -> Any:
    try:
        return loads(text)
    except (ValueError, RecursionError) as error:
        raise invalid(
            field,
            Message("{field}: not JSON: {reason}", field=field.label(), reason=str(error)),
            Message("Write it as {example}.", example='{"key": "value"}'),
            position=getattr(error, "pos", 0),
        ) from None
