"""Views by their name: a filter with an order and columns."""

from __future__ import annotations

from crmtool.app.resolve import resolve
from crmtool.core.errors import UsageError
from crmtool.core.messages import Message
from crmtool.core.struct import Struct
from crmtool.doors.filters import condition

TYPE_CHECKING = False
if TYPE_CHECKING:
    from crmtool.app.workspace import Workspace
    from crmtool.core.query import Node


class Shown(Struct):
    """What a view asks for: the kind of record, a condition, the text of an order, the columns."""

    entity: str
    where: Node | None
    sort: str
    columns: tuple[str, ...]


def of_name(workspace: Workspace, name: str, expected: str | None = None) -> Shown:
    """The view that a word means. ``UsageError`` when it shows another kind of record than the one ``expected``."""
    found = resolve(workspace.reader, workspace.registry.entity("view"), name)
    record = workspace.reader.require("view", found)
    if expected is not None and record["of"] != expected:
        raise UsageError(
            Message("The view “{view}” is of {noun} records.", view=record["name"], noun=record["of"]),
            Message("See: {command}", command="crm view show"),
            code="other_kind",
        )
    entity = workspace.registry.entity(record["of"])
    where = condition(workspace, entity, filters=[record["filter"]]) if record["filter"] else None
    return Shown(entity.key, where, record["sort"] or "", tuple(record["columns"] or ()))
