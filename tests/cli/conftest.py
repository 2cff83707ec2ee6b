"""Every test of the command line has a home of its own and an environment without settings."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from crmtool.cli import config, main
from crmtool.cli.state import State, use
from crmtool.core.messages import use_language

_AFFECTING = (
    "ACCESSIBLE",
    "CLICOLOR_FORCE",
    "COLUMNS",
    "LC_ALL",
    "LC_MESSAGES",
    "LESS",
    "NO_COLOR",
    "PAGER",
    "XDG_CONFIG_HOME",
    "XDG_DATA_HOME",
)


class Ran(NamedTuple):
    """What one command line did."""

    code: int
    out: str
    err: str


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The folder that ``CRM_HOME`` names, not made yet."""
    for name in [*_AFFECTING, *(name for name in os.environ if name.startswith("CRM_"))]:
        monkeypatch.delenv(name, raising=False)
    folder = tmp_path / "home"
    monkeypatch.setenv("CRM_HOME", str(folder))
    monkeypatch.setenv("LANG", "C.UTF-8")
    config.forget()
    use(State())
    yield folder
    config.forget()
    use(State())
    use_language(None)


@pytest.fixture
def settings(home: Path) -> Callable[[str], None]:
    """Writes the settings file."""

    def write(text: str) -> None:
        home.mkdir(exist_ok=True)
        (home / "config.toml").write_text(text, encoding="utf-8")
        config.forget()

    return write


@pytest.fixture
def crm(capsys: pytest.CaptureFixture[str]) -> Callable[..., Ran]:
    """Runs a command line in this process."""

    def run(*words: str) -> Ran:
        config.forget()
        capsys.readouterr()
        code = main.run(list(words))
        out, err = capsys.readouterr()
        return Ran(code, out, err)

    return run
