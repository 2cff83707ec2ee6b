"""A pipeline as the source of a board: its cards in one lane, its sums in another."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from crmtool.app import board, rules
from crmtool.app.resolve import resolve
from crmtool.core import ids
from crmtool.doors.filters import condition
from crmtool.doors.safe import escape
from crmtool.store.reader import Query
from crmtool.tui.desk import SLOW
from crmtool.tui.widgets.boardcards import Card, card

if TYPE_CHECKING:
    from collections.abc import Collection

    from crmtool.app.workspace import Workspace
    from crmtool.core.fields import Context
    from crmtool.core.registry import Entity, Registry
    from crmtool.tui.desk import Desk
    from crmtool.tui.places import Place


class Pipelines(NamedTuple):
    """What a board begins with: all pipelines (id, name) in order, the one that is shown (``None``: there is none) and its spots.

    ``asking`` are the spots that require fields; ``sums``: whether the actor may see amounts.
    """

    all: tuple[tuple[str, str], ...]
    shown: dict[str, Any] | None
    spots: tuple[tuple[str, str], ...]
    registry: Registry
    context: Context
    sums: bool
    asking: frozenset[str] = frozenset()

    @property
    def deal(self) -> Entity:
        """What a deal is."""
        return self.registry.entity("deal")

    def named(self, pipeline: str) -> str:
        """What a pipeline is called on the command line: by its name where no other has it."""
        names = [name for _, name in self.all]
        name = dict(self.all)[pipeline]
        return name if names.count(name) == 1 else f"@{ids.handle(pipeline)}"


def pipelines(workspace: Workspace, place: Place) -> Pipelines:
    """The pipelines, and the spots of the one at this place. Raises ``NotFoundError`` and ``AmbiguousError``, and whatever a
    wrong filter does.
    """
    reader, registry = workspace.reader, workspace.registry
    found = list(reader.records(Query("pipeline", fields=("name", "position"), expand=False)))
    found.sort(key=lambda record: (record["position"] or 0, record["id"]))
    known = tuple((record["id"], str(record["name"])) for record in found)
    wanted = (
        resolve(reader, registry.entity("pipeline"), place.text)
        if place.text
        else rules.default_pipeline(reader)
    )
    sums = "amount" not in workspace.policy.hidden_fields(workspace.actor, registry.entity("deal"))
    if wanted is None:
        return Pipelines(known, None, (), registry, workspace.context, sums)
    asked = _board(workspace, wanted, place.filter)
    spots = [(stage["id"], escape(str(stage["name"]))) for stage in asked.stages]
    spots += [(spot, escape(name)) for spot, name in asked.outcomes()]
    asking = frozenset(stage["id"] for stage in asked.stages if stage["required"])
    shown = reader.require("pipeline", wanted)
    return Pipelines(known, shown, tuple(spots), registry, workspace.context, sums, asking)


def _board(workspace: Workspace, pipeline: str, text: str) -> board.Board:
    where = condition(workspace, workspace.registry.entity("deal"), (), [text] if text else [])
    return board.Board(workspace, pipeline, where)


class BoardSource:
    """The deals of one pipeline under a filter, in one order of ``app.board.ORDERS``."""

    def __init__(self, desk: Desk, deal: Entity, pipeline: str, text: str, order: str) -> None:
        self._desk, self._deal = desk, deal
        self._pipeline, self.filter = pipeline, text
        self.order = order

    def under(self, text: str) -> BoardSource:
        """The same under another filter."""
        return BoardSource(self._desk, self._deal, self._pipeline, text, self.order)

    async def page(
        self, spot: str, limit: int, after: str | None, back: bool
    ) -> tuple[list[Card], str | None]:
        """Cards of a column, and the token of what follows them, or, ``back``, of what comes before."""

        def ask(workspace: Workspace) -> tuple[list[Card], str | None]:
            page = _board(workspace, self._pipeline, self.filter).page(
                spot, self.order, limit, after, back=back
            )
            return [card(record, self._deal, self.order) for record in page.records], page.next

        return await self._desk.ask(ask)

    async def cards(self, records: Collection[str]) -> list[Card]:
        """Those of these deals that are on the board now."""

        def ask(workspace: Workspace) -> list[Card]:
            found = _board(workspace, self._pipeline, self.filter).cards(records)
            return [card(record, self._deal, self.order) for record in found]

        return await self._desk.ask(ask)

    async def sums(self, spots: Collection[str] | None) -> list[board.Column]:
        """The numbers of these columns, or of all."""

        def ask(workspace: Workspace) -> list[board.Column]:
            asked = _board(workspace, self._pipeline, self.filter)
            return [*asked.columns(spots), *asked.closed(spots)]

        return await self._desk.ask(ask, SLOW)
