"""Records as data: JSON, NDJSON, CSV, TSV and templates, each a generator of text that is never more than one
record long.

None of these varies by language or terminal. JSON holds every value byte for byte; characters that a terminal
would obey are written as JSON escapes, which mean the same. TSV writes tab, line feed, carriage return and
backslash inside a value as ``\\t \\n \\r \\\\``, so that a record is always one line for ``cut`` and ``awk``.
"""

from __future__ import annotations

import json
import re

from crmtool.core.errors import UsageError
from crmtool.core.messages import Message

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from typing import Any

    from crmtool.core.fields import Field

    Record = dict[str, Any]

_ACTING = re.compile("[\x7f-\x9f\u2028-\u202e\u2066-\u2069]")
_TSV = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})
_TEMPLATE = r"\\(.)|(\{\{|\}\})|\{([^{}]*)\}|([{}])"
_TEMPLATE_ESCAPES = {"n": "\n", "t": "\t", "\\": "\\"}

_line = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
_block = json.JSONEncoder(ensure_ascii=False, indent=2).encode


def plain(record: Record, fields: list[Field]) -> Record:
    """One record as ``crm schema`` publishes it."""
    return {field.key: field.kind.to_json(record.get(field.key), field) for field in fields}


def json_text(value: Any, *, indent: bool = False) -> str:
    """JSON of one value, safe to print anywhere; ``indent`` spreads it over lines."""
    text = _block(value) if indent else _line(value)
    if not text.isascii() or "\x7f" in text:
        text = _ACTING.sub(lambda match: f"\\u{ord(match[0]):04x}", text)
    return text


def json_array(records: Iterable[Record], fields: list[Field]) -> Iterator[str]:
    """One array, a record a line."""
    opening = "[\n"
    for record in records:
        yield opening + json_text(plain(record, fields))
        opening = ",\n"
    yield "[]\n" if opening == "[\n" else "\n]\n"


def ndjson(records: Iterable[Record], fields: list[Field]) -> Iterator[str]:
    """One object a line."""
    for record in records:
        yield json_text(plain(record, fields)) + "\n"


def csv_rows(records: Iterable[Record], fields: list[Field], headers: bool) -> Iterator[str]:
    """Comma-separated values with field keys as the header; cells are what the field's own parser reads back."""
    import csv

    # Only with this line end does the writer quote a lone carriage return, too.
    write = csv.writer(_Returning(), lineterminator="\r\n").writerow
    if headers:
        yield str(write([field.key for field in fields]))[:-2] + "\n"
    for record in records:
        yield str(write([field.kind.to_csv(record.get(field.key), field) for field in fields]))[:-2] + "\n"


def tsv_rows(records: Iterable[Record], fields: list[Field], headers: bool) -> Iterator[str]:
    """Tab-separated values, a record a line."""
    if headers:
        yield "\t".join(field.key for field in fields) + "\n"
    for record in records:
        cells = (field.kind.to_csv(record.get(field.key), field) for field in fields)
        yield "\t".join(cell.translate(_TSV) for cell in cells) + "\n"


def templated(records: Iterable[Record], fields: list[Field], template: str) -> Iterator[str]:
    """``template`` filled in for each record; ``fields`` are those it names, each once, in its order."""
    pieces = split_template(template)
    by_name = dict(zip(dict.fromkeys(text for named, text in pieces if named), fields, strict=True))
    parts = [(by_name[text] if named else text) for named, text in pieces]
    for record in records:
        yield "".join(_part(part, record) for part in parts) + "\n"


def split_template(template: str) -> list[tuple[bool, str]]:
    """A template as (is a field's name, text) pairs. ``{name}`` is a field; ``{{ }} \\n \\t \\\\`` are
    written as usual.
    """
    parts: list[tuple[bool, str]] = []
    end = 0
    for match in re.finditer(_TEMPLATE, template, re.DOTALL):
        parts.append((False, template[end : match.start()]))
        end = match.end()
        escaped, brace, name, stray = match.groups()
        if stray is not None or name == "":
            raise UsageError(
                Message(
                    "The template has a lone “{char}” at character {position}.",
                    char=match[0],
                    position=match.start() + 1,
                ),
                Message("Write fields as {example}, and a brace as {brace}.", example="{name}", brace="{{"),
                position=match.start(),
            )
        if name is not None:
            parts.append((True, name.strip()))
        elif brace is not None:
            parts.append((False, brace[0]))
        else:
            parts.append((False, _TEMPLATE_ESCAPES.get(escaped, f"\\{escaped}")))
    parts.append((False, template[end:]))
    return [part for part in parts if part[1]]


def _part(part: Field | str, record: Record) -> str:
    return part if isinstance(part, str) else part.kind.display(record.get(part.key), part)


class _Returning:
    """A file for ``csv.writer``, whose ``writerow`` answers what the file's ``write`` does."""

    @staticmethod
    def write(text: str) -> str:
        return text
