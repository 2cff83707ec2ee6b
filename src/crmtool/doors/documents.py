"""The content of documents as files of their own: copied out whole and checked, or not at all."""

from __future__ import annotations

import os
import stat
from contextlib import contextmanager, suppress
from tempfile import mkstemp

from crmtool.app import contents
from crmtool.core.errors import CrmError, UsageError
from crmtool.core.messages import Message
from crmtool.doors.filenames import runs, safe_name
from crmtool.store.places import private_directory

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any, BinaryIO

    from crmtool.app.workspace import Workspace

    Record = dict[str, Any]


def copy_to_open(workspace: Workspace, record: Record) -> str:
    """The path of a copy of a document that can only be read, for a program to open. A program itself is refused."""
    name = safe_name(record["name"] or "")
    if runs(name):
        raise UsageError(
            Message("“{name}” is a program or leads to one, and is not opened.", name=record["name"]),
            Message("Look at it with care: {command}", command="crm file extract FILE --to FOLDER"),
            code="runs",
        )
    store = contents.of(workspace)
    store.tidy()
    sha256 = record["sha256"] or ""
    path = os.path.join(store.folder, contents.OPENED, sha256, name)
    with store.open(sha256):  # says what is wrong before a folder is made
        private_directory(os.path.dirname(path))
    write(store, sha256, path, replace=True, mode=0o400)
    return path


def write(
    store: contents.Contents, sha256: str, path: str, *, replace: bool, mode: int | None = None
) -> None:
    """Write a content to ``path``, which appears only when it is whole and right. ``FileExistsError`` unless ``replace``."""
    descriptor, part = mkstemp(".part", dir=os.path.dirname(path) or ".")
    try:
        with open(descriptor, "wb") as copy, store.open(sha256) as content:
            checked(content, sha256, copy)
            os.fchmod(copy.fileno(), _usual_mode() if mode is None else mode)
        if replace:
            os.replace(part, path)
        else:
            _link(part, path)
    finally:
        with suppress(FileNotFoundError):
            os.unlink(part)


def checked(content: BinaryIO, sha256: str, copy: BinaryIO) -> None:
    """Copy a content, and make sure that it is what was stored."""
    if contents.measure(content, copy=copy).sha256 != sha256:
        raise CrmError(
            Message("The content is not what was stored: it was damaged on this disk."),
            Message("Add the same file again, which heals it, or restore a backup."),
            code="damaged",
        )


def _link(part: str, path: str) -> None:
    """Give ``part`` the name ``path``, unless something has it."""
    try:
        os.link(part, path)
    except FileExistsError:
        raise
    except OSError:  # some file systems know no second name for a file
        if os.path.lexists(path):
            raise FileExistsError(path) from None
        os.rename(part, path)


def holds(path: str, sha256: str) -> bool:
    """Whether a file has this content."""
    if not os.path.isfile(path):
        return False
    with open(path, "rb") as there:
        return contents.measure(there).sha256 == sha256


def _usual_mode() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return 0o666 & ~mask


@contextmanager
def plain_file(path: str) -> Iterator[BinaryIO]:
    """A plain file to read. A folder, pipe or device is refused; it would be endless, or never begin."""
    # Without O_NONBLOCK a pipe that nobody writes to would hold this for ever.
    descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    try:
        mode = os.fstat(descriptor).st_mode
        if stat.S_ISDIR(mode):
            raise UsageError(
                Message("{path} is a folder.", path=path),
                Message("Name the files in it: {example}", example="crm file add FOLDER/*"),
                code="folder",
            )
        if not stat.S_ISREG(mode):
            raise CrmError(
                Message("{path} is no plain file.", path=path),
                Message("Pipe what it gives: {example}", example="… | crm file add - name=offer.pdf"),
                code="no_file",
            )
        with open(descriptor, "rb", closefd=False) as source:
            yield source
    finally:
        os.close(descriptor)
