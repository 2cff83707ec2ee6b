"""``crm file add`` and ``get``: documents in and out."""

from __future__ import annotations

import os
import sys
from typing import Annotated

import typer

from crmtool.app import contents
from crmtool.cli.nouns import report, wording
from crmtool.cli.nouns.common import Reference, find
from crmtool.cli.questions import say
from crmtool.cli.session import open_session
from crmtool.core.errors import NotFoundError, UsageError
from crmtool.core.messages import Message, t

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from crmtool.app.workspace import Workspace
    from crmtool.core.registry import Entity

TIED = ("contact", "company", "deal", "activity", "task", "note", "order")

Target = Annotated[
    str | None, typer.Argument(metavar="[FILE]", help=t("Where to; “-” is stdout. Its own name without one."))
]


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
    size, digest = contents.take(workspace, path, keep=not dry_run)
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
        source = contents.content_path(workspace, found["sha256"]) if found["sha256"] else ""
        if not os.path.isfile(source):
            raise NotFoundError(
                Message("The content of “{file}” is not on this machine.", file=found["name"]),
                Message("Add it again from where it is: {command}", command="crm file add PATH"),
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


def _media_type(path: str) -> str | None:
    import mimetypes

    return mimetypes.guess_type(path)[0]
