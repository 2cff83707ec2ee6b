"""``crm history``: what was changed in the workspace, or all changes of one record."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from crmtool.app.undo import is_undone
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
    from crmtool.store.log import Entry, SetHeader

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
_LOOKED_AT = 50  # entries of a change that are tried for one the actor may see


@prints_rows
def command(output: Output, record: Record = None) -> None:
    """Print the changes of one record, or what was done in the whole workspace."""
    with open_session() as workspace:
        if record is None:
            fields = output.fields(WORK)
            output.write(_works(workspace), fields)
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


def _works(workspace: Workspace) -> Iterator[dict[str, Any]]:
    """One row a change set, or a whole job, of which the actor may see something."""
    seen: set[str] = set()
    users: dict[str, str] = {}
    for header in workspace.log.sets(order="n DESC"):
        if header.handle_id in seen or not _visible(workspace, header):
            continue
        seen.add(header.handle_id)
        if header.actor and header.actor not in users:
            users[header.actor] = workspace.reader.names("user", [header.actor]).get(header.actor, "")
        count = (
            sum(part.count for part in workspace.log.sets("job = ?", [header.job]))
            if header.job
            else header.count
        )
        yield {
            "at": header.recorded_at,
            "by": users.get(header.actor or "") or None,
            "command": header.command,
            "count": count,
            "handle": ids.handle(header.handle_id),
            "undone": is_undone(workspace, header.handle_id),
            "origin": header.origin,
        }


def _visible(workspace: Workspace, header: SetHeader) -> bool:
    """Whether the actor may see one of the records that a change set touched. The log itself knows no policy."""
    entries = workspace.log.entries(
        "n >= ? AND n < ?", (header.first, header.first + header.count), limit=_LOOKED_AT
    )
    return any(_may_see(workspace, entry) for entry in entries)


def _may_see(workspace: Workspace, entry: Entry) -> bool:
    entity = workspace.registry.entities.get(entry.entity)
    if entity is None or not workspace.policy.can_read(workspace.actor, entity):
        return False
    # Of an erased record nothing is left to hide; that somebody erased it is to be seen.
    return entry.redacted or workspace.reader.get(entry.entity, entry.record) is not None
