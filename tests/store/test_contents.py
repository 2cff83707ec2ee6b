"""Contents of documents, on both engines: kept once, placed and removed in turn with who refers to them, checked, swept."""

from __future__ import annotations

import io
import os
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.store.stores import Stores

from crmtool.app import contents, documents
from crmtool.app.commands import Add, Apply, Attach, Purge, Remove, Restore, Set, Undo
from crmtool.app.contents import Contents
from crmtool.app.workspace import Outcome, Workspace, open_workspace
from crmtool.core import changes
from crmtool.core.errors import CrmError, NotFoundError, StoreError, ValidationError
from crmtool.core.messages import Message
from crmtool.store.reader import Query


@pytest.fixture
def ws(stores: Stores, tmp_path: Path) -> Iterator[Workspace]:
    location = stores.fresh()
    made = open_workspace(location, zone="UTC", files=str(tmp_path / "files"))
    yield made
    made.close()
    stores.release(location)


@pytest.fixture
def store(ws: Workspace) -> Contents:
    return contents.of(ws)


def keep(ws: Workspace, name: str, data: bytes) -> tuple[str, str]:
    """(id, hash) of a document added with this content."""
    store = contents.of(ws)
    received = store.receive(io.BytesIO(data))
    outcome = attach(ws, name, received)
    return outcome.made[0][1], received.sha256


def attach(ws: Workspace, name: str, received: contents.Received) -> Outcome:
    values = {"name": name, "sha256": received.sha256, "bytes": received.bytes}
    return ws.run(Attach((values,)), beside=lambda: contents.of(ws).place(received))


def files(store: Contents) -> list[str]:
    return sorted(str(p.relative_to(store.folder)) for p in Path(store.folder).rglob("*") if p.is_file())


def test_the_same_content_is_kept_once_and_for_its_owner_alone(ws: Workspace, store: Contents) -> None:
    one, sha256 = keep(ws, "a.txt", b"terms")
    two, again = keep(ws, "b.txt", b"terms")
    assert sha256 == again
    assert files(store) == [f"{sha256[:2]}/{sha256}"]
    assert [*store.stored()] == [sha256]
    assert [*contents.referenced(ws)] == [(sha256, 5)]
    with store.open(sha256) as content:
        assert content.read() == b"terms"
    for path in (store.folder, os.path.dirname(store.path(sha256)), store.path(sha256)):
        assert os.stat(path).st_mode & 0o077 == 0
    ws.run(Purge("file", (one,)))
    assert store.state(sha256, 5) is None
    ws.run(Purge("file", (two,)))
    assert files(store) == []
    assert [*contents.referenced(ws)] == []


def test_what_the_trash_refers_to_is_kept_and_undo_brings_it_back(ws: Workspace, store: Contents) -> None:
    record, sha256 = keep(ws, "a.txt", b"terms")
    ws.run(Remove("file", (record,)))
    assert contents.sweep(ws) == 0
    ws.run(Restore("file", (record,)))
    assert store.state(sha256, 5) is None
    keep(ws, "b.txt", b"more")
    ws.run(Undo())
    assert contents.sweep(ws) == 0
    ws.run(Undo(redo=True))
    assert sorted(file["name"] for file in ws.query(Query("file", expand=False))) == ["a.txt", "b.txt"]


def test_a_purge_within_a_job_takes_the_content_along(ws: Workspace, store: Contents) -> None:
    record, _ = keep(ws, "a.txt", b"terms")
    job = ws.start_job("purge", "user", {})
    with job.step() as step:
        step.apply([changes.purge(ws.registry.entity("file"), ws.reader.require("file", record))])
    job.finish()
    assert files(store) == []


def test_a_document_added_while_its_content_is_purged_has_it(ws: Workspace, store: Contents) -> None:
    """The copy that was received before the last record went is placed after it."""
    record, sha256 = keep(ws, "a.txt", b"terms")
    received = store.receive(io.BytesIO(b"terms"))
    ws.run(Purge("file", (record,)))
    assert store.state(sha256, 5) == contents.MISSING
    attach(ws, "b.txt", received)
    assert store.state(sha256, 5) is None


def test_nothing_but_the_program_says_what_a_content_is(ws: Workspace) -> None:
    record, _ = keep(ws, "a.txt", b"terms")
    with pytest.raises(ValidationError, match="kept by the program"):
        ws.run(Set("file", (record,), (("sha256", "=", "0" * 64),)))
    with pytest.raises(ValidationError, match="kept by the program"):
        ws.run(Add("file", {"name": "b", "sha256": "../../crm.db"}))


