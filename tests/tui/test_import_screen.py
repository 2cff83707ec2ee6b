"""Importing in the app: the plan before, columns changed, questions answered, one job with one undo; stopped and gone on with."""

from __future__ import annotations

import shlex
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tests.tui.conftest import Running, settled, shown, until
from textual.widgets import Input

from crmtool.app.workspace import Workspace
from crmtool.store.reader import Query
from crmtool.transfer.apply import Import
from crmtool.tui import importing
from crmtool.tui.dialogs import Confirm, Pick
from crmtool.tui.places import Place
from crmtool.tui.screens.importing import ImportScene
from crmtool.tui.text import Plain
from crmtool.tui.widgets.effortbar import EffortBar
from crmtool.tui.widgets.grid import Grid
from crmtool.tui.widgets.pathinput import PathInput, completed

ROWS = "Name,Email,Shoe size,Birthday\nNina Novak,nina@example.org,38,03/04/1990\nBad Row,not an address,41,05/06/1991\n"


def people(workspace: Workspace) -> dict[str, dict[str, Any]]:
    found = workspace.query(Query("contact"))
    return {str(record["name"]): record for record in found}


def scene_of(pilot: Any) -> ImportScene:
    found = pilot.app.screen
    assert isinstance(found, ImportScene)
    return found


async def dialog(pilot: Any, kind: type) -> None:
    await until(pilot, lambda: isinstance(pilot.app.screen, kind))


async def test_files_are_planned_changed_imported_and_taken_back(
    running: Running, elsewhere: Callable[..., Any], tmp_path: Path
) -> None:
    file = tmp_path / "new people.csv"
    file.write_text(ROWS, encoding="utf-8")
    async with running(Place("import"), size=(120, 40)) as pilot:
        await pilot.press(*"zz")
        pilot.app.screen.query_one(PathInput).value = str(file)  # as a terminal pastes it, with a blank in it
        await pilot.press("enter")
        await dialog(pilot, Pick)  # nothing tells the order of days
        assert "1990-04-03" in shown(pilot)
        await pilot.press("enter")
        await until(pilot, lambda: "2 rows: 1 new" in shown(pilot))
        assert "1 rejected" in shown(pilot)
        assert "Bad Row" not in shown(pilot)
        assert "“not an address” is not an e-mail address" in shown(pilot)  # without scrolling
        assert "Columns:" not in shown(pilot)  # which stand in the list above
        assert scene_of(pilot).place.words() == ["import", str(file), "--plan"]
        assert "Nina Novak" not in elsewhere(people)

        grid = pilot.app.screen.query_one(Grid)
        assert "Shoe size" in shown(pilot)
        grid.cursor = 2
        await pilot.press("enter")
        await dialog(pilot, Pick)
        await pilot.press(*"New field: any of")
        assert "New field: any of several choices" in shown(pilot)
        pilot.app.screen.query_one(Input).value = ""
        await pilot.press(*"New field: number", "enter")
        await until(
            pilot, lambda: isinstance(pilot.app.screen, ImportScene) and "New field of" in shown(pilot)
        )
        assert "new:number" not in shown(pilot)
        await settled(pilot)

        await pilot.press("ctrl+s")
        await dialog(pilot, Confirm)
        await pilot.press("y")
        await until(pilot, lambda: "To take it back: crm undo" in shown(pilot))
        found = elsewhere(people)
        assert "The rejected rows are in" in shown(pilot)
        assert found["Nina Novak"]["shoe_size"] == 38
        echo = scene_of(pilot).crm.deeds.log[-1]
        assert "--map" in echo.line
        assert elsewhere(lambda w: replayed(w, shlex.split(echo.line))) == (0, 0, 1)  # the map means the same
        await pilot.press("u")
        await until(pilot, lambda: "Nina Novak" not in elsewhere(people))
        assert elsewhere(lambda w: replayed(w, shlex.split(echo.line), fields=1)) == (
            1,
            0,
            0,
        )  # and makes the field
        await pilot.press("ctrl+s")  # reads the files again
        await until(pilot, lambda: "2 rows: 1 new" in shown(pilot) and "New field of" in shown(pilot))
        await settled(pilot)
        await pilot.press("ctrl+s")
        await dialog(pilot, Confirm)
        await pilot.press("y")
        await until(pilot, lambda: elsewhere(people).get("Nina Novak", {}).get("shoe_size") == 38)
        await settled(pilot)
        await pilot.press("a")
        pilot.app.screen.query_one(PathInput).value = str(tmp_path / "nowhere.csv")
        await pilot.press("enter")
        await until(
            pilot, lambda: "There is no file" in str(pilot.app.screen.query_one("#told", Plain).visual)
        )
        assert "2 rows" not in shown(pilot)
        await pilot.press("ctrl+s")  # and not what was planned before
        assert isinstance(pilot.app.screen, ImportScene)


def replayed(workspace: Workspace, words: list[str], *, fields: int = 0) -> tuple[int, int, int]:
    """What the echoed command line would do now: new, changed and unchanged rows."""
    from crmtool.transfer.mapping import read_map
    from crmtool.transfer.plan import Options, plan

    saved = read_map(words[words.index("--map") + 1])
    with plan(workspace, [words[2]], options=Options(saved=saved)) as made:
        assert not made.questions
        assert len(made.new_fields) == fields
        counts = made.tally.counts
        return counts["new"], counts["changed"], counts["unchanged"]


