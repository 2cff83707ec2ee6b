"""Many commands as one piece of work: one change set while they are few, a job when they are many.

Commands are decided in turn, each on the store as the ones before left it. What refuses one of them (a wrong value, a name that
means nobody) rejects that one alone and is reported; the rest is done.
"""

from __future__ import annotations

from itertools import islice

from crmtool.app.handlers import Deciding
from crmtool.core.changes import CREATE, ChangeSet
from crmtool.core.errors import CrmError, UsageError
from crmtool.core.messages import Message, t
from crmtool.core.struct import Struct

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from typing import Any

    from crmtool.app.commands import Command
    from crmtool.app.workspace import Workspace
    from crmtool.core.changes import Change

CHUNK = 500  # commands decided together; each may come to several changes, and a change set holds 2,000
SHOWN = 20  # changes kept for showing


class Item(Struct):
    """One command of many. ``place`` says where it comes from (a line of a file, a record); it may hold an error already."""

    place: str
    command: Command | None
    error: CrmError | None = None


class Rejected(Struct):
    """An item that was not done, and why."""

    place: str
    error: CrmError


class Bulk(Struct):
    """What many commands did: counts by verb, (entity, id) of every record touched, the first changes, what was rejected.

    ``interrupted``: it was stopped between two change sets; what is counted here is done and can be taken back.
    """

    handle: str | None
    counts: dict[str, int]
    changed: list[tuple[str, str]]
    changes: tuple[Change, ...]
    rejected: list[Rejected]
    interrupted: bool = False

    @property
    def count(self) -> int:
        return sum(self.counts.values())


def run_many(
    workspace: Workspace,
    items: Iterable[Item],
    label: str,
    *,
    dry_run: bool = False,
    origin: str = "user",
    progress: Callable[[int, int], None] | None = None,
    collect: bool = False,
    whole: bool = False,
) -> Bulk:
    """Run the commands of ``items``. The first error is raised when nothing at all could be done, unless they are to be
    ``collect``ed.

    ``progress`` is told how many items are done; how many there are nobody knows, which is 0. A dry run decides
    everything and writes nothing; a command more than a chunk later does not see what an earlier one would have
    made. ``whole`` keeps every change, for who is told all that a dry run would do.
    """
    work = _Work(workspace, label, origin, dry_run, progress, whole=whole)
    source = iter(items)
    first = list(islice(source, CHUNK))
    following = list(islice(source, CHUNK))
    workspace.refresh_clock()
    if not following:
        work.once(first)
    else:
        work.job(first, following, source)
    if not work.out.changed and work.out.rejected and not collect:
        raise work.out.rejected[0].error
    return work.out


class _Work:
    def __init__(
        self,
        workspace: Workspace,
        label: str,
        origin: str,
        dry_run: bool,
        progress: Callable[[int, int], None] | None,
        *,
        whole: bool,
    ) -> None:
        self.workspace = workspace
        self.label = label
        self.origin = origin
        self.dry_run = dry_run
        self.progress = progress
        self.whole = whole
        self.out = Bulk(None, {}, [], (), [])

    def once(self, items: list[Item]) -> None:
        workspace = self.workspace
        if self.dry_run:
            self._note(self._decide(items))
            return
        with workspace.db.atomic():
            workspace.refresh_definitions()
            change_set = ChangeSet(self._decide(items), self.label, self.origin)
            applied = workspace.write(change_set)
        self._note(change_set.changes)
        if applied is not None:
            self.out.handle = applied.handle
            workspace.written(change_set)

    def job(self, first: list[Item], following: list[Item], source: Iterator[Item]) -> None:
        chunks = _chunks(first, following, source)
        if self.dry_run:
            for chunk in chunks:
                self._note(self._decide(chunk))
            return
        job = self.workspace.start_job(self.label, self.origin, {"done": 0})
        done = 0
        try:
            for chunk in chunks:
                done += len(chunk)
                with job.step() as step:
                    made = self._decide(chunk)
                    step.apply(made, {"done": done})
                self._note(made)
                if self.progress is not None:
                    self.progress(done, 0)
        except KeyboardInterrupt:
            self.out.interrupted = True
        job.finish()
        self.out.handle = job.handle if self.out.changed else None

    def _decide(self, items: list[Item]) -> list[Change]:
        workspace = self.workspace
        # What an actor may not do rejects the one command, as a wrong value does.
        work = Deciding(workspace.reader, workspace.registry, workspace.context, workspace.check)
        work.foresee(item.command for item in items if item.error is None and item.command is not None)
        seen: set[str] = set()
        for item in items:
            error = item.error
            if error is None and item.command is not None:
                touched = getattr(item.command, "records", None) or (
                    getattr(item.command, "record", item.place),
                )
                try:
                    # A second command would decide on what the store still holds, not on what the first comes to.
                    if not seen.isdisjoint(touched):
                        raise UsageError(
                            Message("This record stands here twice."),
                            Message("Leave one of the two out."),
                            code="twice",
                        )
                    work.attempt(item.command)
                    seen.update(touched)
                except CrmError as refused:
                    error = refused
            if error is not None:
                self.out.rejected.append(Rejected(item.place, error))
        return work.changes

    def _note(self, changes: list[Change]) -> None:
        counts: dict[str, Any] = self.out.counts
        for change in changes:
            counts[change.verb] = counts.get(change.verb, 0) + 1
            self.out.changed.append((change.entity, change.record))
        room = len(changes) if self.whole else SHOWN - len(self.out.changes)
        if room > 0:
            main = [change for change in changes if change.verb != CREATE or change.entity != "tag"]
            self.out.changes = (*self.out.changes, *main[:room])


def _chunks(first: list[Item], following: list[Item], source: Iterator[Item]) -> Iterator[list[Item]]:
    yield first
    yield following
    while True:
        chunk: list[Item] = []
        try:
            for item in islice(source, CHUNK):
                chunk.append(item)  # noqa: PERF402 - what was read before an error counts
        except CrmError as error:
            # By now part of the work is done, so this is a report and no failure of the whole.
            yield [*chunk, Item(t("the rest"), None, error)]
            return
        if not chunk:
            return
        yield chunk
