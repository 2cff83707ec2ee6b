"""What an erasure would take with it, said before it is done."""

from __future__ import annotations

from crmtool.core import ids
from crmtool.core.messages import t

TYPE_CHECKING = False
if TYPE_CHECKING:
    from crmtool.app.workspace import Outcome, Workspace


def sentences(workspace: Workspace, tried: list[Outcome]) -> list[str]:
    """What would go: each record that was named, then how many of each kind go with them, then that it is for good."""
    counts: dict[str, int] = {}
    lines = []
    for outcome in tried:
        for change in outcome.changes:
            counts[change.entity] = counts.get(change.entity, 0) + 1
        named = outcome.changes[-1:] if len(outcome.changes) == 1 or not outcome.command else outcome.changes
        for change in named:
            entity = workspace.registry.entity(change.entity)
            if change.entity in ("note", "activity", "task", "link") and len(outcome.changes) > 1:
                continue
            name = (change.base or {}).get(entity.name_field) or ""
            words = {"noun": entity.label(), "name": name, "handle": ids.handle(change.record)}
            lines.append(t("To erase: {noun} {name} @{handle}", **words))
    if sum(counts.values()) > len(lines):
        parts = ", ".join(
            t("{noun}: {count}", noun=workspace.registry.entity(key).plural_label(), count=f"{count:,}")
            for key, count in counts.items()
        )
        lines.append(t("In all: {parts}", parts=parts))
    lines.append(t("This cannot be undone."))
    return lines
