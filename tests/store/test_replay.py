"""The log holds everything: played into an empty store it gives the live tables, whatever happened."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.store.anything import run_anything
from tests.store.shelf import fill
from tests.store.stores import PostgresStores, SqliteStores

from crmtool.app.commands import Add, Purge, Remove, Set, Undo
from crmtool.app.workspace import Workspace
from crmtool.core.errors import CrmError
from crmtool.store import derived
from crmtool.store.db import Database, open_database
from crmtool.store.layout import Layouts
from crmtool.store.migrations import migrate
from crmtool.store.replay import compared, definitions, differences, replay
from crmtool.store.search import find


def empty(location: str) -> Database:
    """A store without records."""
    if "://" not in location:
        Path(location).parent.mkdir(parents=True)
    db = open_database(location, create=True)
    migrate(db)
    return db


def add(workspace: Workspace, entity: str, **values: Any) -> str:
    return workspace.run(Add(entity, values)).made[-1][1]


def spans(db: Database) -> list[Any]:
    return list(db.rows("SELECT * FROM span ORDER BY record, field, until_at, set_n"))


def hits(workspace: Workspace, text: str) -> list[tuple[int, str]]:
    return [(hit.tier, hit.record["id"]) for hit in find(workspace.reader, text)]


@settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_the_log_gives_the_tables(files: SqliteStores, data: st.DataObject) -> None:
    workspace = files.create()
    try:
        field = add(workspace, "field", of="contact", name="Size", kind="number", tracked=True)
        thing = add(workspace, "object", name="Thing")
        add(workspace, "field", of="thing", name="Worth", kind="money")
        ana = add(workspace, "contact", name="Ana", size=3, company="Acme")
        add(workspace, "thing", name="Vase", worth=[100, "EUR"])
        run_anything(workspace, data, 3, 20)
        late = [
            Set("contact", (ana,), (("size", "=", 4), ("lifecycle", "=", "customer"))),
            Set("field", (field,), (("key", "=", "shoe"),)),
            Remove("field", (field,)),
            Purge("field", (field,)),
            Remove("object", (thing,)),
            Purge("contact", (ana,)),
            Undo(),
        ]
        for command in data.draw(st.lists(st.sampled_from(late), max_size=4)):
            try:
                workspace.run(command)
            except CrmError:
                continue
        assert differences(workspace.db) == []
    finally:
        files.done(workspace)


@pytest.mark.services
def test_one_engine_gives_what_the_other_has(files: SqliteStores, server: PostgresStores) -> None:
    """Rows, past values, derived values and what is found: all equal, so nothing hangs on the engine."""
    for source, target in ((files, server), (server, files)):
        workspace = source.create()
        made = fill(workspace)
        workspace.run(Purge("contact", (made["contact"][8],)))
        workspace.run(Undo(next(workspace.log.sets("command = 'contact set'", order="n DESC")).id))
        layouts = Layouts(definitions(workspace.db))
        copy = empty(target.place())
        steps: list[int] = []
        replay(workspace.db, copy, layouts, steps.append)
        assert compared(workspace.db, copy, layouts.registry) == []
        assert spans(copy) == spans(workspace.db)
        assert derived.differences(copy, layouts) == []
        assert copy.scalar("SELECT count(*) FROM change_set") == workspace.log.position()
        copy.execute("INSERT INTO meta (key, value) VALUES ('me', ?)", (workspace.actor.user,))
        copy.close()
        other = target.open(target.last)
        for text in ("ana", "acme", "600123", "leon", "太"):
            assert hits(other, text) == hits(workspace, text) != []
        other.close()
        source.done(workspace)


@pytest.mark.parametrize(
    ("sql", "column"),
    [
        ("UPDATE contacts SET title = 'x' WHERE id = ?", "title"),
        ("UPDATE contacts SET rev = rev + 1 WHERE id = ?", "rev"),
        ("UPDATE contacts SET custom = '{\"a\":1}' WHERE id = ?", "custom"),
        ("DELETE FROM contacts WHERE id = ?", ""),
        ("UPDATE change SET rest = replace(rest, 'customer', 'former') WHERE record = ?", "lifecycle"),
    ],
)
def test_what_the_log_does_not_tell_is_seen(workspace: Workspace, sql: str, column: str) -> None:
    add(workspace, "contact", name="Ben")
    record = add(workspace, "contact", name="Ana", title="CEO", lifecycle="customer")
    assert differences(workspace.db) == []
    workspace.db.execute(sql, (record,))
    assert differences(workspace.db) == [("contact", record, column)]


def test_a_row_without_a_log_is_seen_and_findings_are_bounded(workspace: Workspace) -> None:
    for number in range(5):
        add(workspace, "contact", name=f"c{number}")
    workspace.db.execute("UPDATE contacts SET title = 'x'")
    assert len(differences(workspace.db, limit=3)) == 3
    columns = "n, name, id, rev, created_at, updated_at"
    workspace.db.execute(f"INSERT INTO companies ({columns}) VALUES (99, 'x', 'zz', 1, 'x', 'x')")
    workspace.db.execute("UPDATE contacts SET title = NULL")
    assert differences(workspace.db) == [("company", "zz", "")]


def test_the_check_leaves_nothing_behind(workspace: Workspace) -> None:
    add(workspace, "contact", name="Ana")
    folder = Path(workspace.db.location).parent
    before = sorted(folder.iterdir()) if "://" not in workspace.db.location else []
    assert differences(workspace.db) == []
    assert before == (sorted(folder.iterdir()) if "://" not in workspace.db.location else [])
