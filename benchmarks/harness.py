"""What every benchmark shares: timing, baselines of the same run, and the table of what was seen against its budget.

A figure is a ratio wherever it can be one: what is measured and its baseline alternate, so that a busy machine is
busy for both. Times inside a process are wall time; those of whole processes are CPU time, which other programs on
the machine disturb least.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import IO, TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

ROOT = Path(__file__).resolve().parent.parent
MEGABYTE = 1_000_000
# ru_maxrss counts kilobytes on Linux and bytes on macOS.
PEAK_UNIT = 1 if sys.platform == "darwin" else 1024


class Options(NamedTuple):
    """What a run is asked for. ``size`` and ``small`` are numbers of contacts; growth is measured from small to size."""

    size: int
    small: int
    quick: bool
    folder: Path

    def rounds(self, count: int) -> int:
        """How often to repeat: ``count``, or a fifth of it in a quick run."""
        return max(3, count // 5) if self.quick else count


class Figure(NamedTuple):
    """One line of the table. ``value`` meets ``budget`` from below, or from above where ``least``; no budget, no verdict."""

    what: str
    value: float
    unit: str
    budget: float | None = None
    least: bool = False
    seen: str = ""
    baseline: str = ""

    @property
    def ok(self) -> bool | None:
        """Whether the budget is kept; ``None`` for a figure that has none."""
        if self.budget is None:
            return None
        return self.value >= self.budget if self.least else self.value <= self.budget


class Sample(NamedTuple):
    """Measured values in rising order, in one unit."""

    values: tuple[float, ...]

    @classmethod
    def of(cls, values: Sequence[float]) -> Sample:
        return cls(tuple(sorted(values)))

    @property
    def median(self) -> float:
        return self.at(0.5)

    def at(self, share: float) -> float:
        """The value below which ``share`` of all lie."""
        return self.values[min(len(self.values) - 1, int(len(self.values) * share))]

    def text(self, unit: str = "ms") -> str:
        """The median, and from least to most."""
        low, high = self.values[0], self.values[-1]
        return f"{number(self.median)} {unit} ({number(low)}–{number(high)})"


def number(value: float) -> str:
    """A figure for people: three digits are all that a measurement is worth."""
    if value >= 1_000:
        return f"{value:,.0f}"
    return f"{value:.0f}" if value >= 100 else f"{value:.1f}" if value >= 10 else f"{value:.3g}"


def ratio(
    what: str,
    measured: Sample,
    baseline: Sample,
    budget: float | None,
    *,
    unit: str = "ms",
    against: str = "",
) -> Figure:
    """How many times the baseline's median the measured median is."""
    seen, base = measured.text(unit), baseline.text(unit)
    return Figure(
        what, measured.median / baseline.median, "x", budget, False, seen, f"{against} {base}".strip()
    )


# -- time inside this process ---------------------------------------------------------------------------------------


def timed(call: Callable[[], object]) -> float:
    """The milliseconds of one call, by the clock on the wall."""
    begin = time.perf_counter()
    call()
    return (time.perf_counter() - begin) * 1_000


def alternating(
    calls: Mapping[str, Callable[[int], object]], rounds: int, warm: int = 3
) -> dict[str, Sample]:
    """Time several calls by turns, ``rounds`` times each after a warm-up; a call is told the number of its round."""
    found: dict[str, list[float]] = {name: [] for name in calls}
    for turn in range(rounds + warm):
        for name, call in calls.items():
            begin = time.perf_counter()
            call(turn)
            took = (time.perf_counter() - begin) * 1_000
            if turn >= warm:
                found[name].append(took)
    return {name: Sample.of(values) for name, values in found.items()}


# -- whole processes ------------------------------------------------------------------------------------------------


class Ended(NamedTuple):
    """What a process took: CPU and wall seconds, and the most memory it held, in MB."""

    cpu: float
    wall: float
    peak: float


# A child's peak memory is never below its parent's at the start, so the parent must be small: a bare interpreter.
_LAUNCH = """
import json, os, sys, time
begin = time.perf_counter()
child = os.posix_spawn(sys.argv[2], sys.argv[2:], os.environ)
_, status, used = os.wait4(child, 0)
wall = time.perf_counter() - begin
report = [used.ru_utime + used.ru_stime, wall, used.ru_maxrss, os.waitstatus_to_exitcode(status)]
os.write(int(sys.argv[1]), json.dumps(report).encode())
"""


def process(
    argv: Sequence[str], env: Mapping[str, str] | None = None, stdout: IO[bytes] | int = subprocess.DEVNULL
) -> Ended:
    """Run a program to its end and answer what it took. Raises ``RuntimeError`` with its talk when it fails."""
    reader, writer = os.pipe()
    with subprocess.Popen(
        [sys.executable, "-I", "-S", "-c", _LAUNCH, str(writer), *argv],
        env=dict(env) if env is not None else None,
        stdin=subprocess.DEVNULL,
        stdout=stdout,
        stderr=subprocess.PIPE,
        pass_fds=(writer,),
    ) as launcher:
        os.close(writer)
        _, talk = launcher.communicate()
    with open(reader, "rb") as report:
        text = report.read()
    cpu, wall, peak, code = json.loads(text) if text else (0, 0, 0, -1)
    if code:
        raise RuntimeError(f"{' '.join(argv)} ended with {code}: {talk.decode(errors='replace')[-2000:]}")
    return Ended(cpu, wall, peak * PEAK_UNIT / MEGABYTE)


def processes(
    commands: Mapping[str, Sequence[str]], env: Mapping[str, str], rounds: int, warm: int = 2
) -> dict[str, Sample]:
    """The CPU milliseconds of several commands, run by turns ``rounds`` times each."""
    found: dict[str, list[float]] = {name: [] for name in commands}
    for turn in range(rounds + warm):
        for name, argv in commands.items():
            cpu = process(argv, env).cpu * 1_000
            if turn >= warm:
                found[name].append(cpu)
    return {name: Sample.of(values) for name, values in found.items()}


def environment(home: Path) -> dict[str, str]:
    """The environment of a measured ``crm``: its own home, bytecode allowed, nothing of the person who measures."""
    kept = {key: os.environ[key] for key in ("PATH", "HOME", "TMPDIR", "LANG", "TZ") if key in os.environ}
    return {**kept, "CRM_HOME": str(home), "CRM_NO_INPUT": "1", "PYTHONPATH": str(ROOT)}


def program(name: str = "crm") -> str:
    """A program of the environment that runs this one."""
    return str(Path(sys.executable).parent / name)


def note(text: str) -> None:
    """Tell whoever waits what is going on."""
    print(text, file=sys.stderr, flush=True)
