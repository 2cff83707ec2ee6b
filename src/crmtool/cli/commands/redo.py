"""``crm redo``: do again what was undone."""

from __future__ import annotations

from typing import Annotated

import typer

from crmtool.cli.commands.undo import take_back
from crmtool.cli.help import with_examples
from crmtool.cli.nouns.common import DryRun, Json, Yes
from crmtool.core.messages import t

Handle = Annotated[
    str | None,
    typer.Argument(
        metavar="HANDLE",
        help=t("The handle that the undo answered; without one, the last undo if nothing came after it."),
    ),
]


def command(handle: Handle = None, dry_run: DryRun = False, yes: Yes = False, as_json: Json = False) -> int:
    """Take an undo back."""
    return take_back(handle, redo=True, dry_run=dry_run, yes=yes, as_json=as_json)


command.help = with_examples(  # type: ignore[attr-defined]
    t("Do again what was undone."),
    "crm redo",
    "crm redo 86cyskgs --yes",
)
