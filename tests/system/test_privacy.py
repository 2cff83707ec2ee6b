"""Whatever the umask and whatever lies in the way: files are their owner's alone, and no planted link is followed."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.system.crash import fresh, next_version, template

from crmtool.app.commands import Add
from crmtool.app.create import NewWorkspace, create_workspace
from crmtool.app.workspace import open_workspace
from crmtool.core.errors import StoreError
from crmtool.store.db import open_database

pytestmark = pytest.mark.system

PROGRAM = [sys.executable, "-c", "from crmtool.cli.main import main; main()"]
NEW = NewWorkspace("Test", "Mia Ito")


@pytest.fixture
def crm(tmp_path: Path) -> Callable[..., subprocess.CompletedProcess[str]]:
    """Runs the program with a home of its own and a umask that takes nothing away."""
    env = {k: v for k, v in os.environ.items() if not k.startswith("CRM_")} | {
        "CRM_HOME": str(tmp_path / "home")
    }

    def run(*words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [*PROGRAM, *words], env=env, umask=0, capture_output=True, text=True, stdin=subprocess.DEVNULL
        )

    return run


def modes(folder: Path) -> dict[str, int]:
    """Every file and folder whose mode is not its owner's alone."""
    found = {}
    for path in [folder, *folder.rglob("*")]:
        mode = stat.S_IMODE(path.lstat().st_mode)
        if mode != (0o700 if path.is_dir() else 0o600):
            found[str(path.relative_to(folder))] = mode
    return found


def test_everything_is_private_under_umask_000(
    crm: Callable[..., subprocess.CompletedProcess[str]], tmp_path: Path
) -> None:
    home = tmp_path / "home"
    assert crm("init", "--user", "Mia Ito").returncode == 0
    assert crm("contact", "add", "Ana Ruiz").returncode == 0
    assert crm("config", "set", "region", "ES").returncode == 0
    store = home / "workspaces" / "default" / "crm.db"
    before = os.umask(0)
    try:
        # While it is open the write-ahead log and its index are there too; the next version adds a backup.
        with open_workspace(str(store)) as workspace, open_workspace(str(store)) as other:
            workspace.run(Add("contact", {"name": "Ben"}))
            with workspace.db.atomic():
                assert other.db.contended() is False
            assert modes(home) == {}
        with next_version():
            open_workspace(str(store)).close()
    finally:
        os.umask(before)
    assert len(list((store.parent / "backups").iterdir())) == 1
    assert (home / "config.toml").exists()
    assert modes(home) == {}


def test_a_library_makes_private_folders_too(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        create_workspace(str(tmp_path / "a" / "b" / "c" / "crm.db"), NEW).close()
    finally:
        os.umask(before)
    assert modes(tmp_path / "a") == {}


@pytest.mark.parametrize("name", ["write.lock", "waiting.lock"])
def test_a_planted_lock_is_not_followed(tmp_path: Path, name: str) -> None:
    store = fresh(template(tmp_path / "made"), tmp_path / "w")
    target = tmp_path / "target"
    (store.parent / "run" / name).symlink_to(target)
    with open_workspace(str(store)) as workspace, open_workspace(str(store)) as other:
        workspace.run(Add("contact", {"name": "Ana"}))
        assert other.db.contended() is False
        other.run(Add("contact", {"name": "Ben"}))
    assert not target.exists()


def test_a_planted_backup_folder_is_not_followed(tmp_path: Path) -> None:
    store = fresh(template(tmp_path / "made"), tmp_path / "w")
    target = tmp_path / "target"
    target.mkdir()
    (store.parent / "backups").symlink_to(target)
    with next_version(), pytest.raises(StoreError) as caught:
        open_workspace(str(store))
    assert caught.value.code == "link"
    assert list(target.iterdir()) == []
    (store.parent / "backups").unlink()
    with next_version():
        open_workspace(str(store)).close()


def test_a_planted_backup_is_not_followed(tmp_path: Path) -> None:
    store = fresh(template(tmp_path / "made"), tmp_path / "w")
    target = tmp_path / "target"
    db = open_database(str(store))
    try:
        for place in ("copy.db.part", "copy.db"):
            (tmp_path / place).symlink_to(target)
            with pytest.raises(OSError, match="exists"):
                db.backup(str(tmp_path / "copy.db"))
            (tmp_path / place).unlink()
            assert not target.exists()
        assert not (tmp_path / "copy.db.part").exists()
    finally:
        db.close()


@pytest.mark.parametrize("name", ["crm.db", "run"])
def test_a_workspace_is_not_made_where_a_link_leads(tmp_path: Path, name: str) -> None:
    home = tmp_path / "w"
    home.mkdir()
    (home / name).symlink_to(tmp_path / "target")
    with pytest.raises(StoreError) as caught:
        create_workspace(str(home / "crm.db"), NEW)
    assert caught.value.code == "link"
    assert not (tmp_path / "target").exists()
