"""Documents: their content lies beside the store, named by its hash, so that the same document is kept once."""

from __future__ import annotations

import os
import sys
from typing import Annotated

import typer

from crmtool.cli import paths
from crmtool.cli.nouns import report, wording
from crmtool.cli.nouns.common import Reference, find
from crmtool.cli.questions import say
from crmtool.cli.session import open_session
from crmtool.cli.state import current
from crmtool.core.errors import CrmError, NotFoundError, UsageError
from crmtool.core.messages import Message, t

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from crmtool.app.workspace import Workspace
    from crmtool.core.registry import Entity

TIED = ("contact", "company", "deal", "activity", "task", "note", "order")
_BLOCK = 1 << 20

Target = Annotated[
    str | None, typer.Argument(metavar="[FILE]", help=t("Where to; “-” is stdout. Its own name without one."))
]


def content_path(sha256: str) -> str:
    """Where the content with this hash lies in the current workspace."""
    folder = os.path.join(paths.workspace_directory(current().workspace), "files", sha256[:2])
    return os.path.join(folder, sha256)


def add_file(workspace: Workspace, words: list[str], *, dry_run: bool, as_json: bool) -> int:
    """``crm file add PATH``: copy the content, then write the record and what it is tied to."""
    from crmtool.app.commands import Attach
    from crmtool.cli import words as field_words

    entity = workspace.registry.entity("file")
    plain, assigned = field_words.split(words)
    if not plain:
        raise UsageError(
            Message("Which file?"), Message("For example: crm file add offer.pdf"), code="nothing"
        )
    ends = [word for word in assigned if word.partition("=")[0] in TIED]
    given = field_words.values([word for word in assigned if word not in ends], entity)
    to = tuple(
        (key, find(workspace, workspace.registry.entity(key), text))
        for key, _, text in (word.partition("=") for word in ends)
    )
    path = " ".join(plain)
    size, digest = _take(path, keep=not dry_run)
    values: dict[str, Any] = {
        "name": os.path.basename(path),
        "media_type": _media_type(path),
        "sha256": digest,
        "bytes": size,
        **given,
    }
    outcome = workspace.run(Attach(values, to), dry_run=dry_run)
    return report.tell(workspace, report.of_outcome(outcome, dry_run=dry_run), entity, as_json=as_json)


def get(entity: Entity) -> Callable[..., None]:
    """``crm file get``."""

    def get(record: Reference, target: Target = None) -> None:
        import shutil

        with open_session() as workspace:
            kind = workspace.registry.entity("file")
            found = workspace.reader.require("file", find(workspace, kind, record))
        source = content_path(found["sha256"]) if found["sha256"] else ""
        if not os.path.isfile(source):
            raise NotFoundError(
                Message("The content of “{file}” is not on this machine.", file=found["name"]),
                code="no_content",
            )
        with open(source, "rb") as content:
            if target == "-":
                sys.stdout.flush()
                shutil.copyfileobj(content, sys.stdout.buffer)
                return
            # A name from a record may hold a path that leads elsewhere.
            path = target or os.path.basename(found["name"]) or found["sha256"]
            with open(path, "xb" if target is None else "wb") as copy:
                shutil.copyfileobj(content, copy)
        say(t("{name} written to {path}.", name=found["name"], path=path))

    get.help = wording.compose(  # type: ignore[attr-defined]
        entity,
        "get",
        t(
            "Copy the content of a document to a file, or to stdout. A file that is there already is only replaced "
            "when you name it."
        ),
    )
    return get


def forget_content(workspace: Workspace, sha256: str) -> None:
    """Remove content that no record of the workspace has any more, deleted ones included."""
    from crmtool.core.query import Compare, Path
    from crmtool.store.reader import Query

    entity = workspace.registry.entity("file")
    where = Compare(Path((entity.fields["sha256"],)), "=", sha256)
    if workspace.reader.count(Query("file", where, trash="with")) == 0:
        try:
            os.unlink(content_path(sha256))
        except FileNotFoundError:
            pass


def _take(path: str, *, keep: bool) -> tuple[int, str]:
    """Size and hash of a file; its content is copied on the way where ``keep`` says so."""
    from hashlib import sha256

    digest, size = sha256(), 0
    with open(path, "rb") as source:
        if not os.path.isfile(path):
            raise CrmError(Message("{path} is no plain file.", path=path), code="no_file")
        for block in iter(lambda: source.read(_BLOCK), b""):
            digest.update(block)
            size += len(block)
        name = digest.hexdigest()
        target = content_path(name)
        if keep and not os.path.exists(target):
            working = paths.private_file(f"{target}.{os.getpid()}.part")
            source.seek(0)
            with open(working, "wb") as copy:
                for block in iter(lambda: source.read(_BLOCK), b""):
                    copy.write(block)
            os.replace(working, target)
    return size, name


def _media_type(path: str) -> str | None:
    import mimetypes

    return mimetypes.guess_type(path)[0]
