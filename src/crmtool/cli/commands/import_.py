"""``crm import``: everything that another program exported, with a plan before and an undo after."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from crmtool.cli import importing
from crmtool.cli.nouns.common import Yes
from crmtool.cli.output.screen import Screen
from crmtool.cli.progress import Progress
from crmtool.cli.questions import confirm, say
from crmtool.cli.safe import escape
from crmtool.cli.session import open_session
from crmtool.core import ids
from crmtool.core.errors import EXIT_DONE, EXIT_PARTIAL
from crmtool.core.messages import Message, t, tn

TYPE_CHECKING = False
if TYPE_CHECKING:
    from crmtool.app.workspace import Workspace
    from crmtool.transfer.plan import Plan
    from crmtool.transfer.plan import Progress as Counted
    from crmtool.transfer.tally import Tally

Files = Annotated[
    list[str],
    typer.Argument(
        metavar="FILE", help=t("Files, folders or archives, in any order; “-” is standard input.")
    ),
]
Json = Annotated[bool, typer.Option("--json", help=t("print the plan, or what was changed, as JSON"))]
PlanOnly = Annotated[bool, typer.Option("--plan", help=t("show what would happen, and change nothing"))]
Layout = Annotated[
    str | None,
    typer.Option(
        "--as",
        metavar="LAYOUT",
        help=t("whose layout it is, when the header does not tell: hubspot, contacts, pipedrive/deals, …"),
    ),
]
Rejects = Annotated[
    str | None,
    typer.Option("--rejects", metavar="FILE", help=t("write rejected rows here; otherwise beside the file")),
]
Resume = Annotated[
    bool, typer.Option("--resume", help=t("go on with an import of the file that was interrupted"))
]
Encoding = Annotated[
    str | None,
    typer.Option("--encoding", metavar="NAME", help=t("the encoding, when the file does not tell")),
]


def command(
    files: Files,
    yes: Yes = False,
    as_json: Json = False,
    plan_only: PlanOnly = False,
    layout: Layout = None,
    rejects: Rejects = None,
    resume: Resume = False,
    encoding: Encoding = None,
) -> int:
    """Show the plan, ask, import; the exit code: 7 where rows were rejected."""
    from crmtool.transfer.plan import plan

    asked = plan_only or not (yes or resume)
    with (
        open_session() as workspace,
        Progress(t("Reading")) as progress,
        plan(
            workspace, files, layout=layout, encoding=encoding, count=asked, progress=_estimating(progress)
        ) as made,
    ):
        if asked:
            _show(workspace, made, as_json)
            if plan_only:
                return EXIT_DONE
            confirm(
                tn("Import {n} row?", "Import {n} rows?", made.tally.rows),
                Message("{file} was not imported.", file=", ".join(files)),
                yes=yes,
            )
        return _apply(workspace, made, files, rejects, resume=resume, as_json=as_json)


command.help = t(  # type: ignore[attr-defined]
    "Import contacts and companies from a CSV file of Google Contacts, Outlook, LinkedIn or HubSpot, or from any table with "
    "named columns. Importing a file again changes nothing that is as the file says. Rows that cannot be taken are written "
    "to a file that can be corrected and imported; the exit code is then 7. One undo takes the whole import back.\n\n"
    "\b\nExamples:\n"
    "  crm import contacts.csv\n"
    "  crm import contacts.csv --plan\n"
    "  crm import Connections.csv --yes\n"
    "  crm import contacts.csv --resume"
)


def _show(workspace: Workspace, made: Plan, as_json: bool) -> None:
    """The plan is what was asked for, so it is data."""
    if as_json:
        from crmtool.cli.output.formats import json_text

        sys.stdout.write(json_text(importing.plan_object(made), indent=True) + "\n")
    else:
        sys.stdout.writelines(escape(line) + "\n" for line in importing.plan_lines(workspace, made))
    sys.stdout.flush()


def _apply(
    workspace: Workspace, made: Plan, files: list[str], rejects: str | None, *, resume: bool, as_json: bool
) -> int:
    from crmtool.transfer.apply import Import, interrupted

    if not resume and (before := interrupted(workspace, made)) is not None:
        say(
            t(
                "An import of this file was interrupted before; its part is in. --resume would have gone on with it; "
                "to take that part back: crm undo {handle}",
                handle=ids.handle(before),
            )
        )
    work = Import(workspace, made, rejects=rejects, resume=resume)
    with Progress(t("Importing")) as progress:
        try:
            done = work.run(_estimating(progress))
        except KeyboardInterrupt:
            say(
                t(
                    "{count} rows are in. To go on: crm import {file} --resume. To take them back: crm undo {handle}",
                    count=work.tally.rows,
                    file=" ".join(files),
                    handle=work.handle,
                )
            )
            raise
    if as_json:
        with Screen() as screen:
            for text in importing.report_text(workspace, done, made):
                screen.write(text)
    else:
        for line in importing.report_lines(workspace, done, made):
            say(line)
    return EXIT_PARTIAL if done.rejects else EXIT_DONE


def _estimating(progress: Progress) -> Counted:
    """Rows done of the rows there are, as far as the bytes read tell."""

    def tell(position: int, size: int, tally: Tally) -> None:
        done = tally.rows + tally.empty
        progress(done, done * size // position if position else 0)

    return tell
