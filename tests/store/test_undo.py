"""Undo and redo: what goes back, what must not, from whom, and that all of it can itself be taken back."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.store.anything import any_command
from tests.store.stores import Stores

from crmtool.app.commands import Add, Close, Convert, Purge, Remove, Restore, Set, Undo
from crmtool.app.workspace import Outcome, Workspace
from crmtool.core import changes, ids
from crmtool.core.changes import Actor, ChangeSet
from crmtool.core.errors import ConflictError, CrmError, NotFoundError
from crmtool.store import derived, replay
from crmtool.store.reader import Query
from crmtool.store.search import find


def add(workspace: Workspace, entity: str, **values: Any) -> str:
    return workspace.run(Add(entity, values)).made[-1][1]


def put(workspace: Workspace, entity: str, record: str, **values: Any) -> Outcome:
    return workspace.run(Set(entity, (record,), tuple((k, "=", v) for k, v in values.items())))


def value(workspace: Workspace, record: str, key: str, entity: str = "contact") -> Any:
    return workspace.reader.require(entity, record)[key]


def names(workspace: Workspace, entity: str = "contact") -> list[str]:
    return [r["name"] for r in workspace.reader.records(Query(entity))]


def import_job(workspace: Workspace, labels: list[str], size: int = 2) -> str:
    """Create contacts as a job of several change sets; its handle."""
    job = workspace.start_job("import", "import", {})
    entity = workspace.registry.entity("contact")
    for start in range(0, len(labels), size):
        with job.step() as step:
            step.apply(
                [changes.create(entity, {"name": n}) for n in labels[start : start + size]], {"at": start}
            )
    job.finish()
    return job.handle


def test_fields_go_back_and_forth(workspace: Workspace) -> None:
    record = add(workspace, "contact", name="Ana", title="A", tags="x")
    put(workspace, "contact", record, title="B", tags="x, y", email="ana@acme.example")
    undone = workspace.run(Undo())
    assert (value(workspace, record, "title"), value(workspace, record, "tags")) == ("A", ["x"])
    assert {entity for entity, _ in undone.changed} == {"contact", "tag"}
    assert workspace.reader.lookup("contact", "email", ["ana@acme.example"]) == {}
    workspace.run(Undo(redo=True))
    assert (value(workspace, record, "title"), value(workspace, record, "tags")) == ("B", ["x", "y"])
    assert find(workspace.reader, "ana@acme")[0].record["id"] == record
    with pytest.raises(NotFoundError):
        workspace.run(Undo(redo=True))
    workspace.run(Undo())
    workspace.run(Undo())
    assert names(workspace) == []


def test_a_chain_of_undo_and_redo(workspace: Workspace) -> None:
    record = add(workspace, "contact", name="Ana", title="0")
    for number in "123":
        put(workspace, "contact", record, title=number)
    seen = []
    for redo in (False, False, True, True, False, False, False, True):
        workspace.run(Undo(redo=redo))
        seen.append(value(workspace, record, "title"))
    assert seen == ["2", "1", "2", "3", "2", "1", "0", "1"]
    put(workspace, "contact", record, title="new")
    with pytest.raises(NotFoundError):
        workspace.run(Undo(redo=True))


def test_a_creation_goes_to_the_trash_with_what_it_made(workspace: Workspace) -> None:
    outcome = workspace.run(Add("contact", {"name": "Ana", "company": "Acme", "tags": "vip"}))
    workspace.run(Undo(outcome.handle))
    assert names(workspace) == names(workspace, "company") == names(workspace, "tag") == []
    assert find(workspace.reader, "ana") == []
    workspace.run(Undo(redo=True))
    assert names(workspace) == ["Ana"]
    assert names(workspace, "company") == ["Acme"]
    assert [hit.entity for hit in find(workspace.reader, "acme")] == ["company"]


def test_a_deletion_and_a_restore_are_taken_back(workspace: Workspace) -> None:
    record = add(workspace, "contact", name="Ana")
    workspace.run(Remove("contact", (record,)))
    workspace.run(Undo())
    assert names(workspace) == ["Ana"]
    workspace.run(Remove("contact", (record,)))
    workspace.run(Restore("contact", (record,)))
    workspace.run(Undo())
    assert names(workspace) == []


def test_compound_commands_are_one_thing(workspace: Workspace) -> None:
    record = add(workspace, "contact", name="Ana", lifecycle="lead")
    workspace.run(Convert(record, "Big", {"amount": "10"}))
    deal = next(iter(workspace.reader.records(Query("deal"))))["id"]
    workspace.run(Close(deal, "won"))
    assert value(workspace, record, "lifecycle") == "customer"
    workspace.run(Undo())
    found = workspace.reader.require("deal", deal)
    assert (found["status"], found["closed_on"], value(workspace, record, "lifecycle")) == (
        "open",
        None,
        "opportunity",
    )
    workspace.run(Undo())
    assert names(workspace, "deal") == []
    assert value(workspace, record, "lifecycle") == "lead"


def test_what_changed_since_is_left(workspace: Workspace) -> None:
    one, two = (add(workspace, "contact", name=name, title="A") for name in ("Ana", "Ben"))
    both = workspace.run(Set("contact", (one, two), (("title", "=", "B"),)))
    put(workspace, "contact", one, title="C")
    put(workspace, "contact", two, department="elsewhere")
    undone = workspace.run(Undo(both.handle))
    assert (value(workspace, one, "title"), value(workspace, two, "title")) == ("C", "A")
    assert [(s["entity"], s["id"], s["name"]) for s in undone.skipped] == [("contact", one, "Ana")]
    assert value(workspace, two, "department") == "elsewhere"
    with pytest.raises(ConflictError) as caught:
        workspace.run(Undo(both.handle))
    assert caught.value.exit_code == 6


def test_when_nothing_can_go_back_nothing_happens(workspace: Workspace) -> None:
    record = add(workspace, "contact", name="Ana", title="A")
    first = put(workspace, "contact", record, title="B")
    put(workspace, "contact", record, title="C")
    before = workspace.log.position()
    with pytest.raises(ConflictError) as caught:
        workspace.run(Undo(first.handle))
    assert caught.value.data["skipped"][0]["id"] == record
    assert workspace.log.position() == before


def test_a_record_that_was_changed_or_is_needed_stays(workspace: Workspace) -> None:
    handle = import_job(workspace, ["Ana", "Ben", "Cem", "Dee"])
    records = {r["name"]: r["id"] for r in workspace.reader.records(Query("contact"))}
    put(workspace, "contact", records["Ana"], title="CEO")
    add(workspace, "note", name="about Ben", body="x", contact=records["Ben"])
    put(workspace, "contact", records["Cem"], title="CTO")
    workspace.run(Undo())
    undone = workspace.run(Undo(handle))
    assert sorted(names(workspace)) == ["Ana", "Ben"]
    assert sorted(s["name"] for s in undone.skipped) == ["Ana", "Ben"]
    assert undone.count == 2


def test_a_job_goes_back_and_forth_as_one(workspace: Workspace) -> None:
    handle = import_job(workspace, [f"p{n}" for n in range(7)], size=3)
    undone = workspace.run(Undo())
    assert (names(workspace), undone.count) == ([], 7)
    again = workspace.run(Undo(redo=True))
    assert (len(names(workspace)), again.count) == (7, 7)
    workspace.run(Undo(again.handle))
    assert names(workspace) == []
    with pytest.raises(ConflictError):
        workspace.run(Undo(handle))


def test_changes_of_one_record_in_one_set_go_back_together(workspace: Workspace) -> None:
    entity = workspace.registry.entity("contact")
    record = add(workspace, "contact", name="Ana", title="A")
    base = workspace.reader.require("contact", record)
    one = changes.update(entity, base, {"title": "B"})
    assert one is not None
    two = changes.update(entity, {**base, **one.after}, {"title": "C", "department": "D"})
    assert two is not None
    with workspace.db.atomic():
        workspace.writer.apply(ChangeSet([one, two], "test"), workspace.actor)
    workspace.run(Undo())
    assert (value(workspace, record, "title"), value(workspace, record, "department")) == ("A", None)


def test_others_changes_only_by_handle(stores: Stores, workspace: Workspace) -> None:
    colleague = add(workspace, "user", name="Cole")
    other = stores.open(stores.location_of(workspace), Actor(colleague))
    mine, record = add(workspace, "contact", name="Mine"), add(other, "contact", name="Theirs")
    with pytest.raises(NotFoundError):
        workspace.run(Undo("zzzzzzzz"))
    workspace.run(Undo())
    assert workspace.reader.get("contact", mine, trash="without") is None
    assert workspace.reader.get("contact", record, trash="without") is not None
    last = next(workspace.log.sets("actor = ?", [colleague], order="n DESC", limit=1))
    workspace.run(Undo(ids.handle(last.id)))
    assert workspace.reader.get("contact", record, trash="without") is None
    other.close()


def test_an_undo_reaches_over_openings(stores: Stores, workspace: Workspace) -> None:
    record = add(workspace, "contact", name="Ana", title="A")
    put(workspace, "contact", record, title="B")
    other = stores.open(stores.location_of(workspace))
    other.run(Undo())
    assert value(workspace, record, "title") == "A"
    workspace.run(Undo(redo=True))
    assert value(other, record, "title") == "B"
    other.close()


def test_what_was_erased_cannot_come_back(workspace: Workspace) -> None:
    record = add(workspace, "contact", name="Ana", title="A")
    change = put(workspace, "contact", record, title="B")
    workspace.run(Purge("contact", (record,)))
    with pytest.raises(CrmError):
        workspace.run(Undo(change.handle))
    with pytest.raises(CrmError):
        workspace.run(Undo())
    assert workspace.reader.get("contact", record) is None


@pytest.mark.parametrize("handle", ["", "@", "abc", "not a handle", "zzzzzzzz"])
def test_a_wrong_handle_is_an_error(workspace: Workspace, handle: str) -> None:
    with pytest.raises(NotFoundError):
        workspace.run(Undo(handle))


@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_undoing_everything_leads_back_to_the_start(stores: Stores, data: st.DataObject) -> None:
    """Whatever happened, taking all of it back, newest first, shows what was there before; and redo all of it again."""
    workspace = stores.create()
    try:
        made: dict[str, list[str]] = {"company": [], "contact": [], "deal": [], "activity": [], "task": []}
        done, start = 0, live(workspace)
        for _ in range(data.draw(st.integers(1, 12))):
            command = any_command(data, made)
            if isinstance(command, (Undo, Purge)):
                continue
            try:
                outcome = workspace.run(command)
            except CrmError:
                continue
            done += outcome.handle is not None
            for entity, record in outcome.made:
                made.setdefault(entity, []).append(record)
        end = live(workspace)
        for _ in range(done):
            workspace.run(Undo())
        assert live(workspace) == start
        with pytest.raises(NotFoundError):
            workspace.run(Undo())
        for _ in range(done):
            workspace.run(Undo(redo=True))
        assert live(workspace) == end
        assert derived.differences(workspace.db, workspace.layouts) == []
    finally:
        stores.done(workspace)


def live(workspace: Workspace) -> dict[str, dict[str, Any]]:
    """All live records without what every write moves."""
    moving = ("rev", "updated_at", "updated_by", "n")
    out: dict[str, dict[str, Any]] = {}
    for key in workspace.registry.entities:
        for record in workspace.reader.records(Query(key, expand=False)):
            out[record["id"]] = {k: v for k, v in record.items() if k not in moving and v is not None}
    return out


def test_a_deletion_goes_back_and_forth_over_time(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    record = add(workspace, "contact", name="Ana")
    steps: list[Any] = [Remove("contact", (record,)), Undo(), Undo(redo=True), Undo(), Undo(redo=True)]
    for minute, command in enumerate(steps):
        monkeypatch.setenv("CRM_NOW", f"2030-01-01T00:0{minute}:00.000Z")
        workspace.run(command)
    assert value(workspace, record, "deleted_at") == "2030-01-01T00:00:00.000Z"


def test_a_stage_that_is_brought_back_goes_on_from_when_it_was_entered(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    def on(number: int) -> str:
        return f"2030-01-{number:02}T00:00:00.000Z"

    def entered() -> str:
        return str(value(workspace, deal, "stage_entered_at", "deal"))

    monkeypatch.setenv("CRM_NOW", on(1))
    deal = add(workspace, "deal", name="Roof", stage="Lead")
    for number, command, since in (
        (2, Set("deal", (deal,), (("stage", "=", "Proposal"),)), 2),
        (3, Undo(), 1),
        (4, Undo(redo=True), 2),
        (5, Undo(), 1),
        (6, Undo(redo=True), 2),
        (7, Set("deal", (deal,), (("stage", "=", "Lead"),)), 7),
        (8, Undo(), 2),
        (9, Undo(), 1),
    ):
        monkeypatch.setenv("CRM_NOW", on(number))
        workspace.run(command)
        assert entered() == on(since), number
    assert replay.differences(workspace.db) == []


def test_stages_that_a_job_brings_back_go_on_too(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    stages = {r["name"]: r["id"] for r in workspace.reader.records(Query("stage"))}
    monkeypatch.setenv("CRM_NOW", "2030-01-01T00:00:00.000Z")
    deal = add(workspace, "deal", name="Roof", stage="Lead")
    job = workspace.start_job("deal set", "user", {})
    for number, name in ((2, "Proposal"), (3, "Qualified")):
        monkeypatch.setenv("CRM_NOW", f"2030-01-0{number}T00:00:00.000Z")
        with job.step() as step:
            base = workspace.reader.require("deal", deal)
            change = changes.update(workspace.registry.entity("deal"), base, {"stage": stages[name]})
            assert change is not None
            step.apply([change], {"at": number})
    job.finish()
    monkeypatch.setenv("CRM_NOW", "2030-01-04T00:00:00.000Z")
    workspace.run(Undo(job.handle))
    assert value(workspace, deal, "stage_entered_at", "deal") == "2030-01-01T00:00:00.000Z"
    assert replay.differences(workspace.db) == []
