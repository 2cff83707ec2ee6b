"""Counts and sums equal what adding up the lists gives, under the same policy."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

import pytest

from crmtool.app.asking import parse_filter
from crmtool.app.commands import Add, Remove
from crmtool.app.workspace import Workspace
from crmtool.core.changes import Actor
from crmtool.core.errors import UsageError
from crmtool.core.policy import DenyAll, Policy
from crmtool.core.registry import Entity
from crmtool.store.aggregate import COUNT, Measure, aggregate
from crmtool.store.reader import Query, Reader

TYPE_CHECKING = False
if TYPE_CHECKING:
    from crmtool.core.query import Node

DEALS: tuple[tuple[str, Any, str], ...] = (
    ("Alpha", [100_00, "EUR"], "open"),
    ("Beta", [250_50, "EUR"], "open"),
    ("Gamma", [90_000, "JPY"], "open"),
    ("Delta", [40_00, "EUR"], "won"),
    ("Epsilon", None, "open"),
)


@pytest.fixture
def workspace(workspace: Workspace) -> Workspace:
    """The fresh workspace of either engine, with the deals in it."""
    for name, amount, status in DEALS:
        values = {"name": name, "status": status}
        workspace.run(Add("deal", {**values, "amount": amount} if amount else values))
    return workspace


def condition(workspace: Workspace, text: str, entity: str = "deal") -> Node:
    return parse_filter(text, workspace.registry.entity(entity), workspace.registry, workspace.context)


def test_without_groups_there_is_one_row(workspace: Workspace) -> None:
    assert aggregate(workspace.reader, "deal") == [(5,)]
    assert aggregate(workspace.reader, "deal", where=condition(workspace, "status = lost")) == [(0,)]


def test_groups_are_stored_values_in_order(workspace: Workspace) -> None:
    assert aggregate(workspace.reader, "deal", by=["status"]) == [("open", 4), ("won", 1)]
    rows = aggregate(workspace.reader, "deal", by=["stage", "status"])
    stages = {r["id"] for r in workspace.query(Query("stage"))}
    assert {row[0] for row in rows} <= stages
    assert sum(row[-1] for row in rows) == 5


def test_money_is_never_added_over_currencies(workspace: Workspace) -> None:
    rows = aggregate(
        workspace.reader,
        "deal",
        by=["status"],
        measures=[COUNT, Measure("sum", "amount"), Measure("max", "amount")],
    )
    expected: dict[tuple[str, Any], list[int]] = defaultdict(list)
    for _, amount, status in DEALS:
        expected[status, amount and amount[1]].append(amount[0] if amount else 0)
    assert {
        (row[0], row[2] and row[2][1]): (row[1], row[2] and row[2][0], row[3] and row[3][0]) for row in rows
    } == {
        key: (len(values), sum(values) if key[1] else None, max(values) if key[1] else None)
        for key, values in expected.items()
    }


def test_a_measure_may_look_at_part_of_a_group(workspace: Workspace) -> None:
    big = Measure(where=condition(workspace, "amount > 100"))
    assert aggregate(
        workspace.reader,
        "deal",
        by=["status"],
        measures=[COUNT, big],
        where=condition(workspace, "name != Delta"),
    ) == [("open", 4, 1)]


def test_sums_that_no_engine_counts_are_exact(workspace: Workspace) -> None:
    huge = 10**18 - 1
    for turn in range(12):
        amount = [-huge if turn == 11 else huge, "JPY"]
        workspace.run(Add("deal", {"name": f"Huge {turn}", "amount": amount}))
    rows = aggregate(
        workspace.reader,
        "deal",
        measures=[Measure("sum", "amount"), Measure("sum", "amount", condition(workspace, "name ~ huge"))],
        where=condition(workspace, "amount > 1000000 JPY or amount < 0 JPY"),
    )
    assert rows == [([huge * 10, "JPY"], [huge * 10, "JPY"])]


def test_numbers_and_dates(workspace: Workspace) -> None:
    rows = aggregate(
        workspace.reader, "stage", measures=[Measure("sum", "probability"), Measure("min", "position")]
    )
    assert rows == [(160, 1)]


def test_the_trash_counts_only_when_asked(workspace: Workspace) -> None:
    first = next(iter(workspace.query(Query("deal", fields=("id",)))))
    workspace.run(Remove("deal", (first["id"],)))
    assert aggregate(workspace.reader, "deal") == [(4,)]
    assert aggregate(workspace.reader, "deal", trash="with") == [(5,)]


@pytest.mark.parametrize(
    ("by", "measure"),
    [
        (["nonsense"], COUNT),
        (["tags"], COUNT),
        ([], Measure("sum", "name")),
        ([], Measure("median", "amount")),
        ([], Measure("max", "tags")),
    ],
)
def test_what_cannot_be_grouped_or_summed_is_refused(
    workspace: Workspace, by: list[str], measure: Measure
) -> None:
    with pytest.raises(UsageError):
        aggregate(workspace.reader, "deal", by=by, measures=[measure])


def under(workspace: Workspace, policy: Policy) -> Reader:
    return Reader(workspace.db, workspace.layouts, policy, workspace.actor, workspace.context)


def test_nothing_is_counted_that_may_not_be_seen(workspace: Workspace) -> None:
    assert aggregate(under(workspace, DenyAll()), "deal") == [(0,)]

    class NoAmounts(Policy):
        def hidden_fields(self, actor: Actor, entity: Entity) -> frozenset[str]:
            return frozenset({"amount"})

        def row_filter(self, actor: Actor, entity: Entity) -> Node | None:
            return condition(workspace, "name != Delta") if entity.key == "deal" else None

    assert aggregate(under(workspace, NoAmounts()), "deal", by=["status"]) == [("open", 4)]
    with pytest.raises(UsageError):
        aggregate(under(workspace, NoAmounts()), "deal", measures=[Measure("sum", "amount")])
    hidden = Measure(where=condition(workspace, "amount > 1"))
    with pytest.raises(UsageError):
        aggregate(under(workspace, NoAmounts()), "deal", measures=[hidden])
