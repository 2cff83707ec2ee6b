"""What an import would do: whose files they are, which column goes where, and what becomes of the rows. Nothing is written."""

from __future__ import annotations

from itertools import islice

from crmtool.store.layout import Layouts
from crmtool.transfer.deciding import Decider
from crmtool.transfer.finding import Foreseen
from crmtool.transfer.known import Known
from crmtool.transfer.part import Column, Part
from crmtool.transfer.preparing import Options, Preparation
from crmtool.transfer.resuming import in_order, interrupted, recalled
from crmtool.transfer.sources.opening import open_sources
from crmtool.transfer.tally import Tally

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from typing import Self

    from crmtool.app.workspace import Workspace
    from crmtool.core.messages import Message
    from crmtool.transfer.drafts import Draft
    from crmtool.transfer.sources.base import Source
    from crmtool.transfer.survey import Question

    Progress = Callable[[int, int, Tally], None]  # read so far, in all (mostly bytes), counts so far

ROWS_AT_ONCE = 4_000
_NO_LIMIT = 1 << 40  # changes of one batch, which nobody writes


class Plan:
    """Opened files, each with its layout, in the order in which they are read: what is referred to first. A context manager.

    ``count`` fills the tallies of the parts. ``registry`` has the fields that the import makes, too. ``passed_over`` are the
    files and tables in folders, archives and workbooks that are not imported: (name, reason). ``encoding`` is what was said.
    """

    def __init__(
        self, sources: Sequence[Source], workspace: Workspace, options: Options, encoding: str | None = None
    ) -> None:
        self.options = options
        self.encoding = encoding
        prepared = Preparation(workspace, options)
        self.parts = prepared.parts(sources)
        self.passed_over = prepared.passed_over
        self.new_fields = prepared.fields.changes
        self.registry = prepared.fields.registry
        self.complete = False

    @property
    def questions(self) -> list[tuple[Part, Question]]:
        """What only a person can tell."""
        return [(part, question) for part in self.parts for question in part.questions]

    def answer(self, part: Part, question: Question, order: str) -> None:
        """Read the days of this column in this order, and those of the part's other columns that leave it open and allow it."""
        answered = [one for one in part.questions if one is question or (order in one.days and not one.mixed)]
        for one in answered:
            part.reading.orders[part.columns.index(one.column)] = order
        part.questions = [one for one in part.questions if one not in answered]

    @property
    def tally(self) -> Tally:
        """The counts of all parts together; of a single one with its examples."""
        return self.parts[0].tally if len(self.parts) == 1 else Tally.total(part.tally for part in self.parts)

    @property
    def digests(self) -> list[str]:
        """The bytes of the parts, in their order."""
        return [part.source.digest for part in self.parts]

    @property
    def size(self) -> int:
        return sum(part.source.size for part in self.parts)

    def decider(self, workspace: Workspace) -> Decider:
        return Decider(self.registry, workspace.context, make_stages=self.options.make_stages)

    def count(self, workspace: Workspace, progress: Progress | None = None) -> None:
        """Decide every row without writing: all files are read, and the tallies are complete."""
        decider, known = self.decider(workspace), Known()
        foreseen = Foreseen(workspace.reader, Layouts(self.registry))
        read = 0
        try:
            for part in self.parts:
                part.tally, part.waits = Tally(), False
                for chunk in self._chunks(workspace, part):
                    part.tally.leave(chunk)
                    self._decide(workspace, decider, foreseen, part, chunk, known)
                    if progress is not None:
                        progress(read + part.source.position, self.size, self.tally)
                read += part.source.size
            for part in self.parts:
                for chunk in self._chunks(workspace, part) if part.waits else ():
                    self._tie(workspace, decider, foreseen, part, chunk)
        finally:
            foreseen.close()
        self.complete = True

    def _chunks(self, workspace: Workspace, part: Part) -> Iterator[list[Draft]]:
        drafts = part.drafts(self.registry, workspace.context)
        while chunk := [*islice(drafts, ROWS_AT_ONCE)]:
            yield chunk

    def _decide(
        self, workspace: Workspace, decider: Decider, foreseen: Foreseen, part: Part, chunk: list[Draft],
        known: Known,
    ) -> None:  # fmt: skip
        filled = [draft for draft in chunk if draft.counts]
        part.waits = part.waits or any(draft.waits for draft in filled)
        while filled:
            with workspace.db.reading():
                batch = decider.decide(foreseen, filled, _NO_LIMIT, vendor=part.vendor, title=part.called)
                known.look(workspace.reader, batch, part.tally)
            foreseen.take(batch.changes)
            part.tally.add(batch)
            filled = filled[batch.used :]

    def _tie(
        self, workspace: Workspace, decider: Decider, foreseen: Foreseen, part: Part, chunk: list[Draft]
    ) -> None:
        waiting = [draft for draft in chunk if draft.counts and draft.waits]
        if waiting:
            with workspace.db.reading():
                batch = decider.tie(foreseen, waiting, _NO_LIMIT, vendor=part.vendor)
            foreseen.take(batch.changes)
            part.tally.add(batch)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        for part in self.parts:
            part.source.close()


def plan(
    workspace: Workspace, paths: str | Sequence[str], *, layout: str | None = None, encoding: str | None = None,
    delimiter: str | None = None, count: bool = True, progress: Progress | None = None, options: Options | None = None,
    resume: bool = False,
) -> Plan:  # fmt: skip
    """Open files (``-``: standard input) and find their layouts; with ``count`` also what becomes of every row.

    ``resume``: where an import of these files was interrupted, they are read as it did, in all that the options leave open.

    Raises ``UsageError`` for what cannot be read, no known encoding or no known layout, and ``OSError``.
    """
    workspace.refresh_clock()
    named = [paths] if isinstance(paths, str) else [*paths]
    chosen = options or Options()
    if layout is not None:
        chosen = chosen.replace(layout=layout)
    skipped: list[tuple[str, Message]] = []

    def opened(encoding: str | None) -> list[Source]:
        skipped.clear()
        return open_sources(
            named,
            encoding=encoding,
            delimiter=delimiter,
            passed_over=lambda name, why: skipped.append((name, why)),
        )

    sources = opened(encoding)
    try:
        if resume:
            job = interrupted(workspace, (source.digest for source in sources), among=True)
            before = (job["state"].get("read") or {}).get("encoding") if job is not None else None
            if encoding is None and before is not None:
                for source in sources:
                    source.close()
                sources = opened(encoding := before)
            if job is not None:
                chosen = recalled(job, sources, chosen)
        made = Plan(sources, workspace, chosen, encoding)
        if resume and job is not None:
            made.parts = in_order(job, made.parts)
        made.passed_over[:0] = skipped
        if count:
            made.count(workspace, progress)
    except BaseException:
        for source in sources:
            source.close()
        raise
    return made


__all__ = ["Column", "Options", "Part", "Plan", "plan"]
