"""Taking back, finding, counting, the trash, erasure, the first workspace, and what a policy hides."""

from __future__ import annotations

import io
import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from crmtool.cli import session
from crmtool.core.entities import builtin
from crmtool.core.ids import handle
from crmtool.core.policy import DenyAll

Run = Callable[..., Any]


@pytest.fixture
def base(crm: Run) -> Run:
    crm("init", "--user", "Me")
    crm(
        "contact",
        "add",
        "Ana Ruiz",
        "email=ana@acme.es",
        "company=Acme",
        "phone=+34 600 123 456",
        "description=met at the fair",
    )
    return crm


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_undo_shows_and_a_script_says_yes(base: Run) -> None:
    base("contact", "set", "Ana Ruiz", "title=CEO")
    ran = base("undo")
    assert ran.code == 2
    assert "To take back: contact set of " in ran.err
    assert "Job title: (empty) → CEO" in ran.err
    assert "Add --yes" in ran.err
    dry = base("undo", "--dry-run")
    assert (dry.code, "dry run" in dry.err) == (0, True)
    done = base("undo", "--yes")
    assert done.code == 0
    assert "To bring it back: crm redo " in done.err
    assert json.loads(base("show", "Ana Ruiz", "--json").out)["title"] is None
    again = base("redo")
    assert again.code == 2
    assert "To do again: contact set of " in again.err
    assert "Job title: (empty) → CEO" in again.err  # what will be done, not what the undo did
    assert base("redo", "--yes").code == 0
    nothing = base("redo")
    assert (nothing.code, "There is nothing to redo" in nothing.err) == (3, True)
    body = json.loads(base("undo", "--yes", "--json").out)
    assert body["changed"][0]["title"] is None
    assert (body["count"], body["skipped"]) == (1, [])


