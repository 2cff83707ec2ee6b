"""The sheets of a workbook as tables: typed cells as the text that every other table has.

A workbook is a zip archive of XML from somebody else, so its sizes are checked before it is opened, and openpyxl reads its XML
through defusedxml, which refuses entities. Rows are read as a stream; shared strings stand in memory, so they are bounded.
"""

from __future__ import annotations

import hashlib
import re
import warnings
from contextlib import contextmanager
from datetime import date, datetime, time, timedelta
from functools import partial

from crmtool.core.errors import CrmError, UsageError
from crmtool.core.messages import Message
from crmtool.transfer.sources.archives import checked
from crmtool.transfer.sources.base import Row, Source
from crmtool.transfer.sources.inputs import BLOCK, Input, file_word
from crmtool.transfer.sources.rejects import TableRejects, refuse_overwriting

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any, BinaryIO
    from zipfile import ZipFile, ZipInfo

_SAMPLE_ROWS = 40
_WIDEST = 2_000  # columns; a sheet that is formatted to its edge has no more in them
_ROW_BYTES = 16 << 20  # of XML
# What openpyxl reads as a whole: the text of all cells, in its bytes and its elements, and what describes the workbook.
_STRINGS_BYTES = 256 << 20
_STRINGS_MARKS = 20_000_000
_PARTS_BYTES = 32 << 20
_PART_NAME = re.compile(r"partname\s*=\s*[\"']([^\"']*)").search
_UTC = '"Z"'  # the end of the format of moments that are UTC and say so
_ESCAPED = re.compile("_x([0-9A-Fa-f]{4})_")  # characters that XML cannot hold
_ERRORS = frozenset(("#NULL!", "#DIV/0!", "#VALUE!", "#REF!", "#NAME?", "#NUM!", "#N/A", "#GETTING_DATA"))


def xlsx_sources(file: Input) -> list[Source]:
    """One source a visible sheet that has rows. ``UsageError`` for a broken workbook, and for one without any row."""
    digest, size = _digest(file)
    stream = file.open()
    try:
        book = _Book(file, stream)
        named = len(book.sheets) > 1
        sources: list[Source] = []
        for name in book.sheets:
            rows = [row for _, row in zip(range(_SAMPLE_ROWS), book.rows(name), strict=False)]
            header = _header(rows)
            if header is not None:
                sources.append(
                    XlsxSource(book, name, header, rows[header], f"{digest}#{name}", size, named=named)
                )
    except BaseException:
        stream.close()
        raise
    if not sources:
        stream.close()
        raise UsageError(
            Message("{file} has no rows.", file=file.title),
            Message("The first row of a sheet must name the columns."),
            code="empty_file",
        )
    book.users = len(sources)
    return sources


class _Book:
    """An opened workbook, shared by the sources of its sheets and closed with the last of them."""

    def __init__(self, file: Input, stream: BinaryIO) -> None:
        self.file = file
        self.users = 0
        self._stream = stream
        self.position = 0
        with _guarded(file.title):
            _check_sizes(checked(stream, file.title), file.title)
            import openpyxl  # 0.15 s, for workbooks alone

            self._book = openpyxl.load_workbook(stream, read_only=True, data_only=True)
            self.sheets = [s.title for s in self._book.worksheets if s.sheet_state == "visible"]

    def rows(self, name: str) -> Iterator[list[str]]:
        """All rows of a sheet from the first on, as text, without empty cells at their end."""
        sheet: Any = self._book[name]
        with _guarded(self.file.title):
            sheet.reset_dimensions()  # what a file says of its size is often wrong, and pads rows to the sheet's edge
            opened = type(sheet)._get_source(sheet)
            meter = _Meter(opened, self.file.title)
            sheet._get_source = lambda: meter  # the one place where the library lets a row be bounded
            for cells in sheet.iter_rows():
                meter.row = meter.read_so_far
                self.position = self._stream.tell()
                out = [_text(cell) for cell in cells[:_WIDEST]]
                while out and not out[-1]:
                    out.pop()
                yield out

    def close(self) -> None:
        self.users -= 1
        if self.users == 0:
            self._book.close()
            self._stream.close()
            self.file.close()


class XlsxSource(Source):
    """One sheet. ``number`` of a row is the one that the spreadsheet shows."""

    def __init__(
        self, book: _Book, sheet: str, header: int, columns: list[str], digest: str, size: int, *, named: bool
    ) -> None:
        file = book.file
        self._book = book
        self._sheet = sheet
        self._header = header
        self._closed = False
        self._read = 0
        self.part = sheet
        self.one_of_many = named
        self.name = f"{file.name}#{sheet}" if named else file.name
        self.title = f"{file.title}#{sheet}" if named else file.title
        self.columns = [" ".join(cell.split()) for cell in columns]
        self.digest, self.size = digest, size
        self.reject_stem = f"{file.stem}.{file_word(sheet)}" if named else file.stem
        self.details = {"format": "xlsx", "sheet": sheet}

    @property
    def position(self) -> int:
        return min(self._book.position, self.size)

    @property
    def traits(self) -> list[tuple[Message, str]]:
        return [(Message("format"), "XLSX"), (Message("sheet"), self._sheet)]

    def rows(self) -> Iterator[Row]:
        width = len(self.columns)
        for number, cells in enumerate(self._book.rows(self._sheet), 1):
            if number > self._header + 1 and any(cells):
                yield Row(number, cells + [""] * (width - len(cells)))

    def rejects(self, path: str, *, size: int = 0) -> TableRejects:
        if self._book.file.path is not None:
            refuse_overwriting(path, self._book.file.path)
        return TableRejects(path, self.columns, size=size)

    def close(self) -> None:
        if not self._closed:
            self._closed = True
            self._book.close()


