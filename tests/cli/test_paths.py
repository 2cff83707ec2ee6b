"""Where files lie, and that nobody else can read them."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from crmtool.cli import paths
from crmtool.core.errors import UsageError


def mode(path: str) -> int:
    return stat.S_IMODE(os.stat(path).st_mode)


def test_everything_lies_under_crm_home(home: Path) -> None:
    assert paths.home() == str(home)
    assert paths.config_file() == f"{home}/config.toml"
    assert paths.store_file("acme") == f"{home}/workspaces/acme/crm.db"
    assert paths.run_directory() == f"{home}/run"
    assert paths.backup_directory() == f"{home}/backups"


def test_without_it_the_xdg_directories_apply(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("CRM_HOME")
    monkeypatch.setenv("HOME", "/home/ana")
    assert paths.home() == "/home/ana/.local/share/crmtool"
    assert paths.config_file() == "/home/ana/.config/crmtool/config.toml"
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    monkeypatch.setenv("XDG_CONFIG_HOME", "relative/is/ignored")
    assert paths.home() == f"{tmp_path}/data/crmtool"
    assert paths.config_file() == "/home/ana/.config/crmtool/config.toml"


def test_a_relative_home_does_not_move_with_the_working_directory(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("CRM_HOME", "here")
    assert paths.home() == f"{tmp_path}/here"


@pytest.mark.parametrize("name", ["", ".", "..", ".hidden", "a/b", "a\x00b", "a\nb", "é" * 51])
def test_a_name_that_is_no_folder_is_refused(name: str) -> None:
    with pytest.raises(UsageError):
        paths.workspace_directory(name)


@pytest.mark.parametrize("umask", [0o000, 0o022, 0o277])
def test_what_is_made_is_private_whatever_the_umask(home: Path, umask: int) -> None:
    before = os.umask(umask)
    try:
        folder = paths.private_directory(f"{home}/workspaces/acme")
        file = paths.private_file(f"{folder}/crm.db")
    finally:
        os.umask(before)
    assert [mode(path) for path in (str(home), f"{home}/workspaces", folder)] == [0o700] * 3
    assert mode(file) == 0o600
    assert paths.private_directory(folder) == folder
    assert paths.private_file(file) == file


def test_what_exists_keeps_its_mode_and_content(home: Path) -> None:
    home.mkdir(mode=0o755)
    os.chmod(home, 0o755)
    (home / "file").write_text("kept")
    paths.private_file(f"{home}/file")
    assert mode(str(home)) == 0o755
    assert (home / "file").read_text() == "kept"


def test_workspaces_are_the_folders_with_a_store(home: Path) -> None:
    assert paths.workspaces() == []
    for name in ("b", "a"):
        paths.private_file(paths.store_file(name))
    paths.private_directory(paths.workspace_directory("empty"))
    assert paths.workspaces() == ["a", "b"]
