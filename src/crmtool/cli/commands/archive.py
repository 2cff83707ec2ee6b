"""``crm archive``: a whole workspace in one file."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from crmtool.cli.help import with_examples
from crmtool.cli.output.screen import on_terminal
from crmtool.cli.progress import Progress
from crmtool.cli.questions import say
from crmtool.cli.session import open_session
from crmtool.core.errors import UsageError
from crmtool.core.messages import Message, t, tn
from crmtool.transfer.archive.writing import write
from crmtool.transfer.target import whole_file

TYPE_CHECKING = False
if TYPE_CHECKING:
    from crmtool.transfer.archive.manifest import Manifest

File = Annotated[str, typer.Argument(metavar="FILE", help=t("The file to write; “-” is a pipe."))]
NoFiles = Annotated[bool, typer.Option("--no-files", help=t("leave out the contents of documents"))]


def command(file: File, no_files: NoFiles = False) -> None:
    if file == "-" and on_terminal():
        raise UsageError(
            Message("An archive is not for a terminal."),
            Message("Name a file, or send it into a pipe."),
            code="binary",
        )
    with open_session() as workspace, Progress(t("Archiving")) as progress:

        def follow(rows: int) -> None:
            progress(rows, 0)

        if file == "-":
            sys.stdout.flush()
            made = write(workspace, sys.stdout.buffer, files=not no_files, progress=follow)
        else:
            with whole_file(file) as target:
                made = write(workspace, target, files=not no_files, progress=follow)
    _tell(made, file)


command.help = with_examples(  # type: ignore[attr-defined]
    t(
        "Write everything the workspace holds to one file: records and the trash, the log with its digests, fields and objects "
        "of your own, settings, and documents. “crm restore” makes an equal workspace of it on any machine, where all can still "
        "be undone. The file is readable by you alone and not encrypted."
    ),
    "crm archive acme-2026.crm",
    "crm archive acme.crm --no-files",
    "crm archive - | ssh backup 'cat > acme.crm'",
)


def held(records: int, documents: int) -> str:
    """How much an archive holds, in words."""
    counted = tn("{n} record", "{n} records", records)
    if not documents:
        return counted
    return t(
        "{records} and {documents}",
        records=counted,
        documents=tn("{n} document", "{n} documents", documents),
    )


def _tell(made: Manifest, file: str) -> None:
    say(
        t(
            "{held} archived in {path}.",
            held=held(made.records, made.documents),
            path=t("standard output") if file == "-" else file,
        )
    )
    if made.missing:
        say(
            tn(
                "The content of {n} document is not on this machine, and is not in the archive.",
                "The contents of {n} documents are not on this machine, and are not in the archive.",
                len(made.missing),
            )
        )
