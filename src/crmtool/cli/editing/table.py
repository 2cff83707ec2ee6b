"""Records as a table: a line a record, cells between bars, aligned.

``\\n \\t \\| \\; \\, \\\\`` stand for a line feed, tab, bar, separator and backslash inside a value, ``\\s`` for a space at its
beginning or end, ``\\x1b`` or ``\\u202e`` for what an editor would not show. Several values stand between ``;``.
"""

from __future__ import annotations

import re
import unicodedata

from crmtool.cli.editing import spelling
from crmtool.cli.editing.forms import Form, Opened, Row, comment
from crmtool.core.errors import CrmError, UsageError
from crmtool.core.messages import Message, t, tn
from crmtool.doors.safe import BIDI
from crmtool.doors.width import pad, width

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from crmtool.core.fields import Field

KEY = "handle"
WIDEST = 40  # columns; a longer cell moves only what stands behind it
_NAMED = {"\\": "\\\\", "|": "\\|", "\n": "\\n", "\t": "\\t", "\r": "\\r"}
_READ = {"\\": "\\", "|": "|", ";": ";", ",": ",", "n": "\n", "t": "\t", "r": "\r", "s": " "}
_ESCAPE = re.compile(r"\\(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|(.?))", re.DOTALL)


class TableForm(Form):
    """The form of many records."""

    def write(self, opened: Opened) -> str:
        lines = [
            tn("{n} record: change cells, then save and leave.", "{n} records: change cells, then save and leave.",
               len(opened.records)),
            t("What you changed is shown before it is done. \\n is a new line, \\| a bar, \\\\ a backslash; “;” between values."),
            t("A line without a handle adds a record. A line you take out changes nothing, unless you said --delete-missing."),
        ]  # fmt: skip
        cells = [[KEY, *opened.fields]]
        for record, values in opened.records.items():
            cells.append(
                [opened.labels[record], *(cell(values.get(f.key), f) for f in opened.fields.values())]
            )
        widths = [min(max(width(row[at]) for row in cells), WIDEST) for at in range(len(cells[0]))]
        rows = [
            " | ".join(pad(text, room) for text, room in zip(row, widths, strict=True)).rstrip()
            for row in cells
        ]
        return "\n".join([*map(comment, lines), *rows]) + "\n"

    def read(self, text: str, opened: Opened) -> list[Row]:
        rows: list[Row] = []
        header: list[Field | None] | None = None
        for number, line in enumerate(text.split("\n"), 1):
            line = line.removesuffix("\r")
            if not line.strip(" \t") or line.startswith("#"):
                continue
            try:
                parts = split(line, "|")
                if header is None:
                    header = _header(parts, opened)
                else:
                    rows.append(_row(number, parts, header, opened))
            except CrmError as error:
                rows.append(Row(number, None, {}, error))
                if header is None:
                    return rows
        return rows

    def given(self, typed: Any, field: Field, old: Any) -> Any:
        if isinstance(typed, str) or typed is None:
            return typed or ([] if field.multi or field.kind.collection else None)
        return spelling.given(typed, field, old)


def cell(value: Any, field: Field) -> str:
    """A value as a cell."""
    if value is None or value == []:
        return ""
    if _listed(field):
        items = [spelling.entry(item, field) for item in value] if field.multi else value
        return "; ".join(encode(str(item), _separators(field)) for item in items)
    return encode(field.kind.to_csv(value, field))


def typed(raw: str, field: Field) -> Any:
    """What stands in a cell: text, a list of words for a field with several values, ``None`` for nothing."""
    if _listed(field):
        words = [decode(part) for part in split(raw, _separators(field))]
        return [word for word in words if word] or None
    return decode(raw) or None


def _listed(field: Field) -> bool:
    # An address is a table of parts, which a cell holds as JSON.
    return (field.multi and field.kind.name != "address") or field.kind.collection


def _separators(field: Field) -> str:
    return ";" if field.multi else ";,"


def encode(text: str, separators: str = "") -> str:
    """Text that keeps to its cell, whatever it holds."""
    out = "".join(_character(char, separators) for char in text)
    if out.startswith(" "):
        out = "\\s" + out[1:]
    return out[:-1] + "\\s" if out.endswith(" ") else out


def decode(raw: str) -> str:
    """The text of a cell. Raises ``UsageError`` for an escape that is none."""
    return _ESCAPE.sub(_unescaped, raw.strip(" \t"))


def split(raw: str, separators: str) -> list[str]:
    """The parts between separators that no backslash stands before."""
    parts: list[str] = []
    start = at = 0
    while at < len(raw):
        if raw[at] == "\\":
            at += 1
        elif raw[at] in separators:
            parts.append(raw[start:at])
            start = at + 1
        at += 1
    return [*parts, raw[start:]]


def _character(char: str, separators: str) -> str:
    if char in _NAMED:
        return _NAMED[char]
    if char in separators:
        return f"\\{char}"
    if char.isprintable() or (unicodedata.category(char) not in _UNSEEN and char not in BIDI):
        return char
    code = ord(char)
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


_UNSEEN = ("Cc", "Cs", "Zl", "Zp", "Zs")


def _unescaped(match: re.Match[str]) -> str:
    for digits in match.groups()[:3]:
        if digits:
            code = int(digits, 16)
            if code < 0x110000 and not 0xD800 <= code < 0xE000:
                return chr(code)
    name = match[4]
    if name and name in _READ:
        return _READ[name]
    raise UsageError(
        Message("“{text}” stands for nothing.", text=match[0]),
        Message("Write a backslash twice; the first lines say what stands for what."),
        code="document",
    )


def _header(parts: list[str], opened: Opened) -> list[Field | None]:
    """The field of each column; ``None`` for the handles."""
    names = [part.strip(" \t") for part in parts]
    header: list[Field | None] = []
    for name in names:
        if name == KEY:
            header.append(None)
            continue
        field = opened.entity.field(name)
        if field.key not in opened.fields or field in header:
            raise UsageError(
                Message("The column “{name}” was not opened, or stands here twice.", name=name),
                Message("Say which columns to edit with --fields."),
                code="document",
            )
        header.append(field)
    if header.count(None) != 1:
        raise UsageError(
            Message("The line of headings must name one column “{key}”.", key=KEY),
            Message("Put it back as it was: {headings}", headings=" | ".join((KEY, *opened.fields))),
            code="document",
        )
    return header


def _row(number: int, parts: list[str], header: list[Field | None], opened: Opened) -> Row:
    label = next((part for part, field in zip(parts, header, strict=False) if field is None), "").strip(" \t")
    record = opened.find(label) if label else None
    if label and record is None:
        raise UsageError(
            Message("“{handle}” is none of the records that were opened.", handle=label),
            Message("To add a record, leave the handle empty."),
            code="document",
        )
    if len(parts) > len(header) or (record is not None and len(parts) < len(header)):
        raise UsageError(
            Message("There are {n} cells instead of {expected}.", n=len(parts), expected=len(header)),
            Message("Write a bar inside a value as \\|, and leave a cell empty between two bars."),
            code="document",
        )
    return Row(number, record, dict(_cells(parts, header)))


def _cells(parts: list[str], header: list[Field | None]) -> Iterator[tuple[str, Any]]:
    for raw, field in zip(parts, header, strict=False):
        if field is not None:
            yield field.key, typed(raw, field)
