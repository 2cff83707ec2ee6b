"""An archive back into a workspace: all of it or nothing.

The new workspace is made in a folder of its own, beside where it will be, and moved there when it is whole and checked. One on a
server is made in one transaction.
"""

from __future__ import annotations

import os
import shutil
import tempfile
import time

from crmtool.app.contents import Contents
from crmtool.app.workspace import Workspace, files_folder, folders
from crmtool.core.errors import ConflictError, StoreError
from crmtool.core.messages import Message
from crmtool.core.policy import Policy
from crmtool.core.struct import Struct
from crmtool.store import verify
from crmtool.store.copying import Loader
from crmtool.store.db import open_database
from crmtool.store.migrations import migrate
from crmtool.store.migrations.values import set_begun
from crmtool.store.places import private_directory, private_file
from crmtool.transfer.archive.manifest import FILES, damaged

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from crmtool.store.db import Database
    from crmtool.store.verify import Problem
    from crmtool.transfer.archive.manifest import Member
    from crmtool.transfer.archive.reading import Archive

    Progress = Callable[[int, int], None]

_UNFIT = (
    AttributeError,
    KeyError,
    OverflowError,
    TypeError,
    ValueError,
)  # values of shapes that no record has
_WORKING = ".restoring-"
_STALE = 86_400.0  # seconds after which a folder that a killed process left is nobody's any more
_SPACE = 2  # the store and its indexes come to about twice the rows


class Restored(Struct):
    """What came back. ``problems`` are those that the log had when it was archived: they are restored like everything else."""

    records: int
    documents: int
    problems: tuple[Problem, ...]


def restore(
    archive: Archive,
    location: str,
    *,
    files: str | None = None,
    progress: Progress = lambda done, total: None,
) -> Restored:
    """Make the workspace at ``location`` from an archive. ``files`` is the folder of documents of one on a server.

    ``progress`` gets rows done and rows there are. ``ConflictError`` (``exists``) where there is a workspace already,
    ``StoreError`` for an archive that is damaged or does not fit on the disk; nothing is left behind then.
    """
    run, _ = folders(location)
    if run is None:
        return _on_server(archive, location, files, progress)
    home = os.path.dirname(os.path.abspath(location))
    _refuse_another(home)
    above = private_directory(os.path.dirname(home))
    _check_space(archive, above)
    _sweep(os.path.dirname(above))
    working = tempfile.mkdtemp(prefix=_WORKING, dir=os.path.dirname(above))
    try:
        place = os.path.join(working, os.path.basename(location))
        private_directory(os.path.join(working, "run"))
        private_file(place)
        db = open_database(place, create=True, lock=os.path.join(working, "run"))
        try:
            db.write_ahead()
            db.relaxed(True)
            with db.atomic():
                migrate(db)
            restored = _fill(db, archive, Contents(str(files_folder(place))), progress)
            db.relaxed(False)
        finally:
            db.close()
        _refuse_another(home)
        if os.path.isdir(home):
            os.rmdir(home)  # it is empty, or this fails and nothing is overwritten
        os.rename(working, home)
        return restored
    finally:
        shutil.rmtree(working, ignore_errors=True)


def check(archive: Archive, progress: Progress = lambda done, total: None) -> None:
    """Read all of an archive and restore nothing. ``StoreError`` where it is not what was archived."""
    total, done = sum(member.rows or 0 for member in archive.manifest.members), 0
    for member in archive.manifest.members:
        if member.rows is None:
            for _ in archive.blocks(member):
                pass
        else:
            for _ in _counted(archive, member, done, total, progress):
                done += 1


def _on_server(archive: Archive, location: str, files: str | None, progress: Progress) -> Restored:
    db = open_database(location, create=True)
    try:
        with db.atomic():
            if db.schema_version():
                raise _exists(location)
            migrate(db)
            return _fill(db, archive, Contents(files) if files else None, progress)
    finally:
        db.close()


def _fill(db: Database, archive: Archive, contents: Contents | None, progress: Progress) -> Restored:
    """Everything in the archive into an empty store, and the checks that it is what was archived."""
    loader, documents = Loader(db), 0
    total, done = sum(member.rows or 0 for member in archive.manifest.members), 0
    for member in archive.manifest.members:
        if member.name.startswith(FILES):
            if contents is not None:
                _receive(archive, member, contents)
                documents += 1
            continue
        try:
            done += loader.load(
                member.name.rpartition(".")[0], _counted(archive, member, done, total, progress)
            )
        except _UNFIT as error:
            raise _strange(archive, member) from error
        except StoreError as error:
            if (
                error.code != "store"
            ):  # a complaint of the engine: of a number that is there already, a value of no type
                raise
            raise _strange(archive, member) from error
    loader.finish(Workspace(db, actor=None, policy=Policy(), zone="UTC", run=None).layouts)
    if archive.manifest.store < 6:  # from before a value that is brought back goes on from where it was left
        with db.atomic():
            set_begun(db, "deal")
    if verify.head(db) != archive.manifest.head:
        raise damaged(archive.title, Message("its log does not end where its manifest says"))
    return Restored(archive.manifest.records, documents, verify.verify(db).problems)


def _counted(
    archive: Archive, member: Member, done: int, total: int, progress: Progress
) -> Iterator[dict[str, object]]:
    for row in archive.rows(member):
        yield row
        done += 1
        if done % 500 == 0:
            progress(done, total)


def _receive(archive: Archive, member: Member, contents: Contents) -> None:
    with tempfile.TemporaryFile() as copy:
        for block in archive.blocks(member):
            copy.write(block)
        copy.seek(0)
        contents.place(contents.receive(copy))


def _strange(archive: Archive, member: Member) -> StoreError:
    return damaged(archive.title, Message("“{name}” holds what no workspace holds", name=member.name))


def _refuse_another(home: str) -> None:
    if os.path.lexists(home) and not (
        os.path.isdir(home) and not os.path.islink(home) and not os.listdir(home)
    ):
        raise _exists(home)


def _exists(place: str) -> ConflictError:
    return ConflictError(
        Message("There is a workspace at {path} already, and it stays as it is.", path=place),
        Message("Restore under another name: crm -w NAME restore FILE"),
        code="exists",
    )


def _sweep(folder: str) -> None:
    """Remove what killed processes left."""
    for entry in os.scandir(folder):
        if (
            entry.name.startswith(_WORKING)
            and time.time() - entry.stat(follow_symlinks=False).st_mtime > _STALE
        ):
            shutil.rmtree(entry.path, ignore_errors=True)


def _check_space(archive: Archive, folder: str) -> None:
    needed = archive.size * _SPACE
    free = shutil.disk_usage(folder).free
    if needed > free:
        raise StoreError(
            Message("The archive needs about {needed} bytes, and {free} are free.", needed=needed, free=free),
            Message("Free some space, or set CRM_HOME to a folder on another disk."),
            code="disk_full",
        )


__all__ = ["Restored", "check", "restore"]
