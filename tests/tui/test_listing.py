"""Lists: arranged, remembered, changed one by one or all at once, with one undo and the command line of each deed."""

from __future__ import annotations

import shlex
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tests.tui.conftest import Running, settled, shown, until
from tests.tui.test_echo import state
from textual.pilot import Pilot
from textual.widgets import Input

from crmtool.app.bulk import Item, run_many
from crmtool.app.commands import Add, Enlist, Set, Undo
from crmtool.app.workspace import open_workspace
from crmtool.cli import config, main
from crmtool.cli.state import State, use
from crmtool.core.ids import new_id
from crmtool.tui import bulk, jobs
from crmtool.tui.celledit import CellEditor
from crmtool.tui.columns import Columns
from crmtool.tui.dialogs import Confirm
from crmtool.tui.efforts import Effort
from crmtool.tui.places import Place
from crmtool.tui.scope import Scope
from crmtool.tui.screens.listing import Listing
from crmtool.tui.widgets.filterbar import FilterBar
from crmtool.tui.widgets.grid import Grid

CONTACTS = Place("list", "contact")


def grid(pilot: Pilot[Any]) -> Grid:
    return pilot.app.screen.query_one(Grid)


def names(pilot: Pilot[Any]) -> list[str]:
    return [row.cells[0] for row in grid(pilot).window.rows]


def lines(pilot: Pilot[Any]) -> list[str]:
    return [echo.line for echo in pilot.app.deeds.log]  # type: ignore[attr-defined]


async def until_done(pilot: Pilot[Any], deeds: int) -> None:
    await until(pilot, lambda: len(lines(pilot)) == deeds)
    await settled(pilot)


def column(pilot: Pilot[Any], key: str) -> int:
    return [one.key for one in grid(pilot).columns].index(key)


async def test_columns_are_sorted_widened_moved_and_remembered(running: Running) -> None:
    async with running(CONTACTS) as pilot:
        await pilot.press("s")  # by name already: now falling
        await settled(pilot)
        assert names(pilot) == sorted(names(pilot), reverse=True, key=str.casefold)
        assert "Name ▼" in shown(pilot)
        await pilot.press("right", "S")
        await settled(pilot)
        assert "Name ▼1" in shown(pilot)
        assert "Company ▲2" in shown(pilot)
        width = grid(pilot).columns[1].width
        await pilot.press("greater_than_sign", "shift+right")
        await settled(pilot)
        assert grid(pilot).columns[2].key == "company"
        assert grid(pilot).columns[2].width == width + 2
    async with running(CONTACTS) as pilot:
        assert grid(pilot).columns[2][:3] == ("company", "Company", width + 2)
        assert "Company ▲2" in shown(pilot)


async def test_columns_are_chosen_also_of_other_records(running: Running) -> None:
    async with running(CONTACTS) as pilot:
        await pilot.press("C")
        await until(pilot, lambda: isinstance(pilot.app.screen, Columns))
        await pilot.press(*"company: indus", "enter", "ctrl+s")
        await until(pilot, lambda: isinstance(pilot.app.screen, Listing))
        await until(pilot, lambda: grid(pilot).columns[-1].key == "company.industry")
        row = grid(pilot).window.rows[names(pilot).index("Ana Ruiz")]
        assert row.cells[-1] == "Tools"


async def test_all_that_match_are_changed_as_one_and_undone_as_one(running: Running, opener: Any) -> None:
    async with running(CONTACTS._replace(filter="company=Acme")) as pilot:
        await pilot.press("asterisk", "T")
        await until(pilot, lambda: pilot.app.screen.query(Input))
        await pilot.press(*"warm", "enter")
        await until(pilot, lambda: isinstance(pilot.app.screen, Confirm))
        await pilot.press("y")
        await until_done(pilot, 1)
        assert lines(pilot) == ["crm contact set --where company=Acme --yes tags+=warm"]
        with opener(True) as workspace:
            tagged = workspace.query(asked(workspace, "tag has warm"))
            assert sorted(record["name"] for record in tagged) == ["Ana Ruiz", "José Blanco"]
        await pilot.press("u")
        await until_done(pilot, 2)
        with opener(True) as workspace:
            assert not list(workspace.query(asked(workspace, "tag has warm")))


def asked(workspace: Any, where: str) -> Any:
    from crmtool.app.asking import ask

    return ask(workspace.registry.entity("contact"), workspace.registry, workspace.context, where=where)


async def test_what_cannot_be_set_is_said_before_anything_happens(running: Running) -> None:
    async with running(CONTACTS) as pilot:
        await pilot.press("E")
        await until(pilot, lambda: pilot.app.screen.query(Input))
        await pilot.press(*"lifecycle=nonsense", "enter")
        await until(pilot, lambda: "nonsense" in str(pilot.app.screen.query_one(".wrong").visual))  # type: ignore[attr-defined]
        assert lines(pilot) == []


