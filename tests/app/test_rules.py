"""What each command makes of what it is given: consequences, defaults and refusals."""

from __future__ import annotations

from typing import Any

import pytest

from crmtool.app.asking import ask
from crmtool.app.commands import Add, Attach, Close, Convert, Done, Move, Purge, Remove, Restore, Set, Undo
from crmtool.app.history import lines
from crmtool.app.workspace import Workspace
from crmtool.core import dates
from crmtool.core.errors import (
    AmbiguousError,
    ConflictError,
    CrmError,
    NotFoundError,
    UsageError,
    ValidationError,
)
from crmtool.store import doctor
from crmtool.store.rebuild import rebuild


def add(ws: Workspace, noun: str, **values: Any) -> str:
    return ws.run(Add(noun, values)).made[-1][1]


def record(ws: Workspace, noun: str, ident: str) -> dict[str, Any]:
    return ws.reader.require(noun, ident)


def names(ws: Workspace, noun: str) -> list[str]:
    return [r["name"] for r in ws.query(ask(ws.registry.entity(noun), ws.registry, ws.context))]


def test_a_company_that_is_not_there_is_made_with_the_contact(ws: Workspace) -> None:
    one = add(ws, "contact", name="Ana", company="Acme")
    two = add(ws, "contact", name="Ben", company="ACME")
    assert record(ws, "contact", one)["company"] == record(ws, "contact", two)["company"]
    assert names(ws, "company") == ["Acme"]
    ws.run(Undo())
    ws.run(Undo())
    assert names(ws, "company") == []


def test_an_ambiguous_reference_changes_nothing(ws: Workspace) -> None:
    add(ws, "company", name="Acme")
    add(ws, "company", name="acme")
    with pytest.raises(AmbiguousError) as caught:
        add(ws, "contact", name="Ana", company="Acme")
    assert len(caught.value.data["candidates"]) == 2
    assert names(ws, "contact") == []


def test_new_records_belong_to_me(ws: Workspace) -> None:
    assert record(ws, "contact", add(ws, "contact", name="Ana"))["owner"] == ws.actor.user
    assert record(ws, "contact", add(ws, "contact", name="Ben", owner=""))["owner"] is None
    assert record(ws, "contact", add(ws, "contact", name="Cal", owner="me"))["owner"] == ws.actor.user


def test_tags_become_records_once(ws: Workspace) -> None:
    add(ws, "contact", name="Ana", tags="vip,key")
    add(ws, "contact", name="Ben", tags="VIP")
    assert sorted(names(ws, "tag")) == ["key", "vip"]


def test_a_deal_starts_in_the_first_stage_of_the_default_pipeline(ws: Workspace) -> None:
    deal = record(ws, "deal", add(ws, "deal", name="Big", amount="10k"))
    assert record(ws, "stage", deal["stage"])["name"] == "Lead"
    assert deal["status"] == "open"
    assert deal["stage_entered_at"] == deal["created_at"]


def test_a_stage_belongs_to_its_pipeline(ws: Workspace) -> None:
    other = add(ws, "pipeline", name="Renewals")
    first = add(ws, "stage", name="Lead", pipeline="Renewals")
    deal = add(ws, "deal", name="Big", pipeline="Renewals", stage="lead")
    assert record(ws, "deal", deal)["stage"] == first
    ws.run(Move(deal, "Proposal", "Sales"))
    moved = record(ws, "deal", deal)
    assert moved["pipeline"] != other
    assert record(ws, "stage", moved["stage"])["name"] == "Proposal"


def test_a_stage_may_need_fields(ws: Workspace) -> None:
    stage = next(
        r["id"]
        for r in ws.query(ask(ws.registry.entity("stage"), ws.registry, ws.context))
        if r["name"] == "Proposal"
    )
    ws.run(Set("stage", (stage,), (("required", "=", '["amount", "close_on"]'),)))
    deal = add(ws, "deal", name="Big")
    with pytest.raises(ValidationError) as caught:
        ws.run(Move(deal, "Proposal"))
    assert caught.value.data["fields"] == ["amount", "close_on"]
    ws.run(Set("deal", (deal,), (("amount", "=", "5"), ("close_on", "=", "eom"), ("stage", "=", "Proposal"))))
    assert record(ws, "stage", record(ws, "deal", deal)["stage"])["name"] == "Proposal"


def test_winning_closes_the_deal_and_makes_a_customer(ws: Workspace) -> None:
    person = add(ws, "contact", name="Ana")
    deal = add(ws, "deal", name="Big", contact="Ana", amount="10k")
    ws.run(Close(deal, "won"))
    closed = record(ws, "deal", deal)
    assert closed["status"] == "won"
    assert closed["closed_on"] == ws.context.now[:10]
    assert record(ws, "contact", person)["lifecycle"] == "customer"
    ws.run(Undo())
    assert record(ws, "deal", deal)["closed_on"] is None
    assert record(ws, "contact", person)["lifecycle"] == "lead"


