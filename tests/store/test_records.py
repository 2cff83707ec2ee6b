"""Creating, changing, deleting, restoring and erasing records: the row, what is kept beside it, and the log agree."""

from __future__ import annotations

from typing import Any

import pytest
from tests.store.stores import Stores

from crmtool.app.commands import Add, Purge, Remove, Restore, Set, Undo
from crmtool.app.workspace import Workspace
from crmtool.core import changes, ids
from crmtool.core.changes import MAX_CHANGES_ALONE, Change, ChangeSet
from crmtool.core.errors import (
    ConflictError,
    CrmError,
    NotFoundError,
    StoreError,
    UsageError,
    ValidationError,
)
from crmtool.store import derived
from crmtool.store.reader import Query
from crmtool.store.search import find


def add(workspace: Workspace, entity: str, **values: Any) -> str:
    return workspace.run(Add(entity, values)).made[-1][1]


def get(workspace: Workspace, entity: str, record: str) -> dict[str, Any]:
    return workspace.reader.require(entity, record)


def put(workspace: Workspace, entity: str, record: str, **values: Any) -> None:
    workspace.run(Set(entity, (record,), tuple((key, "=", value) for key, value in values.items())))


def logged(workspace: Workspace, record: str) -> list[tuple[str, dict[str, Any], dict[str, Any]]]:
    return [(e.verb, e.before, e.after) for e in workspace.log.entries("record = ?", [record])]


def test_a_record_from_its_creation_to_its_erasure(workspace: Workspace) -> None:
    record = add(workspace, "contact", name="Ana Ruiz", email="ana@acme.example", lifecycle="lead")
    made = get(workspace, "contact", record)
    assert made["rev"] == 1
    assert made["created_by"] == made["updated_by"] == workspace.actor.user
    assert made["created_at"] == made["updated_at"] > "2020"
    put(workspace, "contact", record, title="CEO", lifecycle="customer")
    changed = get(workspace, "contact", record)
    assert (changed["rev"], changed["title"], changed["lifecycle"]) == (2, "CEO", "customer")
    assert changed["updated_at"] >= made["updated_at"]

    workspace.run(Remove("contact", (record,)))
    assert workspace.reader.count(Query("contact")) == 0
    assert [r["id"] for r in workspace.reader.records(Query("contact", trash="only"))] == [record]
    assert workspace.reader.get("contact", record, trash="without") is None
    assert find(workspace.reader, "ana") == []
    with pytest.raises(NotFoundError):
        put(workspace, "contact", record, title="CTO")

    workspace.run(Restore("contact", (record,)))
    assert get(workspace, "contact", record) == {
        **changed, "rev": 4, "updated_at": get(workspace, "contact", record)["updated_at"],
    }  # fmt: skip
    assert [hit.record["id"] for hit in find(workspace.reader, "ruiz")] == [record]
    assert [verb for verb, _, _ in logged(workspace, record)] == ["create", "update", "delete", "restore"]

    workspace.run(Purge("contact", (record,)))
    assert workspace.reader.get("contact", record) is None
    assert find(workspace.reader, "ana") == []
    assert (
        workspace.db.scalar("SELECT count(*) FROM lookup WHERE kind = 'email' AND key = 'ana@acme.example'")
        == 0
    )
    assert workspace.db.scalar("SELECT count(*) FROM span WHERE record = ?", (record,)) == 0
    assert all(not before and not after for _, before, after in logged(workspace, record))
    assert (
        workspace.db.scalar("SELECT count(*) FROM change WHERE record = ? AND redacted IS NULL", (record,))
        == 0
    )


def test_what_is_set_to_what_it_is_changes_nothing(workspace: Workspace) -> None:
    record = add(workspace, "contact", name="Ana", title="CEO")
    outcome = workspace.run(Set("contact", (record,), (("title", "=", "CEO"), ("department", "=", ""))))
    assert (outcome.count, outcome.handle) == (0, None)
    assert get(workspace, "contact", record)["rev"] == 1


