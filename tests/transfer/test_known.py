"""New rows that may mean somebody known: told before, counted after, and never so many look-ups that an import takes longer."""

from __future__ import annotations

from pathlib import Path

import pytest

from crmtool.app.commands import Add
from crmtool.app.workspace import Workspace
from crmtool.transfer import known
from crmtool.transfer.apply import apply
from crmtool.transfer.plan import plan
from crmtool.transfer.tally import Tally

FILE = (
    "First Name,Last Name,E-mail Address,Mobile Phone\nAna,Ruis,ana@x.es,+34 600 123 456\nBen,Ode,ben@b.es,\n"
)


@pytest.fixture
def people(workspace: Workspace, tmp_path: Path) -> str:
    workspace.run(Add("contact", {"name": "Ana Ruiz", "phone": "600123456"}))
    path = tmp_path / "people.csv"
    path.write_text(FILE, encoding="utf-8")
    return str(path)


def test_a_plan_and_its_report_say_the_same(workspace: Workspace, people: str) -> None:
    with plan(workspace, people) as made:
        planned = made.tally
        done = apply(workspace, made)
    for tally in (planned, done.tally):
        assert (tally.possible, tally.looked_at) == (1, 2)
        (example,) = tally.examples
        assert (example.row, example.name, example.candidate.record["name"]) == (2, "Ana Ruis", "Ana Ruiz")
    kept = Tally.from_state(done.tally.to_state())
    assert (kept.possible, kept.looked_at) == (1, 2)


def test_only_the_first_rows_are_looked_at(
    workspace: Workspace, people: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(known, "LOOKED_AT", 1)
    with plan(workspace, people) as made:
        assert (made.tally.looked_at, made.tally.counts["new"]) == (1, 2)


def test_what_changes_a_record_is_no_duplicate_of_it(workspace: Workspace, people: str) -> None:
    with plan(workspace, people) as made:
        apply(workspace, made)
    with plan(workspace, people) as again:
        assert (again.tally.possible, again.tally.looked_at) == (0, 0)
