"""``crm file add``, ``list`` and ``crm attach``: documents in, and those there are."""

from __future__ import annotations

import os
import sys
from contextlib import contextmanager
from typing import Annotated

import typer

from crmtool.app import contents
from crmtool.cli.nouns import report, wording
from crmtool.cli.nouns.common import DryRun, Json, find
from crmtool.cli.nouns.list import Filter, Listed, Trash, View, run
from crmtool.cli.output import Output
from crmtool.cli.output.options import prints_records
from crmtool.cli.progress import Progress
from crmtool.cli.session import open_session
from crmtool.core.errors import UsageError
from crmtool.core.messages import Message, t
from crmtool.core.query import Linked
from crmtool.doors import words as field_words
from crmtool.doors.documents import plain_file
from crmtool.doors.filenames import known_name

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from typing import Any, BinaryIO

    from crmtool.app.workspace import Workspace
    from crmtool.core.registry import Entity

    End = tuple[str, str]  # (entity, id) of a record that a document is attached to

STDIN = "-"

Words = Annotated[
    list[str],
    typer.Argument(metavar="FILE", help=t("The files; “-” is stdin. Then fields as words.")),
]
To = Annotated[
    list[str] | None,
    typer.Option("--to", metavar="WHO", help=t("attach to this record; may be given several times")),
]
Of = Annotated[str | None, typer.Option("--of", metavar="WHO", help=t("only those attached to this record"))]


def add(entity: Entity) -> Callable[..., int]:
    """``crm file add``."""

    def add(words: Words, to: To = None, dry_run: DryRun = False, as_json: Json = False) -> int:
        with open_session() as workspace:
            return attach(workspace, words, to or [], dry_run=dry_run, as_json=as_json)

    add.help = wording.compose(  # type: ignore[attr-defined]
        entity,
        "add",
        t(
            "Add documents, and attach them to records. Their content is copied into the workspace, the same content once; the "
            "files themselves stay as they are. All of them are one change."
        ),
        t(
            "A record whose name says too little is named with its kind: company=Acme beside or in place of --to."
        ),
    )
    return add


def listing(entity: Entity) -> Callable[..., None]:
    """``crm file list``, which can ask for what is attached to a record."""

    @prints_records
    def listing(
        output: Output,
        words: Filter = None,
        trash: Trash = False,
        view: View = None,
        on: Listed = None,
        of: Of = None,
    ) -> None:
        with open_session() as workspace:
            run(workspace, "file", output, words, trash=trash, view=view, on=on, more=attached(workspace, of))

    listing.help = wording.listing(entity)  # type: ignore[attr-defined]
    return listing


def attached(workspace: Workspace, record: str | None) -> Linked | None:
    """The condition of being attached to the record that a word means; ``None`` without one."""
    from crmtool.app.linking import ATTACHMENT
    from crmtool.app.resolve import resolve_anywhere

    return None if record is None else Linked(ATTACHMENT, resolve_anywhere(workspace.reader, record)[1])


def attach(
    workspace: Workspace, words: Sequence[str], to: Sequence[str], *, dry_run: bool, as_json: bool
) -> int:
    """Add the files that ``words`` name, with the fields they give, attached to the records of ``to``."""
    entity = workspace.registry.entity("file")
    paths, ends, given = _meant(workspace, words, to)
    store = contents.of(workspace)
    received: list[tuple[dict[str, Any], contents.Received]] = []
    try:
        for path in paths:
            with opened(path) as source, Progress(t("Bytes copied")) as progress:
                size = os.fstat(source.fileno()).st_size if path != STDIN else 0

                def step(done: int, size: int = size, progress: Progress = progress) -> None:
                    progress(done, size)

                content = contents.measure(source, step) if dry_run else store.receive(source, step)
            received.append(({"name": known_name(path), **given}, content))
        outcome = contents.keep(workspace, received, ends, dry_run=dry_run)
    finally:
        for _, content in received:
            store.discard(content)
    return report.tell(workspace, report.of_outcome(outcome, dry_run=dry_run), entity, as_json=as_json)


def _meant(
    workspace: Workspace, words: Sequence[str], to: Sequence[str]
) -> tuple[list[str], tuple[End, ...], dict[str, Any]]:
    """(paths, records to attach to, values) of a command line; all of it is looked at before a byte is copied."""
    from crmtool.app.resolve import resolve_anywhere

    entity = workspace.registry.entity("file")
    paths, assigned = field_words.split(words)
    tied = {word: kind for word in assigned if (kind := _kind(workspace, word)) is not None}
    given = field_words.values([word for word in assigned if word not in tied], entity)
    if not paths:
        raise UsageError(
            Message("Which file?"), Message("For example: crm file add offer.pdf"), code="nothing"
        )
    if "name" in given and len(paths) > 1:
        raise UsageError(
            Message("One name cannot be that of {n} files.", n=len(paths)),
            Message("Leave name=… out, and they keep their own."),
            code="which",
        )
    if STDIN in paths and (len(paths) > 1 or "name" not in given):
        raise UsageError(
            Message("What comes from stdin is one document and needs a name."),
            Message("For example: {example}", example="crm file add - name=offer.pdf"),
            code="name",
        )
    ends = [resolve_anywhere(workspace.reader, text) for text in to]
    ends += [(kind.key, find(workspace, kind, word.partition("=")[2])) for word, kind in tied.items()]
    return paths, tuple(ends), given


def _kind(workspace: Workspace, word: str) -> Entity | None:
    """The kind of record that a word ``KIND=RECORD`` begins with; a field of the file itself comes first."""
    name = word.partition("=")[0]
    if workspace.registry.entity("file").find(name) is not None:
        return None
    try:
        return workspace.registry.entity(name)
    except UsageError:
        return None


@contextmanager
def opened(path: str) -> Iterator[BinaryIO]:
    """A plain file to read, ``-`` for stdin."""
    if path == STDIN:
        if sys.stdin is None or sys.stdin.isatty():
            raise UsageError(
                Message("“-” reads what is piped in, and nothing is."),
                Message("For example: {example}", example="curl … | crm file add - name=offer.pdf"),
            )
        yield sys.stdin.buffer
        return
    with plain_file(path) as source:
        yield source
