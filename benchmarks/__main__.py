"""``python -m benchmarks [NAME…] [--size N] [--quick] [--markdown]``: measure, print the table, keep the figures.

Without names every subject is measured. The exit code is 1 when a budget is not kept.
"""

from __future__ import annotations

import argparse
import gc
import sys
from importlib import import_module
from typing import TYPE_CHECKING

from benchmarks import report
from benchmarks.harness import Options, note

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from benchmarks.harness import Figure

SIZE, SMALL, QUICK = 1_000_000, 10_000, 20_000
SUBJECTS = {
    "startup": "starting, as whole processes",
    "reads": "reads through the library",
    "search": "search as one types",
    "writes": "changes, jobs, undo, size",
    "bulk": "changing many records by a filter",
    "memory": "long lists",
    "imports": "importing a file",
    "dupes": "finding duplicates",
    "exports": "writing records to files",
    "concurrency": "200 processes that write at once",
    "watch": "following a workspace",
    "crashes": "writers that are killed",
    "app": "the full-screen app: what holds up its event loop",
    "tui": "the full-screen app",
}


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(SUBJECTS))
    parser.add_argument("--size", type=int, metavar="N", help=f"contacts of the workspace ({SIZE:,})")
    parser.add_argument("--quick", action="store_true", help=f"{QUICK:,} contacts and fewer rounds")
    parser.add_argument(
        "--markdown", action="store_true", help="put the last figures into README.md; measures nothing"
    )
    given = parser.parse_args()
    if given.markdown:
        report.into_readme()
        return 0
    unknown = [name for name in given.names if name not in SUBJECTS]
    if unknown:
        parser.error(f"no such subject: {', '.join(unknown)}; there are {', '.join(SUBJECTS)}")
    from benchmarks import data

    size = given.size or (QUICK if given.quick else SIZE)
    options = Options(size, min(SMALL, size), given.quick, data.folder())
    # The collector as the command line has it (crmtool.cli.main).
    gc.freeze()
    gc.set_threshold(100_000, 10, 10)
    over = 0
    for name in given.names or SUBJECTS:
        note(f"{name}: {SUBJECTS[name]}")
        subject: Callable[[Options], Iterable[Figure]] = import_module(f"benchmarks.{name}").run
        figures = list(subject(options))
        print(report.table(SUBJECTS[name], figures), flush=True)
        report.keep(name, options, figures)
        over += sum(figure.ok is False for figure in figures)
    note(f"{over} over budget; figures kept in {report.RESULTS}")
    return 1 if over else 0


if __name__ == "__main__":
    sys.exit(main())
