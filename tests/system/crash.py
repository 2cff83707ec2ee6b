"""Processes that are killed while they work, and what must hold of the store they leave.

A child is killed either after a time, which may be in the middle of a statement, a commit or a copy, or when it is about to run
its n-th SQL statement. The second makes every statement a numbered fail point, the engine's own inside the search index among
them, without a hook in the program: the engine tells its statements to whoever asks.

The children are forked from a process that has everything loaded and nothing open.
"""

from __future__ import annotations

import contextlib
import itertools
import os
import posix
import random
import shutil
import signal
import sys
import time
import traceback
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

from sqlcipher3 import dbapi2 as engine

from crmtool.app import jobs
from crmtool.app.commands import Add, Purge, Remove, Restore, Set, Undo
from crmtool.app.create import NewWorkspace, create_workspace
from crmtool.app.workspace import Workspace, open_workspace
from crmtool.core import changes
from crmtool.core.ids import HANDLE_AT
from crmtool.store import doctor, erase, migrations, version
from crmtool.store.db import open_database
from crmtool.store.rebuild import rebuild as rebuild_all

PEOPLE = 240  # in the template, made by one job
STEPS, STEP = 5, 60  # of the job that is killed
VICTIM = "Zorkmid Quuxling"
NEXT = {
    "number": version.LATEST + 1,
    "name": "test",
    "statements": ["CREATE TABLE later (n {integer} PRIMARY KEY, v {text})", 'ALTER TABLE "tags" ADD COLUMN "v" {text}'],
    "search": [],
}  # fmt: skip


class Kill(NamedTuple):
    """When a child is killed: before its n-th statement, or after so many seconds."""

    statement: int | None = None
    seconds: float | None = None


