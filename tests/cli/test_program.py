"""The installed program in processes of its own: pipes, a full disk, a pager, Ctrl-C, locales."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pexpect
import pytest

CRM = os.path.join(os.path.dirname(sys.executable), "crm")

pytestmark = pytest.mark.system


def environment(**more: str) -> dict[str, str]:
    return {**os.environ, "LC_ALL": "C.UTF-8", "TERM": "xterm", **more}


def shell(line: str, **more: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["bash", "-c", f"set -o pipefail; {line}"],
        env=environment(CRM=CRM, **more),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_a_pipe_that_closes_early_is_quiet_and_no_failure() -> None:
    ran = shell('"$CRM" config list | head -n 1; echo "${PIPESTATUS[0]}"')
    assert ran.stdout.splitlines()[-1] == "0"
    assert ran.stderr == ""
    # An output larger than the pipe's buffer, so that writing itself fails.
    ran = shell(
        """for i in $(seq 2000); do echo "a$i = \\"$(printf 'x%.0s' {1..99})\\""; done > "$CRM_HOME/more"
        { echo '[aliases]'; cat "$CRM_HOME/more"; } > "$CRM_HOME/config.toml"
        "$CRM" config list --ndjson | head -n 1; echo "${PIPESTATUS[0]}" """,
        CRM_HOME=_made(os.environ["CRM_HOME"]),
    )
    assert ran.stdout.splitlines()[-1] == "0"
    assert ran.stderr == ""


def test_a_full_disk_is_a_failure_that_is_said() -> None:
    ran = shell('"$CRM" --help > /dev/full')
    assert ran.returncode == 1
    assert ran.stderr.endswith("[disk_full]\n")
    ran = shell('"$CRM" config list --output /dev/full')
    assert ran.returncode == 1


def test_closed_streams_do_not_crash() -> None:
    assert shell('"$CRM" --help 2>&-').returncode == 0
    assert shell('"$CRM" version >&-').returncode in (0, 1)
    assert shell('"$CRM" version <&-').returncode == 0


def test_data_is_utf_8_in_every_locale(settings: object) -> None:
    _made(os.environ["CRM_HOME"])
    Path(os.environ["CRM_HOME"], "config.toml").write_text('actor = "Zoë 山"\n', encoding="utf-8")
    for locale in ("C", "POSIX", "en_US.ISO-8859-1", "C.UTF-8"):
        ran = shell('"$CRM" config get actor', LC_ALL=locale, PYTHONCOERCECLOCALE="0", PYTHONUTF8="0")
        assert ran.stdout == "Zoë 山\n", locale


def test_an_error_leaves_stdout_empty_and_the_code_set() -> None:
    ran = shell('"$CRM" config get workspace')
    assert (ran.returncode, ran.stdout) == (3, "")
    assert shell('"$CRM" config nonsense').returncode == 2


def test_long_output_on_a_terminal_goes_through_the_pager(tmp_path: Path) -> None:
    marker = tmp_path / "paged"
    pager = tmp_path / "pager"
    pager.write_text(f"#!/bin/sh\ncat > '{marker}'\necho paged\n")
    pager.chmod(0o755)

    def on_terminal(lines: int, **more: str) -> str:
        child = pexpect.spawn(
            CRM,
            ["config", "list"],
            env=environment(**more),
            dimensions=(lines, 80),
            timeout=30,
            encoding="utf-8",
        )
        text = child.read()
        child.close()
        assert child.exitstatus == 0
        return str(text)

    assert "paged" not in on_terminal(50, PAGER=str(pager))
    assert on_terminal(5, PAGER=str(pager)).strip().endswith("paged")
    assert len(marker.read_text().splitlines()) == 15
    assert "\x1b[1mSetting" in marker.read_text()
    marker.unlink()
    on_terminal(5, PAGER=str(pager), CRM_PAGER="")
    on_terminal(5, PAGER=str(pager), ACCESSIBLE="1")
    on_terminal(5, PAGER="cat")
    assert "region" in on_terminal(5, PAGER="/no/such/program")
    assert not marker.exists()


def test_a_pager_that_is_left_early_ends_it_quietly() -> None:
    child = pexpect.spawn(
        CRM,
        ["config", "list"],
        env=environment(PAGER="head -n 1"),
        dimensions=(5, 80),
        timeout=30,
        encoding="utf-8",
    )
    text = child.read()
    child.close()
    assert child.exitstatus == 0
    assert len(text.splitlines()) == 1


def test_ctrl_c_ends_with_130(tmp_path: Path) -> None:
    # The settings file is a pipe that nobody writes to: the program waits there until it is interrupted.
    home = Path(_made(os.environ["CRM_HOME"]))
    os.mkfifo(home / "config.toml")
    child = pexpect.spawn(CRM, ["config", "get", "actor"], env=environment(), timeout=30, encoding="utf-8")
    child.expect(pexpect.TIMEOUT, timeout=0.5)
    child.sendintr()
    child.expect(pexpect.EOF)
    child.close()
    assert child.exitstatus == 130
    assert "[interrupted]" in child.before


def _made(folder: str) -> str:
    os.makedirs(folder, exist_ok=True)
    return folder
