"""``crm watch`` as a process: how it ends, and that it hears other processes in time."""

from __future__ import annotations

import json
import os
import select
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from crmtool.app.commands import Add
from crmtool.app.create import NewWorkspace, create_workspace
from crmtool.app.workspace import Workspace

pytestmark = pytest.mark.system

PROGRAM = [sys.executable, "-c", "from crmtool.cli.main import main; main()"]


@pytest.fixture
def workspace(tmp_path: Path) -> Iterator[Workspace]:
    store = tmp_path / "workspaces" / "default" / "crm.db"
    with create_workspace(str(store), NewWorkspace("Test", "Mia Ito")) as made:
        yield made


@pytest.fixture
def watcher(tmp_path: Path, workspace: Workspace) -> Iterator[subprocess.Popen[str]]:
    """A running ``crm watch --ndjson`` that has bound its socket."""
    env = {k: v for k, v in os.environ.items() if not k.startswith("CRM_")} | {"CRM_HOME": str(tmp_path)}
    with subprocess.Popen(
        [*PROGRAM, "watch", "--ndjson"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=env
    ) as process:
        end = time.monotonic() + 20
        while not sockets(workspace):
            assert time.monotonic() < end
            assert process.poll() is None
            time.sleep(0.02)
        time.sleep(0.2)
        yield process
        process.kill()


def sockets(workspace: Workspace) -> list[Path]:
    return list(Path(workspace.run_folder or "").glob("*.feed"))


def line(process: subprocess.Popen[str], seconds: float) -> str:
    assert process.stdout is not None
    ready, _, _ = select.select([process.stdout], [], [], seconds)
    assert ready, "no line came"
    return process.stdout.readline()


def test_changes_of_another_process_come_in_time(
    workspace: Workspace, watcher: subprocess.Popen[str]
) -> None:
    delays = []
    for number in range(30):
        workspace.run(Add("contact", {"name": f"Person {number}"}))
        start = time.monotonic()
        event = json.loads(line(watcher, 5))
        delays.append(time.monotonic() - start)
        assert event["name"] == f"Person {number}"
        time.sleep(0.02)
    # The budget (p99 <= 50 ms) is the benchmark's to hold; here the middle one of 30 must not wait for a timer.
    assert sorted(delays)[15] < 0.05


def test_unannounced_changes_come_too(workspace: Workspace, watcher: subprocess.Popen[str]) -> None:
    workspace.run_folder = None  # this writer does not poke
    workspace.run(Add("contact", {"name": "Ana"}))
    assert json.loads(line(watcher, 2))["name"] == "Ana"


@pytest.mark.parametrize(("sent", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 0)])
def test_signals_end_it_quietly(
    workspace: Workspace, watcher: subprocess.Popen[str], sent: signal.Signals, code: int
) -> None:
    watcher.send_signal(sent)
    out, err = watcher.communicate(timeout=10)
    assert (watcher.returncode, out, err) == (code, "", "")
    assert sockets(workspace) == []


def test_it_ends_when_nobody_reads_any_more(workspace: Workspace, watcher: subprocess.Popen[str]) -> None:
    assert watcher.stdout is not None
    watcher.stdout.close()
    assert watcher.wait(timeout=5) == 0
    assert sockets(workspace) == []


def test_a_killed_watcher_is_tidied_up_by_the_next_write(
    workspace: Workspace, watcher: subprocess.Popen[str]
) -> None:
    watcher.kill()
    watcher.wait()
    assert len(sockets(workspace)) == 1
    workspace.run(Add("contact", {"name": "Ana"}))
    assert sockets(workspace) == []
