"""The series behind the charts: every point equals a plain count over the records, in the zone of the person who asks."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from crmtool.app.commands import Add, Close, Remove
from crmtool.app.create import NewWorkspace, create_workspace
from crmtool.app.series import activities_by_week, open_by_stage, won_by_month
from crmtool.app.workspace import Workspace, open_workspace
from crmtool.core.policy import DenyAll


@pytest.fixture
def workspace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Workspace]:
    monkeypatch.setenv("CRM_NOW", "2026-11-25T09:30:00.000Z")  # a Wednesday
    with create_workspace(str(tmp_path / "crm.db"), NewWorkspace("test", "Me"), zone="UTC") as workspace:
        yield workspace


def add(workspace: Workspace, entity: str, **values: Any) -> str:
    return workspace.run(Add(entity, values)).changed[-1][1]


def test_won_deals_stand_in_the_month_they_closed_and_the_last_twelve_are_told(workspace: Workspace) -> None:
    add(workspace, "rate", name="USD", base="EUR", rate=0.5, valid_on="2026-01-01")
    for closed_on, status, amount in (
        ("2026-11-01", "won", [10_00, "EUR"]),
        ("2026-11-30", "won", [20_00, "USD"]),
        ("2026-11-30", "won", [7_00, "CHF"]),
        ("2026-11-02", "won", [3_00, "CHF"]),
        ("2026-11-02", "lost", [5_00, "EUR"]),
        ("2025-12-01", "won", [40_00, "EUR"]),
        ("2025-11-30", "won", [80_00, "EUR"]),
        ("2026-12-01", "won", [90_00, "EUR"]),
    ):
        deal = add(workspace, "deal", name=closed_on, amount=amount)
        workspace.run(Close(deal, status, closed_on=closed_on))
    points = won_by_month(workspace)
    assert [points[0].key, points[-1].key, len(points)] == ["2025-12", "2026-11", 12]
    told = {point.key: (point.count, point.total) for point in points if point.count}
    assert [*told] == ["2025-12", "2026-11"]
    total = told["2026-11"][1]
    assert total is not None
    assert (total.count, total.value, total.apart) == (4, [20_00, "EUR"], [[10_00, "CHF"]])


def test_open_deals_stand_in_their_stage_and_empty_stages_are_told(workspace: Workspace) -> None:
    second = add(workspace, "pipeline", name="Second")
    add(workspace, "stage", name="Elsewhere", pipeline=second)
    add(workspace, "deal", name="a", amount=[1_00, "EUR"], stage="Proposal")
    add(workspace, "deal", name="b", stage="Proposal")
    add(workspace, "deal", name="c", pipeline=second, stage="Elsewhere")
    gone = add(workspace, "deal", name="d", stage="Lead")
    workspace.run(Remove("deal", (gone,)))
    workspace.run(Close(add(workspace, "deal", name="e", stage="Lead"), "won"))
    points = open_by_stage(workspace)
    assert [point.name for point in points][-1] == "Elsewhere"
    assert {point.name: point.count for point in points if point.count} == {"Proposal": 2, "Elsewhere": 1}
    assert "Lead" in {point.name for point in points}


def test_activities_stand_in_their_local_week_and_those_to_come_are_not_told(
    workspace: Workspace, tmp_path: Path
) -> None:
    for moment in (
        "2026-11-23T00:00",
        "2026-11-22T23:30",
        "2026-09-07T00:00",
        "2026-09-06T23:30",
        "2026-11-25T10:00",
    ):
        add(workspace, "activity", name="call", happened_at=f"{moment}:00.000Z")
    points = activities_by_week(workspace)
    assert {point.key: point.count for point in points if point.count} == {
        "2026-09-07": 1,
        "2026-11-16": 1,
        "2026-11-23": 1,
    }
    with open_workspace(str(tmp_path / "crm.db"), zone="Europe/Madrid") as there:
        assert {point.key: point.count for point in activities_by_week(there) if point.count} == {
            "2026-09-07": 2,
            "2026-11-23": 2,
        }


def test_a_policy_that_denies_everything_shows_nothing(workspace: Workspace, tmp_path: Path) -> None:
    add(workspace, "activity", name="call", happened_at="2026-11-24T00:00:00.000Z")
    workspace.run(Close(add(workspace, "deal", name="secret"), "won"))
    with open_workspace(str(tmp_path / "crm.db"), policy=DenyAll()) as denied:
        points = [*won_by_month(denied), *open_by_stage(denied), *activities_by_week(denied)]
        assert not any(point.count for point in points)
