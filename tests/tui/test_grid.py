"""The list: whatever is moved and whatever others change, it shows the rows that stand there, and reads little for it."""

from __future__ import annotations

import asyncio
from bisect import bisect_left, bisect_right, insort
from collections.abc import Callable, Coroutine
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.tui.conftest import settled
from textual.app import App, ComposeResult
from textual.screen import Screen
from textual.widget import Widget
from textual.worker import Worker

from crmtool.doors.width import width
from crmtool.tui.beside import beside
from crmtool.tui.rows import Chosen, Column, Fixed, Part, Row, Source
from crmtool.tui.widgets import gridlines
from crmtool.tui.widgets.grid import Grid

COLUMNS = [Column("name", "Name", 12, fixed=True), *(Column(f"c{n}", f"Column {n}", 10) for n in range(6))]


class Shelf:
    """Rows by a number that says where they stand, as a store has them; what was asked for is counted."""

    def __init__(self, numbers: list[int]) -> None:
        self.numbers = sorted(numbers)
        self.read_rows = 0
        self.delay = 0.0

    def columns(self) -> list[Column]:
        return COLUMNS

    async def read(self, limit: int, place: str | None = None, *, back: bool = False) -> Part:
        await asyncio.sleep(self.delay)
        if back:
            end = len(self.numbers) if place is None else bisect_left(self.numbers, int(place))
            begin = max(end - limit, 0)
            return self._part(begin, end, begin > 0)
        begin = 0 if place is None else bisect_right(self.numbers, int(place))
        return self._part(begin, begin + limit, begin + limit < len(self.numbers))

    async def around(self, place: str, earlier: int, limit: int) -> tuple[Part, Part]:
        await asyncio.sleep(self.delay)
        at = bisect_left(self.numbers, int(place))
        begin = max(at - earlier, 0)
        return self._part(begin, at, begin > 0), self._part(at, at + limit, at + limit < len(self.numbers))

    async def leap(self, over: int, place: str | None = None, *, back: bool = False) -> str | None:
        await asyncio.sleep(self.delay)
        if back:
            at = (len(self.numbers) if place is None else bisect_left(self.numbers, int(place))) - 1 - over
        else:
            at = (0 if place is None else bisect_right(self.numbers, int(place))) + over
        return str(self.numbers[at]) if 0 <= at < len(self.numbers) else None

    async def count(self, place: str | None) -> tuple[int, int]:
        await asyncio.sleep(self.delay * 3)
        return len(self.numbers), bisect_left(self.numbers, int(place)) if place is not None else 0

    def _part(self, begin: int, end: int, more: bool) -> Part:
        numbers = self.numbers[begin:end]
        self.read_rows += len(numbers)
        return Part([Row(str(n), (f"row {n}", *("x" * 6)), n, place=str(n)) for n in numbers], more)


class Wall(Screen[None]):
    """A screen with a list alone."""

    def __init__(self, source: Source) -> None:
        super().__init__()
        self.source = source
        self.used: list[tuple[int, str, int]] = []

    def on_grid_header_used(self, message: Grid.HeaderUsed) -> None:
        self.used.append((message.number, message.does, message.by))

    def compose(self) -> ComposeResult:
        yield Grid(self.source, empty="Nothing here.")

    def work(
        self,
        do: Callable[..., Coroutine[Any, Any, Any]],
        *given: Any,
        group: str = "",
        exclusive: bool = False,
    ) -> Worker[Any]:
        return beside(self, do, *given, group=group, exclusive=exclusive)


class WallApp(App[None]):
    def __init__(self, source: Source) -> None:
        super().__init__()
        self.source = source

    def on_mount(self) -> None:
        self.push_screen(Wall(self.source))


def seen(grid: Grid) -> list[str]:
    """The first cells of the rows on the screen."""
    lines = [grid.render_line(y).text[2:14].strip() for y in range(1, grid.scrollable_content_region.height)]
    return [text for text in lines if text]


def wanted(grid: Grid, shelf: Shelf) -> list[str]:
    first = int(grid.scroll_offset.y)
    height = grid.scrollable_content_region.height - 1
    return [f"row {n}" for n in shelf.numbers[first : first + height]]


MOVES = st.one_of(
    st.sampled_from(["pagedown", "pageup", "home", "end", "down", "up"]),
    st.tuples(st.just("leap"), st.integers(0, 1500)),
    st.tuples(st.just("wheel"), st.integers(0, 1500)),
    st.tuples(st.just("add"), st.lists(st.integers(0, 20_000), min_size=1, max_size=70)),
    st.tuples(st.just("drop"), st.integers(0, 1000), st.integers(1, 120)),
    st.just("settle"),
)


