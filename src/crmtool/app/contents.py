"""Documents: their content lies beside the store, named by its hash, so that the same document is kept once.

The record says name, size and hash. A content is put in its place inside the transaction that refers to it, and removed inside
one that finds nobody refers to it: writers take turns, so nothing that is referred to can go in between. What a killed process
leaves are unfinished copies, and contents that nobody refers to; ``sweep`` removes both.

A store on a server has no place of its own on disk: it keeps documents where ``open_workspace(..., files=FOLDER)`` says.
"""

from __future__ import annotations

import os
import time
from contextlib import suppress

from crmtool.core.changes import PURGE
from crmtool.core.errors import NotFoundError, StoreError
from crmtool.core.messages import Message
from crmtool.core.struct import Struct
from crmtool.store.places import private_directory

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from typing import Any, BinaryIO

    from crmtool.app.workspace import Outcome, Workspace
    from crmtool.core.changes import Change

    Record = dict[str, Any]

MISSING, DAMAGED = "missing", "damaged"
INCOMING, OPENED = (
    "incoming",
    "opened",
)  # beside the folders of contents: copies under way, and copies being looked at
STALE = 86_400.0  # seconds after which a copy under way, or one being looked at, has been left behind
_BLOCK = 1 << 20
_ASKED = 400  # hashes asked about in one statement


class Received(Struct):
    """A content that was read to its end: its hash, its size, and the copy of it that has no place yet."""

    sha256: str
    bytes: int
    copy: str | None = None


class Contents:
    """The contents of one workspace, below one folder: ``ab/abcdef…`` with nothing but bytes, each file its owner's alone."""

    def __init__(self, folder: str) -> None:
        self.folder = folder

    def path(self, sha256: str) -> str:
        """Where the content with this hash lies, if it is here. Raises ``NotFoundError`` for what is no hash."""
        if not is_hash(sha256):  # a record may come from anywhere, and what it says becomes part of a path
            raise NotFoundError(
                Message("“{hash}” is no content hash.", hash=sha256),
                Message("The record came without its content: add the file again."),
                code="no_content",
            )
        return os.path.join(self.folder, sha256[:2], sha256)

    def open(self, sha256: str) -> BinaryIO:
        """The content with this hash, to read. ``NotFoundError`` (``no_content``) where it is not on this machine."""
        try:
            return open(self.path(sha256), "rb")
        except FileNotFoundError:
            raise NotFoundError(
                Message("The content is not on this machine."),
                Message("It was never brought here, or was lost: “crm doctor --deep” lists what is missing."),
                code="no_content",
                sha256=sha256,
            ) from None

    def state(self, sha256: str, size: int | None, *, read: bool = True) -> str | None:
        """``missing``, ``damaged`` (another size, not to be read or, where it is ``read``, another hash), ``None`` when well."""
        try:
            with self.open(sha256) as content:
                if size is not None and os.fstat(content.fileno()).st_size != size:
                    return DAMAGED
                return DAMAGED if read and measure(content).sha256 != sha256 else None
        except NotFoundError:
            return MISSING
        except OSError:
            return DAMAGED

    # -- taking in -------------------------------------------------------------------------------------------------

    def receive(self, source: BinaryIO, step: Callable[[int], None] = lambda done: None) -> Received:
        """Copy what ``source`` gives, to its end, durably, outside any transaction; ``place`` or ``discard`` follows.

        ``step`` is told how many bytes are done. Whatever goes wrong leaves nothing behind.
        """
        from tempfile import mkstemp

        descriptor, path = mkstemp(".part", dir=private_directory(os.path.join(self.folder, INCOMING)))
        try:
            with open(descriptor, "wb") as copy:
                received = measure(source, step, copy)
                copy.flush()
                os.fsync(copy.fileno())
        except BaseException:
            os.unlink(path)
            raise
        return received.replace(copy=path)

    def place(self, received: Received) -> None:
        """Give a copy its place, inside the transaction that refers to it. A damaged content is healed by a good copy."""
        if received.copy is None:
            raise ValueError(received)
        target = self.path(received.sha256)
        shard = private_directory(os.path.dirname(target))
        os.replace(received.copy, target)
        for folder in (shard, self.folder):
            _settle(folder)

    def discard(self, received: Received) -> None:
        """Remove a copy that was not placed; one that was stays."""
        if received.copy is not None:
            with suppress(FileNotFoundError):
                os.unlink(received.copy)

    # -- what there is ---------------------------------------------------------------------------------------------

    def stored(self) -> Iterator[str]:
        """The hashes of all contents on this machine, in order."""
        for shard in _names(self.folder):
            if len(shard) == 2:
                yield from (name for name in _names(os.path.join(self.folder, shard)) if is_hash(name))

    def remove(self, sha256: str) -> None:
        """Remove a content and the copies of it that were opened; it may be gone already. Inside a transaction."""
        with suppress(FileNotFoundError):
            os.unlink(self.path(sha256))
        _remove(os.path.join(self.folder, OPENED, sha256))

    def left_behind(self) -> list[str]:
        """Copies that nobody finished or that nobody looks at any more."""
        found = [
            os.path.join(self.folder, place, name)
            for place in (INCOMING, OPENED)
            for name in _names(os.path.join(self.folder, place))
        ]
        return [path for path in found if _age(path) > STALE]

    def tidy(self) -> None:
        """Remove what was left behind."""
        for path in self.left_behind():
            _remove(path)


