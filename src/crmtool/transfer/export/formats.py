"""The formats: what each is called, how it is written, and what it carries.

A format *carries* a field when an import of what it wrote gives the same value again. ``beside`` says in words what is lost of
values that it carries otherwise, for the guide and for whoever asks.
"""

from __future__ import annotations

import os

from crmtool.core.errors import UsageError
from crmtool.core.messages import N_, Message, t
from crmtool.core.struct import Struct

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import BinaryIO

    from crmtool.core.fields import Field
    from crmtool.core.registry import Entity
    from crmtool.transfer.export.tables import Export, Table


class Format(Struct):
    """One format. ``endings`` are those of its files, the first the one that it gives.

    ``several``: whether one file holds several tables (``file``), or each needs one (``folder``). ``binary`` formats write into a
    file of bytes, others are text. ``people``: made to be read, and not to be imported again. ``versions`` are those that can be
    asked for, the usual one first.
    """

    key: str
    title: str
    endings: tuple[str, ...]
    several: str = "folder"
    binary: bool = False
    people: bool = False
    beside: str = ""
    versions: tuple[str, ...] = ()

    def writes(self, entity: Entity, field: Field) -> bool:
        """Whether the values of a field of an entity are in what is written."""
        return True

    def carries(self, entity: Entity, field: Field) -> bool:
        """Whether they come back with an import of it."""
        return not self.people and self.writes(entity, field)

    def takes(self, entity: Entity) -> bool:
        """Whether records of this kind can be written in the format at all."""
        return True

    def pieces(self, export: Export) -> Iterator[str]:
        """The text of an export; of a format that is not ``file``, of its only table."""
        raise NotImplementedError

    def write(self, export: Export, file: BinaryIO) -> None:
        """Write an export into a file of bytes."""
        for piece in self.pieces(export):
            file.write(piece.encode())


class _Rows(Format):
    """CSV, TSV: one table a file."""

    def pieces(self, export: Export) -> Iterator[str]:
        from crmtool.transfer.export import text

        (table,) = export.tables
        one: Iterator[str] = getattr(text, self.key)(export, table)
        return one


class _Objects(Format):
    """Formats of objects, which an import takes apart into columns: an object in an own field is not put together again."""

    def carries(self, entity: Entity, field: Field) -> bool:
        return field.multi or field.own_key is None or field.kind.name not in ("address", "json")


class _Ndjson(_Objects):
    def pieces(self, export: Export) -> Iterator[str]:
        from crmtool.transfer.export import text

        return text.ndjson(export, export.tables[0])


class _Json(_Objects):
    def pieces(self, export: Export) -> Iterator[str]:
        from crmtool.transfer.export import text

        return text.json(export, export.tables[0]) if len(export.tables) == 1 else text.json_book(export)


class _Workbook(Format):
    def write(self, export: Export, file: BinaryIO) -> None:
        from crmtool.transfer.export import workbook

        workbook.write(export, file)


class _Markdown(Format):
    def pieces(self, export: Export) -> Iterator[str]:
        from crmtool.transfer.export import pages

        return pages.markdown(export)


class _Html(Format):
    def pieces(self, export: Export) -> Iterator[str]:
        from crmtool.transfer.export import pages

        return pages.html(export)


class _Cards(Format):
    """Formats of address books and calendars, which have words for some of our fields."""

    def writes(self, entity: Entity, field: Field) -> bool:
        return field.key in self._carried().get(entity.key, ())

    def takes(self, entity: Entity) -> bool:
        return entity.key in self._carried()

    def pieces(self, export: Export) -> Iterator[str]:
        from crmtool.transfer.export import cards

        return cards.vcards(export) if self.key == "vcard" else cards.calendar(export)

    def _carried(self) -> dict[str, tuple[str, ...]]:
        from crmtool.transfer.cards import calendar_text, vcard_text

        return vcard_text.CARRIED if self.key == "vcard" else calendar_text.CARRIED


_NO_LABELS = N_("Labels of e-mail addresses, phone numbers and web addresses are left out.")

FORMATS: dict[str, Format] = {
    format.key: format
    for format in (
        _Rows("csv", "CSV", (".csv",), beside=_NO_LABELS),
        _Rows("tsv", "TSV", (".tsv", ".tab"), beside=_NO_LABELS),
        _Json("json", "JSON", (".json",), several="file"),
        _Ndjson("ndjson", "NDJSON", (".ndjson", ".jsonl")),
        _Workbook("xlsx", "XLSX", (".xlsx",), several="file", binary=True, beside=_NO_LABELS),
        _Cards("vcard", "vCard", (".vcf", ".vcard"), several="file", versions=("4.0", "3.0")),
        _Cards("ics", "iCalendar", (".ics",), several="file"),
        _Markdown("md", "Markdown", (".md", ".markdown"), several="file", people=True),
        _Html("html", "HTML", (".html", ".htm"), several="file", people=True),
    )
}
DEFAULT = "csv"


def format_of(path: str | None, key: str | None) -> Format:
    """The format that is named, else the one of the file's ending, else CSV. ``UsageError`` lists those there are."""
    known = Message("Formats: {formats}.", formats=", ".join(FORMATS))
    if key is not None:
        wanted = key.casefold().lstrip(".")
        found = FORMATS.get(wanted) or _by_ending(f".{wanted}")
        if found is None:
            raise UsageError(
                Message("There is no format “{format}”.", format=key),
                known,
                code="format",
                formats=[*FORMATS],
            )
        return found
    ending = os.path.splitext(path or "")[1].casefold()
    found = _by_ending(ending) if ending else FORMATS[DEFAULT]
    if found is None:
        raise UsageError(
            Message("“{ending}” is the ending of no format.", ending=ending),
            Message("Name one with --format, or end the file in one of these: {endings}.", endings=", ".join(
                ending for format in FORMATS.values() for ending in format.endings)),
            code="format",
            formats=[*FORMATS],
        )  # fmt: skip
    return found


def _by_ending(ending: str) -> Format | None:
    return next((format for format in FORMATS.values() if ending in format.endings), None)


def left_out(format: Format, table: Table) -> list[Field]:
    """The fields of a table that a person may fill and the format has no words for."""
    return [field for field in table.fields if field.writable and not format.writes(table.entity, field)]


def about(format: Format) -> str:
    """What is lost of the values that the format carries, in the active language; ``""`` for nothing."""
    return t(format.beside) if format.beside else ""