@pytest.mark.parametrize("name", ["../../crm.db", "", "A" * 64, "0" * 63, "/etc/passwd", "0" * 62 + "/x"])
def test_a_hash_that_is_none_leads_nowhere(ws: Workspace, store: Contents, name: str, tmp_path: Path) -> None:
    (tmp_path / "crm.db").write_text("the store")
    with pytest.raises(NotFoundError):
        store.open(name)
    made = changes.create(ws.registry.entity("file"), {"name": "evil", "sha256": name})
    ws.run(Apply([made]))
    ws.run(Purge("file", (made.record,)))
    assert (tmp_path / "crm.db").read_text() == "the store"


class Breaking(io.BytesIO):
    """Something that fails when half of it is read."""

    def read(self, size: int | None = -1) -> bytes:
        if self.tell():
            raise OSError(28, "No space left on device")
        return super().read(3)


def test_a_copy_that_fails_leaves_nothing(ws: Workspace, store: Contents) -> None:
    with pytest.raises(OSError, match="No space"):
        store.receive(Breaking(b"terms"))
    assert files(store) == []
    received = store.receive(io.BytesIO(b"terms"))
    store.discard(received)
    store.discard(received)
    assert files(store) == []


def test_a_refused_record_leaves_an_orphan_at_most_and_the_sweep_takes_it(
    ws: Workspace, store: Contents
) -> None:
    received = store.receive(io.BytesIO(b"terms"))
    values = {"name": "a", "sha256": received.sha256, "bytes": received.bytes}

    def fail() -> None:
        store.place(received)
        raise CrmError(Message("Refused."))

    with pytest.raises(CrmError):
        ws.run(Attach((values,)), beside=fail)
    assert contents.orphans(ws) == [received.sha256]
    assert [str(f.message) for f in documents.deep(ws)] == ["1 content belongs to no document."]
    assert contents.sweep(ws) == 1
    assert files(store) == []
    assert documents.deep(ws) == []


def test_the_check_tells_missing_from_damaged(ws: Workspace, store: Contents) -> None:
    _, lost = keep(ws, "lost.txt", b"lost")
    _, changed = keep(ws, "changed.txt", b"0123")
    _, cut = keep(ws, "cut.txt", b"01234567")
    keep(ws, "well.txt", b"well")
    os.unlink(store.path(lost))
    Path(store.path(changed)).write_bytes(b"3210")
    Path(store.path(cut)).write_bytes(b"0123")
    found = documents.deep(ws)
    assert {(f.level, str(f.message)) for f in found} == {
        ("wrong", "The content of “changed.txt” is not what was stored."),
        ("wrong", "The content of “cut.txt” is not what was stored."),
        ("note", "The content of 1 document is not on this machine."),
    }
    for data in (b"0123", b"lost", b"01234567"):
        keep(ws, "again", data)
    assert documents.deep(ws) == []


def test_what_was_left_behind_goes_after_a_day(ws: Workspace, store: Contents) -> None:
    received = store.receive(io.BytesIO(b"terms"))
    opened = Path(store.folder) / contents.OPENED / received.sha256
    opened.mkdir(parents=True)
    (opened / "a.txt").write_bytes(b"terms")
    store.tidy()
    assert len(files(store)) == 2
    long_ago = time.time() - contents.STALE - 1
    for path in (received.copy, opened):
        os.utime(str(path), (long_ago, long_ago))
    assert len(documents.quick(ws)) == 1
    contents.sweep(ws)
    assert files(store) == []


def test_an_opened_copy_is_erased_with_the_document(ws: Workspace, store: Contents) -> None:
    record, sha256 = keep(ws, "a.txt", b"terms")
    opened = Path(store.folder) / contents.OPENED / sha256
    opened.mkdir(parents=True)
    (opened / "a.txt").write_bytes(b"terms")
    ws.run(Purge("file", (record,)))
    assert files(store) == []


def test_a_workspace_on_a_server_says_that_it_needs_a_folder(stores: Stores) -> None:
    location = stores.fresh()
    with open_workspace(location, zone="UTC") as ws:
        if "://" in location:
            with pytest.raises(StoreError, match="keeps no documents"):
                contents.of(ws)
            assert documents.deep(ws) == documents.quick(ws) == documents.swept(ws) == []
        else:
            assert contents.of(ws).folder == os.path.join(os.path.dirname(location), "files")
    stores.release(location)


def test_contents_come_and_go_in_the_turn_of_a_writer(ws: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    """Otherwise somebody could erase a content between its placing and the record that refers to it."""
    turns: list[tuple[str, bool]] = []
    for what in ("place", "remove"):
        done = getattr(Contents, what)

        def watched(self: Contents, given: object, what: str = what, done: Any = done) -> None:
            turns.append((what, ws.db.depth > 0))
            done(self, given)

        monkeypatch.setattr(Contents, what, watched)
    received = contents.of(ws).receive(io.BytesIO(b"terms"))
    outcome = contents.keep(ws, [({"name": "a.txt"}, received)], [])
    ws.run(Purge("file", (outcome.made[0][1],)))
    assert turns == [("place", True), ("remove", True)]
