"""What rows of a vendor say of the companies and people that they name beside their own record."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from crmtool.app.workspace import Workspace
from crmtool.store.reader import Query
from crmtool.transfer.apply import Report, apply
from crmtool.transfer.plan import plan

Write = Callable[..., str]

DEALS = (
    "Deal - Title,Deal - Owner,Deal - Stage,Organization - Name,Organization - Owner,Organization - Label,"
    "Organization - Address,Person - Name,Person - Owner,Person - Email,Person - Label\n"
    'One,Sam,Qualified,Beta GmbH,Sam,"Partner, vip",Main St 5,Rosa Diaz,Sam,rosa@beta.example,hot\n'
    "Two,Sam,Qualified,Beta GmbH,Kim,press,Other St 7,Rosa Diaz,,rosa@beta.example,VIP\n"
    "Three,Sam,Qualified,,,lost,,Ben Ode,,ben@ode.example,\n"
)


def run(workspace: Workspace, *paths: str) -> Report:
    with plan(workspace, [*paths]) as made:
        done = apply(workspace, made)
        assert (made.tally.counts, made.tally.made) == (done.tally.counts, done.tally.made)
    return done


def records(workspace: Workspace, entity: str) -> dict[str, dict[str, Any]]:
    return {record["name"]: record for record in workspace.query(Query(entity))}


def test_what_a_deal_says_of_its_organisation_and_person_goes_to_them(
    workspace: Workspace, write: Write
) -> None:
    path = write(DEALS, "deals.csv")
    done = run(workspace, path)
    beta, rosa = records(workspace, "company")["Beta GmbH"], records(workspace, "contact")["Rosa Diaz"]
    assert [entry["value"] for entry in beta["addresses"]] == [{"street": "Main St 5"}]
    assert (beta["tags"], beta["owner"]["name"]) == (["Partner", "vip", "press"], "Sam")
    assert (rosa["tags"], rosa["owner"]["name"]) == (["hot", "VIP"], "Sam")
    deals = records(workspace, "deal")
    assert deals["One"]["extra"] is None
    assert deals["Two"]["extra"] == {"pipedrive": {"Organization - Owner": "Kim"}}
    assert deals["Three"]["extra"] == {"pipedrive": {"Organization - Label": "lost"}}
    assert {("Organization - Owner", "owner", "Kim")} == {*done.tally.unmatched}
    assert run(workspace, path).undo is None


def test_what_a_row_says_of_somebody_else_overwrites_nothing(workspace: Workspace, write: Write) -> None:
    run(workspace, write("company,address,industry\nBeta GmbH,Old St 1,Steel\n", "companies.csv"))
    run(workspace, write(DEALS, "deals.csv"))
    (held,) = records(workspace, "company")["Beta GmbH"]["addresses"]
    assert held["value"] == {"street": "Old St 1"}


def test_people_say_where_their_organisation_is(workspace: Workspace, write: Write) -> None:
    run(
        workspace,
        write(
            "Person - Name,Person - Email,Organization - Name,Organization - Address,Organization - Label\n"
            "Rosa Diaz,rosa@beta.example,Beta GmbH,Main St 5,vip\n"
        ),
    )
    beta = records(workspace, "company")["Beta GmbH"]
    assert ([entry["value"] for entry in beta["addresses"]], beta["tags"]) == (
        [{"street": "Main St 5"}],
        ["vip"],
    )


PEOPLE = "firstName,lastName,Emails / Primary Email,jobTitle,companyDomain\nAna,Ruiz,ana@acme.example,Buyer,acme.example\n"


@pytest.mark.parametrize(
    ("name", "email", "companies"),
    [
        ("Acme", "ana@acme.example", {"Acme": "acme.example"}),
        ("The Acme Company", "bo@acme.example", {"The Acme Company": "acme.example"}),
        ("Beta", "ana@acme.example", {"acme.example": "acme.example", "Beta": None}),
        ("Acme", "ana@gmail.com", {"acme.example": "acme.example", "Acme": None}),
    ],
    ids=["called like the domain", "a word of it", "another name", "a mailbox of anybody"],
)
@pytest.mark.parametrize("at_once", [False, True], ids=["one after another", "in one import"])
def test_a_company_known_by_its_domain_gets_its_name(
    workspace: Workspace, write: Write, name: str, email: str, companies: dict[str, str | None], at_once: bool
) -> None:
    deals = write(
        f"Id,Name,Amount / Amount,Amount / Currency,Close Date,Stage,Company,Email\n"
        f"d-1,Big,1500.5,USD,2026-09-01,Proposal,{name},{email}\n",
        "deals.csv",
    )
    people = write(PEOPLE, "people.csv")
    for paths in [(deals, people)] if at_once else [(people,), (deals,)]:
        run(workspace, *paths)
    assert {one["name"]: one["domain"] for one in records(workspace, "company").values()} == companies
    assert run(workspace, people, deals).undo is None
