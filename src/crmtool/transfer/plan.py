"""What an import would do: the layout, which column goes where, and what becomes of the rows. Nothing is written."""

from __future__ import annotations

from itertools import islice

from crmtool.core.struct import Struct
from crmtool.transfer.deciding import Decider
from crmtool.transfer.drafts import Drafter
from crmtool.transfer.layouts import Header, Layout, choose
from crmtool.transfer.layouts.base import described
from crmtool.transfer.sources.csv_source import CsvSource
from crmtool.transfer.tally import Tally

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import Self

    from crmtool.app.workspace import Workspace
    from crmtool.transfer.drafts import Draft

    Progress = Callable[[int, int, Tally], None]  # bytes read, bytes in all, counts so far

ROWS_AT_ONCE = 4_000


class Column(Struct):
    """A column of the file and the field it goes to: a key, ``extra`` for what is kept beside, ``""`` for what is not used."""

    column: str
    field: str


class Plan:
    """An opened file with its layout; use as a context manager. ``tally`` is filled by ``count``."""

    def __init__(self, source: CsvSource, layout: Layout, header: Header, workspace: Workspace) -> None:
        self.source = source
        self.layout = layout
        self.header = header
        entity = workspace.registry.entities[layout.entity]
        names = header.unique()
        targets = layout.bind(header)
        self.mapping = [Column(n, described(t, entity)) for n, t in zip(names, targets, strict=True)]
        self.tally = Tally()
        self.complete = False

    def drafts(self, workspace: Workspace) -> Iterator[Draft]:
        """The rows of the file, checked, from the first on; blank ones included."""
        make = Drafter(self.header, self.layout, workspace.registry, workspace.context).draft
        return map(make, self.source.rows())

    def count(self, workspace: Workspace, progress: Progress | None = None) -> None:
        """Decide every row without writing: the whole file is read, and the tally is complete.

        A row that repeats one more than some thousand rows before it counts as new, since nothing is written that it could find.
        """
        decider = Decider(workspace.registry, workspace.context, self.layout.vendor)
        drafts = self.drafts(workspace)
        self.tally = tally = Tally()
        while chunk := [*islice(drafts, ROWS_AT_ONCE)]:
            filled = [draft for draft in chunk if not draft.empty]
            tally.empty += len(chunk) - len(filled)
            while filled:
                with workspace.db.reading():
                    batch = decider.decide(workspace.reader, filled, ROWS_AT_ONCE * 10)
                tally.add(batch)
                filled = filled[batch.used :]
            if progress is not None:
                progress(self.source.position, self.source.size, tally)
        self.complete = True

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        self.source.close()


def plan(
    workspace: Workspace, path: str, *, layout: str | None = None, encoding: str | None = None, delimiter: str | None = None,
    count: bool = True, progress: Progress | None = None,
) -> Plan:  # fmt: skip
    """Open a file (``-``: standard input) and find its layout; with ``count`` also what becomes of every row.

    Raises ``UsageError`` for what is no CSV file, no known encoding or no known layout, and ``OSError``.
    """
    workspace.refresh_clock()
    source = CsvSource(path, encoding=encoding, delimiter=delimiter)
    try:
        header = Header(source.columns)
        made = Plan(source, choose(header, workspace.registry, layout), header, workspace)
        if count:
            made.count(workspace, progress)
    except BaseException:
        source.close()
        raise
    return made
