"""Stores of every landed version open; what is newer, or not ours, is refused and left as it is."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import pytest
from sqlcipher3 import dbapi2 as engine
from tests.store.stores import NEW, Stores

from crmtool.app.commands import Add, Set, Undo
from crmtool.app.create import create_workspace
from crmtool.app.workspace import Workspace, open_workspace
from crmtool.core import clock
from crmtool.core.entities import builtin
from crmtool.core.errors import ConflictError, StoreError
from crmtool.store import ddl, doctor, migrations
from crmtool.store.db import open_database
from crmtool.store.layout import Layout
from crmtool.store.migrations.__main__ import pending, table_columns
from crmtool.store.reader import Query
from crmtool.store.replay import differences
from crmtool.store.search import find
from crmtool.store.version import LATEST

KEPT = sorted((Path(__file__).parent.parent / "fixtures" / "stores").glob("v*.db.gz"))


def test_the_migrations_make_what_the_registry_says() -> None:
    assert pending() == ([], []), "run “python -m crmtool.store.migrations NAME” and raise LATEST"


def test_migrations_are_numbered_without_a_gap() -> None:
    numbers = [migration["number"] for migration in migrations.load()]
    assert numbers == [*range(1, LATEST + 1)]
    kept = [int(path.name[1:].partition(".")[0]) for path in KEPT]
    assert kept == numbers, "keep a store: python -m tests.fixtures.stores.make"


def test_every_entity_has_its_table_and_indexes(workspace: Workspace) -> None:
    indexes = workspace.db.indexes()
    for entity in builtin().entities.values():
        assert sorted(workspace.db.columns(entity.table)) == sorted(Layout(entity).columns), entity.key
        for statement in ddl.index_statements(entity):
            name = statement.partition(" INDEX ")[2].split()[0].strip('"')
            assert name in indexes
    for table, columns in table_columns(
        [" ".join(s.split()) for s in ddl.FIXED if "CREATE TABLE" in s]
    ).items():
        assert workspace.db.columns(table) == [*columns]


def test_a_store_is_made_once(stores: Stores, workspace: Workspace) -> None:
    with pytest.raises(ConflictError) as caught:
        create_workspace(stores.location_of(workspace), NEW)
    assert caught.value.code == "exists"
    assert workspace.reader.count(Query("user")) == 1


def test_a_newer_store_is_refused(stores: Stores, workspace: Workspace) -> None:
    with workspace.db.atomic():
        workspace.db.set_schema_version(LATEST + 1)
    for read_only in (False, True):
        with pytest.raises(StoreError) as caught:
            open_workspace(stores.location_of(workspace), read_only=read_only)
        assert caught.value.code == "newer_store"
    assert workspace.db.schema_version() == LATEST + 1


# -- the next version ------------------------------------------------------------------------------------------------------


@pytest.fixture
def upgraded(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """A program with one migration more; the list may be changed."""
    added = {
        "number": LATEST + 1,
        "name": "more",
        "statements": [
            'ALTER TABLE "notes" ADD COLUMN "colour" {text}',
            "CREATE TABLE later (n {integer} PRIMARY KEY)",
        ],
        "search": [["later", "names"]],
    }
    known = [*migrations.load(), added]
    monkeypatch.setattr(migrations, "load", lambda: known)
    monkeypatch.setattr(migrations, "LATEST", LATEST + 1)
    monkeypatch.setattr("crmtool.app.workspace.LATEST", LATEST + 1)
    return known


def test_an_older_store_is_brought_up_to_date(
    stores: Stores, workspace: Workspace, upgraded: list[dict[str, Any]]
) -> None:
    workspace.run(Add("note", {"name": "Ana", "body": "x"}))
    location = stores.location_of(workspace)
    with open_workspace(location, read_only=True) as reading:
        assert reading.db.read_only
        assert [r["name"] for r in reading.reader.records(Query("note"))] == ["Ana"]
    again = stores.open(location)
    assert again.db.schema_version() == LATEST + 1
    assert "colour" in again.db.columns("notes")
    assert again.db.columns("later") == ["n"]
    assert [r["name"] for r in again.reader.records(Query("note"))] == ["Ana"]
    if "://" not in location:
        (copy,) = (Path(location).parent / "backups").iterdir()
        kept = open_database(str(copy))
        assert (kept.schema_version(), kept.scalar("SELECT count(*) FROM notes")) == (LATEST, 1)
        assert copy.stat().st_mode & 0o077 == 0
        kept.close()
    again.db.execute('ALTER TABLE "notes" DROP COLUMN "colour"')
    again.close()


def test_a_migration_that_fails_leaves_the_store_as_it_was(
    stores: Stores, workspace: Workspace, upgraded: list[dict[str, Any]]
) -> None:
    upgraded[-1]["statements"].append("CREATE TABLE notes (n {integer})")
    with pytest.raises(StoreError):
        stores.open(stores.location_of(workspace))
    assert workspace.db.schema_version() == LATEST
    assert "colour" not in workspace.db.columns("notes")
    assert workspace.db.columns("later") == []


def test_what_an_undo_brought_back_began_when_it_did_before(
    stores: Stores, workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Up to version 5 an undone move counted as entered at the undo."""
    monkeypatch.setenv("CRM_NOW", "2030-01-01T00:00:00.000Z")
    undone, moved = (
        workspace.run(Add("deal", {"name": name, "stage": "Lead"})).made[-1][1] for name in ("One", "Two")
    )
    monkeypatch.setenv("CRM_NOW", "2030-01-02T00:00:00.000Z")
    for deal in (moved, undone):
        workspace.run(Set("deal", (deal,), (("stage", "=", "Proposal"),)))
    monkeypatch.setenv("CRM_NOW", "2030-01-03T00:00:00.000Z")
    workspace.run(Undo())
    with workspace.db.atomic():
        workspace.db.execute("UPDATE deals SET stage_entered_at = ? WHERE id = ?", (clock.now(), undone))
        workspace.db.set_schema_version(5)
    again = stores.open(stores.location_of(workspace))
    entered = {r["id"]: r["stage_entered_at"][:10] for r in again.reader.records(Query("deal"))}
    again.close()
    assert entered == {undone: "2030-01-01", moved: "2030-01-02"}


