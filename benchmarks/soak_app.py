"""The app for as long as asked, while others change, import and undo: nothing fails, memory stays flat, the store stays sound.

Random keys are pressed in the real app, without a terminal, over a workspace of its own; another process changes the same
records without a pause. Memory is what the process holds after a warm-up against what it holds at the end.

    python -m benchmarks.soak_app [--seconds S] [--contacts N] [--seed N]
"""

from __future__ import annotations

import argparse
import asyncio
import os
import random
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

from tests.tui import monkey

from benchmarks.harness import ROOT, environment, note, program
from crmtool.app.workspace import open_workspace
from crmtool.tui.app import CrmApp
from crmtool.tui.lag import BUDGET, Lag
from crmtool.tui.places import HOME
from crmtool.tui.settings import Settings

if TYPE_CHECKING:
    from crmtool.app.workspace import Workspace

WARM = 0.25  # of the time, before memory counts
GROWTH = 15.0  # MB that the second half may hold more than the first, for caches that fill
ROUND = 100  # keys between two looks
MEGABYTE = 1_000_000

OTHERS = """
import random, sys, time
from crmtool.app.workspace import open_workspace
from tests.tui.monkey import meddle
chance = random.Random(int(sys.argv[2]))
with open_workspace(sys.argv[1], zone="UTC") as workspace:
    end = time.monotonic() + float(sys.argv[3])
    while time.monotonic() < end:
        workspace.refresh_clock()
        meddle(workspace, chance)
        time.sleep(0.05)
"""


def main() -> int:
    parser = argparse.ArgumentParser(description="Use the app until the time is over.")
    parser.add_argument("--seconds", type=float, default=60, metavar="S")
    parser.add_argument("--contacts", type=int, default=2_000, metavar="N")
    parser.add_argument("--seed", type=int, default=None, metavar="N")
    asked = parser.parse_args()
    seed = time.time_ns() if asked.seed is None else asked.seed
    note(f"seed {seed}")
    with tempfile.TemporaryDirectory(prefix="crm-soak-") as folder:
        home = Path(folder)
        env = environment(home)
        crm = [sys.executable, "-m", "crmtool"]
        subprocess.run(
            [*crm, "demo", "--contacts", str(asked.contacts)], env=env, check=True, capture_output=True
        )
        os.environ.update({"CRM_HOME": folder, "EDITOR": "true"})
        store = str(home / "workspaces" / "default" / "crm.db")
        others = subprocess.Popen(
            [sys.executable, "-c", OTHERS, store, str(seed), str(asked.seconds)], env=env, cwd=ROOT
        )
        try:
            wrong = asyncio.run(used(store, home, asked.seconds, seed))
        finally:
            others.wait()
        # What was erased while others read is scrubbed when nobody does.
        subprocess.run([*crm, "doctor", "--rebuild"], env=env, check=True, capture_output=True)
        doctor = subprocess.run([*crm, "doctor", "--deep"], env=env, capture_output=True, text=True)
        if doctor.returncode:
            wrong.append(doctor.stdout + doctor.stderr)
    for line in wrong:
        print(line)
    return 1 if wrong else 0


async def used(store: str, home: Path, seconds: float, seed: int) -> list[str]:
    """Use the app for so long, and answer what was wrong."""
    chance = random.Random(seed)
    settings = Settings("default", str(home / "tui.json"), str(home / "tui.log"), (program(),))

    def opener(read_only: bool) -> Workspace:
        return open_workspace(store, zone="UTC", read_only=read_only)

    app = CrmApp(opener, settings, HOME)
    lag = Lag()
    held: list[tuple[float, float]] = []
    pressed = 0
    begin = time.monotonic()
    async with app.run_test(size=(120, 40), notifications=True) as pilot:
        lag.start()
        while (passed := time.monotonic() - begin) < seconds and not app.faults.unforeseen:
            await monkey.play(pilot, chance, ROUND)
            pressed += ROUND
            app.start_at(HOME)  # else it ends up ever deeper in screens, which are held as they should be
            await asyncio.sleep(0.2)
            if passed > seconds * WARM:
                held.append((passed, resident()))
        lag.stop()
    wrong = [f"{type(error).__name__}: {error}" for error in app.faults.unforeseen]
    growth = grown(held)
    if growth > GROWTH:
        wrong.append(f"memory grew by {growth:.1f} MB")
    gaps = lag.gaps()
    over = [gap for gap in gaps if gap.busy > BUDGET]
    last = held[-1][1] if held else resident()
    took = time.monotonic() - begin
    print(
        f"{pressed} keys in {took:.0f} s, {len(app.deeds.log)} deeds; {last:.0f} MB, {growth:+.1f} MB since warm"
    )
    print(f"computed for over {BUDGET * 1000:.0f} ms without a pause: {len(over)} times of {lag.beats} beats")
    for gap in over[:5]:
        print(f"{gap.seconds * 1000:.0f} ms, {gap.busy * 1000:.0f} ms of CPU\n{gap.stack}")
    return wrong


def resident() -> float:
    """MB that this process holds."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / MEGABYTE


def grown(held: list[tuple[float, float]]) -> float:
    """By how many MB the second half of what was seen holds more than the first, on average."""
    half = len(held) // 2
    if not half:
        return 0.0
    return sum(mb for _, mb in held[half:]) / (len(held) - half) - sum(mb for _, mb in held[:half]) / half


if __name__ == "__main__":
    sys.exit(main())
