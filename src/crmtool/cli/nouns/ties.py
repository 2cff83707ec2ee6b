"""The links of a record, read from either end: who works where, who takes part, what else something is about."""

from __future__ import annotations

from crmtool.core.messages import N_, t
from crmtool.core.query import All, Compare, Or, Path, SortKey, all_of
from crmtool.core.struct import Struct
from crmtool.store.reader import Query

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from crmtool.app.workspace import Workspace
    from crmtool.core.query import Node

# relation -> (how it reads from its beginning, how it reads from its end)
READS = {
    "employment": (N_("Works at"), N_("Works here")),
    "participant": (N_("Takes part in"), N_("Takes part")),
    "about": (N_("Is also about"), N_("Spoken of in")),
    "related": (N_("Is related to"), N_("Is related to")),
    "member": (N_("Is on the list"), N_("On the list")),
    "attachment": (N_("Is attached to"), N_("Attached")),
}


class Tie(Struct):
    """One link seen from a record: the link's id, how it reads, and the record at its other end."""

    link: str
    relation: str
    forward: bool
    entity: str
    other: str
    name: str | None
    role: str | None
    starts_on: str | None
    ends_on: str | None

    def label(self) -> str:
        """How the relation reads from here."""
        return t(READS[self.relation][0 if self.forward else 1])


def ties(
    workspace: Workspace, record: str, *, relation: str | None = None, limit: int | None = None
) -> list[Tie]:
    """The links of a record, the current ones and then the newest first; what lies behind those it may not show has no name."""
    entity = workspace.registry.entity("link")
    ends: Node = Or(
        (
            Compare(Path((entity.fields["from"],)), "=", record),
            Compare(Path((entity.fields["to"],)), "=", record),
        )
    )
    kind: Node = All() if relation is None else Compare(Path((entity.fields["relation"],)), "=", relation)
    order = (SortKey(Path((entity.fields["created_at"],)), descending=True),)
    found = list(workspace.query(Query("link", all_of([ends, kind]), order, limit=limit, expand=False)))
    out = []
    for link in found:
        forward = link["from"] == record
        other, key = (link["to"], link["to_entity"]) if forward else (link["from"], link["from_entity"])
        names = workspace.reader.names(key, [other]) if key in workspace.registry.entities else {}
        out.append(
            Tie(
                link["id"], link["relation"], forward, key, other, names.get(other), link["role"],
                link["starts_on"], link["ends_on"],
            )
        )  # fmt: skip
    out.sort(key=lambda tie: tie.ends_on or "9999", reverse=True)
    return out


def period(tie: Tie) -> str:
    """The time of a link for people; empty where it has none."""
    if tie.starts_on and tie.ends_on:
        return t("{start} to {end}", start=tie.starts_on, end=tie.ends_on)
    if tie.ends_on:
        return t("until {end}", end=tie.ends_on)
    return t("since {start}", start=tie.starts_on) if tie.starts_on else ""


def plain(tie: Tie) -> dict[str, Any]:
    """A link as programs get it."""
    return {
        "id": tie.link,
        "relation": tie.relation,
        "direction": "from" if tie.forward else "to",
        "entity": tie.entity,
        "record": {"id": tie.other, "name": tie.name},
        "role": tie.role,
        "starts_on": tie.starts_on,
        "ends_on": tie.ends_on,
    }
