"""A word of warning when somebody who is entered may be known already."""

from __future__ import annotations

from crmtool.cli.questions import say
from crmtool.core import ids
from crmtool.core.changes import CREATE
from crmtool.core.messages import t
from crmtool.doors.known import worded

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from crmtool.app.workspace import Outcome, Workspace
    from crmtool.core.registry import Entity
    from crmtool.match.entry import Candidate


def candidates(workspace: Workspace, entity: Entity, outcome: Outcome) -> list[Candidate]:
    """Who may be the same as the record that a command added, or would add."""
    from crmtool.match.entry import known_already

    made = next((c for c in outcome.changes if c.entity == entity.key and c.verb == CREATE), None)
    return (
        known_already(workspace.reader, entity, {**made.after, "id": made.record}) if made is not None else []
    )


def warn(entity: Entity, outcome: Outcome, found: list[Candidate]) -> None:
    """Say so to the person, and what to do about it."""
    if not found:
        return
    for candidate in found:
        _, name, why = worded(entity, candidate)
        say(t("Perhaps known already: {name} ({reasons})", name=name, reasons=why))
    if outcome.handle is not None:
        made = next(record for key, record in outcome.made if key == entity.key)
        command = f"crm merge @{ids.handle(found[0].record['id'])} @{ids.handle(made)}"
        say(t("If it is the same: {command}", command=command))


def plain(entity: Entity, found: list[Candidate]) -> list[dict[str, Any]]:
    """The same for programs."""
    if not found:
        return []
    from crmtool.match.reasons import plain

    return [
        {
            "id": candidate.record["id"],
            "name": candidate.record.get(entity.name_field),
            "probability": round(candidate.probability, 4),
            "reasons": plain(candidate.weights, candidate.evidence),
        }
        for candidate in found
    ]
