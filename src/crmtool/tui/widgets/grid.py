"""A list of any length: it holds the rows around what is seen, and asks its source for others before they come into view.

A million rows cost what a hundred do. Reading goes on from a row that is known, either way, and never over rows; only a leap far
away, by the end key or the scroll bar, is one question of its own, asked where nobody waits behind it. How many rows there are
comes late, and until then the list is as long as what is known of it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from textual.geometry import Offset, Region
from textual.message import Message
from textual.strip import Strip

from crmtool.core.messages import N_
from crmtool.tui.actions import Action, keys
from crmtool.tui.rows import Column, Fixed, Part, Row, Source
from crmtool.tui.widgets import gridlines
from crmtool.tui.widgets.gridload import Loading

if TYPE_CHECKING:
    from typing import Any

    from rich.style import Style
    from textual import events

    from crmtool.tui.screens.base import Scene

__all__ = ["Column", "Fixed", "Grid", "Part", "Row", "Source"]


SELECTING = ("choose", "extend", "choose_all", "invert")  # the actions that change what is selected


class Grid(Loading, can_focus=True):
    """The list. ``cursor`` is the number of the row one is on, ``column`` that of the column; ``chosen`` says what is selected.

    ``empty`` is said where there are no rows. Where nothing can be done with several rows, they are not ``selectable``, and the
    keys for that are free.
    """

    COMPONENT_CLASSES = {
        "grid--header", "grid--cursor", "grid--cell", "grid--chosen", "grid--late", "grid--bad", "grid--quiet",
    }  # fmt: skip
    DEFAULT_CSS = """
    Grid { height: 1fr; background: $background; color: $foreground; }
    Grid > .grid--header { text-style: bold; color: $text-muted; }
    Grid > .grid--cursor { background: $block-cursor-blurred-background; color: $block-cursor-blurred-foreground; }
    Grid:focus > .grid--cursor { background: $block-cursor-background; color: $block-cursor-foreground; }
    Grid:focus > .grid--cell { text-style: bold underline; }
    Grid > .grid--chosen { background: $accent-muted; }
    Grid > .grid--late { color: $text-warning; }
    Grid > .grid--bad { color: $text-error; }
    Grid > .grid--quiet { color: $text-muted; }
    """
    BINDINGS = keys(
        Action("grid.up", "up,k", "move(-1)", N_("Up"), N_("One row up."), shown=False),
        Action("grid.down", "down,j", "move(1)", N_("Down"), N_("One row down."), shown=False),
        Action("grid.left", "left,h", "across(-1)", N_("Left"), N_("One column to the left."), shown=False),
        Action(
            "grid.right", "right,l", "across(1)", N_("Right"), N_("One column to the right."), shown=False
        ),
        Action(
            "grid.page_up", "pageup,ctrl+b", "page(-1)", N_("Page up"), N_("One screenful up."), shown=False
        ),
        Action(
            "grid.page_down",
            "pagedown,ctrl+f",
            "page(1)",
            N_("Page down"),
            N_("One screenful down."),
            shown=False,
        ),
        Action("grid.first", "home,g", "first", N_("First"), N_("The first row."), shown=False),
        Action("grid.last", "end,G", "last", N_("Last"), N_("The last row."), shown=False),
        Action("grid.choose", "space", "choose", N_("Select"), N_("Select or unselect the row.")),
        Action(
            "grid.choose_up",
            "shift+up,K",
            "extend(-1)",
            N_("Select up"),
            N_("Select this row and go up."),
            shown=False,
        ),
        Action(
            "grid.choose_down",
            "shift+down,J",
            "extend(1)",
            N_("Select down"),
            N_("Select this row and go down."),
            shown=False,
        ),
        Action(
            "grid.choose_all", "asterisk", "choose_all", N_("All"), N_("Select all that match."), shown=False
        ),
        Action(
            "grid.invert",
            "tilde",
            "invert",
            N_("Invert"),
            N_("Select what is not, and the other way round."),
            shown=False,
        ),
        Action("grid.clear", "escape", "clear", N_("Unselect"), N_("Select nothing."), shown=False),
        Action("grid.open", "enter", "open", N_("Open"), N_("Open the row.")),
    )

    class Highlighted(Message):
        """The cursor came to another row (``None``: there is none)."""

        def __init__(self, grid: Grid, row: Row | None) -> None:
            super().__init__()
            self.grid, self.row = grid, row

        @property
        def control(self) -> Grid:
            return self.grid

    class Opened(Highlighted):
        """The row was opened by key or mouse."""

    class Told(Message):
        """How many rows there are, or are selected, came to be known or changed."""

        def __init__(self, grid: Grid) -> None:
            super().__init__()
            self.grid = grid

        @property
        def control(self) -> Grid:
            return self.grid

    class HeaderUsed(Message):
        """A header was clicked (``sort``; with a modifier ``add``) or its border moved (``resize``, ``by`` cells)."""

        def __init__(self, grid: Grid, number: int, does: str, by: int = 0) -> None:
            super().__init__()
            self.grid, self.number, self.does, self.by = grid, number, does, by

        @property
        def control(self) -> Grid:
            return self.grid

    def __init__(self, source: Source, *, empty: str = "", selectable: bool = True, **options: Any) -> None:
        super().__init__(source, **options)
        self.empty = empty
        self.selectable = selectable
        self._border: tuple[int, int] | None = None  # the column whose border is dragged, and from where

    def on_resize(self) -> None:
        self._follow()
        self._need()

    def told(self) -> None:
        self._tell()
        self.refresh()
        self.post_message(self.Told(self))

    def _tell(self) -> None:
        row = self.row
        if row is not None:
            self._held = row.key
        self.post_message(self.Highlighted(self, row))
        self._point()

    def _point(self) -> None:
        """Put the terminal's own cursor on the cell, which is what a magnifier or a screen reader follows."""
        cell = self.laid_out.of(self.column)
        if self.has_focus and cell is not None:
            y = min(max(self.cursor - self._first + 1, 0), self._height)
            self.app.cursor_position = self.content_region.offset + Offset(cell.x, y)

    def reshape(self) -> None:
        """Columns have other widths."""
        self._shape(quiet=True)
        self.watch_column()

    # -- showing -------------------------------------------------------------------------------------------------------

    @property
    def _across(self) -> int:
        """How many cells there are beside the scroll bar."""
        return max(self.scrollable_content_region.width, 1)

    @property
    def laid_out(self) -> gridlines.Layout:
        """Which columns are seen, and where."""
        return gridlines.layout(self.columns, self._across, int(self.scroll_offset.x))

    def render_line(self, y: int) -> Strip:
        columns, made = self.columns, self.laid_out
        if y > self._height:
            return Strip.blank(self.size.width, self.rich_style)
        if y == 0:
            labels = [f"{column.label} {column.mark}".rstrip() for column in columns]
            return gridlines.line(made, columns, labels, "", self.get_component_rich_style("grid--header"))
        at = self._first + y - 1
        if at >= self.length:
            return self._blank(made, y if not self.length and self.window.known else 0)
        row = self.window.row(at)
        style = self.rich_style
        if row is None:
            return gridlines.line(made, columns, (), gridlines.LATE, style)
        if row.mark:
            style += self.get_component_rich_style(row.mark, partial=True)
        chosen = row.key in self.chosen
        if chosen:
            style += self.get_component_rich_style("grid--chosen", partial=True)
        if at != self.cursor:
            return gridlines.line(made, columns, row.cells, gridlines.CHOSEN if chosen else "", style)
        style += self.get_component_rich_style("grid--cursor", partial=True)
        here = style + self.get_component_rich_style("grid--cell", partial=True)

        def styled(number: int) -> Style:
            return here if number == self.column else style

        return gridlines.line(made, columns, row.cells, gridlines.CHOSEN if chosen else "", style, styled)

    def _blank(self, made: gridlines.Layout, y: int) -> Strip:
        """A line without a row; the second one of an empty list says what to do."""
        if y != 2:
            return Strip.blank(made.across, self.rich_style)
        quiet = self.get_component_rich_style("grid--quiet")
        text = gridlines.fitted(self.empty, max(made.across - gridlines.GUTTER, 1))
        column = Column("", "", max(made.across - gridlines.GUTTER, 1))
        cell = gridlines.Cell(0, gridlines.GUTTER, column.width)
        return gridlines.line(gridlines.Layout((cell,), made.across), [column], [text], "", quiet)

    # -- moving --------------------------------------------------------------------------------------------------------

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        super().watch_scroll_y(old_value, new_value)
        if not self._moving:  # who scrolls takes the cursor along, so that it is on a row that is seen
            self.cursor = min(max(self.cursor, self._first), self._first + self._height - 1)
        self._need()

    def watch_cursor(self, before: int, now: int) -> None:
        if before != now and self.is_mounted:
            self._follow()
            self.refresh()
            self._tell()

    def validate_column(self, number: int) -> int:
        return max(0, min(number, len(self.columns) - 1))

    def watch_column(self) -> None:
        if self.is_mounted:
            left = int(self.scroll_offset.x)
            wanted = (
                gridlines.moved_left(self.columns, self._across, left, self.column) if self.columns else left
            )
            if wanted != left:
                self.scroll_to(x=wanted, animate=False, force=True)
            self._point()
            self.refresh()

    def watch_has_focus(self, _has_focus: bool) -> None:
        super().watch_has_focus(_has_focus)
        self._point()

    def _follow(self) -> None:
        """Scroll so that the cursor is seen; the header covers a line."""
        first, height = self._first, self._height
        if self.cursor < first:
            self.scroll_to(y=self.cursor, animate=False, force=True)
        elif self.cursor >= first + height:
            self.scroll_to(y=self.cursor - height + 1, animate=False, force=True)

    def action_move(self, by: int) -> None:
        self.cursor += by

    def action_across(self, by: int) -> None:
        self.column += by

    def action_page(self, by: int) -> None:
        self.cursor += by * max(self._height - 1, 1)

    def action_first(self) -> None:
        self.cursor = 0

    def action_last(self) -> None:
        if self.window.known:
            self.cursor = self.length - 1
        else:
            cast("Scene", self.screen).work(self._to_end, group=f"grid-end-{id(self)}", exclusive=True)

    async def _to_end(self) -> None:
        """Go to the end of a list that nobody has counted yet: its last rows are there before their numbers are."""
        self._moved(await self._end())
        self._shape()
        self.cursor = self.length - 1
        self._measure()

    def action_open(self) -> None:
        if self.row is not None:
            self.post_message(self.Opened(self, self.row))

    # -- selecting -----------------------------------------------------------------------------------------------------

    def action_choose(self) -> None:
        if self.row is not None:
            self.chosen.toggle(self.row.key)
            self.cursor += 1
            self._chose()

    def action_extend(self, by: int) -> None:
        if self.row is not None:
            self.chosen.put(self.row.key, True)
            self.cursor += by
            if self.row is not None:
                self.chosen.put(self.row.key, True)
            self._chose()

    def action_choose_all(self) -> None:
        self.chosen.all()
        self._chose()

    def action_invert(self) -> None:
        self.chosen.invert()
        self._chose()

    def action_clear(self) -> None:
        self.chosen.clear()
        self._chose()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        if action == "clear":  # without a selection the key is free for going back
            return bool(self.chosen)
        return self.selectable or action not in SELECTING

    def _chose(self) -> None:
        self.refresh()
        self.refresh_bindings()
        self.post_message(self.Told(self))

    # -- the mouse -----------------------------------------------------------------------------------------------------

    def on_click(self, event: events.Click) -> None:
        place = event.get_content_offset(self)
        cell = self.laid_out.at(place.x) if place is not None else None
        if place is None or self._border is not None:
            return
        if place.y == 0:
            if cell is not None:
                does = "add" if event.ctrl or event.shift else "sort"
                self.post_message(self.HeaderUsed(self, cell.number, does))
            return
        at = self._first + place.y - 1
        row = self.window.row(at)
        if row is None:
            return
        selecting = self.selectable and (event.shift or event.ctrl or place.x < gridlines.GUTTER)
        if selecting and event.shift:
            self._choose_to(at)
        elif selecting:
            self.chosen.toggle(row.key)
            self._chose()
        again = at == self.cursor
        self.cursor = at
        if cell is not None:
            self.column = cell.number
        if event.chain > 1 or (again and not selecting):
            self.action_open()

    def _choose_to(self, at: int) -> None:
        for number in range(min(at, self.cursor), max(at, self.cursor) + 1):
            row = self.window.row(number)
            if row is not None:
                self.chosen.put(row.key, True)
        self._chose()

    def on_mouse_down(self, event: events.MouseDown) -> None:
        self._border = None
        place = event.get_content_offset(self)
        if place is not None and place.y == 0:
            cell = self.laid_out.at(place.x)
            if cell is not None and place.x >= cell.x + cell.width - 1:
                self._border = (cell.number, event.screen_x)
                self.capture_mouse()

    def on_mouse_move(self, event: events.MouseMove) -> None:
        if self._border is not None and event.screen_x != self._border[1]:
            number, x = self._border
            self.post_message(self.HeaderUsed(self, number, "resize", event.screen_x - x))
            self._border = (number, event.screen_x)

    def on_mouse_up(self) -> None:
        if self._border is not None:
            self.release_mouse()

    def cell_region(self) -> Region | None:
        """Where the cell under the cursor is on the screen; ``None`` when it is not seen."""
        cell, y = self.laid_out.of(self.column), self.cursor - self._first + 1
        if cell is None or self.row is None or not 1 <= y <= self._height:
            return None
        return Region(self.content_region.x + cell.x, self.content_region.y + y, cell.width, 1)
