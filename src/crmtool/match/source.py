"""Profiles of the records of a workspace, streamed, under the policy of whoever asks."""

from __future__ import annotations

from crmtool.core.errors import UsageError
from crmtool.core.messages import Message
from crmtool.match.profile import of_record
from crmtool.store.reader import Query

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from crmtool.app.workspace import Workspace
    from crmtool.core.registry import Entity
    from crmtool.match.profile import Profile

KINDS = ("contact", "company")
FIELDS = (
    "name", "given_name", "family_name", "nickname", "emails", "phones", "birthday", "addresses", "company", "domain", "urls",
    "external_ids",
)  # fmt: skip
IDENTIFIER_KINDS = ("text", "number")
LOOKED_AT = 2_000  # records by which an own field shows whether it names one record alone
FEWEST, DISTINCT, SHORTEST = 20, 0.8, 4


def kind(workspace: Workspace, noun: str) -> Entity:
    """The entity of a noun; ``UsageError`` for one whose duplicates nobody looks for."""
    entity = workspace.registry.entity(noun)
    if entity.key not in KINDS:
        raise UsageError(
            Message(
                "Duplicates are looked for among contacts and companies, not {noun}.", noun=entity.plural
            ),
            Message("For example: {example}", example="crm dupes contact"),
            code="no_duplicates",
        )
    return entity


def profiles(
    workspace: Workspace, entity: Entity, identifiers: tuple[str, ...] | None = None
) -> Iterator[Profile]:
    """The profile of every live record, numbered from 0 in the order of the list."""
    if identifiers is None:
        identifiers = identifying(workspace, entity)
    shown = {field.key for field in workspace.reader.visible_fields(entity)}
    fields = tuple(key for key in (*FIELDS, *identifiers) if key in shown)
    for number, record in enumerate(workspace.query(Query(entity.key, fields=fields, expand=False))):
        yield of_record(entity, record, number, identifiers)


def identifying(workspace: Workspace, entity: Entity) -> tuple[str, ...]:
    """The own fields whose values belong to one record each, such as a customer number: nearly all of the first are different."""
    own = [
        field.key for field in workspace.reader.visible_fields(entity)
        if field.own_key and field.kind.name in IDENTIFIER_KINDS and not field.multi
    ]  # fmt: skip
    if not own:
        return ()
    seen: dict[str, list[str]] = {key: [] for key in own}
    for record in workspace.query(Query(entity.key, fields=tuple(own), limit=LOOKED_AT, expand=False)):
        for key, values in seen.items():
            if record[key] not in (None, ""):
                values.append(str(record[key]))
    return tuple(
        key for key, values in seen.items()
        if len(values) >= FEWEST and len(set(values)) >= DISTINCT * len(values)
        and sum(map(len, values)) >= SHORTEST * len(values)
    )  # fmt: skip
