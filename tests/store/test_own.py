"""A user's own fields and objects have the powers of built-in ones."""

from __future__ import annotations

from typing import Any

import pytest
from tests.store.stores import Stores

from crmtool.app.commands import Add, Purge, Remove, Restore, Set, Undo
from crmtool.app.workspace import Workspace
from crmtool.core.errors import ConflictError, UsageError, ValidationError
from crmtool.store import doctor
from crmtool.store.field_erasure import digests
from crmtool.store.reader import Query
from crmtool.store.search import find
from crmtool.store.verify import verify


def add(workspace: Workspace, entity: str, **values: Any) -> str:
    return workspace.run(Add(entity, values)).made[-1][1]


def value(workspace: Workspace, record: str, key: str, entity: str = "contact") -> Any:
    return workspace.reader.require(entity, record)[key]


KINDS: list[tuple[dict[str, Any], Any, Any]] = [
    ({"kind": "text"}, "Grün", "Grün"),
    ({"kind": "longtext"}, "a\nb", "a\nb"),
    ({"kind": "number"}, "1,250.5", 1250.5),
    ({"kind": "money"}, "10 USD", [1000, "USD"]),
    ({"kind": "date"}, "2026-02-28", "2026-02-28"),
    ({"kind": "instant"}, "2026-02-28T10:00:00Z", "2026-02-28T10:00:00.000Z"),
    ({"kind": "yesno"}, "yes", True),
    ({"kind": "yesno"}, "no", False),
    ({"kind": "choice", "choices": ["gold", "silver"]}, "Silver", "silver"),
    ({"kind": "multichoice", "choices": ["gold", "silver"]}, "silver, gold", ["silver", "gold"]),
    ({"kind": "tags"}, "a, b", ["a", "b"]),
    ({"kind": "email"}, "a@b.example", "a@b.example"),
    ({"kind": "phone"}, "+34 600 111 222", "+34 600 111 222"),
    ({"kind": "url"}, "https://a.example", "https://a.example"),
    ({"kind": "address"}, {"city": "León"}, {"city": "León"}),
    ({"kind": "json"}, {"a": [1, None]}, {"a": [1, None]}),
]


@pytest.mark.parametrize(("definition", "given", "stored"), KINDS)
def test_every_kind_of_own_field(
    workspace: Workspace, definition: dict[str, Any], given: Any, stored: Any
) -> None:
    add(workspace, "field", of="contact", name="Extra thing", **definition)
    record = add(workspace, "contact", name="Ana", extra_thing=given)
    assert value(workspace, record, "extra_thing") == stored
    assert next(e for e in workspace.log.entries("record = ?", [record])).after["extra_thing"] == stored
    workspace.run(Set("contact", (record,), (("extra_thing", "=", None),)))
    assert value(workspace, record, "extra_thing") in (None, [])
    workspace.run(Undo())
    assert value(workspace, record, "extra_thing") == stored
    assert workspace.db.check() == []


def test_several_values_in_an_own_field(workspace: Workspace) -> None:
    add(workspace, "field", of="contact", name="Codes", kind="text", multi=True)
    record = add(workspace, "contact", name="Ana", codes="a; work: b")
    found = value(workspace, record, "codes")
    assert [(e["value"], e.get("label")) for e in found] == [("a", None), ("b", "work")]
    workspace.run(Set("contact", (record,), (("codes", "+=", "c"), ("codes", "-=", "a"))))
    assert [e["value"] for e in value(workspace, record, "codes")] == ["b", "c"]


def test_changing_one_own_field_keeps_the_others(workspace: Workspace) -> None:
    add(workspace, "field", of="contact", name="One", kind="text")
    add(workspace, "field", of="contact", name="Two", kind="number")
    record = add(workspace, "contact", name="Ana", one="x", two=2)
    workspace.run(Set("contact", (record,), (("one", "=", "y"),)))
    assert (value(workspace, record, "one"), value(workspace, record, "two")) == ("y", 2)
    workspace.run(Set("contact", (record,), (("one", "=", None), ("two", "=", 0))))
    assert (value(workspace, record, "one"), value(workspace, record, "two")) == (None, 0)


def test_a_searchable_own_field_is_searched(workspace: Workspace) -> None:
    add(workspace, "field", of="contact", name="Hobby", searchable=True)
    record = add(workspace, "contact", name="Ana", hobby="Falconry")
    assert [hit.field for hit in find(workspace.reader, "falc")] == ["hobby"]
    workspace.run(Set("contact", (record,), (("hobby", "=", "Chess"),)))
    assert find(workspace.reader, "falconry") == []
    assert len(find(workspace.reader, "chess")) == 1


