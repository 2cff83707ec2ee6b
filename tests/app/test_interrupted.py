"""What was interrupted goes on or is taken back, from any process."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from crmtool.app import jobs, undo
from crmtool.app.commands import Add, Undo
from crmtool.app.create import NewWorkspace, create_workspace
from crmtool.app.jobs import Job
from crmtool.app.workspace import Workspace, open_workspace
from crmtool.core import changes
from crmtool.core.errors import ConflictError


@pytest.fixture
def workspace(tmp_path: Path) -> Iterator[Workspace]:
    with create_workspace(str(tmp_path / "w" / "crm.db"), NewWorkspace("Test", "Mia Ito")) as made:
        yield made


def add(job: Job, count: int) -> None:
    entity = job.workspace.registry.entity("contact")
    with job.step() as step:
        step.apply([changes.create(entity, {"name": f"Person {n}"}) for n in range(count)], {"done": count})


def started(workspace: Workspace, steps: int = 3, count: int = 1_000) -> Job:
    job = workspace.start_job("import", "import", {})
    for _ in range(steps):
        add(job, count)
    return job


def live(workspace: Workspace) -> int:
    return int(workspace.db.scalar("SELECT count(*) FROM contacts WHERE deleted_at IS NULL"))


def test_an_undo_that_was_interrupted_goes_on(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(undo, "UNDO_STEP", 500)
    started(workspace).finish()
    steps = Job.step
    left = 2

    def step(self: Job) -> object:
        nonlocal left
        left -= 1
        if left < 0:
            raise KeyboardInterrupt
        return steps(self)

    with monkeypatch.context() as patched:
        patched.setattr(Job, "step", step)
        with pytest.raises(KeyboardInterrupt):
            workspace.run(Undo())
    assert live(workspace) == 2_000
    with open_workspace(workspace.db.location) as other:
        outcome = other.run(Undo())
        assert (outcome.count, outcome.skipped, live(other)) == (2_000, [], 0)
        assert jobs.unfinished(other) == []
        handles = {header.job for header in other.log.sets("command = 'undo'")}
        assert len(handles) == 1, "it is one undo, under one handle"
        other.run(Undo(redo=True))
        assert live(other) == 3_000


def test_a_large_undo_tells_how_far_it_is(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(undo, "UNDO_STEP", 400)
    started(workspace, 2).finish()
    told: list[tuple[int, int]] = []
    undo.run_undo(workspace, Undo(), progress=lambda done, total: told.append((done, total)))
    assert [done for done, _ in told] == [400, 800, 1_000, 1_400, 1_800, 2_000]
    assert {total for _, total in told} == {2_000}


def test_half_an_undo_can_be_taken_back_itself(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    started(workspace).finish()
    target = undo.find(workspace, None)
    half = workspace.start_job("undo", "undo", {"undoes": target.id})
    inverse = undo.Inverse(workspace, target)
    with half.step() as step:
        header = target.sets[0]
        entries = list(workspace.log.of_set(header))[::-1]
        step.apply(inverse.of(entries), {"undoes": target.id, "below": header.first}, undoes=target.id)
    assert live(workspace) == 2_000
    workspace.run(Undo(redo=True))
    assert live(workspace) == 3_000
    assert jobs.unfinished(workspace) == []
    assert workspace.run(Undo(target.id)).count == 3_000
    assert live(workspace) == 0


@pytest.mark.parametrize("steps", [1, 3])
def test_a_job_that_runs_is_stopped_when_it_is_taken_back(workspace: Workspace, steps: int) -> None:
    job = started(workspace, steps)
    with open_workspace(workspace.db.location) as other:
        other.run(Undo(job.handle))
        assert live(other) == 0
    with pytest.raises(ConflictError) as caught:
        add(job, 10)
    assert caught.value.code == "stopped"
    job.finish()
    assert live(workspace) == 0
    assert jobs.unfinished(workspace) == []
    with pytest.raises(ConflictError):
        workspace.resume_job(job.handle)


def test_what_a_job_wrote_after_it_was_looked_up_is_taken_back_too(workspace: Workspace) -> None:
    job = started(workspace)
    target = undo.find(workspace, job.handle)
    add(job, 500)
    undo._undo_job(workspace, target, "undo")
    assert live(workspace) == 0


def test_others_work_is_no_part_of_it(workspace: Workspace) -> None:
    job = started(workspace)
    workspace.run(Add("contact", {"name": "Mine"}))
    workspace.run(Undo(job.handle))
    assert live(workspace) == 1
