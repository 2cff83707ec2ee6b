"""Writing through the library against the very same statements, recorded and asked again of a copy of the store.

The copy gets what the library asked of the engine, statement by statement with the same values, on a bare connection
of the same driver: rows, indexes, search, lookup and log, as durable. The library's part is everything else: deciding,
validating, making keys and tokens, sealing the log, the writers' queue, poking whoever watches.
"""

from __future__ import annotations

import random
from functools import partial
from statistics import median
from typing import TYPE_CHECKING, NamedTuple

from benchmarks import data, plain
from benchmarks.harness import Figure, Sample, note, number, ratio
from benchmarks.recording import Mirrored, Twice, mirrored
from crmtool.app.commands import Add, Move, Set, Undo
from crmtool.core import changes

if TYPE_CHECKING:
    from collections.abc import Iterator

    from benchmarks.data import Store
    from benchmarks.harness import Options
    from crmtool.app.commands import Command
    from crmtool.app.workspace import Workspace

ONE, BULK, GROWTH, STORED = 1.5, 1.5, 1.5, 1.15
ROUNDS, WARM = 200, 3
JOB = 60_000
COPIED = ("name", "company", "title", "emails", "phones", "lifecycle", "owner", "tags", "source", "addresses")


class Measured(NamedTuple):
    """Single changes by kind, a job of ``records`` new contacts, and taking it back."""

    singles: dict[str, list[Twice]]
    job: Twice
    undo: Twice
    records: int

    def library(self, kind: str) -> Sample:
        """Milliseconds of single changes of a kind on the wall."""
        return Sample.of([each.wall * 1_000 for each in self.singles[kind]])

    def raw(self, kind: str) -> Sample:
        """The same of their statements alone."""
        return Sample.of([each.raw_wall * 1_000 for each in self.singles[kind]])

    def speed(self, cpu: float, wall: float) -> str:
        return f"{number(self.records / cpu)} rows/s of CPU, {number(self.records / wall)} of wall"


def run(options: Options) -> Iterator[Figure]:
    """Single changes, a job and its undo, growth, and what a contact takes on disk."""
    large = data.store(options, options.size)
    now = measured(options, large)
    for kind, each in now.singles.items():
        seen = f"CPU {median(one.cpu / one.raw_cpu for one in each):.2f} x; {now.library(kind).text()}"
        yield ratio(f"{kind}, durable", now.library(kind), now.raw(kind), ONE)._replace(seen=seen)
    job, undo, records = now.job, now.undo, now.records
    speed, raw_speed = now.speed(job.cpu, job.wall), now.speed(job.raw_cpu, job.raw_wall)
    yield Figure(
        f"job of {records:,} new contacts, CPU", job.cpu / job.raw_cpu, "x", BULK, False, speed, raw_speed
    )
    undo_speed, undo_raw = now.speed(undo.cpu, undo.wall), now.speed(undo.raw_cpu, undo.raw_wall)
    yield Figure("undo of that job, CPU", undo.cpu / undo.raw_cpu, "x", BULK, False, undo_speed, undo_raw)
    yield Figure("– against making it", undo.cpu / job.cpu, "x", None, False, undo_speed, speed)
    if options.size > options.small:
        then = measured(options, data.store(options, options.small))
        growth = f"{options.size:,} contacts to {options.small:,}"
        for kind in now.singles:
            yield ratio(f"– {kind}: {growth}", now.library(kind), then.library(kind), GROWTH)
        slower = (job.cpu / records) / (then.job.cpu / then.records)
        before = then.speed(then.job.cpu, then.job.wall)
        yield Figure(f"– job, CPU a row: {growth}", slower, "x", GROWTH, False, speed, before)
    ours, raw = plain.sizes(options, large)
    seen = f"{number(ours)} B with index and log"
    yield Figure("size of a contact on disk", ours / raw, "x", STORED, False, seen, f"{number(raw)} B")


def measured(options: Options, source: Store) -> Measured:
    """Everything that writes, on a copy of a workspace."""
    note(f"writing to {source.contacts:,} contacts …")
    with data.scratch(options, source) as store, mirrored(store) as both:
        singles: dict[str, list[Twice]] = {}
        for kind, command in commands(both.workspace, options.rounds(ROUNDS) + WARM):
            singles.setdefault(kind, []).append(both.measure(partial(both.workspace.run, command)))
        singles = {kind: each[WARM:] for kind, each in singles.items()}
        records = min(options.rounds(JOB), source.contacts)
        return Measured(singles, *_job(both, records), records)


def commands(workspace: Workspace, rounds: int) -> Iterator[tuple[str, Command]]:
    """Changes as people make them, kind after kind, ``rounds`` of each, to records all over the workspace."""
    db, dice = workspace.db, random.Random(2)
    contacts = list(db.rows(
        "SELECT id, company_id, lifecycle FROM contacts WHERE company_id IS NOT NULL "
        f"ORDER BY substr(id, 27) LIMIT {rounds}"
    ))  # fmt: skip
    deals = list(db.rows(
        "SELECT d.id, s.id FROM deals AS d JOIN stages AS s ON s.pipeline_id = d.pipeline_id AND s.id != d.stage_id "
        "WHERE d.status = 'open' AND d.deleted_at IS NULL AND s.required IS NULL GROUP BY d.id "
        f"ORDER BY substr(d.id, 27) LIMIT {rounds}"
    ))  # fmt: skip
    for turn in range(rounds):
        contact, company, lifecycle = contacts[turn % len(contacts)]
        deal, stage = deals[turn % len(deals)]
        serial = dice.randrange(10**9)
        new = {
            "name": f"Ada Quimby{serial}", "emails": [f"ada{serial}@example.com"], "phones": [f"+49 30 {serial}"],
            "company": company, "title": "Head of research",
        }  # fmt: skip
        call = {"type": "call", "name": "Asked for an offer", "contact": contact, "company": company}
        turned = "qualified" if lifecycle != "qualified" else "lead"
        yield "add a contact", Add("contact", new)
        yield "set a tracked field", Set("contact", (contact,), (("lifecycle", "=", turned),))
        yield "rename a contact", Set("contact", (contact,), (("name", "=", f"Ida Quimby{serial}"),))
        yield "log a call", Add("activity", call)
        yield "move a deal", Move(deal, stage)


def _job(both: Mirrored, records: int) -> tuple[Twice, Twice]:
    """A job of new contacts, and its undo."""
    workspace = both.workspace
    entity = workspace.registry.entity("contact")
    found = workspace.reader.by_number("contact", range(1, records + 1), trash="with", expand=False)
    values = [
        {key: held[key] for key in COPIED if held.get(key) not in (None, [])} for held in found.values()
    ]
    made = [changes.create(entity, each) for each in values]
    handle = ""

    def job() -> None:
        nonlocal handle
        running = workspace.start_job("benchmark", "import", {})
        at = 0
        while at < len(made):
            piece = made[at : at + running.batch_size()]
            at += len(piece)
            with running.step() as step:
                step.apply(piece, {"done": at})
        running.finish()
        handle = running.handle

    taken = both.measure(job)
    made.clear()
    return taken, both.measure(lambda: workspace.run(Undo(handle)))
