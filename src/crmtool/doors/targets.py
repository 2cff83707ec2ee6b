"""The records that a change is about: named, or all that meet a condition; and a command for each."""

from __future__ import annotations

from crmtool.core import ids
from crmtool.core.query import all_of
from crmtool.core.struct import Struct
from crmtool.doors.filters import condition

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from crmtool.app.bulk import Item
    from crmtool.app.commands import Command
    from crmtool.app.workspace import Workspace
    from crmtool.core.query import Node, SortKey
    from crmtool.core.registry import Entity


class Wanted(Struct):
    """What a command line says of the records it means: their names, or a condition, or a file that names them.

    ``where`` are filters, ``view`` and ``on`` the names of a view and a static list, ``node`` a condition of the verb itself: of
    these all must hold.
    """

    records: Sequence[str] = ()
    where: Sequence[str] = ()
    view: str | None = None
    on: str | None = None
    source: str | None = None
    node: Node | None = None

    @property
    def by_condition(self) -> bool:
        return bool(self.where or self.node is not None) or self.view is not None or self.on is not None

    def condition(self, workspace: Workspace, entity: Entity) -> Node | None:
        """The condition that the records must meet."""
        parts = [self.node, condition(workspace, entity, filters=self.where)]
        if self.view is not None:
            from crmtool.doors.views import of_name

            parts.append(of_name(workspace, self.view, entity.key).where)
        if self.on is not None:
            from crmtool.doors.lists import on_list

            parts.append(on_list(workspace, entity, self.on))
        return all_of(parts)


def items(records: Sequence[str], make: Callable[[tuple[str, ...]], Command]) -> Iterator[Item]:
    """A command for each record, whose place is its handle."""
    from crmtool.app.bulk import Item

    return (Item(f"@{ids.handle(record)}", make((record,))) for record in records)


def matching(
    workspace: Workspace,
    entity: Entity,
    node: Node | None,
    *,
    trash: str = "without",
    order: tuple[SortKey, ...] = (),
) -> Iterator[str]:
    """The ids of the records that meet a condition."""
    from crmtool.store.reader import Query

    query = Query(entity.key, node, order, fields=("id",), trash=trash, expand=False)
    return (record["id"] for record in workspace.query(query))
