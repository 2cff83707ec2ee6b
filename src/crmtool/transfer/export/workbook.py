"""A workbook (Office Open XML), written by hand: the library for it takes 20 µs a cell, which is ten times as long.

Sheets stream into a zip archive, so memory does not grow with the rows, and the archive may go into a pipe. Cells are typed:
numbers, yes and no, days and moments (UTC, which their format shows), amounts as numbers with the currency in a column of its
own. What begins like a formula is text that stays text when it is edited (``quotePrefix``). What no cell can hold is cut, says
so, and stands in full on a further sheet.
"""

from __future__ import annotations

import re
import zipfile
from html import escape
from itertools import chain, islice

from crmtool.core.messages import t
from crmtool.core.struct import Struct
from crmtool.transfer.export import sheet_cells
from crmtool.transfer.export.columns import Rows
from crmtool.transfer.export.sheet_cells import (
    ROW_LIMIT,
    Overflow,
    SheetCells,
    column_name,
    head_row,
    text_body,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from typing import BinaryIO

    from crmtool.transfer.export.tables import Export, Table

_MADE = (2000, 1, 1, 0, 0, 0)  # of every member: the same records make the same file
_LEVEL = 1  # rows repeat themselves enough; more takes three times as long for a tenth of the size
_BLOCK = 200  # rows written at once
_NAME_LIMIT = 31
_NAME_ILLEGAL = re.compile(r"[\[\]:*?/\\\x00-\x1f]")
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'


class _Sheet(Struct):
    """A sheet that is written: its name, its columns, its last row."""

    name: str
    columns: int
    last: int


def write(export: Export, file: BinaryIO) -> None:
    """Write the tables into ``file``, which need not be seekable. Raw leaves out the mark of text that begins like a formula."""
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive, Overflow() as overflow:
        book = _Book(archive, overflow, export)
        for table in export.tables:
            book.table(table)
        export.cut += overflow.count
        if overflow.count:
            book.long_texts()
        book.finish()


class _Book:
    """A workbook under way."""

    def __init__(self, archive: zipfile.ZipFile, overflow: Overflow, export: Export) -> None:
        self.archive = archive
        self.overflow = overflow
        self.export = export
        self._sheets: list[_Sheet] = []

    def table(self, table: Table) -> None:
        """One table, on as many sheets as its rows take."""
        raw = self.export.raw
        rows = Rows(
            self.export, table, sheet_cells.plain_reference_body if raw else sheet_cells.reference_body
        )
        name = self._free(table.title)
        cells = SheetCells(rows, self.overflow, name, raw=raw)
        waiting = chain.from_iterable(rows.chunks())
        part = 1
        while True:
            lines = (cells.line(row, number) for number, row in enumerate(islice(waiting, ROW_LIMIT - 1), 2))
            written = self._sheet(name, cells.widths, chain([cells.head()], lines))
            following = next(waiting, None) if written == ROW_LIMIT else None
            if following is None:
                return
            waiting = chain([following], waiting)
            part += 1
            name = self._free(f"{table.title[: _NAME_LIMIT - 4]} {part}")

    def long_texts(self) -> None:
        """The texts that were cut, whole, in as many pieces as cells take."""
        heads = ["sheet", "id", "field", "part", "text"]
        lines = (
            f'<row r="{n}"><c r="A{n}"{text_body(sheet)}<c r="B{n}"{text_body(ident)}<c r="C{n}"{text_body(field)}'
            f'<c r="D{n}"><v>{part}</v></c><c r="E{n}"{text_body(text)}</row>'
            for n, (sheet, ident, field, part, text) in enumerate(self.overflow.pieces(), 2)
        )
        self._sheet(self._free(t("Long texts")), [20, 38, 18, 8, 100], chain([head_row(heads)], lines))

    def _sheet(self, name: str, widths: Sequence[float], lines: Iterable[str]) -> int:
        """Write one sheet; the number of its last row."""
        part = _member(f"xl/worksheets/sheet{len(self._sheets) + 1}.xml")
        # The headings stay in sight, and so does the first column, which is the name.
        columns = "".join(
            f'<col min="{i}" max="{i}" width="{width}" customWidth="1"/>' for i, width in enumerate(widths, 1)
        )
        with self.archive.open(part, "w", force_zip64=True) as sheet:
            sheet.write(
                f'{_XML}<worksheet xmlns="{_MAIN}"><sheetViews><sheetView workbookViewId="0">'
                '<pane xSplit="1" ySplit="1" topLeftCell="B2" activePane="bottomRight" state="frozen"/></sheetView>'
                f"</sheetViews><cols>{columns}</cols><sheetData>".encode()
            )
            last = 0
            for block in _blocks(lines):
                sheet.write("".join(block).encode())
                last += len(block)
            end = f"{column_name(len(widths) - 1)}{last}"
            sheet.write(f'</sheetData><autoFilter ref="A1:{end}"/></worksheet>'.encode())
        self._sheets.append(_Sheet(name, len(widths), last))
        return last

    def _free(self, title: str) -> str:
        """A name for a sheet: what the format allows of a title, and no other sheet has."""
        wanted = _NAME_ILLEGAL.sub("_", title).strip("' ")[:_NAME_LIMIT] or "Sheet"
        taken = {sheet.name.casefold() for sheet in self._sheets}
        name, number = wanted, 1
        while name.casefold() in taken:
            number += 1
            name = f"{wanted[: _NAME_LIMIT - len(str(number)) - 1]} {number}"
        return name

    def finish(self) -> None:
        """The parts that name the others."""
        numbered = list(enumerate(self._sheets, 1))
        sheets = "".join(
            f'<sheet name="{escape(sheet.name)}" sheetId="{i}" r:id="rId{i}"/>' for i, sheet in numbered
        )
        filters = "".join(
            f'<definedName name="_xlnm._FilterDatabase" localSheetId="{i - 1}" hidden="1">{_quoted(sheet.name)}'
            f"!$A$1:${column_name(sheet.columns - 1)}${sheet.last}</definedName>"
            for i, sheet in numbered
        )
        self._part(
            "xl/workbook.xml",
            f'<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}"><sheets>{sheets}</sheets>'
            f"<definedNames>{filters}</definedNames></workbook>",
        )
        links = [(f"{_OFFICE}/worksheet", f"worksheets/sheet{i}.xml") for i, _ in numbered]
        self._part(
            "xl/_rels/workbook.xml.rels", _relationships([*links, (f"{_OFFICE}/styles", "styles.xml")])
        )
        self._part("xl/styles.xml", sheet_cells.styles(_MAIN))
        self._part("_rels/.rels", _relationships([(f"{_OFFICE}/officeDocument", "xl/workbook.xml")]))
        parts = [("workbook", "sheet.main"), ("styles", "styles")]
        parts += [(f"worksheets/sheet{i}", "worksheet") for i, _ in numbered]
        overrides = "".join(
            f'<Override PartName="/xl/{name}.xml" ContentType="{_TYPE}.{kind}+xml"/>' for name, kind in parts
        )
        self._part(
            "[Content_Types].xml",
            f'<Types xmlns="{_PACKAGE}/content-types">'
            '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
            f'<Default Extension="xml" ContentType="application/xml"/>{overrides}</Types>',
        )

    def _part(self, name: str, text: str) -> None:
        self.archive.writestr(_member(name), _XML + text)


def _member(name: str) -> zipfile.ZipInfo:
    made = zipfile.ZipInfo(name, _MADE)
    made.compress_type = zipfile.ZIP_DEFLATED
    made._compresslevel = _LEVEL  # type: ignore[attr-defined]  # the archive's own level is not asked for a member made here
    return made


def _relationships(targets: Sequence[tuple[str, str]]) -> str:
    entries = "".join(
        f'<Relationship Id="rId{i}" Type="{kind}" Target="{target}"/>'
        for i, (kind, target) in enumerate(targets, 1)
    )
    return f'<Relationships xmlns="{_PACKAGE}/relationships">{entries}</Relationships>'


def _quoted(name: str) -> str:
    """A sheet's name in a reference."""
    return escape("'" + name.replace("'", "''") + "'", quote=False)


def _blocks(lines: Iterable[str]) -> Iterator[list[str]]:
    waiting = iter(lines)
    while block := list(islice(waiting, _BLOCK)):
        yield block
