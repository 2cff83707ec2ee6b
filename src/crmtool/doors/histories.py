"""The history of a record in words, a row for each field of each change."""

from __future__ import annotations

from crmtool.app.history import lines
from crmtool.core import ids
from crmtool.core.dates import local_text
from crmtool.core.messages import N_, t
from crmtool.doors.sheets import Line

TYPE_CHECKING = False
if TYPE_CHECKING:
    from crmtool.app.workspace import Workspace
    from crmtool.core.registry import Entity

_VERBS = {
    "create": N_("Added"),
    "update": N_("Changed"),
    "delete": N_("Moved to the trash"),
    "restore": N_("Restored"),
    "purge": N_("Erased"),
}


def told(workspace: Workspace, key: str, record: str) -> tuple[str, list[Line]]:
    """(name, rows) of a record's history, the newest first; the ``value`` of a row is the handle that undo takes."""
    entity = workspace.registry.entity(key)
    name = workspace.reader.names(key, [record]).get(record, "")
    rows = []
    for number, one in enumerate(lines(workspace, entity, record)):
        what = _what(entity, one)
        if one.record != record:  # of what was merged into it
            what = t("@{handle}: {field}", handle=ids.handle(one.record), field=what)
        who = t("{what} ({who})", what=what, who=one.by) if one.by else what
        text = t("{text}, {command}, {handle}", text=who, command=one.command, handle=ids.handle(one.handle))
        rows.append(
            Line(f"{one.handle}.{one.field}.{number}", text, local_text(one.at), value=ids.handle(one.handle))
        )
    return name, rows


def _what(entity: Entity, one: object) -> str:
    from crmtool.app.history import Line as Change

    assert isinstance(one, Change)
    if one.field is None:
        return t("(erased)") if one.erased else t(_VERBS[one.verb])
    field = entity.fields[one.field]
    before, after = field.kind.display(one.before, field), field.kind.display(one.after, field)
    words = {"field": field.label(), "before": before or "–", "after": after or "–"}
    return t("{field}: {before} → {after}", **words)
