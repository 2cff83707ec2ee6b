"""Two hundred processes that write at once, with nothing else going on and while a large job runs.

Every process opens the workspace, waits until all are there, and adds contacts one by one. None may fail, none may be
lost, and the log must hold each once. The baseline is one process that does as many on its own.
"""

from __future__ import annotations

import json
import os
import time
import traceback
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from benchmarks import data
from benchmarks.harness import Figure, Sample, note, number
from crmtool.app.commands import Add
from crmtool.core import changes

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from benchmarks.data import Store
    from benchmarks.harness import Options

PROCESSES, EACH = 200, 5
BESIDE = 40_000  # contacts that the job writes meanwhile
SLOWEST = 30_000.0  # ms; nobody waits longer than that for a change of their own, however many write


class Race(NamedTuple):
    """What happened: seconds from start to last commit, milliseconds of every change, how many processes failed."""

    wall: float
    waits: Sample
    failed: int
    lost: int


def run(options: Options) -> Iterator[Figure]:
    """Failures, losses, the slowest wait, and throughput against a single writer."""
    source = data.store(options, options.small)
    total = PROCESSES * EACH
    note(f"{PROCESSES} processes write {EACH} contacts each …")
    with data.scratch(options, source) as store:
        alone = race(store, 1, total)
        together = race(store, PROCESSES, EACH)
    with data.scratch(options, source) as store:
        busy = race(store, PROCESSES, EACH, beside=_job)
    for race_of, what in ((together, f"{PROCESSES} at once"), (busy, f"{PROCESSES} at once beside a job")):
        yield Figure(f"{what}: processes that failed", race_of.failed, "", 0)
        yield Figure(f"{what}: changes lost", race_of.lost, "", 0)
        seen = f"p50 {number(race_of.waits.median)} ms"
        yield Figure(f"{what}: slowest change", race_of.waits.values[-1], "ms", SLOWEST, False, seen)
    speed, single = total / together.wall, total / alone.wall
    seen = f"{number(speed)} changes/s"
    yield Figure(
        f"{PROCESSES} at once: time against one writer",
        single / speed,
        "x",
        None,
        False,
        seen,
        f"{number(single)} changes/s",
    )


def race(store: Store, count: int, each: int, beside: Callable[[Store], None] | None = None) -> Race:
    """Let ``count`` processes write ``each`` contacts; ``beside`` runs in one more from before until it is done."""
    before = _contacts(store)
    others = [_forked(partial(_beside, store, beside))] if beside is not None else []
    gate = os.pipe()
    children = [_forked(partial(_write, store, gate, each, serial)) for serial in range(count)]
    os.close(gate[0])
    time.sleep(0.02 * count)  # until all have opened the workspace and wait at the gate
    begin = time.perf_counter()
    os.close(gate[1])
    reports = [_ended(child) for child in children]
    wall = time.perf_counter() - begin
    jobs = [_ended(child) for child in others]
    waits = [took for report in reports for took in report or ()]
    failed = sum(report is None for report in [*reports, *jobs])
    expected = before + count * each + (BESIDE if others else 0)
    return Race(wall, Sample.of(waits or [0.0]), failed, expected - _contacts(store))


def _contacts(store: Store) -> int:
    """How many contacts there are, by rows and by log: a row that the log does not know would be a loss as well."""
    with store.open() as workspace:
        rows = int(workspace.db.scalar("SELECT count(*) FROM contacts"))
        logged = int(workspace.db.scalar(
            "SELECT count(*) FROM change AS c JOIN shape AS s ON s.n = c.shape WHERE s.entity = 'contact' AND c.verb = 'create'"
        ))  # fmt: skip
    assert rows == logged, f"{rows} contacts, but the log made {logged}"
    return rows


def _forked(work: Callable[[int], None]) -> tuple[int, int]:
    """(process, pipe) of a child that does its work and ends; what it writes to the pipe is its report."""
    reader, writer = os.pipe()
    child = os.fork()
    if child:
        os.close(writer)
        return child, reader
    code = 1
    try:
        os.close(reader)
        work(writer)
        code = 0
    except BaseException:
        traceback.print_exc()
    finally:
        os._exit(code)


def _ended(child: tuple[int, int]) -> list[float] | None:
    """The report of a child; ``None`` when it failed."""
    process, reader = child
    with open(reader, "rb") as report:
        text = report.read()
    _, status = os.waitpid(process, 0)
    if status:
        return None
    waits: list[float] = json.loads(text or b"[]")
    return waits


def _write(store: Store, gate: tuple[int, int], each: int, serial: int, report: int) -> None:
    os.close(gate[1])
    waits = []
    with store.open(read_only=False) as workspace:
        os.read(gate[0], 1)  # nothing is ever written to the gate: it opens by being closed
        for turn in range(each):
            begin = time.perf_counter()
            workspace.run(Add("contact", {"name": f"Racer {serial}-{turn}"}))
            waits.append((time.perf_counter() - begin) * 1_000)
    os.write(report, json.dumps(waits).encode())


def _beside(store: Store, work: Callable[[Store], None], report: int) -> None:
    del report  # it has nothing to tell but that it did not fail
    work(store)


def _job(store: Store) -> None:
    with store.open(read_only=False) as workspace:
        entity = workspace.registry.entity("contact")
        job = workspace.start_job("benchmark", "import", {})
        done = 0
        while done < BESIDE:
            size = min(job.batch_size(), BESIDE - done)
            made = [changes.create(entity, {"name": f"Imported {at}"}) for at in range(done, done + size)]
            with job.step() as step:
                step.apply(made, {"done": done + size})
            done += size
        job.finish()
