"""Lists as every door asks for them: the columns one may see, fields of other records, an order, a static list."""

from __future__ import annotations

from crmtool.core.errors import UsageError
from crmtool.core.messages import Message, t
from crmtool.core.query import Linked

TYPE_CHECKING = False
if TYPE_CHECKING:
    from crmtool.app.workspace import Workspace
    from crmtool.core.fields import Field
    from crmtool.core.query import Node, SortKey
    from crmtool.core.registry import Entity


def order(workspace: Workspace, entity: Entity, sort: str) -> tuple[SortKey, ...]:
    """The sort keys of a text, or of the entity's own order."""
    from crmtool.app.asking import parse_order

    text = sort or entity.default_sort
    return parse_order(text, entity, workspace.registry) if text else ()


def visible(workspace: Workspace, entity: Entity) -> Entity:
    """The definition without the fields that the actor may not see, so that no door names them."""
    hidden = workspace.policy.hidden_fields(workspace.actor, entity)
    if not hidden:
        return entity
    fields = {key: field for key, field in entity.fields.items() if key not in hidden}
    columns = tuple(key for key in entity.list_fields if key not in hidden)
    return entity.replace(fields=fields, list_fields=columns, _aliases=None)


def editable(workspace: Workspace, entity: Entity) -> list[Field]:
    """The fields a person may write in a form or an editor, in order."""
    return [f for f in workspace.reader.visible_fields(entity) if f.writable and not f.hidden]


def field_named(workspace: Workspace, entity: Entity, name: str) -> Field:
    """The field of a name as typed; a dotted one is answered under its dotted key."""
    if "." not in name:
        return visible(workspace, entity).field(name)
    from crmtool.core.queries.paths import path_named

    path = path_named(name, entity, workspace.registry)
    outer, inner = path.steps[-2], path.steps[-1]
    label = t("{outer}: {inner}", outer=outer.label(), inner=inner.label())
    return inner.replace(key=str(path), name=label)


def on_list(workspace: Workspace, entity: Entity, name: str) -> Node:
    """The condition of being on a static list. ``UsageError`` when the list holds records of another kind."""
    from crmtool.app.resolve import resolve

    found = resolve(workspace.reader, workspace.registry.entity("list"), name)
    record = workspace.reader.require("list", found)
    if record["of"] != entity.key:
        raise UsageError(
            Message("The list “{list}” holds {noun} records.", list=record["name"], noun=record["of"]),
            Message("See: {command}", command=f"crm {record['of']} list --list …"),
            code="other_kind",
        )
    return Linked("member", found)
