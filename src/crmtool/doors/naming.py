"""Records that somebody may mean while a name is being typed."""

from __future__ import annotations

from crmtool.app.resolve import telling
from crmtool.core import tokens
from crmtool.core.query import Compare, Path, all_of
from crmtool.core.struct import Struct
from crmtool.store.reader import Query

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from crmtool.app.workspace import Workspace
    from crmtool.core.registry import Entity

    Record = dict[str, Any]

MOST = 200  # records looked through of a kind that no index of words holds: stages, users, tags


class Named(Struct):
    """One record: its kind, id and name, and what tells it from others of that name."""

    entity: str
    id: str
    name: str
    about: str


def named_like(
    workspace: Workspace,
    target: str | tuple[str, ...] | None,
    text: str,
    *,
    limit: int = 8,
    within: dict[str, str] | None = None,
) -> list[Named]:
    """The records that ``text`` may be the beginning of, the likeliest first; of any kind without a ``target``, of several
    where it names those that words are looked for in.

    ``within`` holds ids of other records by field: a stage of this pipeline. Without text, those of a kind with few records.
    """
    registry = workspace.registry
    if not isinstance(target, str) or registry.entity(target).search:
        if not text.strip():
            return []
        from crmtool.store.search import find

        kinds = (target,) if isinstance(target, str) else target
        return [
            _named(registry.entity(hit.entity), hit.record)
            for hit in find(workspace.reader, text, entities=kinds, limit=limit)
        ]
    entity = registry.entity(target)
    where = all_of(
        [Compare(Path((entity.fields[key],)), "=", value) for key, value in (within or {}).items()]
    )
    wanted = tokens.fold(text)
    found = [_named(entity, r) for r in workspace.query(Query(target, where, limit=MOST))]
    held = [one for one in found if wanted in tokens.fold(one.name)]
    held.sort(key=lambda one: not tokens.fold(one.name).startswith(wanted))
    return held[:limit]


def _named(entity: Entity, record: Record) -> Named:
    return Named(entity.key, record["id"], str(record.get(entity.name_field) or ""), telling(entity, record))


def deal_name(contact: Record) -> str:
    """What a lead's deal is called when nobody says: after the company, or the person; references are expanded."""
    return str((contact.get("company") or {}).get("name") or contact.get("name") or "")
