"""``crm doctor``: paths, versions, what is wrong, and an exit code that says so."""

from __future__ import annotations

import json
import os
import socket
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from crmtool.app.commands import Add, Purge
from crmtool.app.create import NewWorkspace, create_workspace
from crmtool.app.workspace import open_workspace
from crmtool.cli import session
from crmtool.core import changes
from crmtool.core.policy import DenyAll
from crmtool.store.db import open_database
from crmtool.version import __version__

Crm = Callable[..., Any]


@pytest.fixture
def store(home: Path) -> Path:
    home.mkdir(mode=0o700)
    (home / "workspaces").mkdir(mode=0o700)
    path = home / "workspaces" / "default" / "crm.db"
    with create_workspace(str(path), NewWorkspace("Test", "Mia Ito")) as workspace:
        workspace.run(Add("contact", {"name": "Ana", "email": "ana@acme.example"}))
    return path


def levels(crm: Crm, *words: str) -> dict[str, str]:
    """The level of every check."""
    return {
        check["check"]: check["level"] for check in json.loads(crm("doctor", "--json", *words).out)["checks"]
    }


def wrong(crm: Crm, *words: str) -> list[str]:
    return [check for check, level in levels(crm, *words).items() if level == "wrong"]


def test_everything_in_order(crm: Crm, store: Path) -> None:
    ran = crm("doctor", "--deep")
    assert (ran.code, ran.err) == (0, "")
    for part in (__version__, str(store), "SQLite", "SQLCipher", "config.toml", "Search index: in order"):
        assert part in ran.out
    found = json.loads(crm("doctor", "--deep", "--json").out)
    assert found["ok"] is True
    assert found["store_version"] >= 1
    assert {check["level"] for check in found["checks"]} == {"ok"}


def test_lines_for_a_screen_reader(crm: Crm, store: Path) -> None:
    assert "Store: " + str(store) in crm("doctor", "--accessible").out


def test_damage_is_found_and_rebuilt(crm: Crm, store: Path) -> None:
    with open_workspace(str(store)) as workspace, workspace.db.atomic():
        workspace.db.execute("DELETE FROM lookup WHERE kind = 'email'")
        workspace.db.search_clear("contacts", "names")
    assert wrong(crm) == [], "a quick look does not go through the rows"
    ran = crm("doctor", "--deep")
    assert ran.code == 1
    assert "[unsound]" in ran.err
    assert "crm doctor --rebuild" in ran.out
    assert wrong(crm, "--deep") == ["lookup", "search"]
    assert crm("doctor", "--rebuild", "--deep").code == 0
    assert crm("doctor", "--deep").code == 0


def test_places_that_others_may_use(crm: Crm, store: Path) -> None:
    os.chmod(store, 0o644)
    os.chmod(store.parent / "run", 0o755)
    ran = crm("doctor")
    assert ran.code == 1
    assert f"chmod 600 '{store}'" in ran.out
    assert f"chmod 700 '{store.parent / 'run'}'" in ran.out
    os.chmod(store, 0o600)
    os.chmod(store.parent / "run", 0o700)
    (store.parent / "run" / "waiting.lock").symlink_to("/etc/passwd")
    ran = crm("doctor")
    assert "waiting.lock is a link" in ran.out
    assert ran.code == 1


def test_remarks_are_no_failure(crm: Crm, store: Path) -> None:
    run = store.parent / "run"
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as dead:
        dead.bind(str(run / "1-x.feed"))
    os.chmod(run / "1-x.feed", 0o600)
    backups = store.parent / "backups"
    backups.mkdir(mode=0o700)
    (backups / "before-2.db.part").touch(0o600)
    (store.parent / ".replay-x").mkdir(mode=0o700)
    with open_workspace(str(store)) as workspace:
        job = workspace.start_job("import", "import", {})
        with job.step() as step:
            step.apply([changes.create(workspace.registry.entity("contact"), {"name": "Half"})])
    (run / "1-x.feed").unlink(missing_ok=True)  # a write has tidied it up
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as dead:
        dead.bind(str(run / "2-x.feed"))
    os.chmod(run / "2-x.feed", 0o600)
    ran = crm("doctor", "--deep")
    assert ran.code == 0, ran.out
    assert "2-x.feed" in ran.out
    assert "before-2.db.part is a half-made copy" in ran.out
    assert ".replay-x is a half-made copy" in ran.out
    assert f"crm undo {job.handle}" in ran.out
    found = json.loads(crm("doctor", "--json").out)
    assert [entry["handle"] for entry in found["jobs"]] == [job.handle]


