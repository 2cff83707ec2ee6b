"""What every source of rows is, so that a plan need not know which format it came from."""

from __future__ import annotations

from crmtool.core.struct import Struct

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any, Self

    from crmtool.core.messages import Message
    from crmtool.transfer.sources.rejects import RejectFile

TABLE = "table"
VCARD = "vcard"
CALENDAR = "calendar"
MAIL = "mail"


class Row(Struct):
    """One row as it stands in the source. ``number`` is what people count by: a spreadsheet's row (the header's and blank ones
    count), the line of NDJSON, else the how manieth item it is. Numbers rise.

    ``open_quote``: the file ended inside a quoted cell of this row, so the row holds more than it should.
    ``item``: the parsed card, event or message of a source that is no table; ``cells`` is empty then.
    """

    number: int
    cells: list[str]
    open_quote: bool = False
    item: Any = None


class Source:
    """One table, or one stream of cards, events or messages; use as a context manager.

    ``name``: as given, with the member of an archive behind a slash and the sheet of a workbook behind ``#``. ``title``: the name
    for people. ``part``: which sheet of a workbook or list of a JSON object it is, ``""`` for the whole. ``kind``: ``TABLE``,
    ``VCARD``, ``CALENDAR`` or ``MAIL``. ``digest`` identifies the content, so that a resumed import knows it; ``size`` is what
    ``position`` counts up to while rows are read, mostly bytes. ``columns``: the header as written, ``[]`` without one.
    ``details``: what is known of the format, by stable key, for programs; ``traits`` says the same for people, as (label,
    value). ``guessed``: the encoding is not proven by anything in the file. ``one_of_many``: nobody named it, it was found in a
    folder, an archive or a workbook, so that no failure is that nothing can be made of it.
    """

    name: str
    title: str
    part = ""
    kind = TABLE
    digest: str
    size: int
    columns: list[str]
    details: dict[str, str]
    guessed = False
    # Whether a cell that a spreadsheet would carry out has an apostrophe before it.
    guarded = False
    one_of_many = False
    # Where a file of rejected rows stands without being told: a path without ending, and the ending.
    reject_stem: str
    reject_ending = ".csv"

    @property
    def position(self) -> int:
        """How far the rows are read, of ``size``."""
        raise NotImplementedError

    @property
    def traits(self) -> list[tuple[Message, str]]:
        return []

    def rows(self) -> Iterator[Row]:
        """Every row that has any cell, from the start: a source may be read again. ``UsageError`` where the file is broken."""
        raise NotImplementedError

    def mentions(self, word: bytes) -> bool:
        """Whether ``word`` may stand in the source, which tells if a second reading for its sake is worth it."""
        return True

    def rejects(self, path: str, *, size: int = 0) -> RejectFile:
        """A file for rejected rows in the layout of this source; ``size``: how many bytes of an earlier one count."""
        raise NotImplementedError

    def close(self) -> None:
        """Give files and temporary copies back. A source may be closed twice."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


__all__ = ["CALENDAR", "MAIL", "TABLE", "VCARD", "Row", "Source"]
