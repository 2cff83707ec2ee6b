"""The flows of selling, links, the board, own definitions, the editor."""

from __future__ import annotations

import json
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Run = Callable[..., Any]


@pytest.fixture
def sales(crm: Run, monkeypatch: pytest.MonkeyPatch) -> Run:
    monkeypatch.setenv("CRM_NOW", "2026-05-20T10:00:00.000Z")
    crm("init", "--user", "Me", "--currency", "EUR")
    crm("contact", "add", "Ana Ruiz", "company=Acme", "email=ana@acme.es")
    crm("deal", "add", "Seats", "company=Acme", "contact=Ana Ruiz", "amount=12k")
    return crm


def record(crm: Run, *words: str) -> Any:
    ran = crm(*words, "--json")
    assert ran.code == 0, ran.err
    return json.loads(ran.out)


def test_a_deal_goes_its_way(sales: Run) -> None:
    sales("stage", "set", "Negotiation", "required=close_on")
    assert sales("deal", "move", "Seats", "Proposal").code == 0
    assert record(sales, "deal", "show", "Seats")["stage"]["name"] == "Proposal"
    refused = sales("deal", "move", "Seats", "Negotiation")
    assert refused.code == 2
    assert "needs close_on" in refused.err
    assert sales("deal", "move", "Seats", "Negotiation", "close=eom").code == 0
    assert record(sales, "deal", "show", "Seats")["close_on"] == "2026-05-31"
    assert sales("deal", "win", "Seats", "amount=11k", "--on", "2026-05-19").code == 0
    deal = record(sales, "deal", "show", "Seats")
    assert (deal["status"], deal["closed_on"], deal["amount"]["amount"]) == ("won", "2026-05-19", "11000.00")
    assert record(sales, "contact", "show", "Ana Ruiz")["lifecycle"] == "customer"
    assert sales("deal", "reopen", "Seats").code == 0
    assert sales("deal", "lose", "Seats", "too", "expensive").code == 0
    assert sales("deal", "lose", "Seats").code == 0  # said again, it forgets nothing
    deal = record(sales, "deal", "show", "Seats")
    assert (deal["status"], deal["lost_reason"]) == ("lost", "too expensive")
    assert sales("deal", "lose", "Seats", "reason=slow").code == 0
    assert record(sales, "deal", "show", "Seats")["lost_reason"] == "slow"
    assert sales("deal", "win", "Seats", "by luck").code == 2
    assert sales("deal", "move", "Seats", "x=1").code == 2
    assert sales("deal", "set", "Seats", "stage=won").code == 0
    assert record(sales, "deal", "show", "Seats")["status"] == "won"


def test_what_has_no_name_is_told_by_what_it_is_about(sales: Run) -> None:
    words = ("quota", "add", "user=Me", "starts_on=2026-05-01", "amount=10k")
    assert "Quota to add: Me, 2026-05-01\n" in sales(*words, "--dry-run").err
    assert "Quota added: Me, 2026-05-01 @" in sales(*words).err


def test_a_lead_becomes_a_customer_to_be(sales: Run) -> None:
    ran = sales("contact", "convert", "Ana Ruiz", "amount=5k")
    assert ran.code == 0
    deal = record(sales, "deal", "show", "Acme")
    assert (deal["amount"]["amount"], deal["contact"]["name"]) == ("5000.00", "Ana Ruiz")
    assert sales("contact", "convert", "Ana Ruiz").code == 1
    sales("contact", "add", "Ben Ode")
    assert sales("contact", "convert", "Ben Ode", "--no-deal").code == 0
    assert sales("count", "deal").out == "2\n"
    assert sales("contact", "convert", "Ben Ode", "Name", "--no-deal").code == 2


def test_tasks_are_ticked_off_and_come_again(sales: Run) -> None:
    sales("task", "add", "Call", "due=2026-05-20", "repeat=FREQ=DAILY")
    sales("task", "add", "Write")
    assert sales("task", "done", "Call", "Write").code == 0
    tasks = {(t["name"], t["status"]): t["due_on"] for t in record(sales, "task", "list")}
    assert tasks == {("Call", "done"): "2026-05-20", ("Call", "open"): "2026-05-21", ("Write", "done"): None}
    assert sales("task", "done", "Call").code == 0  # of the two that are called so, one is open
    assert sales("task", "done", "Write").code == 1


