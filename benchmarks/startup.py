"""Whole commands, from ``exec`` to exit, in CPU time: against a bare program of the same framework, or a bare interpreter.

Both programs start by a console script of the same making, with bytecode compiled before. ``python -c pass`` is the
interpreter of the same environment.
"""

from __future__ import annotations

import compileall
import os
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from benchmarks import data
from benchmarks.harness import ROOT, Figure, environment, note, processes, program, ratio

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from benchmarks.harness import Options

READ, ADD, BARE = 1.2, 1.4, 3.0
ROUNDS = 25
# How many modules a command has loaded when it is done; the tests hold it to these names, this counts them.
COUNTED = """
import sys
from crmtool.cli.main import run
code = run(sys.argv[1:])
sys.stderr.write(f"\\n{len(sys.modules)}")
sys.exit(code)
"""


def run(options: Options) -> Iterator[Figure]:
    """CPU ratios of the commands that people and shells run all day, and how many modules each loads."""
    source = data.store(options, options.size)
    note("compiling …")
    for package in ("src/crmtool", "benchmarks"):
        compileall.compile_dir(str(ROOT / package), quiet=1)
    with source.open() as workspace:
        record, name = workspace.db.one(
            "SELECT id, name FROM contacts WHERE name NOT GLOB '*[^A-Za-z ]*' AND name LIKE '____% %' LIMIT 1"
        ) or ("", "")
    with TemporaryDirectory() as folder, data.scratch(options, source) as store:
        bare = [_console_script(Path(folder)), store.path]
        reads = {
            "crm contact list --limit 20": ["contact", "list", "--limit", "20"],
            "crm show RECORD": ["show", record],
            "crm find NAME": ["find", name],
        }
        writes = {"crm contact add": ["contact", "add", "name=Ada Quimby", "email=ada@example.com"]}
        quick = {
            "crm count contact": ["count", "contact"],
            "crm prompt": ["prompt"],
            "completion of a word": ["__complete", "zsh", "--", "contact", "l"],
            "completion of a name": ["__complete", "zsh", "--", "show", name[:4]],
        }
        env = environment(store.home)
        rounds = options.rounds(ROUNDS)
        framework = _commands({"bare Typer program": bare}, {**reads, **writes})
        found = processes(framework, env, rounds)
        for what in reads:
            yield ratio(what, found[what], found["bare Typer program"], READ)
        for what in writes:
            yield ratio(what, found[what], found["bare Typer program"], ADD)
        interpreter = _commands({"python -c pass": [sys.executable, "-c", "pass"]}, quick)
        found = processes(interpreter, env, rounds)
        for what in quick:
            yield ratio(what, found[what], found["python -c pass"], BARE)
        for what, words in {**reads, **quick}.items():
            yield Figure(f"– {what}: modules loaded", _modules(words, env), "")


def _commands(
    baseline: Mapping[str, Sequence[str]], ours: Mapping[str, Sequence[str]]
) -> dict[str, list[str]]:
    return {
        **{k: list(v) for k, v in baseline.items()},
        **{k: [program(), *words] for k, words in ours.items()},
    }


def _console_script(folder: Path) -> str:
    """The script that starts the bare program, as the installer makes them: ours with another module in it."""
    path = folder / "bare"
    path.write_text(Path(program()).read_text().replace("crmtool.cli.main", "benchmarks.bare_typer"))
    path.chmod(0o755)
    return os.fspath(path)


def _modules(words: Sequence[str], env: Mapping[str, str]) -> int:
    done = subprocess.run(
        [sys.executable, "-c", COUNTED, *words], env=dict(env), capture_output=True, text=True, check=True
    )
    return int(done.stderr.rsplit("\n", 1)[-1])
