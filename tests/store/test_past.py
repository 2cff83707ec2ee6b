"""The past: spans of tracked fields, lists as of a day, and derived values that are always what their sources give."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.store.anything import run_anything
from tests.store.stores import Stores

from crmtool.app.asking import parse_filter, parse_order
from crmtool.app.commands import Add, Close, Done, Purge, Remove, Restore, Set, Undo
from crmtool.app.workspace import Workspace
from crmtool.core import ids
from crmtool.core.errors import UsageError
from crmtool.store import derived, doctor
from crmtool.store.reader import Query


def add(workspace: Workspace, entity: str, at: str | None = None, **values: Any) -> str:
    return workspace.run(Add(entity, values, at)).made[-1][1]


def put(workspace: Workspace, entity: str, record: str, at: str | None = None, **values: Any) -> None:
    workspace.run(Set(entity, (record,), tuple((k, "=", v) for k, v in values.items()), effective_at=at))


def day(number: int) -> str:
    return f"2026-01-{number:02}T12:00:00.000Z"


@pytest.fixture(autouse=True)
def now(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CRM_NOW", "2026-03-01T00:00:00.000Z")


def as_of(workspace: Workspace, number: int, entity: str = "deal", **options: Any) -> dict[str, Any]:
    """Name -> (stage name, status, amount) as of a day of January."""
    fields = ("name", "stage", "status", "amount", "description")
    records = workspace.reader.records(Query(entity, fields=fields, as_of=day(number), **options))
    return {r["name"]: (r["stage"]["name"], r["status"], r["amount"], r["description"]) for r in records}


def condition(workspace: Workspace, text: str, entity: str = "deal") -> Any:
    return parse_filter(text, workspace.registry.entity(entity), workspace.registry, workspace.context)


def test_a_list_as_of_a_past_day(workspace: Workspace) -> None:
    one = add(workspace, "deal", day(2), name="One", stage="Lead", amount=[100, "EUR"], description="first")
    put(workspace, "deal", one, day(5), stage="Proposal", amount=[200, "EUR"])
    put(workspace, "deal", one, day(8), status="won", description="second")
    two = add(workspace, "deal", day(6), name="Two", stage="Qualified")
    workspace.run(Remove("deal", (two,)))

    assert as_of(workspace, 1) == {}
    assert as_of(workspace, 3) == {"One": ("Lead", "open", [100, "EUR"], "first")}
    assert as_of(workspace, 5) == {"One": ("Proposal", "open", [200, "EUR"], "first")}, (
        "a change counts from when it takes effect"
    )
    assert as_of(workspace, 7) == {
        "One": ("Proposal", "open", [200, "EUR"], "first"),
        "Two": ("Qualified", "open", None, None),
    }
    assert as_of(workspace, 9)["One"] == ("Proposal", "won", [200, "EUR"], "second")

    def names(number: int, text: str) -> list[str]:
        return [*as_of(workspace, number, where=condition(workspace, text))]

    assert names(3, "stage = Lead") == ["One"]
    assert names(5, "stage = Lead") == []
    assert names(7, "stage = Proposal and amount > 1") == ["One"]
    assert names(7, "stage != Proposal") == ["Two"]
    assert names(7, "status = open") == ["One", "Two"]
    assert names(9, "status = open") == ["Two"]
    assert names(3, "amount = 1") == ["One"]
    assert names(9, "amount is empty") == ["Two"]
    assert workspace.reader.count(Query("deal", condition(workspace, "status = open"), as_of=day(7))) == 2
    order = parse_order("-amount", workspace.registry.entity("deal"), workspace.registry)
    assert [*as_of(workspace, 7, sort=order)] == ["One", "Two"]


def test_an_own_tracked_field_has_a_past(workspace: Workspace) -> None:
    for name, kind in (("Grade", "text"), ("Score", "number"), ("Fee", "money"), ("Hot", "yesno")):
        workspace.run(Add("field", {"of": "deal", "name": name, "kind": kind, "tracked": True}))
    record = add(workspace, "deal", day(2), name="One", grade="Á", score=1, fee=[100, "EUR"], hot=True)
    put(workspace, "deal", record, day(5), grade="b", score=2.5, fee=[300, "USD"], hot=False)
    for number, text, found in (
        (3, "grade = a and score = 1 and fee = 1 EUR and hot = yes", 1),
        (3, "grade = b or score > 1 or fee > 0 USD or hot = no", 0),
        (6, "grade = b and score > 2 and fee = 3 USD and hot = no", 1),
    ):
        assert (
            workspace.reader.count(Query("deal", condition(workspace, text), as_of=day(number))) == found
        ), text
    rows = workspace.reader.records(Query("deal", as_of=day(3), fields=("grade", "score", "fee", "hot")))
    assert [(r["grade"], r["score"], r["fee"], r["hot"]) for r in rows] == [("Á", 1, [100, "EUR"], True)]


@pytest.mark.parametrize("text", ["name = One", "description ~ x", "company is empty"])
def test_what_is_not_tracked_cannot_be_asked_of_the_past(workspace: Workspace, text: str) -> None:
    with pytest.raises(UsageError) as caught:
        workspace.reader.count(Query("deal", condition(workspace, text), as_of=day(3)))
    assert caught.value.code == "as_of"


def test_the_past_is_an_instant(workspace: Workspace) -> None:
    with pytest.raises(UsageError):
        workspace.reader.count(Query("deal", as_of="2026' OR '1'='1"))


def test_spans_tell_every_value_and_when(workspace: Workspace) -> None:
    record = add(workspace, "deal", day(2), name="One", stage="Lead")
    for number, value in ((4, [1, "EUR"]), (6, None), (6, [2, "EUR"])):
        put(workspace, "deal", record, day(number), amount=value)
    spans = list(
        workspace.db.rows(
            "SELECT value, from_at, until_at FROM span WHERE record = ? AND field = 'amount' ORDER BY set_n",
            (record,),
        )
    )
    assert spans == [("null", day(2), day(4)), ('[1,"EUR"]', day(4), day(6)), ("null", day(6), day(6))]


def amounts(workspace: Workspace, *days: int) -> list[Any]:
    """The amount of the only deal as of each day, then at present, in whole units."""
    held = [next(workspace.reader.records(Query("deal", as_of=day(n))))["amount"] for n in days]
    held.append(next(workspace.reader.records(Query("deal")))["amount"])
    return [amount and amount[0] for amount in held]


def sound(workspace: Workspace) -> None:
    """The past follows itself in time, and the log gives the rows."""
    found = dict(doctor.deep(workspace.db, workspace.layouts))
    assert found["spans"] == found["replay"] == found["derived"] == []


def test_a_change_recorded_late_goes_where_it_took_effect(workspace: Workspace) -> None:
    record = add(workspace, "deal", day(2), name="One", stage="Lead")
    put(workspace, "deal", record, day(4), amount=[1, "EUR"])
    put(workspace, "deal", record, day(8), amount=[2, "EUR"])
    put(workspace, "deal", record, day(6), amount=[9, "EUR"])
    assert amounts(workspace, 3, 5, 7, 9) == [None, 1, 9, 2, 2], "the present is what took effect last"
    assert workspace.reader.count(Query("deal", condition(workspace, "amount = 0.09 EUR"), as_of=day(7))) == 1
    last = next(workspace.log.of_record(record, order="n DESC"))
    assert (last.before["amount"], last.after["amount"]) == ([1, "EUR"], [9, "EUR"])
    put(workspace, "deal", record, day(3), amount=[7, "EUR"], description="late")
    assert amounts(workspace, 2, 3, 5, 7, 9) == [None, 7, 1, 9, 2, 2]
    assert workspace.reader.require("deal", record)["description"] == "late"
    position = workspace.log.position()
    put(workspace, "deal", record, day(5), amount=[1, "EUR"])
    assert workspace.log.position() == position, "it had that amount then"
    sound(workspace)


def test_a_late_change_is_taken_back_where_it_took_effect(workspace: Workspace) -> None:
    record = add(workspace, "deal", day(2), name="One", stage="Lead")
    put(workspace, "deal", record, day(4), amount=[1, "EUR"])
    put(workspace, "deal", record, day(8), amount=[2, "EUR"])
    put(workspace, "deal", record, day(6), amount=[9, "EUR"], description="late")
    workspace.run(Undo())
    assert amounts(workspace, 3, 5, 7, 9) == [None, 1, 1, 2, 2]
    assert workspace.reader.require("deal", record)["description"] is None
    put(workspace, "deal", record, day(6), amount=[9, "EUR"])
    newest = next(h for h in workspace.log.sets(order="n DESC") if h.effective_at == day(8))
    workspace.run(Undo(ids.handle(newest.handle_id)))
    assert amounts(workspace, 5, 7) == [1, 9, 9], "what the change had ended is what was before it by now"
    sound(workspace)


def test_what_makes_sense_together_stays_together(workspace: Workspace) -> None:
    record = add(workspace, "deal", day(2), name="One", stage="Lead")
    put(workspace, "deal", record, day(8), status="lost")
    before = workspace.reader.require("deal", record)
    workspace.run(Set("deal", (record,), (("status", "=", "won"),), effective_at=day(5)))
    after = workspace.reader.require("deal", record)
    unit = [f.key for f in workspace.registry.entity("deal").fields.values() if f.unit == "outcome"]
    assert [after[key] for key in unit] == [before[key] for key in unit]
    assert as_of(workspace, 6)["One"][1] == "won"
    workspace.run(Undo())
    assert as_of(workspace, 6)["One"][1] == "open"
    sound(workspace)


def test_a_clock_that_steps_back_loses_no_change(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    record = add(workspace, "deal", name="One", amount=[1, "EUR"])
    put(workspace, "deal", record, amount=[2, "EUR"])
    monkeypatch.setenv("CRM_NOW", "2026-02-01T00:00:00.000Z")
    workspace.refresh_clock()
    put(workspace, "deal", record, amount=[3, "EUR"])
    assert amounts(workspace) == [3]
    sound(workspace)


@settings(max_examples=8, deadline=None, suppress_health_check=list(HealthCheck))
@given(changes=st.lists(st.tuples(st.integers(3, 12), st.integers(1, 4)), max_size=8), taken=st.booleans())
def test_the_past_is_in_order_of_effect(stores: Stores, changes: list[tuple[int, int]], taken: bool) -> None:
    workspace = stores.create()
    try:
        record = add(workspace, "deal", day(2), name="One")
        known: list[tuple[int, int, Any]] = [(2, 0, None)]
        for turn, (at, value) in enumerate(changes, 1):
            put(workspace, "deal", record, day(at), amount=[value, "EUR"])
            if value != max(c for c in known if c[0] <= at)[2]:
                known.append((at, turn, value))
        present = max(known)[2]
        if taken and len(known) > 1:
            workspace.run(Undo())
            if known[-1] == max(known):
                present = max(known[:-1])[2]  # from now on; it was so until then
            else:
                known.pop()
        days = range(2, 14)
        expected = [max(c for c in known if c[0] <= at)[2] for at in days]
        assert amounts(workspace, *days) == [*expected, present]
        sound(workspace)
    finally:
        stores.done(workspace)


# -- derived values ------------------------------------------------------------------------------------------------------


def test_derived_values_follow_their_sources(workspace: Workspace) -> None:
    company = add(workspace, "company", name="Acme")
    contact = add(workspace, "contact", name="Ana", company="Acme")
    call = add(workspace, "activity", name="Call", contact="Ana", happened_at=day(3))
    add(workspace, "activity", name="Mail", contact="Ana", happened_at=day(2))
    task = add(workspace, "task", name="Send", contact="Ana", due_on="2026-02-02")
    deal = add(workspace, "deal", name="Big", company="Acme", amount=[500, "EUR"])
    add(workspace, "deal", name="Odd", company="Acme", amount=[1, "USD"])
    add(workspace, "deal", name="Small", company="Acme", amount=[5, "EUR"])

    def values(entity: str, record: str, *keys: str) -> tuple[Any, ...]:
        found = workspace.reader.require(entity, record)
        return tuple(found[key] for key in keys)

    assert values("contact", contact, "last_contacted_at", "next_step_on") == (day(3), "2026-02-02")
    assert values("company", company, "last_contacted_at", "open_value", "won_value") == (
        day(3),
        [505, "EUR"],
        None,
    )
    workspace.run(Remove("activity", (call,)))
    workspace.run(Done(task))
    workspace.run(Close(deal, "won"))
    assert values("contact", contact, "last_contacted_at", "next_step_on") == (day(2), None)
    assert values("company", company, "open_value", "won_value") == ([5, "EUR"], [500, "EUR"])
    workspace.run(Undo())
    assert values("company", company, "open_value", "won_value") == ([505, "EUR"], None)
    workspace.run(Restore("activity", (call,)))
    put(workspace, "activity", call, contact=None)
    assert values("contact", contact, "last_contacted_at") == (day(2),)
    workspace.run(Purge("deal", (deal,)))
    assert values("company", company, "open_value") in [([5, "EUR"],), ([1, "USD"],)]
    assert derived.differences(workspace.db, workspace.layouts) == []


def test_a_wrong_derived_value_is_seen_and_rebuilt(workspace: Workspace) -> None:
    contact = add(workspace, "contact", name="Ana")
    add(workspace, "activity", name="Call", contact="Ana", happened_at=day(3))
    workspace.db.execute("UPDATE contacts SET last_contacted_at = NULL, next_step_on = '2020-01-01'")
    found = derived.differences(workspace.db, workspace.layouts)
    assert sorted(found) == [("contact", contact, "last_contacted_at"), ("contact", contact, "next_step_on")]
    with workspace.db.atomic():
        derived.rebuild(workspace.db, workspace.layouts)
    assert derived.differences(workspace.db, workspace.layouts) == []
    assert workspace.reader.require("contact", contact)["last_contacted_at"] == day(3)


@settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_derived_values_stand_after_anything(stores: Stores, data: st.DataObject) -> None:
    workspace = stores.create()
    try:
        run_anything(workspace, data)
        assert derived.differences(workspace.db, workspace.layouts) == []
    finally:
        stores.done(workspace)


def test_what_was_in_the_trash_for_a_while_was_not_there_then(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever became of it afterwards: restored, changed, or removed again."""
    kept = add(workspace, "deal", day(1), name="Kept", stage="Lead")
    gone = add(workspace, "deal", day(1), name="Gone", stage="Lead")
    add(workspace, "deal", day(1), name="Untouched", stage="Lead")
    for number, command in ((5, Remove), (10, Restore), (15, Remove), (20, Restore)):
        monkeypatch.setenv("CRM_NOW", day(number))
        workspace.run(command("deal", (kept,)))
        workspace.run(command("deal", (gone,)))
    put(workspace, "deal", kept, stage="Proposal")
    monkeypatch.setenv("CRM_NOW", day(25))
    workspace.run(Remove("deal", (gone,)))

    for number in range(1, 31):
        there = number < 5 or 10 <= number < 15 or number >= 20
        wanted = {"Untouched", *(["Kept"] if there else []), *(["Gone"] if there and number < 25 else [])}
        assert set(as_of(workspace, number)) == wanted, number
        query = Query("deal", condition(workspace, "stage is set"), as_of=day(number))
        assert workspace.reader.count(query) == len(wanted)
