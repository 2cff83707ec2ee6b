"""What a form shows of a record, and which of its fields may be written."""

from __future__ import annotations

from typing import NamedTuple

from crmtool.core.changes import CREATE, UPDATE, Change
from crmtool.core.errors import NotFoundError
from crmtool.core.ids import is_id
from crmtool.core.messages import Message
from crmtool.doors.lists import editable

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from crmtool.app.workspace import Workspace
    from crmtool.core.fields import Context, Field
    from crmtool.core.registry import Entity

    Record = dict[str, Any]


class Opened(NamedTuple):
    """What a form is about: ``record`` as it was read, references expanded; ``locked`` may be read and not written."""

    entity: Entity
    fields: list[Field]
    locked: frozenset[str]
    record: Record
    ctx: Context


def opened(workspace: Workspace, key: str, record: str | None, values: Mapping[str, Any]) -> Opened:
    """A record to change, or a new one with ``values`` given beforehand. ``NotFoundError`` for one that is gone."""
    entity = workspace.registry.entity(key)
    held = read(workspace, entity, record)
    if held is None:
        raise gone(workspace, entity, record or "")
    if record is None:
        held.update(prepared(workspace, entity, values))
    fields = editable(workspace, entity)
    locked = frozenset(field.key for field in fields if not _may_write(workspace, entity, held, field))
    return Opened(entity, fields, locked, held, workspace.context)


def read(workspace: Workspace, entity: Entity, record: str | None) -> Record | None:
    """The live record, or the defaults of a new one; ``None`` for a record that is gone."""
    if record is not None:
        return workspace.reader.get(entity.key, record, trash="without", expand=True)
    return {key: field.default for key, field in entity.fields.items() if field.default is not None}


def gone(workspace: Workspace, entity: Entity, record: str) -> NotFoundError:
    """The error for a record that is not there any more, with the one into which it was merged."""
    from crmtool.app.merging import KINDS, survivor

    into = survivor(workspace.reader, record) if entity.key in KINDS else None
    name = workspace.reader.names(entity.key, [into]).get(into) if into is not None else None
    if name:
        return NotFoundError(
            Message("The record was merged into {name} meanwhile.", name=name),
            Message("Change {name} instead; nothing typed here is stored.", name=name),
            code="gone",
        )
    return NotFoundError(
        Message("The record was moved to the trash or erased meanwhile."),
        Message("Take the change back with “u”, or look in the trash."),
        code="gone",
    )


def prepared(workspace: Workspace, entity: Entity, values: Mapping[str, Any]) -> Record:
    """Values given beforehand as a record holds them, references with their names."""
    out: Record = {}
    for key, value in values.items():
        field = entity.field(key)
        if field.target and isinstance(value, str):
            name = workspace.reader.names(field.target, [value]).get(value) if is_id(value) else value
            out[field.key] = {"id": value, "name": name}
        elif isinstance(value, str):
            out[field.key] = field.parse(value, workspace.context)
        else:
            out[field.key] = value if field.target else field.validate(value, workspace.context)
    return out


def _may_write(workspace: Workspace, entity: Entity, record: Record, field: Field) -> bool:
    value = record.get(field.key)
    verb = UPDATE if record.get("id") else CREATE
    change = Change(
        entity.key, str(record.get("id") or ""), verb, {field.key: value}, {field.key: value}, record
    )
    return not entity.removed and workspace.policy.may_write(workspace.actor, entity, change)
