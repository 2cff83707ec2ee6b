"""Records on their way from one user, or from whomever, to another, with what belongs to them."""

from __future__ import annotations

from crmtool.app.commands import Set
from crmtool.core import tokens
from crmtool.core.errors import UsageError
from crmtool.core.messages import Message
from crmtool.core.query import Compare, In, Or, Path, all_of
from crmtool.doors.targets import items, matching

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from crmtool.app.bulk import Item
    from crmtool.app.commands import Command
    from crmtool.app.workspace import Workspace
    from crmtool.core.query import Node
    from crmtool.core.registry import Entity

OWNER = "owner"
ASKED = 400  # records asked about in one query


class Handover:
    """Gives records of ``entity`` to the user ``taker``, and with them what is about them. ``giver``: only those of this user."""

    def __init__(self, workspace: Workspace, entity: Entity, taker: str, giver: str | None = None) -> None:
        self.workspace = workspace
        self.entity = entity
        self.taker = taker
        self.giver = giver

    def of_giver(self, kind: Entity) -> Node | None:
        """The condition that records are the giver's; ``None`` where it does not matter whose they are."""
        return None if self.giver is None else Compare(Path((kind.fields[OWNER],)), "=", self.giver)

    def items(self, kind: Entity, found: Sequence[str]) -> Iterator[Item]:
        """The changes of owner."""

        def make(records: tuple[str, ...]) -> Command:
            return Set(kind.key, records, ((OWNER, "=", self.taker),))

        return items(found, make)

    def along(self, kind: Entity, found: Sequence[str]) -> list[str]:
        """The records of another kind that are about those found, each once."""
        return self.among(kind, referring(kind, self.entity), found)

    def among(self, kind: Entity, keys: Sequence[str], records: Sequence[str]) -> list[str]:
        """The giver's records of a kind, or anybody's, that have one of ``records`` in one of these fields."""
        found: dict[str, None] = {}
        for start in range(0, len(records), ASKED):
            part = tuple(records[start : start + ASKED])
            about = Or(tuple(In(Path((kind.fields[key],)), part) for key in keys))
            found.update(dict.fromkeys(matching(self.workspace, kind, all_of([about, self.of_giver(kind)]))))
        return [*found]


def user_named(workspace: Workspace, text: str) -> str:
    """The id of the user that a word means; “me” is whoever asks."""
    from crmtool.app.resolve import resolve

    if tokens.fold(text) == "me" and workspace.actor.user:
        return workspace.actor.user
    return resolve(workspace.reader, workspace.registry.entity("user"), text)


def companions(workspace: Workspace, entity: Entity) -> list[Entity]:
    """The kinds of record that have an owner and can be about one of ``entity``."""
    return [e for e in workspace.registry.entities.values() if OWNER in e.fields and referring(e, entity)]


def kinds_named(workspace: Workspace, entity: Entity, words: str | None) -> list[Entity]:
    """The kinds that ``--with`` names, by word or plural, with commas between; ``UsageError`` for one that cannot go along."""
    able = companions(workspace, entity)
    found: dict[str, Entity] = {}
    for word in (words or "").split(","):
        if not word.strip():
            continue
        kind = workspace.registry.entity(word.strip())
        if kind not in able:
            raise UsageError(
                Message(
                    "{kind} do not go along with {noun} records.",
                    kind=kind.plural_label(),
                    noun=entity.key,
                ),
                Message("These can: {nouns}.", nouns=", ".join(e.key for e in able) or "–"),
                code="with",
            )
        found[kind.key] = kind
    return [kind for key, kind in found.items() if key != entity.key]


def referring(kind: Entity, entity: Entity) -> list[str]:
    """The fields by which records of ``kind`` are about one of ``entity``."""
    return [
        f.key
        for f in kind.fields.values()
        if f.target == entity.key and f.kind.name == "reference" and f.key != OWNER
    ]