def test_log_writes_activities_and_notes(sales: Run) -> None:
    assert (
        sales("log", "call", "ana@acme.es", "asked about prices", "duration=15", "at=2026-05-19 09:30").code
        == 0
    )
    activity = record(sales, "activity", "list")[0]
    assert (activity["type"], activity["contact"]["name"], activity["company"]["name"]) == (
        "call",
        "Ana Ruiz",
        "Acme",
    )
    assert (activity["duration"], activity["name"]) == (15, "asked about prices")
    assert record(sales, "contact", "show", "Ana Ruiz")["last_contacted_at"] == activity["happened_at"]
    assert sales("log", "meeting", "Seats", "x" * 100).code == 0
    meeting = record(sales, "activity", "list", "type=meeting")[0]
    assert (meeting["deal"]["name"], meeting["contact"]["name"], meeting["body"]) == (
        "Seats",
        "Ana Ruiz",
        "x" * 100,
    )
    assert len(meeting["name"]) == 80
    assert sales("log", "note", "Acme", "likes tea").code == 0
    assert record(sales, "note", "list")[0]["name"] == "likes tea"
    assert sales("log", "email", "Acme").code == 0
    assert sales("log", "dance", "Acme", "x").code == 2
    asked = [row["command"] for row in json.loads(sales("history", "--json", "--limit", "4").out)]
    assert asked == ["log email", "log note", "log meeting", "log call"]
    assert sales("log", "call", "Nobody", "x").code == 3


def test_a_person_in_several_companies_over_time(sales: Run) -> None:
    sales("company", "add", "Beta")
    assert sales("contact", "link", "Ana Ruiz", "company=Beta", "role=Advisor", "from=2020-01").code == 0
    assert sales("contact", "link", "Ana Ruiz", "company=Beta", "to=2022-02").code == 0
    rows = record(sales, "contact", "companies", "Ana Ruiz")
    assert [(r["name"], r["role"], r["starts_on"], r["ends_on"]) for r in rows] == [
        ("Acme", None, None, None),
        ("Beta", "Advisor", "2020-01-01", "2022-02-28"),
    ]
    assert [r["name"] for r in record(sales, "company", "people", "Beta")] == ["Ana Ruiz"]
    assert [r["name"] for r in record(sales, "company", "people", "Acme")] == ["Ana Ruiz"]
    assert sales("contact", "link", "Ana Ruiz", "company=Beta", "role=Owner").code == 0
    assert len(record(sales, "contact", "links", "Ana Ruiz")) == 2
    assert sales("contact", "unlink", "Ana Ruiz", "company=Beta", "role=Owner").code == 0
    assert sales("contact", "unlink", "Ana Ruiz", "company=Acme").code == 3
    assert sales("contact", "link", "Ana Ruiz", "role=x").code == 2
    assert sales("contact", "link", "Ana Ruiz", "Beta").code == 2
    assert sales("contact", "link", "Ana Ruiz", "contact=Ana Ruiz").code == 2
    assert sales("contact", "link", "Ana Ruiz", "company=Beta", "from=2020-13").code == 2


def test_the_people_in_a_deal(sales: Run) -> None:
    sales("contact", "add", "Ben Ode")
    assert sales("deal", "link", "Seats", "contact=Ben Ode", "role=decision maker").code == 0
    rows = record(sales, "deal", "people", "Seats")
    assert [(r["name"], r["role"]) for r in rows] == [("Ana Ruiz", None), ("Ben Ode", "decision maker")]
    assert "Takes part: Ben Ode" in sales("show", "Seats").out
    assert "Takes part in" in sales("contact", "links", "Ben Ode").out


