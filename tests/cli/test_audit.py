"""``crm audit``: whole or not, where, and against a head kept elsewhere."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from crmtool.app.commands import Add
from crmtool.app.create import NewWorkspace, create_workspace
from crmtool.app.workspace import open_workspace


@pytest.fixture
def store(home: Path) -> str:
    path = str(home / "workspaces" / "default" / "crm.db")
    with create_workspace(path, NewWorkspace("Test", "Mia Ito")) as workspace:
        workspace.run(Add("contact", {"name": "Ana"}))
    return path


def test_a_whole_log(crm: Callable[..., Any], store: str) -> None:
    ran = crm("audit", "verify")
    assert (ran.code, ran.err) == (0, "")
    assert "2 change sets with 7 changes" in ran.out
    kept = crm("audit", "head").out.strip()
    assert kept in ran.out
    assert json.loads(crm("audit", "verify", "--json").out)["whole"] is True


def test_heads_from_the_line_and_from_a_file(crm: Callable[..., Any], store: str, tmp_path: Path) -> None:
    kept = tmp_path / "heads.txt"
    kept.write_text(crm("audit", "head").out)
    with open_workspace(store) as workspace:
        workspace.run(Add("contact", {"name": "Ben"}))
    with kept.open("a") as file:
        file.write(crm("audit", "head").out)
    assert crm("audit", "verify", "--head", str(kept)).code == 0
    position, _, digest = kept.read_text().splitlines()[0].partition(":")
    forged = f"{position}:{digest[::-1]}"
    ran = crm("audit", "verify", "--head", str(kept), "--head", forged)
    assert ran.code == 1
    assert "Change set 2 is another one" in ran.out
    assert crm("audit", "verify", "--head", "nonsense").code == 2


def test_a_broken_log_says_where(crm: Callable[..., Any], store: str) -> None:
    with open_workspace(store) as workspace, workspace.db.atomic():
        workspace.db.execute("UPDATE change SET personal = replace(personal, 'Ana', 'Eve') WHERE set_n = 2")
    ran = crm("audit", "verify")
    assert ran.code == 1
    assert "Change set 2 is not as it was written" in ran.out
    assert "[broken_log]" in ran.err
    found = json.loads(crm("audit", "verify", "--json").out)
    assert (found["whole"], found["problems"][0]["kind"], found["problems"][0]["position"]) == (
        False,
        "edited",
        2,
    )
