"""How a list comes by its rows: what it has read, what it reads next, and what follows for its length and its cursor."""

from __future__ import annotations

import time
from asyncio import sleep
from typing import TYPE_CHECKING, cast

from textual.geometry import Size
from textual.reactive import reactive
from textual.scroll_view import ScrollView

from crmtool.tui.rows import Chosen, Row, Source
from crmtool.tui.widgets import gridlines
from crmtool.tui.window import AHEAD, BACK, BEGIN, ONWARDS, PAGE, Step, Window

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

    from textual.worker import Worker

    from crmtool.tui.rows import Column
    from crmtool.tui.screens.base import Scene

CALM = 0.1  # seconds between two looks at a list that keeps changing; the first look is at once


class Loading(ScrollView):
    """The part of the list that reads. ``told`` is called when rows, their number or their places came to be known."""

    cursor: reactive[int] = reactive(0, repaint=True)
    column: reactive[int] = reactive(0, repaint=True)

    def __init__(self, source: Source, **options: Any) -> None:
        super().__init__(**options)
        self.source = source
        self.empty = ""
        self.chosen = Chosen()
        self.window = Window()
        self._next: Source | None = None  # what is to be shown once its first rows are here
        self._stale = False
        self._looked = 0.0
        self._server: Worker[Any] | None = None
        self._counter: Worker[Any] | None = None
        self._held: str | None = None  # the key of the row under the cursor
        self._moving = False  # whether rows get other numbers, which moves nothing on the screen

    def told(self) -> None:
        """Rows came, or it became known how many there are."""

    # -- what is known -------------------------------------------------------------------------------------------------

    @property
    def row(self) -> Row | None:
        """The row under the cursor, if it is loaded."""
        return self.window.row(self.cursor)

    @property
    def total(self) -> int | None:
        """How many rows there are; ``None`` until it is known."""
        return self.window.length if self.window.known else None

    @property
    def length(self) -> int:
        """How many rows one can go to now."""
        return self.window.length

    @property
    def columns(self) -> Sequence[Column]:
        return self.source.columns()

    # -- loading -------------------------------------------------------------------------------------------------------

    def on_mount(self) -> None:
        self.use(self.source)

    def use(self, source: Source, *, anew: bool = True, empty: str | None = None) -> None:
        """Show another list from its beginning, or (not ``anew``) the same rows in other columns.

        What is shown stays until rows are here; an error in the question leaves it as it is.
        """
        self.empty = self.empty if empty is None else empty
        self._next = source
        if anew:
            self._held = None
        self._stale = not anew and bool(self.length)
        self._need(again=True)

    def reload(self) -> None:
        """Ask again for what is seen, without moving the cursor or losing what is selected."""
        self._stale = True
        self._need()

    def _need(self, *, again: bool = False) -> None:
        """Have what is seen loaded, and a little more."""
        if not self.is_attached:
            return
        if self._server is not None and not self._server.is_finished:
            if not again:
                return
            self._server.cancel()
        self._server = cast("Scene", self.screen).work(self._serve, group=f"grid-{id(self)}")

    async def _serve(self) -> None:
        while True:
            if self._next is not None and not self._stale:
                await self._begin(self._next)
            elif self._stale:
                await self._again()
            else:
                step = self.window.step(self._first, self._first + self._height)
                if step is None:
                    return
                self._moved(await self._read(step))
            self._shape()

    def beginning(self, rows: Sequence[Row]) -> int:
        """Which of the first rows the cursor begins on."""
        return 0

    async def _begin(self, source: Source) -> None:
        part = await source.read(PAGE)
        self.source, self._next = source, None
        self.chosen.clear()
        self.window = Window()
        self.window.put(part.rows, 0, top=True, bottom=not part.more)
        self.set_reactive(Loading.cursor, self.beginning(part.rows))
        self.column = min(self.column, max(len(self.columns) - 1, 0))
        self.scroll_to(y=0, animate=False, force=True)
        self._measure()

    async def _again(self) -> None:
        wait = self._looked + CALM - time.monotonic()
        if wait > 0:
            await sleep(wait)
        self._stale, source = False, self._next or self.source
        window, first, height = self.window, self._first, self._height
        pivot = window.row(first)
        if pivot is None or first == 0:
            part = await source.read(height + AHEAD)
            shift = window.put(part.rows, 0, top=True, bottom=not part.more)
        else:
            earlier, later = await source.around(pivot.place, AHEAD, height + AHEAD)
            rows = earlier.rows + later.rows
            shift = window.put(rows, first - len(earlier.rows), top=not earlier.more, bottom=not later.more)
        self.source, self._next = source, None
        self._looked = time.monotonic()
        self._moved(shift)
        found = self.window.number(self._held) if self._held is not None else None
        if found is not None and found != self.cursor:
            self.cursor = found
        self._measure()

    async def _read(self, step: Step) -> int:
        window, source = self.window, self.source
        if step.does == BEGIN:
            part = await source.read(PAGE)
            moved = window.put(part.rows, 0, top=True, bottom=not part.more)
            self._measure()
            return moved
        if step.does == ONWARDS:
            part = await source.read(PAGE, window.rows[-1].place)
            moved = window.onwards(part)
        elif step.does == BACK:
            part = await source.read(PAGE, window.rows[0].place, back=True)
            moved = window.back(part)
        else:
            return await self._jump(step.at)
        window.trim(self._first + moved, self._first + moved + self._height)
        return moved

    async def _jump(self, at: int) -> int:
        """Leap to a row far away, from whichever end or edge is nearest."""
        window, source = self.window, self.source
        ways: list[tuple[int, str | None, bool]] = [(at, None, False)]
        if window.total is not None and at < window.total:
            ways.append((window.total - 1 - at, None, True))
        if at >= window.end:
            ways.append((at - window.end, window.rows[-1].place, False))
        else:
            ways.append((window.base - 1 - at, window.rows[0].place, True))
        over, place, back = min(ways, key=lambda way: way[0])
        there = await source.leap(over, place, back=back)
        if there is None:
            return await self._end()
        earlier, later = await source.around(there, AHEAD, self._height + AHEAD)
        rows = earlier.rows + later.rows
        return window.put(rows, at - len(earlier.rows), top=not earlier.more, bottom=not later.more)

    async def _end(self) -> int:
        part = await self.source.read(self._height + AHEAD, back=True)
        length = max(self.window.total or 0, self.window.end, len(part.rows))
        return self.window.put(part.rows, length - len(part.rows), top=not part.more, bottom=True)

    def _measure(self) -> None:
        """Count, where nobody waits behind it; a count of what is asked no more is withdrawn."""
        if self._counter is not None and not self._counter.is_finished:
            self._counter.cancel()
        self._counter = cast("Scene", self.screen).work(self._count, group=f"grid-count-{id(self)}")

    async def _count(self) -> None:
        source = self.source
        first = self.window.rows[0] if self.window.rows and not self.window.top else None
        total, before = await source.count(first.place if first is not None else None)
        if source is self.source:
            self._moved(self.window.counted(total, first.key if first is not None else None, before))
            self._shape()
            self._need()

    # -- what follows from what was loaded -----------------------------------------------------------------------------

    def _moved(self, by: int) -> None:
        """Rows have other numbers than before: go with them, so that nothing moves on the screen."""
        if by:
            self._moving = True
            self.set_reactive(Loading.cursor, max(self.cursor + by, 0))
            y = self.scroll_offset.y + by
            self._shape(quiet=True)
            self.scroll_to(y=y, animate=False, force=True)
            self._moving = False

    def _shape(self, *, quiet: bool = False) -> None:
        """Take over how long and wide the list is."""
        self.virtual_size = Size(gridlines.extent(self.columns), self.length + 1)
        if quiet:
            return
        last = max(self.length - 1, 0)
        if self.cursor > last and self.window.known:
            self.cursor = last
        self.told()

    # -- what is seen --------------------------------------------------------------------------------------------------

    @property
    def _first(self) -> int:
        """The number of the first row that is seen."""
        return int(self.scroll_offset.y)

    @property
    def _height(self) -> int:
        """How many rows are seen."""
        return max(self.scrollable_content_region.height - 1, 1)

    def validate_cursor(self, at: int) -> int:
        return max(0, min(at, self.length - 1)) if self.length else 0
