"""Doing what a plan says: one job of change sets, which one undo takes back and which goes on after an interruption.

Rows are read and checked outside the transaction; inside it they are matched against what the store holds then, decided, and
written together with the number of the last row done. A killed import therefore resumes behind the last whole change set.
"""

from __future__ import annotations

import os
from itertools import islice

from crmtool.core.errors import NotFoundError
from crmtool.core.messages import Message
from crmtool.core.struct import Struct
from crmtool.transfer.deciding import REJECTED
from crmtool.transfer.finding import Finder
from crmtool.transfer.known import Known
from crmtool.transfer.resuming import COMMAND, check, interrupted, kept
from crmtool.transfer.sources.rejects import free_path
from crmtool.transfer.tally import Tally

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from crmtool.app.jobs import Job
    from crmtool.app.workspace import Workspace
    from crmtool.transfer.deciding import Batch
    from crmtool.transfer.drafts import Draft
    from crmtool.transfer.part import Part
    from crmtool.transfer.plan import Plan, Progress

# Rows decided together. More of them are hardly faster and take 6 MB a thousand.
ROWS = 5_000


class Report(Struct):
    """What an import did as the job ``job``. ``undo`` is the handle that takes it back, ``None`` when nothing changed;
    ``rejects`` are the files of rejected rows. ``tally`` counts all, ``tallies`` each part of the plan, in its order.
    """

    tally: Tally
    tallies: list[Tally]
    job: str
    undo: str | None
    rejects: list[str]