class _Meter:
    """The XML of a sheet, which may not have more than so many bytes between one row and the next."""

    def __init__(self, stream: BinaryIO, title: str) -> None:
        self._stream = stream
        self._title = title
        self.read_so_far = 0
        self.row = 0

    def read(self, size: int = -1) -> bytes:
        block = self._stream.read(size)
        self.read_so_far += len(block)
        if self.read_so_far - self.row > _ROW_BYTES:
            raise UsageError(
                Message("{file} has a row of more than {limit} bytes.", file=self._title, limit=_ROW_BYTES),
                Message("Save the sheet as CSV and import that."),
                code="row_too_long",
            )
        return block

    def close(self) -> None:
        self._stream.close()

    def __enter__(self) -> _Meter:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def _check_sizes(archive: ZipFile, title: str) -> None:
    strings = _shared_strings(archive)
    for part in archive.infolist():
        name = part.filename.lower()
        if name in strings:
            fits = part.file_size <= _STRINGS_BYTES and _marks(archive, part) <= _STRINGS_MARKS
        elif "/worksheets/" in name or not name.endswith((".xml", ".rels")):
            fits = True
        else:
            fits = part.file_size <= _PARTS_BYTES
        if not fits:
            raise UsageError(
                Message("{file} is too large to be read as a workbook.", file=title),
                Message("Save its sheets as CSV and import those."),
                code="too_large",
            )


def _shared_strings(archive: ZipFile) -> set[str]:
    """The parts that the table of contents says to hold shared strings, whatever they are called; in lower case."""
    with archive.open("[Content_Types].xml") as stream:
        contents = stream.read(_PARTS_BYTES).decode("utf-8", "replace").lower()
    tags = [tag for tag in contents.split("<") if "sharedstrings+xml" in tag]
    return {found[1].lstrip("/") for tag in tags if (found := _PART_NAME(tag)) is not None}


def _marks(archive: ZipFile, part: ZipInfo) -> int:
    """How many tags there are at most."""
    with archive.open(part) as stream:
        return sum(block.count(b"<") for block in iter(partial(stream.read, BLOCK), b""))


@contextmanager
def _guarded(title: str) -> Iterator[None]:
    """Whatever the library stumbles over in a broken workbook is one error."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # on validations and extensions that reading has no use for
            yield
    except (CrmError, MemoryError, GeneratorExit):
        raise
    except Exception as error:  # there is no list of what it raises: KeyError, TypeError, ParseError, BadZipFile, zlib.error, …
        if isinstance(error, OSError) and error.errno is not None:
            raise
        raise UsageError(
            Message("{file} is no workbook that can be read: {reason}", file=title, reason=_reason(error)),
            Message("Open it in a spreadsheet program, save it again, or save its sheets as CSV."),
            code="broken",
        ) from error  # fmt: skip


def _reason(error: Exception) -> str:
    """What went wrong first; the library wraps it in sentences of its own about what the file is."""
    while isinstance(error.__cause__, Exception):
        error = error.__cause__
    return str(error).partition("\n")[0] or type(error).__name__


def _digest(file: Input) -> tuple[str, int]:
    """The digest and the size of all bytes."""
    digest, size = hashlib.blake2b(digest_size=16), 0
    with file.open() as stream:
        while block := stream.read(BLOCK):
            digest.update(block)
            size += len(block)
    return digest.hexdigest(), size


def _header(rows: list[list[str]]) -> int | None:
    """The place of the header among the first rows: the first that is at least half as full as the fullest, so that a title or a
    line of explanation above it is none. ``None`` without any cell.
    """
    filled = [sum(1 for cell in row if cell) for row in rows]
    fullest = max(filled, default=0)
    return next((at for at, count in enumerate(filled) if count * 2 >= fullest), None) if fullest else None


def _text(cell: Any) -> str:
    """A cell as it would stand in a CSV file; errors of formulas are nothing."""
    value = cell.value
    if value is None:
        return ""
    if isinstance(value, str):
        if "_x" in value:
            value = _ESCAPED.sub(lambda found: chr(int(found[1], 16)), value)
        # A single line is a cell that somebody typed; of a text of several, the spaces before the first may be meant.
        return "" if value in _ERRORS or not value.strip() else value if "\n" in value else value.strip()
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime):
        if cell.number_format.endswith(_UTC):
            return value.isoformat(timespec="milliseconds") + "Z"
        # A day is kept as the midnight it begins with. Serial numbers are fractions of days: their last digits are noise.
        value = (value + timedelta(milliseconds=500)).replace(microsecond=0)
        return str(value.date()) if value.time() == time() else str(value)
    if isinstance(value, date | time):
        return str(value)
    if isinstance(value, timedelta):
        return str(value)
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    return str(value)
