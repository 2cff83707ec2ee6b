"""Importing a CSV file of ``size`` rows into an empty workspace, in the layout of a well-known address book.

Against an import by hand of the same file into the plainest design (see ``plain``), which checks nothing and can take
nothing back; against the import's own statements on a copy (see ``recording``); and as a process of its own for its
memory, beside what ``sqlite-utils`` takes for the rows and a full-text index of the same file.
"""

from __future__ import annotations

import csv
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from benchmarks import data, plain
from benchmarks.harness import Figure, environment, note, number, process, program
from benchmarks.recording import mirrored
from crmtool.app.commands import Undo
from crmtool.store.reader import Query
from crmtool.transfer.apply import apply
from crmtool.transfer.plan import plan

if TYPE_CHECKING:
    from collections.abc import Iterator

    from benchmarks.data import Store
    from benchmarks.harness import Options

BY_HAND, UNDO, PEAK = 1.25, 1.0, 220.0
COLUMNS = (
    "First Name", "Last Name", "Organization Name", "Organization Title", "E-mail 1 - Label", "E-mail 1 - Value",
    "Phone 1 - Label", "Phone 1 - Value",
)  # fmt: skip
ALONE = """
import gc, sys
gc.freeze()
gc.set_threshold(100_000, 10, 10)  # as the command line has it
from crmtool.app.workspace import open_workspace
from crmtool.store.reader import Query
from crmtool.transfer.apply import apply
from crmtool.transfer.plan import plan
with open_workspace(sys.argv[1]) as workspace, plan(workspace, sys.argv[2], count=False) as found:
    apply(workspace, found)
"""


def run(options: Options) -> Iterator[Figure]:
    """The import against its statements, its undo, and its memory."""
    source = data.store(options, options.size)
    with TemporaryDirectory(dir=options.folder, prefix="import-") as folder:
        path = Path(folder, "contacts.csv")
        rows = written(source, path)
        note(f"importing {rows:,} rows …")
        with (
            data.empty(options) as store,
            mirrored(store) as both,
            plan(both.workspace, str(path), count=False) as found,
        ):
            handle = ""

            def whole() -> None:
                nonlocal handle
                handle = apply(both.workspace, found).undo or ""

            taken = both.measure(whole)
            back = both.measure(lambda: both.workspace.run(Undo(handle)))
        hand = plain.imported(options, path)
        seen, by_hand, raw = (
            f"{number(rows / cpu)} rows/s of CPU" for cpu in (taken.cpu, hand, taken.raw_cpu)
        )
        yield Figure(
            f"import of {rows:,} rows against one by hand, CPU",
            taken.cpu / hand,
            "x",
            BY_HAND,
            False,
            seen,
            by_hand,
        )
        yield Figure(
            "– against its statements alone, CPU", taken.cpu / taken.raw_cpu, "x", None, False, seen, raw
        )
        undo = f"{number(rows / back.cpu)} rows/s of CPU"
        yield Figure("undo of that import, CPU", back.cpu / taken.cpu, "x", UNDO, False, undo, seen)
        with data.empty(options) as store:
            alone = process([sys.executable, "-c", ALONE, store.path, str(path)], environment(store.home))
            bare = by_sqlite_utils(Path(folder), path)
        seen = f"{number(rows / alone.wall)} rows/s of wall"
        yield Figure("memory of that import", alone.peak, "MB", PEAK, False, seen)
        seen = f"{number(alone.wall)} s of wall"
        yield Figure(
            "– against sqlite-utils insert and enable-fts, wall", alone.wall / bare, "x", None, False, seen,
            f"{number(bare)} s of wall",
        )  # fmt: skip


def by_sqlite_utils(folder: Path, path: Path) -> float:
    """Wall seconds of putting the file's rows into a table with a full-text index: as they stand, nothing matched or logged."""
    tool, store = program("sqlite-utils"), str(folder / "bare.db")
    insert = process([tool, "insert", store, "contacts", str(path), "--csv"])
    return insert.wall + process([tool, "enable-fts", store, "contacts", *COLUMNS]).wall


def written(source: Store, path: Path) -> int:
    """Write the workspace's contacts as such a file; how many."""
    rows = 0
    with source.open() as workspace, path.open("w", newline="", encoding="utf-8") as file:
        out = csv.writer(file)
        out.writerow(COLUMNS)
        for record in workspace.reader.records(Query("contact")):
            company = (record["company"] or {}).get("name")
            given = record["given_name"] or record["name"]
            person = (given, record["family_name"], company, record["title"])
            out.writerow((*person, *_first(record["emails"]), *_first(record["phones"])))
            rows += 1
    return rows


def _first(entries: list[dict[str, str | None]] | None) -> tuple[str | None, str | None]:
    """(label, value) of the first of several e-mails or phones."""
    return (entries[0].get("label"), entries[0]["value"]) if entries else (None, None)
