"""What every form of text has: how records are written into it, and what stands in it when it comes back.

Whatever a form cannot say of a value, it never changes: the edited text is compared with the opened one as the same reader reads
both, so that a value nobody touched stays as it is stored.
"""

from __future__ import annotations

from crmtool.core import ids
from crmtool.core.errors import CrmError
from crmtool.core.struct import Struct

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from crmtool.core.fields import Field
    from crmtool.core.registry import Entity

    Record = dict[str, Any]

MARK = "# ! "  # begins a line that says what is wrong with the next one


class Row(Struct):
    """One record of an edited text: the line it stands on, its id (``None``: a new one), what stands there by field key.

    With ``error`` it could not be read, and the rest means nothing.
    """

    line: int
    record: str | None
    values: dict[str, Any]
    error: CrmError | None = None


class Opened:
    """The records that were opened, with their references expanded, in order, and the fields that may be edited."""

    def __init__(self, entity: Entity, fields: list[Field], records: dict[str, Record]) -> None:
        self.entity = entity
        self.fields = {field.key: field for field in fields}
        self.records = records
        self.labels: dict[
            str, str
        ] = {}  # id -> how a text calls the record: its handle, or the id where two share one
        held: dict[str, str] = {}
        for record in records:
            handle = f"@{ids.handle(record)}"
            self.labels[record] = record if handle in held else handle
            held.setdefault(handle, record)
        self._ids = {label: record for record, label in self.labels.items()}

    def find(self, label: str) -> str | None:
        """The id of the record that a text calls ``label``."""
        label = label.casefold()
        return (
            self._ids.get(label) or self._ids.get(f"@{label}") or (label if label in self.records else None)
        )


class Form:
    """A form of text. Lines that begin with ``#`` are comments in all of them."""

    suffix = ".txt"
    by_line = True  # whether a line is a record, so that a mistake has a line

    def write(self, opened: Opened) -> str:
        """The text of the records."""
        raise NotImplementedError

    def read(self, text: str, opened: Opened) -> list[Row]:
        """What stands in a text. A row that cannot be read carries its error; a text of which nothing can be is one such row."""
        raise NotImplementedError

    def given(self, typed: Any, field: Field, old: Any) -> Any:
        """What stands there for a field as a command takes it; ``old`` is the value that was opened."""
        raise NotImplementedError


def comment(text: str) -> str:
    """A comment of one line."""
    return "# " + one_line(text)


def one_line(text: str) -> str:
    """``text`` with whatever would end a line, or act on a terminal, as spaces."""
    return "".join(char if char.isprintable() else " " for char in text)
