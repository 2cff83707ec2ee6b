"""What a change did, in words: its verb, and each field from what to what."""

from __future__ import annotations

from crmtool.app.history import named_references
from crmtool.core.changes import CREATE, DELETE, PURGE, RESTORE, UPDATE
from crmtool.core.messages import t
from crmtool.doors.safe import escape

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from crmtool.app.workspace import Workspace
    from crmtool.core.registry import Entity

    Record = dict[str, Any]


def differences(workspace: Workspace, entity: Entity, before: Record, after: Record) -> Iterator[str]:
    """One line a field that changes: its label, the old value and the new one."""
    hidden = workspace.policy.hidden_fields(workspace.actor, entity)
    old, new = named_references(workspace, entity, before), named_references(workspace, entity, after)
    for key in after:
        field = entity.fields.get(key)
        if field is None or key in hidden or field.hidden:
            continue
        yield t(
            "{field}: {old} → {new}",
            field=field.label(),
            old=escape(field.kind.display(old.get(key), field)) or t("(empty)"),
            new=escape(field.kind.display(new.get(key), field)) or t("(empty)"),
        )


def verb_label(verb: str) -> str:
    """What was done to a record, as a word."""
    return {
        CREATE: t("added"),
        UPDATE: t("changed"),
        DELETE: t("moved to the trash"),
        RESTORE: t("restored"),
        PURGE: t("erased"),
    }.get(verb, verb)