# One value of every kind, as a program gives it, and as the store answers it.
KINDS: list[tuple[str, str, Any, Any]] = [
    ("contact", "title", "Head of R&D “é” 株\u200d", "Head of R&D “é” 株\u200d"),
    ("contact", "description", "one\r\ntwo\n\n  three", "one\ntwo\n\n  three"),
    ("contact", "lifecycle", "Qualified lead", "qualified"),
    ("contact", "birthday", "1980-02-29", "1980-02-29"),
    ("contact", "do_not_contact", True, True),
    ("contact", "do_not_contact", False, False),
    ("contact", "tags", ["VIP", "vip", "Öl"], ["VIP", "Öl"]),
    ("company", "employees", 12, 12),
    ("company", "employees", 0.5, 0.5),
    ("pipeline", "position", -3.0, -3),
    ("company", "revenue", [-(1 << 53), "JPY"], [-(1 << 53), "JPY"]),
    ("company", "revenue", "1,250.50 USD", [125050, "USD"]),
    ("company", "domain", "Acme.example", "Acme.example"),
    ("task", "remind_at", "2026-03-01T10:00:00+02:00", "2026-03-01T08:00:00.000Z"),
    ("activity", "duration", 1e15, 1e15),
    ("order", "lines", [{"product": "p", "quantity": 2, "none": None, "é": [True, 1.5, {}]}], ...),
]


@pytest.mark.parametrize(("entity", "key", "given", "stored"), KINDS)
def test_every_kind_of_value_comes_back(
    workspace: Workspace, entity: str, key: str, given: Any, stored: Any
) -> None:
    stored = given if stored is ... else stored
    record = add(workspace, entity, name="X", **{key: given})
    found = get(workspace, entity, record)[key]
    assert found == stored
    assert type(found) in (type(stored), int, float), "a yes is a yes, not a one"
    assert next(e for e in workspace.log.entries("record = ?", [record])).after[key] == stored
    put(workspace, entity, record, **{key: None})
    assert get(workspace, entity, record)[key] is None
    workspace.run(Undo())
    assert get(workspace, entity, record)[key] == stored
    assert logged(workspace, record)[-1][2] == {key: stored}


def test_several_values_keep_label_order_and_identity(workspace: Workspace) -> None:
    record = add(
        workspace,
        "contact",
        name="Ana",
        emails=[{"value": "ana@Acme.example", "label": "work"}, "ANA@acme.example", "ana@home.example"],
        phones="+34 600 123 456; home: 600 999 888",
        addresses=[{"value": {"street": "C/ Mayor 1", "city": "León", "country": "ES"}, "label": "home"}],
        urls=["https://acme.example/ana"],
    )
    found = get(workspace, "contact", record)
    assert [(e["value"], e.get("label")) for e in found["emails"]] == [
        ("ana@acme.example", "work"),
        ("ana@home.example", None),
    ]
    assert [(e["value"], e.get("label")) for e in found["phones"]] == [
        ("+34 600 123 456", None),
        ("600 999 888", "home"),
    ]
    assert found["addresses"][0]["value"] == {"street": "C/ Mayor 1", "city": "León", "country": "ES"}
    assert found["emails"][0]["key"] < found["emails"][1]["key"]
    workspace.run(
        Set(
            "contact",
            (record,),
            (("emails", "+=", "ana@new.example; ANA@home.example"), ("phones", "-=", "+34600123456")),
        )
    )
    after = get(workspace, "contact", record)
    assert after["emails"][:2] == found["emails"], "entries that stay keep their id and place"
    assert [e["value"] for e in after["emails"]] == [
        "ana@acme.example",
        "ana@home.example",
        "ana@new.example",
    ]
    assert [e["value"] for e in after["phones"]] == ["600 999 888"]
    assert workspace.reader.lookup("contact", "email", ["ana@new.example"]) == {"ana@new.example": [record]}
    assert workspace.reader.phones("contact", "600 123 456") == []
    assert workspace.reader.phones("contact", "(0034) 600-999-888") == [record]


