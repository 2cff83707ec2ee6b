"""The dashboard: every figure equals a plain count over the records, in the zone and for the person who asks."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from crmtool.app.commands import Add, Close, Set
from crmtool.app.create import NewWorkspace, create_workspace
from crmtool.app.today import today
from crmtool.app.workspace import Workspace, open_workspace
from crmtool.cli.commands.today import as_text
from crmtool.core.policy import DenyAll
from crmtool.doors import dashboard
from crmtool.doors.filters import condition
from crmtool.store.reader import Query

NOW = "2026-11-25T09:30:00.000Z"  # a Wednesday


@pytest.fixture
def workspace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Workspace]:
    monkeypatch.setenv("CRM_NOW", NOW)
    monkeypatch.setenv("TZ", "UTC")
    with create_workspace(str(tmp_path / "crm.db"), NewWorkspace("test", "Me")) as workspace:
        yield workspace


def add(workspace: Workspace, entity: str, effective_at: str | None = None, **values: Any) -> str:
    return workspace.run(Add(entity, values, effective_at)).changed[-1][1]


def test_an_empty_workspace_has_an_empty_day(workspace: Workspace) -> None:
    found = today(workspace)
    assert (found.on, found.overdue, found.due, found.rotting) == ("2026-11-25", 0, 0, 0)
    assert (found.open.count, found.open.value) == (0, [0, "EUR"])
    assert found.tasks == found.meetings == found.closing_next == found.changed == []


def test_tasks_are_mine_unless_everyone_is_meant(workspace: Workspace) -> None:
    other = add(workspace, "user", name="Other")
    add(workspace, "task", name="late", due_on="2026-11-20")
    add(workspace, "task", name="now", due_on="2026-11-25")
    add(workspace, "task", name="later", due_on="2026-11-26")
    add(workspace, "task", name="done", due_on="2026-11-25", status="done")
    add(workspace, "task", name="theirs", due_on="2026-11-25", owner=other)
    add(workspace, "task", name="nobody's", due_on="2026-11-25", owner=None)
    found = today(workspace)
    assert (found.overdue, found.due) == (1, 1)
    assert [task["name"] for task in found.tasks] == ["late", "now"]
    assert today(workspace, everyone=True).due == 3
    assert len(today(workspace, shown=1).tasks) == 1


def test_overdue_tasks_stand_before_those_of_the_day(workspace: Workspace) -> None:
    for number in range(5):
        add(workspace, "task", name=f"now {number}", due_on="2026-11-25")
    for day in ("2026-11-24", "2026-03-01", "2026-11-20"):
        add(workspace, "task", name=day, due_on=day)
    found = today(workspace)
    days = [task["due_on"] for task in found.tasks]
    assert days == ["2026-03-01", "2026-11-20", "2026-11-24", "2026-11-25", "2026-11-25"]
    assert [task["name"] for task in today(workspace, shown=2).tasks] == ["2026-11-20", "2026-11-24"]
    assert "3 more; all of them: crm task list" in "\n".join(as_text(found, workspace.registry))


def test_meetings_are_those_of_the_local_day(workspace: Workspace, tmp_path: Path) -> None:
    add(workspace, "activity", name="early", type="meeting", happened_at="2026-11-24T23:30:00.000Z")
    add(workspace, "activity", name="noon", type="call", happened_at="2026-11-25T12:00:00.000Z")
    add(workspace, "activity", name="mail", type="email", happened_at="2026-11-25T12:00:00.000Z")
    add(workspace, "activity", name="late", type="visit", happened_at="2026-11-25T23:30:00.000Z")
    assert [meeting["name"] for meeting in today(workspace).meetings] == ["noon", "late"]
    with open_workspace(str(tmp_path / "crm.db"), zone="Europe/Madrid") as there:
        assert [meeting["name"] for meeting in today(there).meetings] == ["early", "noon"]


def test_money_is_converted_by_the_newest_rate(workspace: Workspace) -> None:
    add(workspace, "rate", name="USD", base="EUR", rate=0.5, valid_on="2026-01-01")
    add(workspace, "rate", name="USD", base="EUR", rate=0.9, valid_on="2026-11-01")
    add(workspace, "rate", name="USD", base="EUR", rate=2, valid_on="2027-01-01")
    add(workspace, "rate", name="JPY", base="EUR", rate=0.006, valid_on="2026-01-01")
    for name, amount in (
        ("a", [100_00, "EUR"]),
        ("b", [100_00, "USD"]),
        ("c", [100_000, "JPY"]),
        ("d", [7_00, "CHF"]),
    ):
        add(workspace, "deal", name=name, amount=amount)
    add(workspace, "deal", name="without an amount")
    opened = today(workspace).open
    assert (opened.count, opened.value, opened.apart) == (5, [100_00 + 90_00 + 600_00, "EUR"], [[700, "CHF"]])


def test_won_deals_count_in_the_month_they_closed(workspace: Workspace) -> None:
    for closed_on, amount in (
        ("2026-11-01", 10_00),
        ("2026-11-25", 20_00),
        ("2026-10-31", 40_00),
        ("2026-09-30", 80_00),
    ):
        deal = add(workspace, "deal", name=closed_on, amount=[amount, "EUR"])
        workspace.run(Close(deal, "won", closed_on=closed_on))
    lost = add(workspace, "deal", name="lost", amount=[5_00, "EUR"])
    workspace.run(Close(lost, "lost"))
    found = today(workspace)
    assert (found.won_this_month.count, found.won_this_month.value) == (2, [30_00, "EUR"])
    assert (found.won_last_month.count, found.won_last_month.value) == (1, [40_00, "EUR"])
    assert found.open.count == 0


def test_deals_rot_by_the_age_of_their_own_stage(workspace: Workspace) -> None:
    add(workspace, "deal", "2026-11-24T00:00:00.000Z", name="fresh", stage="Lead")
    add(workspace, "deal", "2026-11-08T00:00:00.000Z", name="rotten", stage="Lead")
    add(workspace, "deal", "2026-11-08T00:00:00.000Z", name="patient", stage="Qualified")
    assert today(workspace).rotting == 1


def test_closing_deals_are_those_of_the_coming_week(workspace: Workspace) -> None:
    for close_on in ("2026-11-24", "2026-11-25", "2026-12-02", "2026-12-03"):
        add(workspace, "deal", name=close_on, close_on=close_on, amount=[1_00, "EUR"])
    found = today(workspace)
    assert [deal["name"] for deal in found.closing_next] == ["2026-11-25", "2026-12-02"]
    assert (found.closing.count, found.closing_until) == (2, "2026-12-02")


def test_activities_are_counted_by_week(workspace: Workspace) -> None:
    for moment in (
        "2026-11-23T00:00",
        "2026-11-24T10:00",
        "2026-11-22T23:59",
        "2026-11-16T00:00",
        "2026-11-15T23:59",
        "2026-11-27T10:00",
    ):
        add(workspace, "activity", name="call", happened_at=f"{moment}:00.000Z")
    found = today(workspace)
    assert (found.activities_this_week, found.activities_last_week) == (2, 2)


def test_what_changed_last_comes_first(workspace: Workspace) -> None:
    add(workspace, "company", "2026-11-03T00:00:00.000Z", name="two")
    add(workspace, "contact", "2026-11-02T00:00:00.000Z", name="three")
    add(workspace, "deal", "2026-11-04T00:00:00.000Z", name="one")
    changed = today(workspace).changed
    assert [(record["entity"], record["name"]) for record in changed] == [
        ("deal", "one"),
        ("company", "two"),
        ("contact", "three"),
    ]


def test_a_policy_that_denies_everything_shows_nothing(workspace: Workspace, tmp_path: Path) -> None:
    add(workspace, "task", name="late", due_on="2026-11-20")
    add(workspace, "deal", name="secret", amount=[1_00, "EUR"], close_on="2026-11-25")
    add(workspace, "activity", name="noon", type="call", happened_at=NOW)
    with open_workspace(str(tmp_path / "crm.db"), policy=DenyAll()) as denied:
        found = today(denied)
    assert (found.overdue, found.due, found.open.count, found.closing.count, found.activities_this_week) == (
        0,
        0,
        0,
        0,
        0,
    )
    assert found.tasks == found.meetings == found.closing_next == found.changed == []


@pytest.mark.parametrize("everyone", [False, True])
def test_each_figure_is_counted_by_the_filter_that_lists_its_records(
    workspace: Workspace, everyone: bool
) -> None:
    other = add(workspace, "user", name="Other")
    for due_on, owner in (("2026-11-20", None), ("2026-11-24", other), ("2026-11-25", other)):
        add(workspace, "task", name=due_on, due_on=due_on, owner=owner)
    add(workspace, "task", name="late", due_on="2026-11-01")
    add(workspace, "task", name="now", due_on="2026-11-25")
    second = add(workspace, "pipeline", name="Second")
    add(workspace, "stage", name="Lead", pipeline=second, rotting_days=3)
    for days, values in enumerate(({}, {"pipeline": second, "stage": "Lead"}, {"stage": "Qualified"})):
        for back in (1, 5, 16):
            moment = f"2026-11-{25 - back - days:02}T00:00:00.000Z"
            add(
                workspace,
                "deal",
                moment,
                name=f"{days} {back}",
                close_on=f"2026-11-{20 + days + back // 2}",
                **values,
            )
    for closed_on in ("2026-10-31", "2026-11-01", "2026-11-30"):
        workspace.run(Close(add(workspace, "deal", name=closed_on), "won", closed_on=closed_on))
    for moment in ("2026-11-22T23:59", "2026-11-23T00:00", "2026-11-25T09:29", "2026-11-25T09:31"):
        add(workspace, "activity", name="call", happened_at=f"{moment}:00.000Z")
    found = today(workspace, everyone=everyone)
    numbers = (
        found.overdue, found.due, found.open.count, found.won_this_month.count, found.closing.count, found.rotting,
        found.activities_this_week,
    )  # fmt: skip
    assert all(numbers)
    listed = []
    for figure in dashboard.figures(workspace, found, everyone=everyone):
        where = condition(workspace, workspace.registry.entity(figure.entity), (), [figure.filter])
        listed.append(workspace.reader.count(Query(figure.entity, where)))
    assert tuple(listed) == numbers


def test_without_limits_in_the_stages_nothing_rots_and_the_filter_lists_nothing(workspace: Workspace) -> None:
    add(workspace, "deal", "2026-01-01T00:00:00.000Z", name="old")
    for stage in workspace.reader.records(Query("stage", fields=("id",))):
        workspace.run(Set("stage", (stage["id"],), (("rotting_days", "=", None),)))
    where = condition(workspace, workspace.registry.entity("deal"), (), [dashboard.rotting_filter(workspace)])
    assert workspace.reader.count(Query("deal", where)) == today(workspace).rotting == 0
