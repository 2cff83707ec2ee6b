"""A CSV file as numbered rows of raw cells, whatever program wrote it.

Handles byte-order marks, legacy encodings, the separators ``, ; TAB |``, a ``sep=`` line, LF, CRLF and CR, quoted line breaks,
a preamble above the header, and rows of any length. Memory is fixed: one row is in it at a time, and a row may have at most
``ROW_LIMIT`` characters, so that a stray quote or a file that is no CSV ends in an error and not in swap.
"""

from __future__ import annotations

import csv
import io

from crmtool.core.errors import UsageError
from crmtool.core.messages import Message
from crmtool.core.struct import Struct
from crmtool.transfer.sources import sniff
from crmtool.transfer.sources.base import Row, Source
from crmtool.transfer.sources.encodings import examine, human
from crmtool.transfer.sources.inputs import BLOCK, STDIN, Input, Unclosed, file_input, standard_input
from crmtool.transfer.sources.rejects import TableRejects, refuse_overwriting

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import BinaryIO

DELIMITERS = (",", ";", "\t", "|")
_NAMES = {"\t": "TAB"}
ROW_LIMIT = 4_000_000
_CELL_LIMIT = 1_000_000
_SAMPLE_ROWS = 40


class Shape(Struct):
    """How the text is laid out: what separates cells, and the number of the row that is the header (1 is the first)."""

    delimiter: str
    header_row: int


class CsvSource(Source):
    """An opened CSV file. ``UsageError`` for bytes of no known encoding, a file without rows, or an endless row."""

    guarded = True

    def __init__(
        self, file: str | Input, *, encoding: str | None = None, delimiter: str | None = None
    ) -> None:
        if isinstance(file, str):
            file = standard_input(encoding) if file == STDIN else file_input(file, encoding)
        self._input = file
        self._stream: BinaryIO | None = None
        self.name, self.title = file.name, file.title
        try:
            _refuse_other_formats(file, encoding)
            with file.open() as stream:
                found = examine(stream, given=encoding, strict=file.strict)
                self.encoding, self.guessed = found.name, found.guessed
                self.digest, self.size = found.digest, found.size
                sample = [*_lines(self._text(stream), _SAMPLE_ROWS * 4)]
                self._hint_rows, separator = _separator_line(sample)
                shape = _shape(sample[self._hint_rows :], delimiter or separator)
                self.delimiter = shape.delimiter
                self.header_row = shape.header_row + self._hint_rows
                self.columns = self._header(stream)
        except BaseException:
            self.close()
            raise
        self.reject_stem, self.reject_ending = file.stem, file.ending or ".csv"
        self.details = {"encoding": self.encoding, "separator": self.delimiter}

    def close(self) -> None:
        self._input.close()

    @property
    def position(self) -> int:
        return 0 if self._stream is None or self._stream.closed else self._stream.tell()

    @property
    def traits(self) -> list[tuple[Message, str]]:
        return [
            (Message("encoding"), human(self.encoding)),
            (Message("separator"), _NAMES.get(self.delimiter, self.delimiter)),
        ]

    def rejects(self, path: str, *, size: int = 0) -> TableRejects:
        if self._input.path is not None:
            refuse_overwriting(path, self._input.path)
        mark = self.encoding != "utf-8"
        return TableRejects(path, self.columns, delimiter=self.delimiter, mark=mark, size=size)

    def rows(self) -> Iterator[Row]:
        with self._input.open() as self._stream:
            for row in self._all(self._stream):
                if row.number > self.header_row and any(row.cells):
                    yield row

    def _header(self, stream: BinaryIO) -> list[str]:
        for row in self._all(stream):
            if row.number == self.header_row:
                return [cell.strip() for cell in row.cells]
        raise UsageError(
            Message("{file} is empty.", file=self.title),
            Message("The first row must name the columns."),
            code="empty_file",
        )

    def _text(self, stream: BinaryIO) -> io.TextIOWrapper:
        stream.seek(0)
        # A raw handle of its own keeps the wrapper from closing the stream when it is collected.
        raw = io.BufferedReader(Unclosed(stream), BLOCK)
        return io.TextIOWrapper(raw, encoding=self.encoding, newline="")

    def _all(self, stream: BinaryIO) -> Iterator[Row]:
        lines = _Lines(self._text(stream), self.title)
        csv.field_size_limit(_CELL_LIMIT)
        reader = csv.reader(lines, delimiter=self.delimiter)
        number = 0
        try:
            for cells in reader:
                number += 1
                lines.used = 0
                # The reader asks for a line past the end only while a quote is open.
                yield Row(number, cells, lines.ended)
        except csv.Error:
            raise UsageError(
                Message(
                    "Row {row} has a cell of more than {limit} characters.", row=number + 1, limit=_CELL_LIMIT
                ),
                Message(
                    "Look for a quotation mark that is never closed, from line {line} on.", line=lines.count
                ),
                code="row_too_long",
                row=number + 1,
            ) from None


