"""Two hundred processes write at once beside a large job: none fails, nothing is lost, nobody is overtaken unseen."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest
from tests.system.crash import forked, sound

from crmtool.app.commands import Add, Set
from crmtool.app.create import NewWorkspace, create_workspace
from crmtool.app.workspace import open_workspace
from crmtool.core import changes

pytestmark = [pytest.mark.system, pytest.mark.slow]

WRITERS = 200
PROGRAMS = 6  # of them whole ``crm`` processes
MANY = 30_000  # records of the job: more than one change set, even while nobody waits


def write(store: str, number: int, shared: str) -> None:
    """Three changes: a record of one's own, one that everybody changes, and one that a derived value follows from."""
    with open_workspace(store) as workspace:
        workspace.run(Add("contact", {"name": f"Writer {number}", "email": f"w{number}@x.example"}))
        workspace.run(Set("contact", (shared,), (("tags", "+=", f"w{number}"),)))
        workspace.run(Add("activity", {"name": f"Call {number}", "type": "call", "contact": shared}))


def large_job(store: str) -> None:
    """Change set after change set, small while others wait, as imports do."""
    with open_workspace(store) as workspace:
        job = workspace.start_job("import", "import", {})
        entity = workspace.registry.entity("contact")
        while job.count < MANY:
            size = min(job.batch_size(), MANY - job.count)
            with job.step() as step:
                names = [
                    {"name": f"Person {job.count + n}", "email": f"p{job.count + n}@x.example"}
                    for n in range(size)
                ]
                step.apply([changes.create(entity, values) for values in names])
        job.finish()


def test_two_hundred_writers_beside_a_large_job(tmp_path: Path) -> None:
    store = str(tmp_path / "workspaces" / "default" / "crm.db")
    with create_workspace(store, NewWorkspace("Test", "Mia Ito")) as workspace:
        shared = workspace.run(Add("contact", {"name": "Everybody's"})).made[-1][1]
    ready, start = os.pipe()

    def together(work: Callable[[], None]) -> Callable[[], None]:
        def begin() -> None:
            os.close(start)
            os.read(ready, 1)  # nothing comes: it ends when everybody is there
            work()

        return begin

    works: list[Callable[[], None]] = [partial(large_job, store)]
    works += [partial(write, store, number, shared) for number in range(WRITERS - PROGRAMS)]
    children = [forked(together(work)) for work in works]
    env = {k: v for k, v in os.environ.items() if not k.startswith("CRM_")} | {"CRM_HOME": str(tmp_path)}
    program = [sys.executable, "-c", "from crmtool.cli.main import main; main()"]
    programs = [
        subprocess.Popen([*program, "contact", "add", f"Program {number}"], env=env, stdout=subprocess.PIPE)
        for number in range(PROGRAMS)
    ]
    os.close(ready)
    os.close(start)
    failed = [child for child in children if os.waitpid(child, 0)[1] != 0]
    for one in programs:
        one.communicate()
    assert (failed, [one.returncode for one in programs]) == ([], [0] * PROGRAMS)

    with open_workspace(store) as workspace:
        sound(workspace)
        count = workspace.db.scalar
        assert count("SELECT count(*) FROM contacts") == 1 + MANY + WRITERS
        assert count("SELECT count(DISTINCT name) FROM contacts") == 1 + MANY + WRITERS
        assert count("SELECT count(*) FROM activities") == WRITERS - PROGRAMS
        everybody = workspace.reader.require("contact", shared)
        assert set(everybody["tags"]) == {f"w{number}" for number in range(WRITERS - PROGRAMS)}
        assert everybody["rev"] == 1 + WRITERS - PROGRAMS
        # The job let others in: their changes stand between its own.
        own = [header.n for header in workspace.log.sets("command = 'import'")]
        between = count(
            "SELECT count(*) FROM change_set WHERE n > ? AND n < ? AND job IS NULL", (own[0], own[-1])
        )
        assert between > 0