def test_the_board(sales: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    sales("deal", "add", "Second", "amount=1000 USD", "stage=Proposal", "probability=80")
    sales("deal", "add", "Third", "amount=3000", "stage=Proposal")
    sales("deal", "add", "Closed", "amount=9k", "status=won")
    monkeypatch.setenv(
        "CRM_NOW", "2026-06-12T10:00:00.000Z"
    )  # 23 days later: Lead rots after 14, Proposal after 21
    sales("deal", "add", "Fresh", "stage=Proposal")
    body = record(sales, "pipeline", "show")
    stages = {stage["name"]: stage for stage in body["stages"]}
    assert [stage["name"] for stage in body["stages"]] == ["Lead", "Qualified", "Proposal", "Negotiation"]
    lead, proposal = stages["Lead"], stages["Proposal"]
    assert (lead["count"], lead["rotting"], lead["amounts"]) == (
        1,
        1,
        [{"amount": "12000.00", "currency": "EUR"}],
    )
    assert lead["weighted"] == [{"amount": "1200.00", "currency": "EUR"}]
    assert (proposal["count"], proposal["rotting"]) == (3, 2)
    assert {w["currency"]: w["amount"] for w in proposal["weighted"]} == {"EUR": "1500.00", "USD": "800.00"}
    assert [deal["rotting"] for deal in lead["deals"]] == [True]
    drawn = sales("pipeline", "show").out
    assert "! Seats" in drawn
    assert "12,000 EUR" in drawn
    assert "weighted 1,200 EUR" in drawn
    spoken = sales("--accessible", "pipeline", "show").out
    assert "1 of 4. Stage: Lead. 1 deal. Sum: 12,000 EUR. Weighted: 1,200 EUR. 1 stands too long." in spoken
    assert record(sales, "pipeline", "show", "Sales", "--where", "name = Third")["stages"][2]["count"] == 1
    assert "and 2 more" in sales("pipeline", "show", "--deals", "1").out
    monkeypatch.setenv("CRM_FORCE_TTY", "60")
    assert all(len(line) <= 60 for line in sales("pipeline", "show").out.splitlines())


def test_own_fields_and_choices(sales: Run) -> None:
    assert (
        sales("field", "add", "contact", "Tier", "kind=choice", "choices=gold,silver", "help=How dear").code
        == 0
    )
    assert sales("contact", "set", "Ana Ruiz", "tier=Gold").code == 0
    assert record(sales, "contact", "list", "tier=gold")[0]["name"] == "Ana Ruiz"
    assert sales("contact", "set", "Ana Ruiz", "tier=tin").code == 2
    assert (
        sales(
            "field",
            "choices",
            "contact",
            "tier",
            "add=tin",
            "remove=silver",
            "rename=gold:Golden",
            "order=tin",
        ).code
        == 0
    )
    assert record(sales, "field", "choices", "contact", "tier") == [
        {"key": "tin", "label": "tin"},
        {"key": "gold", "label": "Golden"},
    ]
    assert sales("field", "choices", "contact", "tier", "remove=gold").code == 6
    assert sales("field", "choices", "contact", "tier", "add=tin").code == 6
    assert sales("field", "choices", "contact", "tier", "paint=tin").code == 2
    assert sales("field", "choices", "contact", "tier", "remove=steel").code == 2
    assert sales("field", "choices", "contact", "title").code == 2
    assert sales("field", "choices", "contact", "lifecycle", "add=Partner").code == 0
    assert sales("field", "choices", "contact", "lifecycle", "rename=lead:Prospect").code == 0
    assert sales("contact", "set", "Ana Ruiz", "lifecycle=partner").code == 0
    assert "Prospect" in sales("field", "choices", "contact", "lifecycle").out
    assert sales("field", "add", "contact", "Tier").code == 2
    assert "tier" in sales("contact", "list", "--fields").out


def test_the_editor_changes_a_record(sales: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    words = ("emails+=work: ana@work.es", "tags=a,b", 'addresses={"city": "Bilbao"}', "description=One\nTwo")
    sales("contact", "set", "Ana Ruiz", *words)
    before = record(sales, "contact", "show", "Ana Ruiz")
    script = tmp_path / "editor"
    script.write_text(
        "#!/bin/sh\n"
        "sed -i -e 's/# title = \"\"/title = \"CTO\"/' -e 's/Bilbao/Getxo/' -e 's/\"a\", //' -e 's/ana@acme.es/ana@acme.com/' "
        "-e 's/^Two/Three/' \"$1\"\n"
    )
    script.chmod(script.stat().st_mode | stat.S_IEXEC)
    monkeypatch.setenv("VISUAL", str(script))
    ran = sales("contact", "edit", "Ana Ruiz")
    assert ran.code == 0, ran.err
    after = record(sales, "contact", "show", "Ana Ruiz")
    assert (after["title"], after["tags"], after["description"]) == ("CTO", ["b"], "One\nThree")
    assert after["addresses"][0]["value"] == {"city": "Getxo"}
    assert after["emails"] == [
        {"value": "ana@acme.com", "label": None},
        {"value": "ana@work.es", "label": "work"},
    ]
    assert after["company"] == before["company"]
    assert sales("contact", "edit", "Ana Ruiz", "--editor", "true").code == 0
    monkeypatch.delenv("VISUAL")
    monkeypatch.delenv("EDITOR", raising=False)
    refused = sales("contact", "edit", "Ana Ruiz")
    assert (refused.code, "--editor PROGRAM" in refused.err) == (2, True)


@pytest.mark.parametrize(
    ("edit", "said"),
    [
        ("s/name = .*/name = /", "cannot be read"),
        ("s/name = .*/nmae = \"x\"/", "Did you mean name?"),
        ("s/^emails = .*/emails = [\"nonsense\"]/", "is not an e-mail address"),
        ("s/name = .*//", "Name is missing"),
    ],
)  # fmt: skip
def test_a_mistake_in_the_editor_keeps_the_text(sales: Run, edit: str, said: str) -> None:
    ran = sales("contact", "edit", "Ana Ruiz", "--editor", f"sed -i '{edit}'")
    assert ran.code == 2
    assert said in ran.err
    kept = Path(ran.err.partition("Your text is kept in ")[2].partition(". [")[0])
    assert kept.is_file()
    assert kept.stat().st_mode & 0o777 == 0o600
    kept.unlink()
    assert record(sales, "contact", "show", "Ana Ruiz")["name"] == "Ana Ruiz"


def test_an_editor_that_fails_changes_nothing(sales: Run) -> None:
    for editor in ("false", "/no/such/editor"):
        ran = sales("contact", "edit", "Ana Ruiz", "--editor", editor)
        assert ran.code == 1
        Path(ran.err.partition("Your text is in ")[2].partition(". [")[0]).unlink()
