"""The columns of a board side by side, won and lost at the edge; cards are dragged from one to another.

On a narrow screen there is one column at a time, with the names of all in a line above. While a card is dragged nothing that
changes meanwhile moves it: where it is dropped decides.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.geometry import Offset
from textual.message import Message

from crmtool.app.board import CLOSED
from crmtool.doors.width import cut
from crmtool.tui.text import Plain
from crmtool.tui.widgets.backdrop import Across, Below, Scrolled
from crmtool.tui.widgets.boardcolumn import BoardColumn
from crmtool.tui.widgets.boardtabs import BoardTabs

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual import events
    from textual.app import ComposeResult

    from crmtool.tui.widgets.boardcards import Card
    from crmtool.tui.widgets.boardcolumn import Source

LEAST_WIDTH = 26  # cells of a column; where the screen has no room for all, they scroll
EDGE_WIDTH = 24
HELD_WIDTH = 28  # of the name that goes along with the mouse
NEAR = 3  # cells from the side of the columns at which a dragged card makes them scroll


class Drag:
    """A card that is held by the mouse since it was pressed at ``start``; ``begun`` when it was moved from there."""

    def __init__(self, card: Card, start: Offset, *, again: bool) -> None:
        self.card, self.start, self.again = card, start, again
        self.begun = False
        self.target: str | None = None


class BoardView(Below):
    """The board. ``spots`` are (spot, name) of the stages in order, then of the outcomes; ``moving`` the cards under way."""

    DEFAULT_CSS = """
    BoardView { layers: base held; height: 1fr; }
    BoardView #stages { width: 1fr; height: 1fr; scrollbar-size-horizontal: 1; }
    BoardView #edge { height: 1fr; background: $surface; }
    BoardView #held {
        layer: held; position: absolute; display: none; width: auto; height: 1; padding: 0 1;
        background: $accent; color: $text; text-wrap: nowrap;
    }
    """

    class Went(Message):
        """Another column is the current one."""

        def __init__(self, spot: str) -> None:
            super().__init__()
            self.spot = spot

    class Dropped(Message):
        """A card was dropped on another spot."""

        def __init__(self, card: Card, spot: str) -> None:
            super().__init__()
            self.card, self.spot = card, spot

    def __init__(self, spots: Sequence[tuple[str, str]], source: Source) -> None:
        super().__init__()
        self.moving: set[str] = set()
        self.columns = {spot: BoardColumn(spot, name, source, self.moving) for spot, name in spots}
        self._tabs = BoardTabs(spots, next(iter(self.columns)))
        self._current = next(iter(self.columns))
        self._drag: Drag | None = None

    def compose(self) -> ComposeResult:
        yield self._tabs
        with Across():
            with Scrolled(id="stages", can_focus=False):
                yield from (column for spot, column in self.columns.items() if spot not in CLOSED)
            with Below(id="edge"):
                yield from (column for spot, column in self.columns.items() if spot in CLOSED)
        yield Plain(id="held")

    def on_mount(self) -> None:
        self.go(self._current)

    # -- columns -------------------------------------------------------------------------------------------------------

    @property
    def current(self) -> BoardColumn:
        """The column one is in."""
        return self.columns[self._current]

    def column_of(self, record: str) -> BoardColumn | None:
        """The column in which the card of a deal is loaded."""
        return next((column for column in self.columns.values() if column.find(record)), None)

    def go(self, spot: str) -> None:
        """Go to a column."""
        self._mark(spot)
        self.current.focus(scroll_visible=False)
        if spot not in CLOSED:
            stages = self.query_one("#stages", Scrolled)
            self.call_after_refresh(stages.scroll_to_widget, self.current, animate=False)

    def _mark(self, spot: str) -> None:
        self._current = spot
        for column in self.columns.values():
            column.set_class(column.spot == spot, "-current")
        self.query_one("#edge").set_class(spot in CLOSED, "-current")
        self.query_one("#stages").set_class(spot not in CLOSED, "-current")
        self._tabs.show(spot)
        self.post_message(
            self.Went(spot)
        )  # its sender is not told, as with every message: who calls ``go`` knows

    def beside(self, by: int) -> str | None:
        """The spot ``by`` columns further; ``None`` beyond the last."""
        spots = list(self.columns)
        at = spots.index(self._current) + by
        return spots[at] if 0 <= at < len(spots) else None

    def on_board_column_left(self, message: BoardColumn.Left) -> None:
        spot = self.beside(message.by)
        if spot is not None:
            self.go(spot)

    def on_descendant_focus(self, event: events.DescendantFocus) -> None:
        if isinstance(event.widget, BoardColumn) and event.widget.spot != self._current:
            self._mark(event.widget.spot)

    def on_resize(self, event: events.Resize) -> None:
        across, stages = event.size.width, max(1, len(self.columns) - len(CLOSED))
        narrow = self.screen.has_class("-narrow")
        room = across - EDGE_WIDTH
        fit = min(stages, max(1, room // LEAST_WIDTH))  # whole columns, the others behind the scroll bar
        for at, (spot, column) in enumerate(self.columns.items()):
            share = room // fit + (at % fit < room % fit)
            column.styles.width = "1fr" if narrow or spot in CLOSED else share
        self.query_one("#edge").styles.width = "1fr" if narrow else EDGE_WIDTH

    # -- the mouse -----------------------------------------------------------------------------------------------------

    @property
    def dragging(self) -> bool:
        """Whether a card is being dragged."""
        return self._drag is not None and self._drag.begun

    def on_mouse_down(self, event: events.MouseDown) -> None:
        spot, record = event.style.meta.get("spot"), event.style.meta.get("card")
        if event.button != 1 or spot not in self.columns or record is None:
            return
        column = self.columns[spot]
        again = spot == self._current and column.card is column.find(record)
        column.point_at(record)
        if column.card is not None:
            self._drag = Drag(column.card, event.screen_offset, again=again)
            self.capture_mouse()

    def on_mouse_move(self, event: events.MouseMove) -> None:
        drag = self._drag
        if drag is None or (not drag.begun and event.screen_offset == drag.start):
            return
        held = self.query_one("#held", Plain)
        if not drag.begun:
            drag.begun = True
            held.say(cut(drag.card.name, HELD_WIDTH))
            held.display = True
        held.styles.offset = event.screen_offset - self.region.offset + Offset(2, 1)
        drag.target = self._spot_at(event.screen_offset)
        for column in self.columns.values():
            column.set_class(column.spot == drag.target != drag.card.spot, "-target")
        self._scroll_near(event.screen_offset)

    def _spot_at(self, offset: Offset) -> str | None:
        spot = self.screen.get_style_at(*offset).meta.get("spot")
        return spot if spot in self.columns else None

    def _scroll_near(self, offset: Offset) -> None:
        stages = self.query_one("#stages", Scrolled)
        if not stages.region.contains_point(offset):
            return
        if offset.x < stages.region.x + NEAR:
            stages.scroll_relative(x=-LEAST_WIDTH // 2, animate=False)
        elif offset.x >= stages.region.right - NEAR:
            stages.scroll_relative(x=LEAST_WIDTH // 2, animate=False)

    def on_mouse_up(self, event: events.MouseUp) -> None:
        drag = self._drag
        self.let_go()
        if drag is None:
            return
        if not drag.begun:
            if drag.again:
                self.post_message(BoardColumn.Opened(self.current))
            return
        target = self._spot_at(event.screen_offset)
        if target is not None and target != drag.card.spot:
            self.post_message(self.Dropped(drag.card, target))

    def let_go(self) -> None:
        """End a drag without dropping the card."""
        self._drag = None
        self.release_mouse()
        self.query_one("#held").display = False
        for column in self.columns.values():
            column.remove_class("-target")

    def on_mouse_release(self) -> None:
        if self._drag is not None:
            self.let_go()

    def on_click(self, event: events.Click) -> None:
        spot = event.style.meta.get("spot")
        if spot in self.columns and spot != self._current:
            self.go(spot)