async def test_an_import_that_is_stopped_can_be_gone_on_with(
    running: Running, elsewhere: Callable[..., Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("crmtool.transfer.apply.ROWS", 100)
    file = tmp_path / "many.csv"
    file.write_text(
        "Name,Email,Shoe size,Birthday\n"
        + "".join(f"Person {n},p{n}@example.org,{n % 30},03/04/1990\n" for n in range(1000)),
        encoding="utf-8",
    )
    original = Import.run
    async with running(Place("import"), size=(120, 40)) as pilot:
        pilot.app.screen.query_one(PathInput).value = str(file)
        await pilot.press("enter")
        await dialog(pilot, Pick)
        await pilot.press("enter")
        await until(pilot, lambda: "1,000 rows: 1,000 new" in shown(pilot))
        pilot.app.screen.query_one(Grid).cursor = 2
        await pilot.press("enter")
        await dialog(pilot, Pick)
        await pilot.press(*"New field: number", "enter")
        await until(pilot, lambda: "New field of" in shown(pilot))
        await settled(pilot)

        def stopping(work: Import, progress: Any) -> Any:
            def told(position: int, size: int, tally: Any) -> None:
                if tally.rows >= 300:
                    pilot.app.call_from_thread(pilot.app.screen.query_one(EffortBar).stop)
                progress(position, size, tally)

            return original(work, told)

        monkeypatch.setattr(Import, "run", stopping)
        await pilot.press("ctrl+s")
        await dialog(pilot, Confirm)
        await pilot.press("y")
        await until(pilot, lambda: "rows are in" in shown(pilot))
        assert 300 <= len(elsewhere(people)) < 1000
        monkeypatch.setattr(Import, "run", original)
    async with running(Place("history")) as pilot:  # another day: what was chosen is kept with the import
        await pilot.press("r")
        await until(pilot, lambda: "was interrupted" in shown(pilot))
        await settled(pilot)
        lines = [line for line in shown(pilot).splitlines() if "Shoe size" in line]
        assert any("shoe_size" in line for line in lines)
        pilot.app.screen.query_one(Grid).cursor = 0
        await pilot.press("enter")
        await dialog(pilot, Pick)
        await pilot.press(*"Job title", "enter")
        await until(pilot, lambda: isinstance(pilot.app.screen, ImportScene))
        await settled(pilot)
        await pilot.press("ctrl+s")
        await dialog(pilot, Confirm)
        await until(pilot, lambda: "and reads them another" in shown(pilot))
        assert "Name of many.csv goes to name" in shown(pilot)
        await pilot.press("n", "a", "enter")
        await until(pilot, lambda: "was interrupted" in shown(pilot))
        await settled(pilot)
        await pilot.press("ctrl+s")
        await dialog(pilot, Confirm)
        await until(pilot, lambda: "Go on with it?" in shown(pilot))
        await pilot.press("y")
        await until(pilot, lambda: "To take it back" in shown(pilot))
        found = elsewhere(people)
        assert len([name for name in found if name.startswith("Person")]) == 1000
        assert (found["Person 999"]["shoe_size"], found["Person 999"]["birthday"]) == (9, "1990-04-03")
        assert scene_of(pilot).crm.deeds.log[-1].line == f"crm import {shlex.quote(str(file))} --resume"


async def test_what_is_typed_while_the_files_are_read_is_neither_lost_nor_taken_for_their_names(
    running: Running, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "some.csv"
    file.write_text("Name,Email\nNina Novak,nina@example.org\n", encoding="utf-8")
    reached, go_on = threading.Event(), threading.Event()
    original = importing.counted

    def held(workspace: Workspace, made: Any, effort: Any) -> Any:
        reached.set()
        assert go_on.wait(30)
        return original(workspace, made, effort)

    monkeypatch.setattr(importing, "counted", held)
    async with running(Place("import"), size=(120, 40)) as pilot:
        path = pilot.app.screen.query_one(PathInput)
        path.value = str(file)
        await pilot.press("enter")
        await until(pilot, reached.is_set)
        await pilot.press("j", "s", "ctrl+s")
        assert path.value == str(file)
        assert "as soon as the files are read" in shown(pilot)
        go_on.set()
        await dialog(pilot, Confirm)
        assert scene_of_below(pilot).arrangement.make_stages
        await until(pilot, lambda: "Import 1 row?" in shown(pilot))
        await pilot.press("n")
        await settled(pilot)
        assert "1 row: 1 new" in shown(pilot)


def scene_of_below(pilot: Any) -> ImportScene:
    found = pilot.app.screen_stack[-2]
    assert isinstance(found, ImportScene)
    return found


async def test_what_cannot_be_read_is_said_and_other_files_can_be_chosen(
    running: Running, tmp_path: Path
) -> None:
    missing = tmp_path / "nowhere.csv"
    async with running(Place("import", text=str(missing))) as pilot:
        assert "There is no file" in shown(pilot)
        assert not scene_of(pilot).crm.faults.unforeseen
        await pilot.press("ctrl+s", "w")
        await settled(pilot)


def test_names_of_files_are_completed_and_dropped_paths_understood(tmp_path: Path) -> None:
    (tmp_path / "my list.csv").write_text("x")
    (tmp_path / "sub").mkdir()
    assert completed(f"{tmp_path}/my") == f"{tmp_path}/my\\ list.csv"
    assert completed(f"other.csv {tmp_path}/su") == f"other.csv {tmp_path}/sub/"
    assert completed(f"{tmp_path}/nothing") is None
    assert importing.paths_of(f"{tmp_path}/my\\ list.csv b.csv") == (f"{tmp_path}/my list.csv", "b.csv")
    assert importing.paths_of(f"{tmp_path}/my list.csv") == (f"{tmp_path}/my list.csv",)
    assert importing.paths_of("file:///tmp/a%20b.csv 'it is.csv'") == ("/tmp/a b.csv", "it is.csv")
    assert importing.paths_of("it's.csv") == ("it's.csv",)
