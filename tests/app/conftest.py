"""A fresh workspace in a file."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from crmtool.app.create import NewWorkspace, create_workspace

if TYPE_CHECKING:
    from collections.abc import Iterator

    from crmtool.app.workspace import Workspace


@pytest.fixture
def ws(tmp_path: Path) -> Iterator[Workspace]:
    made = create_workspace(str(tmp_path / "w" / "crm.db"), NewWorkspace("Test", "Tess Tester"), zone="UTC")
    with made:
        yield made
