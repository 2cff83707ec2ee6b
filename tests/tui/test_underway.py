"""Large work belongs to the app: it goes on while one goes elsewhere, and nobody leaves over it unasked."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from tests.tui.conftest import Running, settled, shown, until

from crmtool.app import undo
from crmtool.app.jobs import unfinished
from crmtool.app.workspace import Workspace
from crmtool.store.reader import Query
from crmtool.transfer.apply import Import, apply
from crmtool.transfer.plan import plan
from crmtool.tui import takingback
from crmtool.tui.app import CrmApp
from crmtool.tui.dialogs import Confirm
from crmtool.tui.places import Place
from crmtool.tui.screens.importing import ImportScene
from crmtool.tui.screens.listing import Listing

COMPANIES = Place("list", "company")
MOST_SECONDS = 60


class Gate:
    """Holds larger work where it tells how far it is, from the ``at``-th time on, until it is opened."""

    def __init__(self, at: int) -> None:
        self.left = at
        self.reached, self.open = threading.Event(), threading.Event()

    def __call__(self) -> None:
        self.left -= 1
        if self.left == 0:
            self.reached.set()
            self.open.wait(MOST_SECONDS)


@contextmanager
def held(gate: Gate) -> Iterator[Gate]:
    """Opens the gate at the end whatever fails, so that the app can be left."""
    try:
        yield gate
    finally:
        gate.open.set()


def persons(workspace: Workspace) -> int:
    return sum(str(one["name"]).startswith("Person") for one in workspace.query(Query("contact")))


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A file of 500 people, who are imported and taken back by the hundred."""
    monkeypatch.setattr("crmtool.transfer.apply.ROWS", 100)
    monkeypatch.setattr(undo, "UNDO_STEP", 100)
    monkeypatch.setattr("crmtool.tui.app.MAX_CHANGES", 50)
    path = tmp_path / "many.csv"
    path.write_text("Name,Email\n" + "".join(f"Person {n},p{n}@example.org\n" for n in range(500)))
    return path


@pytest.fixture
def import_gate(monkeypatch: pytest.MonkeyPatch) -> Iterator[Gate]:
    gate, original = Gate(2), Import.run

    def run(work: Import, progress: Any) -> Any:
        def told(*given: Any) -> None:
            gate()
            progress(*given)

        return original(work, told)

    monkeypatch.setattr(Import, "run", run)
    with held(gate):
        yield gate


@pytest.fixture
def undo_gate(monkeypatch: pytest.MonkeyPatch) -> Iterator[Gate]:
    gate, original = Gate(2), undo.run_undo

    def run(*given: Any, progress: Any) -> Any:
        def told(done: int, total: int) -> None:
            gate()
            progress(done, total)

        return original(*given, progress=told)

    monkeypatch.setattr(takingback, "run_undo", run)
    with held(gate):
        yield gate


def crm(app: object) -> CrmApp:
    assert isinstance(app, CrmApp)
    return app


async def begin_import(pilot: Any, gate: Gate) -> None:
    await until(pilot, lambda: "500 rows: 500 new" in shown(pilot))
    await settled(pilot)
    await pilot.press("ctrl+s")
    await until(pilot, lambda: isinstance(pilot.app.screen, Confirm))
    await pilot.press("y")
    await until(pilot, gate.reached.is_set)


async def test_an_import_goes_on_when_its_screen_is_left_and_its_end_is_told(
    running: Running, elsewhere: Callable[..., Any], file: Path, import_gate: Gate
) -> None:
    async with running(Place("import", text=str(file)), size=(120, 40)) as pilot:
        await begin_import(pilot, import_gate)
        await pilot.press("2")
        await until(pilot, lambda: isinstance(pilot.app.screen, Listing))
        await until(pilot, lambda: "Importing: " in shown(pilot) and "Ctrl+X stops" in shown(pilot))
        import_gate.open.set()
        await until(pilot, lambda: "500 rows: 500 new" in shown(pilot) and "Ctrl+X" not in shown(pilot))
        await settled(pilot)
        assert elsewhere(persons) == 500
        assert elsewhere(unfinished) == []
        assert crm(pilot.app).deeds.log[-1].line.startswith("crm import")


