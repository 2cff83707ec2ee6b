"""How many tasks are late and how many are due today: the two numbers of the prompt, read without the filter language."""

from __future__ import annotations

from crmtool.core import dates
from crmtool.core.query import Compare, Empty, Or, Path, all_of
from crmtool.store.reader import Query

TYPE_CHECKING = False
if TYPE_CHECKING:
    from crmtool.app.workspace import Workspace
    from crmtool.core.query import Node


def due(workspace: Workspace) -> tuple[int, int]:
    """(overdue, due today): open tasks of the actor, and those of nobody."""
    task = workspace.registry.entity("task")
    status, day, owner = (Path((task.fields[key],)) for key in ("status", "due_on", "owner"))
    mine: Node | None = None
    if workspace.actor.user is not None:
        mine = Or((Compare(owner, "=", workspace.actor.user), Empty(owner)))
    today = dates.today(workspace.context).isoformat()

    def count(operator: str) -> int:
        where = all_of([Compare(day, operator, today), Compare(status, "=", "open"), mine])
        return workspace.reader.count(Query("task", where))

    return count("<"), count("=")
