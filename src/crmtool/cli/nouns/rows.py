"""From the columns of an outside record to the values of a command: which column is which field, and which the program keeps."""

from __future__ import annotations

from crmtool.core import tokens
from crmtool.core.errors import UsageError
from crmtool.doors.words import read

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from crmtool.core.fields import Field
    from crmtool.core.registry import Entity

# Columns that our own output has and no input needs.
_BESIDE = ("entity", "rev", "record", "links")


class Columns:
    """The columns of one input, looked up once each. ``ignored`` names those that are no input."""

    def __init__(self, entity: Entity) -> None:
        self.entity = entity
        self.ignored: dict[str, None] = {}
        self._known: dict[str, Field | None] = {}
        self._labels = {tokens.fold(f.label()): f for f in entity.fields.values() if not f.hidden}

    def field(self, column: str) -> Field | None:
        """The field a column means by key, alias or label; ``None`` for what the program keeps. ``UsageError`` for a stranger."""
        if column not in self._known:
            self._known[column] = self._find(column)
        return self._known[column]

    def values(self, row: dict[str, Any], *, skip: tuple[str, ...] = ()) -> dict[str, Any]:
        """The values of a row by field key; blank cells are left out."""
        out: dict[str, Any] = {}
        for column, value in row.items():
            if column in skip:
                continue
            field = self.field(column)
            if field is None or value is None or value == "" or value == []:
                continue
            out[field.key] = read(field, value) if isinstance(value, str) else value
        return out

    def _find(self, column: str) -> Field | None:
        field = self.entity.find(column) or self._labels.get(tokens.fold(column))
        if field is None and column not in _BESIDE:
            try:
                self.entity.field(column)
            except UsageError as error:
                error.code = "unknown_field"
                raise
        if field is None or not field.writable:
            self.ignored[column] = None
            return None
        return field
