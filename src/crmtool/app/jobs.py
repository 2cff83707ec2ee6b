"""Larger work: change sets that share a job id, with the lock released between them.

The job's state is written in the same transaction as each change set, so a killed job resumes behind the
last whole set, and undo takes all of it back at once.
"""

from __future__ import annotations

import json
import time
from contextlib import contextmanager

from crmtool.core import clock, ids
from crmtool.core.changes import MAX_CHANGES, MAX_CHANGES_ALONE, ChangeSet
from crmtool.core.errors import ConflictError, NotFoundError
from crmtool.core.jsontext import dumps
from crmtool.core.messages import Message
from crmtool.store import erase

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from crmtool.app.workspace import Workspace
    from crmtool.core.changes import Applied, Change
    from crmtool.store.reader import Reader

# After somebody had to wait, a job keeps its sets small for this long.
POLITE_SECONDS = 5.0


class Job:
    """One running job."""

    def __init__(
        self, workspace: Workspace, job_id: str, command: str, origin: str, state: dict[str, Any]
    ) -> None:
        self.workspace = workspace
        self.id = job_id
        self.command = command
        self.origin = origin
        self.state = state
        self.count = 0
        self._polite_until = 0.0

    @property
    def handle(self) -> str:
        """What ``crm undo`` takes to take all of it back."""
        return ids.handle(self.id)

    @classmethod
    def start(cls, workspace: Workspace, command: str, origin: str, state: dict[str, Any]) -> Job:
        job_id, now = ids.new_id(), clock.now()
        workspace.db.claim(_claim(job_id))
        with workspace.db.atomic():
            workspace.db.execute(
                "INSERT INTO job (id, command, origin, state, status, actor, started_at, updated_at) "
                "VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                (job_id, command, origin, dumps(state), "running", workspace.actor.user, now, now),
            )
        return cls(workspace, job_id, command, origin, state)

    @classmethod
    def resume(cls, workspace: Workspace, handle: str) -> Job:
        """The interrupted job with this handle, for this process alone.

        Raises ``NotFoundError``, or ``ConflictError`` when it is finished, or when another process is at work on it.
        """
        bounds = ids.handle_range(handle) if not ids.is_id(handle) else (handle[26:], handle[26:])
        row = workspace.db.one(
            "SELECT id, command, origin, state, status FROM job WHERE substr(id, 27) BETWEEN ? AND ?",
            bounds or ("", ""),
        )
        if row is None:
            raise NotFoundError(
                Message("There is no job {handle}.", handle=handle),
                Message("“crm doctor” lists unfinished jobs."),
            )
        if row[4] != "running":
            raise _finished(handle)
        if not workspace.db.claim(_claim(row[0])):
            raise ConflictError(
                Message("Another program is at work on job {handle}.", handle=ids.handle(row[0])),
                Message("Wait until it is done; “crm history” shows how far it is."),
                code="claimed",
            )
        # What was read before the claim may be older than what its last holder wrote.
        state, status = workspace.db.one("SELECT state, status FROM job WHERE id = ?", (row[0],)) or row[3:]
        if status != "running":
            workspace.db.release(_claim(row[0]))
            raise _finished(handle)
        return cls(workspace, row[0], row[1], row[2], json.loads(state))

    def batch_size(self) -> int:
        """How many changes the next change set may hold: few while others wait to write, many when alone."""
        if self.workspace.db.contended():
            self._polite_until = time.monotonic() + POLITE_SECONDS
        return MAX_CHANGES if time.monotonic() < self._polite_until else MAX_CHANGES_ALONE

    @contextmanager
    def step(self) -> Iterator[Step]:
        """One transaction of the job: read through ``step.reader``, then ``step.apply``.

        Raises ``ConflictError`` when somebody took the job back meanwhile.
        """
        workspace = self.workspace
        step = Step(self)
        workspace.db.relaxed(True)
        with workspace.db.atomic():
            if not is_running(workspace, self.id):
                raise ConflictError(
                    Message("Job {handle} was stopped and taken back.", handle=self.handle),
                    Message("Begin it anew."),
                    code="stopped",
                )
            if workspace.refresh_definitions():
                step.reader = workspace.reader
            yield step
        for change_set in step.written:
            self.count += len(change_set.changes)
            workspace.written(change_set)

    def finish(self, state: dict[str, Any] | None = None, status: str = "done") -> None:
        """Mark the job finished; its handle stays good for undo."""
        self.state = state if state is not None else self.state
        if self.count >= MAX_CHANGES_ALONE:
            self._merge()
        self.workspace.db.relaxed(False)  # first, so that this commit makes all before it durable
        with self.workspace.db.atomic():
            self._save(status)
        self.let_go()
        erase.finish(self.workspace.db)

    def let_go(self) -> None:
        """Stop working on the job, so that another process may go on with it; what this one writes next is durable again."""
        self.workspace.db.relaxed(False)
        self.workspace.db.release(_claim(self.id))

    def _merge(self) -> None:
        """Every piece of the search index costs every search: merge what so many change sets left, others in between."""
        more = True
        while more:
            with self.workspace.db.atomic():
                more = self.workspace.db.search_merge()

    def _save(self, status: str) -> None:
        self.workspace.db.execute(
            "UPDATE job SET state = ?, status = ?, updated_at = ? WHERE id = ? AND status = 'running'",
            (dumps(self.state), status, clock.now(), self.id),
        )


class Step:
    """One transaction of a job."""

    def __init__(self, job: Job) -> None:
        self.job = job
        self.reader: Reader = job.workspace.reader
        self.written: list[ChangeSet] = []

    def apply(
        self,
        changes: list[Change],
        state: dict[str, Any] | None = None,
        *,
        undoes: str | None = None,
        caused_by: str | None = None,
    ) -> Applied | None:
        """Write changes as one change set of the job and save its state, both or neither."""
        job = self.job
        if state is not None:
            job.state = state
        change_set = ChangeSet(changes, job.command, job.origin, job.id, caused_by, undoes)
        applied = job.workspace.write(change_set)
        job._save("running")
        if applied is not None:
            self.written.append(change_set)
        return applied


def _claim(ident: str) -> str:
    """What one process holds while it works on a job."""
    return f"job-{ids.handle(ident)}"


def _finished(handle: str) -> ConflictError:
    return ConflictError(
        Message("Job {handle} is finished.", handle=handle),
        Message("To take it back: {command}", command=f"crm undo {handle}"),
    )


def is_running(workspace: Workspace, ident: str) -> bool:
    """Whether a job is under way or was interrupted, so that it can go on."""
    return bool(workspace.db.one("SELECT 1 FROM job WHERE id = ? AND status = 'running'", (ident,)))


def stop(workspace: Workspace, ident: str) -> bool:
    """Keep a job from going on, because it is being taken back; whether it could have. Inside the caller's transaction."""
    running = is_running(workspace, ident)
    workspace.db.execute(
        "UPDATE job SET status = 'undone', updated_at = ? WHERE id = ? AND status = 'running'",
        (clock.now(), ident),
    )
    return running


def unfinished(workspace: Workspace) -> list[dict[str, Any]]:
    """The jobs that were interrupted: id, handle, command, when, state."""
    rows = workspace.db.rows(
        "SELECT id, command, state, started_at, updated_at FROM job WHERE status = 'running' ORDER BY id"
    )
    return [
        {
            "id": r[0],
            "handle": ids.handle(r[0]),
            "command": r[1],
            "state": json.loads(r[2]),
            "started_at": r[3],
            "updated_at": r[4],
        }
        for r in rows
    ]
