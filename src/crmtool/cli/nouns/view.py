"""Views: a filter with an order and columns, kept under a name. ``crm view show NAME`` runs one, ``list --view`` narrows it."""

from __future__ import annotations

from typing import Annotated

import typer

from crmtool.cli.nouns import wording
from crmtool.cli.nouns.common import AsOf
from crmtool.cli.nouns.list import columns_of, write
from crmtool.cli.output import Output
from crmtool.cli.output.options import prints_records
from crmtool.cli.session import open_session
from crmtool.core.messages import t
from crmtool.core.query import all_of
from crmtool.doors.filters import condition
from crmtool.doors.views import Shown, of_name

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from crmtool.app.workspace import Workspace
    from crmtool.core.registry import Entity

Name = Annotated[str, typer.Argument(metavar="NAME", help=t("The view’s name or @handle."))]


def adopt(workspace: Workspace, name: str, output: Output, expected: str | None = None) -> Shown:
    """The view of a name; its columns become those of ``output`` unless the command line names others."""
    shown = of_name(workspace, name, expected)
    if output.names is None and output.format != "template":
        output.names = columns_of(shown.columns)
    return shown


def command(entity: Entity) -> Callable[..., None]:
    """``crm view show``."""

    @prints_records
    def show(name: Name, output: Output, as_of: AsOf = None) -> None:
        with open_session() as workspace:
            shown = adopt(workspace, name, output)
            kind = workspace.registry.entity(shown.entity)
            where = all_of([shown.where, condition(workspace, kind, filters=output.where)])
            write(workspace, kind, output, where, output.sort or shown.sort, as_of=as_of)

    show.help = wording.compose(  # type: ignore[attr-defined]
        entity,
        "show",
        t(
            "The records of a view, as its filter, order and columns say; the options narrow and override them."
        ),
    )
    return show
