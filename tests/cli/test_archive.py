"""``crm archive`` and ``crm restore``: to another home and back."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tests import samples

from crmtool.core.errors import EXIT_CONFLICT

Run = Callable[..., Any]


@pytest.fixture
def crm(crm: Run, home: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Run:
    """A command line in a folder of its own, over the sample workspace."""
    monkeypatch.setenv("CRM_NOW", samples.NOW)
    samples.fill()
    (tmp_path / "work").mkdir()
    monkeypatch.chdir(tmp_path / "work")
    return crm


def test_to_another_machine(crm: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    Path("offer.txt").write_text("40 seats")
    assert crm("attach", "Roof", "offer.txt").code == 0
    crm("contact", "rm", "José Blanco")
    before = [
        crm(*words).out
        for words in (("contact", "list", "--ndjson"), ("history", "--ndjson"), ("trash", "--ndjson"))
    ]
    ran = crm("archive", "all.crm")
    assert (ran.code, ran.out) == (0, "")
    assert "1 document archived in all.crm." in ran.err
    assert stat.S_IMODE(os.stat("all.crm").st_mode) == 0o600
    assert "all.crm is whole" in crm("restore", "all.crm", "--check").err
    monkeypatch.setenv("CRM_HOME", str(tmp_path / "elsewhere"))
    assert not (tmp_path / "elsewhere").exists()
    assert crm("restore", "all.crm").code == 0
    after = [
        crm(*words).out
        for words in (("contact", "list", "--ndjson"), ("history", "--ndjson"), ("trash", "--ndjson"))
    ]
    assert after == before
    assert crm("file", "extract", "offer.txt", "--to", "-").code == 0
    assert crm("audit", "verify").code == 0
    assert crm("undo", "--yes").code == 0
    assert "José Blanco" in crm("contact", "list", "--csv").out
    assert os.listdir(tmp_path / "elsewhere") == ["workspaces"]


def test_beside_the_one_that_is_there(crm: Run) -> None:
    crm("archive", "all.crm")
    ran = crm("restore", "all.crm")
    assert ran.code == EXIT_CONFLICT
    assert "-w NAME" in ran.err
    assert crm("-w", "second", "restore", "all.crm").code == 0
    assert crm("-w", "second", "count", "contact").out == crm("count", "contact").out
    assert crm("workspace", "list", "--csv", "--fields", "workspace").out == "workspace\ndefault\nsecond\n"


def test_what_goes_wrong_is_said(crm: Run) -> None:
    Path("people.csv").write_text("name\nAna\n")
    assert "no archive" in crm("-w", "x", "restore", "people.csv").err
    assert crm("-w", "x", "restore", "none.crm").code == 1
    assert crm("archive", "none/all.crm").code == 1
    assert os.listdir() == ["people.csv"]
    assert crm("workspace", "list", "--csv", "--fields", "workspace").out == "workspace\ndefault\n"


def test_an_archive_is_not_for_a_terminal(crm: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CRM_FORCE_TTY", "1")
    assert crm("archive", "-").code == 2