def test_renaming_a_field_breaks_nothing(workspace: Workspace) -> None:
    field = add(workspace, "field", of="contact", name="Size", kind="number", tracked=True)
    record = add(workspace, "contact", name="Ana", size=1)
    workspace.run(Set("contact", (record,), (("size", "=", 2),)))
    workspace.run(Set("field", (field,), (("key", "=", "shoe"), ("name", "=", "Shoe size"))))
    assert "size" not in workspace.registry.entity("contact").fields
    assert value(workspace, record, "shoe") == 2
    assert [e.after.get("shoe") for e in workspace.log.entries("record = ?", [record])] == [1, 2]
    workspace.run(Set("contact", (record,), (("shoe", "=", 3),)))
    assert workspace.db.scalar("SELECT count(DISTINCT field) FROM span WHERE record = ?", (record,)) == 1


def test_taking_a_field_away_keeps_its_values(workspace: Workspace) -> None:
    field = add(workspace, "field", of="contact", name="Size", kind="number")
    other = add(workspace, "field", of="contact", name="Other", kind="text")
    record = add(workspace, "contact", name="Ana", size=1, other="x")
    workspace.run(Remove("field", (field,)))
    assert "size" not in workspace.registry.entity("contact").fields
    workspace.run(Set("contact", (record,), (("other", "=", "y"),)))
    workspace.run(Restore("field", (field,)))
    assert value(workspace, record, "size") == 1
    assert other


def test_two_fields_of_one_word(workspace: Workspace) -> None:
    """Two devices may each add one offline; both are kept, the later one under another word."""
    from crmtool.core import changes
    from crmtool.core.changes import ChangeSet

    entity = workspace.registry.entity("field")
    both = [
        changes.create(entity, {"of": "contact", "name": n, "key": "size", "kind": "text"})
        for n in ("A", "B")
    ]
    with workspace.db.atomic():
        workspace.writer.apply(ChangeSet(both, "test", origin="remote"), workspace.actor)
    workspace.written()
    record = add(workspace, "contact", name="Ana", size="a", size_2="b")
    assert (value(workspace, record, "size"), value(workspace, record, "size_2")) == ("a", "b")
    with pytest.raises(ValidationError):
        add(workspace, "field", of="contact", name="Size")


def test_choices_of_a_built_in_field_can_be_changed(workspace: Workspace) -> None:
    add(
        workspace,
        "field",
        of="contact",
        key="lifecycle",
        name="Lifecycle",
        overrides=True,
        kind="choice",
        choices=["new", "old"],
    )
    record = add(workspace, "contact", name="Ana", lifecycle="old")
    assert value(workspace, record, "lifecycle") == "old"
    with pytest.raises(ValidationError):
        add(workspace, "contact", name="Ben", lifecycle="evangelist")


def test_an_own_object_is_a_kind_of_record(workspace: Workspace) -> None:
    made = add(workspace, "object", name="Project")
    add(workspace, "field", of="project", name="Cost", kind="money")
    record = add(workspace, "project", name="Roof", cost="500")
    assert value(workspace, record, "cost", "project") == [50_000, "EUR"]
    assert [r["name"] for r in workspace.reader.records(Query("projects"))] == ["Roof"]
    assert [(hit.entity, hit.record["id"]) for hit in find(workspace.reader, "roo")] == [("project", record)]
    workspace.run(Set("project", (record,), (("name", "=", "Dach"), ("cost", "=", None))))
    workspace.run(Remove("project", (record,)))
    workspace.run(Undo())
    assert value(workspace, record, "name", "project") == "Dach"
    workspace.run(Purge("project", (record,)))
    assert workspace.reader.count(Query("project", trash="with")) == 0
    with pytest.raises(ValidationError):
        add(workspace, "object", name="Contact")
    assert made


def test_definitions_reach_every_opening(stores: Stores, workspace: Workspace) -> None:
    other = stores.open(stores.location_of(workspace))
    add(workspace, "object", name="Project")
    add(workspace, "field", of="contact", name="Size", kind="number")
    record = other.run(Add("contact", {"name": "Ana", "size": 3})).made[-1][1]
    assert value(other, record, "size") == 3
    assert "project" in other.registry.entities
    other.close()


def is_removed(workspace: Workspace) -> bool:
    return workspace.registry.entities["project"].removed


def test_a_definition_taken_back_leaves_its_records_to_read(workspace: Workspace) -> None:
    add(workspace, "object", name="Project")
    add(workspace, "project", name="Roof")
    with pytest.raises(UsageError):
        workspace.run(Add("project", {"name": "x", "nonsense": 1}))
    workspace.run(Undo())
    workspace.run(Undo())
    assert is_removed(workspace)
    workspace.run(Undo(redo=True))
    assert not is_removed(workspace)
    assert workspace.reader.count(Query("project", trash="with")) == 1


