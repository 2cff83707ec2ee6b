"""How soon ``crm watch`` shows what another process commits, and what it costs while nothing happens (``watch_latency``)."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from benchmarks.harness import Figure, Sample, note
from benchmarks.watch_latency import IDLE_PERCENT, P99_MS, SETTLE, cpu_seconds, delays
from crmtool.app.create import NewWorkspace, create_workspace

if TYPE_CHECKING:
    from collections.abc import Iterator

    from benchmarks.harness import Options

CHANGES, IDLE = 300, 20


def run(options: Options) -> Iterator[Figure]:
    """Delays from commit to line with a poke and without, and the share of a core that waiting takes."""
    changes, idle = options.rounds(CHANGES), IDLE
    note(f"watching {changes} changes twice, then nothing for {idle} s …")
    with TemporaryDirectory() as folder:
        home = Path(folder)
        path = str(home / "workspaces" / "default" / "crm.db")
        with create_workspace(path, NewWorkspace("Benchmark", "Me")) as workspace:
            poked = Sample.of(delays(workspace, home, changes))
            workspace.run_folder = None
            unannounced = Sample.of(delays(workspace, home, changes))
        spent = cpu_seconds(home, idle + SETTLE) - cpu_seconds(home, SETTLE)
    yield Figure("commit to line, 99 of 100", poked.at(0.99), "ms", P99_MS, False, poked.text())
    seen = unannounced.text()
    yield Figure("– by a writer that does not poke, 99 of 100", unannounced.at(0.99), "ms", None, False, seen)
    yield Figure("watching while nothing happens", 100 * spent / idle, "% of a core", IDLE_PERCENT)
