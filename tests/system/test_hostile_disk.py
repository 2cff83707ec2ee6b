"""Disks that are full, read-only, damaged, or hold something else: a clear error, the right exit code, nothing lost."""

from __future__ import annotations

import ctypes
import hashlib
import os
import resource
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.system.crash import PEOPLE, STEPS, VICTIM, forked, fresh, people, run_job, sound, template

from crmtool.app import jobs
from crmtool.app.commands import Add, Purge, Undo
from crmtool.app.create import NewWorkspace, create_workspace
from crmtool.app.workspace import Workspace, open_workspace
from crmtool.core.errors import EXIT_PARTIAL, StoreError
from crmtool.store import erase, version
from crmtool.store.db import open_database

pytestmark = pytest.mark.system

PROGRAM = [sys.executable, "-c", "from crmtool.cli.main import main; main()"]
LIBC = ctypes.CDLL(None, use_errno=True)
PR_CAPBSET_DROP, CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH = 24, 1, 2
KIB = 1024


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return template(tmp_path_factory.mktemp("made"))


@pytest.fixture
def home(tmp_path: Path) -> Path:
    folder = tmp_path / "home"
    folder.mkdir(mode=0o700)
    return folder


@pytest.fixture
def store(home: Path, made: Path) -> Path:
    (home / "workspaces").mkdir()
    return fresh(made, home / "workspaces" / "default")


def crm(
    home: Path, *words: str, before: Callable[[], None] | None = None
) -> subprocess.CompletedProcess[str]:
    """Run the program; ``before`` is done to its process first."""
    # A process without rights or space cannot keep its coverage, and would fail for that.
    env = {k: v for k, v in os.environ.items() if not k.startswith(("CRM_", "COV"))}
    return subprocess.run(
        [*PROGRAM, *words],
        env={**env, "CRM_HOME": str(home), "PYTHONDONTWRITEBYTECODE": "1"},
        preexec_fn=before,
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
    )


def failed(ran: subprocess.CompletedProcess[str], code: str, exit_code: int = 1) -> None:
    """A failure with its code, in words, and nothing on the data stream."""
    assert (ran.returncode, ran.stdout) == (exit_code, ""), ran
    assert f"[{code}]" in ran.stderr, ran.stderr
    assert "Traceback" not in ran.stderr


def no_more_than(size: int) -> Callable[[], None]:
    """No file of the process may grow beyond ``size``: the unprivileged way to a write that fails halfway."""
    return lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))


def limited(size: int, work: Callable[[], None]) -> None:
    """Do something in a child whose files cannot grow beyond ``size``."""

    def child() -> None:
        no_more_than(size)()
        work()

    assert os.waitpid(forked(child), 0)[1] == 0


# -- no space ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("size", [1, 4 * KIB, 16 * KIB])
def test_a_change_that_finds_no_space(home: Path, store: Path, size: int) -> None:
    failed(crm(home, "contact", "add", "Ana", before=no_more_than(size)), "disk_full")
    with open_workspace(str(store)) as workspace:
        assert people(workspace) == PEOPLE + 1
        sound(workspace)
    assert crm(home, "contact", "add", "Ana").returncode == 0


def test_reading_needs_no_space(home: Path, store: Path) -> None:
    ran = crm(home, "count", "contact", before=no_more_than(0))
    assert (ran.returncode, ran.stdout.strip()) == (0, str(PEOPLE + 1))


def test_a_job_that_finds_no_space_goes_on_later(store: Path) -> None:
    def work() -> None:
        with open_workspace(str(store)) as workspace, pytest.raises(StoreError) as caught:
            run_job(workspace, STEPS)
        assert caught.value.code == "disk_full"

    limited(400 * KIB, work)
    with open_workspace(str(store)) as workspace:
        sound(workspace)
        (begun,) = jobs.unfinished(workspace)
        run_job(workspace, STEPS, workspace.resume_job(begun["id"]))
        sound(workspace)
        workspace.run(Undo())
        assert people(workspace) == PEOPLE + 1