def test_stage_won_means_the_outcome(ws: Workspace) -> None:
    deal = add(ws, "deal", name="Big")
    ws.run(Set("deal", (deal,), (("stage", "=", "won"),)))
    assert record(ws, "deal", deal)["status"] == "won"


def test_a_lost_deal_keeps_its_reason_until_it_is_reopened(ws: Workspace) -> None:
    deal = add(ws, "deal", name="Big")
    ws.run(Close(deal, "lost", "price", "2026-01-31"))
    assert (record(ws, "deal", deal)["lost_reason"], record(ws, "deal", deal)["closed_on"]) == (
        "price",
        "2026-01-31",
    )
    ws.run(Close(deal, "open"))
    assert (record(ws, "deal", deal)["lost_reason"], record(ws, "deal", deal)["closed_on"]) == (None, None)


def test_a_lead_is_converted_once(ws: Workspace) -> None:
    person = add(ws, "contact", name="Ana", company="Acme")
    ws.run(Convert(person, "First order", {"amount": "1k"}))
    deal = next(iter(ws.query(ask(ws.registry.entity("deal"), ws.registry, ws.context))))
    assert (deal["name"], deal["contact"]["name"], deal["company"]["name"]) == ("First order", "Ana", "Acme")
    with pytest.raises(CrmError):
        ws.run(Convert(person, None, {}))


