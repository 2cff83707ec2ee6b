"""Changing many at once: shown before it is done, views and lists say which, owners change with what belongs to them."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pexpect
import pytest

from crmtool.app import bulk

Run = Callable[..., Any]


@pytest.fixture
def base(crm: Run) -> Run:
    """Two users; two companies of Me's with three people, a deal and a task each."""
    crm("init", "--user", "Me", "--email", "me@example.com")
    crm("user", "add", "Ben", "email=ben@example.com")
    for company in ("Acme", "Beta"):
        crm("company", "add", company)
        for name in ("Ana", "Bea", "Cid"):
            crm("contact", "add", f"{name} {company}", f"company={company}")
        crm("deal", "add", f"Deal {company}", f"company={company}", f"contact=Ana {company}")
        crm("task", "add", f"Call {company}", f"contact=Bea {company}")
    return crm


def owned(crm: Run, noun: str, user: str) -> list[str]:
    return sorted(record["name"] for record in json.loads(crm(noun, "list", f"owner = {user}", "--json").out))


def test_what_would_be_done_is_shown_before_it_is(base: Run) -> None:
    ran = base("contact", "set", "--where", "company = Acme", "title=CEO", "tags+=vip")
    assert ran.code == 2
    assert ran.err.count("Job title: (empty) → CEO") == 3
    assert "Contact to change: Ana Acme @" in ran.err
    assert "Add --yes" in ran.err
    assert base("count", "contact", "title = CEO").out == "0\n"
    gone = base("contact", "rm", "--where", "company = Acme")
    assert (gone.code, gone.err.count("Contact to move to the trash")) == (2, 3)


def test_what_would_be_refused_is_shown_too(base: Run) -> None:
    base("stage", "set", "Proposal", "required=amount")
    ran = base("deal", "set", "--where", "status = open", "stage=Proposal")
    assert (ran.code, "Not done: @" in ran.err) == (2, True)
    base("deal", "set", "Deal Acme", "amount=10")
    ran = base("deal", "set", "--where", "status = open", "stage=Proposal")
    assert ran.code == 2
    assert "Stage: Lead → Proposal" in ran.err
    assert "Stage Proposal needs amount" in ran.err


@pytest.mark.parametrize("verb", [("set", "title=X"), ("rm",), ("reassign", "--to", "Ben")])
def test_a_view_or_a_list_says_which(base: Run, verb: tuple[str, ...]) -> None:
    base("view", "add", "Acmes", "of=contact", "filter=company = Acme")
    base("list", "add", "Some", "Ana Acme", "Ana Beta")
    for words, count in (
        (("--view", "Acmes"), 3),
        (("--list", "Some"), 2),
        (("--view", "Acmes", "--list", "Some"), 1),
        (("--view", "Acmes", "--where", "name ~ bea"), 1),
    ):
        ran = base("contact", *verb, *words, "--dry-run", "--json")
        assert ran.code == 0, ran.err
        assert len(json.loads(ran.out)["changed"]) == count
    assert base("deal", *verb[:1], *verb[1:], "--view", "Acmes", "--dry-run").code == 2
    assert base("contact", *verb, "Ana Acme", "--view", "Acmes").code == 2


def test_what_a_view_showed_comes_back_from_the_trash(base: Run) -> None:
    base("view", "add", "Acmes", "of=contact", "filter=company = Acme")
    assert base("contact", "rm", "--view", "Acmes", "--yes").code == 0
    assert base("contact", "restore", "--view", "Acmes", "--yes").code == 0
    assert base("count", "contact").out == "6\n"


def test_others_get_what_belongs_to_the_records_too(base: Run) -> None:
    words = (
        "contact",
        "reassign",
        "--where",
        "company = Acme",
        "--to",
        "ben@example.com",
        "--with",
        "deals,tasks",
    )
    shown = base(*words)
    assert shown.code == 2
    assert "Contacts: 3" in shown.err
    assert "Deals: 1" in shown.err
    assert owned(base, "contact", "Ben") == []
    ran = base(*words, "--yes", "--json")
    assert (ran.code, json.loads(ran.out)["updated"]) == (0, 5)
    assert owned(base, "contact", "Ben") == ["Ana Acme", "Bea Acme", "Cid Acme"]
    assert owned(base, "deal", "Ben") == ["Deal Acme"]
    assert owned(base, "task", "Ben") == ["Call Acme"]
    assert owned(base, "company", "Ben") == []
    assert base("undo", "--yes").code == 0
    assert owned(base, "contact", "Ben") == owned(base, "deal", "Ben") == []


