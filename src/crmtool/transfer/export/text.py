"""CSV, TSV, JSON and NDJSON, each a generator of pieces of text that hold some hundred records."""

from __future__ import annotations

from crmtool.core.jsontext import dumps
from crmtool.transfer.export import spelling
from crmtool.transfer.export.columns import Rows

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from crmtool.transfer.export.columns import Row
    from crmtool.transfer.export.tables import Export, Table

BYTE_ORDER_MARK = "\ufeff"  # by it spreadsheets know UTF-8


def csv(export: Export, table: Table) -> Iterator[str]:
    """Comma-separated values (RFC 4180) with field keys as the header.

    For spreadsheets: a byte-order mark, CRLF, cells that begin like formulas written as text. Raw, for programs: none of these,
    and LF.
    """
    if not export.raw:
        yield BYTE_ORDER_MARK
    yield from _separated(export, table, ",")


def tsv(export: Export, table: Table) -> Iterator[str]:
    """Tab-separated values, quoted like CSV."""
    yield from _separated(export, table, "\t")


def ndjson(export: Export, table: Table) -> Iterator[str]:
    """One object a line."""
    for lines in _objects(export, table):
        yield "\n".join(lines) + "\n"


def json(export: Export, table: Table) -> Iterator[str]:
    """One array, a record a line."""
    opening = "[\n"
    for lines in _objects(export, table):
        yield opening + ",\n".join(lines)
        opening = ",\n"
    yield "[]\n" if opening == "[\n" else "\n]\n"


def json_book(export: Export) -> Iterator[str]:
    """One object with an array for each table, under its key."""
    opening = "{"
    for table in export.tables:
        yield f"{opening}{dumps(table.key)}: "
        pieces = json(export, table)
        held = next(pieces)
        for piece in pieces:
            yield held
            held = piece
        yield held.rstrip("\n")
        opening = ",\n"
    yield "{}\n" if opening == "{" else "}\n"


def _objects(export: Export, table: Table) -> Iterator[list[str]]:
    rows = Rows(export, table, spelling.reference_json)
    make = spelling.json_objects(rows)
    for chunk in rows.chunks():
        yield list(map(make, chunk))


def _separated(export: Export, table: Table, separator: str) -> Iterator[str]:
    rows = Rows(export, table, spelling.reference_cell(guard=not export.raw))
    make = spelling.cells(rows, guard=not export.raw)
    end = "\n" if export.raw else "\r\n"
    quoted = _quoting(separator, end)
    yield quoted([column.name for column in rows.columns])
    between = len(rows.columns) - 1
    for chunk in rows.chunks():
        yield "".join(_lines(chunk, make, separator, end, between, quoted))


def _lines(
    chunk: Sequence[Row],
    make: Callable[[Row], Sequence[str]],
    separator: str,
    end: str,
    between: int,
    quoted: Callable[[Sequence[str]], str],
) -> Iterator[str]:
    """Rows as lines. The standard library's writer looks at every character in turn, so only rows that need quotes go to it."""
    join = separator.join
    for cells in map(make, chunk):
        line = join(cells)
        if line.count(separator) != between or '"' in line or "\n" in line or "\r" in line or not between:
            yield quoted(cells)
        else:
            yield line + end


def _quoting(separator: str, end: str) -> Callable[[Sequence[str]], str]:
    """A function that writes one row with quotes where they are needed."""
    from csv import writer

    # Only with this line end does the writer quote a lone carriage return, too.
    write = writer(_Returning(), delimiter=separator, lineterminator="\r\n").writerow
    return lambda cells: str(write(cells))[:-2] + end


class _Returning:
    """A file for ``csv.writer``, whose ``writerow`` answers what the file's ``write`` does."""

    def write(self, text: str) -> str:
        return text