def test_a_word_may_be_used_again(workspace: Workspace) -> None:
    """The log of an object that is gone is not taken for that of a new one with the same word."""
    first = add(workspace, "object", name="Project")
    old = add(workspace, "project", name="Old")
    workspace.run(Remove("object", (first,)))
    add(workspace, "object", name="Project")
    new = add(workspace, "project", name="New")
    assert [r["name"] for r in workspace.reader.records(Query("project"))] == ["New"]
    entities = {e.record: e.entity for e in workspace.log.entries("record IN (?, ?)", [old, new])}
    assert entities[new] == "project"
    assert entities[old] != "project"
    workspace.run(Undo())
    assert workspace.reader.count(Query("project")) == 0


def machine(workspace: Workspace) -> tuple[str, str, str]:
    """An object with a field and a record, and a contact that refers to it: (object, record, contact)."""
    made = add(workspace, "object", name="Machine")
    add(workspace, "field", of="machine", name="Power", kind="number")
    add(workspace, "field", of="contact", name="Press", kind="reference", target="machine")
    record = add(workspace, "machine", name="Zorkmid", power=7)
    workspace.run(Set("machine", (record,), (("power", "=", 8),)))
    return made, record, add(workspace, "contact", name="Ana", press=record)


def sound(workspace: Workspace) -> bool:
    """Whether rows, indexes and log agree, and the log's chain holds."""
    found = [*doctor.quick(workspace.db, workspace.layouts), *doctor.deep(workspace.db, workspace.layouts)]
    wrong = [str(one.message) for _, findings in found for one in findings if one.level == doctor.WRONG]
    assert wrong == []
    return True


def test_records_of_a_removed_object_are_read_and_not_changed(workspace: Workspace) -> None:
    made, record, ana = machine(workspace)
    changed = next(workspace.log.sets(order="n DESC", limit=1))
    power = workspace.run(Set("machine", (record,), (("power", "=", 9),)))
    workspace.run(Remove("object", (made,)))
    assert value(workspace, record, "power", "machine") == 9
    shown = next(iter(workspace.query(Query("contact", fields=("press",)))))
    assert shown["press"] == {"id": record, "name": "Zorkmid"}
    change = Set("machine", (record,), (("power", "=", 1),))
    for refused in (Add("machine", {"name": "x"}), change, Remove("machine", (record,)), Undo(power.handle)):
        with pytest.raises(ConflictError) as caught:
            workspace.run(refused)
        assert caught.value.code == "removed"
        assert "crm object restore" in str(caught.value.hint)
    workspace.run(Set("contact", (ana,), (("title", "=", "CEO"),)))
    assert sound(workspace)
    workspace.run(Restore("object", (made,)))
    workspace.run(Undo(power.handle))
    assert value(workspace, record, "power", "machine") == 8
    assert changed.command == "contact add"


def test_a_new_object_gets_nothing_of_a_removed_one(workspace: Workspace) -> None:
    made, record, _ = machine(workspace)
    workspace.run(Remove("object", (made,)))
    again = add(workspace, "object", name="Machine")
    assert workspace.registry.entities["machine"].own_id == again
    assert "power" not in workspace.registry.entities["machine"].fields
    add(workspace, "field", of="machine", name="Weight", kind="number")
    old = next(e for e in workspace.registry.entities.values() if e.own_id == made)
    assert value(workspace, record, "power", old.key) == 8
    assert set(old.fields) - set(workspace.registry.entities["machine"].fields) == {"power"}
    assert workspace.registry.entities["contact"].fields["press"].target == old.key
    assert sound(workspace)


def test_erasing_an_object_erases_its_records(workspace: Workspace) -> None:
    made, record, ana = machine(workspace)
    bin_field = add(workspace, "field", of="machine", name="Quuxling")
    workspace.run(Set("machine", (record,), (("quuxling", "=", "frobnitz"),)))
    workspace.run(Remove("field", (bin_field,)))
    workspace.run(Remove("object", (made,)))
    workspace.run(Purge("object", (made,)))
    assert "machine" not in workspace.registry.entities
    assert find(workspace.reader, "zorkmid") == []
    assert workspace.reader.require("contact", ana)["name"] == "Ana"
    assert [r["name"] for r in workspace.query(Query("field", trash="with"))] == ["Press"]
    for column in ("personal", "rest"):
        for word in ("Zorkmid", "frobnitz", "Quuxling"):
            held = f"SELECT count(*) FROM change WHERE {column} LIKE ?"
            assert workspace.db.scalar(held, (f"%{word}%",)) == 0
    assert sound(workspace)
    assert verify(workspace.db).problems == ()
    with pytest.raises(ConflictError):
        workspace.run(Undo(next(workspace.log.sets("command = 'machine add'")).handle_id))


