"""``crm export``: any records to a file of any format, complete."""

from __future__ import annotations

import os
import sys
from typing import Annotated

import typer

from crmtool.cli import exporting
from crmtool.cli.help import with_examples
from crmtool.cli.language import language_tag
from crmtool.cli.output.options import Fields, Sort, Where
from crmtool.cli.output.screen import Screen, on_terminal
from crmtool.cli.progress import Progress
from crmtool.cli.questions import say
from crmtool.cli.session import open_session
from crmtool.core.errors import UsageError
from crmtool.core.messages import Message, t, tn
from crmtool.doors.safe import escape
from crmtool.store.reader import Query
from crmtool.transfer.export.formats import FORMATS, Format, format_of, left_out
from crmtool.transfer.export.tables import Export
from crmtool.transfer.target import whole_file, whole_folder

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from crmtool.app.workspace import Workspace
    from crmtool.transfer.export.tables import Table

What = Annotated[
    str | None,
    typer.Argument(
        metavar="WHAT", help=t("A kind of record, a view or a list; several with commas between.")
    ),
]
Words = Annotated[
    list[str] | None, typer.Argument(metavar="FILTER", help=t("Only records that match, as with --where."))
]
To = Annotated[
    str | None,
    typer.Option(
        "--to", metavar="FILE", help=t("write to this file, or to a folder of files; “-” is stdout")
    ),
]
FormatName = Annotated[
    str | None,
    typer.Option(
        "--format",
        metavar="NAME",
        help=t("when the ending of the file does not tell: {formats}", formats=", ".join(FORMATS)),
    ),
]
Everything = Annotated[bool, typer.Option("--all", help=t("every kind of record there is"))]
Raw = Annotated[
    bool, typer.Option("--raw", help=t("for programs: nothing is changed for the sake of spreadsheets"))
]
Ids = Annotated[bool, typer.Option("--ids", help=t("the id of what a record refers to beside its name"))]
Version = Annotated[
    str | None, typer.Option("--version", metavar="N", help=t("of vCards: {versions}", versions="4.0, 3.0"))
]
View = Annotated[
    str | None, typer.Option("--view", metavar="NAME", help=t("the filter, order and columns of a view"))
]
Listed = Annotated[str | None, typer.Option("--list", metavar="NAME", help=t("only records on this list"))]


def command(
    what: What = None,
    words: Words = None,
    to: To = None,
    format_name: FormatName = None,
    everything: Everything = False,
    fields: Fields = None,
    where: Where = None,
    sort: Sort = None,
    view: View = None,
    on: Listed = None,
    ids: Ids = False,
    raw: Raw = False,
    version: Version = None,
) -> None:
    path = None if to == "-" else to
    into_folder = path is not None and (path.endswith("/") or os.path.isdir(path))
    chosen = format_of(None if into_folder else path, format_name)
    asked = exporting.Asked(
        what, tuple(words or ()), tuple(where or ()), sort or "", fields, view, on, ids, chosen.people
    )
    if (what is None) != everything:
        raise UsageError(
            Message("Name what to export, or everything with --all."),
            Message("For example: {example}", example="crm export contacts --to contacts.csv"),
            code="nothing",
        )
    if everything and asked != exporting.Asked(None, ids=ids, people=chosen.people):
        raise UsageError(
            Message("--all is everything, without a filter, an order or fields."),
            Message("Leave --all out, or the rest."),
            code="several",
        )
    if version is not None and version not in chosen.versions:
        raise UsageError(
            Message("There is no version {version} of {format} here.", version=version, format=chosen.title),
            Message("Versions: {versions}.", versions=", ".join(chosen.versions) or "-"),
            code="version",
        )
    with open_session() as workspace, workspace.db.reading():
        tables = exporting.everything(workspace) if everything else exporting.tables(workspace, asked)
        tables = _taken(tables, chosen, everything)
        title = _title(workspace, tables)
        export = Export(
            workspace.reader, tables, raw=raw, version=version or "", language=language_tag(), title=title
        )
        with Progress(t("Exporting")) as progress:
            export.follow(_following(progress, workspace, tables))
            _write(export, chosen, path, into_folder)