def test_an_erasure_that_finds_no_space_to_end_with(store: Path) -> None:
    def work() -> None:
        with open_workspace(str(store)) as workspace, pytest.raises(StoreError) as caught:
            purge(workspace)
        assert (caught.value.code, caught.value.exit_code) == ("erasure", EXIT_PARTIAL)

    limited(store.stat().st_size - 64 * KIB, work)
    with open_workspace(str(store)) as workspace:
        assert list(workspace.reader.by_name("contact", [VICTIM.casefold()], trash="with")) == []
        assert erase.unfinished(workspace.db)
        erase.finish(workspace.db)
        sound(workspace)


def purge(workspace: Workspace) -> None:
    (found,) = workspace.reader.by_name("contact", [VICTIM.casefold()]).values()
    workspace.run(Purge("contact", tuple(found)))


def test_a_backup_that_finds_no_space(tmp_path: Path, store: Path) -> None:
    copy = tmp_path / "copy.db"

    def work() -> None:
        db = open_database(str(store))
        with pytest.raises(StoreError) as caught:
            db.backup(str(copy))
        assert caught.value.code == "disk_full"
        db.close()

    limited(64 * KIB, work)
    assert list(tmp_path.glob("copy*")) == []


def test_a_file_system_that_is_really_full(home: Path, made: Path) -> None:
    """The same through a small file system in memory, where the machine lets an ordinary user have one."""
    script = f"""
        mount -t tmpfs -o size=6m none '{home}' || exit 99
        mkdir -p '{home}/workspaces/default/run'
        cp '{made}' '{home}/workspaces/default/crm.db'
        chmod -R go= '{home}'
        export CRM_HOME='{home}'
        crm() {{ '{sys.executable}' -c 'from crmtool.cli.main import main; main()' "$@"; }}
        head -c 20m /dev/zero > '{home}/filler' 2> /dev/null
        crm contact add Ana; echo "add $?"
        crm count contact; echo "count $?"
        rm '{home}/filler'
        crm contact add Ana; echo "again $?"
        crm doctor --deep > /dev/null; echo "doctor $?"
    """
    env = {k: v for k, v in os.environ.items() if not k.startswith(("CRM_", "COV"))}
    ran = subprocess.run(["unshare", "-rm", "sh", "-c", script], capture_output=True, text=True, env=env)
    if ran.returncode == 99 or "add" not in ran.stdout:
        pytest.skip("this machine lets nobody mount")
    assert ran.stdout.split() == ["add", "1", str(PEOPLE + 1), "count", "0", "again", "0", "doctor", "0"], ran
    assert "[disk_full]" in ran.stderr


# -- no right to write ---------------------------------------------------------------------------------------------------


def without_privilege() -> None:
    """Give up the superuser's right to read and write whatever the permissions say, for this process and what it starts."""
    if os.getuid() == 0:
        for capability in (CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH):
            if LIBC.prctl(PR_CAPBSET_DROP, capability, 0, 0, 0):
                raise OSError(ctypes.get_errno(), "prctl")


def test_a_folder_that_cannot_be_written(home: Path, store: Path) -> None:
    """Changes are refused; what is there can still be read."""
    was = digest(store)
    store.parent.chmod(0o500)
    ran = crm(home, "contact", "add", "Ana", before=without_privilege)
    assert ran.returncode == 1
    assert "[cannot_open]" in ran.stderr or "[read_only]" in ran.stderr, ran.stderr
    assert "Traceback" not in ran.stderr
    ran = crm(home, "count", "contact", before=without_privilege)
    assert (ran.returncode, ran.stdout.strip()) == (0, str(PEOPLE + 1)), ran
    assert digest(store) == was
    store.parent.chmod(0o700)
    assert crm(home, "contact", "add", "Ana", before=without_privilege).returncode == 0


def test_a_store_that_cannot_be_written(home: Path, store: Path) -> None:
    was = digest(store)
    store.chmod(0o400)
    failed(crm(home, "contact", "add", "Ana", before=without_privilege), "read_only")
    assert digest(store) == was
    ran = crm(home, "count", "contact", before=without_privilege)
    assert (ran.returncode, ran.stdout.strip()) == (0, str(PEOPLE + 1)), ran


def test_a_store_that_cannot_be_read(home: Path, store: Path) -> None:
    store.chmod(0)
    failed(crm(home, "count", "contact", before=without_privilege), "cannot_open")


