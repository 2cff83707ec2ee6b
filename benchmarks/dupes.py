"""Finding duplicates: time and memory over a whole workspace, and how many of known ones are found and rightly so.

Known are those that the demo generator plants (people entered twice by a colleague who did not look), and the labels of two
public data sets, where they are at hand (see ``tests/match/tables``). Nothing is trained on any of them.
"""

from __future__ import annotations

import sys
from itertools import combinations
from typing import TYPE_CHECKING

from tests.match import tables

from benchmarks import data
from benchmarks.harness import Figure, environment, note, number, process
from crmtool.core.entities import builtin
from crmtool.demo.generator import DemoPlan, Generator
from crmtool.match.finding import grouped
from crmtool.match.profile import Profile, of_record

if TYPE_CHECKING:
    from collections.abc import Iterator

    from benchmarks.harness import Options

PEAK = 250.0  # MB, at any size
PER_100K = 60.0  # seconds of CPU
GENERATED, SURE = 20_000, 0.95
GROWTH = 1.5
FEBRL, PEOPLE = 98.0, 85.0
ALONE = """
import gc, sys
gc.freeze()
gc.set_threshold(100_000, 10, 10)  # as the command line has it
from crmtool.app.workspace import open_workspace
from crmtool.match.duplicates import searching
from crmtool.match.source import kind
with open_workspace(sys.argv[1], read_only=True) as workspace:
    with searching(workspace, kind(workspace, "contact")) as search:
        print(sum(1 for _ in search.groups()))
"""


def run(options: Options) -> Iterator[Figure]:
    """A whole workspace, the planted duplicates, and the labelled ones."""
    seconds = {}
    for size in dict.fromkeys((options.small, options.size)):
        source = data.store(options, size)
        note(f"comparing {source.contacts:,} contacts …")
        ended = process([sys.executable, "-c", ALONE, source.path], environment(source.home))
        seconds[size] = ended.cpu / source.contacts * 100_000
        seen = f"{number(ended.wall)} s of wall for {source.contacts:,}"
        yield Figure(
            f"duplicates of {size:,} contacts, CPU of 100,000", seconds[size], "s", PER_100K, False, seen
        )
        yield Figure("– its memory", ended.peak, "MB", PEAK, False)
    growth = seconds[options.size] / seconds[options.small]
    yield Figure("– against the small workspace", growth, "x", GROWTH, False)
    precision, recall, _ = planted()
    of = f"of {GENERATED:,} generated, from {SURE:.0%} on"
    yield Figure("planted duplicates: precision", precision * 100, "%", 85.0, True, of)
    yield Figure("– recall", recall * 100, "%", 90.0, True, of)
    place = tables.folder("febrl")
    if place is not None:
        yield _f1("febrl dataset3, F1 of pairs", tables.febrl(place / "dataset3.csv"), FEBRL)
    place = tables.folder("people_1000")
    if place is not None:
        yield _f1("people_1000, F1 of pairs", tables.people_1000(place), PEOPLE)


def planted() -> tuple[float, float, float]:
    """Pairwise precision, recall and F1 on generated people."""
    maker = Generator(DemoPlan(GENERATED, data.SEED, "2026-06-15T10:00:00.000Z"))
    contact = builtin().entity("contact")
    profiles: list[Profile] = []
    numbers: dict[str, int] = {}
    for batch in maker.batches(18_000):
        for step in batch.steps():
            for change in step:
                if change.entity == "contact" and change.verb == "create":
                    numbers[change.record] = len(profiles)
                    profiles.append(of_record(contact, {**change.after, "id": change.record}, len(profiles)))
    true = {(numbers[one], numbers[copy]) for one, copy in maker.duplicates}
    return tables.score(_pairs(profiles, SURE), true)


def _f1(what: str, known: tuple[list[Profile], tables.Pairs], budget: float) -> Figure:
    precision, recall, f1 = tables.score(_pairs(known[0]), known[1])
    return Figure(what, f1 * 100, "%", budget, True, f"precision {precision:.3f}, recall {recall:.3f}")


def _pairs(profiles: list[Profile], threshold: float = 0.8) -> tables.Pairs:
    return {pair for group in grouped(profiles, threshold) for pair in combinations(group.members, 2)}