# -- kept stores -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", KEPT, ids=lambda path: path.name)
def test_a_kept_store_opens_and_works(path: Path, tmp_path: Path) -> None:
    location = tmp_path / "crm.db"
    location.write_bytes(gzip.decompress(path.read_bytes()))
    with open_workspace(str(location), zone="UTC") as workspace:
        assert workspace.db.schema_version() == LATEST
        assert workspace.reader.count(Query("contact")) == 9
        record = find(workspace.reader, "ana ruiz")[-1].record
        assert (record["name"], record["size"], record["tier"]) == ("Ana Ruiz", 5, "gold")
        assert [r["name"] for r in workspace.reader.records(Query("project"))] == ["Roof", "römer", "Dach"]
        workspace.run(Undo())
        workspace.run(Add("contact", {"name": "New", "company": "Acme & Sons", "size": 1}))
        wrong = [
            f
            for _, found in doctor.deep(workspace.db, workspace.layouts)
            for f in found
            if f.level == doctor.WRONG
        ]
        assert wrong == []
        assert differences(workspace.db) == []


# -- what is not ours -----------------------------------------------------------------------------------------------------------


def foreign(path: Path) -> None:
    with engine.connect(str(path)) as other:
        other.execute("CREATE TABLE meta (key TEXT, value TEXT)")
        other.execute("INSERT INTO meta VALUES ('a', 'b')")
    other.close()


def text(path: Path) -> None:
    path.write_text("name,email\n" * 1000)


def image(path: Path) -> None:
    path.write_bytes(b"SQLite format 3\x00" + bytes(range(256)) * 64)


@pytest.mark.parametrize("make", [foreign, text, image])
def test_a_file_of_another_program_is_refused(tmp_path: Path, make: Any) -> None:
    path = tmp_path / "crm.db"
    make(path)
    before = path.read_bytes()
    with pytest.raises(StoreError) as caught:
        open_workspace(str(path))
    assert caught.value.code in ("not_a_workspace", "damaged")
    with pytest.raises(StoreError) as caught:
        create_workspace(str(path), NEW)
    assert caught.value.code in ("not_a_workspace", "damaged")
    assert path.read_bytes() == before


def test_there_is_no_workspace_where_there_is_no_file(tmp_path: Path) -> None:
    with pytest.raises(StoreError) as caught:
        open_workspace(str(tmp_path / "nothing" / "crm.db"))
    assert caught.value.code == "no_workspace"
    assert not (tmp_path / "nothing").exists()


def test_a_key_opens_and_another_does_not(tmp_path: Path) -> None:
    path, key = str(tmp_path / "w" / "crm.db"), "ab" * 32
    with create_workspace(path, NEW, key=key) as workspace:
        workspace.run(Add("contact", {"name": "Anastasia Verborgen"}))
        assert differences(workspace.db) == []
    assert b"Anastasia" not in Path(path).read_bytes()
    with open_workspace(path, key=key) as workspace:
        assert workspace.reader.count(Query("contact")) == 1
    for wrong in ("cd" * 32, None):
        with pytest.raises(StoreError) as caught:
            open_workspace(path, key=wrong)
        assert caught.value.code == "not_a_workspace"
    with pytest.raises(StoreError) as caught:
        open_workspace(path, key="short")
    assert caught.value.code == "key"


def test_a_migration_is_text_that_both_engines_read() -> None:
    """Frozen statements hold no type of an engine, only what a dialect fills in."""
    for path in sorted(Path(migrations.__file__).parent.glob("*.json")):
        for statement in json.loads(path.read_text(encoding="utf-8"))["statements"]:
            assert statement.isascii()
            words = set(statement.replace("(", " ").split())
            assert not {"INTEGER", "TEXT", "BLOB", "bigint", "AUTOINCREMENT"} & words, statement
