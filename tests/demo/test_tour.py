"""The tour plays real commands, shows each, and ends at the first that fails."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from crmtool.demo import tour


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home of its own, with a space in its name, and no settings of whoever runs the tests."""
    for name in [name for name in os.environ if name.startswith("CRM_")]:
        monkeypatch.delenv(name)
    folder = tmp_path / "some where"
    monkeypatch.setenv("CRM_HOME", str(folder))
    return folder


def play() -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "crmtool.demo.tour"], capture_output=True, text=True, check=False
    )


@pytest.mark.system
def test_the_tour_shows_what_there_is_and_can_be_played_again(home: Path) -> None:
    first = play()
    assert (first.returncode, "Error" in first.stderr) == (0, False), first.stderr
    for words in ("demo --contacts 2000", "today", "contact list", "find", "pipeline show", "import"):
        assert f"\n$ crm {words}" in first.stdout
    for shown in ("Open pipeline", "Lifecycle", "Negotiation", "Talleres Alborada"):
        assert shown in first.stdout
    assert "49 rows: 49 new" in first.stderr
    for asked, name in (("grossmann", "Großmann"), ("'王'", "王")):
        assert name in first.stdout.split(f"$ crm find {asked} --limit 8\n")[1].split("\n$ ")[0]
    assert f"export CRM_HOME='{home}'" in first.stdout
    assert "crm --help" in first.stdout

    second = play()
    assert second.returncode == 0
    assert "$ crm demo" not in second.stdout
    assert "49 unchanged" in second.stderr


@pytest.mark.system
def test_the_first_failure_ends_the_tour(
    home: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    made = subprocess.run(
        [tour.crm(), "-w", tour.WORKSPACE, "demo", "--contacts", "20"], capture_output=True, check=False
    )
    assert made.returncode == 0
    monkeypatch.setattr(
        tour, "steps", lambda: [("Nobody:", [["contact", "show", "nobody@acme.example"], ["today"]])]
    )
    assert tour.main() == 3
    found = capfd.readouterr()
    assert "$ crm contact show nobody@acme.example" in found.out
    assert "$ crm today" not in found.out
    assert "exit code 3" in found.err
