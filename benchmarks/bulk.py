"""Changing many records by a filter, as ``crm contact set --where`` does: each decided and validated, in change sets of a job.

Against the very same statements on a copy (see ``recording``): what is more is reading the records, deciding, and making keys,
tokens and the log. Then its undo, and the same of a tag, which also moves entries of the look-up of words.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from benchmarks import data
from benchmarks.harness import Figure, note, number
from benchmarks.recording import mirrored
from crmtool.app.bulk import Item, run_many
from crmtool.app.commands import Set, Undo
from crmtool.store.reader import Query

if TYPE_CHECKING:
    from collections.abc import Iterator

    from benchmarks.harness import Options
    from benchmarks.recording import Mirrored
    from crmtool.doors.words import Assignment

MOST = 100_000
CHANGES: dict[str, tuple[Assignment, ...]] = {
    "a field": (("title", "=", "Head of research"),),
    "a tag": (("tags", "+=", "reference"),),
}


def run(options: Options) -> Iterator[Figure]:
    """Sets of a field and of a tag over many contacts, and taking each back."""
    source = data.store(options, options.size)
    with data.scratch(options, source) as store, mirrored(store) as both:
        query = Query("contact", fields=("id",), limit=MOST, expand=False)
        records = [record["id"] for record in both.workspace.query(query)]
        note(f"changing {len(records):,} contacts …")
        for what, assignments in CHANGES.items():
            yield from _figures(both, records, what, assignments)


def _figures(
    both: Mirrored, records: list[str], what: str, assignments: tuple[Assignment, ...]
) -> Iterator[Figure]:
    handle = ""

    def change() -> None:
        nonlocal handle
        items = (Item(record, Set("contact", (record,), assignments)) for record in records)
        handle = run_many(both.workspace, items, "contact set").handle or ""

    def speed(cpu: float) -> str:
        return f"{number(len(records) / cpu)} rows/s of CPU"

    done = both.measure(change)
    back = both.measure(lambda: both.workspace.run(Undo(handle)))
    yield Figure(
        f"{what} of {len(records):,} contacts, CPU", done.cpu / done.raw_cpu, "x", None, False, speed(done.cpu),
        speed(done.raw_cpu),
    )  # fmt: skip
    yield Figure(
        "– its undo against making it",
        back.cpu / done.cpu,
        "x",
        None,
        False,
        speed(back.cpu),
        speed(done.cpu),
    )
