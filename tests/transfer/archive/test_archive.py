"""A whole workspace in a file and back: equal in everything, or nothing at all."""

from __future__ import annotations

import hashlib
import io
import json
import os
import stat
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.transfer.archive.conftest import DOCUMENT, everything

from crmtool.app import contents
from crmtool.app.commands import Add, Restore, Set, Undo
from crmtool.app.create import NewWorkspace, create_workspace
from crmtool.app.workspace import Workspace, open_workspace
from crmtool.core.errors import ConflictError, DeniedError, StoreError
from crmtool.core.policy import DenyAll, Policy
from crmtool.store import copying, doctor, verify
from crmtool.store.reader import Query
from crmtool.store.search import find
from crmtool.transfer.archive import manifest, reading, restoring, writing
from crmtool.transfer.archive.reading import Archive

Place = Callable[[], str]


def restored(archive: Path, location: str) -> restoring.Restored:
    with Archive(str(archive)) as opened:
        return restoring.restore(opened, location)


# -- equal -----------------------------------------------------------------------------------------------------------


def test_the_restored_workspace_is_equal(source: Workspace, archive: Path, place: Place) -> None:
    told = restored(archive, place())
    assert told.problems == ()
    with open_workspace(place(), zone="UTC") as moved:
        assert everything(moved.db) == everything(source.db)
        assert moved.registry.entities == source.registry.entities
        assert verify.verify(moved.db, [verify.head(source.db)]).problems == ()
        assert moved.meta == source.meta


def test_the_restored_workspace_is_sound(source: Workspace, archive: Path, place: Place) -> None:
    restored(archive, place())
    with open_workspace(place(), zone="UTC") as moved:
        ours, theirs = (
            [
                (check, [str(f.message) for f in found])
                for check, found in doctor.deep(workspace.db, workspace.layouts)
            ]
            for workspace in (source, moved)
        )
        # The fixture puts one value beside the log on purpose; nothing else may be wrong, and nothing more than before.
        assert theirs == ours
        assert [check for check, found in theirs if found] == ["replay"]
        assert moved.db.indexes() == source.db.indexes()


def test_life_goes_on_in_it(source: Workspace, archive: Path, place: Place) -> None:
    restored(archive, place())
    with open_workspace(place(), zone="UTC") as moved:
        hit = find(moved.reader, "ana@other.example")[0].record
        assert hit["name"] == "Ana Other"
        last = next(moved.log.sets(order="n DESC", limit=1))
        undone = moved.run(Undo(last.handle_id))
        assert undone.count
        trash = next(moved.reader.records(Query("company", trash="only")))
        moved.run(Restore("company", (trash["id"],)))
        kite = next(r for r in moved.reader.records(Query("object", trash="only")) if r["key"] == "kite")
        moved.run(Restore("object", (kite["id"],)))
        assert [r["name"] for r in moved.reader.records(Query("kite"))] == ["Red one"]
        assert find(moved.reader, "red one")
        assert moved.run(Add("contact", {"name": "New"})).handle
        assert verify.verify(moved.db).problems == ()


def test_documents_come_along(source: Workspace, archive: Path, place: Place, tmp_path: Path) -> None:
    assert restored(archive, place()).documents == 1
    with open_workspace(place(), zone="UTC") as moved:
        digest = hashlib.sha256(DOCUMENT).hexdigest()
        with contents.of(moved).open(digest) as content:
            assert content.read() == DOCUMENT
        assert stat.S_IMODE(os.stat(contents.of(moved).path(digest)).st_mode) == 0o600
    bare = tmp_path / "bare.crm"
    with bare.open("wb") as file:
        made = writing.write(source, file, files=False)
    assert made.documents == 0
    assert not [name for name in zipfile.ZipFile(bare).namelist() if name.startswith("files/")]


