"""The board of a pipeline: each stage with its open deals, their number and sums, and what stands too long; at its edge what
was won and lost lately.

A deal lies at a *spot*: the id of its stage while it is open, else ``"won"`` or ``"lost"``. Every question can be asked of some
spots alone, so that one change costs the two columns it concerns. What the actor may not see is left out: without amounts there
are no sums, without the day a deal entered its stage nothing stands too long.
"""

from __future__ import annotations

from datetime import timedelta

from crmtool.app import rules
from crmtool.core import dates
from crmtool.core.query import And, Compare, In, Or, Path, SortKey, all_of
from crmtool.core.struct import Struct
from crmtool.store.aggregate import COUNT, Measure, aggregate
from crmtool.store.ordering import Way
from crmtool.store.reader import Page, Query
from crmtool.store.stretches import mark, stretch

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import datetime
    from typing import Any

    from crmtool.app.workspace import Workspace
    from crmtool.core.query import Node
    from crmtool.store.reader import Reader

    Record = dict[str, Any]

WON, LOST = "won", "lost"
CLOSED = (WON, LOST)
CLOSED_DAYS = 30  # what was closed before that is in the list of deals, not at the edge of the board

REASONS_FROM, MOST_REASONS = 200, 8

FIELDS = (
    "name", "company", "amount", "close_on", "owner", "stage_entered_at", "stage", "status", "closed_on",
)  # fmt: skip
# The orders of a column: the field, and whether the largest comes first. What was closed is always in the order of its day.
ORDERS = {"amount": ("amount", True), "waiting": ("stage_entered_at", False), "closing": ("close_on", False)}
CLOSED_ORDER = ("closed_on", True)


class Column(Struct):
    """One spot. Amounts are ``[minor, currency]``, one for each currency, the largest first.

    ``stage`` is the record of the stage, or of an outcome its ``id`` and ``name``. ``weighted`` counts each amount by the deal's
    own probability, else the stage's. ``deals`` are the largest, each as ``Board.page`` gives it.
    """

    stage: Record
    count: int
    rotting: int
    amounts: list[list[Any]]
    weighted: list[list[Any]]
    deals: list[Record]


def board(workspace: Workspace, pipeline: str, *, where: Node | None = None, shown: int = 8) -> list[Column]:
    """The columns of a pipeline in order, with the ``shown`` largest deals each."""
    asked = Board(workspace, pipeline, where)
    columns = asked.columns()
    for column in columns:
        if shown and column.count:
            column.deals = asked.page(column.stage["id"], "amount", shown).records
    return columns