def test_a_repeating_task_comes_again(ws: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CRM_NOW", "2026-05-13T10:00:00.000Z")
    task = add(ws, "task", name="Report", due_on="2026-05-11", repeat="FREQ=WEEKLY;BYDAY=MO")
    ws.run(Done(task))
    open_tasks = list(
        ws.query(ask(ws.registry.entity("task"), ws.registry, ws.context, where="status = open"))
    )
    assert [t["due_on"] for t in open_tasks] == ["2026-05-18"]
    assert record(ws, "task", task)["done_at"] == "2026-05-13T10:00:00.000Z"
    with pytest.raises(CrmError):
        ws.run(Done(task))


def test_a_wrong_recurrence_is_refused(ws: Workspace) -> None:
    with pytest.raises(ValidationError):
        add(ws, "task", name="Report", repeat="now and then")


def test_a_note_is_titled_by_its_first_line(ws: Workspace) -> None:
    note = add(
        ws,
        "note",
        body="Met at the fair\nLikes blue",
        contact=record(ws, "contact", add(ws, "contact", name="Ana"))["id"],
    )
    assert record(ws, "note", note)["name"] == "Met at the fair"
    with pytest.raises(ValidationError):
        add(ws, "note")


def test_derived_values_follow_their_sources(ws: Workspace) -> None:
    person = add(ws, "contact", name="Ana", company="Acme")
    company = record(ws, "contact", person)["company"]
    first = add(ws, "activity", name="Call", contact="Ana", happened_at="2026-01-05T10:00:00Z")
    add(ws, "activity", name="Call", contact="Ana", happened_at="2026-01-03T10:00:00Z")
    assert record(ws, "contact", person)["last_contacted_at"] == "2026-01-05T10:00:00.000Z"
    assert record(ws, "company", company)["last_contacted_at"] == "2026-01-05T10:00:00.000Z"
    ws.run(Remove("activity", (first,)))
    assert record(ws, "contact", person)["last_contacted_at"] == "2026-01-03T10:00:00.000Z"
    ws.run(Restore("activity", (first,)))
    assert record(ws, "contact", person)["last_contacted_at"] == "2026-01-05T10:00:00.000Z"
    deal = add(ws, "deal", name="Big", company="Acme", amount="10k")
    assert record(ws, "company", company)["open_value"] == [1_000_000, "EUR"]
    ws.run(Close(deal, "won"))
    assert record(ws, "company", company)["open_value"] is None
    assert record(ws, "company", company)["won_value"] == [1_000_000, "EUR"]


def test_purge_takes_what_is_about_the_record_alone(ws: Workspace) -> None:
    ana = add(ws, "contact", name="Ana")
    add(ws, "note", body="secret", contact="Ana")
    deal = add(ws, "deal", name="Big", contact="Ana")
    ws.run(Purge("contact", (ana,)))
    assert ws.reader.get("contact", ana) is None
    assert names(ws, "note") == []
    assert names(ws, "deal") == ["Big"]
    assert record(ws, "deal", deal)["contact"] == ana  # a reference to nobody: shown as hidden
    with pytest.raises(CrmError):
        ws.run(Undo())


@pytest.mark.parametrize(
    ("noun", "values"),
    [
        ("contact", {"email": "a@b.c"}), ("contact", {"name": "A", "email": "nope"}), ("contact", {"name": "A", "colour": "red"}),
        ("contact", {"name": "A", "last_contacted_at": "now"}), ("contact", {"name": "A", "id": "x"}), ("stage", {"name": "A"}),
        ("view", {"name": "v", "of": "contact", "filter": "colour = red"}), ("view", {"name": "v", "of": "planet"}),
        ("field", {"name": "Size", "of": "contact", "kind": "colour"}), ("field", {"name": "Name", "of": "contact"}),
        ("field", {"name": "Grade", "of": "contact", "kind": "choice"}),
        ("field", {"name": "Boss", "of": "contact", "kind": "reference"}),
        ("object", {"name": "Deal"}), ("object", {"name": "機械"}), ("quota", {"amount": "5"}),
    ],
)  # fmt: skip
def test_what_is_wrong_is_refused_whole(ws: Workspace, noun: str, values: dict[str, Any]) -> None:
    before = ws.log.position()
    with pytest.raises(CrmError):
        ws.run(Add(noun, values))
    assert ws.log.position() == before


def test_a_write_can_be_conditional(ws: Workspace) -> None:
    person = add(ws, "contact", name="Ana")
    ws.run(Set("contact", (person,), (("title", "=", "CEO"),), rev=1))
    with pytest.raises(ConflictError):
        ws.run(Set("contact", (person,), (("title", "=", "CTO"),), rev=1))
    assert record(ws, "contact", person)["title"] == "CEO"


def test_setting_what_holds_already_changes_nothing(ws: Workspace) -> None:
    person = add(ws, "contact", name="Ana", tags="vip")
    outcome = ws.run(Set("contact", (person,), (("name", "=", "Ana"), ("tags", "+=", "VIP"))))
    assert (outcome.count, outcome.handle) == (0, None)


def test_adding_to_one_value_is_refused(ws: Workspace) -> None:
    person = add(ws, "contact", name="Ana")
    with pytest.raises(UsageError):
        ws.run(Set("contact", (person,), (("title", "+=", "CEO"),)))


def test_a_dry_run_leaves_nothing(ws: Workspace) -> None:
    before = ws.log.position()
    outcome = ws.run(Add("contact", {"name": "Ana", "company": "Acme"}), dry_run=True)
    assert (outcome.count, outcome.handle, ws.log.position()) == (2, None, before)
    assert names(ws, "contact") == []
    add(ws, "contact", name="Ben", title="CEO")  # what the dry run cached must not leak into the log
    assert [e.after["name"] for e in ws.log.entries("record IN (SELECT id FROM contacts)")] == ["Ben"]


def test_what_is_in_the_trash_is_not_written_to(ws: Workspace) -> None:
    person = add(ws, "contact", name="Ana")
    ws.run(Remove("contact", (person,)))
    with pytest.raises(NotFoundError):
        ws.run(Set("contact", (person,), (("title", "=", "CEO"),)))
    assert ws.run(Restore("contact", (person,))).count == 1
    assert ws.run(Restore("contact", (person,))).count == 0


def test_a_purge_leaves_what_is_also_about_others(ws: Workspace) -> None:
    deal = add(ws, "deal", name="Big", company="Acme")
    kept = add(ws, "activity", name="Call", deal=deal, company="Acme")
    alone = add(ws, "note", body="Only about the deal", deal=deal)
    ws.run(Purge("deal", (deal,)))
    assert ws.reader.get("note", alone) is None
    assert record(ws, "activity", kept)["company"] is not None


def test_a_purge_takes_the_files_of_nobody_else(ws: Workspace) -> None:
    ana, ben = add(ws, "contact", name="Ana"), add(ws, "contact", name="Ben")
    for name, ends in (("passport.pdf", (ana,)), ("contract.pdf", (ana, ben))):
        ws.run(Attach(({"name": name, "sha256": "0" * 64},), tuple(("contact", end) for end in ends)))
    gone = ws.run(Purge("contact", (ana,)))
    assert [change.entity for change in gone.changes].count("file") == 1
    assert names(ws, "file") == ["contract.pdf"]
    ws.run(Purge("contact", (ben,)))
    assert names(ws, "file") == []


def test_a_stage_with_open_deals_stays(ws: Workspace) -> None:
    deal = add(ws, "deal", name="Big")
    stage, pipeline = (record(ws, "deal", deal)[key] for key in ("stage", "pipeline"))
    for noun, used in (("stage", stage), ("pipeline", pipeline)):
        with pytest.raises(ConflictError, match="1 open deal is in"):
            ws.run(Remove(noun, (used,)))
    ws.run(Close(deal, "lost"))
    assert ws.run(Remove("stage", (stage,))).count == 1


# -- where people worked ----------------------------------------------------------------------------------------------


def jobs(ws: Workspace, contact: str) -> list[tuple[str, str | None, str | None]]:
    """(company, role, end) of a person's ties to companies."""
    link = ws.registry.entity("link")
    found = ws.query(ask(link, ws.registry, ws.context, where="relation = employment"))
    return [(str(r["to"]), r["role"], r["ends_on"]) for r in found if r["from"] == contact]


def change(ws: Workspace, ident: str, **values: Any) -> Any:
    return ws.run(Set("contact", (ident,), tuple((key, "=", value) for key, value in values.items())))


def test_who_changes_companies_stays_tied_to_the_former_one(ws: Workspace) -> None:
    acme = add(ws, "company", name="Acme")
    ana = add(ws, "contact", name="Ana", company="Acme", title="Buyer")
    today = dates.today(ws.context).isoformat()
    moved = change(ws, ana, company="Beta", title="Director")
    assert jobs(ws, ana) == [(acme, "Buyer", today)]
    change(ws, ana, company="")
    assert sorted(jobs(ws, ana), key=str)[0][2] == today
    assert len(jobs(ws, ana)) == 2
    ws.run(Undo())
    ws.run(Undo(moved.handle))
    assert jobs(ws, ana) == []
    assert record(ws, "contact", ana)["company"] == acme
    assert record(ws, "contact", ana)["title"] == "Buyer"


def test_a_company_filled_in_or_set_again_ends_nothing(ws: Workspace) -> None:
    ana = add(ws, "contact", name="Ana")
    change(ws, ana, company="Acme")
    change(ws, ana, company="Acme", title="Buyer")
    assert jobs(ws, ana) == []


def test_going_back_on_the_same_day_leaves_no_trace(ws: Workspace) -> None:
    ana = add(ws, "contact", name="Ana", company="Acme")
    for _ in range(2):
        change(ws, ana, company="Beta")
        assert len(jobs(ws, ana)) == 1
        change(ws, ana, company="Acme")
        assert jobs(ws, ana) == []


def test_a_tie_that_was_there_is_ended_and_not_doubled(ws: Workspace) -> None:
    acme = add(ws, "company", name="Acme")
    ana = add(ws, "contact", name="Ana", company="Acme", title="Buyer")
    ends = {"from_entity": "contact", "from": ana, "to_entity": "company", "to": acme}
    add(ws, "link", relation="employment", role="Clerk", starts_on="2019-01-01", **ends)
    change(ws, ana, company="Beta")
    assert jobs(ws, ana) == [(acme, "Clerk", dates.today(ws.context).isoformat())]


def test_the_end_of_a_job_is_the_day_the_change_took_effect(ws: Workspace) -> None:
    acme = add(ws, "company", name="Acme")
    ana = add(ws, "contact", name="Ana", company="Acme")
    ws.run(Set("contact", (ana,), (("company", "=", "Beta"),), None, "2024-03-31T10:00:00.000Z"))
    assert jobs(ws, ana) == [(acme, None, "2024-03-31")]


def test_an_edit_of_a_past_day_is_an_edit_of_now(ws: Workspace) -> None:
    ana = add(ws, "contact", name="Ana")
    before = record(ws, "contact", ana)["updated_at"]
    ws.run(Set("contact", (ana,), (("lifecycle", "=", "customer"),), None, "2024-03-31T10:00:00.000Z"))
    assert record(ws, "contact", ana)["updated_at"] > before
    found = lines(ws, ws.registry.entity("contact"), ana)
    assert [(one.field, one.at) for one in found if one.verb == "update"] == [
        ("lifecycle", "2024-03-31T10:00:00.000Z")
    ]
    assert found[-1].verb == "update", "it comes where it took effect"
    assert found[-1].recorded_at > before


def test_a_meeting_that_lies_ahead_is_no_contact_yet(ws: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CRM_NOW", "2036-06-15T10:00:00.000Z")
    acme = add(ws, "company", name="Acme")
    ana = add(ws, "contact", name="Ana", company="Acme")
    add(ws, "activity", name="Call", contact=ana, at="2036-06-10 09:00")
    add(ws, "activity", name="Lunch", contact=ana, at="2036-06-20 12:00")

    def last() -> set[str | None]:
        found = {
            record(ws, "contact", ana)["last_contacted_at"],
            record(ws, "company", acme)["last_contacted_at"],
        }
        wrong = [f for _, findings in doctor.deep(ws.db, ws.layouts) for f in findings if f.level == "wrong"]
        assert wrong == []
        return found

    assert last() == {"2036-06-10T09:00:00.000Z"}
    monkeypatch.setenv("CRM_NOW", "2036-06-21T08:00:00.000Z")
    assert last() == {"2036-06-10T09:00:00.000Z"}, "as of the last change"
    add(ws, "contact", name="Somebody else")
    assert last() == {"2036-06-20T12:00:00.000Z"}
    rebuild(ws.db, ws.layouts)
    assert last() == {"2036-06-20T12:00:00.000Z"}
