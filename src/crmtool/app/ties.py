"""The links of a record, read from either end: who works where, who takes part, what else something is about."""

from __future__ import annotations

from crmtool.core import dates
from crmtool.core.query import All, Compare, Or, Path, SortKey, all_of
from crmtool.core.struct import Struct
from crmtool.store.reader import Query

TYPE_CHECKING = False
if TYPE_CHECKING:
    from crmtool.app.workspace import Workspace
    from crmtool.core.query import Node


class Tie(Struct):
    """One link seen from a record: the link's id, its relation, and the record at its other end.

    ``forward``: the record stands at the link's beginning. ``past``: it ended on an earlier day or today. ``name`` is ``None``
    for what the actor may not see.
    """

    link: str
    relation: str
    forward: bool
    entity: str
    other: str
    name: str | None
    role: str | None
    starts_on: str | None
    ends_on: str | None
    past: bool


def ties(
    workspace: Workspace, record: str, *, relation: str | None = None, limit: int | None = None
) -> list[Tie]:
    """The links of a record, the current ones and then those that ended last; what it may not show has no name."""
    entity = workspace.registry.entity("link")
    ends: Node = Or(
        (
            Compare(Path((entity.fields["from"],)), "=", record),
            Compare(Path((entity.fields["to"],)), "=", record),
        )
    )
    kind: Node = All() if relation is None else Compare(Path((entity.fields["relation"],)), "=", relation)
    order = (SortKey(Path((entity.fields["created_at"],)), descending=True),)
    today = dates.today(workspace.context).isoformat()
    out = []
    for link in workspace.query(Query("link", all_of([ends, kind]), order, limit=limit, expand=False)):
        forward = link["from"] == record
        other, key = (link["to"], link["to_entity"]) if forward else (link["from"], link["from_entity"])
        names = workspace.reader.names(key, [other]) if key in workspace.registry.entities else {}
        out.append(
            Tie(
                link["id"], link["relation"], forward, key, other, names.get(other), link["role"],
                link["starts_on"], link["ends_on"], bool(link["ends_on"]) and link["ends_on"] <= today,
            )
        )  # fmt: skip
    out.sort(key=lambda tie: tie.ends_on or "9999", reverse=True)
    return out


__all__ = ["Tie", "ties"]
