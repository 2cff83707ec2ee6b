"""``crm import``: everything that another program exported, with a plan before and an undo after."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from crmtool.cli import importing
from crmtool.cli.nouns.common import Yes
from crmtool.cli.output.screen import Screen
from crmtool.cli.progress import Progress
from crmtool.cli.questions import ask, confirm, say
from crmtool.cli.session import open_session
from crmtool.cli.state import current
from crmtool.core.errors import EXIT_DONE, EXIT_PARTIAL, ConflictError, UsageError
from crmtool.core.messages import Message, t, tn
from crmtool.doors import importing as told
from crmtool.doors.safe import escape

TYPE_CHECKING = False
if TYPE_CHECKING:
    from crmtool.app.workspace import Workspace
    from crmtool.transfer.plan import Plan
    from crmtool.transfer.plan import Progress as Counted
    from crmtool.transfer.tally import Tally

ORDERS = ("dmy", "mdy", "ymd")

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


MapFile = Annotated[
    str | None,
    typer.Option("--map", metavar="FILE", help=t("where columns go and what words mean; see --save-map")),
]
SaveMap = Annotated[
    str | None,
    typer.Option("--save-map", metavar="FILE", help=t("write the map that the plan found, to be edited")),
]
Dates = Annotated[
    str | None,
    typer.Option(
        "--dates", metavar="ORDER", help=t("how days are written where nothing tells: dmy, mdy, ymd")
    ),
]
MakeStages = Annotated[
    bool, typer.Option("--make-stages", help=t("make the stages and pipelines that nobody here has"))
]
MergeAlike = Annotated[
    bool, typer.Option("--merge-alike", help=t("take names for one that are only nearly the same"))
]


def command(
    files: Files,
    yes: Yes = False,
    as_json: Json = False,
    plan_only: PlanOnly = False,
    layout: Layout = None,
    map_file: MapFile = None,
    save_map: SaveMap = None,
    dates: Dates = None,
    make_stages: MakeStages = False,
    merge_alike: MergeAlike = False,
    rejects: Rejects = None,
    resume: Resume = False,
    encoding: Encoding = None,
) -> int:
    """Show the plan, ask, import; the exit code: 7 where rows were rejected."""
    from crmtool.transfer.mapping import NOTHING, read_map
    from crmtool.transfer.plan import Options, plan

    if dates is not None and dates not in ORDERS:
        raise UsageError(
            Message("“{word}” is no order of days.", word=dates),
            Message("Orders: {orders}.", orders=", ".join(ORDERS)),
        )
    options = Options(
        layout, dates, make_stages, merge_alike, read_map(map_file) if map_file is not None else NOTHING
    )
    asked = plan_only or save_map is not None or not (yes or resume)
    with (
        open_session() as workspace,
        Progress(t("Reading")) as progress,
        plan(workspace, files, encoding=encoding, count=False, options=options, resume=resume) as made,
    ):
        _settle(made, asking=not plan_only and not as_json, needed=not asked)
        if asked:
            made.count(workspace, _estimating(progress))
            if save_map is not None:
                _save(workspace, made, save_map)
            _show(workspace, made, as_json)
            if plan_only:
                return EXIT_DONE
            confirm(
                tn("Import {n} row?", "Import {n} rows?", made.tally.rows),
                Message("{file} was not imported.", file=", ".join(files)),
                yes=yes,
            )
        _settle(made, asking=False, needed=True)
        return _apply(workspace, made, files, rejects, resume=resume, as_json=as_json)


def _settle(made: Plan, *, asking: bool, needed: bool) -> None:
    """Let the person say in which order days are written, where the columns leave it open; ``needed``: it must be said."""
    while asking and made.questions and current().may_prompt:
        part, question = made.questions[0]
        words = t(
            "{file}, {column}: is {example} {days}?",
            file=part.source.title,
            column=question.column,
            example=question.example,
            days=told.days_text(question),
        )
        answer = ""
        while answer not in question.days:
            answer = ask(words)
        made.answer(part, question, answer)
    if needed and made.questions:
        part, question = made.questions[0]
        raise UsageError(
            Message(
                "{file}: nothing in {column} tells whether {example} is {days}.",
                file=part.source.title,
                column=question.column,
                example=question.example,
                days=told.days_text(question),
            ),
            Message("Say it with {options}. Nothing was changed.", options=told.dates_text(question)),
            code="ambiguous_dates",
        )


def _save(workspace: Workspace, made: Plan, path: str) -> None:
    """Write the map; a file that is there is not replaced, since somebody may have edited it."""
    from crmtool.transfer.savemap import map_text

    try:
        with open(path, "x", encoding="utf-8") as file:
            file.write(map_text(workspace, made))
    except FileExistsError:
        raise ConflictError(
            Message("There is a file {file} already.", file=path),
            Message("Give another name with --save-map, or use it with --map {file}.", file=path),
            code="exists",
        ) from None
    say(t("The map is in {file}. Edit it, and use it with --map {file}.", file=path))


command.help = t(  # type: ignore[attr-defined]
    "Import what another program exported: contacts, companies, deals, orders, activities, tasks and notes with their links, "
    "from one or several files, folders and archives, in any order. Google, Outlook, LinkedIn, HubSpot, Salesforce, Pipedrive, "
    "Twenty and Atomic CRM are known by their columns; any other table with named columns, vCards, calendars and mails are "
    "read, too. Importing a file again changes nothing that is as the file says. Rows that cannot be taken are written "
    "to a file that can be corrected and imported; the exit code is then 7. One undo takes the whole import back.\n\n"
    "\b\nExamples:\n"
    "  crm import contacts.csv\n"
    "  crm import contacts.csv --plan\n"
    "  crm import hubspot/ --yes\n"
    "  crm import deals.csv --plan --save-map deals.toml\n"
    "  crm import deals.csv --map deals.toml --make-stages\n"
    "  crm import contacts.csv --resume"
)


def _show(workspace: Workspace, made: Plan, as_json: bool) -> None:
    """The plan is what was asked for, so it is data."""
    if as_json:
        from crmtool.cli.output.formats import json_text

        sys.stdout.write(json_text(importing.plan_object(made), indent=True) + "\n")
    else:
        sys.stdout.writelines(escape(line) + "\n" for line in told.plan_lines(workspace, made))
    sys.stdout.flush()


def _apply(
    workspace: Workspace, made: Plan, files: list[str], rejects: str | None, *, resume: bool, as_json: bool
) -> int:
    from crmtool.transfer.apply import Import
    from crmtool.transfer.resuming import interrupted

    if not resume and (before := interrupted(workspace, made.digests)) is not None:
        say(
            t(
                "An import of this file was interrupted before; its part is in. --resume would have gone on with it; "
                "to take that part back: crm undo {handle}",
                handle=before["handle"],
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
                    count=f"{work.tally.rows:,}",
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
        for line in told.report_lines(workspace, done, made):
            say(line)
    return EXIT_PARTIAL if done.rejects else EXIT_DONE


def _estimating(progress: Progress) -> Counted:
    """Rows done of the rows there are, as far as the bytes read tell."""

    def tell(position: int, size: int, tally: Tally) -> None:
        done = tally.rows + tally.empty
        progress(done, done * size // position if position else 0)

    return tell