def template(folder: Path) -> Path:
    """A store with a bit of everything, closed."""
    store = folder / "template" / "crm.db"
    with create_workspace(str(store), NewWorkspace("Test", "Mia Ito")) as workspace:
        run_job(workspace, PEOPLE // STEP)
        values = {
            "name": VICTIM,
            "email": "zorkmid@x.example",
            "company": "Acme",
            "tags": "vip, key",
            "phone": "+34600123456",
        }
        person = workspace.run(Add("contact", values)).made[-1][1]
        workspace.run(Add("note", {"body": "Zorkmid called", "contact": person}))
        workspace.run(Add("deal", {"name": "Big", "company": "Acme", "contact": person, "amount": "10k"}))
    return store


def fresh(of: Path, folder: Path) -> Path:
    """A copy of a closed store in a new folder."""
    place = folder / "crm.db"
    (folder / "run").mkdir(parents=True)
    shutil.copyfile(of, place)
    return place


# -- what is killed ------------------------------------------------------------------------------------------------------


def run_job(workspace: Workspace, steps: int, job: jobs.Job | None = None) -> None:
    """Make people in steps, going on where the state of an interrupted job says."""
    job = job or workspace.start_job("import", "import", {"done": 0})
    entity = workspace.registry.entity("contact")
    for number in range(job.state["done"], steps):
        with job.step() as step:
            names = [{"name": f"Person {number}-{n}", "tags": ["made"]} for n in range(STEP)]
            step.apply([changes.create(entity, values) for values in names], {"done": number + 1})
    job.finish()


def single(store: str) -> None:
    """One change after the other, of every verb."""
    with open_workspace(store) as workspace:
        for number in itertools.count():
            values = {
                "name": f"Somebody {number}",
                "email": f"s{number}@x.example",
                "company": f"Firm {number % 3}",
            }
            made = workspace.run(Add("contact", values)).made[-1][1]
            workspace.run(
                Set("contact", (made,), (("lifecycle", "=", "customer"), ("tags", "+=", f"t{number}")))
            )
            workspace.run(Add("activity", {"name": "Call", "type": "call", "contact": made}))
            workspace.run(Remove("contact", (made,)))
            workspace.run(Restore("contact", (made,)))
            workspace.run(Undo())
            if number == 3:
                return


def job(store: str) -> None:
    with open_workspace(store) as workspace:
        run_job(workspace, STEPS)


def undo_job(store: str) -> None:
    with open_workspace(store) as workspace:
        imported = next(workspace.log.sets("command = 'import'")).handle_id
        workspace.run(Undo(imported))


def purge(store: str) -> None:
    with open_workspace(store) as workspace:
        found = workspace.reader.by_name("contact", [VICTIM.casefold()])
        for person in itertools.chain(*found.values()):
            workspace.run(Purge("contact", (person,)))


def migrate(store: str) -> None:
    with next_version():
        open_workspace(store).close()


def define(store: str) -> None:
    """Own objects and fields, which make tables and indexes."""
    with open_workspace(store) as workspace:
        workspace.run(Add("object", {"key": "boat", "name": "Boat"}))
        workspace.run(Add("field", {"of": "contact", "key": "hobby", "name": "Hobby", "kind": "text"}))
        workspace.run(Add("boat", {"name": "Argo"}))


def rebuild(store: str) -> None:
    with open_workspace(store) as workspace:
        rebuild_all(workspace.db, workspace.layouts)


class next_version:
    """A program one migration ahead of this one."""

    def __enter__(self) -> None:
        known = migrations.load()
        self._before = migrations.load
        migrations.load = lambda: [*known, NEXT]
        self._set(version.LATEST + 1)

    def __exit__(self, *_: object) -> None:
        migrations.load = self._before
        self._set(version.LATEST)

    def _set(self, number: int) -> None:
        from crmtool.app import workspace

        migrations.LATEST = workspace.LATEST = number  # type: ignore[attr-defined]


SCENARIOS: dict[str, Callable[[str], None]] = {
    scenario.__name__: scenario for scenario in (single, job, undo_job, purge, migrate, define, rebuild)
}


# -- killing ---------------------------------------------------------------------------------------------------------------


def forked(work: Callable[[], None]) -> int:
    """Start a child that does ``work``, from a process that has everything loaded and no store open; its number."""
    sys.stdout.flush()
    sys.stderr.flush()
    child = os.fork()
    if child == 0:
        sys.settrace(
            None
        )  # what it runs is measured elsewhere; two hundred that trace take half as long again
        try:
            work()
            posix._exit(0)  # that of ``os`` may be one that saves what the parent measured
        except BaseException:
            traceback.print_exc()
            posix._exit(1)
    return child


def run(scenario: Callable[[str], None], store: Path, kill: Kill) -> bool:
    """Run a scenario in a child and kill it; whether it was killed before its end. A child that fails by itself is an error."""

    def work() -> None:
        if kill.statement is not None:
            die_at(kill.statement)
        scenario(str(store))

    child = forked(work)
    if kill.seconds is not None:
        time.sleep(kill.seconds)
        os.kill(child, signal.SIGKILL)
    _, status = os.waitpid(child, 0)
    if os.WIFEXITED(status):
        assert os.WEXITSTATUS(status) == 0, "the child failed before it was killed"
        return False
    assert os.WTERMSIG(status) == signal.SIGKILL
    return True


def die_at(statement: int) -> None:
    """Make this process kill itself before its n-th statement on any connection."""
    left = itertools.count(1)

    def told(sql: str) -> None:
        if next(left) >= statement:
            os.kill(os.getpid(), signal.SIGKILL)

    trace(told)


def trace(told: Callable[[str], None]) -> None:
    """Have every statement of this process told, on any connection that it opens from now on."""
    connect = engine.connect

    def traced(*args: Any, **kwargs: Any) -> Any:
        made = connect(*args, **kwargs)
        made.set_trace_callback(told)
        return made

    engine.connect = traced


def measure(scenario: Callable[[str], None], store: Path) -> tuple[int, float]:
    """(statements, seconds) of a scenario that nobody kills."""
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        statements: list[None] = []
        trace(lambda sql: statements.append(None))
        begin = time.monotonic()
        scenario(str(store))
        os.write(writer, f"{len(statements)} {time.monotonic() - begin}".encode())
        os._exit(0)
    os.close(writer)
    with os.fdopen(reader) as said:
        count, seconds = said.read().split()
    os.waitpid(child, 0)
    return int(count), float(seconds)


def kills(count: int, statements: int, seconds: float, chance: random.Random) -> Iterator[Kill]:
    """Every third by time, the others spread over all statements, so that no stretch of them is left out."""
    for number in range(count):
        if number % 3 == 2:
            yield Kill(seconds=chance.uniform(0, seconds * 1.1))
        else:
            low, high = statements * number // count, statements * (number + 1) // count
            yield Kill(statement=chance.randint(low + 1, max(low + 1, high)))


# -- what must hold --------------------------------------------------------------------------------------------------------


def check(scenario: str, store: Path, *, take_back: bool) -> None:
    """The store is sound, what was interrupted goes on or is taken back, and then it is sound again."""
    backups = store.parent / "backups"
    if backups.is_dir():
        for backup in backups.glob("*.db"):
            whole(backup)
    with next_version() if scenario == "migrate" else contextlib.nullcontext():
        if scenario == "migrate":
            old_or_new(store)
        with open_workspace(str(store)) as workspace:
            sound(workspace, "spans")  # the replay, which costs most, comes when all is done
            CHECKS[scenario](workspace, take_back)
            sound(workspace)


def old_or_new(store: Path) -> None:
    """A store that was being migrated is wholly of one version or wholly of the next."""
    db = open_database(str(store))
    try:
        new = db.schema_version() > version.LATEST
        assert db.columns("later") == (["n", "v"] if new else [])
        assert ("v" in db.columns("tags")) == new
        if new:
            assert list((store.parent / "backups").glob("*.db")), "a backup comes before"
    finally:
        db.close()


def sound(workspace: Workspace, last: str = "replay") -> None:
    """``crm doctor --deep`` finds nothing wrong, up to and with its check ``last``; every record is as old as its log is long."""
    found = []
    every = (*doctor.quick(workspace.db, workspace.layouts),), doctor.deep(workspace.db, workspace.layouts)
    for check, findings in itertools.chain(*every):
        found += [
            str(finding.message)
            for finding in findings
            if finding.level == doctor.WRONG and check != "erasure"
        ]
        if check == last:
            break
    assert found == []
    for entity in workspace.registry.entities.values():
        # By the index of the ends of ids: without it each record would look through the whole log.
        changes = f"SELECT count(*) FROM change WHERE substr(record, {HANDLE_AT}) = substr(t.id, {HANDLE_AT}) AND record = t.id"
        strange = workspace.db.scalar(f'SELECT count(*) FROM "{entity.table}" AS t WHERE rev <> ({changes})')
        assert strange == 0, entity.key


def whole(backup: Path) -> None:
    """A backup that is there is whole, and of the version before."""
    db = open_database(str(backup))
    try:
        assert db.check() == []
        assert db.schema_version() == version.LATEST
        assert db.scalar("SELECT count(*) FROM contacts") == PEOPLE + 1
    finally:
        db.close()


def people(workspace: Workspace) -> int:
    return int(workspace.db.scalar("SELECT count(*) FROM contacts WHERE deleted_at IS NULL"))


def check_job(workspace: Workspace, take_back: bool) -> None:
    """Whole steps only; the job resumes to its end, or leaves nothing behind."""
    assert (people(workspace) - PEOPLE - 1) % STEP == 0
    for unfinished in jobs.unfinished(workspace):
        begun = unfinished["state"]["done"]
        assert people(workspace) == PEOPLE + 1 + begun * STEP
        if take_back and begun:
            workspace.run(Undo(unfinished["handle"]))
            assert people(workspace) == PEOPLE + 1
        else:
            run_job(workspace, STEPS, workspace.resume_job(unfinished["id"]))
            assert people(workspace) == PEOPLE + 1 + STEPS * STEP
    assert jobs.unfinished(workspace) == []


def check_undo_job(workspace: Workspace, take_back: bool) -> None:
    """Whole steps only; the undo goes on to its end, or is itself taken back."""
    half = [found for found in jobs.unfinished(workspace) if found["command"] == "undo"]
    if people(workspace) in (PEOPLE + 1, 1) and not half:
        return
    written = next(workspace.log.sets("command = 'undo'"), None)
    if take_back and written is not None:
        workspace.run(Undo(written.handle_id))
        assert people(workspace) == PEOPLE + 1
    else:
        imported = next(workspace.log.sets("command = 'import'")).handle_id
        workspace.run(Undo(imported))
        assert people(workspace) == 1
    assert jobs.unfinished(workspace) == []


def check_purge(workspace: Workspace, take_back: bool) -> None:
    """The person is there with everything or gone with everything, and an unfinished erasure can be finished."""
    left = list(workspace.reader.by_name("contact", [VICTIM.casefold()], trash="with"))
    notes = workspace.db.scalar("SELECT count(*) FROM notes")
    logged = workspace.db.scalar("SELECT count(*) FROM change WHERE personal LIKE '%Zorkmid%'")
    assert (len(left), notes, logged) in ((1, 1, 2), (0, 0, 0))
    if not left:
        erase.finish(workspace.db)
        assert not erase.unfinished(workspace.db)
        for file in Path(workspace.db.location).parent.glob("crm.db*"):
            assert b"zorkmid" not in file.read_bytes().lower(), file.name


def check_others(workspace: Workspace, take_back: bool) -> None:
    """Nobody's work was touched."""
    assert people(workspace) >= PEOPLE + 1


def check_define(workspace: Workspace, take_back: bool) -> None:
    """An object that is defined has its table."""
    for entity in workspace.registry.entities.values():
        assert workspace.db.columns(entity.table), entity.key


CHECKS: dict[str, Callable[[Workspace, bool], None]] = {
    "single": check_others,
    "job": check_job,
    "undo_job": check_undo_job,
    "purge": check_purge,
    "migrate": check_others,
    "define": check_define,
    "rebuild": check_others,
}
