"""Several address books of the same people: whichever comes first, everybody is there once, and nobody is taken for another."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from crmtool.app.create import NewWorkspace, create_workspace
from crmtool.app.workspace import Workspace
from crmtool.store.reader import Query
from crmtool.transfer.apply import Report, apply
from crmtool.transfer.plan import plan

Write = Callable[..., str]

NUMBERS = (
    "name,company,phone,title\nAna Ruiz,Acme,600111111,Buyer\nBo Li,Beta,,\nCy Day,,600333333,\n"
    "Di Fox,Acme,600444444,\nEd Poe,,600555555,\n"
)
ADDRESSES = (
    "Full Name,Organization,E-mail,Mobile\nAna Ruiz,Acme,ana@a.example,+34 600 111 111\nBo Li,Beta,bo@b.example,600222222\n"
    "Cy Day,Gamma,cy@c.example,600333333\nDi Fox,Acme,di@a.example,\nEd Poe,,ed@e.example,600555555\n"
)
NETWORK = "First Name,Last Name,Company,Position,Email Address\nAna,Ruiz,Acme,,\nBo,Li,Beta,Founder,\n"


def run(workspace: Workspace, *paths: str) -> Report:
    with plan(workspace, [*paths]) as made:
        done = apply(workspace, made)
        assert made.tally.counts == done.tally.counts
    return done


def people(workspace: Workspace) -> list[Any]:
    """Name, company, title, addresses and numbers of everybody."""
    return sorted(
        (
            one["name"],
            (one["company"] or {}).get("name") or "",
            one["title"] or "",
            sorted(entry["value"] for entry in one["emails"] or ()),
            sorted(str(entry["value"]) for entry in one["phones"] or ()),
        )
        for one in workspace.query(Query("contact"))
    )


@pytest.mark.parametrize("at_once", [False, True], ids=["one after another", "in one import"])
def test_any_order_finds_the_same_people(tmp_path: Path, write: Write, at_once: bool) -> None:
    books = {"numbers": NUMBERS, "addresses": ADDRESSES, "network": NETWORK}
    paths = [write(text, f"{name}.csv") for name, text in books.items()]
    seen = []
    for number, order in enumerate(itertools.permutations(paths)):
        home = str(tmp_path / str(number) / "crm.db")
        with create_workspace(home, NewWorkspace("w", "Sam", region="ES"), zone="UTC") as workspace:
            for some in [order] if at_once else [(path,) for path in order]:
                run(workspace, *some)
            seen.append(people(workspace))
            for path in order:
                assert run(workspace, path).undo is None
    assert [(name, firm, title) for name, firm, title, *_ in seen[0]] == [
        ("Ana Ruiz", "Acme", "Buyer"), ("Bo Li", "Beta", "Founder"), ("Cy Day", "Gamma", ""), ("Di Fox", "Acme", ""),
        ("Ed Poe", "", ""),
    ]  # fmt: skip
    assert all(len(emails) == len(numbers) == 1 for *_, emails, numbers in seen[0])
    assert all(one == seen[0] for one in seen)


@pytest.mark.parametrize(
    ("held", "row"),
    [
        ("Ana Ruiz,Acme,600111111,", "Ana Ruiz,Acme,600999999,ana@a.example"),
        ("Ana Ruiz,Beta,600111111,", "Ana Ruiz,Acme,600111111,ana@a.example"),
        ("Ana Ruiz,Acme,,", "Ana Ruiz,,,ana@a.example"),
        ("Ana Ruiz,,,", "Ana Ruiz,,,ana@a.example"),
        ("Ana Ruiz,Acme,,old@a.example", "Ana Ruiz,Acme,,ana@a.example"),
        ("Ana Ruiz,Acme,600111111,\nAna Ruiz,Acme,600222222,", "Ana Ruiz,Acme,,ana@a.example"),
        ("Ana Ruiz,Acme,600222222,\nAna Ruiz,Acme,600333333,ana.r@a.example", "Ana Ruiz,Acme,,ana@a.example"),
    ],
    ids=[
        "another number", "another company", "no company said", "a name alone", "another address", "two of one name",
        "a namesake with an address",
    ],
)  # fmt: skip
def test_who_may_be_somebody_else_stays_apart(
    workspace: Workspace, write: Write, held: str, row: str
) -> None:
    run(workspace, write(f"name,company,phone,email\n{held}\n", "held.csv"))
    before = people(workspace)
    path = write(f"name,company,phone,email\n{row}\n")
    assert run(workspace, path).tally.counts["new"] == 1
    assert len(people(workspace)) == len(before) + 1
    assert run(workspace, path).undo is None


def test_of_two_with_one_name_the_second_is_told(workspace: Workspace, write: Write) -> None:
    """One of them is taken for the one without an address; the other one is new, and shown as possibly the same."""
    run(workspace, write("name,company\nAna Ruiz,Acme\n", "held.csv"))
    path = write("name,company,email\nAna Ruiz,Acme,ana@a.example\nAna Ruiz,Acme,ana.ruiz@a.example\n")
    with plan(workspace, path) as made:
        assert (made.tally.counts["new"], made.tally.counts["changed"], made.tally.possible) == (1, 1, 1)
        assert made.tally.examples[0].row == 3


def test_ids_of_ours_stay_as_many_as_they_were(workspace: Workspace, write: Write) -> None:
    """Two records of an export are two, however alike, and one without an address stays without."""
    run(workspace, write("name,company\nAna Ruiz,Acme\n", "held.csv"))
    path = write(
        "id,name,company,emails\n0198c5f0-0000-7000-8000-000000000001,Ana Ruiz,Acme,ana@a.example\n"
        "0198c5f0-0000-7000-8000-000000000002,Ana Ruiz,Acme,ana.ruiz@a.example\n"
    )
    assert run(workspace, path).tally.counts["new"] == 2


def test_a_number_finds_who_was_in_the_row_above(workspace: Workspace, write: Write) -> None:
    path = write("name,email,phone\nAna Ruiz,ana@a.example,600111111\n,,600111111\n")
    assert run(workspace, path).tally.counts == {"new": 1, "changed": 0, "unchanged": 1, "rejected": 0}
