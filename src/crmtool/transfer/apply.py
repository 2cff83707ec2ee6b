"""Doing what a plan says: one job of change sets, which one undo takes back and which goes on after an interruption.

Rows are read and checked outside the transaction; inside it they are matched against what the store holds then, decided, and
written together with the number of the last row done. A killed import therefore resumes behind the last whole change set.
"""

from __future__ import annotations

from itertools import islice

from crmtool.core.errors import NotFoundError
from crmtool.core.messages import Message
from crmtool.core.struct import Struct
from crmtool.transfer.deciding import REJECTED, Decider
from crmtool.transfer.sources.rejects import free_path
from crmtool.transfer.tally import Tally

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from crmtool.app.jobs import Job
    from crmtool.app.workspace import Workspace
    from crmtool.transfer.drafts import Draft
    from crmtool.transfer.plan import Plan, Progress

COMMAND = "import"
# Rows decided together. More of them are hardly faster and take 6 MB a thousand.
ROWS = 5_000


class Report(Struct):
    """What an import did as the job ``job``. ``undo`` is the handle that takes it back, ``None`` when nothing changed;
    ``rejects`` the file of rejected rows, ``None`` when there were none.
    """

    tally: Tally
    job: str
    undo: str | None
    rejects: str | None


class Import:
    """An import under way. ``handle`` names its job from the moment it runs: for undo, also of a part, and for resuming."""

    def __init__(
        self, workspace: Workspace, plan: Plan, *, rejects: str | None = None, resume: bool = False
    ) -> None:
        self.workspace = workspace
        self.plan = plan
        self.tally = Tally()
        self._cursor = 0
        self._wrote = False
        self._decider = Decider(workspace.registry, workspace.context, plan.layout.vendor)
        if resume:
            self._job = self._interrupted()
            state = self._job.state
            self.tally.from_state(state["tally"])
            self._cursor, self._wrote = state["cursor"], state["wrote"]
            self._rejects = plan.source.rejects(state["rejects"], size=state["rejects_size"])
        else:
            self._rejects = plan.source.rejects(rejects or free_path(plan.source))
            self._job = workspace.start_job(COMMAND, COMMAND, self._state())

    @property
    def handle(self) -> str:
        return self._job.handle

    def run(self, progress: Progress | None = None) -> Report:
        """Read, decide and write until the file ends. An exception leaves the job resumable."""
        drafts = self.plan.drafts(self.workspace)
        try:
            self._skip(drafts)
            waiting: list[Draft] = []
            while True:
                limit = self._job.batch_size()
                # One change a row is the rule; companies and tags that are met first take the rest of the room.
                waiting += islice(drafts, max(0, min(limit * 3 // 4, ROWS) - len(waiting)))
                if not waiting:
                    break
                waiting = waiting[self._step(waiting, limit) :]
                if progress is not None:
                    progress(self.plan.source.position, self.plan.source.size, self.tally)
        finally:
            self._rejects.close()
        self._job.finish(self._state())
        rejected = self.tally.counts[REJECTED]
        return Report(
            self.tally,
            self._job.id,
            self.handle if self._wrote else None,
            self._rejects.path if rejected else None,
        )

    def _step(self, waiting: list[Draft], limit: int) -> int:
        """One transaction: decide as many rows as fit a change set, and write them. Answers how many rows are done."""
        filled = [draft for draft in waiting if not draft.empty]
        with self._job.step() as step:
            batch = self._decider.decide(step.reader, filled, limit)
            rejected = [outcome.draft for outcome in batch.outcomes if outcome.verdict == REJECTED]
            if rejected:
                self._rejects.write(rejected)
            self.tally.add(batch)
            if batch.used == len(filled):
                done = len(waiting)
            else:
                following = filled[batch.used]
                done = next(at for at, draft in enumerate(waiting) if draft is following)
            self.tally.empty += sum(1 for draft in waiting[:done] if draft.empty)
            if done:
                self._cursor = waiting[done - 1].row
            self._wrote = self._wrote or bool(batch.changes)
            step.apply(batch.changes, self._state())
        return done

    def _skip(self, drafts: Iterator[Draft]) -> None:
        """Pass over the rows that are done, noting for whom they stood."""
        if not self._cursor:
            return
        chunk: list[Draft] = []
        for draft in drafts:
            if not draft.empty:
                chunk.append(draft)
            last = draft.row >= self._cursor
            if last or len(chunk) >= 4_000:
                with self.workspace.db.reading():
                    self._decider.remember(self.workspace.reader, chunk)
                chunk = []
            if last:
                return

    def _state(self) -> dict[str, Any]:
        return {
            "file": self.plan.source.name,
            "digest": self.plan.source.digest,
            "layout": [self.plan.layout.vendor, self.plan.layout.entity],
            "cursor": self._cursor,
            "wrote": self._wrote,
            "tally": self.tally.to_state(),
            "rejects": self._rejects.path,
            "rejects_size": self._rejects.size,
        }

    def _interrupted(self) -> Job:
        job = interrupted(self.workspace, self.plan)
        if job is None:
            raise NotFoundError(
                Message("No import of this file was interrupted."),
                Message("Import it without --resume; what is there already stays as it is."),
                code="nothing_to_resume",
            )
        return self.workspace.resume_job(job)


def interrupted(workspace: Workspace, plan: Plan) -> str | None:
    """The id of the last import of the same bytes that was neither finished nor taken back."""
    from crmtool.app.jobs import unfinished
    from crmtool.app.undo import is_undone

    wanted = (plan.source.digest, [plan.layout.vendor, plan.layout.entity])
    for job in reversed(unfinished(workspace)):
        state = job["state"]
        same = job["command"] == COMMAND and (state.get("digest"), state.get("layout")) == wanted
        if same and not is_undone(workspace, job["id"]):
            return str(job["id"])
    return None


def apply(
    workspace: Workspace,
    plan: Plan,
    progress: Progress | None = None,
    *,
    rejects: str | None = None,
    resume: bool = False,
) -> Report:
    """Import the file of a plan as one job. ``rejects`` names the file of rejected rows, by default one beside the source.

    ``resume`` goes on with the interrupted import of the same file; ``NotFoundError`` when there is none.
    """
    return Import(workspace, plan, rejects=rejects, resume=resume).run(progress)