command.help = with_examples(  # type: ignore[attr-defined]
    t(
        "Write records to a file: all of a kind, those of a view or on a list, or everything. The ending of the file says the "
        "format. An export is complete and private to you, and a file appears only when it is whole. What a spreadsheet would "
        "take for a formula is written as text, which an import here turns back; --raw leaves every value as it is."
    ),
    "crm export contacts --to contacts.xlsx",
    "crm export deals status=open --fields name,company,amount,close_on --to open.csv",
    "crm export Customers --to customers.html",
    "crm export --all --to everything.xlsx",
    "crm export --all --to folder/ --format csv",
    "crm export contacts --to people.vcf --version 3.0",
    "crm export tasks status=open --to tasks.ics",
    "crm export contacts --format ndjson | head -1",
)


def _taken(tables: list[Table], chosen: Format, everything: bool) -> list[Table]:
    """The tables that the format has words for; of those that were named, all must be."""
    others = [table for table in tables if not chosen.takes(table.entity)]
    if not others:
        return tables
    names = ", ".join(table.title for table in others)
    if everything:
        say(t("{format} does not carry: {fields}.", format=chosen.title, fields=names))
        return [table for table in tables if table not in others]
    raise UsageError(
        Message("{format} has no words for {tables}.", format=chosen.title, tables=names),
        Message("Choose another format, such as {format}.", format="csv"),
        code="format",
    )


def _write(export: Export, chosen: Format, path: str | None, into_folder: bool) -> None:
    tables = list(export.tables)
    for table in tables:
        missing = left_out(chosen, table)
        if missing:
            names = ", ".join(field.label() for field in missing)
            say(t("{format} does not carry: {fields}.", format=chosen.title, fields=names))
    if into_folder or (len(tables) != 1 and chosen.several == "folder"):
        if path is None:
            raise UsageError(
                Message("Several tables in {format} are several files.", format=chosen.title),
                Message("Name a folder with --to, or a format that holds them in one, such as xlsx."),
                code="no_folder",
            )
        _to_folder(export, tables, chosen, path)
    elif path is None:
        _to_stdout(export, chosen)
    else:
        with whole_file(path) as file:
            chosen.write(export, file)
        say(tn("{n} record written to {path}.", "{n} records written to {path}.", export.rows, path=path))
    if export.cut:
        say(
            tn(
                "{n} text is longer than a cell can hold; it stands whole on the sheet “{sheet}”.",
                "{n} texts are longer than a cell can hold; they stand whole on the sheet “{sheet}”.",
                export.cut,
                sheet=t("Long texts"),
            )
        )


def _to_folder(export: Export, tables: list[Table], chosen: Format, path: str) -> None:
    with whole_folder(path) as folder:
        for table in tables:
            export.tables = [table]
            name = table.key.replace("/", "_").lstrip(".") or "table"
            with whole_file(os.path.join(folder, name + chosen.endings[0])) as file:
                chosen.write(export, file)
    say(
        tn(
            "{n} record in {files} files written to {path}.",
            "{n} records in {files} files written to {path}.",
            export.rows,
            files=len(tables),
            path=path,
        )
    )


def _to_stdout(export: Export, chosen: Format) -> None:
    if chosen.binary:
        if on_terminal():
            raise UsageError(
                Message("{format} is not for a terminal.", format=chosen.title),
                Message("Name a file with --to, or send it into a pipe."),
                code="binary",
            )
        sys.stdout.flush()
        chosen.write(export, sys.stdout.buffer)
        return
    with Screen() as screen:
        for number, piece in enumerate(chosen.pieces(export)):
            screen.write(
                escape(piece.removeprefix("\ufeff").replace("\r\n", "\n"), lines=True)
                if screen.terminal
                else piece
            )
            if number < 2 and not screen.terminal:
                sys.stdout.flush()  # whoever reads the pipe sees the first records at once


def _title(workspace: Workspace, tables: list[Table]) -> str:
    name = workspace.meta.get("name") or ""
    if len(tables) != 1:
        return name
    return f"{tables[0].title} – {name}" if name else tables[0].title


def _following(progress: Progress, workspace: Workspace, tables: list[Table]) -> Callable[[int], None]:
    """Rows done of those there are, where counting them takes no reading of them."""
    total = sum(workspace.reader.count(Query(table.entity.key)) for table in tables if not table.narrowed)
    whole = total if not any(table.narrowed for table in tables) else 0
    return lambda rows: progress(rows, whole)