class Import:
    """An import under way. ``handle`` names its job from the moment it runs: for undo, also of a part, and for resuming."""

    def __init__(
        self, workspace: Workspace, plan: Plan, *, rejects: str | None = None, resume: bool = False
    ) -> None:
        self.workspace = workspace
        self.plan = plan
        self.tallies = [Tally() for _ in plan.parts]
        self._part, self._cursor = 0, 0
        self._wrote = False
        self._read = kept(plan)
        if resume:
            self._job = self._interrupted()
            state = self._job.state
            self.tallies = [Tally.from_state(one) for one in state["tallies"]]
            self._part, self._cursor, self._wrote = state["part"], state["cursor"], state["wrote"]
            for part, waits in zip(plan.parts, state["waits"], strict=True):
                part.waits = waits
            self._rejects = [
                part.source.rejects(path, size=size)
                for part, (path, size) in zip(plan.parts, state["rejects"], strict=True)
            ]
        else:
            for part in plan.parts:
                part.waits = False
            paths = _reject_paths(plan.parts, rejects)
            self._rejects = [part.source.rejects(path) for part, path in zip(plan.parts, paths, strict=True)]
            self._job = workspace.start_job(COMMAND, COMMAND, self._state())
        self._make_fields()
        self._decider = plan.decider(workspace)
        self._known = Known()

    def _make_fields(self) -> None:
        """The fields of our own that the map asks for, before any record that fills them."""
        made, self.plan.new_fields = self.plan.new_fields, []
        if made:
            self._wrote = True
            try:
                with self._job.step() as step:
                    step.apply(made, self._state())
            except BaseException:
                self._job.let_go()
                raise

    @property
    def handle(self) -> str:
        return self._job.handle

    @property
    def tally(self) -> Tally:
        """The counts so far, of all parts."""
        return self.tallies[0] if len(self.tallies) == 1 else Tally.total(self.tallies)

    def run(self, progress: Progress | None = None) -> Report:
        """Read, decide and write until the files end. An exception leaves the job resumable, by any process."""
        parts = self.plan.parts
        read = 0
        try:
            for number, part in enumerate([*parts, *parts]):
                again = number >= len(parts)
                if again and not part.waits:
                    continue
                drafts = part.drafts(self.plan.registry, self.workspace.context)
                if number < self._part:
                    if not again:
                        self._skip(part, drafts, None)
                    continue
                if self._cursor:
                    self._skip(part, drafts, self._cursor)
                self._part = number
                for _ in self._rest(part, drafts, again=again):
                    if progress is not None:
                        progress(read + (0 if again else part.source.position), self.plan.size, self.tally)
                self._cursor = 0
                read += 0 if again else part.source.size
        except BaseException:
            self._job.let_go()
            raise
        finally:
            for file in self._rejects:
                file.close()
        self._job.finish(self._state())
        rejects = [
            file.path
            for file, tally in zip(self._rejects, self.tallies, strict=True)
            if tally.counts[REJECTED]
        ]
        return Report(self.tally, self.tallies, self._job.id, self.handle if self._wrote else None, rejects)

    def _rest(self, part: Part, drafts: Iterator[Draft], *, again: bool) -> Iterator[None]:
        """Decide and write what is left of a part, a change set at a time; ``again``: tie its rows to what came later."""
        step = self._tie if again else self._step
        waiting: list[Draft] = []
        while True:
            limit = self._job.batch_size()
            # One change a row is the rule; companies and tags that are met first take the rest of the room.
            waiting += islice(drafts, max(0, min(limit * 3 // 4, ROWS) - len(waiting)))
            if not waiting:
                return
            waiting = waiting[step(part, waiting, limit) :]
            yield

    def _step(self, part: Part, waiting: list[Draft], limit: int) -> int:
        """One transaction: decide as many rows as fit a change set, and write them. Answers how many rows are done."""
        filled = [draft for draft in waiting if draft.counts]
        part.waits = part.waits or any(draft.waits for draft in filled)
        tally = self.tallies[self._part]
        with self._job.step() as step:
            batch = self._decider.decide(
                Finder(step.reader), filled, limit, vendor=part.vendor, title=part.called
            )
            rejected = [outcome.draft for outcome in batch.outcomes if outcome.verdict == REJECTED]
            if rejected:
                self._rejects[self._part].write(rejected)
            tally.add(batch)
            self._known.look(step.reader, batch, tally)
            done = self._advance(waiting, filled, batch)
            tally.leave(waiting[:done])
            step.apply(batch.changes, self._state())
        return done

    def _tie(self, part: Part, waiting: list[Draft], limit: int) -> int:
        """One transaction: tie as many rows as fit a change set to what they name. Answers how many rows are done."""
        filled = [draft for draft in waiting if draft.counts and draft.waits]
        with self._job.step() as step:
            batch = self._decider.tie(Finder(step.reader), filled, limit, vendor=part.vendor)
            self.tallies[self._part - len(self.plan.parts)].add(batch)
            done = self._advance(waiting, filled, batch)
            step.apply(batch.changes, self._state())
        return done

    def _advance(self, waiting: list[Draft], filled: list[Draft], batch: Batch) -> int:
        """How many of the rows are done with this batch, empty ones between them included."""
        if batch.used == len(filled):
            done = len(waiting)
        else:
            following = filled[batch.used]
            done = next(at for at, draft in enumerate(waiting) if draft is following)
        if done:
            self._cursor = waiting[done - 1].row
        self._wrote = self._wrote or bool(batch.changes)
        return done

    def _skip(self, part: Part, drafts: Iterator[Draft], cursor: int | None) -> None:
        """Pass over the rows that are done, up to row ``cursor`` or all, noting for whom they stood."""
        chunk: list[Draft] = []
        for draft in drafts:
            if draft.counts:
                chunk.append(draft)
            last = cursor is not None and draft.row >= cursor
            if last or len(chunk) >= 4_000:
                self._remember(part, chunk)
                chunk = []
            if last:
                return
        self._remember(part, chunk)

    def _remember(self, part: Part, drafts: list[Draft]) -> None:
        with self.workspace.db.reading():
            self._decider.remember(Finder(self.workspace.reader), drafts, part.vendor)

    def _state(self) -> dict[str, Any]:
        return {
            "files": [part.source.name for part in self.plan.parts],
            "parts": [part.identity for part in self.plan.parts],
            "read": self._read,
            "part": self._part,
            "cursor": self._cursor,
            "waits": [part.waits for part in self.plan.parts],
            "wrote": self._wrote,
            "tallies": [tally.to_state() for tally in self.tallies],
            "rejects": [[file.path, file.size] for file in self._rejects],
        }

    def _interrupted(self) -> Job:
        job = interrupted(self.workspace, self.plan.digests)
        if job is None:
            raise NotFoundError(
                Message("No import of this file was interrupted."),
                Message("Import it without --resume; what is there already stays as it is."),
                code="nothing_to_resume",
            )
        check(job, self.plan)
        self._read = job["state"].get("read") or self._read
        return self.workspace.resume_job(job["id"])


def _reject_paths(parts: list[Part], wanted: str | None) -> list[str]:
    """Where the rejected rows of each part go: beside its file, into the folder ``wanted``, or to files named like ``wanted``."""
    if wanted is None:
        taken: list[str] = []
        for part in parts:
            taken.append(free_path(part.source, taken))
        return taken
    stem, ending = os.path.splitext(wanted)
    return [wanted if not number else f"{stem}-{number + 1}{ending}" for number in range(len(parts))]


def apply(
    workspace: Workspace,
    plan: Plan,
    progress: Progress | None = None,
    *,
    rejects: str | None = None,
    resume: bool = False,
) -> Report:
    """Import the files of a plan as one job. ``rejects`` names the file of rejected rows, by default one beside the source.

    ``resume`` goes on with the interrupted import of the same files; ``NotFoundError`` when there is none, ``ConflictError`` when
    the plan reads them another way: see ``plan(resume=True)``.
    """
    return Import(workspace, plan, rejects=rejects, resume=resume).run(progress)
