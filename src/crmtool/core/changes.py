"""A change set: what one command does to records, decided purely, applied by the one writer, kept in the
one log.
"""

from __future__ import annotations

from crmtool.core import ids
from crmtool.core.struct import Struct

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from crmtool.core.registry import Entity

    Record = dict[str, Any]

CREATE, UPDATE, DELETE, RESTORE, PURGE = "create", "update", "delete", "restore", "purge"
VERBS = (CREATE, UPDATE, DELETE, RESTORE, PURGE)
ORIGINS = ("user", "import", "automation", "undo", "merge", "migration", "remote")

MAX_CHANGES = 2_000
MAX_CHANGES_ALONE = 20_000


class Change(Struct):
    """One record's part of a change set.

    ``before`` and ``after`` hold the same field keys, only those that change (``before`` is empty for a creation).
    ``base`` is the whole stored record as read in this transaction (``None`` for a creation): the writer needs it to move index
    entries; it is not logged. ``effective_at`` is set where the change took effect at another time than it is recorded.
    """

    entity: str
    record: str
    verb: str
    before: dict[str, Any]
    after: dict[str, Any]
    base: dict[str, Any] | None = None
    effective_at: str | None = None


class Actor(Struct):
    """Who acts: a workspace user (``None`` for the program itself), through which door, on which device."""

    user: str | None
    role: str = "admin"
    door: str = "cli"
    on_behalf_of: str | None = None
    team: str | None = None


SYSTEM = Actor(None, "system", "system")


class ChangeSet(Struct):
    """The changes of one transaction and what the log says about them.

    ``command`` is the command's name (``contact set``), never its arguments. ``undoes`` is the handle target (set or job id) that
    this set takes back. ``job`` joins the sets of one larger work.
    """

    changes: list[Change]
    command: str
    origin: str = "user"
    job: str | None = None
    caused_by: str | None = None
    undoes: str | None = None
    effective_at: str | None = None

    def __bool__(self) -> bool:
        return bool(self.changes)


class Applied(Struct):
    """What the writer answers: the change set's id and place in the log, and how many records it touched."""

    set_id: str
    position: int
    count: int
    job: str | None = None

    @property
    def handle(self) -> str:
        """What ``crm undo`` takes: the job's handle where there is one, else the set's."""
        return ids.handle(self.job or self.set_id)


def create(
    entity: Entity, values: Record, effective_at: str | None = None, record: str | None = None
) -> Change:
    """The creation of a record from validated values; blanks are left out."""
    after = {k: v for k, v in values.items() if v is not None and v != []}
    for key, field in entity.fields.items():
        if field.default is not None and key not in values:
            after[key] = field.default
    return Change(entity.key, record or ids.new_id(), CREATE, {}, after, None, effective_at)


def update(entity: Entity, base: Record, values: Record, effective_at: str | None = None) -> Change | None:
    """The change that turns ``base`` into ``base`` + ``values``; ``None`` when nothing differs."""
    before, after = {}, {}
    for key, value in values.items():
        old = base.get(key)
        if old != value and not (old in (None, []) and value in (None, [])):
            before[key], after[key] = old, value
    if not after:
        return None
    return Change(entity.key, base["id"], UPDATE, before, after, base, effective_at)


def delete(entity: Entity, base: Record, at: str) -> Change:
    """The move of a record to the trash."""
    return Change(entity.key, base["id"], DELETE, {"deleted_at": None}, {"deleted_at": at}, base)


def restore(entity: Entity, base: Record) -> Change:
    """The way back from the trash."""
    return Change(
        entity.key, base["id"], RESTORE, {"deleted_at": base["deleted_at"]}, {"deleted_at": None}, base
    )


def purge(entity: Entity, base: Record) -> Change:
    """Erasure: rows, index and the values in the log."""
    return Change(entity.key, base["id"], PURGE, {}, {}, base)
