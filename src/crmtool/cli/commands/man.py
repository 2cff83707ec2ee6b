"""``crm man``: the manual pages, printed or installed."""

from __future__ import annotations

import os
import sys
from typing import Annotated

import typer

from crmtool.cli.manual import pages
from crmtool.cli.output.screen import FileTarget
from crmtool.cli.table import TABLE
from crmtool.core.errors import UsageError
from crmtool.core.messages import Message, t, tn
from crmtool.doors.safe import escape

Name = Annotated[
    str | None,
    typer.Argument(metavar="COMMAND", help=t("The command; the page of the program itself when left out.")),
]
Install = Annotated[
    str | None,
    typer.Option("--install", metavar="DIR", help=t("write every page into the folder man1 of this one")),
]


def command(name: Name = None, install: Install = None) -> None:
    if name is not None and name not in TABLE:
        from crmtool.cli.frame import unknown_command

        raise unknown_command(f"crm {name}", name, TABLE)
    if install is None:
        sys.stdout.writelines(text for _, text in pages(name or ""))
        if sys.stdout.isatty():
            shown = f"crm man {name or ''}".strip() + " | man -l -"
            print(t("Read it as a page with: {command}", command=shown), file=sys.stderr)
        return
    if name is not None:
        raise UsageError(
            Message("--install writes every page; leave the name out."),
            Message("Write it as: {command}", command="crm man --install FOLDER"),
        )
    folder = os.path.join(install, "man1")
    os.makedirs(folder, exist_ok=True)
    count = 0
    for file, text in pages():
        with FileTarget(os.path.join(folder, file)) as target:
            target.write(text)
        count += 1
    print(
        escape(tn("{n} page written to {folder}.", "{n} pages written to {folder}.", count, folder=folder)),
        file=sys.stderr,
    )


command.help = t(  # type: ignore[attr-defined]
    "Print a manual page in troff, or install all of them.\n\n"
    "\b\nExamples:\n"
    "  crm man contact | man -l -\n"
    "  crm man --install ~/.local/share/man"
)
