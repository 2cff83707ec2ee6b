"""A column of the board: its heading, and its cards from the first on as far as one has scrolled, or from the last one back.

Thousands of cards cost what a screenful does: they are drawn line by line where they are seen, and asked for a page at a time.
A card that changes is put where the order wants it, while the one under the cursor stays where it is on the screen.
"""

from __future__ import annotations

from bisect import bisect_right
from typing import TYPE_CHECKING

from textual.geometry import Offset, Region, Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.strip import Strip

from crmtool.app.board import CLOSED
from crmtool.core.messages import N_, t
from crmtool.tui.actions import Action, keys
from crmtool.tui.widgets.boardcards import heading
from crmtool.tui.widgets.boardpaint import Look, Painter

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Coroutine
    from typing import Any

    from crmtool.app.board import Column
    from crmtool.tui.widgets.boardcards import Card

    # (spot, limit, token, back) -> the cards behind the token (``back``: before it), and the token of those that follow
    Source = Callable[[str, int, str | None, bool], Awaitable[tuple[list[Card], str | None]]]

PAGE_CARDS = 64
AHEAD = 24  # cards beyond what is seen that are asked for before one gets there
MOST_AT_ONCE = 2000  # cards that a reload asks for at most


class BoardColumn(ScrollView, can_focus=True):
    """One spot of the board. ``cursor`` is the number of the card one is on, ``moving`` the cards under way."""

    ALLOW_SELECT = False  # the mouse drags cards here, not text

    COMPONENT_CLASSES = {
        "column--name", "column--head", "column--card", "column--cursor", "column--rotting", "column--moving",
    }  # fmt: skip
    DEFAULT_CSS = """
    BoardColumn {
        height: 1fr; padding: 0 1; background: $background; color: $foreground;
        overflow-x: hidden; scrollbar-size-vertical: 1;
    }
    BoardColumn.-target { background: $accent-muted; }
    BoardColumn > .column--name { text-style: bold; }
    BoardColumn.-current > .column--name { text-style: bold reverse; }
    BoardColumn > .column--head { color: $text-muted; }
    BoardColumn > .column--card { background: $surface; }
    BoardColumn > .column--rotting { color: $text-warning; }
    BoardColumn > .column--moving { text-style: italic dim; }
    BoardColumn.-current > .column--cursor {
        background: $block-cursor-blurred-background; color: $block-cursor-blurred-foreground;
    }
    BoardColumn:focus > .column--cursor { background: $block-cursor-background; color: $block-cursor-foreground; }
    """
    BINDINGS = keys(
        Action("column.up", "up,k", "move(-1)", N_("Up"), N_("One card up."), shown=False),
        Action("column.down", "down,j", "move(1)", N_("Down"), N_("One card down."), shown=False),
        Action("column.page_up", "pageup,ctrl+b", "page(-1)", N_("Page up"), N_("One screenful up."), shown=False),
        Action(
            "column.page_down", "pagedown,ctrl+f", "page(1)", N_("Page down"), N_("One screenful down."), shown=False
        ),
        Action("column.first", "home,g", "first", N_("First"), N_("The first card."), shown=False),
        Action("column.last", "end,G", "last", N_("Last"), N_("The last card."), shown=False),
        Action("column.left", "left", "beside(-1)", N_("Left"), N_("The column at the left."), shown=False),
        Action("column.right", "right", "beside(1)", N_("Right"), N_("The column at the right."), shown=False),
        Action("column.open", "enter", "open", N_("Open"), N_("Open the deal."), "crm deal show {record}"),
    )  # fmt: skip

    class Opened(Message):
        """The card under the cursor was opened by key or mouse."""

        def __init__(self, column: BoardColumn) -> None:
            super().__init__()
            self.column = column

    class Left(Message):
        """One wants to go to the column ``by`` further."""

        def __init__(self, by: int) -> None:
            super().__init__()
            self.by = by

    def __init__(self, spot: str, label: str, source: Source, moving: set[str], **options: Any) -> None:
        super().__init__(**options)
        self.spot, self.label = spot, label
        self.cards: list[Card] = []
        self.cursor = 0
        self.sums: Column | None = None
        self.currencies = 1
        self._known: dict[str, Card] = {}
        self._source, self._moving = source, moving
        self._back = False  # whether the cards are the last ones, and further ones come before them
        self._following: str | None = None
        self._loading = False
        self._painter = Painter(spot)
        self.tall = 2 if spot in CLOSED else 4  # lines of a card; an open one has a blank line below it

    # -- cards ---------------------------------------------------------------------------------------------------------

    @property
    def card(self) -> Card | None:
        """The card under the cursor."""
        return self.cards[self.cursor] if self.cursor < len(self.cards) else None

    def find(self, record: str) -> Card | None:
        """The card of a deal, if it is loaded here."""
        return self._known.get(record)

    async def load(self) -> None:
        """Ask again for all that is loaded, at least a page; the cursor stays with its card."""
        first, seen = min(self.cursor, self._first_seen), self._first_seen + self._high // self.tall
        wanted = len(self.cards) - first if self._back else max(self.cursor, seen)
        await self._begin(min(MOST_AT_ONCE, max(PAGE_CARDS, wanted + AHEAD)), back=self._back)

    async def _begin(self, limit: int, *, back: bool) -> None:
        """Show the first cards, or the last ones."""
        self._loading = True
        try:
            found, following = await self._source(self.spot, limit, None, back)
        finally:
            self._loading = False
        held, below = self.card, len(self.cards) - self._first_seen
        under_way = [card for card in self.cards if card.id in self._moving]
        still = back and self._back
        self.cards = [card for card in found if card.id not in self._moving]
        self._following, self._back = following, back and following is not None
        self._known = {card.id: card for card in self.cards}
        for card in under_way:
            self.put(card, here=True)
        self.cursor = self._place_of(held.id) if held else 0
        if still:
            self._scroll_by((len(self.cards) - below - self._first_seen) * self.tall)
        self._changed()

    async def _fetch(self) -> None:
        if self._following is None or self._loading:
            return
        self._loading = True
        try:
            found, following = await self._source(self.spot, PAGE_CARDS, self._following, self._back)
        finally:
            self._loading = False
        fresh = [card for card in found if card.id not in self._known and card.id not in self._moving]
        self._known.update((card.id, card) for card in fresh)
        if self._back:
            self.cards[:0] = fresh
            self.cursor += len(fresh)
            self._resize()
            self._scroll_by(len(fresh) * self.tall)
        else:
            self.cards += fresh
        self._following, self._back = following, self._back and following is not None
        self._changed()

    def put(self, card: Card, *, here: bool = False) -> None:
        """Put a card where it belongs, or in place of itself; one beyond all that is loaded only when it is wanted ``here``."""
        held = self.card
        self._out(card.id)
        place = bisect_right(self.cards, card.order, key=lambda other: other.order)
        edge = 0 if self._back else len(self.cards)
        if place == edge and self._following is not None and not here:
            self._settle(held)
            return
        self._keep_view(place, 1)
        self.cards.insert(place, card)
        self._known[card.id] = card
        self._settle(held)

    def take(self, record: str) -> Card | None:
        """Take a card out; the cursor stays where it is, on the one that came into its place."""
        held, gone = self.card, self._out(record)
        if gone is not None:
            self._settle(held)
        return gone

    def _out(self, record: str) -> Card | None:
        gone = self._known.pop(record, None)
        if gone is not None:
            place = next(at for at, card in enumerate(self.cards) if card.id == record)
            self._keep_view(place, -1)
            del self.cards[place]
        return gone

    def _settle(self, held: Card | None) -> None:
        """Have the cursor with the card it was on."""
        if held is not None:
            self.cursor = self._place_of(held.id)
        self._changed()

    def _place_of(self, record: str) -> int:
        if record in self._known:
            return next(at for at, card in enumerate(self.cards) if card.id == record)
        return max(0, min(self.cursor, len(self.cards) - 1))

    def _keep_view(self, place: int, by: int) -> None:
        """Scroll with a card that comes or goes above what is seen."""
        if place < self._first_seen and self.is_mounted:
            self.virtual_size = Size(self._across, self.virtual_size.height + by * self.tall)
            self._scroll_by(by * self.tall)

    def _scroll_by(self, lines: int) -> None:
        self.scroll_to(y=self.scroll_offset.y + lines, animate=False, immediate=True)

    def _changed(self) -> None:
        self._resize()
        self.refresh()
        if self.has_focus:
            self.app.cursor_position = self.caret

    # -- heading -------------------------------------------------------------------------------------------------------

    def show_sums(self, sums: Column | None, currencies: int) -> None:
        """Show the number and sums of the column, with lines for this many currencies (0: amounts are hidden)."""
        if (self.sums, self.currencies) == (sums, currencies):
            return
        self.sums, self.currencies = sums, currencies
        self._resize()
        self.refresh()

    @property
    def _head(self) -> int:
        return 1 + self.currencies if self.spot in CLOSED else 2 + 2 * self.currencies

    # -- drawing -------------------------------------------------------------------------------------------------------

    @property
    def _across(self) -> int:
        return self.scrollable_content_region.width  # without the scroll bar, which ``size`` has in it

    @property
    def _high(self) -> int:
        return self.scrollable_content_region.height

    @property
    def _first_seen(self) -> int:
        return int(self.scroll_offset.y) // self.tall

    def _resize(self) -> None:
        self.virtual_size = Size(self._across, self._head + max(1, len(self.cards)) * self.tall)

    def on_resize(self) -> None:
        self._resize()

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        super().watch_scroll_y(old_value, new_value)
        self._look_ahead()

    def _look_ahead(self) -> None:
        if self._following is None or self._loading:
            return
        seen = max(self.cursor, self._first_seen + self._high // self.tall)
        near = min(self.cursor, self._first_seen) < AHEAD if self._back else seen + AHEAD > len(self.cards)
        if near:
            self._work(self._fetch)

    def _work(self, do: Callable[..., Coroutine[Any, Any, None]], *given: Any) -> None:
        from crmtool.tui.screens.base import Scene

        assert isinstance(self.screen, Scene)
        self.screen.work(do, *given, group=f"column-{self.spot}")

    def render_lines(self, crop: Region) -> list[Strip]:
        if not self._component_styles:  # painted before it was styled, which a screen under way may be
            return [Strip.blank(crop.width) for _ in crop.line_range]
        look, filters = self._look(), self.get_line_filters()
        seen = crop.y < self._head
        head = self._painter.heading(self._heading(look.across), look, warns=self._warns) if seen else []
        _, background = self.background_colors
        strips = []
        for y in crop.line_range:
            strip = self._strip(y, look, head)
            for each in filters:
                strip = strip.apply_filter(each, background)  # which keeps what it made, with the strip
            strips.append(strip)
        if crop.column_span != (0, look.whole):
            strips = [strip.crop(*crop.column_span) for strip in strips]
        return strips

    def _strip(self, y: int, look: Look, head: list[Strip]) -> Strip:
        """One line of what is seen, from the top."""
        if y < self._head:
            return head[y] if y < len(head) else self._painter.blank(look)
        place, part = divmod(int(self.scroll_offset.y) + y - self._head, self.tall)
        if place >= len(self.cards):
            nothing = not self.cards and self.sums is not None and (place, part) == (0, 0)
            return self._painter.blank(look, t("No deals.") if nothing else "")
        card = self.cards[place]
        drawn = self._painter.card(card, look, cursor=place == self.cursor, moving=card.id in self._moving)
        return drawn[part] if part < len(drawn) else self._painter.blank(look)

    def _heading(self, across: int) -> list[str]:
        return heading(self.sums, self.label, across, self.currencies, weighted=self.spot not in CLOSED)

    @property
    def _warns(self) -> bool:
        return self.sums is not None and bool(self.sums.rotting) and self.spot not in CLOSED

    def _look(self) -> Look:
        name, head, card, cursor, rotting, moving = (
            self.get_component_rich_style(f"column--{part}", partial=True)
            for part in ("name", "head", "card", "cursor", "rotting", "moving")
        )
        return Look(
            self.rich_style, name, head, card, cursor, rotting, moving, self._across, self.region.width
        )

    # -- moving about --------------------------------------------------------------------------------------------------

    @property
    def caret(self) -> Offset:
        """Where the card under the cursor begins on the screen, for the terminal's own cursor."""
        y = self._head + self.cursor * self.tall - int(self.scroll_offset.y) if self.cards else 0
        return self.content_region.offset + Offset(0, max(0, min(y, self._high - 1)))

    def point(self, place: int) -> None:
        """Bring the cursor to a card, and the card into view."""
        self.cursor = max(0, min(place, len(self.cards) - 1))
        self.scroll_to_region(
            Region(0, self.cursor * self.tall, 1, self.tall + self._head),
            animate=False,
            force=True,
            immediate=True,
        )
        self._look_ahead()
        self._changed()

    def point_at(self, record: str) -> None:
        """Bring the cursor to the card of a deal, where it is loaded."""
        self.point(self._place_of(record))

    def action_move(self, by: int) -> None:
        self.point(self.cursor + by)

    def action_page(self, by: int) -> None:
        self.point(self.cursor + by * max(1, (self._high - self._head) // self.tall))

    def action_first(self) -> None:
        if self._back:
            self._work(self._to_an_end, False)
        else:
            self.point(0)

    def action_last(self) -> None:
        if self._back or self._following is None:
            self.point(len(self.cards) - 1)
        else:
            self._work(self._to_an_end, True)

    async def _to_an_end(self, back: bool) -> None:
        """Go to the last card, or the first one, without the many between."""
        await self._begin(PAGE_CARDS, back=back)
        self.point(len(self.cards) - 1 if back else 0)

    def action_beside(self, by: int) -> None:
        self.post_message(self.Left(by))

    def action_open(self) -> None:
        if self.card is not None:
            self.post_message(self.Opened(self))
