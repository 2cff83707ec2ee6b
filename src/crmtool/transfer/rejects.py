"""The file of rejected rows: the rows as they stood, in their own layout, with the reasons in front.

Corrected, it is imported like any other file: the columns of the reasons are passed over. It is written as the import goes, and
its length is part of the job's state, so that a resumed import goes on behind the last row that counts.
"""

from __future__ import annotations

import csv
import io
import os

from crmtool.core.errors import UsageError
from crmtool.core.messages import Message
from crmtool.transfer.csv_source import STDIN
from crmtool.transfer.layouts.base import REJECT_COLUMNS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import BinaryIO

    from crmtool.transfer.csv_source import CsvSource
    from crmtool.transfer.drafts import Draft

_BOM = "\ufeff"


def free_path(source: str) -> str:
    """A name beside the source that no file has: ``contacts.rejected.csv``, ``contacts.rejected-2.csv``, …"""
    stem, ending = ("import", ".csv") if source == STDIN else os.path.splitext(source)
    stem = stem.partition(".rejected")[0]
    path, number = f"{stem}.rejected{ending}", 2
    while os.path.lexists(path):
        path, number = f"{stem}.rejected-{number}{ending}", number + 1
    return path


class RejectFile:
    """Made when the first row is rejected. ``size`` is its length so far in bytes, 0 while there is none."""

    def __init__(self, path: str, source: CsvSource, *, size: int = 0) -> None:
        if source.name != STDIN and os.path.exists(path) and os.path.samefile(path, source.name):
            raise UsageError(
                Message("{file} is the file that is being imported.", file=path),
                Message("Give another name with --rejects."),
            )
        self.path = path
        self.size = size
        self._source = source
        self._file: BinaryIO | None = None

    def write(self, drafts: Iterable[Draft]) -> None:
        """Append rows, and hand them to the system before the transaction that counts them commits."""
        text = io.StringIO(newline="")
        writer = csv.writer(text, delimiter=self._source.delimiter, lineterminator="\r\n")
        skip = [at for at, name in enumerate(self._source.columns) if name in REJECT_COLUMNS]
        if self._file is None:
            self._file = self._open()
            if self.size == 0:
                # Spreadsheets need the mark to know UTF-8; where the source had one, or had another encoding, one made it.
                if self._source.encoding != "utf-8":
                    text.write(_BOM)
                writer.writerow([*REJECT_COLUMNS, *_without(self._source.columns, skip)])
        for draft in drafts:
            fields = dict.fromkeys(problem.column or problem.field for problem in draft.problems)
            reasons = "; ".join(str(problem.message) for problem in draft.problems)
            writer.writerow(
                [draft.row, "; ".join(filter(None, fields)), reasons, *_without(draft.cells, skip)]
            )
        data = text.getvalue().encode("utf-8", "replace")
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


def _without(cells: list[str], skip: list[int]) -> list[str]:
    return [cell for at, cell in enumerate(cells) if at not in skip] if skip else cells
