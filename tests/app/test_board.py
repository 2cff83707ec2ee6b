"""The questions of a board: what lies where, in which order, and what is left out under a policy."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from crmtool.app.board import CLOSED, ORDERS, Board, reasons
from crmtool.app.commands import Add, Close, Move, Remove
from crmtool.app.create import NewWorkspace, create_workspace
from crmtool.app.workspace import Workspace
from crmtool.core.changes import Actor
from crmtool.core.policy import Policy
from crmtool.core.registry import Entity
from crmtool.doors.filters import condition

NOW = "2026-11-25T09:30:00.000Z"


@pytest.fixture
def workspace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Workspace]:
    monkeypatch.setenv("CRM_NOW", NOW)
    with create_workspace(str(tmp_path / "crm.db"), NewWorkspace("test", "Me"), zone="UTC") as workspace:
        yield workspace


def add(workspace: Workspace, name: str, **values: Any) -> str:
    return workspace.run(Add("deal", {"name": name, **values})).changed[-1][1]


def asked(workspace: Workspace, text: str = "") -> Board:
    pipeline = workspace.reader.names("pipeline", [_pipeline(workspace)])
    where = condition(workspace, workspace.registry.entity("deal"), (), [text] if text else [])
    return Board(workspace, next(iter(pipeline)), where)


def _pipeline(workspace: Workspace) -> str:
    from crmtool.app.rules import default_pipeline

    found = default_pipeline(workspace.reader)
    assert found is not None
    return found


def spots(workspace: Workspace) -> dict[str, str]:
    return {stage["name"]: stage["id"] for stage in asked(workspace).stages}


def names(board: Board, spot: str, order: str = "amount") -> list[str]:
    return [record["name"] for record in board.page(spot, order, 50).records]


def test_sums_of_some_columns_are_those_of_all(workspace: Workspace) -> None:
    add(workspace, "One", amount="10k EUR")
    add(workspace, "Two", amount="7k USD", probability=50)
    add(workspace, "None")
    proposal = spots(workspace)["Proposal"]
    add(workspace, "Third", amount="1k EUR", stage=proposal)
    every = asked(workspace).columns()
    assert [(column.count, column.amounts) for column in every] == [
        (3, [[1_000_000, "EUR"], [700_000, "USD"]]), (0, []), (1, [[100_000, "EUR"]]), (0, []),
    ]  # fmt: skip
    assert every[0].weighted == [[100_000, "EUR"], [350_000, "USD"]]
    assert asked(workspace).columns({proposal, "won"}) == [every[2]]
    assert asked(workspace).columns(()) == []
    assert asked(workspace, "amount > 5k EUR").columns()[0].count == 1


def test_a_page_goes_on_behind_the_one_before_in_each_order(workspace: Workspace) -> None:
    for number in range(5):
        add(
            workspace,
            f"Deal {number}",
            amount=f"{number}k EUR" if number else None,
            close_on=f"2026-12-0{number + 1}",
        )
    lead = spots(workspace)["Lead"]
    board = asked(workspace)
    for order in ORDERS:
        whole = names(board, lead, order)
        first = board.page(lead, order, 2)
        second = board.page(lead, order, 50, first.next)
        assert [record["name"] for record in (*first.records, *second.records)] == whole
        assert second.next is None
    assert names(board, lead) == ["Deal 4", "Deal 3", "Deal 2", "Deal 1", "Deal 0"]
    assert names(board, lead, "closing")[0] == "Deal 0"


def test_the_edge_holds_what_was_closed_lately(workspace: Workspace) -> None:
    deals = [add(workspace, name, amount="1k EUR") for name in ("Old", "New", "Lost")]
    workspace.run(Close(deals[0], "won", closed_on="2026-10-25"))
    workspace.run(Close(deals[1], "won", closed_on="2026-10-26"))
    workspace.run(Close(deals[2], "lost", "no budget"))
    board = asked(workspace)
    assert [(column.count, column.amounts) for column in board.closed()] == [(1, [[100_000, "EUR"]])] * 2
    assert (names(board, "won"), names(board, "lost")) == (["New"], ["Lost"])
    assert {card["name"]: card["spot"] for card in board.cards(deals)} == {"New": "won", "Lost": "lost"}
    assert reasons(workspace) == ["no budget"]


def test_a_card_says_how_long_it_stands_and_whether_that_is_too_long(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    deal = add(workspace, "Slow")
    monkeypatch.setenv("CRM_NOW", "2026-12-20T09:30:00.000Z")
    workspace.refresh_clock()
    board = asked(workspace)
    card = board.cards([deal])[0]
    assert (card["days"], card["rotting"], board.columns()[0].rotting) == (25, True, 1)
    workspace.run(Move(deal, "Qualified"))
    card = asked(workspace).cards([deal])[0]
    assert (card["days"], card["rotting"], card["spot"]) == (0, False, spots(workspace)["Qualified"])
    workspace.run(Remove("deal", (deal,)))
    assert asked(workspace).cards([deal]) == []


@pytest.mark.parametrize(
    "hidden", ["amount", "stage_entered_at", "closed_on", "probability", "name", "owner"]
)
def test_what_is_hidden_is_left_out(workspace: Workspace, hidden: str) -> None:
    class Masked(Policy):
        def hidden_fields(self, actor: Actor, entity: Entity) -> frozenset[str]:
            return frozenset((hidden,)) if entity.key == "deal" else frozenset()

    lead = add(workspace, "Roof", amount="10k EUR", probability=90)
    workspace.run(Close(add(workspace, "Won", amount="2k EUR"), "won"))
    workspace.policy = Masked()
    workspace.refresh_clock()
    board = asked(workspace)
    column = board.columns()[0]
    assert column.count == 1
    assert column.amounts == ([] if hidden == "amount" else [[1_000_000, "EUR"]])
    shares = {"amount": [], "probability": [[100_000, "EUR"]]}
    assert column.weighted == shares.get(hidden, [[900_000, "EUR"]])
    for order in ORDERS:
        assert all(hidden not in record for record in board.page(column.stage["id"], order, 5).records)
    assert [hidden in card for card in board.cards([lead])] == [False]
    for spot in CLOSED:
        board.page(spot, "amount", 5)
    assert sum(column.count for column in board.closed()) == (0 if hidden == "closed_on" else 1)
