"""JSON and NDJSON as tables: one object a row, one column for each key that any of them has.

Read as a stream by the standard library's scanner, a value at a time: it is as fast as parsers made for streams, bounds what one
value may take, and does not spend memory on a path for every bracket of a file that is nothing but brackets. Objects
within a record are flattened to ``address.city``; lists stand in their cell as JSON.
"""

from __future__ import annotations

import io
import json
from itertools import chain

from crmtool.core.errors import UsageError
from crmtool.core.jsontext import dumps
from crmtool.core.messages import Message
from crmtool.core.struct import Struct
from crmtool.transfer.kept import COLUMN as KEPT_COLUMN
from crmtool.transfer.kept import is_kept
from crmtool.transfer.layouts.base import REJECT_COLUMNS
from crmtool.transfer.sources.base import Row, Source
from crmtool.transfer.sources.encodings import examine, human
from crmtool.transfer.sources.inputs import BLOCK, Input, Unclosed, file_word
from crmtool.transfer.sources.rejects import RejectFile, reasons, refuse_overwriting

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from typing import Any, BinaryIO

    from crmtool.transfer.drafts import Draft

VALUE_LIMIT = 4_000_000  # characters of one record
_COLUMN_LIMIT = 5_000
_DEEPEST = 5  # objects within objects that become columns of their own
_WRAPPER_DEPTH = 3
# An object that has one of these itself is a record, whatever lists it also has.
_OF_A_RECORD = frozenset(
    ("name", "fullname", "firstname", "givenname", "lastname", "familyname", "email", "emails", "subject", "phone")
)  # fmt: skip
_WRAPPERS = frozenset(
    (
        "records", "data", "results", "items", "rows", "values", "objects", "entries", "edges", "nodes", "contacts", "people",
        "persons", "leads", "companies", "accounts", "organizations", "organisations", "deals", "opportunities", "activities",
        "meetings", "calls", "tasks", "notes", "products", "orders", "users",
    )
)  # fmt: skip


class _Table(Struct):
    """An array of objects within the file, found by the keys that lead to it; its columns, and how many objects it has."""

    path: tuple[str, ...]
    columns: dict[str, None]
    count: int


def json_sources(file: Input, *, encoding: str | None = None) -> list[Source]:
    """The tables of a JSON file: mostly one, several where an object has several lists of records.

    ``UsageError`` for what is no JSON, has no objects, or has one of more than ``VALUE_LIMIT`` characters.
    """
    with file.open() as stream:
        found = examine(stream, given=encoding, strict=True)
    tables = [table for table in _survey(file, found.name) if table.columns]
    if not tables:
        raise UsageError(
            Message("{file} has no records.", file=file.title),
            Message("JSON is imported from a list of objects, or from one object a line."),
            code="empty_file",
        )
    several = len(tables) > 1
    return [JsonSource(file, table, found.name, found.digest, found.size, named=several) for table in tables]


class JsonSource(Source):
    """One list of objects in a JSON file. ``number`` of a row is its line where there is an object a line, else its place."""

    reject_ending = ".ndjson"

    def __init__(
        self, file: Input, table: _Table, encoding: str, digest: str, size: int, *, named: bool
    ) -> None:
        self._input = file
        self._path = table.path
        self._encoding = encoding
        self._stream: BinaryIO | None = None
        self.part = ".".join(table.path)
        self.name = f"{file.name}#{self.part}" if named else file.name
        self.title = f"{file.title}#{self.part}" if named else file.title
        self.columns = [*table.columns]
        self.one_of_many = named
        self.digest, self.size = (f"{digest}#{self.part}" if named else digest), size
        self.reject_stem = f"{file.stem}.{file_word(self.part)}" if named else file.stem
        self.details = {"format": "json", "encoding": encoding}

    @property
    def position(self) -> int:
        return 0 if self._stream is None or self._stream.closed else self._stream.tell()

    @property
    def traits(self) -> list[tuple[Message, str]]:
        return [(Message("format"), "JSON"), (Message("encoding"), human(self._encoding))]

    def rows(self) -> Iterator[Row]:
        columns = self.columns
        with self._input.open() as self._stream:
            scanner = _Scanner(self._stream, self._encoding, self.title)
            for number, item in _records(scanner, self._path):
                cells = flatten(item)
                if any(cells.values()):
                    get = cells.get
                    yield Row(number, [get(column, "") for column in columns])

    def rejects(self, path: str, *, size: int = 0) -> RejectFile:
        if self._input.path is not None:
            refuse_overwriting(path, self._input.path)
        return _Rejects(path, self.columns, size=size)

    def close(self) -> None:
        self._input.close()


