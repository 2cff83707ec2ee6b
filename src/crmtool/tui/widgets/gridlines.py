"""How a list is laid out and painted: which columns stand where, and the line of a row."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from rich.segment import Segment
from textual.strip import Strip

from crmtool.doors.safe import BIDI, without_bidi
from crmtool.doors.width import cut, pad, width

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from rich.style import Style

    from crmtool.tui.rows import Column

GAP = 1
GUTTER = 2  # where the mark of a selected row stands
CHOSEN, LATE = "✓", "…"
NARROWEST = 4


class Cell(NamedTuple):
    """A column on the screen: its number, the first cell it takes, and how many."""

    number: int
    x: int
    width: int


class Layout(NamedTuple):
    """The columns that fit beside each other, from the left. A column is shown from its beginning or not at all."""

    cells: tuple[Cell, ...]
    across: int

    def at(self, x: int) -> Cell | None:
        """The column that a cell of the screen belongs to, with the gap behind it."""
        return next((cell for cell in self.cells if cell.x <= x <= cell.x + cell.width), None)

    def of(self, number: int) -> Cell | None:
        """Where a column stands, if it is shown."""
        return next((cell for cell in self.cells if cell.number == number), None)


def starts(columns: Sequence[Column]) -> list[int]:
    """Where each column that moves begins, counted from the first of them; fixed ones begin at 0."""
    found, x = [], 0
    for column in columns:
        found.append(0 if column.fixed else x)
        x += 0 if column.fixed else column.width + GAP
    return found


def extent(columns: Sequence[Column]) -> int:
    """The cells that all columns take."""
    return GUTTER + sum(column.width + GAP for column in columns)


def layout(columns: Sequence[Column], across: int, left: int) -> Layout:
    """What is shown in ``across`` cells after the columns were moved ``left`` cells out."""
    cells, x = [], GUTTER
    for number, column in enumerate(columns):
        if column.fixed:
            taken = max(min(column.width, (across - GUTTER) * 3 // 5), 1)
            cells.append(Cell(number, x, taken))
            x += taken + GAP
    for number, (column, start) in enumerate(zip(columns, starts(columns), strict=True)):
        if column.fixed or start < left:
            continue
        room = across - x
        if room < min(column.width, NARROWEST):
            break
        cells.append(Cell(number, x, min(column.width, room)))
        x += column.width + GAP
    return Layout(tuple(cells), across)


def moved_left(columns: Sequence[Column], across: int, left: int, number: int) -> int:
    """How far the columns must be out so that one of them is shown whole, if it can be."""
    column, begins = columns[number], starts(columns)
    if column.fixed:
        return left
    if begins[number] < left:
        return begins[number]
    room = across - GUTTER - sum(min(c.width, (across - GUTTER) * 3 // 5) + GAP for c in columns if c.fixed)
    if begins[number] + column.width - left <= room:
        return left
    fitting = (
        b
        for c, b in zip(columns, begins, strict=True)
        if not c.fixed and begins[number] + column.width - b <= room
    )
    return min(fitting, default=begins[number])


def fitted(text: str, columns: int, *, right: bool = False) -> str:
    """``text`` in exactly so many cells. Half a pair of bidirectional controls would act on the rest of the line."""
    if width(text) > columns:
        text = cut(without_bidi(text) if any(char in BIDI for char in text) else text, columns)
    return pad(text, columns, right=right)


def line(
    made: Layout,
    columns: Sequence[Column],
    cells: Sequence[str],
    mark: str,
    style: Style,
    styled: Callable[[int], Style] | None = None,
) -> Strip:
    """A row as wide as the layout. ``styled`` gives the style of a column where it is not that of the row."""
    segments, x = [Segment(fitted(mark, GUTTER), style)], GUTTER
    for number, at, taken in made.cells:
        column = columns[number]
        if at > x:
            segments.append(Segment(" " * (at - x), style))
        text = fitted(cells[number] if number < len(cells) else "", taken, right=column.right)
        segments.append(Segment(text, styled(number) if styled is not None else style))
        x = at + taken
    if x < made.across:
        segments.append(Segment(" " * (made.across - x), style))
    return Strip(segments, max(x, made.across))
