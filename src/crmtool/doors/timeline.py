"""The timeline of a record in words."""

from __future__ import annotations

from crmtool.core.dates import local_text
from crmtool.core.messages import t

TYPE_CHECKING = False
if TYPE_CHECKING:
    from crmtool.app.timeline import Event
    from crmtool.app.workspace import Workspace


def line(workspace: Workspace, event: Event) -> str:
    """One event for people: when, what, and by whom."""
    what = _changed(workspace, event) if event.verb else _happened(workspace, event)
    if event.by:
        what = t("{what} ({who})", what=what, who=event.by)
    return t("{when}  {what}", when=local_text(event.at), what=what)


def _happened(workspace: Workspace, event: Event) -> str:
    entity = workspace.registry.entity(event.entity)
    kind = entity.label()
    if event.type is not None:
        kind = entity.fields["type"].kind.display(event.type, entity.fields["type"])
    return t("{kind}: {text}", kind=kind, text=event.name)


def _changed(workspace: Workspace, event: Event) -> str:
    """What was done to the record itself; fields are named, their values are for the history."""
    said = {"create": t("Added"), "delete": t("Moved to the trash"), "restore": t("Restored")}.get(event.verb)
    fields = workspace.registry.entity(event.entity).fields
    return said or t("Changed: {fields}", fields=", ".join(fields[key].label() for key in event.fields))
