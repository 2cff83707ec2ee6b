"""The board of a pipeline: deals as cards in the columns of their stages, moved by key or mouse, won and lost."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from crmtool.app.board import CLOSED, CLOSED_DAYS, ORDERS
from crmtool.app.commands import Close, Move
from crmtool.core.errors import CrmError
from crmtool.core.messages import N_, t
from crmtool.doors.sheets import sheet
from crmtool.tui import selling
from crmtool.tui.actions import keys
from crmtool.tui.boards import BoardSource, pipelines
from crmtool.tui.completions import of_filter
from crmtool.tui.dialogs import Choice, Pick
from crmtool.tui.logged import log, logging_actions
from crmtool.tui.places import Place
from crmtool.tui.record_deeds import open_outside
from crmtool.tui.screens.base import Scene
from crmtool.tui.screens.board_keys import ACTIONS
from crmtool.tui.screens.form import fill
from crmtool.tui.text import Plain
from crmtool.tui.widgets.bars import TitleBar
from crmtool.tui.widgets.boardcards import MOST_CURRENCIES, moved, spoken
from crmtool.tui.widgets.boardcolumn import BoardColumn
from crmtool.tui.widgets.boardview import BoardView
from crmtool.tui.widgets.filterbar import FilterBar

if TYPE_CHECKING:
    from collections.abc import Awaitable, Collection, Iterable, Sequence

    from textual.widget import Widget

    from crmtool.app.board import Column
    from crmtool.app.commands import Command
    from crmtool.tui.boards import Pipelines
    from crmtool.tui.completions import Offer
    from crmtool.tui.live import News
    from crmtool.tui.widgets.boardcards import Card
    from crmtool.tui.widgets.completing import Completing

FEW = 50  # changed deals that are looked up one by one; after more all columns are asked for again
PLACING = {"stage", "status", "pipeline"}  # the fields that say where a deal is on a board
MINUTES = 10  # after which what stands too long is looked at again, though nothing changed
ORDER_LABELS = {
    "amount": N_("largest first"),
    "waiting": N_("longest in the stage first"),
    "closing": N_("soonest close first"),
}


class Board(Scene):
    """The board at a place of the kind ``board``; ``place.text`` names the pipeline, the default one where it is empty."""

    DEFAULT_CSS = """
    Board #nothing { padding: 1 2; }
    Board.-narrow BoardTabs { display: block; }
    Board.-narrow BoardColumn, Board.-narrow #edge, Board.-narrow #stages { display: none; }
    Board.-narrow BoardColumn.-current, Board.-narrow #edge.-current, Board.-narrow #stages.-current { display: block; }
    """
    BINDINGS = keys(*ACTIONS, *(action._replace(shown=False) for action in logging_actions("board")))
    AUTO_FOCUS = None

    def __init__(self, place: Place) -> None:
        super().__init__(place)
        self._known: Pipelines | None = None
        self._source: BoardSource | None = None
        self._sums: dict[str, Column] = {}
        self._due: set[str] | None = set()  # spots whose sums are to be asked for; ``None``: all
        self._under_way: dict[str, int] = {}  # moves of a deal that are not done yet

    # -- what is shown -------------------------------------------------------------------------------------------------

    def title_text(self) -> str:
        return self.place.text or t("Board")

    def body(self) -> Iterable[Widget]:
        yield FilterBar(self._offer_filter, self.place.filter)

    def on_mount(self) -> None:
        self.work(self._begin, group="open", exclusive=True)
        self.set_interval(MINUTES * 60, self._all)

    @property
    def view(self) -> BoardView | None:
        """The columns, once there are any."""
        return next(iter(self.query(BoardView)), None)

    async def _begin(self) -> None:
        """Show the place; where its filter cannot be read, all of the pipeline, and say so."""
        try:
            await self._open(self.place)
        except CrmError as error:
            if not self.place.filter:
                raise
            await self._open(self.place._replace(filter=""))
            self.query_one(FilterBar).wrong(error)

    async def _open(self, place: Place) -> None:
        """Show the pipeline of a place, in the columns that are there where they are the same.

        Raises what a filter is wrong about, and leaves all as it is.
        """
        before = self._known
        known = await self.crm.desk.ask(lambda workspace: pipelines(workspace, place))
        self._known, self.place = known, place
        same = before is not None and (before.shown, before.spots) == (known.shown, known.spots)
        if self.view is None or not same or self._source is None:
            await self._build(known)
        elif self._source.filter != place.filter:
            self._source = self._source.under(place.filter)
        self._all()

    async def _build(self, known: Pipelines) -> None:
        self._sums, self._source = {}, None
        await self.query("BoardView, #nothing").remove()
        if known.shown is None:
            await self._say(t("There is no pipeline."), "crm pipeline add Sales")
            return
        pipeline, name = known.shown["id"], str(known.shown["name"])
        self.retitle(name)
        if len(known.spots) == len(CLOSED):
            command = f"crm stage add Lead pipeline={known.named(pipeline)}"
            await self._say(t("The pipeline has no stages."), command)
            return
        order = self.crm.memory.get("board.order")
        order = order if order in ORDERS else next(iter(ORDERS))
        self._source = BoardSource(self.crm.desk, known.deal, pipeline, self.place.filter, order)
        await self.mount(BoardView(known.spots, self._page), after=self.query_one(FilterBar))

    async def _page(
        self, spot: str, limit: int, after: str | None, back: bool
    ) -> tuple[list[Card], str | None]:
        assert self._source is not None
        return await self._source.page(spot, limit, after, back)

    async def _say(self, text: str, command: str) -> None:
        lines = "\n".join((text, t("Add one: {command}", command=command)))
        await self.mount(Plain(lines, lines=True, id="nothing"), after=self.query_one(FilterBar))

    def _all(self) -> None:
        """Ask for everything again."""
        if self._source is None:
            return
        self._tell_sums(None)
        for column in self.query(BoardColumn):
            self.work(column.load, group=f"column-{column.spot}", exclusive=True)

    def _tell_sums(self, spots: Collection[str] | None) -> None:
        """Ask for the numbers of these columns (``None``: of all); what is asked for meanwhile is asked once."""
        waiting = self._due is None or bool(self._due)
        self._due = None if spots is None or self._due is None else self._due | set(spots)
        if not waiting and self._due != set():
            self.work(self._ask_sums, group="sums")

    async def _ask_sums(self) -> None:
        while self._due is None or self._due:
            due, self._due = self._due, set()
            source = self._source
            if source is None:
                return
            for column in await source.sums(due):
                self._sums[column.stage["id"]] = column
        self._show_sums()

    def _show_sums(self) -> None:
        assert self._known is not None
        most = max((len(column.amounts) for column in self._sums.values()), default=0)
        currencies = min(max(1, most), MOST_CURRENCIES) if self._known.sums else 0
        for column in self.query(BoardColumn):
            column.show_sums(self._sums.get(column.spot), currencies)
        self._remark()

    def _remark(self) -> None:
        view, source = self.view, self._source
        if view is None or source is None:
            return
        column = view.current
        sums = self._sums.get(column.spot)
        text = spoken(sums, column.label) if sums is not None else ""
        if column.spot in CLOSED:
            text += " · " + t("last {n} days", n=CLOSED_DAYS)
        self.query_one(TitleBar).remark(text)

    def on_board_view_went(self) -> None:
        self._remark()

    # -- what changes --------------------------------------------------------------------------------------------------

    def on_news(self, news: News) -> None:
        if news.reset or any(news.concerns(kind) for kind in ("pipeline", "stage", "field")):
            self.work(self._open, self.place, group="open", exclusive=True)
        elif "deal" in news.whole or len(news.records.get("deal", ())) > FEW:
            self._all()
        else:
            changed = set(news.records.get("deal", ()))
            others = set().union(*(news.records.get(kind, ()) for kind in ("company", "user")))
            for column in self.query(BoardColumn):
                changed |= {card.id for card in column.cards if card.about & others} if others else set()
            if changed:
                placed = {
                    event.record
                    for event in news.events
                    if event.entity == "deal" and (event.verb != "update" or PLACING & set(event.fields))
                }
                self.work(self._look_at, changed, placed)

    async def _look_at(self, deals: set[str], placed: Collection[str | None] = ()) -> None:
        """Put the cards of these deals where they are now; ``placed`` are those that may have come from where nobody looked."""
        source, view = self._source, self.view
        if source is None or view is None:
            return
        deals = {deal for deal in deals if deal not in self._under_way}
        found = {card.id: card for card in await source.cards(deals)} if deals else {}
        if source is not self._source:
            return
        spots: set[str] = set()
        unknown = False
        for deal in deals - self._under_way.keys():
            before, card = view.column_of(deal), found.get(deal)
            if before is not None:
                spots.add(before.spot)
                if card is None or card.spot != before.spot:
                    before.take(deal)
            elif deal in placed or self.place.filter:
                unknown = True
            if card is not None and card.spot in view.columns:
                spots.add(card.spot)
                view.columns[card.spot].put(card)
        if spots or unknown:
            self._tell_sums(None if unknown else spots)

    # -- going about ---------------------------------------------------------------------------------------------------

    def on_board_column_opened(self, message: BoardColumn.Opened) -> None:
        card = message.column.card
        if card is not None:
            self.crm.go(Place("record", "deal", card.id))

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        if action == "let_go":
            return self.view is not None and self.view.dragging
        if action == "filter":  # its key has precedence, and in a line it is a letter
            return isinstance(self.focused, BoardColumn)
        return super().check_action(action, parameters)

    def action_let_go(self) -> None:
        if self.view is not None:
            self.view.let_go()

    def action_sort(self) -> None:
        if self._source is None:
            return
        orders = list(ORDERS)
        order = orders[(orders.index(self._source.order) + 1) % len(orders)]
        self._source.order = order
        self.crm.memory.keep("board.order", order)
        self.notify(t(ORDER_LABELS[order]), title=t("Sort"), markup=False)
        self._all()

    def action_pipeline(self) -> None:
        self.asking(self._switch)

    async def _switch(self) -> None:
        known = self._known
        if known is None:
            return
        chosen = await self.ask(Pick(t("Which pipeline?"), [Choice(key, name) for key, name in known.all]))
        if chosen is not None:
            await self._open(self.place._replace(text=known.named(chosen)))

    # -- the filter ----------------------------------------------------------------------------------------------------

    def action_filter(self) -> None:
        self.query_one(FilterBar).line.enter()

    def _offer_filter(self, text: str, cursor: int) -> Awaitable[Sequence[Offer]]:
        return self.crm.desk.ask(partial(of_filter, noun="deal", text=text, cursor=cursor))

    def on_completing_typed(self, message: Completing.Typed) -> None:
        self.work(self._narrow, message.text.strip(), group="filter", exclusive=True)

    def on_completing_submitted(self, message: Completing.Submitted) -> None:
        self.work(self._narrow, message.text.strip(), group="filter", exclusive=True)
        self._to_the_cards()

    def on_completing_left(self, message: Completing.Left) -> None:
        message.completing.put(self.place.filter)
        self.query_one(FilterBar).right()
        self._to_the_cards()

    def _to_the_cards(self) -> None:
        if self.view is not None:
            self.view.current.focus()

    async def _narrow(self, text: str) -> None:
        """Show the deals that a filter leaves; one that cannot be read is said so, and the board stays."""
        bar = self.query_one(FilterBar)
        try:
            if text != self.place.filter:
                await self._open(self.place._replace(filter=text))
        except CrmError as error:
            bar.wrong(error)
        else:
            bar.right()

    # -- what is done --------------------------------------------------------------------------------------------------

    @property
    def card(self) -> Card | None:
        """The card under the cursor."""
        return self.view.current.card if self.view is not None else None

    def action_carry(self, by: int) -> None:
        card, view = self.card, self.view
        spot = view.beside(by) if view is not None else None
        if card is not None and spot is not None:
            self.move(card, spot)

    def on_board_view_dropped(self, message: BoardView.Dropped) -> None:
        self.move(message.card, message.spot)

    def action_close(self, status: str) -> None:
        if self.card is not None and self.card.spot != status:
            self.move(self.card, status)

    def action_reopen(self) -> None:
        card = self.card
        if card is not None and card.spot in CLOSED:
            self.work(self.crm.deeds.run, Close(card.id, "open"))

    def move(self, card: Card, spot: str) -> None:
        """Move a deal to another spot. Its card goes at once, and comes back where the move fails or is given up."""
        view, source = self.view, self._source
        if view is None or source is None:
            return
        column = view.column_of(card.id)
        if column is not None:
            column.take(card.id)
        self._under_way[card.id] = self._under_way.get(card.id, 0) + 1
        view.moving.add(card.id)
        view.columns[spot].put(moved(card, spot, source.order), here=True)
        view.go(spot)
        view.columns[spot].point_at(card.id)
        self._remark()
        self.asking(self._move, card, spot, group=f"move-{card.id}")

    async def _move(self, card: Card, spot: str) -> None:
        try:
            if spot in CLOSED:
                await selling.close(self, card.id, card.name, spot)
            else:
                asks = self._known is not None and spot in self._known.asking
                await selling.carried(self, lambda values: self._mover(card, spot, values), asks=asks)
        finally:
            left = self._under_way.pop(card.id) - 1
            if left:
                self._under_way[card.id] = left
            else:
                if self.view is not None:
                    self.view.moving.discard(card.id)
                await self._look_at({card.id})
            self._tell_sums({card.spot, spot})

    def _mover(self, card: Card, spot: str, values: dict[str, Any]) -> Command:
        if card.spot in CLOSED:
            return Close(card.id, "open", values={**values, "stage": spot})
        return Move(card.id, spot, values=values or None)

    def action_add(self) -> None:
        self.asking(self._add)

    async def _add(self) -> None:
        view, known = self.view, self._known
        if view is None or known is None or known.shown is None:
            return
        column = view.current
        first = {} if column.spot in CLOSED else {"stage": column.spot}
        made = await fill(self, "deal", values={"pipeline": known.shown["id"], **first})
        if made is not None:
            await self._look_at({made})
            column.point_at(made)

    def action_edit(self) -> None:
        if self.card is not None:
            self.asking(fill, self, "deal", self.card.id)

    def action_log(self, what: str) -> None:
        if self.card is not None:
            self.asking(log, self, what, "deal", self.card.id)

    def action_outside(self) -> None:
        if self.card is not None:
            self.work(self._outside, self.card.id)

    async def _outside(self, deal: str) -> None:
        found = await self.crm.desk.ask(lambda workspace: sheet(workspace, "deal", deal))
        if found is not None:
            await open_outside(self, found, None)
