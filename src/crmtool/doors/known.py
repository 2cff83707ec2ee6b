"""Who may be the same as somebody that is being entered, in words."""

from __future__ import annotations

from crmtool.core import ids
from crmtool.core.messages import t

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from crmtool.app.workspace import Workspace
    from crmtool.core.registry import Entity
    from crmtool.match.entry import Candidate

KINDS = ("contact", "company")


def known_already_in_words(
    workspace: Workspace, entity: Entity, values: dict[str, Any]
) -> list[tuple[str, str, str]]:
    """(id, name and handle, why) of the records that may be the same as these stored values, the likeliest first."""
    from crmtool.match.entry import known_already

    return [worded(entity, candidate) for candidate in known_already(workspace.reader, entity, values)]


def worded(entity: Entity, candidate: Candidate) -> tuple[str, str, str]:
    """(id, name and handle, why) of one candidate."""
    from crmtool.match.reasons import reasons

    record = candidate.record
    name = t("{name} @{handle}", name=record.get(entity.name_field) or "", handle=ids.handle(record["id"]))
    return record["id"], name, "; ".join(reasons(candidate.weights, candidate.evidence))
