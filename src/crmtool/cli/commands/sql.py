"""``crm sql``: read-only SQL over the workspace and any CSV or JSON file."""

from __future__ import annotations

import sys
from typing import Annotated, Any

import typer

from crmtool.cli.adhoc import guard, rows, views
from crmtool.cli.adhoc.files import FileTable, load
from crmtool.cli.output import Output
from crmtool.cli.output.options import prints_rows
from crmtool.cli.session import open_session
from crmtool.core.errors import DeniedError, NotFoundError, UsageError
from crmtool.core.fields import Field
from crmtool.core.kinds import NUMBER, TEXT
from crmtool.core.messages import N_, Message, t

TYPE_CHECKING = False
if TYPE_CHECKING:
    from crmtool.app.workspace import Workspace
    from crmtool.cli.adhoc.views import View

Query = Annotated[
    str | None,
    typer.Argument(metavar="SELECT", help=t("One statement that reads; “-” takes it from standard input.")),
]
With = Annotated[
    list[str] | None,
    typer.Option(
        "--with",
        metavar="[NAME=]FILE",
        help=t("a CSV, JSON or NDJSON file as a table named like it; may be given again"),
    ),
]
Params = Annotated[
    list[str] | None,
    typer.Option(
        "--param", metavar="NAME=VALUE", help=t("the value of {name} in the statement", name=":NAME")
    ),
]
Tables = Annotated[bool, typer.Option("--tables", help=t("list the tables there are"))]
Schema = Annotated[
    str | None, typer.Option("--schema", metavar="TABLE", help=t("list the columns of one table"))
]
Seconds = Annotated[
    float,
    typer.Option(
        "--seconds", min=0, metavar="N", help=t("stop after this time; 0 for no limit, 60 otherwise")
    ),
]

TABLE = rows.shape(
    N_("Table"),
    N_("Tables"),
    Field("table", TEXT, N_("Table")),
    Field("columns", NUMBER, N_("Columns")),
    Field("about", TEXT, N_("About it")),
)
COLUMN = rows.shape(
    N_("Column"),
    N_("Columns"),
    Field("column", TEXT, N_("Column")),
    Field("type", TEXT, N_("Type")),
    Field("about", TEXT, N_("About it")),
)


@prints_rows
def command(
    output: Output,
    query: Query = None,
    with_file: With = None,
    param: Params = None,
    tables: Tables = False,
    schema: Schema = None,
    seconds: Seconds = guard.SECONDS,
) -> None:
    if (query is not None) + tables + (schema is not None) != 1:
        raise UsageError(
            Message("Give a statement, or --tables, or --schema TABLE."),
            Message(
                "For example: crm sql {example}",
                example='"select lifecycle, count(*) from contacts group by 1"',
            ),
        )
    with open_session(read_only=True) as workspace:
        made, files = prepared(workspace, with_file or [])
        if tables:
            output.write(_tables(made, files), output.fields(TABLE))
        elif schema is not None:
            output.write(_columns(schema, made, files), output.fields(COLUMN))
        else:
            statement = sys.stdin.read() if query == "-" else str(query)
            names, found = guard.Guarded(workspace.db, seconds).run(statement, _params(param or []))
            entity, records = rows.as_records(names, found)
            output.write(records, output.fields(entity))


command.help = t(  # type: ignore[attr-defined]
    "Ask the workspace in SQL. Tables are the plural nouns, with the fields as columns; a reference has its name, and its "
    "id beside it as company_id. The tables as they are stored are main.contacts and so on. Nothing can be changed this "
    "way.\n\n"
    "\b\nExamples:\n"
    '  crm sql "select lifecycle, count(*) from contacts group by 1"\n'
    '  crm sql "select c.name, l.* from contacts c join leads l using (email)" --with leads.csv\n'
    "  crm sql --schema deals"
)


def prepared(workspace: Workspace, with_files: list[str]) -> tuple[list[View], list[FileTable]]:
    """The connection of ``workspace`` with its views and the tables of files; ``DeniedError`` for who may not."""
    if not workspace.policy.may_run_sql(workspace.actor):
        raise DeniedError(
            Message("You may not ask this workspace in SQL."),
            Message("“crm NOUN list” with --where answers what you may see."),
        )
    if "://" in workspace.db.location:
        raise UsageError(
            Message("“crm sql” reads workspaces in a file; this one is on a database server."),
            Message("Ask the server with its own client, or use “crm NOUN list” with --where."),
            code="not_here",
        )
    made = views.views(workspace.db, workspace.registry, workspace.policy, workspace.actor)
    views.prepare(workspace.db, made)
    files: list[FileTable] = []
    for given in with_files:
        files.append(load(workspace.db, given, {view.name for view in made} | {file.name for file in files}))
    return made, files


def _tables(made: list[View], files: list[FileTable]) -> list[dict[str, Any]]:
    return [
        *({"table": file.name, "columns": len(file.columns), "about": file.path} for file in files),
        *({"table": view.name, "columns": len(view.columns), "about": view.about} for view in made),
    ]


def _columns(name: str, made: list[View], files: list[FileTable]) -> list[dict[str, Any]]:
    for file in files:
        if file.name == name:
            return [
                {"column": key, "type": kind.lower(), "about": None} for key, kind in file.columns.items()
            ]
    for view in made:
        if view.name == name:
            return [{"column": c.name, "type": c.type, "about": c.about} for c in view.columns]
    from difflib import get_close_matches

    near = get_close_matches(name, [view.name for view in made], 3)
    raise NotFoundError(
        Message("There is no table “{name}”.", name=name),
        Message("Did you mean {names}?", names=", ".join(near))
        if near
        else Message("“crm sql --tables” lists them."),
        table=name,
    )


def _params(given: list[str]) -> dict[str, str]:
    params = {}
    for word in given:
        name, equals, value = word.partition("=")
        if not equals or not name.isidentifier():
            raise UsageError(
                Message("“{word}” is no parameter.", word=word),
                Message("Write --param {example}", example="NAME=VALUE"),
            )
        params[name] = value
    return params
