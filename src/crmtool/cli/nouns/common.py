"""What the verbs share: their parameters, and the record that a word means."""

from __future__ import annotations

from typing import Annotated

import typer

from crmtool.core.messages import t

TYPE_CHECKING = False
if TYPE_CHECKING:
    from crmtool.app.workspace import Workspace
    from crmtool.core.registry import Entity

REFERENCE = t("An exact name, @handle, e-mail address, phone number or id.")

Reference = Annotated[str, typer.Argument(metavar="RECORD", help=REFERENCE)]
References = Annotated[list[str], typer.Argument(metavar="RECORD", help=REFERENCE)]
Json = Annotated[bool, typer.Option("--json", help=t("print what was changed as JSON"))]
DryRun = Annotated[bool, typer.Option("--dry-run", help=t("show what would happen, and change nothing"))]
Yes = Annotated[bool, typer.Option("--yes", "-y", help=t("do it without asking"))]
From = Annotated[
    str | None,
    typer.Option(
        "--from", metavar="FILE", help=t("read records from a CSV, JSON or NDJSON file; “-” is stdin")
    ),
]
Where = Annotated[
    list[str] | None,
    typer.Option(
        "--where", metavar="FILTER", help=t("all records that match; several filters must all match")
    ),
]
View = Annotated[str | None, typer.Option("--view", metavar="NAME", help=t("all records of a view"))]
OnList = Annotated[str | None, typer.Option("--list", metavar="NAME", help=t("all records on a static list"))]
Effective = Annotated[
    str | None, typer.Option("--effective", metavar="DATE", help=t("when it really happened, if not now"))
]
AsOf = Annotated[
    str | None, typer.Option("--as-of", metavar="DATE", help=t("as it was at the end of that day"))
]


def find(workspace: Workspace, entity: Entity, text: str, *, trash: str = "without") -> str:
    """The id of the one record that a word means. Raises ``NotFoundError`` or ``AmbiguousError``."""
    from crmtool.app.resolve import resolve

    return resolve(workspace.reader, workspace.registry.entity(entity.key), text, trash=trash)
