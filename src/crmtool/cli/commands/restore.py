"""``crm restore``: a workspace from an archive."""

from __future__ import annotations

from typing import Annotated

import typer

from crmtool.cli import paths
from crmtool.cli.commands.archive import held
from crmtool.cli.help import with_examples
from crmtool.cli.progress import Progress
from crmtool.cli.questions import say
from crmtool.cli.state import current
from crmtool.core.messages import t, tn
from crmtool.transfer.archive import restoring
from crmtool.transfer.archive.reading import Archive

File = Annotated[str, typer.Argument(metavar="FILE", help=t("What “crm archive” wrote."))]
Check = Annotated[
    bool, typer.Option("--check", help=t("read it all and say whether it is whole; restore nothing"))
]


def command(file: File, check: Check = False) -> None:
    name = current().workspace
    with Archive(file) as archive:
        if check:
            with Progress(t("Checking")) as progress:
                restoring.check(archive, progress)
            say(
                t(
                    "{path} is whole: “{workspace}” of {moment}, {held}.",
                    path=file,
                    workspace=archive.manifest.workspace.get("name"),
                    moment=archive.manifest.made_at[:10],
                    held=held(archive.manifest.records, archive.manifest.documents),
                )
            )
            return
        with Progress(t("Restoring")) as progress:
            restored = restoring.restore(archive, paths.store_file(name), progress=progress)
        missing = len(archive.manifest.missing)
    say(
        t(
            "{held} restored in the workspace “{workspace}”.",
            held=held(restored.records, restored.documents),
            workspace=name,
        )
    )
    if missing:
        say(
            tn(
                "The content of {n} document was not in the archive.",
                "The contents of {n} documents were not in the archive.",
                missing,
            )
        )
    if restored.problems:
        say(
            t(
                "Its log had problems already when it was archived. See them with: {command}",
                command=f"crm -w {name} audit verify",
            )
        )


command.help = with_examples(  # type: ignore[attr-defined]
    t(
        "Make a workspace from an archive: the same records with the same ids, the same log, the same everything. Either all of "
        "it comes back or nothing does, and a workspace that is there stays as it is: give the new one a name with -w. What was "
        "deleted is in “crm trash”, and taken out of it by “crm NOUN restore”."
    ),
    "crm restore acme-2026.crm",
    "crm -w acme restore acme-2026.crm",
    "crm restore acme-2026.crm --check",
)
