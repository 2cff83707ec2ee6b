"""The file of rejected rows: the rows as they stood, in their own layout, with the reasons beside them.

Corrected, it is imported like any other file: the reasons are passed over. It is written as the import goes, and its length is
part of the job's state, so that a resumed import goes on behind the last row that counts.
"""

from __future__ import annotations

import csv
import io
import os
import re

from crmtool.core.errors import UsageError
from crmtool.core.messages import Message
from crmtool.transfer.layouts.base import REJECT_COLUMNS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Collection, Iterable
    from typing import BinaryIO

    from crmtool.transfer.drafts import Draft
    from crmtool.transfer.sources.base import Source

_REJECTED = re.compile(r"\.rejected(-\d+)?$")
_BOM = "\ufeff"


def free_path(source: Source, taken: Collection[str] = ()) -> str:
    """A name beside the source that no file has and none of ``taken`` is: ``list.rejected.csv``, ``list.rejected-2.csv``, …

    What is rejected of ``list.rejected.csv`` is called after ``list``, too.
    """
    stem, ending = _REJECTED.sub("", source.reject_stem), source.reject_ending
    path, number = f"{stem}.rejected{ending}", 2
    while path in taken or os.path.lexists(path):
        path, number = f"{stem}.rejected-{number}{ending}", number + 1
    return path


def reasons(draft: Draft) -> tuple[str, str]:
    """The columns, or else fields, that are at fault, and why the row was rejected."""
    fields = dict.fromkeys(problem.column or problem.field for problem in draft.problems)
    why = "; ".join(str(problem.message) for problem in draft.problems)
    return "; ".join(filter(None, fields)), why


class RejectFile:
    """Made when the first row is rejected. ``size`` is its length so far in bytes, 0 while there is none.

    A format says how the file begins and how a row is written.
    """

    def __init__(self, path: str, *, size: int = 0) -> None:
        self.path = path
        self.size = size
        self._file: BinaryIO | None = None

    def opening(self) -> str:
        """What stands above the first row."""
        return ""

    def text(self, drafts: Iterable[Draft]) -> str:
        """The rows of these drafts."""
        raise NotImplementedError

    def write(self, drafts: Iterable[Draft]) -> None:
        """Append rows, and hand them to the system before the transaction that counts them commits."""
        if self._file is None:
            self._file = self._open()
        head = self.opening() if self.size == 0 else ""
        data = (head + self.text(drafts)).encode("utf-8", "replace")
        self._file.write(data)
        self._file.flush()
        self.size += len(data)

    def _open(self) -> BinaryIO:
        """The file for appending behind ``size``; others may not read the people in it."""
        handle = os.open(self.path, os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC, 0o600)
        file = os.fdopen(handle, "wb")
        file.truncate(self.size)
        file.seek(self.size)
        return file

    def close(self) -> None:
        if self._file is not None:
            self._file.close()
            self._file = None


class TableRejects(RejectFile):
    """Rejected rows of a table, as CSV with the columns of the reasons in front. ``mark``: begin with a byte-order mark."""

    def __init__(
        self, path: str, columns: list[str], *, delimiter: str = ",", mark: bool = True, size: int = 0
    ) -> None:
        super().__init__(path, size=size)
        self._columns = columns
        self._delimiter = delimiter
        self._mark = mark
        self._skip = [at for at, name in enumerate(columns) if name in REJECT_COLUMNS]

    def opening(self) -> str:
        # Spreadsheets need the mark to know UTF-8; where the source had one, or had another encoding, one made it.
        head = self._lines([[*REJECT_COLUMNS, *self._without(self._columns)]])
        return _BOM + head if self._mark else head

    def text(self, drafts: Iterable[Draft]) -> str:
        return self._lines([draft.row, *reasons(draft), *self._without(draft.cells)] for draft in drafts)

    def _lines(self, rows: Iterable[list[object]]) -> str:
        text = io.StringIO(newline="")
        csv.writer(text, delimiter=self._delimiter, lineterminator="\r\n").writerows(rows)
        return text.getvalue()

    def _without(self, cells: list[str]) -> list[str]:
        return [cell for at, cell in enumerate(cells) if at not in self._skip] if self._skip else cells


def refuse_overwriting(path: str, source: str) -> None:
    """``UsageError`` where the rejects would replace the file that is being imported."""
    if os.path.exists(path) and os.path.exists(source) and os.path.samefile(path, source):
        raise UsageError(
            Message("{file} is the file that is being imported.", file=path),
            Message("Give another name with --rejects."),
        )
