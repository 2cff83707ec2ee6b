"""The history: what was done, taking it back after a look, and doing it again; one of millions as fast as one of ten."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from tests.tui.conftest import Running, settled, shown, until

from crmtool.app import undo, works
from crmtool.app.bulk import Item, run_many
from crmtool.app.commands import Add, Remove, Set, Undo
from crmtool.app.workspace import Workspace
from crmtool.core.errors import NotFoundError
from crmtool.core.policy import DenyAll
from crmtool.store.reader import Query
from crmtool.tui.dialogs import Confirm
from crmtool.tui.places import Place
from crmtool.tui.screens.work import WorkScene
from crmtool.tui.widgets.grid import Grid
from crmtool.tui.widgets.reading import Reading

HISTORY = Place("history")


def first(workspace: Workspace, entity: str = "contact") -> str:
    return str(next(iter(workspace.query(Query(entity, fields=("id",)))))["id"])


def grid_of(pilot: Any) -> Grid:
    found = pilot.app.screen.query_one(Grid)
    assert isinstance(found, Grid)
    return found


async def test_a_work_is_shown_taken_back_and_brought_back(
    running: Running, elsewhere: Callable[..., Any]
) -> None:
    def rename(workspace: Workspace) -> str:
        record = first(workspace)
        workspace.run(Set("contact", (record,), (("name", "=", "Renamed [/red]"),)))
        return record

    record = elsewhere(rename)
    async with running(HISTORY) as pilot:
        assert "contact set" in shown(pilot)
        assert "Sam Seller" in shown(pilot)
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(pilot.app.screen, WorkScene) and "→ Renamed" in shown(pilot))
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(pilot.app.screen, Reading))
        assert "→ Renamed [/red]" in shown(pilot)
        await pilot.press("escape", "escape")
        await settled(pilot)
        await pilot.press("u")
        await until(pilot, lambda: isinstance(pilot.app.screen, Confirm))
        assert "To take back: contact set" in shown(pilot)
        assert "Renamed [/red]" in shown(pilot)
        await pilot.press("n")
        await settled(pilot)
        assert elsewhere(lambda w: w.reader.require("contact", record))["name"] == "Renamed [/red]"
        await pilot.press("u")
        await until(pilot, lambda: isinstance(pilot.app.screen, Confirm))
        await pilot.press("y")
        await until(pilot, lambda: "taken back" in shown(pilot))
        assert elsewhere(lambda w: w.reader.require("contact", record))["name"] != "Renamed [/red]"
        assert "crm undo" in shown(pilot)
        grid_of(pilot).cursor = 1
        await pilot.press("ctrl+r")
        await until(pilot, lambda: isinstance(pilot.app.screen, Confirm))
        await pilot.press("y")
        await until(pilot, lambda: "crm redo" in shown(pilot))
        assert elsewhere(lambda w: w.reader.require("contact", record))["name"] == "Renamed [/red]"


async def test_what_cannot_be_taken_back_is_listed_and_an_interrupted_job_is_marked(
    running: Running, elsewhere: Callable[..., Any]
) -> None:
    def change(workspace: Workspace) -> None:
        people = [str(r["id"]) for r in workspace.query(Query("contact", fields=("id",)))][:2]
        workspace.run(Set("contact", tuple(people), (("title", "=", "Boss"),)))
        workspace.run(Set("contact", (people[0],), (("title", "=", "Chief"),)))
        job = workspace.start_job("import", "import", {})
        with job.step() as step:
            step.apply(made_by(workspace, "Half done"))
        job.let_go()

    elsewhere(change)
    async with running(HISTORY) as pilot:
        assert "not finished" in shown(pilot)
        grid_of(pilot).cursor = 2
        await pilot.press("u")
        await until(pilot, lambda: isinstance(pilot.app.screen, Confirm))
        await pilot.press("y")
        await until(pilot, lambda: isinstance(pilot.app.screen, Reading))
        assert "Left as it is" in shown(pilot)
        assert "changed since" in shown(pilot)


async def test_the_list_can_be_narrowed_to_ones_own(running: Running, elsewhere: Callable[..., Any]) -> None:
    async with running(HISTORY) as pilot:
        every = grid_of(pilot).total
        await pilot.press("w")
        await settled(pilot)
        assert "History: own" in shown(pilot)
        assert grid_of(pilot).total == (every or 0) - 1  # the workspace was made by nobody in it
        elsewhere(lambda w: w.run(Add("contact", {"name": "Newcomer"})))
        await until(pilot, lambda: grid_of(pilot).total == every)


def made_by(workspace: Workspace, name: str) -> Any:
    from crmtool.app.handlers import Deciding

    work = Deciding(workspace.reader, workspace.registry, workspace.context)
    work.create(workspace.registry.entity("contact"), {"name": name})
    return work.changes


# -- pages of works ------------------------------------------------------------------------------------------------------


def test_pages_hold_every_work_once_in_both_directions(elsewhere: Callable[..., Any]) -> None:
    def check(workspace: Workspace) -> None:
        run_many(
            workspace,
            (Item(str(n), Add("contact", {"name": f"Many {n}"})) for n in range(700)),
            "contact add",
        )
        workspace.run(Remove("contact", (first(workspace),)))
        every, more = works.Works(workspace).page(1000)
        assert not more
        assert [work.done.handle for work in every] == [done.handle for done in works_of(workspace)]
        job = next(work for work in every if work.done.count >= 700)
        pages, place = [], None
        while True:
            found, more = works.Works(workspace).page(3, place)
            pages += found
            if not more:
                break
            place = found[-1].n
        assert [work.n for work in pages] == [work.n for work in every]
        back, _ = works.Works(workspace).page(1000, every[-1].n, back=True)
        assert [work.n for work in back] == [work.n for work in every[:-1]]
        assert works.Works(workspace).count(every[2].n) == (len(every), 2)
        assert works.Works(workspace).leap(2) == every[2].n

        changes = works.Changes(workspace, job.done.handle)
        assert len(changes.sets) > 1  # several change sets, one work
        middle = changes.between(workspace, changes.sets[0].count - 1, changes.sets[0].count + 1)
        assert [entry.set_n for entry in middle] == [changes.sets[0].n, changes.sets[1].n]

    elsewhere(check)


def works_of(workspace: Workspace) -> Any:
    from crmtool.app.history import works as every

    return every(workspace)


def test_who_may_see_nothing_is_told_of_no_work(elsewhere: Callable[..., Any]) -> None:
    def check(workspace: Workspace) -> None:
        handle = works.Works(workspace).page(1)[0][0].done.handle
        workspace.policy = workspace.reader.policy = DenyAll()
        assert works.Works(workspace).page(10) == ([], False)
        assert works.Works(workspace).count() == (0, 0)
        with pytest.raises(NotFoundError):
            works.Changes(workspace, handle)

    elsewhere(check)


def test_an_undo_that_stands_is_found_for_redo(elsewhere: Callable[..., Any]) -> None:
    def check(workspace: Workspace) -> None:
        done = workspace.run(Add("contact", {"name": "Short lived"}))
        ident = undo.find_id(workspace, str(done.handle))
        assert works.taken_back_by(workspace, ident) is None
        undone = workspace.run(Undo(done.handle))
        assert works.taken_back_by(workspace, ident) == undo.find_id(workspace, str(undone.handle))
        workspace.run(Undo(undone.handle, True))
        assert works.taken_back_by(workspace, ident) is None

    elsewhere(check)


@pytest.mark.parametrize("kind", ["history", "dupes", "import"])
async def test_where_nothing_is_done_with_several_rows_none_are_selected(running: Running, kind: str) -> None:
    async with running(Place(kind)) as pilot:
        assert [grid.selectable for grid in pilot.app.screen.query(Grid)] in ([False], [False, False])


async def test_the_changes_of_one_piece_of_work_are_not_selected(running: Running) -> None:
    async with running(Place("history")) as pilot:
        await pilot.press("enter")
        await settled(pilot)
        scene = pilot.app.screen
        assert isinstance(scene, WorkScene)
        assert not scene.query_one(Grid).selectable
        await pilot.press("space")
        assert "selected" not in shown(pilot)
