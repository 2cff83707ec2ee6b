"""``crm open``, ``crm prompt``, ``crm workspace`` and ``crm man``."""

from __future__ import annotations

import json
import os
import shutil
import stat
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tests.samples import NOW, fill

from crmtool.app.workspace import open_workspace
from crmtool.cli import manual, paths
from crmtool.cli.table import TABLE
from crmtool.core import errors
from crmtool.doors.addresses import address

Run = Callable[..., Any]


@pytest.fixture
def workspace(home: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("CRM_NOW", NOW)
    monkeypatch.setenv("TZ", "UTC")
    return fill()


# -- open --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "target"),
    [
        (["Ana Ruiz"], "mailto:ana@acme.es"),
        (["Ana Ruiz", "--phone"], "tel:+34600123456"),
        (["Ana Ruiz", "--web"], "https://acme.es"),
        (["Acme"], "https://acme.es"),
        (["Roof"], "mailto:ana@acme.es"),
        (["Bridge", "--web"], "https://acme.es"),
        (["Åkerlund & Söner"], "tel:+46812345678"),
        (["李小龙", "--web"], "https://example.cn/li"),
    ],
)
def test_open_prints_where_nothing_can_be_opened(
    crm: Run, workspace: Path, words: list[str], target: str
) -> None:
    ran = crm("open", *words)
    assert (ran.code, ran.out) == (0, f"{target}\n")


def test_open_says_what_is_missing(crm: Run, workspace: Path) -> None:
    ran = crm("open", "Åkerlund & Söner", "--email")
    assert (ran.code, ran.out) == (3, "")
    assert "[no_address]" in ran.err
    assert crm("open", "Nobody").code == 3
    assert crm("open", "Ana Ruiz", "--email", "--phone").code == 2


def test_open_warns_about_who_asked_for_peace(crm: Run, workspace: Path) -> None:
    ran = crm("open", "José Blanco", "--print")
    assert ran.out == "tel:600999888\n"
    assert "José Blanco" in ran.err


@pytest.mark.parametrize(
    ("record", "target"),
    [
        ({"emails": [{"value": "a?subject=x&bcc=all@x.org"}]}, "mailto:a%3Fsubject%3Dx%26bcc%3Dall@x.org"),
        ({"urls": [{"value": "file:///etc/passwd"}]}, None),
        ({"urls": [{"value": "http://[::1"}]}, None),
        ({"urls": [{"value": "HTTPS://Example.org/ä b\x1b"}]}, "HTTPS://Example.org/%C3%A4%20b%1B"),
        ({"urls": [{"value": "javascript:alert(1)"}]}, "https://javascript:alert(1)"),
        ({"domain": "acme.es"}, "https://acme.es"),
        ({"phones": [{"value": "+1 (23) 45-67 ext\n8"}]}, "tel:+123456 78".replace(" ", "")),
        ({"email": "user@x.org"}, "mailto:user@x.org"),
        ({}, None),
    ],
)
def test_what_records_say_is_never_more_than_an_address(record: dict[str, Any], target: str | None) -> None:
    assert address(record) == target


