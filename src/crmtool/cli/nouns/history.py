"""``crm NOUN history``: who changed what of a record, from what to what, when, by which command."""

from __future__ import annotations

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

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import Any

    from crmtool.app.workspace import Workspace
    from crmtool.store.log import Entry, SetHeader

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
    Field("origin", TEXT, N_("Origin")),
]
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
    log = workspace.log
    hidden = workspace.policy.hidden_fields(workspace.actor, entity)
    headers: dict[int, SetHeader] = {}
    users: dict[str, str] = {}
    for entry in log.entries("record = ?", [record], order="n DESC"):
        header = headers.get(entry.set_n)
        if header is None:
            header = headers[entry.set_n] = next(log.sets("n = ?", [entry.set_n]))
        if header.actor and header.actor not in users:
            users[header.actor] = workspace.reader.names("user", [header.actor]).get(header.actor, "")
        row = {
            "at": header.recorded_at,
            "by": users.get(header.actor or "") or None,
            "command": header.command,
            "handle": ids.handle(header.handle_id),
            "verb": entry.verb,
            "effective_at": entry.effective_at or header.effective_at,
            "origin": header.origin,
        }
        yield from _of_entry(workspace, entity, entry, row, hidden, shown=shown)


def _of_entry(
    workspace: Workspace,
    entity: Entity,
    entry: Entry,
    row: dict[str, Any],
    hidden: frozenset[str],
    *,
    shown: bool,
) -> Iterator[dict[str, Any]]:
    """A line for each field, or one for what has none: the way to the trash and back, or what was erased."""
    from crmtool.cli.commands.undo import verb_label
    from crmtool.cli.nouns.report import named_references

    if entry.verb not in ("create", "update") or not entry.after:
        label = t("(erased)") if entry.redacted else verb_label(entry.verb)
        yield {**row, "field": label if shown else None, "from": None, "to": None}
        return
    old, new = (
        named_references(workspace, entity, entry.before),
        named_references(workspace, entity, entry.after),
    )
    for key in entry.after:
        field = entity.fields.get(key)
        if field is None or field.hidden or key in hidden:
            continue
        if shown:
            before, after = field.kind.display(old.get(key), field), field.kind.display(new.get(key), field)
        else:
            before, after = field.kind.to_json(old.get(key), field), field.kind.to_json(new.get(key), field)
        yield {**row, "field": field.label() if shown else key, "from": before, "to": after}