def test_what_is_missing_is_told(source: Workspace, archive: Path) -> None:
    with Archive(str(archive)) as opened:
        assert opened.manifest.missing == (hashlib.sha256(b"never here").hexdigest(),)
        assert opened.manifest.workspace["name"] == "Lived in"


def test_an_archive_is_the_same_every_time(source: Workspace, archive: Path) -> None:
    again = io.BytesIO()
    writing.write(source, again)
    one, two = zipfile.ZipFile(archive), zipfile.ZipFile(again)
    assert one.namelist() == two.namelist()
    assert all(one.read(name) == two.read(name) for name in one.namelist() if name != manifest.NAME)


def test_an_archive_goes_through_a_pipe(source: Workspace, tmp_path: Path, place: Place) -> None:
    class Pipe(io.RawIOBase):
        def __init__(self) -> None:
            self.data = bytearray()

        def writable(self) -> bool:
            return True

        def write(self, data: Any) -> int:
            self.data += data
            return len(data)

    pipe = Pipe()
    writing.write(source, pipe)  # type: ignore[arg-type]
    path = tmp_path / "piped.crm"
    path.write_bytes(pipe.data)
    assert restored(path, place()).records


def test_only_who_sees_everything_may_archive(source: Workspace) -> None:
    class Narrow(Policy):
        def hidden_fields(self, actor: object, entity: Any) -> frozenset[str]:
            return frozenset({"emails"}) if entity.key == "contact" else frozenset()

    for policy in (DenyAll(), Narrow()):
        source.policy = policy
        with pytest.raises(DeniedError):
            writing.write(source, io.BytesIO())


# -- nothing ---------------------------------------------------------------------------------------------------------