def test_open_hands_the_address_to_the_desktop(
    crm: Run, workspace: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    opener = tmp_path / "xdg-open"
    opener.write_text(f'#!/bin/sh\nprintf %s "$1" > {tmp_path}/opened\n', encoding="utf-8")
    opener.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setenv("DISPLAY", ":0")
    monkeypatch.setenv("CRM_FORCE_TTY", "1")
    ran = crm("open", "Ana Ruiz")
    assert (ran.code, ran.out) == (0, "")
    assert (tmp_path / "opened").read_text() == "mailto:ana@acme.es"
    assert crm("open", "Ana Ruiz", "--print").out == "mailto:ana@acme.es\n"
    opener.write_text("#!/bin/sh\nexit 3\n", encoding="utf-8")
    assert crm("open", "Ana Ruiz").out == "mailto:ana@acme.es\n"


# -- prompt ------------------------------------------------------------------------------------------------------------


def test_prompt_counts_what_is_late_and_what_is_due(crm: Run, workspace: Path) -> None:
    assert crm("prompt").out == "1 overdue, 1 today\n"
    assert crm("prompt", "--template", "{overdue}/{today} {workspace}{{}}").out == "1/1 default{}\n"
    assert crm("task", "done", "Call back").code == 0
    assert crm("prompt").out == "1 today\n"
    assert crm("task", "done", "Send offer").code == 0
    assert crm("prompt") == (0, "", "")


def test_prompt_counts_nothing_of_others(crm: Run, workspace: Path) -> None:
    assert crm("user", "add", "Other").code == 0
    assert crm("task", "set", "Call back", "owner=Other").code == 0
    assert crm("prompt").out == "1 today\n"


def test_prompt_is_never_an_error(crm: Run, home: Path, settings: Callable[[str], None]) -> None:
    assert crm("prompt") == (0, "", "")
    settings("not toml at all [")
    assert crm("prompt") == (0, "", "")
    settings('actor = "nobody"')
    fill().write_bytes(b"x" * 5000)
    assert crm("prompt") == (0, "", "")
    assert crm("prompt", "--template", "{").code == 2


# -- workspace ---------------------------------------------------------------------------------------------------------


def test_workspaces_are_listed_used_and_shown(crm: Run, workspace: Path) -> None:
    fill("second")
    listed = json.loads(crm("workspace", "list", "--json").out)
    assert [(row["workspace"], row["in_use"]) for row in listed] == [("default", True), ("second", False)]
    assert all(row["bytes"] > 10_000 and row["changed_at"].endswith("Z") for row in listed)
    assert crm("workspace", "use", "second").code == 0
    assert crm("workspace", "path").out == paths.store_file("second") + "\n"
    assert crm("workspace", "path", "default").out == paths.store_file("default") + "\n"
    shown = json.loads(crm("workspace", "show", "--json").out)
    assert (shown["workspace"], shown["me"], shown["contacts"], shown["deals"]) == (
        "second",
        "Sam Seller",
        4,
        2,
    )
    assert json.loads(crm("workspace", "show", "default", "--json").out)["workspace"] == "default"


def test_a_workspace_gets_another_name(crm: Run, workspace: Path) -> None:
    fill("second")
    assert crm("workspace", "rename", "default", "second").code == 6
    assert crm("workspace", "rename", "default", "../etc").code == 2
    assert crm("workspace", "rename", "third", "fourth").code == 3
    with open_workspace(paths.store_file("default")):
        assert "in use" in crm("workspace", "rename", "default", "Küche").err
    assert crm("workspace", "rename", "default", "Küche").code == 0
    assert [row["workspace"] for row in json.loads(crm("workspace", "list", "--json").out)] == [
        "Küche",
        "second",
    ]
    assert crm("count", "contact").out == "4\n", "it is still the one in use"
    assert crm("workspace", "rename", "second", "zweite").code == 0
    assert json.loads(crm("workspace", "show", "--json").out)["workspace"] == "Küche"


def test_a_workspace_that_is_not_there(crm: Run, workspace: Path) -> None:
    ran = crm("workspace", "use", "defualt")
    assert ran.code == 3
    assert "default" in ran.err
    assert "crm init --workspace zz" in crm("workspace", "show", "zz").err
    assert crm("workspace", "use", "../etc").code == 2
    assert crm("-w", "zz", "workspace", "path").out == paths.store_file("zz") + "\n"


def test_a_workspace_that_is_not_there_names_those_that_are(crm: Run) -> None:
    assert "Create it with “crm init”" in crm("today").err
    crm("init", "--workspace", "acme")
    ran = crm("today", "-w", "acne")
    assert ran.code == 1
    assert (
        "Workspaces: acme. Use one: crm workspace use acme. Or make this one: crm init --workspace acne"
        in ran.err
    )


def test_no_workspaces_at_all(crm: Run) -> None:
    assert crm("workspace", "list", "--json").out == "[]\n"
    assert crm("workspace", "show").code == 1


# -- man ---------------------------------------------------------------------------------------------------------------


def test_every_command_has_a_page(crm: Run, tmp_path: Path) -> None:
    folder = tmp_path / "man"
    assert crm("man", "--install", str(folder)).code == 0
    assert {path.name for path in (folder / "man1").iterdir()} == {
        "crm.1",
        *(f"crm-{name}.1" for name in TABLE),
    }
    assert stat.S_ISREG((folder / "man1" / "crm.1").stat().st_mode)


def test_pages_say_what_the_help_says(crm: Run) -> None:
    page = crm("man", "sql").out
    assert page.startswith('.TH "CRM\\-SQL" 1')
    assert "\\-\\-with [NAME=]FILE" in page
    assert page == dict(manual.pages("sql"))["crm-sql.1"]
    assert ".SS crm config set" in crm("man", "config").out
    ran = crm("man", "contcat")
    assert ran.code == 2
    assert "contact" in ran.err


def test_every_exit_code_is_explained(crm: Run) -> None:
    codes = {value for name, value in vars(errors).items() if name.startswith("EXIT_")}
    assert codes == {*manual.EXIT_CODES}
    page = crm("man").out
    assert all(f".B {code}\n" in page for code in codes)


@pytest.mark.skipif(shutil.which("groff") is None, reason="groff is not installed")
def test_pages_are_clean_troff() -> None:
    for name, text in manual.pages():
        ran = subprocess.run(
            ["groff", "-man", "-ww", "-Tutf8"],
            input=text,
            capture_output=True,
            text=True,
            check=True,
            encoding="utf-8",
        )
        assert ran.stderr == "", name


@pytest.mark.parametrize("text", [".TH x", "'br", "\\fBx", "a - b", "“x”", "`x`"])
def test_no_text_is_a_request(text: str) -> None:
    escaped = manual._text(text)
    assert not escaped.startswith((".", "'"))
    assert escaped.isascii()
