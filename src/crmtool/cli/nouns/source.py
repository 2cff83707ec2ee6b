"""Records from a file or stdin, for ``--from``: CSV with a header, a JSON array or object, one JSON object a line, or one
@handle or id a line.

What it is, is told by the name of the file or else by its first character. CSV and NDJSON are read as a
stream. Text is UTF-8; anything else is an error that says where.
"""

from __future__ import annotations

import io
import json
import sys

from crmtool.core import ids
from crmtool.core.errors import UsageError
from crmtool.core.messages import Message, t

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import IO, Any

    Row = tuple[
        str, dict[str, Any] | UsageError
    ]  # where it stands, for a report; the record or what is wrong with it

_ENDINGS = {".csv": "csv", ".tsv": "tsv", ".json": "json", ".ndjson": "ndjson", ".jsonl": "ndjson"}


def rows(path: str) -> Iterator[Row]:
    """The records of a file, ``-`` for stdin, each with its place. Raises ``UsageError`` for what cannot be read at all."""
    file = _open(path)
    try:
        text = io.TextIOWrapper(file, encoding="utf-8-sig", errors="strict", newline="")
        form, text = _form(path, text)
        if form == "json":
            yield from _json(text.read())
        elif form == "ndjson":
            yield from _lines(text)
        elif form == "names":
            for number, line in enumerate(text, 1):
                if line.strip():
                    yield t("line {n}", n=number), {"record": line.strip()}
        else:
            yield from _csv(text, "\t" if form == "tsv" else None)
    except UnicodeDecodeError as error:
        raise UsageError(
            Message(
                "The input is not valid UTF-8: byte {byte} at {position}.",
                byte=hex(error.object[error.start]),
                position=error.start,
            ),
            Message("Save it as UTF-8 and try again; “crm import” also reads older encodings."),
            code="encoding",
        ) from error
    finally:
        if path != "-":
            file.close()


def _open(path: str) -> IO[bytes]:
    if path != "-":
        return open(path, "rb")
    if sys.stdin is None or sys.stdin.isatty():
        raise UsageError(
            Message("--from - reads what is piped in, and nothing is."),
            Message("For example: cat people.csv | crm contact add --from -"),
        )
    return sys.stdin.buffer


def _form(path: str, text: io.TextIOWrapper) -> tuple[str, Any]:
    """The form of the input; the text is answered with what was looked at put back."""
    for ending, form in _ENDINGS.items():
        if path.lower().endswith(ending):
            return form, text
    head = text.read(1)
    while head.isspace():
        head = text.read(1)
    if head == "[":
        return "json", _Joined(head, text)
    if head == "{":
        line = head + text.readline()
        try:
            json.loads(line)
        except ValueError:
            return "json", _Joined(line, text)
        return "ndjson", _Joined(line, text)
    line = head + text.readline()
    # No column is called so: it is a record.
    return "names" if line.startswith("@") or ids.is_id(line.strip()) else "csv", _Joined(line, text)


class _Joined:
    """Text with a piece put back in front."""

    def __init__(self, head: str, rest: io.TextIOWrapper) -> None:
        self._head = head
        self._rest = rest

    def read(self) -> str:
        return self._head + self._rest.read()

    def __iter__(self) -> Iterator[str]:
        first = self._head if self._head.endswith("\n") else self._head + self._rest.readline()
        if first:
            yield first
        yield from self._rest


def _json(text: str) -> Iterator[Row]:
    try:
        value = json.loads(text)
    except ValueError as error:
        raise _not_json(str(error)) from error
    if isinstance(value, dict) and isinstance(value.get("changed"), list):
        value = value["changed"]  # what another command printed with --json
    for number, item in enumerate(value if isinstance(value, list) else [value], 1):
        yield _object(t("record {n}", n=number), item)


def _lines(lines: Iterator[str]) -> Iterator[Row]:
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        place = t("line {n}", n=number)
        try:
            item = json.loads(line)
        except ValueError as error:
            yield place, _not_json(str(error))
        else:
            yield _object(place, item)


def _object(place: str, item: Any) -> Row:
    if isinstance(item, dict):
        return place, item
    return place, UsageError(
        Message("A record is a JSON object."),
        Message("For example {example}", example='{"name": "Ana Ruiz"}'),
        code="record",
    )


def _csv(lines: Any, delimiter: str | None) -> Iterator[Row]:
    import csv

    csv.field_size_limit(10_000_000)
    source = iter(lines)
    head = next(source, "")
    if delimiter is None:
        delimiter = max(",;\t", key=head.count)
    reader = csv.reader(_again(head, source), delimiter=delimiter)
    header: list[str] = []
    try:
        for cells in reader:
            if not any(cell.strip() for cell in cells):
                continue
            if not header:
                header = [cell.strip() for cell in cells]
                continue
            place = t("line {n}", n=reader.line_num)
            if len(cells) > len(header) and any(cells[len(header) :]):
                yield (
                    place,
                    UsageError(
                        Message("More cells than the header has."),
                        Message("Put cells that hold a separator in quotes."),
                        code="record",
                    ),
                )
                continue
            yield place, {key: cell for key, cell in zip(header, cells, strict=False) if key}
    except csv.Error as error:
        raise UsageError(
            Message("Line {n} of the CSV cannot be read: {reason}.", n=reader.line_num, reason=str(error)),
            Message("Look at the quotes in that line: each that opens must close."),
            code="record",
        ) from error


def _again(head: str, rest: Iterator[str]) -> Iterator[str]:
    yield head
    yield from rest


def _not_json(reason: str) -> UsageError:
    return UsageError(
        Message("This is not JSON: {reason}", reason=reason),
        Message("Write an array of objects, or one object a line."),
        code="record",
    )