class _Lines:
    """Physical lines with a bound on what one row may take. ``ended`` once the end of the file was asked for."""

    def __init__(self, text: io.TextIOWrapper, name: str) -> None:
        self._read = text.readline
        self._name = name
        self.used = 0
        self.count = 0
        self.ended = False

    def __iter__(self) -> _Lines:
        return self

    def __next__(self) -> str:
        line = self._read(ROW_LIMIT)
        if not line:
            self.ended = True
            raise StopIteration
        self.count += 1
        self.used += len(line)
        if self.used >= ROW_LIMIT:
            raise UsageError(
                Message(
                    "Line {line} belongs to a row of more than {limit} characters.",
                    line=self.count,
                    limit=ROW_LIMIT,
                ),
                Message("Is {file} a CSV file? Otherwise a quotation mark is never closed.", file=self._name),
                code="row_too_long",
                line=self.count,
            )
        return line


def _refuse_other_formats(file: Input, encoding: str | None) -> None:
    """A file that cannot be a table of text is refused before its bytes are taken for one."""
    found = sniff.form(file.head(), encoding)
    sniff.refuse(found, file.title)
    if found in (sniff.ZIP, sniff.VCARD, sniff.CALENDAR, sniff.MBOX):
        raise UsageError(
            Message("{file} is no CSV file.", file=file.title),
            Message("Save or export it as CSV."),
            code="format",
        )


def _lines(text: io.TextIOWrapper, limit: int) -> Iterator[str]:
    for _ in range(limit):
        line = text.readline(ROW_LIMIT)
        if not line:
            return
        yield line


def _separator_line(sample: list[str]) -> tuple[int, str | None]:
    """Spreadsheets write ``sep=;`` as a line of its own above the header: (rows it takes, what it says)."""
    first = sample[0].strip().lower() if sample else ""
    if len(first) == 5 and first.startswith("sep=") and first[4] in DELIMITERS:
        return 1, first[4]
    return (1, "\t") if first == "sep=" else (0, None)


def _shape(sample: list[str], delimiter: str | None) -> Shape:
    """The separator that splits the header into the most columns which the rows below it keep to."""
    best, best_score = Shape(delimiter or ",", 1), -1.0
    for candidate in [delimiter] if delimiter else DELIMITERS:
        csv.field_size_limit(_CELL_LIMIT)
        try:
            rows = [*csv.reader(sample, delimiter=candidate)][:_SAMPLE_ROWS]
        except csv.Error:
            continue
        header_row = _header_row(rows)
        width = len(rows[header_row - 1]) if rows else 0
        below = [len(row) for row in rows[header_row:] if row]
        steady = sum(1 for count in below if count == width) / len(below) if below else 1.0
        named = sum(1 for cell in rows[header_row - 1] if cell.strip()) if rows else 0
        score = named * (0.5 + steady) if width > 1 else 0.0
        if score > best_score:
            best, best_score = Shape(candidate, header_row), score
    return best


def _header_row(rows: list[list[str]]) -> int:
    """The number of the header: the first row that is not blank, or the one after a preamble.

    A preamble is text of one cell a row (``Notes:`` and an explanation in LinkedIn's file, a title in a report) that a blank row
    ends. Without the blank row, ``Notes:`` alone announces one.
    """
    filled = [sum(1 for cell in row if cell.strip()) for row in rows]
    first = next((index for index, count in enumerate(filled) if count), 0)
    if first < len(rows) and filled[first : first + 1] == [1]:
        after = next((index for index in range(first, len(rows)) if filled[index] != 1), len(rows))
        while after < len(rows) and filled[after] == 0:
            after += 1
        announced = rows[first][0].strip().casefold() == "notes:"
        if after < len(rows) and filled[after] > 1 and (announced or 0 in filled[first:after]):
            return after + 1
    return first + 1


__all__ = ["DELIMITERS", "CsvSource", "Shape"]
