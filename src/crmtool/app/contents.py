"""Documents: their content lies beside the store, named by its hash, so that the same document is kept once.

The record says name, size and hash; the content follows it into erasure, through whichever door that came.
"""

from __future__ import annotations

import os

from crmtool.core.changes import PURGE
from crmtool.core.errors import CrmError, StoreError
from crmtool.core.messages import Message
from crmtool.store.places import private_file

TYPE_CHECKING = False
if TYPE_CHECKING:
    from crmtool.app.workspace import Workspace
    from crmtool.core.changes import Change

_BLOCK = 1 << 20


def content_path(workspace: Workspace, sha256: str) -> str:
    """Where the content with this hash lies. ``StoreError`` for a workspace that is no file."""
    if workspace.run_folder is None:
        raise StoreError(
            Message("This workspace keeps no documents."),
            Message("Documents are kept beside a workspace that is a file."),
            code="no_documents",
        )
    return os.path.join(os.path.dirname(workspace.run_folder), "files", sha256[:2], sha256)


def take(workspace: Workspace, path: str, *, keep: bool) -> tuple[int, str]:
    """(bytes, SHA-256) of a file; its content is copied beside the store where ``keep`` says so."""
    from hashlib import sha256

    digest, size = sha256(), 0
    with open(path, "rb") as source:
        if not os.path.isfile(path):
            raise CrmError(
                Message("{path} is no plain file.", path=path),
                Message("Name a file; make an archive of a folder first."),
                code="no_file",
            )
        for block in iter(lambda: source.read(_BLOCK), b""):
            digest.update(block)
            size += len(block)
        name = digest.hexdigest()
        target = content_path(workspace, name)
        if keep and not os.path.exists(target):
            working = private_file(f"{target}.{os.getpid()}.part")
            source.seek(0)
            with open(working, "wb") as copy:
                for block in iter(lambda: source.read(_BLOCK), b""):
                    copy.write(block)
            os.replace(working, target)
    return size, name


def forget(workspace: Workspace, changes: list[Change]) -> None:
    """Remove the content of erased documents that no record has any more, deleted ones included."""
    hashes = {
        str(change.base["sha256"])
        for change in changes
        if change.entity == "file" and change.verb == PURGE and change.base and change.base.get("sha256")
    }
    for sha256 in sorted(hashes):
        if workspace.db.scalar("SELECT count(*) FROM files WHERE sha256 = ?", (sha256,)) == 0:
            try:
                os.unlink(content_path(workspace, sha256))
            except FileNotFoundError:
                continue  # it never came to this machine