class _Rejects(RejectFile):
    """Rejected records, one flat object a line, the reasons first."""

    def __init__(self, path: str, columns: list[str], *, size: int) -> None:
        super().__init__(path, size=size)
        self._columns = columns

    def text(self, drafts: Iterable[Draft]) -> str:
        out = []
        for draft in drafts:
            record: dict[str, Any] = dict(zip(REJECT_COLUMNS, (draft.row, *reasons(draft)), strict=True))
            for column, cell in zip(self._columns, draft.cells, strict=True):
                if cell and column not in REJECT_COLUMNS:
                    record[column] = _listed(cell)
            out.append(dumps(record) + "\n")
        return "".join(out)


def flatten(item: dict[str, Any]) -> dict[str, str]:
    """A record as cells. Nothing and empty lists are ``""``; an amount with its currency is one cell."""
    out: dict[str, str] = {}
    _flatten(item, "", 1, out)
    return out


def _flatten(item: dict[str, Any], prefix: str, depth: int, out: dict[str, str]) -> None:
    for key, value in item.items():
        column = f"{prefix}{key.strip()}"
        if isinstance(value, str):
            out[column] = value
        elif value is None:
            out[column] = ""
        elif isinstance(value, dict):
            if value.keys() == {"amount", "currency"}:
                parts = (_cell(value["amount"]), _cell(value["currency"]))
                out[column] = " ".join(filter(None, parts))
            elif depth == 1 and key == KEPT_COLUMN and is_kept(value):
                out[column] = dumps(
                    value
                )  # its parts are columns of other programs, whatever is in their names
            elif depth < _DEEPEST and value:
                _flatten(value, f"{column}.", depth + 1, out)
            else:
                out[column] = dumps(value) if value else ""
        else:
            out[column] = _cell(value)


def _cell(value: Any) -> str:
    if isinstance(value, str):
        return value
    if value is None or value == []:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, _Decimal):
        return value.written
    return dumps(value) if isinstance(value, list | dict) else str(value)


def _listed(cell: str) -> Any:
    """A cell that ``flatten`` made of a list as the list again."""
    if cell.startswith("["):
        try:
            return json.loads(cell)
        except (ValueError, RecursionError):
            return cell
    return cell


# -- reading a stream ------------------------------------------------------------------------------------------------


class _Decimal(float):
    """A number with the digits it was written with, which are an amount of money as often as not."""

    written: str

    def __new__(cls, text: str) -> _Decimal:
        made = super().__new__(cls, text)
        made.written = text
        return made


_UNTERMINATED = "Unterminated string"
_decode = json.JSONDecoder(parse_float=_Decimal, parse_constant=lambda name: None).raw_decode


