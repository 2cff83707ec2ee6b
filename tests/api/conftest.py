"""A workspace for programs: fresh, or with the sample in it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.samples import NOW, fill

from crmtool import Workspace, open_workspace
from crmtool.cli import config
from crmtool.cli.state import State, use


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The folder that ``CRM_HOME`` names, with the clock stopped."""
    folder = tmp_path / "home"
    monkeypatch.setenv("CRM_HOME", str(folder))
    monkeypatch.setenv("CRM_NOW", NOW)
    monkeypatch.setenv("TZ", "UTC")
    monkeypatch.delenv("CRM_WORKSPACE", raising=False)
    config.forget()
    use(State())
    yield folder
    config.forget()


@pytest.fixture
def ws(home: Path) -> Iterator[Workspace]:
    """The sample, open."""
    fill()
    with open_workspace() as workspace:
        yield workspace