async def test_an_import_is_stopped_from_elsewhere_and_its_place_told(
    running: Running, elsewhere: Callable[..., Any], file: Path, import_gate: Gate
) -> None:
    async with running(Place("import", text=str(file)), size=(120, 40)) as pilot:
        await begin_import(pilot, import_gate)
        await pilot.press("2")
        await until(pilot, lambda: isinstance(pilot.app.screen, Listing) and "Ctrl+X" in shown(pilot))
        await pilot.press("ctrl+x")
        await until(pilot, lambda: "Importing: stopping…" in shown(pilot))
        import_gate.open.set()
        await until(pilot, lambda: "Stopped: 200 rows are in." in shown(pilot))
        assert "many.csv --resume" in " ".join(shown(pilot).split())
        assert elsewhere(persons) == 200
        await settled(pilot)
        assert len(elsewhere(unfinished)) == 1


async def test_leaving_the_app_over_an_import_is_asked_and_says_where_it_stands(
    running: Running, elsewhere: Callable[..., Any], file: Path, import_gate: Gate
) -> None:
    async with running(Place("import", text=str(file)), size=(120, 40)) as pilot:
        app = crm(pilot.app)
        await begin_import(pilot, import_gate)
        await pilot.press("1", "q")
        await until(pilot, lambda: isinstance(app.screen, Confirm) and "Stop what is" in shown(pilot))
        await pilot.press("n")
        await until(pilot, lambda: not isinstance(app.screen, Confirm))
        assert app.underway.efforts
        await pilot.press("q")
        await until(pilot, lambda: isinstance(app.screen, Confirm))
        await pilot.press("y")
        import_gate.open.set()
        await until(pilot, lambda: app._exit)
        said = str(app._exit_renderables[0])
        assert "200 rows are in" in said
        assert "--resume" in said
    assert elsewhere(persons) == 200


def imported(file: Path) -> Callable[[Workspace], None]:
    def work(workspace: Workspace) -> None:
        with plan(workspace, str(file)) as made:
            apply(workspace, made)

    return work


async def test_taking_back_much_is_shown_stopped_and_gone_on_with(
    running: Running, elsewhere: Callable[..., Any], file: Path, undo_gate: Gate
) -> None:
    elsewhere(imported(file))
    async with running(COMPANIES, size=(120, 40)) as pilot:
        await pilot.press("u")
        await until(pilot, lambda: isinstance(pilot.app.screen, Confirm))
        await pilot.press("y")
        await until(pilot, undo_gate.reached.is_set)
        await until(pilot, lambda: "Taking back: " in shown(pilot) and "of 500" in shown(pilot))
        await pilot.press("1")
        await until(pilot, lambda: "Ctrl+X stops" in shown(pilot))  # on every screen
        await pilot.press("ctrl+x")
        undo_gate.open.set()
        await until(pilot, lambda: "Stopped: 200 of 500 changes are taken back." in shown(pilot))
        await settled(pilot)
        assert elsewhere(persons) == 300
        await pilot.press("u")
        await until(pilot, lambda: isinstance(pilot.app.screen, Confirm))
        await pilot.press("y")
        await until(pilot, lambda: elsewhere(persons) == 0)
        await settled(pilot)
        assert crm(pilot.app).deeds.log[-1].line.startswith("crm undo")


async def test_the_history_may_be_left_while_it_takes_back(
    running: Running, elsewhere: Callable[..., Any], file: Path, undo_gate: Gate
) -> None:
    elsewhere(imported(file))
    async with running(Place("history"), size=(120, 40)) as pilot:
        await pilot.press("u")
        await until(pilot, lambda: isinstance(pilot.app.screen, Confirm))
        await pilot.press("y")
        await until(pilot, undo_gate.reached.is_set)
        await until(pilot, lambda: "Escape stops" in shown(pilot))
        await pilot.press("2")
        await until(pilot, lambda: isinstance(pilot.app.screen, Listing) and "Ctrl+X" in shown(pilot))
        undo_gate.open.set()
        await until(pilot, lambda: "crm undo" in shown(pilot) and "Ctrl+X" not in shown(pilot))
        await settled(pilot)
        assert elsewhere(persons) == 0
        assert elsewhere(unfinished) == []


async def test_coming_back_to_the_import_shows_the_one_under_way(
    running: Running, file: Path, import_gate: Gate
) -> None:
    async with running(Place("import", text=str(file)), size=(120, 40)) as pilot:
        await begin_import(pilot, import_gate)
        await pilot.press("2")
        await until(pilot, lambda: isinstance(pilot.app.screen, Listing))
        crm(pilot.app).go(Place("import"))
        await until(pilot, lambda: isinstance(pilot.app.screen, ImportScene) and "Ctrl+X" in shown(pilot))
        import_gate.open.set()
        await until(pilot, lambda: "Ctrl+X" not in shown(pilot))
        await settled(pilot)
