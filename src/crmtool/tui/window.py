"""The part of a list that is held: rows without a gap around what is seen, and what to read next to see more.

A list is known by stretches, never by numbers: whatever others add or delete, rows that stand side by side here do so in the
list. Their numbers are ``base`` and upwards; when it shows that these were off, because a beginning was reached or somebody
counted, all move together, and what a person looks at stays where it is.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from crmtool.tui.rows import Part, Row

PAGE = 64  # rows read at once
AHEAD = 64  # rows that are there already before they are seen, both ways
KEPT = 512  # rows kept on either side of what is seen
LEAP = 384  # rows further on that are still read one page after the other

BEGIN, ONWARDS, BACK, JUMP = "begin", "onwards", "back", "jump"


class Step(NamedTuple):
    """What to read next; ``at`` is the number of the row to jump to."""

    does: str
    at: int = 0


class Window:
    """Rows ``base`` to ``end`` of a list. ``top``, ``bottom``: nothing stands before the first, or behind the last."""

    def __init__(self) -> None:
        self.rows: list[Row] = []
        self.base = 0
        self.top = self.bottom = False
        self.total: int | None = None

    @property
    def end(self) -> int:
        """The number behind that of the last row held."""
        return self.base + len(self.rows)

    @property
    def length(self) -> int:
        """How many rows one can go to, as far as it is known."""
        if self.bottom:
            return self.end
        return max(self.total or 0, self.end)

    @property
    def known(self) -> bool:
        """Whether ``length`` is how many there are."""
        return self.bottom or self.total is not None

    def row(self, at: int) -> Row | None:
        """The row of a number, if it is held."""
        return self.rows[at - self.base] if self.base <= at < self.end else None

    def number(self, key: str) -> int | None:
        """The number of the row with this key, if it is held."""
        return next((self.base + at for at, row in enumerate(self.rows) if row.key == key), None)

    def step(self, first: int, last: int) -> Step | None:
        """What to read so that the rows ``first`` to ``last`` are held, and some around them; ``None`` when they are."""
        if not self.rows:
            return None if self.top and self.bottom else Step(BEGIN)
        if first - self.end > LEAP or self.base - last > LEAP:
            return Step(JUMP, max(first, 0))
        if not self.bottom and last + AHEAD >= self.end:
            return Step(ONWARDS)
        if not self.top and first - AHEAD < self.base:
            return Step(BACK)
        return None

    # -- what was read. Each answers by how much the numbers moved. -------------------------------------------------

    def put(self, rows: list[Row], base: int, *, top: bool, bottom: bool) -> int:
        """Hold these rows instead, the first of which has the number ``base``."""
        self.rows, self.base, self.top, self.bottom = rows, base, top, bottom
        return self._right()

    def onwards(self, part: Part) -> int:
        """Hold rows behind the last one too."""
        self.rows += part.rows
        self.bottom = not part.more
        return 0

    def back(self, part: Part) -> int:
        """Hold rows before the first one too."""
        self.rows[:0] = part.rows
        self.base -= len(part.rows)
        self.top = not part.more
        return self._right()

    def counted(self, total: int, key: str | None, before: int) -> int:
        """There are ``total`` rows, and ``before`` stand before the one with this key."""
        self.total = total
        at = self.number(key) if key is not None else None
        if at is None or self.top:
            return 0
        moved = before - at
        self.base += moved
        return moved + self._right()

    def trim(self, first: int, last: int) -> None:
        """Let go of what is far from the rows ``first`` to ``last``."""
        low, high = max(first - KEPT - self.base, 0), last + KEPT - self.base
        if 0 < high < len(self.rows):
            del self.rows[high:]
            self.bottom = False
        if PAGE <= low < len(self.rows):
            del self.rows[:low]
            self.base += low
            self.top = False

    def _right(self) -> int:
        """Put numbers right that cannot be: the first row of all is 0, and no other is."""
        moved = 0
        if self.top:
            moved = -self.base
        elif self.base < 1:
            moved = 1 - self.base
        self.base += moved
        return moved