def test_an_older_one_has_stages_that_were_brought_back_put_right(
    tmp_path: Path, place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Before version 6 a deal whose move was taken back counted as having entered its stage at the undo."""
    path = str(tmp_path / "older" / "workspaces" / "default" / "crm.db")
    monkeypatch.setenv("CRM_NOW", "2030-01-01T00:00:00.000Z")
    with create_workspace(path, NewWorkspace("Older", "Sam"), zone="UTC") as workspace:
        deal = workspace.run(Add("deal", {"name": "Roof", "stage": "Lead"})).made[-1][1]
        for day, command in ((2, Set("deal", (deal,), (("stage", "=", "Proposal"),))), (3, Undo())):
            monkeypatch.setenv("CRM_NOW", f"2030-01-0{day}T00:00:00.000Z")
            workspace.run(command)
        workspace.db.execute("UPDATE deals SET stage_entered_at = ?", ("2030-01-03T00:00:00.000Z",))
        with open(tmp_path / "older.crm", "wb") as file:
            writing.write(workspace, file)
    restored(rewritten(tmp_path / "older.crm", lambda members, body: body.update(store=5)), place())
    with open_workspace(place(), zone="UTC") as moved:
        assert moved.reader.require("deal", deal)["stage_entered_at"] == "2030-01-01T00:00:00.000Z"


def nothing_left(location: str) -> bool:
    top = Path(location).parent.parent.parent
    return not top.exists() or [path for path in top.rglob("*") if path.is_file()] == []


def rewritten(archive: Path, change: Callable[[dict[str, bytes], dict[str, Any]], None]) -> Path:
    """An archive of the same members after a change, with a manifest that fits what is in it now."""
    with zipfile.ZipFile(archive) as old:
        members = {name: old.read(name) for name in old.namelist()}
    body = json.loads(members.pop(manifest.NAME))
    change(members, body)
    for told in body["members"]:
        if told["name"] in members:
            data = members[told["name"]]
            told |= {"bytes": len(data), "sha256": hashlib.sha256(data).hexdigest()}
            if "rows" in told:
                told["rows"] = data.count(b"\n")
    path = archive.with_name("changed.crm")
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as new:
        for name, data in members.items():
            new.writestr(name, data)
        new.writestr(manifest.NAME, json.dumps(body))
    return path


def refused(archive: Path, location: str) -> str:
    with pytest.raises(StoreError) as caught:
        restored(archive, location)
    assert caught.value.hint is not None
    assert nothing_left(location)
    return caught.value.code


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.data())
def test_no_byte_can_be_changed_unnoticed(archive: Path, place: Place, data: st.DataObject) -> None:
    whole = archive.read_bytes()
    at = data.draw(st.integers(0, len(whole) - 1))
    broken = archive.with_name("broken.crm")
    broken.write_bytes(whole[:at] + bytes([whole[at] ^ data.draw(st.integers(1, 255))]) + whole[at + 1 :])
    codes = ("damaged_archive", "not_an_archive", "newer_archive", "too_large")
    with Archive(str(archive)) as good:
        members = good.manifest.members
    try:
        with Archive(str(broken)) as opened:
            restoring.check(opened)
            told = opened.manifest.members
    except StoreError as caught:
        error: StoreError | None = caught
    else:
        error = None
    # What is let pass is a byte that says nothing of the content: a time, or what the manifest tells people.
    assert error.code in codes if error is not None else told == members


@pytest.mark.parametrize("share", [0.0, 0.1, 0.5, 0.9, 0.999])
def test_a_file_that_ends_early_is_refused(archive: Path, place: Place, share: float) -> None:
    whole = archive.read_bytes()
    archive.write_bytes(whole[: int(len(whole) * share)])
    assert refused(archive, place()) == "not_an_archive"


def test_other_files_are_refused(tmp_path: Path, archive: Path, place: Place) -> None:
    text = tmp_path / "people.csv"
    text.write_text("name\nAna\n")
    assert refused(text, place()) == "not_an_archive"
    other = tmp_path / "other.zip"
    with zipfile.ZipFile(other, "w") as made:
        made.writestr("a.txt", "a")
    assert refused(other, place()) == "not_an_archive"
    with zipfile.ZipFile(other, "w") as made:
        made.writestr(manifest.NAME, '{"format": "something else"}')
    assert refused(other, place()) == "not_an_archive"


@pytest.mark.parametrize("key", ["version", "store"])
def test_a_newer_one_is_refused(archive: Path, place: Place, key: str) -> None:
    def newer(members: dict[str, bytes], body: dict[str, Any]) -> None:
        body[key] = 1_000

    assert refused(rewritten(archive, newer), place()) == "newer_archive"


def _cut(members: dict[str, bytes], body: dict[str, Any]) -> None:
    name = "log/change_sets.ndjson"
    members[name] = members[name].rsplit(b"\n", 2)[0] + b"\n"


def _without(members: dict[str, bytes], body: dict[str, Any]) -> None:
    del members["records/deal.ndjson"]


def _more(members: dict[str, bytes], body: dict[str, Any]) -> None:
    members["more.txt"] = b"x"


def _elsewhere(members: dict[str, bytes], body: dict[str, Any]) -> None:
    members["../../evil"] = b"x\n"
    body["members"].append({"name": "../../evil", "rows": 1})


def _strange_field(members: dict[str, bytes], body: dict[str, Any]) -> None:
    members["records/deal.ndjson"] += b'{"n": 9999, "id": "x", "nmae": "y"}\n'


def _strange_value(members: dict[str, bytes], body: dict[str, Any]) -> None:
    members["records/tag.ndjson"] += (
        b'{"n": {"a": 1}, "id": "x", "rev": 1, "created_at": "", "updated_at": ""}\n'
    )


def _huge_number(members: dict[str, bytes], body: dict[str, Any]) -> None:
    members["records/tag.ndjson"] += (
        b'{"n": 99999999999999999999999, "id": "x", "rev": 1, "created_at": "", "updated_at": ""}\n'
    )


def _twice(members: dict[str, bytes], body: dict[str, Any]) -> None:
    members["records/contact.ndjson"] *= 2


def _no_object(members: dict[str, bytes], body: dict[str, Any]) -> None:
    members["settings.ndjson"] += b"[1]\n"


def _no_json(members: dict[str, bytes], body: dict[str, Any]) -> None:
    members["settings.ndjson"] += b"\xff\n"


def _deep(members: dict[str, bytes], body: dict[str, Any]) -> None:
    members["settings.ndjson"] += b"[" * 200_000 + b"\n"


def _no_line_end(members: dict[str, bytes], body: dict[str, Any]) -> None:
    members["settings.ndjson"] += b"{}"


STRANGE = [
    _cut, _without, _more, _elsewhere, _strange_field, _strange_value, _huge_number, _twice, _no_object, _no_json, _deep,
    _no_line_end,
]  # fmt: skip


@pytest.mark.parametrize("change", STRANGE)
def test_what_no_workspace_holds_is_refused(archive: Path, place: Place, change: Any) -> None:
    assert refused(rewritten(archive, change), place()) in ("damaged_archive", "damaged")


def test_a_bomb_is_refused_before_it_is_read(tmp_path: Path, archive: Path, place: Place) -> None:
    def swell(members: dict[str, bytes], body: dict[str, Any]) -> None:
        members["log/jobs.ndjson"] = b"\n" * (reading._FREE + 1)

    assert refused(rewritten(archive, swell), place()) == "too_large"


def test_a_manifest_that_tells_too_little_stops_the_reading(archive: Path, place: Place) -> None:
    def swell(members: dict[str, bytes], body: dict[str, Any]) -> None:
        pass

    path = rewritten(archive, swell)
    with zipfile.ZipFile(path, "a") as made, pytest.warns(UserWarning, match="Duplicate"):
        made.writestr("settings.ndjson", b"{}\n" * 1_000_000)
    assert refused(path, place()) == "damaged_archive"


def test_a_workspace_that_is_there_stays(source: Workspace, archive: Path, place: Place) -> None:
    restored(archive, place())
    with open_workspace(place(), zone="UTC") as moved:
        moved.run(Add("contact", {"name": "Only here"}))
        before = everything(moved.db)
    with pytest.raises(ConflictError):
        restored(archive, place())
    with open_workspace(place(), zone="UTC") as moved:
        assert everything(moved.db) == before


def test_a_full_disk_is_told_before_anything_is_written(
    archive: Path, place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(restoring, "_SPACE", 10**12)
    assert refused(archive, place()) == "disk_full"


def test_an_interruption_leaves_nothing(archive: Path, place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(copying.Loader, "finish", interrupted)
    with Archive(str(archive)) as opened, pytest.raises(KeyboardInterrupt):
        restoring.restore(opened, place())
    assert nothing_left(place())


def test_what_a_killed_restore_left_goes_with_a_later_one(archive: Path, place: Place) -> None:
    top = Path(place()).parent.parent.parent
    old, new = top / ".restoring-old", top / ".restoring-new"
    for folder in (old, new):
        folder.mkdir(parents=True)
    os.utime(old, (0, 0))
    restored(archive, place())
    assert not old.exists()
    assert new.exists()


# -- across versions -------------------------------------------------------------------------------------------------

KEPT = sorted((Path(__file__).parents[2] / "fixtures" / "archives").glob("v*.crm"))


@pytest.mark.parametrize("path", KEPT, ids=lambda path: path.stem)
def test_an_archive_of_any_version_is_restored(path: Path, place: Place) -> None:
    told = restored(path, place())
    assert told.problems == ()
    with open_workspace(place(), zone="UTC") as moved:
        assert [found for _, found in doctor.deep(moved.db, moved.layouts) if found] == []
        assert moved.run(Add("contact", {"name": "New"})).handle


def test_this_version_is_kept() -> None:
    assert f"v{manifest.VERSION}" in [path.stem for path in KEPT]