def test_a_person_at_a_terminal_is_asked(base: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    base("contact", "set", "Ana Ruiz", "title=CEO")
    monkeypatch.setattr(sys, "stdin", Terminal("what\nno\n"))
    ran = base("undo")
    assert ran.code == 2
    assert "Write yes or no." in ran.err
    monkeypatch.setattr(sys, "stdin", Terminal("yes\n"))
    assert base("undo").code == 0
    monkeypatch.setattr(sys, "stdin", Terminal(""))
    assert base("undo").code == 130
    monkeypatch.setattr(sys, "stdin", Terminal("yes\n"))
    assert base("undo", "--no-input").code == 2


def test_undo_skips_what_was_changed_since(base: Run, tmp_path: Path) -> None:
    path = tmp_path / "people.csv"
    path.write_text("name\nBen\nDan\n")
    handle = json.loads(base("contact", "add", "--from", str(path), "--json").out)["undo"]
    base("contact", "set", "Ben", "title=CEO")
    ran = base("undo", handle, "--yes")
    assert ran.code == 7
    assert "Left as it is: Ben: changed since" in ran.err
    assert base("count", "contact").out == "2\n"
    assert base("undo", handle, "--yes").code == 6
    assert base("undo", "zzzzzzzz", "--yes").code == 3


def test_find_shows_the_match(base: Run) -> None:
    base("contact", "add", "Zoë Ångström")
    base("log", "note", "Ana Ruiz", "prefers the morning")

    def found(*words: str) -> list[dict[str, Any]]:
        ran = base("find", *words, "--json")
        assert ran.code == 0, ran.err
        hits: list[dict[str, Any]] = json.loads(ran.out)
        return hits

    assert found("ru")[0]["name"] == "Ana Ruiz"
    assert found("angstrom")[0]["name"] == "Zoë Ångström"
    assert found("0034600123456")[0]["match"] == "Phone: +34 600 123 456"
    assert found("ana@acm")[0]["field"] == "emails"
    assert found("fair")[0]["match"] == "Description: met at the fair"
    assert found("morning")[0]["entity"] == "note"
    assert found("acme", "--entity", "company")[0]["entity"] == "company"
    assert found("nothing at all") == []
    ana = found("ru")[0]
    assert [hit["id"] for hit in found("@" + handle(ana["id"]))] == [ana["id"]]
    assert found("@" + handle(ana["id"]), "--entity", "company") == []
    assert found("@0000") == []
    assert "Nothing matches" in base("find", "nothing at all").err
    assert "Ana Ruiz" in base("find", "ana").out
    assert base("find", "ana", "--entity", "dance").code == 2
    for number in range(25):
        base("contact", "add", f"Twin {number}")
    ran = base("find", "twin")
    assert ran.out.count("\n") == 21
    assert "These are the best 20" in ran.err
    assert len(found("twin", "--limit", "25")) == 25


def test_count_is_a_bare_number(base: Run) -> None:
    assert base("count", "contact").out == "1\n"
    assert base("count", "contacts", "company", "=", "Acme").out == "1\n"
    assert base("count", "contact", "--where", "company = Beta").out == "0\n"
    assert base("count", "contact", "nmae = x").code == 2
    assert base("count", "dance").code == 2
    assert base("count").code == 2
    base("contact", "rm", "Ana Ruiz")
    assert base("count", "contact", "--trash").out == "1\n"


def test_the_trash_and_back(base: Run) -> None:
    base("contact", "rm", "Ana Ruiz")
    rows = json.loads(base("trash", "--json").out)
    assert [(r["entity"], r["name"], r["by"]) for r in rows] == [("contact", "Ana Ruiz", "Me")]
    assert base("trash", "company", "--json").out == "[]\n"
    assert base("contact", "show", "Ana Ruiz").code == 3
    assert base("contact", "restore", "Ana Ruiz").code == 0
    assert base("contact", "restore", "Ana Ruiz").code == 3
    assert base("find", "ruiz", "--json").out != "[]\n"


def test_purge_says_what_goes_and_that_it_is_for_good(base: Run, home: Path) -> None:
    base("log", "call", "Ana Ruiz", "secretsubject")
    base("log", "note", "Ana Ruiz", "secretnote")
    base("contact", "set", "Ana Ruiz", "title=Secrettitle")
    ran = base("purge", "Ana Ruiz")
    assert ran.code == 2
    assert "This cannot be undone." in ran.err
    assert "Activities: 1" in ran.err
    assert base("purge", "Ana Ruiz", "--dry-run").code == 0
    assert base("count", "contact").out == "1\n"
    assert base("purge", "Ana Ruiz", "--yes").code == 0
    assert base("count", "contact").out == base("count", "activity").out == base("count", "note").out == "0\n"
    assert base("find", "secretnote", "--json").out == "[]\n"
    undone = base("undo", "--yes")
    assert undone.code == 6
    assert "cannot be undone" in undone.err
    assert "“crm history” lists them" in undone.err
    body = json.loads(base("purge", "Acme", "--yes", "--json").out)
    assert (body["purged"], body["undo"], body["changed"]) == (1, None, [])


def test_the_choices_of_a_built_in_field_are_changed_not_added(base: Run) -> None:
    planned = base("field", "choices", "contact", "lifecycle", "add=VIP", "--dry-run")
    assert "Field to change: Lifecycle" in planned.err
    first = base("field", "choices", "contact", "lifecycle", "add=VIP")
    assert first.err.startswith("Field changed: Lifecycle @")
    assert "Field added: Tier" in base("field", "add", "contact", "Tier", "kind=choice", "choices=a,b").err


def test_init_makes_a_workspace_once(crm: Run, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LC_ALL", "es_ES.UTF-8")
    ran = crm("init", "--name", "Acme", "--user", "Ana", "--email", "ana@acme.es", "--region", "pt")
    assert ran.code == 0
    assert "with amounts in EUR" in ran.err
    assert crm("init").code == 6
    user = json.loads(crm("user", "list", "--json").out)[0]
    assert (user["name"], user["email"], user["role"]) == ("Ana", "ana@acme.es", "admin")
    assert crm("init", "-w", "other", "--currency", "no").code == 2
    assert not (home / "workspaces" / "other" / "crm.db").exists()
    assert crm("init", "-w", "other", "--currency", "usd").code == 0
    assert crm("count", "contact", "-w", "other").out == "0\n"
    assert (home / "workspaces" / "other").stat().st_mode & 0o777 == 0o700


def test_init_asks_at_a_terminal(crm: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", Terminal("Ana Ruiz\n\nusd\n"))
    ran = crm("init")
    assert ran.code == 0, ran.err
    assert "ready for Ana Ruiz, with amounts in USD" in ran.err


def test_without_a_workspace_every_command_says_how_to_make_one(crm: Run) -> None:
    for words in (("contact", "list"), ("count", "contact"), ("find", "x"), ("undo",), ("trash",)):
        ran = crm(*words)
        assert ran.code == 1
        assert "crm init" in ran.err
        assert ran.out == ""


def test_behind_a_policy_that_denies_everything_every_door_is_empty(
    base: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    base("log", "note", "Ana Ruiz", "likes tea")
    base("list", "add", "News", "Ana Ruiz")
    base("company", "rm", "Acme")
    record = json.loads(base("show", "Ana Ruiz", "--json").out)["id"]
    monkeypatch.setattr(session, "policy", DenyAll)
    for entity in builtin().entities.values():
        if entity.key == "link":
            continue
        assert base(entity.key, "list", "--json").out == "[]\n"
        assert base(entity.key, "list", "--trash", "--json").out == "[]\n"
        assert base("count", entity.key).out == "0\n"
    assert (
        base("find", "ana", "--json").out
        == base("trash", "--json").out
        == base("history", "--json").out
        == "[]\n"
    )
    refused: list[tuple[str, ...]] = [
        ("show", "Ana Ruiz"), ("show", record), ("contact", "show", record), ("contact", "history", record),
        ("contact", "links", record), ("contact", "companies", "Ana Ruiz"), ("contact", "edit", record),
        ("log", "call", "Ana Ruiz", "x"), ("contact", "set", record, "title=x"), ("contact", "rm", record),
        ("contact", "restore", record), ("purge", record, "--yes"), ("list", "show", "News"),
        ("contact", "list", "--list", "News"), ("pipeline", "show"), ("deal", "win", "x"), ("contact", "convert", record),
        ("task", "done", "x"), ("file", "extract", "x"), ("view", "show", "x"),
    ]  # fmt: skip
    for words in refused:
        ran = base(*words)
        assert ran.code == 3, (words, ran)
        assert ran.out == ""
    assert base("contact", "add", "New").code == 5
    assert base("list", "add", "New").code == 5
    assert base("contact", "set", "--where", "name ~ a", "title=x", "--yes").code == 0
    undone = base("undo", "--yes")
    assert undone.code in (5, 6)
    assert "Acme" not in undone.out + undone.err


def test_history_of_the_workspace_lists_handles(base: Run) -> None:
    base("contact", "set", "Ana Ruiz", "title=CEO")
    base("undo", "--yes")
    rows = json.loads(base("history", "--json").out)
    assert [(r["command"], r["by"], r["undone"]) for r in rows[:2]] == [
        ("undo", "Me", False),
        ("contact set", "Me", True),
    ]
    assert base("undo", rows[2]["handle"], "--yes").code == 0
    assert "contact add" in base("history").out
    assert base("history", "--limit", "1").out.count("\n") == 2
    assert "Job title" in base("history", "Ana Ruiz").out
