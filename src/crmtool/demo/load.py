"""Loading the sample workspace into a real one: one job of many change sets, undone by one command."""

from __future__ import annotations

from crmtool.core import clock
from crmtool.core.errors import ConflictError, UsageError
from crmtool.core.messages import Message
from crmtool.core.struct import Struct
from crmtool.demo.generator import DemoPlan, batches
from crmtool.store.reader import Query

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from crmtool.app.jobs import Job, Step
    from crmtool.app.workspace import Workspace
    from crmtool.core.changes import Change

    Progress = Callable[[int, int], None]

COMMAND = "demo"
MOST_CONTACTS = 20_000_000
CHANGES_A_CONTACT = 3.1  # for the progress shown; the stream itself says when it ends


class Loaded(Struct):
    """What was loaded. ``handle`` is what ``crm undo`` takes."""

    plan: DemoPlan
    changes: int
    handle: str


def check_size(contacts: int) -> None:
    """``UsageError`` for a number of contacts that makes no sense."""
    if not 1 <= contacts <= MOST_CONTACTS:
        raise UsageError(
            Message("The number of contacts lies between 1 and {most}.", most=MOST_CONTACTS),
            Message("For example --contacts 2000."),
            contacts=contacts,
        )


def plan_for(workspace: Workspace, contacts: int, seed: int) -> DemoPlan:
    """The plan that fits into this workspace: its currency, its user, its first pipeline. ``UsageError`` for an absurd size."""
    check_size(contacts)
    pipelines = list(workspace.query(Query("pipeline", expand=False)))
    first = next((p for p in pipelines if p["default"]), None)
    pipeline = None
    if first is not None:
        stages = [s for s in workspace.query(Query("stage", expand=False)) if s["pipeline"] == first["id"]]
        if len(stages) >= 2:
            stages.sort(key=lambda stage: stage["position"] or 0)
            pipeline = (first["id"], tuple(stage["id"] for stage in stages))
    return DemoPlan(contacts, seed, clock.now(), workspace.context.currency, workspace.context.me, pipeline)


def check_empty(workspace: Workspace) -> None:
    """``ConflictError`` when there are contacts, companies or deals, in the trash too: samples must not mix with real data."""
    for noun in ("contact", "company", "deal"):
        count = workspace.reader.count(Query(noun, trash="with"))
        if count:
            raise ConflictError(
                Message("This workspace holds records already, and sample data would mix with them."),
                Message("Choose another one: crm demo --workspace demo"),
                code="not_empty",
                entity=noun,
                count=count,
            )


def load(workspace: Workspace, plan: DemoPlan, progress: Progress | None = None) -> Loaded:
    """Load the whole plan as one job. ``progress`` is told the changes written and about how many there will be.

    What was interrupted stays as it is, whole change sets only: undo takes it back, ``resume`` goes on.
    """
    state = {key: getattr(plan, key) for key in DemoPlan._fields}
    return _run(
        workspace, workspace.start_job(COMMAND, "import", {"plan": state, "changes": 0}), plan, progress
    )


def resume(workspace: Workspace, handle: str, progress: Progress | None = None) -> Loaded:
    """Go on with a load that was interrupted: the same stream again, behind the last piece that was written."""
    job = workspace.resume_job(handle)
    if job.command != COMMAND:
        raise UsageError(
            Message("Job {handle} did not load sample data.", handle=handle),
            Message("“crm doctor” lists unfinished jobs."),
        )
    held = job.state["plan"]
    pipeline = (held["pipeline"][0], tuple(held["pipeline"][1])) if held["pipeline"] else None
    return _run(workspace, job, DemoPlan(**{**held, "pipeline": pipeline}), progress)


def _run(workspace: Workspace, job: Job, plan: DemoPlan, progress: Progress | None) -> Loaded:
    """Write the stream from where the job's state says it stands."""
    done = int(job.state["changes"])
    expected = max(1, int(plan.contacts * CHANGES_A_CONTACT))
    position = 0
    for batch in batches(plan):
        numbers: dict[str, int] = {}
        for changes in batch.steps():
            at = max(0, done - position)
            while at < len(changes):
                piece = changes[at : at + job.batch_size()]
                at += len(piece)
                with job.step() as step:
                    _number(step, piece, numbers)
                    step.apply(piece, {**job.state, "changes": position + at})
                if progress:
                    progress(position + at, expected)
            position += len(changes)
    job.finish()
    return Loaded(plan, position, job.handle)


def _number(step: Step, changes: list[Change], numbers: dict[str, int]) -> None:
    """Complete the bases of updates with the numbers that the store gave their records."""
    wanted: dict[str, list[str]] = {}
    for change in changes:
        if change.base is not None and change.record not in numbers:
            wanted.setdefault(change.entity, []).append(change.record)
    for entity, records in wanted.items():
        for record, held in step.reader.get_many(entity, records).items():
            numbers[record] = held["n"]
    for change in changes:
        if change.base is not None:
            change.base["n"] = numbers[change.record]
