"""What a store holds can be told part by part and taken in by another, of either engine, which then is its equal."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.store.anything import run_anything
from tests.store.shelf import fill
from tests.store.stores import PostgresStores, SqliteStores, Stores

from crmtool.app.commands import Add
from crmtool.app.workspace import Workspace, open_workspace
from crmtool.core.errors import StoreError
from crmtool.store import copying, ddl, doctor, verify
from crmtool.store.db import open_database
from crmtool.store.migrations import migrate
from crmtool.store.replay import compared, definitions


def copied(source: Workspace, location: str) -> Workspace:
    """A workspace at ``location`` made of what ``source`` tells."""
    if "://" not in location:
        Path(location).parent.mkdir(parents=True)
    db = open_database(location, create=True)
    with db.atomic():
        migrate(db)
    loader = copying.Loader(db)
    with source.db.reading():
        for part in copying.parts(source.db):
            # Nothing but plain JSON goes from one to the other.
            loader.load(part.name, (json.loads(json.dumps(row)) for row in part.rows))
    loader.finish(source.layouts)
    db.close()
    return open_workspace(location, zone="UTC")


def check_equal(source: Workspace, target: Workspace) -> None:
    assert compared(source.db, target.db, definitions(source.db)) == []
    assert verify.verify(target.db, [verify.head(source.db)]).problems == ()
    for table, order in (
        ("meta", "key"),
        ("span", "record, field, until_at, set_n"),
        ("job", "id"),
        ("lookup", "kind, key, entity, n"),
    ):
        ours, theirs = (
            list(each.db.rows(f"SELECT * FROM {table} ORDER BY {order}")) for each in (source, target)
        )
        assert theirs == ours
    assert [found for _, found in doctor.deep(target.db, target.layouts) if found] == []


def test_a_copy_is_equal(stores: Stores, files: SqliteStores) -> None:
    """From either engine into a file."""
    source = stores.create()
    fill(source)
    target = copied(source, files.place())
    check_equal(source, target)
    assert target.run(Add("contact", {"name": "New"})).handle
    files.done(target)
    stores.done(source)


@pytest.mark.services
def test_a_copy_on_a_server_is_equal(files: SqliteStores, server: PostgresStores) -> None:
    source = files.create()
    fill(source)
    target = copied(source, server.place())
    check_equal(source, target)
    server.done(target)
    files.done(source)


@settings(max_examples=8, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_a_copy_is_equal_whatever_happened(files: SqliteStores, data: st.DataObject) -> None:
    source = files.create()
    run_anything(source, data, 3, 20)
    target = copied(source, files.place())
    check_equal(source, target)
    files.done(target, source)


def test_what_fits_no_store_is_refused(files: SqliteStores) -> None:
    location = files.fresh()
    with open_workspace(location, zone="UTC") as workspace:
        loader = copying.Loader(workspace.db)
        for part, row in (
            ("records/contact", {"n": 99, "nmae": "x"}),
            ("records/nothing", {"n": 1}),
            ("log/jobs", {"id": "x", "strange": 1}),
        ):
            with pytest.raises(StoreError) as caught:
                loader.load(part, [row])
            assert caught.value.code == "damaged"
    files.release(location)


def test_every_table_of_the_store_is_told_or_follows_from_the_others() -> None:
    tables = {found[1] for statement in ddl.FIXED if (found := re.match(r"CREATE TABLE (\w+)", statement))}
    told = {table for table, _ in [*copying._BEFORE.values(), *copying._AFTER.values()]}
    assert tables - told == {"lookup"}
