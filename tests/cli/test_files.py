"""Documents on the command line: in from files and pipes, listed, out again; hostile names; what cannot be read."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmtool.cli.output import screen
from crmtool.doors import opener
from crmtool.doors.filenames import LONGEST, RUN, numbered, runs, safe_name

Run = Callable[..., Any]


@pytest.fixture
def base(crm: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    monkeypatch.chdir(tmp_path)
    crm("init", "--user", "Me")
    crm("contact", "add", "Ana Ruiz", "company=Acme")
    crm("deal", "add", "Renewal", "company=Acme")
    (tmp_path / "offer.pdf").write_bytes(b"%PDF \x00\xff")
    return crm


def files(crm: Run, *words: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(crm("file", "list", *words, "--json").out)
    return found


def kept(home: Path) -> list[Path]:
    return [path for path in (home / "workspaces" / "default" / "files").rglob("*") if path.is_file()]


def test_documents_are_kept_listed_and_given_back(base: Run, tmp_path: Path, home: Path) -> None:
    (tmp_path / "same.txt").write_bytes(b"%PDF \x00\xff")
    ran = base("file", "add", "offer.pdf", "same.txt", "--to", "Renewal", "contact=Ana Ruiz", "--json")
    assert ran.code == 0, ran.err
    made = [item for item in json.loads(ran.out)["changed"] if item["entity"] == "file"]
    assert [(f["name"], f["bytes"], f["media_type"]) for f in made] == [
        ("offer.pdf", 7, "application/pdf"),
        ("same.txt", 7, "text/plain"),
    ]
    assert len(kept(home)) == 1
    for record in ("Renewal", "Ana Ruiz"):
        assert "Attached: offer.pdf" in base("show", record).out
        assert [f["name"] for f in files(base, "--of", record)] == ["offer.pdf", "same.txt"]
    assert [f["name"] for f in files(base, "media_type ~ text", "--of", "Renewal")] == ["same.txt"]
    assert files(base, "--of", "Acme") == []
    assert base("file", "extract", "--of", "Renewal", "--to", "out/deep").code == 0
    assert (tmp_path / "out" / "deep" / "offer.pdf").read_bytes() == b"%PDF \x00\xff"
    assert base("undo", "--yes").code == 0
    assert files(base) == []
    assert base("redo", "--yes").code == 0
    assert len(files(base)) == 2
    assert base("purge", *(f"{f['id']}" for f in made), "--yes").code == 0
    assert kept(home) == []


def test_attach_is_the_short_way(base: Run) -> None:
    assert base("attach", "Ana Ruiz", "offer.pdf", "name=Offer").code == 0
    assert [f["name"] for f in files(base, "--of", "Ana Ruiz")] == ["Offer"]
    assert base("attach", "Nobody", "offer.pdf").code == 3
    tried = base("attach", "Renewal", "offer.pdf", "--dry-run")
    assert "Link to add: offer.pdf – Renewal" in tried.err
    assert files(base, "--of", "Renewal") == []


def test_a_document_comes_from_a_pipe_under_a_name(base: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"piped"), encoding="utf-8"))
    assert base("file", "add", "-").code == 2
    assert base("file", "add", "-", "offer.pdf", "name=x").code == 2
    assert base("file", "add", "-", "name=minutes.txt").code == 0
    assert [(f["name"], f["bytes"]) for f in files(base)] == [("minutes.txt", 5)]
    out = subprocess.run(
        [str(Path(sys.executable).with_name("crm")), "file", "extract", "minutes.txt", "--to", "-"],
        capture_output=True,
        check=True,
        env=dict(os.environ),
    )
    assert out.stdout == b"piped"


def test_what_is_no_plain_file_is_refused_and_nothing_is_left(base: Run, tmp_path: Path, home: Path) -> None:
    (tmp_path / "folder").mkdir()
    os.mkfifo(tmp_path / "pipe")
    for path, said, code in (
        ("folder", "is a folder", 2),
        ("pipe", "is no plain file", 1),
        ("missing.pdf", "There is no file", 1),
        ("/dev/zero", "is no plain file", 1),
    ):
        ran = base("file", "add", "offer.pdf", path)
        assert (ran.code, said in ran.err) == (code, True), ran.err
    assert base("file", "add").code == 2
    assert base("file", "add", "name=x").code == 2
    assert base("file", "add", "offer.pdf", "offer.pdf", "name=x").code == 2
    assert files(base) == []
    assert kept(home) == []


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_what_may_not_be_read_is_said(base: Run, tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("x")
    (tmp_path / "secret").chmod(0)
    assert "You may not read" in base("file", "add", "secret").err


def test_a_full_disk_is_said_and_leaves_nothing(
    base: Run, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", full)
        ran = base("file", "add", "offer.pdf")
    assert (ran.code, "The disk is full." in ran.err) == (1, True)
    assert files(base) == []
    assert kept(home) == []


def test_extracting_overwrites_nothing_unless_told(base: Run, tmp_path: Path) -> None:
    base("file", "add", "offer.pdf")
    base("file", "add", "offer.pdf")
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "offer.pdf").write_bytes(b"another")
    base("attach", "Renewal", "other/offer.pdf")
    ran = base("file", "extract", "--where", "name = offer.pdf", "--to", "out", "--json")
    assert sorted(Path(item["path"]).name for item in json.loads(ran.out)) == [
        "offer (2).pdf",
        "offer (3).pdf",
        "offer.pdf",
    ]
    (tmp_path / "out" / "offer.pdf").write_bytes(b"mine")
    ran = base("file", "extract", "--where", "name = offer.pdf", "--to", "out")
    assert (ran.code, "is there already" in ran.err) == (7, True)
    assert (tmp_path / "out" / "offer.pdf").read_bytes() == b"mine"
    alone = base("file", "extract", "--of", "Renewal", "--to", "out")
    assert alone.code == 6
    assert base("file", "extract", "--of", "Renewal", "--to", "out", "--replace").code == 0
    assert (tmp_path / "out" / "offer.pdf").read_bytes() == b"another"
    assert [path.name for path in (tmp_path / "out").iterdir() if path.name.endswith(".part")] == []
    assert base("file", "extract").code == 2
    assert base("file", "extract", "--where", "bytes > 0", "--to", "-").code == 2


def test_content_that_is_gone_or_damaged_is_said(base: Run, home: Path, tmp_path: Path) -> None:
    base("file", "add", "offer.pdf")
    content = kept(home)[0]
    content.write_bytes(b"0123456")
    ran = base("file", "extract", "offer.pdf", "--to", "out")
    assert (ran.code, "damaged on this disk" in ran.err) == (1, True)
    assert [*(tmp_path / "out").iterdir()] == []
    doctor = base("doctor", "--deep", "--json")
    assert doctor.code == 1
    checks = {check["check"]: check for check in json.loads(doctor.out)["checks"]}
    assert (checks["documents"]["level"], "offer.pdf" in str(checks["documents"])) == ("wrong", True)
    content.unlink()
    assert base("file", "extract", "offer.pdf").code == 3
    assert base("file", "open", "offer.pdf").code == 3
    assert base("doctor", "--deep").code == 0


def test_doctor_sweeps_what_nobody_refers_to(base: Run, home: Path) -> None:
    base("file", "add", "offer.pdf")
    stray = home / "workspaces" / "default" / "files" / "00" / ("0" * 64)
    stray.parent.mkdir()
    stray.write_bytes(b"stray")
    assert "1 content belongs to no document" in base("doctor", "--deep").out
    assert stray.exists()
    assert "1 content that belonged to no document was removed" in base("doctor", "--sweep").out
    assert not stray.exists()
    assert len(kept(home)) == 1


def test_a_document_is_opened_as_a_copy_that_can_only_be_read(
    base: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    base("file", "add", "offer.pdf", "name=../../Offer: \u202efdp.exe.pdf")
    handle = f"{files(base)[0]['id']}"
    for words in (("file", "open", handle), ("open", handle)):
        path = Path(base(*words).out.strip())
        assert path.name == "Offer fdp.exe.pdf"
        assert path.read_bytes() == b"%PDF \x00\xff"
        assert path.stat().st_mode & 0o777 == 0o400
        assert path.parent.stat().st_mode & 0o077 == 0
    seen: list[str] = []

    def launched(target: str) -> bool:
        seen.append(target)
        return True

    monkeypatch.setenv("CRM_FORCE_TTY", "1")
    assert screen.on_terminal()
    monkeypatch.setattr("crmtool.cli.nouns.extract.launched", launched)
    assert base("file", "open", handle).out == ""
    assert seen == [str(path)]


def test_what_would_run_is_not_opened(base: Run, tmp_path: Path) -> None:
    for name in ("setup.exe", "go.SH", "x.desktop"):
        (tmp_path / name).write_text("x")
        base("file", "add", name)
        ran = base("file", "open", name)
        assert (ran.code, "is not opened" in ran.err) == (2, True)


def test_a_desktop_opener_gets_the_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program = tmp_path / "xdg-open"
    program.write_text('#!/bin/sh\necho "$1" > "$0.seen"\n')
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    monkeypatch.delenv("DISPLAY", raising=False)
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    assert sys.platform == "darwin" or not opener.launched("x")
    monkeypatch.setenv("DISPLAY", ":0")
    assert opener.launched("/some/file.pdf")
    assert (tmp_path / "xdg-open.seen").read_text() == "/some/file.pdf\n"
    program.write_text("#!/bin/sh\nexit 3\n")
    assert not opener.launched("x")


# -- names -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("offer.pdf", "offer.pdf"),
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\x\\offer.pdf", "offer.pdf"),
        ("/", "file"),
        ("..", "file"),
        ("-rf", "rf"),
        (".bashrc", "bashrc"),
        ("con.txt", "_con.txt"),
        ("NUL", "_NUL"),
        ("a\x00b\x1b[31m\n.txt", "ab[31m.txt"),
        ("Ünïcode 名前.txt", "Ünïcode 名前.txt"),
        ("trailing. ", "trailing"),
        ("~\xa00", "0"),
    ],
)
def test_a_name_becomes_a_plain_one(name: str, safe: str) -> None:
    assert safe_name(name) == safe


@given(st.text(max_size=400))
def test_every_name_becomes_one_component_that_any_disk_takes(text: str) -> None:
    name = safe_name(text)
    assert name
    assert name not in (".", "..")
    assert os.path.basename(name) == name
    assert not set(name) & set('/\\:*?"<>|\x00\n\r\x1b\u202e')
    assert len(name.encode()) <= LONGEST
    assert name[0] not in ".-~"
    assert safe_name(name) == name


def test_a_number_stands_before_the_ending() -> None:
    assert numbered("offer.pdf", 2) == "offer (2).pdf"
    assert numbered("README", 3) == "README (3)"
    assert runs("a.EXE")
    assert not runs("a.pdf")
    assert "" not in RUN