class Board:
    """The questions of one board. ``where`` narrows the deals that are on it."""

    def __init__(self, workspace: Workspace, pipeline: str, where: Node | None = None) -> None:
        self.workspace = workspace
        self.deal = workspace.registry.entity("deal")
        self.hidden = workspace.policy.hidden_fields(workspace.actor, self.deal)
        self.stages = rules.stages(workspace.reader, pipeline)
        self._mine = all_of([self._is("pipeline", pipeline), where])
        self._limits = {stage["id"]: self._limit(stage) for stage in self.stages}

    # -- sums ----------------------------------------------------------------------------------------------------------

    def columns(self, only: Collection[str] | None = None) -> list[Column]:
        """The stages in order with their sums, or only these; ``deals`` are empty."""
        columns = {
            stage["id"]: Column(stage, 0, 0, [], [], [])
            for stage in self.stages
            if only is None or stage["id"] in only
        }
        if not columns:
            return []
        wanted = None if only is None else In(self._path("stage"), tuple(columns))
        by = ("stage",) if "probability" in self.hidden else ("stage", "probability")
        sums: dict[str, tuple[dict[str, int], dict[str, float]]] = {key: ({}, {}) for key in columns}
        condition = all_of([self._mine, self._is("status", "open"), wanted])
        measures = [COUNT, Measure(where=Or(tuple(self._stale(columns)))), *self._sum()]
        for stage_id, *own, count, rotting, amount in self._measured(by, measures, condition):
            column = columns.get(stage_id)
            if column is None:
                continue  # its stage was deleted: it is on no board until it is moved
            column.count += count
            column.rotting += rotting
            if amount is not None:
                minor, currency = amount
                share = own[0] if own and own[0] is not None else column.stage["probability"] or 0
                total, likely = sums[stage_id]
                total[currency] = total.get(currency, 0) + minor
                likely[currency] = likely.get(currency, 0.0) + minor * share / 100
        for key, column in columns.items():
            total, likely = sums[key]
            order = sorted(total, key=lambda currency: -total[currency])
            column.amounts = [[total[currency], currency] for currency in order]
            column.weighted = [[round(likely[currency]), currency] for currency in order]
        return list(columns.values())

    def closed(self, only: Collection[str] | None = None) -> list[Column]:
        """What was won and lost in the last ``CLOSED_DAYS`` days, with its sums; nothing of it is weighted or rotting."""
        columns = {
            spot: Column({"id": spot, "name": name}, 0, 0, [], [], [])
            for spot, name in self.outcomes()
            if only is None or spot in only
        }
        if not columns or "closed_on" in self.hidden:
            return list(columns.values())
        condition = all_of([self._mine, self._lately(tuple(columns))])
        for status, count, amount in self._measured(("status",), [COUNT, *self._sum()], condition):
            columns[status].count += count
            if amount is not None:
                columns[status].amounts.append(amount)
        for column in columns.values():
            column.amounts.sort(key=lambda amount: -amount[0])
        return list(columns.values())

    def outcomes(self) -> list[tuple[str, str]]:
        """The spots of what is closed, each with its name."""
        labels = {choice.key: choice.text() for choice in self.deal.fields["status"].choices or ()}
        return [(spot, labels.get(spot, spot)) for spot in CLOSED]

    def _measured(
        self, by: tuple[str, ...], measures: list[Measure], condition: Node
    ) -> list[tuple[Any, ...]]:
        """The groups with their measures, of which the last is the sum of the amounts, or nothing where those are hidden."""
        rows = aggregate(self.workspace.reader, "deal", by=by, measures=measures, where=condition)
        return [(*row, None) for row in rows] if "amount" in self.hidden else rows

    def _sum(self) -> list[Measure]:
        return [] if "amount" in self.hidden else [Measure("sum", "amount")]

    def _stale(self, stages: Collection[str]) -> list[Node]:
        """For each stage where deals rot: to stand in it for too long."""
        return [
            And((self._is("stage", stage), Compare(self._path("stage_entered_at"), "<", limit)))
            for stage, limit in self._limits.items()
            if limit is not None and stage in stages
        ]

    # -- deals ---------------------------------------------------------------------------------------------------------

    def page(
        self, spot: str, order: str, limit: int, after: str | None = None, *, back: bool = False
    ) -> Page:
        """Deals at a spot in one of ``ORDERS``, with the visible of ``FIELDS`` and what ``cards`` adds to them.

        ``back``: those before ``after``, without it the last ones, in the same order; ``next`` then leads further back.
        """
        key, descending = CLOSED_ORDER if spot in CLOSED else ORDERS[order]
        if key in self.hidden:
            if spot in CLOSED:
                return Page([], None)
            key, descending = "name", False
        sort = (SortKey(self._path(key), descending=descending),)
        here = self._lately((spot,)) if spot in CLOSED else self._open_in(spot)
        asked = self._query(all_of([self._mine, here])).replace(sort=sort, limit=limit, after=after)
        reader = self.workspace.reader
        page = _before(reader, asked) if back else reader.page(asked)
        return page.replace(records=[self._told(record) for record in page.records])

    def cards(self, records: Collection[str]) -> list[Record]:
        """Those of these deals that are on the board now. To the fields of each are added ``spot``, ``days``, how many it stands
        in its stage, and ``rotting``: whether that is longer than the stage's ``rotting_days``.
        """
        here: Node = self._is("status", "open")
        if "closed_on" not in self.hidden:
            here = Or((here, self._lately(CLOSED)))
        mine = In(self._path("id"), tuple(records))
        found = self.workspace.reader.records(self._query(all_of([self._mine, here, mine])))
        return [self._told(record) for record in found]

    def _query(self, where: Node) -> Query:
        return Query("deal", where, fields=tuple(key for key in FIELDS if key not in self.hidden))

    def _told(self, record: Record) -> Record:
        stage, entered = record["stage"], record.get("stage_entered_at")
        spot = record["status"] if record["status"] in CLOSED else (stage or {}).get("id")
        limit = self._limits.get(spot)
        record["spot"] = spot
        record["rotting"] = bool(limit and entered and entered < limit)
        record["days"] = None
        if entered and spot not in CLOSED:
            record["days"] = max(0, (self._now - dates.from_instant(entered)).days)
        return record

    # -- conditions ----------------------------------------------------------------------------------------------------

    def _path(self, key: str) -> Path:
        return Path((self.deal.fields[key],))

    def _is(self, key: str, value: str) -> Compare:
        return Compare(self._path(key), "=", value)

    def _open_in(self, stage: str) -> Node:
        return And((self._is("status", "open"), self._is("stage", stage)))

    def _lately(self, outcomes: tuple[str, ...]) -> Node:
        """One of these outcomes, in the last days."""
        first = dates.today(self.workspace.context) - timedelta(days=CLOSED_DAYS)
        outcome = (
            self._is("status", outcomes[0]) if len(outcomes) == 1 else In(self._path("status"), outcomes)
        )
        return And((outcome, Compare(self._path("closed_on"), ">=", first.isoformat())))

    @property
    def _now(self) -> datetime:
        return dates.from_instant(self.workspace.context.now)

    def _limit(self, stage: Record) -> str | None:
        """The instant before which a deal that entered the stage is rotting; ``None`` where nothing rots."""
        days = stage["rotting_days"]
        if not days or "stage_entered_at" in self.hidden:
            return None
        return dates.to_instant(self._now - timedelta(days=days))


def _before(reader: Reader, query: Query) -> Page:
    found = stretch(reader, query, Way(back=True))
    return Page(found.records, mark(found.places[0]) if found.more else None)


def reasons(workspace: Workspace) -> list[str]:
    """Why deals are lost: what the field offers, else what was said of the last ``REASONS_FROM``, the most frequent first."""
    deal = workspace.registry.entity("deal")
    field = deal.fields["lost_reason"]
    if field.choices:
        return [choice.text() for choice in field.choices]
    if "lost_reason" in workspace.policy.hidden_fields(workspace.actor, deal):
        return []
    lost = Compare(Path((deal.fields["status"],)), "=", LOST)
    sort = (SortKey(Path((deal.fields["closed_on"],)), descending=True),)
    asked = Query("deal", lost, sort, fields=("lost_reason",), limit=REASONS_FROM, expand=False)
    said = [record["lost_reason"] for record in workspace.reader.records(asked) if record["lost_reason"]]
    return sorted(dict.fromkeys(said), key=lambda reason: -said.count(reason))[:MOST_REASONS]
