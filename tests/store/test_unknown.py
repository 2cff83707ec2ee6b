"""What only a newer version knows is kept, passed on, and finds its column when a later version has one."""

from __future__ import annotations

from tests.store.stores import SqliteStores

from crmtool.app.asking import parse_filter
from crmtool.app.commands import Add, Purge
from crmtool.app.workspace import Workspace
from crmtool.core import ids
from crmtool.core.changes import CREATE, UPDATE, Change, ChangeSet
from crmtool.core.jsontext import loads
from crmtool.core.registry import own_table
from crmtool.store import doctor
from crmtool.store.migrations.values import settle
from crmtool.store.reader import Query
from crmtool.store.rebuild import rebuild
from crmtool.store.search import find


def apply(workspace: Workspace, *changes: Change) -> None:
    with workspace.db.atomic():
        workspace.writer.apply(ChangeSet([*changes], "peer"), workspace.actor)


def custom(workspace: Workspace, record: str) -> object:
    text = workspace.db.scalar("SELECT custom FROM contacts WHERE id = ?", (record,))
    return loads(text) if text else None


def test_fields_of_a_newer_version_are_kept_and_passed_on(workspace: Workspace) -> None:
    field = workspace.run(Add("field", {"of": "contact", "name": "Shoe", "kind": "number"})).made[0][1]
    record = ids.new_id()
    after = {"name": "Ana", "shoe": 37, "pronoun": "she", "scores": [1, {"a": None}], "~zzzzzzzz": "later"}
    apply(workspace, Change("contact", record, CREATE, {}, after))
    own = {ids.handle(field): 37}
    assert custom(workspace, record) == own | {
        "pronoun": "she",
        "scores": [1, {"a": None}],
        "zzzzzzzz": "later",
    }
    base = workspace.reader.require("contact", record)
    assert not {"pronoun", "scores"} & set(base), "what nobody here knows is shown by nobody"
    old, new = {"pronoun": "she", "scores": [1, {"a": None}]}, {"pronoun": "they", "scores": None}
    apply(workspace, Change("contact", record, UPDATE, old, new, base))
    assert custom(workspace, record) == own | {"pronoun": "they", "zzzzzzzz": "later"}
    first, second = workspace.log.of_record(record)
    assert {key: first.after[key] for key in after} == after
    assert (second.before, second.after) == (old, new)
    assert dict(doctor.deep(workspace.db, workspace.layouts))["replay"] == []
    workspace.run(Purge("contact", (record,)))
    assert [entry.redacted for entry in workspace.log.of_record(record)] == [True, True, True]


def test_a_later_version_gives_them_their_columns(workspace: Workspace) -> None:
    record = workspace.run(Add("contact", {"name": "Ana", "emails": ["x@example.com"]})).made[0][1]
    # As a version that did not know two of the fields has it.
    held = '{"title":"Cartographer","urls":[{"id":"a","value":"https://ana.example","key":"i0"}],"pronoun":"she"}'
    workspace.db.execute("UPDATE contacts SET custom = ? WHERE id = ?", (held, record))
    with workspace.db.atomic():
        settle(workspace.db)
    found = workspace.reader.require("contact", record)
    assert (found["title"], found["urls"][0]["value"]) == ("Cartographer", "https://ana.example")
    assert custom(workspace, record) == {"pronoun": "she"}
    contact = workspace.registry.entity("contact")
    node = parse_filter("url = https://ana.example", contact, workspace.registry, workspace.context)
    assert workspace.reader.count(Query("contact", node)) == 1
    assert [hit.record["id"] for hit in find(workspace.reader, "cartographer")] == [record]


def test_tables_of_own_objects_get_what_every_record_has(workspace: Workspace) -> None:
    made = workspace.run(Add("object", {"name": "Project"})).made[0][1]
    workspace.run(Add("project", {"name": "Roof"}))
    table, db = own_table(made), workspace.db
    columns, indexes = db.columns(table), {n for n in db.indexes() if n.startswith(table)}
    db.execute(f'DROP INDEX "{table}_trash"')
    db.execute(f'ALTER TABLE "{table}" DROP COLUMN "extra"')
    with db.atomic():
        settle(db)
    assert sorted(db.columns(table)) == sorted(columns)
    assert {n for n in db.indexes() if n.startswith(table)} == indexes
    assert [r["name"] for r in workspace.reader.records(Query("project"))] == ["Roof"]


def test_a_change_stands_when_an_index_cannot_be_built(files: SqliteStores) -> None:
    workspace = files.create()
    record = workspace.run(Add("contact", {"name": "Ana"})).made[0][1]
    workspace.db.execute("UPDATE contacts SET custom = '{' WHERE id = ?", (record,))
    made = workspace.run(Add("field", {"of": "contact", "name": "Shoe", "kind": "number"}))
    assert made.handle is not None
    assert len(workspace.notes) == 2
    (found,) = dict(doctor.quick(workspace.db, workspace.layouts))["schema"]
    assert found.level == doctor.NOTE
    workspace.db.execute("UPDATE contacts SET custom = NULL WHERE id = ?", (record,))
    rebuild(workspace.db, workspace.layouts)
    assert dict(doctor.quick(workspace.db, workspace.layouts))["schema"] == []
    files.done(workspace)


def test_a_target_that_comes_after_its_sources_has_their_values(workspace: Workspace) -> None:
    contact, deal = ids.new_id(), ids.new_id()
    happened = "2026-01-05T10:00:00.000Z"
    apply(
        workspace,
        Change(
            "activity",
            ids.new_id(),
            CREATE,
            {},
            {"type": "call", "name": "x", "contact": contact, "happened_at": happened},
        ),
        Change(
            "task",
            ids.new_id(),
            CREATE,
            {},
            {"name": "y", "deal": deal, "due_on": "2026-02-01", "status": "open"},
        ),
    )
    apply(
        workspace,
        Change("contact", contact, CREATE, {}, {"name": "Ana"}),
        Change("deal", deal, CREATE, {}, {"name": "Big"}),
    )
    assert workspace.reader.require("contact", contact)["last_contacted_at"] == happened
    assert workspace.reader.require("deal", deal)["next_step_on"] == "2026-02-01"
    assert dict(doctor.deep(workspace.db, workspace.layouts))["derived"] == []