class _Scanner:
    """JSON values from a binary stream, with at most two blocks and one value in memory. ``line`` counts from 1."""

    def __init__(self, stream: BinaryIO, encoding: str, title: str) -> None:
        stream.seek(0)
        # Read through a handle of its own, which leaves the stream open when it is collected.
        self._text = io.TextIOWrapper(
            io.BufferedReader(Unclosed(stream), BLOCK), encoding=encoding, newline=""
        )
        self._title = title
        self._buffer = ""
        self._at = 0
        self._ended = False
        self.line = 1

    def _more(self, size: int = BLOCK) -> bool:
        """Read on; false at the end of the file."""
        block = "" if self._ended else self._text.read(size)
        if not block:
            self._ended = True
            return False
        self._buffer = self._buffer[self._at :] + block
        self._at = 0
        return True

    def peek(self) -> str:
        """The next character that is no space; ``""`` at the end."""
        while True:
            rest = self._buffer[self._at : self._at + 200]
            bare = rest.lstrip(" \t\r\n\x1e")
            self.line += rest.count("\n", 0, len(rest) - len(bare))
            self._at += len(rest) - len(bare)
            if bare:
                return bare[0]
            if not rest and not self._more():
                return ""

    def take(self, *chars: str) -> str:
        """The next character, which must be one of ``chars``."""
        char = self.peek()
        if char not in chars or not char:
            raise self._broken(Message("expected {chars}", chars=" ".join(chars)))
        self._at += 1
        return char

    def value(self) -> Any:
        """The value that begins at the next character."""
        self.peek()
        while True:
            try:
                value, end = _decode(self._buffer, self._at)
            except json.JSONDecodeError as error:
                # What is wrong may only be what is not read yet.
                have = len(self._buffer) - self._at
                if have > VALUE_LIMIT:
                    raise self._too_long() from None
                if not self._more(max(BLOCK, have)):
                    self._at = min(error.pos, len(self._buffer))
                    raise self._broken(
                        _UNTERMINATED if error.msg.startswith(_UNTERMINATED) else error.msg
                    ) from None
                continue
            except RecursionError:
                raise UsageError(
                    Message("{file} is nested too deeply at line {line}.", file=self._title, line=self.line),
                    Message("A record is an object with values, lists and a few objects in it."),
                    code="nesting",
                ) from None
            except ValueError:  # an integer of thousands of digits
                raise self._broken(Message("a number has too many digits")) from None
            if end == len(self._buffer) and self._more():
                continue  # a number may go on
            self.line += self._buffer.count("\n", self._at, end)
            self._at = end
            return value

    def items(self) -> Iterator[Any]:
        """The elements of the array that begins at the next character."""
        self.take("[")
        if self.peek() == "]":
            self.take("]")
            return
        while True:
            yield self.value()
            if self.take(",", "]") == "]":
                return

    def members(self) -> Iterator[str]:
        """The keys of the object that begins at the next character; whoever asks takes each key's value."""
        self.take("{")
        if self.peek() == "}":
            self.take("}")
            return
        while True:
            if self.peek() != '"':
                raise self._broken(Message("expected {chars}", chars='"'))
            key = self.value()
            self.take(":")
            yield key
            if self.take(",", "}") == "}":
                return

    def values(self) -> Iterator[Any]:
        """The values that stand one after another, to the end of the file."""
        while self.peek():
            yield self.value()

    def end(self) -> None:
        """Nothing may follow."""
        if self.peek():
            raise self._broken(Message("there is more after its end"))

    def skip(self) -> None:
        """Pass over the value that begins at the next character, of any length."""
        char = self.peek()
        if char == "[":
            for _ in self.items():
                pass
        elif char == "{":
            for _ in self.members():
                self.skip()
        else:
            self.value()

    def _broken(self, reason: Message | str) -> UsageError:
        if self._ended and (self._at >= len(self._buffer.rstrip()) or reason == _UNTERMINATED):
            what = Message("{file} ends in the middle, at line {line}.", file=self._title, line=self.line)
            return UsageError(what, Message("Write or download it again."), code="truncated", line=self.line)
        return UsageError(
            Message("{file} is no valid JSON at line {line}: {reason}", file=self._title, line=self.line, reason=reason),
            Message("Correct the file, or export it again."),
            code="json",
            line=self.line,
        )  # fmt: skip

    def _too_long(self) -> UsageError:
        return UsageError(
            Message(
                "Line {line} of {file} begins a value of more than {limit} characters.",
                file=self._title, line=self.line, limit=VALUE_LIMIT,
            ),
            Message("Either a quotation mark or bracket is never closed, or a record is too large."),
            code="row_too_long",
            line=self.line,
        )  # fmt: skip