async def test_some_are_deleted_after_a_question_and_brought_back(running: Running) -> None:
    async with running(CONTACTS) as pilot:
        before = names(pilot)
        await pilot.press("space", "space", "d")
        await until(pilot, lambda: isinstance(pilot.app.screen, Confirm))
        assert "Move 2 contacts to the trash?" in shown(pilot)
        await pilot.press("y")
        await until(pilot, lambda: names(pilot) == before[2:])
        await until_done(pilot, 1)
        assert lines(pilot)[0].startswith("crm contact rm @")
        await pilot.press("u")
        await until(pilot, lambda: names(pilot) == before)


async def test_records_go_on_a_new_list_and_off_it(running: Running) -> None:
    async with running(CONTACTS) as pilot:
        await pilot.press("space", "space", "plus")
        await until(pilot, lambda: "A new list" in shown(pilot))
        await pilot.press(*"a new", "enter")
        await until(pilot, lambda: "What shall the list" in shown(pilot))
        await pilot.press(*"Expo", "enter")
        await until_done(pilot, 1)
        pilot.app.go(Place("list", "contact", on="Expo"))  # type: ignore[attr-defined]
        await until(pilot, lambda: "Contacts – Expo" in shown(pilot) and "2 records" in shown(pilot))
        await pilot.press("minus")
        await until_done(pilot, 2)
        await until(pilot, lambda: "1 record" in shown(pilot))
        assert lines(pilot)[1].startswith("crm list remove Expo @")


async def test_owners_change_with_what_belongs_to_them(
    running: Running, elsewhere: Callable[..., Any], opener: Any
) -> None:
    elsewhere(
        lambda workspace: workspace.run(Add("user", {"name": "Olga Other", "email": "olga@example.org"}))
    )
    async with running(CONTACTS._replace(filter='name="Ana Ruiz"')) as pilot:
        await pilot.press("R")
        await until(pilot, lambda: "Give 1 contact to whom?" in shown(pilot))
        await pilot.press(*"olga", "enter")
        await until(pilot, lambda: "What goes along?" in shown(pilot))
        await pilot.press(*"deals", "enter")
        await until_done(pilot, 1)
        assert lines(pilot)[0].endswith("--to 'Olga Other' --with deal")
        with opener(True) as workspace:
            mine = workspace.reader.count(asked(workspace, 'owner="Olga Other"'))
            roof = next(d for d in workspace.query(deals()) if d["name"] == "Roof")
        assert mine == 1
        assert roof["owner"]["name"] == "Olga Other"


def deals() -> Any:
    from crmtool.store.reader import Query

    return Query("deal")


async def test_a_cell_is_edited_where_it_stands(running: Running) -> None:
    async with running(CONTACTS) as pilot:
        screen = pilot.app.screen
        grid(pilot).cursor = names(pilot).index("Ana Ruiz")
        grid(pilot).column = column(pilot, "lifecycle")
        await pilot.press("e")
        await until(pilot, lambda: screen.query(CellEditor))
        await pilot.press("ctrl+u", *"wrong", "enter")
        assert screen.query_one(CellEditor).has_class("-wrong")
        await pilot.press("escape")
        await pilot.pause()
        if screen.query(CellEditor):
            await pilot.press("escape")
        await until(pilot, lambda: not screen.query(CellEditor))
        assert lines(pilot) == []
        await pilot.press("e")
        await until(pilot, lambda: screen.query(CellEditor))
        await pilot.press("ctrl+u", *"lead", "enter")
        await until_done(pilot, 1)
        assert lines(pilot)[0].endswith("lifecycle=lead")
        assert isinstance(pilot.app.focused, Grid)
        assert grid(pilot).row is not None
        assert grid(pilot).row.cells[0] == "Ana Ruiz"  # type: ignore[union-attr]


async def test_a_list_is_exported_as_it_is_shown(running: Running, tmp_path: Path) -> None:
    async with running(CONTACTS._replace(filter="company=Acme")) as pilot:
        await pilot.press("x")
        await until(pilot, lambda: pilot.app.screen.query(Input))
        pilot.app.screen.query_one(Input).value = str(tmp_path / "none" / "acme.csv")
        await until(pilot, lambda: "There is no folder" in shown(pilot))
        pilot.app.screen.query_one(Input).value = str(tmp_path / "acme.csv")
        await pilot.press("enter")
        await until_done(pilot, 1)
        await until(pilot, lambda: "2 records" in shown(pilot))  # and not “Writing…”
        text = (tmp_path / "acme.csv").read_text()
        assert [row.split(",")[0] for row in text.splitlines()[1:]] == ["Ana Ruiz", "José Blanco"]
        assert lines(pilot)[0].startswith("crm export contacts --where company=Acme --fields name,")


