"""One process at a time goes on with a job; the second is told so, and one that was killed stands in nobody's way."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from crmtool.app import jobs
from crmtool.app.create import NewWorkspace, create_workspace
from crmtool.app.workspace import Workspace, open_workspace
from crmtool.core import changes
from crmtool.core.errors import ConflictError

pytestmark = pytest.mark.system

PROGRAM = [sys.executable, "-c", "from crmtool.cli.main import main; main()"]
# A program that begins a job, says its id, and goes on when a line comes.
AT_WORK = """
import sys
from crmtool.app.workspace import open_workspace
with open_workspace(sys.argv[1]) as workspace:
    job = workspace.start_job(*eval(sys.argv[2]))
    print(job.id, flush=True)
    sys.stdin.readline()
    job.finish()
"""


@pytest.fixture
def workspace(tmp_path: Path) -> Iterator[Workspace]:
    store = str(tmp_path / "workspaces" / "default" / "crm.db")
    with create_workspace(store, NewWorkspace("Test", "Mia Ito")) as made:
        yield made


class Other:
    """Another process at work on a job of its own."""

    def __init__(self, workspace: Workspace, *words: object) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-c", AT_WORK, workspace.db.location, repr(words)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self.process.stdout is not None
        self.job = self.process.stdout.readline().strip()

    def end(self) -> None:
        self.process.communicate("\n")

    def kill(self) -> None:
        self.process.send_signal(signal.SIGKILL)
        self.process.communicate()


def crm(workspace: Workspace, *words: str) -> subprocess.Popen[str]:
    home = str(Path(workspace.db.location).parent.parent.parent)
    return subprocess.Popen(
        [*PROGRAM, *words],
        env={**os.environ, "CRM_HOME": home, "CRM_NO_INPUT": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def people(workspace: Workspace, sets: int = 3, size: int = 1_000) -> jobs.Job:
    entity = workspace.registry.entity("contact")
    job = workspace.start_job("import", "import", {})
    for _ in range(sets):
        with job.step() as step:
            step.apply([changes.create(entity, {"name": f"Person {n}"}) for n in range(size)])
    job.finish()
    return job


def test_a_job_that_another_process_works_on_is_not_gone_on_with(workspace: Workspace) -> None:
    other = Other(workspace, "import", "import", {})
    with pytest.raises(ConflictError) as caught:
        workspace.resume_job(other.job)
    assert (caught.value.code, caught.value.exit_code) == ("claimed", 6)
    other.end()
    with pytest.raises(ConflictError) as caught:
        workspace.resume_job(other.job)
    assert caught.value.code == "conflict", "it is finished by now"


def test_a_job_of_a_process_that_was_killed_goes_on(workspace: Workspace) -> None:
    other = Other(workspace, "import", "import", {"row": 7})
    other.kill()
    job = workspace.resume_job(other.job)
    assert job.state == {"row": 7}
    with open_workspace(workspace.db.location) as second, pytest.raises(ConflictError):
        second.resume_job(other.job)
    job.finish()
    run = Path(str(workspace.run_folder))
    assert not [*run.glob("job-*")], "nothing of a claim is left"


def test_what_another_process_takes_back_is_not_taken_back_twice(workspace: Workspace) -> None:
    done = people(workspace)
    other = Other(workspace, "undo", "undo", {"undoes": done.id})
    refused = crm(workspace, "undo", done.handle, "--yes")
    _, said = refused.communicate()
    assert refused.returncode == 6, said
    assert "Another program" in said
    other.kill()
    goes_on = crm(workspace, "undo", done.handle, "--yes")
    goes_on.communicate()
    assert goes_on.returncode == 0
    assert workspace.db.scalar("SELECT count(*) FROM contacts WHERE deleted_at IS NULL") == 0
    assert jobs.unfinished(workspace) == []


def test_two_undos_at_once_take_everything_back_once(workspace: Workspace) -> None:
    done = people(workspace)
    both = [crm(workspace, "undo", done.handle, "--yes") for _ in range(2)]
    said = [process.communicate()[1] for process in both]
    assert sorted(process.returncode for process in both) == [0, 6], said
    assert workspace.db.scalar("SELECT count(*) FROM contacts WHERE deleted_at IS NULL") == 0
    works = {header.job for header in workspace.log.sets("command = 'undo'")}
    assert len(works) == 1