def test_lookups_follow_the_values(workspace: Workspace) -> None:
    one = add(workspace, "contact", name="Ana", email="info@acme.example", tags=["vip"])
    two = add(workspace, "contact", name="Ben", email="info@acme.example")
    found = workspace.reader.lookup("contact", "email", ["info@acme.example", "no@acme.example"])
    assert found == {"info@acme.example": [one, two]}
    put(workspace, "contact", one, emails=["ana@acme.example"], tags=None)
    assert workspace.reader.lookup("contact", "email", ["info@acme.example"]) == {"info@acme.example": [two]}
    assert workspace.reader.lookup("contact", "tag", ["vip"]) == {}
    workspace.run(Remove("contact", (two,)))
    assert workspace.reader.lookup("contact", "email", ["info@acme.example"]) == {}
    assert workspace.reader.lookup("contact", "email", ["info@acme.example"], trash="with") == {
        "info@acme.example": [two]
    }
    assert workspace.reader.by_name("contact", ["ana", "ben"]) == {"ana": [one]}
    low, high = ids.handle_range("@" + ids.handle(one)) or ("", "")
    assert workspace.reader.by_handle("contact", low, high) == [one]


def test_external_ids_are_found(workspace: Workspace) -> None:
    record = add(workspace, "contact", name="Ana", external_ids=[["hubspot", "17"], ["uid", "x"]])
    assert workspace.reader.lookup("contact", "ext", ["hubspot\x1f17"]) == {"hubspot\x1f17": [record]}


def test_a_write_may_be_conditional(workspace: Workspace) -> None:
    record = add(workspace, "contact", name="Ana")
    workspace.run(Set("contact", (record,), (("title", "=", "CEO"),), rev=1))
    with pytest.raises(ConflictError) as caught:
        workspace.run(Set("contact", (record,), (("title", "=", "CTO"),), rev=1))
    assert caught.value.exit_code == 6
    assert get(workspace, "contact", record)["title"] == "CEO"


def snapshot(workspace: Workspace) -> list[Any]:
    tables = (
        "contacts",
        "companies",
        "tags",
        "change",
        "change_set",
        "lookup",
        "span",
        "shape",
        "meta",
        "job",
    )
    return [sorted(map(str, workspace.db.rows(f"SELECT * FROM {table}"))) for table in tables]


def test_a_dry_run_does_everything_but_keep_it(workspace: Workspace) -> None:
    record = add(workspace, "contact", name="Ana")
    before = snapshot(workspace)
    outcome = workspace.run(Add("contact", {"name": "Ben", "company": "Acme", "tags": "new"}), dry_run=True)
    assert outcome.handle is None
    assert {entity for entity, _ in outcome.changed} == {"contact", "company", "tag"}
    workspace.run(Set("contact", (record,), (("lifecycle", "=", "customer"),)), dry_run=True)
    workspace.run(Add("object", {"name": "Project"}), dry_run=True)
    workspace.run(Undo(), dry_run=True)
    assert snapshot(workspace) == before
    assert find(workspace.reader, "ben") == []
    assert "project" not in workspace.registry.entities


@pytest.mark.parametrize(
    ("entity", "values", "error"),
    [
        ("contact", {}, ValidationError),
        ("contact", {"name": "A", "email": "nonsense"}, ValidationError),
        ("contact", {"name": "A", "lifecycle": "nonsense"}, ValidationError),
        ("contact", {"name": "A", "nonsense": "x"}, UsageError),
        ("contact", {"name": "A", "id": "x"}, ValidationError),
        ("deal", {"name": "A", "contact": "Nobody"}, NotFoundError),
        ("deal", {"name": "A", "amount": "lots"}, ValidationError),
    ],
)
def test_a_refusal_leaves_no_trace(
    workspace: Workspace, entity: str, values: dict[str, Any], error: type[CrmError]
) -> None:
    before = snapshot(workspace)
    with pytest.raises(error):
        workspace.run(Add(entity, values))
    assert snapshot(workspace) == before


