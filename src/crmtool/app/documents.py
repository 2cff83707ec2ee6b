"""Whether the contents of documents are there and well: what ``crm doctor`` says of them.

A content that is missing is a remark: a copy of the workspace may hold fewer documents than another, and brings them when they
are asked for. One that is damaged needs somebody.
"""

from __future__ import annotations

from crmtool.app import contents
from crmtool.core.messages import N_, Message
from crmtool.store.doctor import LIMIT, NOTE, Finding, wrong

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from crmtool.app.workspace import Workspace

NAMES = {"documents": N_("Documents")}
_SWEEP = Message("Remove them with “crm doctor --sweep”.")


def quick(workspace: Workspace) -> list[Finding]:
    """What is left of copies that were not finished, or that nobody looks at any more."""
    if workspace.files_folder is None:
        return []
    left = contents.of(workspace).left_behind()
    if not left:
        return []
    message = Message(
        "{n} copy of a document was left behind.", "{n} copies of documents were left behind.", n=len(left)
    )
    return [Finding("documents", NOTE, message, _SWEEP)]


def deep(workspace: Workspace, step: Callable[[int, int], None] = lambda done, total: None) -> list[Finding]:
    """Read every content: those that are missing, those that are not what was stored, and those nobody refers to."""
    if workspace.files_folder is None:
        return []
    store = contents.of(workspace)
    found: list[Finding] = []
    wanted = list(contents.referenced(workspace))
    missing = 0
    for done, (sha256, size) in enumerate(wanted, 1):
        state = store.state(sha256, size)
        missing += state == contents.MISSING
        if state == contents.DAMAGED and len(found) < LIMIT:
            found.append(_damaged(workspace, sha256, store.path(sha256)))
        step(done, len(wanted))
    if missing:
        message = Message(
            "The content of {n} document is not on this machine.",
            "The contents of {n} documents are not on this machine.",
            n=missing,
        )
        found.append(
            Finding("documents", NOTE, message, Message("Add the same files again, if you have them."))
        )
    left = len(contents.orphans(workspace))
    if left:
        message = Message(
            "{n} content belongs to no document.", "{n} contents belong to no document.", n=left
        )
        found.append(Finding("documents", NOTE, message, _SWEEP))
    return found


def swept(workspace: Workspace) -> list[Finding]:
    """Remove what no document needs, and say how much it was."""
    if workspace.files_folder is None:
        return []
    count = contents.sweep(workspace)
    if not count:
        return []
    message = Message(
        "{n} content that belonged to no document was removed.",
        "{n} contents that belonged to no document were removed.",
        n=count,
    )
    return [Finding("documents", NOTE, message)]


def _damaged(workspace: Workspace, sha256: str, path: str) -> Finding:
    name = workspace.db.scalar("SELECT name FROM files WHERE sha256 = ? ORDER BY n", (sha256,))
    return wrong(
        "documents",
        Message("The content of “{file}” is not what was stored.", file=name or sha256),
        Message("Add the same file again, which heals it, or restore a backup."),
        path,
    )
