"""One value as people read it: escaped, in their language, ids as the handles they type."""

from __future__ import annotations

from crmtool.core.ids import handle
from crmtool.core.messages import t
from crmtool.doors.safe import escape

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from crmtool.core.fields import Field

    Record = dict[str, Any]


def shown(record: Record, field: Field, *, lines: bool = False) -> str:
    """One value as people read it, escaped; the id is shown as the handle they would type. With ``lines``
    there is room: texts keep their lines, and each of several values its label.
    """
    value = record.get(field.key)
    if field.key == "id" and isinstance(value, str):
        return "@" + handle(value)
    if lines and field.multi and isinstance(value, list):
        return "; ".join(_entry(entry, field) for entry in value)
    return escape(field.kind.display(value, field), lines=lines)


def _entry(entry: Any, field: Field) -> str:
    text, label = escape(field.kind.show(entry["value"], field)), entry.get("label")
    return t("{value} ({label})", value=text, label=escape(label)) if label else text
