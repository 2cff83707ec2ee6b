"""The full-screen app: first paint of the whole program against a bare app of the same framework, and a list as one uses it.

The first paint is CPU time of a real process in a pseudo-terminal, from its start to its end right after it has painted, because
that is what other programs on the machine disturb least. The rest is wall time inside one app without a terminal: what a key
takes until the rows it asks for are painted. The pause before a filter that is being typed is asked (0.1 s) is not in it.
"""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
import time
from contextlib import asynccontextmanager
from functools import partial
from typing import TYPE_CHECKING

from benchmarks import data
from benchmarks.harness import MEGABYTE, PEAK_UNIT, Figure, Sample, environment, note, program, ratio
from crmtool.app.commands import Set
from crmtool.tui.app import CrmApp
from crmtool.tui.places import Place
from crmtool.tui.screens.listing import Listing
from crmtool.tui.settings import Settings
from crmtool.tui.widgets.grid import Grid

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterator, Sequence

    from textual.pilot import Pilot

    from benchmarks.data import Store
    from benchmarks.harness import Options

FIRST_PAINT_S, FIRST_PAINT = 1.0, 2.5
PAGE_MS, KEY_MS, LIVE_MS, PEAK_MB = 16.0, 50.0, 100.0, 150.0
SIZE = (120, 40)
TYPED = (
    "m",
    "ma",
    "mar",
    "mart",
    "lifecycle=customer",
    "company.industry=software",
    "name~an",
    "tag has vip",
    "",
)
PATIENCE = 60.0  # seconds after which a program that paints nothing is given up


def run(options: Options) -> Iterator[Figure]:
    """First paint and memory of whole processes, then keys, at both sizes."""
    large = data.store(options, options.size)
    yield from _started(options, large)
    for contacts in dict.fromkeys((options.small, options.size)):
        yield from asyncio.run(_used(options, data.store(options, contacts)))


# -- whole processes ------------------------------------------------------------------------------------------------


def _started(options: Options, store: Store) -> Iterator[Figure]:
    note("starting the app …")
    env = {**environment(store.home), "TERM": "xterm-256color", "COLUMNS": "120", "LINES": "40"}
    commands = {
        "crm": ([program(), "tui"], "Today"),
        "bare": ([sys.executable, "-m", "benchmarks.bare_textual"], "ready"),
    }
    cpu: dict[str, list[float]] = {name: [] for name in commands}
    peak = 0.0
    for turn in range(options.rounds(10) + 1):
        for name, (argv, mark) in commands.items():
            took, held = painted(argv, env, mark)
            if turn:
                cpu[name].append(took * 1_000)
            if name == "crm":
                peak = max(peak, held)
    whole, bare = Sample.of(cpu["crm"]), Sample.of(cpu["bare"])
    yield ratio("first paint, CPU of the process", whole, bare, FIRST_PAINT, against="bare app")
    yield Figure("first paint, seconds of CPU", whole.median / 1_000, "s", FIRST_PAINT_S)
    yield Figure(f"most memory, {store.contacts:,} contacts", peak, "MB", PEAK_MB)


def painted(argv: Sequence[str], env: dict[str, str], mark: str) -> tuple[float, float]:
    """The CPU seconds of a program until it has painted ``mark`` and was left, and the most MB it held."""
    ran = subprocess.run(
        [sys.executable, "-m", "benchmarks.painting", mark, *argv],
        env=env, check=True, capture_output=True, text=True,
    )  # fmt: skip
    cpu, peak = json.loads(ran.stdout)
    return cpu, peak * PEAK_UNIT / MEGABYTE


# -- one app, used ------------------------------------------------------------------------------------------------


async def _used(options: Options, original: Store) -> list[Figure]:
    note(f"using a list of {original.contacts:,} contacts …")
    found: list[Figure] = []
    with data.scratch(options, original) as store:
        of = f"of {store.contacts:,} contacts"
        async with _running(store) as pilot:
            grid = pilot.app.screen.query_one(Grid)
            found.append(_budget(f"page down {of}", await _pages(grid, options.rounds(100)), PAGE_MS))
            found.append(_budget(f"to the end and back {of}", await _ends(grid, options.rounds(20)), None))
            found.append(_budget(f"to the middle {of}", await _leaps(grid, options.rounds(20)), None))
            found.append(_budget(f"filter {of}", await _filters(pilot, grid, options.rounds(10)), KEY_MS))
            found.append(
                _budget(f"a change elsewhere {of}", await _changes(store, grid, options.rounds(50)), LIVE_MS)
            )
    return found


