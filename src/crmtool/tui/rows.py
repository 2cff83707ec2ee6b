"""What a list is made of: columns, rows, where they come from, and which of them are chosen."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from typing import Any


class Column(NamedTuple):
    """``width`` in cells; ``right`` for numbers; ``mark`` beside the label says how the list is sorted; a ``fixed`` one stays
    where it is when the others are moved through.
    """

    key: str
    label: str
    width: int
    right: bool = False
    mark: str = ""
    fixed: bool = False


class Row(NamedTuple):
    """``key`` stays with the row wherever it moves; ``cells`` are escaped; ``mark`` is a component style, or empty.

    ``place`` is where it stands in the order of its list, for its source alone to read.
    """

    key: str
    cells: tuple[str, ...]
    record: Any = None
    mark: str = ""
    place: str = ""


class Part(NamedTuple):
    """Rows in the order of the list, and whether more follow in the direction they were read."""

    rows: list[Row]
    more: bool


class Source(Protocol):
    """Where rows come from. Every question may be withdrawn; what it asks has no effect."""

    def columns(self) -> Sequence[Column]:
        """What each row has a cell for."""

    async def read(self, limit: int, place: str | None = None, *, back: bool = False) -> Part:
        """Rows behind a place, or with ``back`` before it; without a place from the beginning, or the end."""

    async def around(self, place: str, earlier: int, limit: int) -> tuple[Part, Part]:
        """Up to ``earlier`` rows before a place, and ``limit`` from it on, both of the same moment."""

    async def leap(self, over: int, place: str | None = None, *, back: bool = False) -> str | None:
        """The place so many rows further; ``None`` where there is none."""

    async def count(self, place: str | None) -> tuple[int, int]:
        """How many rows there are, and how many of them stand before a place (0 without one); may take a while."""


class Fixed:
    """Rows that are all there already, as a source: for short lists that are made elsewhere."""

    def __init__(self, columns: Sequence[Column], rows: Iterable[Row] = ()) -> None:
        self._columns = columns
        self.rows = [row._replace(place=str(at)) for at, row in enumerate(rows)]

    def columns(self) -> Sequence[Column]:
        return self._columns

    async def read(self, limit: int, place: str | None = None, *, back: bool = False) -> Part:
        if back:
            end = len(self.rows) if place is None else int(place)
            begin = max(end - limit, 0)
            return Part(self.rows[begin:end], begin > 0)
        begin = 0 if place is None else int(place) + 1
        return Part(self.rows[begin : begin + limit], begin + limit < len(self.rows))

    async def around(self, place: str, earlier: int, limit: int) -> tuple[Part, Part]:
        at = int(place)
        return await self.read(earlier, place, back=True), Part(
            self.rows[at : at + limit], at + limit < len(self.rows)
        )

    async def leap(self, over: int, place: str | None = None, *, back: bool = False) -> str | None:
        if back:
            at = (len(self.rows) if place is None else int(place)) - 1 - over
        else:
            at = (-1 if place is None else int(place)) + 1 + over
        return str(at) if 0 <= at < len(self.rows) else None

    async def count(self, place: str | None) -> tuple[int, int]:
        return len(self.rows), int(place or 0)


class Chosen:
    """Which rows are selected: some, by their keys, or all but some. That a million are takes no more than that one is."""

    def __init__(self) -> None:
        self.keys: set[str] = set()
        self.rest = False  # whether it is the others that are selected

    def __contains__(self, key: str) -> bool:
        return (key in self.keys) != self.rest

    def __bool__(self) -> bool:
        return self.rest or bool(self.keys)

    def count(self, total: int | None) -> int | None:
        """How many; ``None`` while it is not known how many there are."""
        if not self.rest:
            return len(self.keys)
        return None if total is None else max(total - len(self.keys), 0)

    def toggle(self, key: str) -> None:
        self.keys ^= {key}

    def put(self, key: str, chosen: bool) -> None:
        """Select the row, or leave it out."""
        if (key in self) != chosen:
            self.toggle(key)

    def invert(self) -> None:
        self.rest = not self.rest

    def all(self) -> None:
        self.keys.clear()
        self.rest = True

    def clear(self) -> None:
        self.keys.clear()
        self.rest = False
