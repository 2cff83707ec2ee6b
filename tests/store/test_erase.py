"""Erasure takes a person out of rows, indexes, log and files, and leaves a log that still verifies."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.store.stores import SqliteStores

from crmtool.app.commands import Add, Purge, Set
from crmtool.app.workspace import Workspace, open_workspace
from crmtool.core import changes
from crmtool.core.errors import EXIT_PARTIAL, StoreError
from crmtool.store import dialect_sqlite, erase
from crmtool.store.search import find
from crmtool.store.verify import verify

WORDS = ("zorkmid", "quuxling", "frobnitz", "151 12345678", "87654321")


def person(workspace: Workspace) -> str:
    """Somebody whose data stands in every place where data can stand."""
    values = {
        "name": "Zorkmid Quuxling",
        "email": "zorkmid@frobnitz.example",
        "phone": "+49 151 12345678",
        "description": "met at Frobnitz",
        "tags": "frobnitz-fan",
    }
    made = workspace.run(Add("contact", values)).made[-1][1]
    workspace.run(
        Set("contact", (made,), (("name", "=", "Zorkmid Frobnitz"), ("lifecycle", "=", "customer")))
    )
    workspace.run(Add("note", {"body": "Quuxling called", "contact": made}))
    workspace.run(Add("activity", {"name": "Call with Zorkmid", "type": "call", "contact": made}))
    return made


def fill(workspace: Workspace, count: int) -> list[str]:
    """Other people, so many that pages split and cells move."""
    entity = workspace.registry.entity("contact")
    made = []
    job = workspace.start_job("import", "import", {})
    for start in range(0, count, 500):
        with job.step() as step:
            run = [changes.create(entity, {"name": f"Person {n} of many"}) for n in range(start, start + 500)]
            step.apply(run)
            made += [change.record for change in run]
    job.finish()
    return made


def test_nothing_answers_for_an_erased_person(workspace: Workspace) -> None:
    gone = person(workspace)
    workspace.run(Purge("contact", (gone,)))
    assert workspace.reader.get("contact", gone) is None
    for word in WORDS:
        assert find(workspace.reader, word) == []
    for table in ("notes", "activities", "lookup WHERE entity = 'contact'"):
        assert workspace.db.scalar(f"SELECT count(*) FROM {table}") == 0
    assert workspace.db.scalar("SELECT count(*) FROM span WHERE record = ?", (gone,)) == 0
    kept = workspace.db.rows(
        "SELECT personal, rest, salt_personal, salt_rest FROM change WHERE record = ?", (gone,)
    )
    assert set(kept) == {(None, None, None, None)}
    assert verify(workspace.db).problems == ()
    assert not erase.unfinished(workspace.db)
    erase.finish(workspace.db)


def places(store: str, word: str) -> list[str]:
    """The files of a store that hold a word in any case."""
    files = sorted(Path(store).parent.glob(Path(store).name + "*"))
    return [file.name for file in files if word.encode() in file.read_bytes().lower()]


def test_the_bytes_are_gone_from_the_files(files: SqliteStores) -> None:
    store = files.fresh()
    with files.open(store) as workspace:
        others = fill(workspace, 2_000)
        gone = person(workspace)
        for other in others[::20]:
            workspace.run(Set("contact", (other,), (("title", "=", "x" * 150),)))
        workspace.run(
            Set("contact", (gone,), (("name", "=", "Zorkmid"), ("description", "=", "frobnitz " * 900)))
        )
        fill(workspace, 1_000)
        assert {word for word in WORDS if places(store, word)} == set(WORDS)
        workspace.run(Purge("contact", (gone,)))
        left = {word: places(store, word) for word in WORDS}
        # What a tag is called is nobody's personal data: it is a record of its own.
        tag = workspace.reader.by_name("tag", ["frobnitz fan", "frobnitz-fan"])
        workspace.run(Purge("tag", tuple(record for found in tag.values() for record in found)))
    left["frobnitz"] = places(store, "frobnitz")
    assert left == {word: [] for word in WORDS}
    with files.open(store) as workspace:
        assert workspace.db.check() == []
        assert verify(workspace.db).problems == ()


def test_a_keyed_store_is_cleared_too(tmp_path: Path) -> None:
    from tests.store.stores import NEW

    from crmtool.app.create import create_workspace

    store, key = str(tmp_path / "w" / "crm.db"), "ab" * 32
    with create_workspace(store, NEW, key=key) as workspace:
        gone = person(workspace)
        workspace.run(Purge("contact", (gone,)))
        assert not erase.unfinished(workspace.db)
        assert workspace.db.scalar("PRAGMA temp_store") == 2, (
            "what a key protects is not sorted in plain files"
        )
    with open_workspace(store, key=key) as workspace:
        assert workspace.db.check() == []
    assert places(store, "person") == []


def test_a_reader_that_does_not_end_leaves_erasure_unfinished(
    files: SqliteStores, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dialect_sqlite, "ERASE_BUSY_MS", 50)
    store = files.fresh()
    with files.open(store) as workspace, files.open(store) as reading:
        gone = person(workspace)
        with reading.db.reading():
            assert reading.reader.get("contact", gone) is not None
            with pytest.raises(StoreError) as caught:
                workspace.run(Purge("contact", (gone,)))
            assert (caught.value.code, caught.value.exit_code) == ("erasure", EXIT_PARTIAL)
        assert workspace.reader.get("contact", gone) is None, "the record is gone all the same"
        assert erase.unfinished(workspace.db)
        erase.finish(workspace.db)
        assert not erase.unfinished(workspace.db)
        assert places(store, "quuxling") == []


def test_a_job_of_erasures_clears_the_files_once_at_its_end(
    files: SqliteStores, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = files.fresh()
    with files.open(store) as workspace:
        people = fill(workspace, 500)
        times: list[bool] = []
        tidy = workspace.db.search_tidy

        def counted(*, erase: bool = False) -> None:
            times.append(erase)
            tidy(erase=erase)

        monkeypatch.setattr(workspace.db, "search_tidy", counted)
        job = workspace.start_job("purge", "user", {})
        entity = workspace.registry.entity("contact")
        for half in (people[:250], people[250:]):
            with job.step() as step:
                found = step.reader.get_many("contact", half)
                step.apply([changes.purge(entity, base) for base in found.values()])
        job.finish()
        assert times == [True]
        assert verify(workspace.db).problems == ()
    assert places(store, "of many") == []
