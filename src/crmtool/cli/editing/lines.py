"""Records as NDJSON: one JSON object a line, as ``crm NOUN list --ndjson`` prints them.

A key that is taken out leaves its field alone; ``null`` or ``[]`` empties it.
"""

from __future__ import annotations

import json

from crmtool.cli.editing.forms import Form, Opened, Row, comment
from crmtool.cli.output.formats import json_text
from crmtool.core.errors import CrmError, UsageError
from crmtool.core.messages import Message, t

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from crmtool.core.fields import Field

KEY = "id"


class LineForm(Form):
    """The form of many records, for programs and for those who like it."""

    suffix = ".ndjson"

    def write(self, opened: Opened) -> str:
        lines = [
            comment(t("Change values, then save and leave the editor. What you changed is shown before it is done.")),
            comment(t("A line without “id” adds a record. Taking a line out changes nothing, unless --delete-missing is said.")),
        ]  # fmt: skip
        for record, values in opened.records.items():
            shown = {f.key: f.kind.to_json(values.get(f.key), f) for f in opened.fields.values()}
            lines.append(json_text({KEY: record, **shown}))
        return "\n".join(lines) + "\n"

    def read(self, text: str, opened: Opened) -> list[Row]:
        rows = []
        for number, line in enumerate(text.split("\n"), 1):
            if not line.strip() or line.startswith("#"):
                continue
            try:
                rows.append(_row(number, line, opened))
            except CrmError as error:
                rows.append(Row(number, None, {}, error))
        return rows

    def given(self, typed: Any, field: Field, old: Any) -> Any:
        if field.multi and isinstance(typed, list):
            known = {_mark(field.kind.to_json([item], field)[0]): item for item in old or ()}
            return [known.get(_mark(_whole(item)), item) for item in typed]
        if isinstance(typed, dict) and isinstance(old, dict) and typed.get("id") == old.get("id"):
            # Somebody wrote another name and left the id: the name is what was meant.
            return typed.get("name")
        if field.kind.name == "json" and isinstance(typed, str):
            return json.dumps(typed)  # a field reads text as JSON
        return typed


def _row(number: int, line: str, opened: Opened) -> Row:
    try:
        found = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise UsageError(
            Message("This is not JSON: {reason}", reason=str(error)),
            Message("A record is one JSON object on one line."),
            code="document",
        ) from None
    if not isinstance(found, dict):
        raise UsageError(
            Message("A record is a JSON object."),
            Message("For example {example}", example='{"name": "Ana Ruiz"}'),
            code="document",
        )
    label = found.pop(KEY, None)
    record = opened.find(label) if isinstance(label, str) else None
    if label is not None and record is None:
        raise UsageError(
            Message("“{handle}” is none of the records that were opened.", handle=label),
            Message("To add a record, leave out its id."),
            code="document",
        )
    values: dict[str, Any] = {}
    for name, value in found.items():
        field = opened.entity.field(name)
        if field.key not in opened.fields or field.key in values:
            raise UsageError(
                Message("“{name}” was not opened, or stands here twice.", name=name),
                Message("Say which fields to edit with --fields."),
                code="document",
            )
        values[field.key] = value
    return Row(number, record, values)


def _whole(item: Any) -> Any:
    return item if isinstance(item, dict) and "value" in item else {"value": item, "label": None}


def _mark(item: Any) -> str:
    return json.dumps({"label": None, **item}, sort_keys=True)
