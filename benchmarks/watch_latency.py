"""How soon ``crm watch`` shows a change of another process, and what it costs while nothing happens.

Real processes: this one writes, ``crm watch --ndjson`` reads. A line's delay is counted from the moment the engine is asked to
commit, so that making the change durable is in it. Once the writer pokes, as every door does; once it does not, as a foreign
program would not, and the watcher has the system's note of the write-ahead log alone.

    python -m benchmarks.watch_latency [--changes N] [--idle SECONDS]

Ends with 1 when a budget is missed: p99 <= 50 ms with a poke, <= 0.5% of a core when idle.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

from crmtool.app.commands import Add
from crmtool.app.create import NewWorkspace, create_workspace
from crmtool.app.workspace import Workspace

P99_MS = 50.0
IDLE_PERCENT = 0.5
SETTLE = 1.5  # seconds until a watcher has loaded everything


def watcher(home: Path) -> subprocess.Popen[bytes]:
    """A ``crm watch`` of the workspace in ``home``."""
    program = "from crmtool.cli.main import main; main()"
    return subprocess.Popen(
        [sys.executable, "-c", program, "watch", "--ndjson"],
        stdout=subprocess.PIPE,
        env={**os.environ, "CRM_HOME": str(home)},
    )


def delays(workspace: Workspace, home: Path, changes: int) -> list[float]:
    """Milliseconds from commit to line, in order of size."""
    arrived: dict[str, float] = {}
    with watcher(home) as reader:

        def listen() -> None:
            assert reader.stdout is not None
            for line in reader.stdout:
                moment = time.monotonic()
                arrived[json.loads(line)["id"]] = moment

        thread = threading.Thread(target=listen)
        thread.start()
        time.sleep(SETTLE)
        committed: list[float] = []
        workspace.db.raw.set_trace_callback(  # type: ignore[attr-defined]
            lambda sql: committed.append(time.monotonic()) if sql == "COMMIT" else None
        )
        chance = random.Random(1)
        sent: dict[str, float] = {}
        for number in range(changes):
            time.sleep(0.02 + chance.random() * 0.1)
            outcome = workspace.run(Add("contact", {"name": f"Person {number}"}))
            sent[outcome.made[-1][1]] = committed[-1]
        workspace.db.raw.set_trace_callback(None)  # type: ignore[attr-defined]
        time.sleep(1)
        reader.terminate()
        thread.join()
    missing = sent.keys() - arrived.keys()
    if missing:
        raise SystemExit(f"{len(missing)} of {changes} changes never came")
    return sorted(1000 * (arrived[record] - moment) for record, moment in sent.items())


def cpu_seconds(home: Path, seconds: float) -> float:
    """What a watcher has used of the processor after so long."""
    with watcher(home) as reader:
        time.sleep(seconds)
        os.kill(reader.pid, signal.SIGTERM)
        _, status, used = os.wait4(reader.pid, 0)
        reader.returncode = os.waitstatus_to_exitcode(status)
    return used.ru_utime + used.ru_stime


def at(values: list[float], share: float) -> float:
    return values[min(len(values) - 1, int(len(values) * share))]


def main() -> int:
    parser = argparse.ArgumentParser(description="Latency and idle cost of crm watch.")
    parser.add_argument("--changes", type=int, default=300, metavar="N")
    parser.add_argument("--idle", type=float, default=20, metavar="SECONDS")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        store = home / "workspaces" / "default" / "crm.db"
        with create_workspace(str(store), NewWorkspace("bench", "Bench")) as workspace:
            poked = delays(workspace, home, asked.changes)
            workspace.run_folder = None
            unannounced = delays(workspace, home, asked.changes)
        idle = 100 * (cpu_seconds(home, asked.idle + SETTLE) - cpu_seconds(home, SETTLE)) / asked.idle
    print(f"{'commit to line, ms':<32}{'p50':>8}{'p90':>8}{'p99':>8}{'max':>8}")
    for name, values in (("with a poke", poked), ("without (file notes alone)", unannounced)):
        print(f"{name:<32}" + "".join(f"{at(values, share):8.1f}" for share in (0.5, 0.9, 0.99, 1)))
    print(f"{'idle, % of a core':<32}{idle:8.2f}")
    return int(at(poked, 0.99) > P99_MS or idle > IDLE_PERCENT)


if __name__ == "__main__":
    sys.exit(main())