# -- where the records are -------------------------------------------------------------------------------------------


def _survey(file: Input, encoding: str) -> list[_Table]:
    """The lists of objects in the file. The path ``()`` is that of its outermost list, or of objects one after another."""
    with file.open() as stream:
        scanner = _Scanner(stream, encoding, file.title)
        if scanner.peek() == "[":
            found = _counted((), scanner.items())
            scanner.end()
            return [found]
        try:
            first = scanner.value()
        except UsageError as error:
            if error.code != "row_too_long":
                raise
            first = None
        if first is not None:
            if scanner.peek():
                return [_counted((), chain([first], scanner.values()))]
            return _of_object(first) or [_counted((), [first])]
        # One object larger than a record may be: the lists in it are read as a stream.
        tables: list[_Table] = []
        again = _Scanner(stream, encoding, file.title)
        _walk(again, (), tables)
        again.end()
        return _chosen(tables)


def _of_object(item: dict[str, Any]) -> list[_Table]:
    """The lists of records in an object that is no record itself."""
    tables: list[_Table] = []

    def search(value: Any, path: tuple[str, ...]) -> None:
        if isinstance(value, list):
            tables.append(_counted(path, value))
        elif isinstance(value, dict) and len(path) < _WRAPPER_DEPTH:
            for key, inner in value.items():
                search(inner, (*path, key))

    search(item, ())
    of_a_record = any("".join(filter(str.isalpha, key.casefold())) in _OF_A_RECORD for key in item)
    return [table for table in _chosen(tables) if not of_a_record or table.path[-1].casefold() in _WRAPPERS]


def _chosen(tables: list[_Table]) -> list[_Table]:
    """Those with records; where some have a name that lists of records have, these and the ones beside them."""
    filled = [table for table in tables if table.count]
    known = {table.path[:-1] for table in filled if table.path[-1].casefold() in _WRAPPERS}
    return [table for table in filled if table.path[:-1] in known] or filled


def _walk(scanner: _Scanner, path: tuple[str, ...], tables: list[_Table]) -> None:
    char = scanner.peek()
    if char == "[":
        tables.append(_counted(path, scanner.items()))
    elif char == "{" and len(path) < _WRAPPER_DEPTH:
        for key in scanner.members():
            _walk(scanner, (*path, key), tables)
    else:
        scanner.value()


def _counted(path: tuple[str, ...], items: Iterable[Any]) -> _Table:
    columns: dict[str, None] = {}
    count = 0
    for item in items:
        if isinstance(item, dict):
            count += 1
            columns.update(dict.fromkeys(flatten(item)))
            if len(columns) > _COLUMN_LIMIT:
                raise UsageError(
                    Message("The records have more than {limit} different keys.", limit=_COLUMN_LIMIT),
                    Message("Are ids used as keys? Records must be a list, each with the same keys."),
                    code="too_many_columns",
                )
    return _Table(path, columns, count)


def _records(scanner: _Scanner, path: tuple[str, ...]) -> Iterator[tuple[int, dict[str, Any]]]:
    """(number, record) of the list that the keys of ``path`` lead to."""
    for step in path:
        for key in scanner.members():
            if key == step:
                break
            scanner.skip()
    if scanner.peek() == "[":
        for number, item in enumerate(scanner.items(), 1):
            if isinstance(item, dict):
                yield number, item
        return
    while scanner.peek():
        line, item = scanner.line, scanner.value()
        if isinstance(item, dict):
            yield line, item
