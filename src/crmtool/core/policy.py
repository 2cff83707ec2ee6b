"""Who may see and change what: one interface, asked by the reader for every query and by the writer's
callers for every change.

``row_filter`` answers a filter in the query language's own tree, so that row policy becomes part of the SQL
of every read, also of search candidates and counts. The default policy of a workspace on one machine allows
everything; roles arrive with the server.
"""

from __future__ import annotations

from crmtool.core.errors import DeniedError
from crmtool.core.messages import Message

TYPE_CHECKING = False
if TYPE_CHECKING:
    from crmtool.core.changes import Actor, Change
    from crmtool.core.query import Node
    from crmtool.core.registry import Entity


class Policy:
    """Allows everything. Subclasses narrow."""

    def can_read(self, actor: Actor, entity: Entity) -> bool:
        """Whether any record of the entity may be seen at all."""
        return True

    def row_filter(self, actor: Actor, entity: Entity) -> Node | None:
        """The condition a record must meet to be seen; ``None`` for all."""
        return None

    def hidden_fields(self, actor: Actor, entity: Entity) -> frozenset[str]:
        """Fields that must be absent from every read, filter, sort, index and error."""
        return frozenset()

    def may_write(self, actor: Actor, entity: Entity, change: Change) -> bool:
        return True

    def may_run_sql(self, actor: Actor) -> bool:
        """Whether ad-hoc SQL, which no row policy can reach, is allowed."""
        return True

    def check_write(self, actor: Actor, entity: Entity, change: Change) -> None:
        """``DeniedError`` unless the actor may make this change."""
        if not self.may_write(actor, entity, change):
            raise DeniedError(
                Message("You may not {verb} this {noun}.", verb=change.verb, noun=entity.key),
                Message("Ask an admin of the workspace."),
                entity=entity.key,
            )


class DenyAll(Policy):
    """Shows nothing and allows nothing: what every door is tested with."""

    def can_read(self, actor: Actor, entity: Entity) -> bool:
        return False

    def may_write(self, actor: Actor, entity: Entity, change: Change) -> bool:
        return False

    def may_run_sql(self, actor: Actor) -> bool:
        return False