@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    size=st.sampled_from([0, 3, 63, 64, 65, 900]),
    delay=st.sampled_from([0.0, 0.002]),
    moves=st.lists(MOVES, max_size=14),
)
async def test_it_shows_what_stands_there_after_any_moves_and_changes(
    size: int, delay: float, moves: list[Any]
) -> None:
    shelf = Shelf([n * 10 for n in range(size)])
    shelf.delay = delay
    app = WallApp(shelf)
    async with app.run_test(size=(60, 14)) as pilot:
        await settled(pilot)  # type: ignore[arg-type]
        grid = app.screen.query_one(Grid)
        for move in moves:
            match move:
                case str(key) if key != "settle":
                    await pilot.press(key)
                case ("leap", int(at)):
                    grid.cursor = at
                case ("wheel", int(at)):
                    grid.scroll_to(y=at, animate=False)
                case ("add", list(numbers)):
                    for number in set(numbers) - set(shelf.numbers):
                        insort(shelf.numbers, number)
                    grid.reload()
                case ("drop", int(at), int(many)):
                    del shelf.numbers[at : at + many]
                    grid.reload()
                case _:
                    await settled(pilot)  # type: ignore[arg-type]
                    assert seen(grid) == (wanted(grid, shelf) or ["Nothing here"])
        await settled(pilot)  # type: ignore[arg-type]
        assert seen(grid) == (wanted(grid, shelf) or ["Nothing here"])
        assert grid.total == len(shelf.numbers)
        assert grid.length == len(shelf.numbers)
        if shelf.numbers:
            assert grid.row is not None
            assert int(grid.row.key) == shelf.numbers[grid.cursor]
        assert len(grid.window.rows) < 1400


async def run_on(source: Source, size: tuple[int, int] = (60, 14)) -> tuple[WallApp, Any]:
    app = WallApp(source)
    return app, app.run_test(size=size)


async def test_the_end_and_the_middle_of_a_long_list_are_read_from_where_they_are() -> None:
    shelf = Shelf([*range(100_000)])
    app, running = await run_on(shelf)
    async with running as pilot:
        await settled(pilot)
        grid = app.screen.query_one(Grid)
        await pilot.press("end")
        await settled(pilot)
        assert grid.row is not None
        assert grid.row.record == 99_999
        grid.scroll_to(y=50_000, animate=False)
        await settled(pilot)
        assert seen(grid)[0] == "row 50000"
        await pilot.press("home")
        await settled(pilot)
        assert seen(grid)[0] == "row 0"
        assert shelf.read_rows < 2_000


async def test_the_end_is_there_before_the_rows_are_counted() -> None:
    shelf = Shelf([*range(5_000)])
    app, running = await run_on(shelf)
    async with running as pilot:
        await settled(pilot)
        grid = app.screen.query_one(Grid)
        grid.window.total = None
        shelf.delay = 0.02
        await pilot.press("end")
        await settled(pilot)
        assert grid.row is not None
        assert (grid.row.record, grid.cursor) == (4_999, 4_999)


async def test_the_next_page_is_there_before_it_is_wanted() -> None:
    shelf = Shelf([*range(3_000)])
    app, running = await run_on(shelf)
    async with running as pilot:
        await settled(pilot)
        grid = app.screen.query_one(Grid)
        for _ in range(10):
            await pilot.press("pagedown")
            assert gridlines.LATE not in "".join(grid.render_line(y).text for y in range(1, 13))
            await settled(pilot)


async def test_the_cursor_stays_with_its_record_and_the_selection_is_kept() -> None:
    shelf = Shelf([n * 10 for n in range(500)])
    app, running = await run_on(shelf)
    async with running as pilot:
        await settled(pilot)
        grid = app.screen.query_one(Grid)
        grid.cursor = 200
        await settled(pilot)
        await pilot.press("space")
        held, top = grid.row, seen(grid)[0]
        shelf.numbers = sorted({*shelf.numbers, *(n * 10 + 5 for n in range(100))})
        grid.reload()
        await settled(pilot)
        assert grid.row is not None
        assert held is not None
        assert (grid.row.key, grid.cursor) == (held.key, 301)
        assert seen(grid)[0] == top
        assert grid.chosen.keys == {"2000"}


