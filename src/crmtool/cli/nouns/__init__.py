"""``crm NOUN VERB``: the same verbs for every kind of record, built-in or a user's own, made from the definitions.

``group`` knows which verbs a noun has and where each lives; a verb is a module of its own that is loaded when it is run.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from crmtool.cli.nouns.group import Noun

__all__ = ["build", "find_own"]


def build(name: str) -> Noun:
    """The commands of a built-in noun."""
    from crmtool.cli.nouns.group import Noun
    from crmtool.core.entities import builtin

    return Noun(builtin().entity(name))


def find_own(name: str) -> Noun | None:
    """The commands of an object that the workspace's people defined, by its word or plural; ``None`` when there is none."""
    from crmtool.cli.nouns.group import Noun
    from crmtool.cli.session import open_session
    from crmtool.core.errors import StoreError, UsageError

    try:
        workspace = open_session()
    except StoreError:
        return None  # without a workspace nothing is defined; what is wrong with it is said by a command that needs it
    with workspace:
        try:
            entity = workspace.registry.entity(name)
        except UsageError:
            return None
        return Noun(entity) if entity.own_id and workspace.policy.can_read(workspace.actor, entity) else None