def test_a_missing_run_folder(crm: Crm, store: Path) -> None:
    (store.parent / "run" / "write.lock").unlink()
    (store.parent / "run").rmdir()
    assert wrong(crm) == []
    assert "the next change makes it" in crm("doctor").out
    crm("contact", "add", "Ana Ruiz")
    assert (store.parent / "run" / "write.lock").exists()
    assert wrong(crm) == []  # and it is its owner's alone
    assert "the next change makes it" not in crm("doctor").out


def test_an_unfinished_erasure(crm: Crm, store: Path) -> None:
    with open_workspace(str(store)) as workspace, workspace.db.atomic():
        workspace.db.execute("INSERT INTO meta (key, value) VALUES ('erasing', 'x')")
    assert wrong(crm) == ["erasure"]
    assert crm("doctor", "--rebuild").code == 0


def test_a_backup_that_outlived_an_erasure(crm: Crm, store: Path) -> None:
    backups = store.parent / "backups"
    backups.mkdir(mode=0o700)
    db = open_database(str(store))
    db.backup(str(backups / "before.db"))
    db.close()
    assert crm("doctor").code == 0
    with open_workspace(str(store)) as workspace:
        (ana,) = workspace.reader.by_name("contact", ["ana"])["ana"]
        workspace.run(Purge("contact", (ana,)))
    ran = crm("doctor")
    assert ran.code == 1
    assert f"rm '{backups / 'before.db'}'" in ran.out
    (backups / "before.db").unlink()
    assert crm("doctor").code == 0


def test_no_workspace_at_all(crm: Crm) -> None:
    ran = crm("doctor")
    assert ran.code == 1
    assert "crm init" in ran.out
    assert wrong(crm) == ["open"]


def test_a_store_that_cannot_be_opened(crm: Crm, store: Path) -> None:
    db = open_database(str(store))
    db.execute("PRAGMA user_version = 9999")
    db.close()
    ran = crm("doctor")
    assert ran.code == 1
    assert "newer crmtool" in ran.out
    assert str(store) in ran.out


def test_settings_that_do_not_fit(crm: Crm, store: Path, settings: Callable[[str], None]) -> None:
    settings('currency = "euro"\n')
    os.chmod(os.environ["CRM_HOME"] + "/config.toml", 0o600)
    found = json.loads(crm("doctor", "--json").out)
    assert found["checks"][0]["check"] == "settings"
    assert found["checks"][0]["level"] == "wrong"


def test_a_broken_settings_file_hides_nothing_else(
    crm: Crm, store: Path, settings: Callable[[str], None]
) -> None:
    settings("currency = [")
    ran = crm("doctor", "--deep", "--json")
    found = {check["check"]: check["level"] for check in json.loads(ran.out)["checks"]}
    assert (ran.code, found["settings"]) == (1, "wrong")
    assert {found[check] for check in ("open", "schema", "integrity", "replay")} == {"ok"}


def test_looking_at_every_row_needs_the_right_to(
    crm: Crm, store: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(session, "policy", DenyAll)
    assert crm("doctor").code == 0
    for words in (["doctor", "--deep"], ["doctor", "--rebuild"], ["audit", "verify"], ["audit", "head"]):
        assert crm(*words).code == 5, words
    ran = crm("watch", "--since", "999", "--count", "1")
    assert "Ana" not in ran.out


@pytest.mark.parametrize(("command", "goes_on"), [("import", True), ("contact set", False)])
def test_an_interrupted_import_can_go_on_or_be_taken_back(command: str, goes_on: bool) -> None:
    from crmtool.cli.commands.doctor import _unfinished

    job = {"command": command, "handle": "abcd2345", "started_at": "2026-06-15T10:00:00.000Z"}
    hint = str(_unfinished(job).hint)
    assert ("crm import FILE… --resume" in hint) is goes_on
    assert "crm undo abcd2345" in hint