async def test_many_changes_are_looked_at_together() -> None:
    shelf = Shelf([*range(5_000)])
    app, running = await run_on(shelf)
    async with running as pilot:
        await settled(pilot)
        grid = app.screen.query_one(Grid)
        grid.cursor = 2_000
        await settled(pilot)
        shelf.read_rows = 0
        for number in range(50):
            insort(shelf.numbers, 1_500)
            grid.reload()
            if number % 10 == 0:
                await pilot.pause()
        await settled(pilot)
        assert grid.row is not None
        assert (grid.row.record, grid.cursor) == (2_000, 2_050)
        assert shelf.read_rows < 20 * 200  # each looked at alone would be fifty times as many


def test_all_but_some_are_chosen_without_naming_them() -> None:
    chosen = Chosen()
    chosen.all()
    assert "anything" in chosen
    chosen.toggle("a")
    assert "a" not in chosen
    assert chosen.count(10) == 9
    assert chosen.count(None) is None
    chosen.invert()
    assert chosen.count(10) == 1
    assert "a" in chosen
    chosen.clear()
    assert not chosen


async def test_keys_select_and_escape_lets_go() -> None:
    app, running = await run_on(Shelf([*range(50)]))
    async with running as pilot:
        await settled(pilot)
        grid = app.screen.query_one(Grid)
        await pilot.press("space", "space", "shift+down", "shift+down")
        assert grid.chosen.keys == {"0", "1", "2", "3", "4"}
        await pilot.press("tilde")
        assert grid.chosen.count(grid.total) == 45
        assert gridlines.CHOSEN not in grid.render_line(1).text
        await pilot.press("asterisk")
        assert grid.chosen.count(grid.total) == 50
        assert gridlines.CHOSEN in grid.render_line(1).text
        await pilot.press("escape")
        assert not grid.chosen


async def test_rows_with_which_nothing_can_be_done_are_not_selected_and_its_keys_are_not_offered() -> None:
    app, running = await run_on(Shelf([*range(50)]))
    async with running as pilot:
        await settled(pilot)
        grid = app.screen.query_one(Grid)
        grid.selectable = False
        for key in ("space", "asterisk", "tilde", "shift+down", "J"):
            assert key not in app.screen.active_bindings
            await pilot.press(key)
        await pilot.click(Grid, offset=(0, 3))
        await pilot.click(Grid, offset=(8, 5), shift=True)
        assert not grid.chosen
        assert grid.cursor == 4
        assert "enter" in app.screen.active_bindings


async def test_columns_stay_in_line_whatever_the_text() -> None:
    texts = [
        "plain",
        "李小龙先生的公司名",
        "אבגדהוזחטיכלמנ",
        "e\u0301" * 20,
        "👩‍👩‍👧‍👦" * 5,
        "\u202eabc\u202c" * 4,
        "",
    ]
    rows = [Row(str(n), (text,) * 7) for n, text in enumerate(texts)]
    app, running = await run_on(Fixed(COLUMNS, rows), size=(47, 12))
    async with running as pilot:
        await settled(pilot)
        grid = app.screen.query_one(Grid)
        for number in range(7):
            grid.column = number
            await pilot.pause()
            made = grid.laid_out
            for y in range(len(texts) + 2):
                strip = grid.render_line(y)
                across = grid.scrollable_content_region.width
                assert strip.cell_length == sum(width(segment.text) for segment in strip) == across
            assert made.of(0) is not None, "the name stays"
            cell = made.of(number)
            assert cell is not None
            assert cell.width == COLUMNS[number].width


async def test_an_empty_list_says_what_to_do() -> None:
    app, running = await run_on(Fixed(COLUMNS))
    async with running as pilot:
        await settled(pilot)
        grid: Widget = app.screen.query_one(Grid)
        assert "Nothing here." in grid.render_line(2).text


async def test_the_terminals_cursor_follows() -> None:
    app, running = await run_on(Shelf([*range(50)]))
    async with running as pilot:
        await settled(pilot)
        app.screen.query_one(Grid).focus()
        await pilot.press("down", "down", "right")
        assert app.cursor_position == (2 + 13, 3)


async def test_a_header_is_clicked_and_its_border_dragged() -> None:
    app, running = await run_on(Shelf([*range(50)]))
    async with running as pilot:
        await settled(pilot)
        await pilot.click(Grid, offset=(4, 0))
        await pilot.mouse_down(Grid, offset=(13, 0))
        await pilot.hover(Grid, offset=(16, 0))
        await pilot.mouse_up(Grid, offset=(16, 0))
        await pilot.click(Grid, offset=(3, 4))
        assert isinstance(app.screen, Wall)
        assert app.screen.used == [(0, "sort", 0), (0, "resize", 3)]
        assert app.screen.query_one(Grid).cursor == 3