def test_what_an_own_reference_points_to_is_not_taken_away(workspace: Workspace) -> None:
    add(workspace, "field", of="deal", name="Broker", kind="reference", target="contact")
    made = workspace.run(Add("contact", {"name": "Ana"}))
    add(workspace, "deal", name="Roof", broker=made.made[-1][1])
    with pytest.raises(ConflictError) as caught:
        workspace.run(Undo(made.handle))
    assert "something new refers to it" in caught.value.data["skipped"][0]["reason"]


def test_outside_ids_of_own_records_survive_another_word(workspace: Workspace) -> None:
    """What the lookup holds of an own object does not depend on the word it has at the time."""
    made = add(workspace, "object", name="Machine")
    record = add(workspace, "machine", name="Press", external_ids=[["erp", "7"]])
    workspace.run(Remove("object", (made,)))
    add(workspace, "object", name="Machine")
    other = add(workspace, "machine", name="Lathe", external_ids=[["erp", "7"]])
    old = next(e.key for e in workspace.registry.entities.values() if e.own_id == made)
    assert old != "machine"
    assert workspace.reader.lookup(old, "ext", ["erp\x1f7"]) == {"erp\x1f7": [record]}
    assert workspace.reader.lookup("machine", "ext", ["erp\x1f7"]) == {"erp\x1f7": [other]}
    assert sound(workspace)


def test_erasing_a_field_erases_its_values_and_nothing_else(workspace: Workspace) -> None:
    tier = add(workspace, "field", of="contact", name="Tier", searchable=True, tracked=True, personal=True)
    add(workspace, "field", of="contact", name="Size", kind="number")
    ana = add(workspace, "contact", name="Ana", tier="Zorkmid", size=7)
    title = workspace.run(Set("contact", (ana,), (("title", "=", "CEO"), ("tier", "=", "Quuxling"))))
    ben = add(workspace, "contact", name="Ben", tier="Zorkmid")
    add(workspace, "contact", name="Cy", size=3)
    workspace.run(Purge("field", (tier,)))
    assert "tier" not in workspace.registry.entity("contact").fields
    assert (value(workspace, ana, "size"), value(workspace, ana, "title")) == (7, "CEO")
    assert find(workspace.reader, "zorkmid") == []
    for sql in (
        "change WHERE personal LIKE ? OR rest LIKE ?",
        "contacts WHERE custom LIKE ? OR custom LIKE ?",
    ):
        for word in ("%orkmid%", "%uuxling%"):
            assert workspace.db.scalar(f"SELECT count(*) FROM {sql}", (word, word)) == 0
    assert workspace.db.scalar("SELECT count(*) FROM span WHERE value LIKE '%orkmid%'") == 0
    assert verify(workspace.db).problems == ()
    assert sound(workspace)
    workspace.run(Undo(title.handle))
    assert value(workspace, ana, "title") is None, "what the change did besides can be taken back"
    workspace.run(Purge("contact", (ben,)))
    assert sound(workspace)
    kind = add(workspace, "field", of="contact", name="Kind")
    workspace.run(Set("contact", (ana,), (("kind", "=", "Frobnitz"),)))
    workspace.run(Purge("field", (kind,)))
    assert sound(workspace)
    assert value(workspace, ana, "size") == 7


@pytest.mark.parametrize("edit", ["personal = replace(personal, 'Ana', 'Eve')", "salt_rest = salt_personal"])
def test_what_the_erasure_of_a_field_left_cannot_be_edited(workspace: Workspace, edit: str) -> None:
    tier = add(workspace, "field", of="contact", name="Tier")
    ana = add(workspace, "contact", name="Ana", tier="Zorkmid")
    workspace.run(Purge("field", (tier,)))
    assert verify(workspace.db).problems == ()
    with workspace.db.atomic():
        workspace.db.execute(f"UPDATE change SET {edit} WHERE record = ?", (ana,))
    assert [problem.kind for problem in verify(workspace.db).problems] == ["edited"]


def test_a_change_that_is_only_marked_as_erased_is_found(workspace: Workspace) -> None:
    tier = add(workspace, "field", of="contact", name="Tier")
    add(workspace, "contact", name="Ana", tier="Zorkmid")
    workspace.run(Purge("field", (tier,)))
    ben = add(workspace, "contact", name="Ben")
    with workspace.db.atomic():
        n, *held = workspace.db.one(
            "SELECT n, personal, rest, salt_personal, salt_rest FROM change WHERE record = ?", (ben,)
        ) or ()  # fmt: skip
        sql = "UPDATE change SET redacted = ?, personal = replace(personal, 'Ben', 'Eve') WHERE n = ?"
        workspace.db.execute(sql, (digests(*held), n))
    assert [problem.kind for problem in verify(workspace.db).problems] == ["erased"]