def of(workspace: Workspace) -> Contents:
    """The contents of a workspace. ``StoreError`` for one that has no folder for them."""
    if workspace.files_folder is None:
        raise StoreError(
            Message("This workspace keeps no documents."),
            Message("Open it with a folder for them: open_workspace(…, files=FOLDER)."),
            code="no_documents",
        )
    return Contents(workspace.files_folder)


def keep(
    workspace: Workspace,
    received: Sequence[tuple[Record, Received]],
    to: Sequence[tuple[str, str]],
    *,
    dry_run: bool = False,
) -> Outcome:
    """Add documents, as (values with a name, content), attached to records, as (entity, id); the contents get their places.

    The type of a document follows from its name where the values do not give it. In a dry run the contents need no copies.
    """
    from mimetypes import guess_type

    from crmtool.app.commands import Attach

    contents = of(workspace)
    files = tuple(
        {
            "media_type": guess_type(values["name"], strict=False)[0],
            **values,
            "sha256": each.sha256,
            "bytes": each.bytes,
        }
        for values, each in received
    )

    def place() -> None:
        for _, each in received:
            contents.place(each)

    return workspace.run(Attach(files, tuple(to)), dry_run=dry_run, beside=place)


def measure(
    source: BinaryIO, step: Callable[[int], None] = lambda done: None, copy: BinaryIO | None = None
) -> Received:
    """Hash and size of what ``source`` gives, block by block; written to ``copy`` on the way."""
    from hashlib import sha256

    digest, size = sha256(), 0
    while block := source.read(_BLOCK):
        digest.update(block)
        size += len(block)
        if copy is not None:
            copy.write(block)
        step(size)
    return Received(digest.hexdigest(), size)


def is_hash(text: object) -> bool:
    """Whether this is a SHA-256 as contents are named by."""
    return isinstance(text, str) and len(text) == 64 and not set(text) - set("0123456789abcdef")


# -- what refers to them -----------------------------------------------------------------------------------------------


def referenced(workspace: Workspace) -> Iterator[tuple[str, int | None]]:
    """(hash, bytes) of every content that a record refers to, also one in the trash; each once, in order.

    Not filtered by policy: this is for copies and checks of the whole workspace.
    """
    for sha256, size in workspace.db.rows(
        "SELECT sha256, max(bytes) FROM files WHERE sha256 IS NOT NULL GROUP BY sha256 ORDER BY sha256"
    ):
        if is_hash(sha256):
            yield sha256, None if size is None else int(size)


def unreferenced(workspace: Workspace, hashes: list[str]) -> list[str]:
    """Those of ``hashes`` that no record refers to, deleted ones included."""
    kept: set[str] = set()
    for start in range(0, len(hashes), _ASKED):
        part = hashes[start : start + _ASKED]
        marks = ", ".join("?" * len(part))
        kept.update(
            row[0] for row in workspace.db.rows(f"SELECT sha256 FROM files WHERE sha256 IN ({marks})", part)
        )
    return [sha256 for sha256 in hashes if sha256 not in kept]


def forget(workspace: Workspace, changes: list[Change]) -> None:
    """Remove the content of erased documents that no record has any more: it follows them through whichever door they went."""
    hashes = {
        str(change.base["sha256"])
        for change in changes
        if change.entity == "file"
        and change.verb == PURGE
        and change.base
        and is_hash(change.base.get("sha256"))
    }
    if hashes and workspace.files_folder is not None:
        _remove_unreferenced(workspace, sorted(hashes))


def orphans(workspace: Workspace) -> list[str]:
    """The contents that nobody refers to. Those of a document that is being added right now may be among them."""
    return unreferenced(workspace, list(of(workspace).stored()))


def sweep(workspace: Workspace) -> int:
    """Remove contents that nobody refers to and copies that were left behind; how many contents it were."""
    of(workspace).tidy()
    return _remove_unreferenced(workspace, orphans(workspace))


def _remove_unreferenced(workspace: Workspace, hashes: list[str]) -> int:
    contents, count = of(workspace), 0
    for start in range(0, len(hashes), _ASKED):
        with workspace.db.atomic():  # nobody can come to refer to one of them before it is gone
            for sha256 in unreferenced(workspace, hashes[start : start + _ASKED]):
                contents.remove(sha256)
                count += 1
    return count


# -- the disk ------------------------------------------------------------------------------------------------------------


def _settle(folder: str) -> None:
    """Make the names in a folder durable."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _remove(path: str) -> None:
    import shutil

    if os.path.isdir(path) and not os.path.islink(path):
        shutil.rmtree(path, ignore_errors=True)
        return
    with suppress(FileNotFoundError):
        os.unlink(path)


def _names(folder: str) -> list[str]:
    try:
        return sorted(os.listdir(folder))
    except (FileNotFoundError, NotADirectoryError):
        return []


def _age(path: str) -> float:
    try:
        return time.time() - os.lstat(path).st_mtime
    except OSError:
        return 0.0
