"""``crm count`` with options, through the framework."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from crmtool.cli.commands.count import number
from crmtool.cli.help import with_examples
from crmtool.cli.nouns.common import AsOf, Where
from crmtool.cli.session import open_session
from crmtool.core.messages import t
from crmtool.doors.filters import moment_of

Noun = Annotated[str, typer.Argument(metavar="NOUN", help=t("The kind of record: contact, company, deal, …"))]
Filter = Annotated[
    list[str] | None, typer.Argument(metavar="FILTER", help=t("Only records that match, as with --where."))
]
Trash = Annotated[bool, typer.Option("--trash", help=t("count what is in the trash instead"))]


View = Annotated[str | None, typer.Option("--view", metavar="NAME", help=t("only records that a view shows"))]
Listed = Annotated[str | None, typer.Option("--list", metavar="NAME", help=t("only records on this list"))]


def command(
    noun: Noun,
    words: Filter = None,
    where: Where = None,
    trash: Trash = False,
    as_of: AsOf = None,
    view: View = None,
    on: Listed = None,
) -> None:
    """Print one number."""
    with open_session() as workspace:
        moment = moment_of(workspace, as_of)
        found = number(
            workspace, noun, words or [], where or [], view=view, on=on,
            trash="only" if trash else "without", as_of=moment,
        )  # fmt: skip
        sys.stdout.write(f"{found}\n")


command.help = with_examples(  # type: ignore[attr-defined]
    t("How many records match, as a bare number."),
    "crm count contact",
    "crm count deal 'status = open and amount > 10k'",
    "crm count deal status=open --as-of 2026-01-01",
    "crm count contact --list Newsletter",
)