async def test_a_filter_is_kept_as_a_view_and_opened_again(running: Running) -> None:
    async with running(CONTACTS._replace(filter="company=Acme")) as pilot:
        await pilot.press("v")
        await until(pilot, lambda: "Keep this filter" in shown(pilot))
        await pilot.press(*"keep", "enter")
        await until(pilot, lambda: "What shall the view" in shown(pilot))
        await pilot.press(*"Ours", "enter")
        await until_done(pilot, 1)
        await pilot.press("v")
        await until(pilot, lambda: "Ours" in shown(pilot) and "Everything" in shown(pilot))
        await pilot.press(*"ours", "enter")
        await until(pilot, lambda: "Contacts – Ours" in shown(pilot) and "2 records" in shown(pilot))


async def test_own_objects_and_empty_lists_are_lists_too(running: Running) -> None:
    async with running(Place("list", "boat", filter="length > 1000")) as pilot:
        assert "Nothing matches this filter." in shown(pilot)


async def test_a_filter_that_is_wrong_from_the_start_can_be_put_right(running: Running) -> None:
    async with running(CONTACTS._replace(filter="nonsense = 1")) as pilot:
        assert pilot.app.screen.query_one(FilterBar).has_class("-wrong")
        assert "Ana Ruiz" in names(pilot)
        await pilot.press("slash", "ctrl+u", *"ana", "enter")
        await until(pilot, lambda: names(pilot) == ["Ana Ruiz"])


async def test_a_screen_below_takes_in_what_changed_when_it_comes_back(
    running: Running, elsewhere: Callable[..., Any]
) -> None:
    async with running(CONTACTS) as pilot:
        await pilot.press("enter")
        await settled(pilot)
        elsewhere(lambda workspace: workspace.run(Add("contact", {"name": "Aaron First"})))
        await pilot.pause(0.5)
        await pilot.press("escape")
        await until(pilot, lambda: "Aaron First" in shown(pilot))


async def test_a_change_of_what_a_list_holds_shows(running: Running, elsewhere: Callable[..., Any]) -> None:
    made = new_id()

    def begin(workspace: Any) -> str:
        key: str = next(r["id"] for r in workspace.query(asked(workspace, 'name="Ana Ruiz"')))
        workspace.run(Enlist("contact", (key,), made, {"name": "Expo", "of": "contact"}))
        return key

    key = elsewhere(begin)
    async with running(Place("list", "contact", on="Expo")) as pilot:
        assert names(pilot) == ["Ana Ruiz"]
        elsewhere(lambda workspace: workspace.run(Set("contact", (key,), (("name", "=", "Ana Maria"),))))
        await until(pilot, lambda: names(pilot) == ["Ana Maria"])


async def test_the_command_lines_of_bulk_deeds_do_the_same(
    running: Running, home: Path, opener: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    twin = home.parent / "twin"
    shutil.copytree(home, twin)
    async with running(CONTACTS) as pilot:
        await pilot.press("space", "asterisk", "space", "T")  # all but one
        await until(pilot, lambda: pilot.app.screen.query(Input))
        await pilot.press(*"warm", "enter")
        await until(pilot, lambda: isinstance(pilot.app.screen, Confirm))
        await pilot.press("y")
        await until_done(pilot, 1)
        await pilot.press("escape", "plus")
        await until(pilot, lambda: "A new list" in shown(pilot))
        await pilot.press(*"a new", "enter")
        await until(pilot, lambda: "What shall the list" in shown(pilot))
        await pilot.press(*"Expo", "enter")
        await until_done(pilot, 2)
        await pilot.press("d")
        await until(pilot, lambda: isinstance(pilot.app.screen, Confirm))
        await pilot.press("y")
        await until_done(pilot, 3)
        done = lines(pilot)
    with opener(True) as workspace:
        wanted = state(workspace)
    monkeypatch.setenv("CRM_HOME", str(twin))
    monkeypatch.setenv("CRM_NO_INPUT", "1")
    monkeypatch.setenv("CRM_TIMEZONE", "UTC")
    config.forget()
    use(State())
    assert [main.run(shlex.split(line)[1:]) for line in done] == [0, 0, 0], done
    config.forget()
    with open_workspace(str(twin / "workspaces" / "default" / "crm.db"), zone="UTC") as workspace:
        assert state(workspace) == wanted


def test_work_on_many_is_stopped_between_change_sets_and_taken_back(opener: Any) -> None:
    people = [Item(str(number), Add("contact", {"name": f"Person {number}"})) for number in range(1_001)]
    with opener(False) as workspace:
        run_many(workspace, people, "contact add")
        effort = Effort("")
        effort.stop()
        all_of_them = Scope(CONTACTS._replace(filter="name ~ person"), (), rest=True)
        done = bulk.change(all_of_them, (("title", "=", "Boss"),))(workspace, effort)
        assert jobs.said(done) == "500 changes. Stopped."
        assert (effort.done, effort.total) == (500, 1_001)
        workspace.run(Undo(done.handle))
        assert workspace.reader.count(asked(workspace, "title = Boss")) == 0
