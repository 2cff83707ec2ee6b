"""``kill -9`` at random for a while (``soak_crash``): every store must be sound afterwards. Longer: ``make soak``."""

from __future__ import annotations

import re
import subprocess
import sys
from typing import TYPE_CHECKING

from benchmarks.harness import ROOT, Figure, note

if TYPE_CHECKING:
    from collections.abc import Iterator

    from benchmarks.harness import Options

SECONDS = 60


def run(options: Options) -> Iterator[Figure]:
    """How many writers were killed, and whether a store was not sound."""
    seconds = options.rounds(SECONDS)
    note(f"killing writers for {seconds} s …")
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.soak_crash", "--seconds", str(seconds)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
        check=False,
    )
    kills = re.match(r"(\d+) kills", done.stdout)
    yield Figure(
        "stores that were not sound after a kill",
        0 if done.returncode == 0 else 1,
        "",
        0,
        False,
        done.stdout.strip(),
    )
    yield Figure("writers killed", int(kills[1]) if kills else 0, "", 1, True)
