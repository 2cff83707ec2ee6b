"""Contents of documents while processes are killed, and while one adds what another erases: none that is needed is missing."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import pytest

from crmtool.app import contents
from crmtool.app.create import NewWorkspace, create_workspace
from crmtool.app.workspace import open_workspace

pytestmark = pytest.mark.system

ADDS = """
import io, sys
from crmtool.app import contents
from crmtool.app.commands import Purge
from crmtool.app.workspace import open_workspace

store, rounds, same, erase = sys.argv[1], int(sys.argv[2]), sys.argv[3] == "same", sys.argv[4] == "erase"
with open_workspace(store, zone="UTC") as ws:
    kept = contents.of(ws)
    for number in range(rounds):
        data = b"the very same" if same else b"content %d of %d" % (number, id(ws))
        received = kept.receive(io.BytesIO(data * 1000))
        outcome = contents.keep(ws, [({"name": f"{number}.txt"}, received)], [])
        kept.discard(received)
        if erase:
            ws.run(Purge("file", (outcome.made[0][1],)))
"""


@pytest.fixture
def store(tmp_path: Path) -> str:
    location = str(tmp_path / "w" / "crm.db")
    create_workspace(location, NewWorkspace("Test", "Tess Tester"), zone="UTC").close()
    return location


def child(store: str, rounds: int, *words: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-c", ADDS, store, str(rounds), *words],
        stderr=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
    )


def missing(store: str) -> list[str]:
    with open_workspace(store, zone="UTC") as ws:
        kept = contents.of(ws)
        return [sha256 for sha256, size in contents.referenced(ws) if kept.state(sha256, size) is not None]


def test_a_killed_process_leaves_orphans_at_most(store: str) -> None:
    for turn in range(6):
        adding = child(store, 100_000, "other", "keep")
        time.sleep(0.4 + turn * 0.07)
        adding.kill()
        assert adding.communicate()[1] == b""
        assert missing(store) == []
    with open_workspace(store, zone="UTC") as ws:
        assert len([*contents.referenced(ws)]) > 0
        contents.sweep(ws)
        assert contents.orphans(ws) == []
    assert missing(store) == []


def test_adding_and_erasing_the_same_content_at_once(store: str) -> None:
    running = [
        child(store, 40, "same", "erase"),
        child(store, 40, "same", "erase"),
        child(store, 40, "same", "keep"),
    ]
    for each in running:
        said = each.communicate()[1]
        assert each.returncode == 0, said.decode()
    assert missing(store) == []
    with open_workspace(store, zone="UTC") as ws:
        assert len([*contents.referenced(ws)]) == 1
        assert contents.orphans(ws) == []
