"""``crm NOUN history``: who changed what of a record, from what to what, when, by which command."""

from __future__ import annotations

from crmtool.app.history import lines
from crmtool.cli.nouns import wording
from crmtool.cli.nouns.common import Reference, find
from crmtool.cli.output import Output
from crmtool.cli.output.options import prints_rows
from crmtool.cli.session import open_session
from crmtool.core import ids
from crmtool.core.fields import Field
from crmtool.core.kinds import INSTANT, JSON, TEXT
from crmtool.core.messages import N_, t
from crmtool.core.registry import Entity
from crmtool.doors.changes import verb_label

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import Any

    from crmtool.app.workspace import Workspace

_FIELDS = [
    Field("at", INSTANT, N_("When")),
    Field("by", TEXT, N_("Who")),
    Field("field", TEXT, N_("Field")),
    Field("from", JSON, N_("From")),
    Field("to", JSON, N_("To")),
    Field("command", TEXT, N_("Command")),
    Field("handle", TEXT, N_("Handle")),
    Field("verb", TEXT, N_("What")),
    Field("effective_at", INSTANT, N_("In effect from")),
    Field("recorded_at", INSTANT, N_("Recorded")),
    Field("origin", TEXT, N_("Origin")),
    Field("record", TEXT, N_("Record")),
]
_SAME = ("at", "by", "field", "command", "verb", "effective_at", "recorded_at", "origin", "record")
LINE = Entity(
    "change",
    "changes",
    N_("Change"),
    N_("Changes"),
    {field.key: field for field in _FIELDS},
    list_fields=("at", "by", "field", "from", "to", "command", "handle"),
)


def command(entity: Entity) -> Callable[..., None]:
    """``crm NOUN history``."""
    key = entity.key

    @prints_rows
    def history(record: Reference, output: Output) -> None:
        fields = output.fields(LINE)
        with open_session() as workspace:
            kind = workspace.registry.entity(key)
            write(workspace, kind, find(workspace, kind, record, trash="with"), output, fields)

    history.help = wording.compose(  # type: ignore[attr-defined]
        entity, "history",
        t("Every change of a record, the newest first: when, who, which field, from what, to what, by which command. "
          "The handle is what “crm undo” takes."),
    )  # fmt: skip
    return history


def write(workspace: Workspace, entity: Entity, record: str, output: Output, fields: list[Field]) -> None:
    """Print every change of a record, the newest first."""
    shown = output.for_people or output.format == "template"
    if shown:
        # People read values as the field shows them; a program gets them as the record holds them.
        fields = [field.replace(kind=TEXT) if field.kind is JSON else field for field in fields]
    output.write(_rows(workspace, entity, record, shown=shown), fields)


def _rows(workspace: Workspace, entity: Entity, record: str, *, shown: bool) -> Iterator[dict[str, Any]]:
    for line in lines(workspace, entity, record):
        row: dict[str, Any] = {key: getattr(line, key) for key in _SAME}
        row.update({"handle": ids.handle(line.handle), "from": None, "to": None})
        if line.field is not None:
            field = entity.fields[line.field]
            show = field.kind.display if shown else field.kind.to_json
            label = field.label() if shown else field.key
            row.update({"field": label, "from": show(line.before, field), "to": show(line.after, field)})
        elif shown:
            row["field"] = t("(erased)") if line.erased else verb_label(line.verb)
        if shown and line.record != record:  # of what was merged into it
            row["field"] = t("@{handle}: {field}", handle=ids.handle(line.record), field=row["field"])
        yield row