def test_everything_of_one_user_goes_over(base: Run) -> None:
    base("contact", "set", "Ana Acme", "owner=Ben")
    base("deal", "add", "About nobody")
    ran = base("contact", "reassign", "--from", "me", "--to", "Ben", "--with", "deal", "--yes", "--json")
    assert (ran.code, json.loads(ran.out)["updated"]) == (0, 8)
    assert owned(base, "deal", "Ben") == ["About nobody", "Deal Acme", "Deal Beta"]
    assert owned(base, "task", "Ben") == []
    again = base("contact", "reassign", "--from", "me", "--to", "Ben", "--yes")
    assert "Nothing matches." in again.err


def test_only_those_of_the_giver_are_taken(base: Run) -> None:
    base("user", "add", "Cleo")
    base("contact", "set", "Ana Acme", "owner=Cleo")
    base("deal", "set", "Deal Acme", "owner=Cleo")
    words = (
        "contact",
        "reassign",
        "--where",
        "company = Acme",
        "--from",
        "me",
        "--to",
        "Ben",
        "--with",
        "deals",
    )
    assert base(*words, "--yes").code == 0
    assert owned(base, "contact", "Cleo") == ["Ana Acme"]
    assert owned(base, "deal", "Cleo") == ["Deal Acme"]
    assert base("contact", "reassign", "Ana Acme", "--from", "Cleo", "--to", "me").code == 0
    assert base("contact", "reassign", "Bea Acme", "--from", "me", "--to", "Cleo").code == 0
    assert owned(base, "contact", "Cleo") == []
    assert owned(base, "contact", "Ben") == ["Bea Acme", "Cid Acme"]


def test_what_cannot_be_handed_over_is_said(base: Run) -> None:
    assert base("contact", "reassign", "--to", "Ben").code == 2
    assert base("contact", "reassign", "--where", "name ~ a", "--to", "Nobody").code == 3
    refused = base("contact", "reassign", "--from", "me", "--to", "Ben", "--with", "rates")
    assert (refused.code, "These can: " in refused.err) == (2, True)
    assert base("rate", "reassign", "--from", "me", "--to", "Ben").code == 2
    assert base("contact", "reassign", "--from", "me", "--to", "Ben", "--with", "nonsense").code == 2


def test_records_of_own_objects_are_handed_over_where_they_have_owners(base: Run) -> None:
    base("object", "add", "Machine", "plural=machines")
    owner = base("machine", "list", "--fields")
    ran = base("machine", "reassign", "--from", "me", "--to", "Ben")
    assert (ran.code == 2) == ("owner" not in owner.out)


def test_many_are_handed_over_by_a_job(base: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bulk, "CHUNK", 2)
    ran = base(
        "contact", "reassign", "--from", "me", "--to", "Ben", "--with", "deals,tasks", "--yes", "--json"
    )
    assert json.loads(ran.out)["updated"] == 10
    assert base("undo", json.loads(ran.out)["undo"], "--yes").code == 0
    assert owned(base, "contact", "Ben") == []


def test_a_dry_run_tells_people_the_first_and_programs_all(
    base: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bulk, "SHOWN", 2)
    told = base("contact", "set", "--where", "name ~ a", "title=CEO", "--dry-run", "--json")
    assert [record["title"] for record in json.loads(told.out)["changed"]] == ["CEO"] * 6
    shown = base("contact", "set", "--where", "name ~ a", "title=CEO", "--dry-run")
    assert "6 records to change." in shown.err
    assert shown.err.count("Job title: (empty) → CEO") == 2


@pytest.mark.system
def test_a_person_is_asked_and_may_say_no(base: Run, home: Path) -> None:
    environment = {**os.environ, "CRM_HOME": str(home), "TERM": "xterm", "LC_ALL": "C.UTF-8"}
    crm = os.path.join(os.path.dirname(sys.executable), "crm")
    for answer, code, count in (("no", 2, 0), ("yes", 0, 6)):
        words = ["contact", "set", "--where", "name ~ a", "title=CEO"]
        child = pexpect.spawn(crm, words, env=environment, timeout=30, encoding="utf-8")
        child.expect("Job title: .*CEO")
        child.expect("Change these 6 records")
        child.sendline(answer)
        child.expect(pexpect.EOF)
        child.close()
        assert child.exitstatus == code
        assert base("count", "contact", "title = CEO").out == f"{count}\n"
