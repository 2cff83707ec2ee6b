"""A fresh workspace in a file."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from tests.fresh import fresh

if TYPE_CHECKING:
    from collections.abc import Iterator

    from crmtool.app.workspace import Workspace


@pytest.fixture
def ws(tmp_path: Path) -> Iterator[Workspace]:
    with fresh(tmp_path / "w" / "crm.db", "Tess Tester") as made:
        yield made
