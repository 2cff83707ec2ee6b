"""Jobs: many change sets under one handle, each whole or absent, with the state that resumes them."""

from __future__ import annotations

from pathlib import Path

import pytest

from crmtool.app import jobs
from crmtool.app.commands import Add, Set, Undo
from crmtool.app.workspace import Workspace, open_workspace
from crmtool.core import changes
from crmtool.core.changes import MAX_CHANGES, MAX_CHANGES_ALONE, Change
from crmtool.core.errors import ConflictError, CrmError, NotFoundError
from crmtool.store.reader import Query


def people(ws: Workspace, names: list[str]) -> list[Change]:
    return [changes.create(ws.registry.entity("contact"), {"name": name}) for name in names]


def count(ws: Workspace) -> int:
    return ws.reader.count(Query("contact"))


def test_a_job_is_one_handle(ws: Workspace) -> None:
    job = ws.start_job("import", "import", {})
    for batch in (["a", "b"], ["c"]):
        with job.step() as step:
            step.apply(people(ws, batch), {"row": batch[-1]})
    job.finish()
    assert (count(ws), job.count) == (3, 3)
    outcome = ws.run(Undo(job.handle))
    assert (outcome.count, count(ws)) == (3, 0)
    assert ws.run(Undo(outcome.handle, redo=True)).count == 3
    assert count(ws) == 3


def test_a_step_that_fails_leaves_neither_records_nor_state(ws: Workspace) -> None:
    job = ws.start_job("import", "import", {"row": 0})
    with job.step() as step:
        step.apply(people(ws, ["a"]), {"row": 1})
    with pytest.raises(ZeroDivisionError), job.step() as step:
        step.apply(people(ws, ["b"]), {"row": 1 // len(people(ws, []))})
    assert count(ws) == 1
    again = ws.resume_job(job.handle)
    assert again.state == {"row": 1}
    assert [found["handle"] for found in jobs.unfinished(ws)] == [job.handle]
    again.finish()
    assert jobs.unfinished(ws) == []
    with pytest.raises(ConflictError):
        ws.resume_job(job.handle)
    with pytest.raises(NotFoundError):
        ws.resume_job("zzzzzzzz")


def test_what_is_written_after_a_job_was_let_go_is_durable_again(ws: Workspace) -> None:
    def durable() -> bool:
        return bool(ws.db.scalar("PRAGMA synchronous") == 2)

    assert durable()
    job = ws.start_job("import", "import", {})
    with job.step() as step:
        step.apply(people(ws, ["a"]), {"row": 1})
    assert not durable()
    job.let_go()
    assert durable()


def test_an_unfinished_job_can_be_taken_back(ws: Workspace) -> None:
    job = ws.start_job("import", "import", {})
    for name in ("a", "b"):
        with job.step() as step:
            step.apply(people(ws, [name]), {})
    assert ws.run(Undo(job.handle)).count == 2
    assert count(ws) == 0


def test_undoing_a_job_leaves_what_was_touched_since(ws: Workspace) -> None:
    job = ws.start_job("import", "import", {})
    made = people(ws, ["touched", "referred to", "alone"])
    with job.step() as step:
        step.apply(made, {})
    job.finish()
    ws.run(Set("contact", (made[0].record,), (("title", "=", "CEO"),)))
    ws.run(Add("note", {"body": "x", "contact": made[1].record}))
    outcome = ws.run(Undo(job.handle))
    assert outcome.count == 1
    assert {s["id"] for s in outcome.skipped} == {made[0].record, made[1].record}
    assert all(s["reason"] and s["name"] for s in outcome.skipped)


def test_sets_are_small_while_others_wait(ws: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    job = ws.start_job("import", "import", {})
    assert job.batch_size() == MAX_CHANGES_ALONE
    monkeypatch.setattr(ws.db, "contended", lambda: True)
    assert job.batch_size() == MAX_CHANGES
    monkeypatch.setattr(ws.db, "contended", lambda: False)
    assert job.batch_size() == MAX_CHANGES  # polite for a while


def test_a_change_set_is_bounded(ws: Workspace) -> None:
    job = ws.start_job("import", "import", {})
    with pytest.raises(CrmError), job.step() as step:
        step.apply(people(ws, ["x"] * (MAX_CHANGES_ALONE + 1)), {})
    assert count(ws) == 0


def test_a_job_sees_fields_added_meanwhile(ws: Workspace, tmp_path: Path) -> None:
    job = ws.start_job("import", "import", {})
    with open_workspace(ws.db.location) as other:
        other.run(Add("field", {"name": "Size", "of": "contact", "kind": "number"}))
    with job.step() as step:
        assert "size" in ws.registry.entity("contact").fields
        step.apply([changes.create(ws.registry.entity("contact"), {"name": "a", "size": 3})], {})
    assert next(iter(ws.query(Query("contact"))))["size"] == 3
