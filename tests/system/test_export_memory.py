"""A long export takes no more memory than a short one, in any format, and neither does an archive."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from crmtool.app.commands import Add
from crmtool.app.create import NewWorkspace, create_workspace
from crmtool.cli import paths
from crmtool.transfer.export.formats import FORMATS

pytestmark = pytest.mark.system

MANY = 25_000
GROWTH = 12_000_000  # bytes; one format that kept its rows would take five times as much
RESTORING = 95_000_000  # the pages that a store being filled keeps (64 MB), and a part of its search index, whatever their number
# A child's peak is never below its parent's at the start: a bare interpreter starts the program and tells of its peak.
_LAUNCH = """
import os, sys
pid = os.posix_spawn(sys.argv[1], sys.argv[1:], os.environ)
_, status, used = os.wait4(pid, 0)
print(used.ru_maxrss * (1 if sys.platform == "darwin" else 1024), os.waitstatus_to_exitcode(status))
"""


@pytest.fixture(scope="module")
def homes(tmp_path_factory: pytest.TempPathFactory) -> dict[int, Path]:
    """A home with few contacts and one with many."""
    made = {}
    for count in (500, MANY):
        home = made[count] = tmp_path_factory.mktemp(f"home{count}")
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("CRM_HOME", str(home))
            path = paths.store_file("default")
        with create_workspace(path, NewWorkspace("Many", "Sam"), zone="UTC") as workspace:
            values = {"name": "Ana Ruiz", "company": "Acme", "email": "ana@acme.es", "description": "x" * 300}
            workspace.run(Add("contact", values))
            columns = ", ".join(
                f'"{name}"' for name in workspace.db.columns("contacts") if name not in ("n", "id")
            )
            with workspace.db.atomic():
                workspace.db.execute(
                    "WITH RECURSIVE more(n) AS (SELECT 2 UNION ALL SELECT n + 1 FROM more WHERE n < ?) "
                    f"INSERT INTO contacts (n, id, {columns}) "
                    f"SELECT more.n, printf('00000000-0000-7000-8000-%012x', more.n), {columns} FROM contacts, more",
                    (count,),
                )
    return made


@pytest.mark.parametrize("format", [key for key in FORMATS if key != "ics"])
def test_memory_does_not_grow_with_the_rows(homes: dict[int, Path], tmp_path: Path, format: str) -> None:
    target = tmp_path / f"out{FORMATS[format].endings[0]}"
    few, many = (
        _peak(home, "export", "contacts", "--to", str(target), "--fields", "all") for home in homes.values()
    )
    assert target.stat().st_size > 100_000
    assert many - few < GROWTH


def test_an_archive_takes_no_more_memory_either(homes: dict[int, Path], tmp_path: Path) -> None:
    peaks = []
    for count, home in homes.items():
        target = tmp_path / f"{count}.crm"
        written = _peak(home, "archive", str(target))
        peaks.append((written, _peak(tmp_path, "-w", f"moved{count}", "restore", str(target))))
    few, many = peaks
    assert many[0] - few[0] < GROWTH
    assert many[1] - few[1] < RESTORING


def _peak(home: Path, *words: str) -> int:
    """The most bytes that a run of the program held at a time."""
    crm = Path(sys.executable).parent / "crm"
    env = {key: value for key, value in os.environ.items() if not key.startswith("COV")} | {
        "CRM_HOME": str(home)
    }
    ran = subprocess.run(
        [sys.executable, "-I", "-S", "-c", _LAUNCH, str(crm), *words],
        env=env,
        capture_output=True,
        text=True,
        check=True,
    )
    peak, code = map(int, ran.stdout.split())
    assert code == 0, ran.stderr
    return peak
