"""The tour plays real commands, shows each, and ends at the first that fails."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from crmtool.demo import tour

SCRIPT = """#!/bin/sh
echo "ran $* in $CRM_WORKSPACE"
case "$1" in {failing}) exit 3 ;; esac
if [ "$1" = count ]; then echo "$COUNT"; fi
"""


@pytest.fixture
def program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A program in the place of ``crm`` that only says what it was asked."""
    path = tmp_path / "crm"
    path.write_text(SCRIPT.format(failing="nothing"))
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setattr(tour, "crm", lambda: str(path))
    monkeypatch.setenv("COUNT", "0")
    return path


def test_the_tour_makes_a_workspace_and_shows_every_command(
    program: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CRM_HOME", "/tmp/some where")
    monkeypatch.setattr(tour, "has_records", lambda *_: False)
    assert tour.main() == 0
    out = capfd.readouterr().out
    assert "$ crm demo --contacts 2000\nran demo --contacts 2000 in demo\n" in out
    for words in ("today", "contact list", "find", "pipeline show", "import"):
        assert f"$ crm {words}" in out
        assert f"\nran {words}" in out
    assert "export CRM_HOME='/tmp/some where'" in out
    assert "crm --help" in out


def test_a_workspace_that_is_there_is_used(
    program: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tour, "has_records", lambda *_: True)
    assert tour.main() == 0
    assert "$ crm demo" not in capfd.readouterr().out


def test_whether_there_are_records_is_asked_of_the_program(tmp_path: Path) -> None:
    def answering(text: str, code: int = 0) -> str:
        path = tmp_path / "crm"
        path.write_text(f"#!/bin/sh\necho '{text}'\nexit {code}\n")
        path.chmod(0o700)
        return str(path)

    assert tour.has_records(answering("2000"), {})
    assert not tour.has_records(answering("0"), {})
    assert not tour.has_records(answering("", 3), {})


def test_the_first_failure_ends_the_tour(
    program: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    program.write_text(SCRIPT.format(failing="contact"))
    assert tour.main() == 3
    found = capfd.readouterr()
    assert "$ crm find" not in found.out
    assert "exit code 3" in found.err
