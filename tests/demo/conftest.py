"""One small sample workspace, generated once, as the pure stream and loaded into a store."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from crmtool.app.create import NewWorkspace, create_workspace
from crmtool.app.workspace import Workspace
from crmtool.core.changes import Change
from crmtool.demo import load
from crmtool.demo.generator import DemoPlan, generate

NOW = "2026-11-23T13:00:00.000Z"


@pytest.fixture(scope="session")
def changes() -> list[Change]:
    """The stream of a plan of 4,000 contacts."""
    return list(generate(DemoPlan(4000, 1, NOW)))


@pytest.fixture(scope="session")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Workspace, load.Loaded]]:
    """A workspace with 300 contacts in it; tests read it and leave it as it is."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CRM_NOW", NOW)
        patch.setenv("TZ", "UTC")
        with create_workspace(
            str(tmp_path_factory.mktemp("demo") / "crm.db"), NewWorkspace("demo", "Me")
        ) as workspace:
            yield workspace, load.load(workspace, load.plan_for(workspace, 300, 1))


@pytest.fixture
def empty(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Workspace]:
    """A workspace as ``crm init`` makes it."""
    monkeypatch.setenv("CRM_NOW", NOW)
    monkeypatch.setenv("TZ", "UTC")
    with create_workspace(str(tmp_path / "crm.db"), NewWorkspace("demo", "Me")) as workspace:
        yield workspace
