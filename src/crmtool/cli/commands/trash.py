"""``crm trash``: what was deleted and can be restored."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from crmtool.cli.help import with_examples
from crmtool.cli.output import Output
from crmtool.cli.output.options import prints_rows
from crmtool.cli.session import open_session
from crmtool.core.fields import Field
from crmtool.core.kinds import INSTANT, TEXT
from crmtool.core.messages import N_, t
from crmtool.core.query import Path, SortKey
from crmtool.core.registry import Entity
from crmtool.store.reader import Query

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from crmtool.app.workspace import Workspace

Noun = Annotated[str | None, typer.Argument(metavar="[NOUN]", help=t("Only this kind of record."))]

_FIELDS = [
    Field("deleted_at", INSTANT, N_("Deleted")),
    Field("entity", TEXT, N_("Kind")),
    Field("name", TEXT, N_("Name")),
    Field("by", TEXT, N_("By")),
    Field("id", TEXT, N_("Id")),
]
ITEM = Entity(
    "deleted",
    "deleted",
    N_("Deleted record"),
    N_("Deleted records"),
    {field.key: field for field in _FIELDS},
    list_fields=("deleted_at", "entity", "name", "by", "id"),
)


@prints_rows
def command(output: Output, noun: Noun = None) -> None:
    """Print what is in the trash, kind by kind, the newest of each first."""
    fields = output.fields(ITEM)
    with open_session() as workspace:
        registry = workspace.registry
        kinds = (
            [registry.entity(noun)] if noun else [e for e in registry.entities.values() if e.key != "link"]
        )
        output.write((row for kind in kinds for row in _rows(workspace, kind)), fields)


command.help = with_examples(  # type: ignore[attr-defined]
    t("What was deleted and can be restored, kind by kind, the last one deleted first."),
    "crm trash",
    "crm trash contact --json",
    "crm contact restore @k7x2p9qa",
    "crm purge @k7x2p9qa",
)


def _rows(workspace: Workspace, kind: Entity) -> Iterator[dict[str, Any]]:
    order = (SortKey(Path((kind.fields["deleted_at"],)), descending=True),)
    names = [kind.name_field] if kind.name_field in kind.fields else []
    query = Query(kind.key, None, order, fields=(*names, "deleted_at", "updated_by"), trash="only")
    for record in workspace.query(query):
        by = record["updated_by"]
        yield {
            "deleted_at": record["deleted_at"],
            "entity": kind.key,
            "name": record.get(kind.name_field),
            "by": by["name"] if isinstance(by, dict) else None,
            "id": record["id"],
        }
