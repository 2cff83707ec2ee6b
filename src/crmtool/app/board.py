"""The board of a pipeline: each stage with its open deals, their number and sums, and what stands too long."""

from __future__ import annotations

from datetime import timedelta

from crmtool.app import rules
from crmtool.core import dates
from crmtool.core.query import And, Compare, Or, Path, SortKey, all_of
from crmtool.core.struct import Struct
from crmtool.store.aggregate import COUNT, Measure, aggregate
from crmtool.store.reader import Query

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from crmtool.app.workspace import Workspace
    from crmtool.core.query import Node

    Record = dict[str, Any]


class Column(Struct):
    """One stage. Amounts are ``[minor, currency]``, one for each currency, the largest first.

    ``weighted`` counts each amount by the deal's own probability, else the stage's. ``deals`` are the largest, each with
    ``rotting``: whether it stands in the stage for longer than the stage's ``rotting_days``.
    """

    stage: Record
    count: int
    rotting: int
    amounts: list[list[Any]]
    weighted: list[list[Any]]
    deals: list[Record]


def board(workspace: Workspace, pipeline: str, *, where: Node | None = None, shown: int = 8) -> list[Column]:
    """The columns of a pipeline in order, with ``shown`` deals each."""
    deal = workspace.registry.entity("deal")
    stages = rules.stages(workspace.reader, pipeline)
    limits = {stage["id"]: _limit(workspace, stage) for stage in stages}
    status = Compare(Path((deal.fields["status"],)), "=", "open")
    condition = all_of([Compare(Path((deal.fields["pipeline"],)), "=", pipeline), status, where])
    stale = [
        And((_in_stage(workspace, stage), Compare(Path((deal.fields["stage_entered_at"],)), "<", limit)))
        for stage, limit in limits.items()
        if limit is not None
    ]
    measures = [COUNT, Measure("sum", "amount"), Measure(where=Or(tuple(stale)))]
    columns = {stage["id"]: Column(stage, 0, 0, [], [], []) for stage in stages}
    sums: dict[str, tuple[dict[str, int], dict[str, float]]] = {key: ({}, {}) for key in columns}
    for stage_id, own, count, amount, rotting in aggregate(
        workspace.reader, "deal", by=("stage", "probability"), measures=measures, where=condition
    ):
        column = columns.get(stage_id)
        if column is None:
            continue  # its stage was deleted: it is on no board until it is moved
        column.count += count
        column.rotting += rotting
        if amount is not None:
            minor, currency = amount
            share = own if own is not None else column.stage["probability"] or 0
            total, likely = sums[stage_id]
            total[currency] = total.get(currency, 0) + minor
            likely[currency] = likely.get(currency, 0.0) + minor * share / 100
    for key, column in columns.items():
        total, likely = sums[key]
        order = sorted(total, key=lambda currency: -total[currency])
        column.amounts = [[total[currency], currency] for currency in order]
        column.weighted = [[round(likely[currency]), currency] for currency in order]
        if shown and column.count:
            column.deals = _deals(
                workspace, all_of([condition, _in_stage(workspace, key)]), limits[key], shown
            )
    return list(columns.values())


def _deals(workspace: Workspace, where: Node, limit: str | None, shown: int) -> list[Record]:
    deal = workspace.registry.entity("deal")
    fields = ("name", "company", "amount", "close_on", "owner", "stage_entered_at")
    order = (SortKey(Path((deal.fields["amount"],)), descending=True),)
    found = list(workspace.query(Query("deal", where, order, fields=fields, limit=shown)))
    for record in found:
        entered = record["stage_entered_at"]
        record["rotting"] = bool(limit and entered and entered < limit)
    return found


def _in_stage(workspace: Workspace, stage: str) -> Compare:
    return Compare(Path((workspace.registry.entity("deal").fields["stage"],)), "=", stage)


def _limit(workspace: Workspace, stage: Record) -> str | None:
    """The instant before which a deal that entered the stage is rotting; ``None`` where nothing rots."""
    days = stage["rotting_days"]
    if not days:
        return None
    return dates.to_instant(dates.from_instant(workspace.context.now) - timedelta(days=days))
