"""What wakes a watcher."""

from __future__ import annotations

import os
import socket
import stat
import threading
import time
from pathlib import Path

from crmtool.app.feed import Ear, poke, stale


def test_a_poke_wakes_and_many_are_one(tmp_path: Path) -> None:
    with Ear(str(tmp_path), None) as ear:
        assert ear.path is not None
        assert stat.S_IMODE(os.stat(ear.path).st_mode) == 0o600
        assert not ear.wait(0)
        for _ in range(500):  # more than its queue holds: poking neither waits nor fails
            poke(str(tmp_path))
        assert ear.wait(1)
        assert not ear.wait(0)
    assert list(tmp_path.iterdir()) == []


def test_a_folder_too_long_for_an_address(tmp_path: Path) -> None:
    deep = tmp_path.joinpath(*["a folder with a long name"] * 8)
    deep.mkdir(parents=True)
    before = {name for name in os.listdir("/tmp") if name.startswith(".crm-")}
    with Ear(str(deep), None) as ear:
        poke(str(deep))
        assert ear.wait(1)
        assert stale(str(deep)) == []
    assert list(deep.iterdir()) == []
    assert {name for name in os.listdir("/tmp") if name.startswith(".crm-")} <= before


def test_a_dead_watcher_is_tidied_up(tmp_path: Path) -> None:
    left = tmp_path / "1-abc.feed"
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as dead:
        dead.bind(str(left))
    with Ear(str(tmp_path), None) as ear:
        assert stale(str(tmp_path)) == [str(left)]
        poke(str(tmp_path))
        assert ear.wait(1)
    assert list(tmp_path.iterdir()) == []


def test_poking_nobody_is_nothing(tmp_path: Path) -> None:
    poke(str(tmp_path))
    poke(str(tmp_path / "missing"))


def test_whoever_comes_is_heard_of_after_a_long_quiet(tmp_path: Path) -> None:
    """A writer that found nobody does not look again before the folder changes."""
    os.utime(tmp_path, (1_000_000_000, 1_000_000_000))
    for _ in range(3):
        poke(str(tmp_path))
    with Ear(str(tmp_path), None) as ear:
        poke(str(tmp_path))
        assert ear.wait(1)
    poke(str(tmp_path))
    with Ear(str(tmp_path), None) as ear:
        poke(str(tmp_path))
        assert ear.wait(1)


def test_a_run_folder_that_cannot_be_used(tmp_path: Path) -> None:
    with Ear(str(tmp_path / "missing"), None) as ear:
        assert not ear.wait(0.01)


def test_a_write_that_nobody_announced(tmp_path: Path) -> None:
    store = tmp_path / "crm.db"
    log = tmp_path / "crm.db-wal"
    log.write_bytes(b"")
    with Ear(None, str(store)) as ear:
        ear.wait(0.5)  # the notes start in their own thread
        log.write_bytes(b"frame")
        start = time.monotonic()
        assert ear.wait(2)
        assert time.monotonic() - start < 0.5


def test_ringing_from_another_thread() -> None:
    with Ear(None, None) as ear:
        timer = threading.Timer(0.05, ear.ring)
        timer.start()
        assert ear.wait(5)
        timer.join()
