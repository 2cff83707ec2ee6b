"""``kill -9`` until the time is over: the scenarios of ``tests/system/crash.py`` at points that a test has no time for.

Every round takes a scenario, a moment and a way to recover from a seed that it prints when something is wrong; the store is then
kept where it lies.

    python -m benchmarks.soak_crash [--seconds S] [--seed N]
"""

from __future__ import annotations

import argparse
import random
import shutil
import sys
import tempfile
import time
from pathlib import Path

from tests.system import crash


def main() -> int:
    parser = argparse.ArgumentParser(description="Kill writers at random until the time is over.")
    parser.add_argument("--seconds", type=float, default=60, metavar="S")
    parser.add_argument("--seed", type=int, default=None, metavar="N", help="repeat this one round")
    asked = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="crm-soak-"))
    template = crash.template(folder)
    sizes = {
        name: crash.measure(scenario, crash.fresh(template, folder / f"measured-{name}"))
        for name, scenario in crash.SCENARIOS.items()
    }
    end = time.monotonic() + asked.seconds
    rounds = dict.fromkeys(crash.SCENARIOS, 0)
    seed = time.time_ns() if asked.seed is None else asked.seed
    while True:
        name = one(seed, template, folder, sizes)
        rounds[name] += 1
        if asked.seed is not None or time.monotonic() > end:
            break
        seed += 1
    shutil.rmtree(folder)
    print(
        f"{sum(rounds.values())} kills, every store sound: "
        + ", ".join(f"{n} {c}" for n, c in rounds.items())
    )
    return 0


def one(seed: int, template: Path, folder: Path, sizes: dict[str, tuple[int, float]]) -> str:
    """One round: kill, check, recover, check. The name of its scenario."""
    chance = random.Random(seed)
    name = chance.choice(list(crash.SCENARIOS))
    statements, seconds = sizes[name]
    if chance.random() < 0.5:
        kill = crash.Kill(statement=chance.randint(1, statements))
    else:
        kill = crash.Kill(seconds=chance.uniform(0, seconds * 1.1))
    store = crash.fresh(template, folder / f"{seed}")
    crash.run(crash.SCENARIOS[name], store, kill)
    try:
        crash.check(name, store, take_back=chance.random() < 0.5)
    except BaseException:
        print(f"seed {seed}: {name}, {kill}, store {store}", file=sys.stderr)
        raise
    shutil.rmtree(store.parent)
    return name


if __name__ == "__main__":
    sys.exit(main())
