"""Files that are there only when they are whole."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from crmtool.core.errors import UsageError
from crmtool.transfer.target import whole_file, whole_folder


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_a_file_appears_when_it_is_whole(tmp_path: Path) -> None:
    path = tmp_path / "out.csv"
    path.write_text("before")
    path.chmod(0o644)
    with whole_file(str(path)) as file:
        file.write(b"after")
        assert path.read_text() == "before"
    assert path.read_text() == "after"
    assert mode(path) == 0o600
    assert os.listdir(tmp_path) == ["out.csv"]


def test_an_interrupted_one_leaves_nothing(tmp_path: Path) -> None:
    target = whole_file(str(tmp_path / "out.csv"))
    target.__enter__().write(b"half")
    assert len(os.listdir(tmp_path)) == 1
    assert not target.__exit__(KeyboardInterrupt, KeyboardInterrupt(), None)
    assert os.listdir(tmp_path) == []


def test_a_link_is_replaced_and_not_followed(tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.write_text("kept")
    link = tmp_path / "out.csv"
    link.symlink_to(other)
    with whole_file(str(link)) as file:
        file.write(b"new")
    assert other.read_text() == "kept"
    assert not link.is_symlink()


def test_a_device_is_written_as_it_is() -> None:
    with whole_file(os.devnull) as file:
        file.write(b"gone")
    assert not os.path.isfile(os.devnull)


def test_a_missing_folder_is_named(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError) as caught, whole_file(str(tmp_path / "none" / "out.csv")):
        pass
    assert caught.value.filename == str(tmp_path / "none")


@pytest.mark.parametrize("there", [False, True])
def test_a_folder_appears_when_it_is_whole(tmp_path: Path, there: bool) -> None:
    path = tmp_path / "out"
    if there:
        path.mkdir()
        (path / "kept").write_text("kept")
        (path / "a.csv").write_text("old")
    with whole_folder(f"{path}/") as folder:
        Path(folder, "a.csv").write_text("new")
        assert (path / "a.csv").exists() is there
    assert (path / "a.csv").read_text() == "new"
    assert (path / "kept").exists() is there
    assert os.listdir(tmp_path) == ["out"]
    if not there:
        assert mode(path) == 0o700


def test_an_interrupted_folder_leaves_nothing(tmp_path: Path) -> None:
    target = whole_folder(str(tmp_path / "out"))
    Path(target.__enter__(), "a.csv").write_text("half")
    assert not target.__exit__(KeyboardInterrupt, KeyboardInterrupt(), None)
    assert os.listdir(tmp_path) == []


def test_a_file_is_no_folder(tmp_path: Path) -> None:
    path = tmp_path / "out"
    path.write_text("x")
    with pytest.raises(UsageError), whole_folder(str(path)):
        pass