def test_a_failed_write_leaves_no_trace_and_the_next_one_is_whole(workspace: Workspace) -> None:
    """Also the writer's own caches forget what was rolled back."""
    contact = workspace.registry.entity("contact")
    good = changes.create(contact, {"name": "Ana", "title": "CEO"})
    before = snapshot(workspace)
    for _ in range(2):
        with pytest.raises(StoreError):
            apply(workspace, [good, good])
    assert snapshot(workspace) == before
    apply(workspace, [good])
    assert get(workspace, "contact", good.record)["title"] == "CEO"
    assert logged(workspace, good.record)[0][2]["title"] == "CEO"


def apply(workspace: Workspace, items: list[Change]) -> None:
    with workspace.db.atomic():
        workspace.writer.apply(ChangeSet(items, "test"), workspace.actor)


def test_a_change_set_needs_a_transaction_and_has_a_limit(workspace: Workspace) -> None:
    contact = workspace.registry.entity("contact")
    with pytest.raises(StoreError):
        workspace.writer.apply(ChangeSet([changes.create(contact, {"name": "A"})], "test"), workspace.actor)
    many = [changes.create(contact, {"name": "A"}, record="x")] * (MAX_CHANGES_ALONE + 1)
    with pytest.raises(UsageError) as caught:
        apply(workspace, many)
    assert caught.value.code == "too_large"
    job = workspace.start_job("test", "import", {})
    with pytest.raises(UsageError), job.step() as step:
        step.apply(many)
    job.finish()
    assert workspace.reader.count(Query("contact")) == 0


def test_one_change_set_may_change_a_record_more_than_once(workspace: Workspace) -> None:
    contact = workspace.registry.entity("contact")
    first = changes.create(contact, {"name": "Ana", "title": "A", "lifecycle": "lead"})
    apply(workspace, [first])
    base = get(workspace, "contact", first.record)
    one = changes.update(contact, base, {"title": "B", "lifecycle": "customer"})
    assert one is not None
    two = changes.update(contact, {**base, **one.after}, {"title": "C", "lifecycle": "former"})
    assert two is not None
    apply(workspace, [one, two])
    found = get(workspace, "contact", first.record)
    assert (found["title"], found["lifecycle"], found["rev"]) == ("C", "former", 3)
    assert [hit.record["id"] for hit in find(workspace.reader, "c")] == [first.record]
    assert find(workspace.reader, "b") == []


def test_positions_and_places_in_the_log(workspace: Workspace) -> None:
    start = workspace.log.position()
    add(workspace, "contact", name="Ana", company="Acme")
    add(workspace, "contact", name="Ben")
    assert workspace.log.position() == start + 2
    one, two = workspace.log.sets("n > ?", [start])
    assert (one.count, two.count) == (2, 1)
    assert two.first == one.first + one.count
    assert (one.actor, one.door, one.origin, one.command) == (
        workspace.actor.user,
        "cli",
        "user",
        "contact add",
    )
    assert [e.entity for e in workspace.log.of_set(one)] == ["company", "contact"]


def test_a_lone_writer_does_not_outlive_its_workspace(stores: Stores) -> None:
    """What one opening writes, the next reads."""
    workspace = stores.create()
    record = add(workspace, "contact", name="Ana", tags="vip", email="ana@acme.example")
    whole = get(workspace, "contact", record)
    location = stores.location_of(workspace)
    workspace.close()
    again = stores.open(location)
    assert get(again, "contact", record) == whole
    assert derived.differences(again.db, again.layouts) == []
    stores.done(again)
