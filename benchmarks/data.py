"""The workspaces that everything is measured on: the demo generator's data at any size, made once and kept.

They lie under ``$CRM_BENCH_DIR`` (``build/bench`` without it), each in a folder that is a ``CRM_HOME``. A workspace
is made anew when the code that decides what it holds has changed. Nothing may write to one: who wants to write takes
a ``scratch`` copy.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import tempfile
import time
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from benchmarks.harness import ROOT, Options, note
from crmtool.app.create import NewWorkspace, create_workspace
from crmtool.app.workspace import open_workspace
from crmtool.demo import load
from crmtool.store.reader import Query

if TYPE_CHECKING:
    from collections.abc import Iterator

    from crmtool.app.workspace import Workspace

SEED = 20
COUNTED = ("contact", "company", "deal", "activity", "task", "order")
# What a workspace holds follows from these.
SOURCES = ("demo", "core/entities", "core/tokens.py", "core/ids.py", "store/ddl.py", "store/layout.py", "store/log.py",
           "store/packing.py", "store/dialect_sqlite_search.py", "store/migrations")  # fmt: skip


class Store(NamedTuple):
    """A workspace to measure. ``facts`` tells how many records of each kind, changes, bytes, and what making it took."""

    home: Path
    facts: dict[str, float]

    @property
    def path(self) -> str:
        """The database file."""
        return str(self.home / "workspaces" / "default" / "crm.db")

    @property
    def contacts(self) -> int:
        return int(self.facts["contact"])

    def open(self, *, read_only: bool = True) -> Workspace:
        return open_workspace(self.path, read_only=read_only, zone="UTC")


def folder() -> Path:
    """Where workspaces are kept."""
    return Path(os.environ.get("CRM_BENCH_DIR") or ROOT / "build" / "bench").absolute()


def store(options: Options, contacts: int) -> Store:
    """The workspace of this many contacts, made if it is not there."""
    home = options.folder / f"{contacts}-{fingerprint()}"
    facts = home / "facts.json"
    if not facts.exists():
        for stale in options.folder.glob(f"{contacts}-*"):
            shutil.rmtree(stale)
        _make(options.folder, home, contacts)
    return Store(home, json.loads(facts.read_text()))


def fingerprint() -> str:
    """What tells two ways of making workspaces apart."""
    found = sha256()
    for source in SOURCES:
        path = ROOT / "src" / "crmtool" / source
        for file in [path] if path.is_file() else sorted(path.rglob("*.py")):
            found.update(file.read_bytes())
    return found.hexdigest()[:8]


def _make(folder: Path, home: Path, contacts: int) -> None:
    """Make a workspace beside its place, and move it there when it is whole."""
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder, prefix="new-") as made:
        path = Path(made, "home", "workspaces", "default", "crm.db")
        path.parent.mkdir(parents=True)
        note(f"making a workspace of {contacts:,} contacts …")
        begin, cpu = time.perf_counter(), time.process_time()
        with create_workspace(str(path), NewWorkspace("Benchmark", "Me"), zone="UTC") as workspace:
            loaded = load.load(workspace, load.plan_for(workspace, contacts, SEED), _progress())
            facts: dict[str, float] = {key: workspace.reader.count(Query(key)) for key in COUNTED}
        facts["changes"] = loaded.changes
        facts["cpu"], facts["wall"] = time.process_time() - cpu, time.perf_counter() - begin
        facts["bytes"] = path.stat().st_size
        Path(made, "home", "facts.json").write_text(json.dumps(facts, indent=1))
        Path(made, "home").rename(home)


def _progress() -> load.Progress:
    last = time.monotonic()

    def told(done: int, expected: int) -> None:
        nonlocal last
        if time.monotonic() - last > 10:
            last = time.monotonic()
            note(f"  {done:,} of about {expected:,} changes")

    return told


@contextmanager
def scratch(options: Options, source: Store) -> Iterator[Store]:
    """A copy to write to, gone afterwards."""
    with tempfile.TemporaryDirectory(dir=options.folder, prefix="scratch-") as made:
        home = Path(made, "home")
        # The system's own copy shares blocks where the file system can.
        subprocess.run(["cp", "-R", str(source.home), str(home)], check=True)
        yield Store(home, source.facts)


@contextmanager
def empty(options: Options) -> Iterator[Store]:
    """A new workspace without records, gone afterwards."""
    options.folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=options.folder, prefix="empty-") as made:
        found = Store(Path(made, "home"), {})
        Path(found.path).parent.mkdir(parents=True)
        create_workspace(found.path, NewWorkspace("Benchmark", "Me"), zone="UTC").close()
        yield found
