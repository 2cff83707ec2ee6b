"""What taking a change back would do, said before it is done, and what it had to leave, said after."""

from __future__ import annotations

from crmtool.core import ids
from crmtool.core.messages import t
from crmtool.doors.changes import differences, verb_label

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from typing import Any

    from crmtool.app.undo import Target
    from crmtool.app.workspace import Workspace

SHOWN = 10


def shown(workspace: Workspace, target: Target, *, redo: bool) -> Iterator[str]:
    """What a change did, for the person who is about to take it back, or to do it again."""
    from crmtool.core.dates import local_text

    sets = target.sets
    if redo:  # an undo is taken back; what it took back is what will be done
        again = sets[-1].undoes
        sets = list(workspace.log.sets("id = ? OR job = ?", [again, again], order="n DESC")) or sets
    words = {
        "command": sets[0].command,
        "when": local_text(sets[-1].recorded_at),
        "handle": ids.handle(sets[0].handle_id),
    }
    if redo:
        yield t("To do again: {command} of {when}, {handle}", **words)
    else:
        yield t("To take back: {command} of {when}, {handle}", **words)
    left = SHOWN
    for one in sets:
        for entry in workspace.log.of_set(one):
            if not left:
                yield t("  … {n} records in all.", n=f"{target.count:,}")
                return
            entity = workspace.registry.entities.get(entry.entity)
            record = workspace.reader.get(entry.entity, entry.record) if entity else None
            if entity is None or record is None:
                continue
            left -= 1
            name = record.get(entity.name_field) or f"@{ids.handle(entry.record)}"
            yield "  " + t(
                "{noun} {name}: {verb}", noun=entity.label(), name=name, verb=verb_label(entry.verb)
            )
            if entry.verb == "update":
                yield from (
                    f"    {line}" for line in differences(workspace, entity, entry.before, entry.after)
                )


def left(skipped: Sequence[dict[str, Any]], most: int | None = SHOWN) -> Iterator[str]:
    """The records that stay as they are, each with the reason."""
    for item in skipped[:most]:
        name = item["name"] or f"@{ids.handle(item['id'])}"
        yield t("Left as it is: {name}: {reason}", name=name, reason=item["reason"])
    if most is not None and len(skipped) > most:
        yield t("… and {n} more.", n=len(skipped) - most)
