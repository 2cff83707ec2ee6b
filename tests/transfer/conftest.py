"""Workspaces and files for tests of import."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from tests.fresh import fresh

from crmtool.app.workspace import Workspace
from crmtool.core.entities import builtin
from crmtool.core.fields import Context
from crmtool.transfer.drafts import Draft, Drafter
from crmtool.transfer.layouts import Header, choose
from crmtool.transfer.sources.csv_source import CsvSource

FIXTURES = Path(__file__).parent / "fixtures"
NOW = "2026-06-01T08:00:00.000Z"


@pytest.fixture
def workspace(tmp_path: Path) -> Iterator[Workspace]:
    """A new workspace of somebody in Spain."""
    with fresh(tmp_path / "home" / "crm.db", "Sam", region="ES") as made:
        yield made


@pytest.fixture
def write(tmp_path: Path) -> Callable[..., str]:
    """Writes a file of this text (or these bytes) and answers its path."""

    def made(text: str | bytes, name: str = "people.csv") -> str:
        path = tmp_path / name
        path.write_bytes(text.encode() if isinstance(text, str) else text)
        return str(path)

    return made


def drafts(path: str | Path, *, region: str = "ES", layout: str | None = None) -> list[Draft]:
    """All rows of a file, checked."""
    registry = builtin()
    with CsvSource(str(path)) as source:
        header = Header(source.columns)
        chosen = choose(header, registry, layout)
        make = Drafter(header, chosen, registry, Context(region=region, now=NOW)).draft
        return [make(row) for row in source.rows()]