def _budget(what: str, sample: Sample, budget: float | None) -> Figure:
    return Figure(f"{what}, p95", sample.at(0.95), "ms", budget, seen=sample.text())


@asynccontextmanager
async def _running(store: Store) -> AsyncIterator[Pilot[int]]:
    settings = Settings(
        "default", str(store.home / "tui.json"), str(store.home / "tui.log"), ("crm",), animations=False
    )
    app = CrmApp(lambda read_only: store.open(read_only=read_only), settings, Place("list", "contact"))
    async with app.run_test(size=SIZE) as pilot:
        while not app.screen.query(Grid) or app.screen.query_one(Grid).total is None:
            await asyncio.sleep(0.01)
        yield pilot


async def _until(holds: Callable[[], object]) -> None:
    begin = time.monotonic()
    while not holds():
        if time.monotonic() - begin > PATIENCE:
            raise RuntimeError("it did not come")
        await asyncio.sleep(0.001)


def _paint(grid: Grid) -> bool:
    """Paint every line; whether all rows were there."""
    late = [grid.render_line(y).text for y in range(grid.size.height)]
    return not any(line.startswith("…") for line in late)


async def _pages(grid: Grid, rounds: int) -> Sample:
    """Page down, and what is between two presses of a key that is held down (30 a second) left to the app."""
    taken = []
    for _ in range(rounds):
        begin = time.perf_counter()
        grid.action_page(1)
        await _until(lambda: _paint(grid))
        taken.append((time.perf_counter() - begin) * 1_000)
        await asyncio.sleep(1 / 30)
    return Sample.of(taken)


async def _ends(grid: Grid, rounds: int) -> Sample:
    taken = []
    for turn in range(rounds):
        begin = time.perf_counter()
        (grid.action_first if turn % 2 else grid.action_last)()
        await _until(lambda: grid.row is not None and _paint(grid))
        taken.append((time.perf_counter() - begin) * 1_000)
        await asyncio.sleep(0.05)
    return Sample.of(taken)


async def _leaps(grid: Grid, rounds: int) -> Sample:
    taken = []
    for turn in range(rounds):
        begin = time.perf_counter()
        grid.scroll_to(y=grid.length * (turn % 7 + 1) // 9, animate=False, force=True)
        await _until(lambda: _paint(grid))
        taken.append((time.perf_counter() - begin) * 1_000)
        await asyncio.sleep(0.05)
    return Sample.of(taken)


async def _filters(pilot: Pilot[int], grid: Grid, rounds: int) -> Sample:
    """From a filter as it was typed to its rows painted; what was asked before is withdrawn, as when one types on."""
    taken = []
    listing = pilot.app.screen
    assert isinstance(listing, Listing)
    for _ in range(rounds):
        for text in TYPED:
            held = grid.source
            begin = time.perf_counter()
            listing.work(listing.narrow, text, group="filter", exclusive=True)
            await _until(partial(_shows_another, grid, held))
            taken.append((time.perf_counter() - begin) * 1_000)
            await asyncio.sleep(0.02)
    return Sample.of(taken)


def _shows_another(grid: Grid, held: object) -> bool:
    return grid.source is not held and _paint(grid)


async def _changes(store: Store, grid: Grid, rounds: int) -> Sample:
    """From the commit of another connection to the row painted."""
    grid.action_first()
    await asyncio.sleep(0.5)
    row = grid.window.rows[3]
    taken = []
    with store.open(read_only=False) as workspace:
        for turn in range(rounds):
            title = f"Changed {turn}"
            workspace.run(Set("contact", (row.key,), (("title", "=", title),)))
            begin = time.perf_counter()
            await _until(partial(_painted_with, grid, title))
            taken.append((time.perf_counter() - begin) * 1_000)
            await asyncio.sleep(0.15)
    return Sample.of(taken)


def _painted_with(grid: Grid, text: str) -> bool:
    return any(text in row.cells for row in grid.window.rows[:40]) and _paint(grid)
