"""The output options, declared once for every command that prints records::

    @prints_records
    def command(words: Annotated[list[str], typer.Argument()], output: Output) -> None:
        fields = output.fields(entity)
        output.write(query(..., limit=output.fetch), fields)

The decorated function takes the options in place of ``output``, which is how Typer gets to see them.
"""

from __future__ import annotations

import functools
import inspect
from typing import Annotated, Any

import typer

from crmtool.cli.output import FORMATS, Output, chosen
from crmtool.core.messages import t

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

Json = Annotated[bool, typer.Option("--json", help=t("print JSON"))]
Ndjson = Annotated[bool, typer.Option("--ndjson", help=t("print one JSON object a line"))]
Csv = Annotated[bool, typer.Option("--csv", help=t("print comma-separated values"))]
Tsv = Annotated[bool, typer.Option("--tsv", help=t("print tab-separated values, a record a line"))]
Table = Annotated[bool, typer.Option("--table", help=t("print a table, also in accessible mode"))]
Template = Annotated[
    str | None,
    typer.Option(
        "--template",
        metavar="TEXT",
        help=t("print this text for each record, with {fields} in braces", fields="{name}"),
    ),
]
Fields = Annotated[
    str | None,
    typer.Option(
        "--fields", metavar="[A,B]", help=t("print these fields; “all” for all; without a value, list them")
    ),
]
NoHeaders = Annotated[bool, typer.Option("--no-headers", help=t("leave out the line of headings"))]
OutputFile = Annotated[str | None, typer.Option("--output", metavar="FILE", help=t("write to this file"))]
Where = Annotated[
    list[str] | None,
    typer.Option("--where", metavar="FILTER", help=t("only records that match; several must all match")),
]
Sort = Annotated[
    str | None,
    typer.Option("--sort", metavar="A,-B", help=t("sort by these fields; “-” before one turns it round")),
]
Limit = Annotated[
    int | None, typer.Option("--limit", min=0, metavar="N", help=t("print no more than this many"))
]

_ONE: dict[str, tuple[Any, Any]] = {
    "json": (Json, False),
    "ndjson": (Ndjson, False),
    "csv": (Csv, False),
    "tsv": (Tsv, False),
    "table": (Table, False),
    "template": (Template, None),
    "fields": (Fields, None),
    "no_headers": (NoHeaders, False),
    "output_file": (OutputFile, None),
}
_ROWS: dict[str, tuple[Any, Any]] = {"limit": (Limit, None), **_ONE}
_MANY: dict[str, tuple[Any, Any]] = {"where": (Where, None), "sort": (Sort, None), **_ROWS}


def prints_records(function: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command that prints a list all output options, as its parameter ``output``."""
    return _with_options(function, _MANY)


def prints_rows(function: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command whose list is not read by a query (settings, workspaces) all options but filter and order."""
    return _with_options(function, _ROWS)


def prints_record(function: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command that prints one record the options of format and fields, as its parameter ``output``."""
    return _with_options(function, _ONE)


def _with_options(function: Callable[..., Any], options: dict[str, tuple[Any, Any]]) -> Callable[..., Any]:
    @functools.wraps(function)
    def command(**given: Any) -> Any:
        asked = {name: given.pop(name) for name in options}
        return function(**given, output=_output(asked))

    own = [
        param.replace(kind=inspect.Parameter.KEYWORD_ONLY)
        for param in inspect.signature(function, eval_str=True).parameters.values()
        if param.name != "output"
    ]
    added = [
        inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=default, annotation=annotation)
        for name, (annotation, default) in options.items()
    ]
    command.__signature__ = inspect.Signature([*own, *added])  # type: ignore[attr-defined]
    command.__annotations__ = {param.name: param.annotation for param in [*own, *added]}
    return command


def _output(asked: dict[str, Any]) -> Output:
    template = asked["template"]
    return Output(
        chosen({name: template is not None if name == "template" else asked[name] for name in FORMATS}),
        template=template or "",
        names=asked["fields"],
        where=tuple(asked.get("where") or ()),
        sort=asked.get("sort") or "",
        limit=asked.get("limit"),
        headers=not asked["no_headers"],
        path=asked["output_file"],
    )