def test_a_home_where_nothing_can_be_made(home: Path) -> None:
    home.chmod(0o500)
    ran = crm(home, "init", "--user", "Mia", before=without_privilege)
    failed(ran, "permission")
    assert list(home.iterdir()) == []


# -- not what it should be -----------------------------------------------------------------------------------------------


def digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def test_a_newer_store_is_left_alone(home: Path, store: Path) -> None:
    db = open_database(str(store))
    db.execute(f"PRAGMA user_version = {version.LATEST + 1}")
    db.close()
    was = digest(store)
    for words in (["count", "contact"], ["contact", "add", "Ana"], ["undo", "--yes"]):
        failed(crm(home, *words), "newer_store")
    assert digest(store) == was


def other_database(path: Path) -> None:
    with sqlite3.connect(path) as db:
        db.execute("CREATE TABLE theirs (x)")
    db.close()


NOT_OURS: dict[str, Callable[[Path], object]] = {
    "a database of another program": other_database,
    "a text": lambda path: path.write_text("name,email\n" * 500),
    "nothing": lambda path: path.write_bytes(b""),
    "noise": lambda path: path.write_bytes(bytes(range(256)) * 64),
}


@pytest.mark.parametrize("kind", NOT_OURS)
def test_a_file_that_is_not_ours_is_left_alone(home: Path, kind: str) -> None:
    store = home / "workspaces" / "default" / "crm.db"
    store.parent.mkdir(parents=True)
    NOT_OURS[kind](store)
    was = digest(store)
    for words in (["count", "contact"], ["contact", "add", "Ana"]):
        failed(crm(home, *words), "not_a_workspace")
    if kind != "nothing":  # an empty file is what an interrupted init leaves, which can be repeated
        assert crm(home, "init", "--user", "Mia").returncode != 0
    else:
        assert crm(home, "init", "--user", "Mia").returncode == 0
        return
    assert digest(store) == was
    assert [path.name for path in store.parent.iterdir() if path.name.startswith("crm.db")] == ["crm.db"]


def test_a_folder_in_its_place(home: Path) -> None:
    (home / "workspaces" / "default" / "crm.db").mkdir(parents=True)
    failed(crm(home, "count", "contact"), "no_workspace")


@pytest.mark.parametrize("part", [0.5, 0.1, 0.002])
def test_a_store_that_was_cut(home: Path, store: Path, part: float) -> None:
    os.truncate(store, int(store.stat().st_size * part))
    was = digest(store)
    ran = crm(home, "contact", "list")
    assert ran.returncode == 1
    assert "[damaged]" in ran.stderr or "[not_a_workspace]" in ran.stderr, ran.stderr
    assert "Traceback" not in ran.stderr
    looked = crm(home, "doctor", "--deep")
    assert looked.returncode == 1
    assert "Traceback" not in looked.stderr
    assert digest(store) == was


def test_a_store_with_a_damaged_page(home: Path, store: Path) -> None:
    with store.open("r+b") as file:
        file.seek(store.stat().st_size // 2 // 4096 * 4096)
        file.write(b"\xff" * 4096 * 3)
    looked = crm(home, "doctor", "--deep")
    assert looked.returncode == 1
    assert "damaged" in looked.stdout
    assert "Traceback" not in looked.stderr


def test_a_wrong_key(tmp_path: Path) -> None:
    store = tmp_path / "w" / "crm.db"
    key, other = "ab" * 32, "cd" * 32
    with create_workspace(str(store), NewWorkspace("Test", "Mia Ito"), key=key) as workspace:
        workspace.run(Add("contact", {"name": "Zorkmid"}))
    was = digest(store)
    for wrong in (other, None):
        with pytest.raises(StoreError) as caught:
            open_workspace(str(store), key=wrong)
        assert caught.value.code == "not_a_workspace"
    for malformed in ("", "ab", "xy" * 32, key + "'"):
        with pytest.raises(StoreError) as caught:
            open_workspace(str(store), key=malformed)
        assert caught.value.code == "key"
    assert digest(store) == was
    assert b"zorkmid" not in store.read_bytes().lower()
    with open_workspace(str(store), key=key) as workspace:
        sound(workspace)
