"""``crm history``: what was changed in the workspace, or all changes of one record."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from crmtool.app.history import Done, works
from crmtool.cli.help import with_examples
from crmtool.cli.nouns.common import REFERENCE
from crmtool.cli.nouns.history import LINE, write
from crmtool.cli.output import Output
from crmtool.cli.output.options import prints_rows
from crmtool.cli.session import open_session
from crmtool.core import ids
from crmtool.core.fields import Field
from crmtool.core.kinds import INSTANT, NUMBER, TEXT, YESNO
from crmtool.core.messages import N_, t
from crmtool.core.registry import Entity

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from crmtool.app.workspace import Workspace

Record = Annotated[str | None, typer.Argument(metavar="[RECORD]", help=REFERENCE)]

_FIELDS = [
    Field("at", INSTANT, N_("When")),
    Field("by", TEXT, N_("Who")),
    Field("command", TEXT, N_("Command")),
    Field("count", NUMBER, N_("Records")),
    Field("handle", TEXT, N_("Handle")),
    Field("undone", YESNO, N_("Undone")),
    Field("origin", TEXT, N_("Origin")),
]
WORK = Entity(
    "change",
    "changes",
    N_("Change"),
    N_("Changes"),
    {field.key: field for field in _FIELDS},
    list_fields=("at", "by", "command", "count", "handle", "undone"),
)


@prints_rows
def command(output: Output, record: Record = None) -> None:
    """Print the changes of one record, or what was done in the whole workspace."""
    with open_session() as workspace:
        if record is None:
            fields = output.fields(WORK)
            output.write(_rows(workspace), fields)
            return
        from crmtool.app.resolve import resolve_anywhere

        fields = output.fields(LINE)
        key, found = resolve_anywhere(workspace.reader, record, trash="with")
        write(workspace, workspace.registry.entity(key), found, output, fields)


command.help = with_examples(  # type: ignore[attr-defined]
    t(
        "What was changed, the newest first: when, by whom, with which command, how many records, and "
        "the handle that “crm undo” takes. With a record: every change of it, from what to what."
    ),
    "crm history --limit 10",
    'crm history "Ana Ruiz"',
    "crm history @k7x2p9qa --json",
)


def _rows(workspace: Workspace) -> Iterator[dict[str, Any]]:
    for done in works(workspace):
        row = {name: getattr(done, name) for name in Done._fields}
        yield {**row, "handle": ids.handle(done.handle)}
