"""Duplicates at the command line: seen, merged, told apart, taken apart again, and the warning on entry."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pexpect
import pytest
from tests.cli.conftest import Ran

from crmtool.core import errors

Run = Callable[..., Ran]
ANA = ("Ana Ruiz", "email=ana@acme.es", "company=Acme", "title=CEO", "birthday=1980-02-03")
TWIN = ("Ruiz, Ana", "email=ana@acme.es", "phone=+34 600 123 456", "title=CTO")


@pytest.fixture
def people(crm: Run) -> dict[str, str]:
    """A workspace with one person entered twice and somebody else: handle by name."""
    crm("init", "--user", "Sam")
    for words in (ANA, TWIN, ("Ben Ode", "email=ben@bolt.es")):
        assert crm("contact", "add", *words).code == 0
    return {
        record["name"]: f"@{handle(record)}" for record in json.loads(crm("contact", "list", "--json").out)
    }


def handle(record: Any) -> str:
    from crmtool.core import ids

    return ids.handle(record["id"] if isinstance(record, dict) else record)


def test_groups_with_scores_and_reasons(crm: Run, people: dict[str, str]) -> None:
    (group,) = json.loads(crm("dupes", "--json").out)
    assert group["probability"] > 0.9
    assert {record["name"] for record in group["records"]} == {"Ana Ruiz", "Ruiz, Ana"}
    (pair,) = group["pairs"]
    assert {"feature": "email", "level": "same"}.items() <= next(
        r for r in pair["reasons"] if r["feature"] == "email"
    ).items()
    assert group["keep"] == group["records"][0]["id"]
    shown = crm("dupes", "contact")
    assert "same e-mail" in shown.out
    assert people["Ana Ruiz"] in shown.out
    assert "Ben Ode" not in shown.out
    assert "probability,keep" in crm("dupes", "--csv").out
    assert json.loads(crm("dupes", "company", "--json").out) == []


def test_nothing_alike(crm: Run) -> None:
    crm("init", "--user", "Sam")
    ran = crm("dupes")
    assert (ran.code, ran.out) == (0, "")
    assert crm("dupes", "--min", "7").code == errors.EXIT_USAGE
    assert crm("dupes", "deal").code == errors.EXIT_USAGE
    assert crm("dupes", "--help").out.startswith("Usage: crm dupes COMMAND")


def test_merging_the_sure_ones(crm: Run, people: dict[str, str]) -> None:
    asked = crm("dupes", "merge", "--above", "0.9")
    assert asked.code == errors.EXIT_USAGE
    assert "--yes" in asked.err
    assert crm("dupes", "merge", "--above", "0.9", "--dry-run").code == 0
    assert len(json.loads(crm("contact", "list", "--json").out)) == 3
    done = json.loads(crm("dupes", "merge", "--above", "0.9", "--yes", "--json").out)
    assert done["deleted"] == 1
    (kept,) = (
        record for record in json.loads(crm("contact", "list", "--json").out) if "Ana" in record["name"]
    )
    assert kept["phones"][0]["value"] == "+34 600 123 456"
    assert crm("undo", done["undo"], "--yes").code == 0
    assert len(json.loads(crm("contact", "list", "--json").out)) == 3


def test_merge_by_name_and_the_way_back(crm: Run, people: dict[str, str]) -> None:
    keep, other = people["Ana Ruiz"], people["Ruiz, Ana"]
    tried = crm("merge", keep, other, "title=Founder", "--dry-run")
    assert "Founder" in tried.err
    done = json.loads(crm("merge", keep, other, "title=Founder", "--json").out)
    assert done["deleted"] == 1
    assert (
        json.loads(crm("show", other, "--json").out)["title"] == "Founder"
    )  # the old handle leads to who stays
    assert other in crm("contact", "history", keep).out
    assert crm("contact", "set", keep, "department=Board").code == 0
    back = crm("unmerge", done["undo"])
    assert back.code == errors.EXIT_PARTIAL
    assert "Department changed since" in back.err
    assert json.loads(crm("show", other, "--json").out)["title"] == "CTO"
    assert json.loads(crm("show", keep, "--json").out)["title"] == "CEO"
    assert json.loads(crm("show", keep, "--json").out)["department"] == "Board"
    assert json.loads(crm("dupes", "--json").out) == []  # the two are not proposed again


@pytest.mark.parametrize("how", ["the old handle", "the record that stays"])
def test_unmerge_knows_what_is_meant(crm: Run, people: dict[str, str], how: str) -> None:
    keep, other = people["Ana Ruiz"], people["Ruiz, Ana"]
    crm("merge", keep, other)
    assert (
        json.loads(crm("unmerge", other if how == "the old handle" else keep, "--json").out)["restored"] == 1
    )
    assert crm("unmerge", keep).code == errors.EXIT_NOT_FOUND
    assert crm("unmerge", "nobody").code == errors.EXIT_NOT_FOUND


def test_a_merge_names_what_is_wrong_with_it(crm: Run, people: dict[str, str]) -> None:
    assert crm("merge", people["Ana Ruiz"]).code == errors.EXIT_USAGE
    assert crm("merge", people["Ana Ruiz"], people["Ana Ruiz"]).code == errors.EXIT_USAGE
    assert crm("merge", people["Ana Ruiz"], "nobody").code == errors.EXIT_NOT_FOUND


def test_telling_two_apart(crm: Run, people: dict[str, str]) -> None:
    assert crm("dupes", "distinct", people["Ana Ruiz"], people["Ruiz, Ana"]).code == 0
    assert json.loads(crm("dupes", "--json").out) == []
    assert "Is not the same as" in crm("show", people["Ana Ruiz"]).out
    learned = json.loads(crm("dupes", "--explain", "--json").out)
    assert any(row["learned"] < 0 for row in learned)


# -- on entry -------------------------------------------------------------------------------------------------------------


def test_whoever_may_be_known_is_named(crm: Run, people: dict[str, str]) -> None:
    ran = crm("contact", "add", "Benjamin Ode", "email=BEN@bolt.es")
    assert ran.code == 0
    assert "Perhaps known already: Ben Ode" in ran.err
    assert f"crm merge {people['Ben Ode']} @" in ran.err
    assert "Perhaps" not in crm("contact", "add", "Zoe Xu", "email=zoe@xu.es").err
    told = json.loads(crm("contact", "add", "ben ode", "--dry-run", "--json").out)["possible_duplicates"]
    assert "Ben Ode" in [candidate["name"] for candidate in told]
    assert json.loads(crm("contact", "add", "Quincy", "--json").out)["possible_duplicates"] == []
    crm("company", "add", "Fabrikam", "domain=fabrikam.es")
    assert "same domain" in crm("company", "add", "FABRIKAM", "domain=fabrikam.es").err
    assert "possible_duplicates" not in json.loads(crm("deal", "add", "Pumps", "--json").out)


# -- one by one -----------------------------------------------------------------------------------------------------------


def test_a_review_needs_a_terminal(crm: Run, people: dict[str, str]) -> None:
    assert crm("dupes", "review").code == errors.EXIT_USAGE


@pytest.mark.system
def test_a_review_at_a_terminal(crm: Run, people: dict[str, str], home: Path) -> None:
    crm("contact", "add", "Ben Ode", "email=ben@bolt.es", "title=Buyer")
    program = str(Path(sys.executable).parent / "crm")
    child = pexpect.spawn(
        program, ["--accessible", "dupes", "review"], env={**os.environ, "CRM_HOME": str(home)}, encoding="utf-8", timeout=30
    )  # fmt: skip
    child.expect("the same: merge them into")
    child.expect("Your choice .*: ")
    child.sendline("?")
    child.expect("not the same")
    child.sendline("9")
    child.expect("Write a number from 1 to 4")
    child.sendline("2")
    child.expect("Your choice .*: ")  # the second group
    child.sendline("b")
    child.expect("Your choice .*: ")  # the first again
    child.sendline("1")
    child.expect("Merged. To take it back: crm undo")
    child.expect("Your choice .*: ")
    child.sendline("4")
    child.expect("Which one stays .*: ")
    child.sendline("2")
    child.expect("2 groups merged, 0 told apart.")
    child.expect(pexpect.EOF)
    child.close()
    assert child.exitstatus == 0
    assert len(json.loads(crm("contact", "list", "--json").out)) == 2
    assert "\x1b" not in (child.before or "")
