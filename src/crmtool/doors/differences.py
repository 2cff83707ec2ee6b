"""What somebody else made of a record while a person was editing it: what goes together by itself, and what must be settled.

Decided without doing anything, and without knowing where the other side's values came from: another process now, another device
once there are several.
"""

from __future__ import annotations

from crmtool.core.merge import merge_field, unite_entries
from crmtool.core.struct import Struct

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from crmtool.core.fields import Field
    from crmtool.core.registry import Entity

    Record = dict[str, Any]

MINE, THEIRS, BOTH = "mine", "theirs", "both"


class Dispute(Struct):
    """A field that both sides changed: what it was, and what either made of it, as stored. ``by`` is who wrote ``theirs``."""

    field: Field
    base: Any
    mine: Any
    theirs: Any
    by: str = ""

    @property
    def choices(self) -> tuple[str, ...]:
        """How it can be settled: of several values both sides' can stand."""
        return (MINE, THEIRS, BOTH) if self.field.multi or self.field.kind.collection else (MINE, THEIRS)

    def settled(self, choice: str) -> Any:
        """The value that stands after a choice."""
        if choice == THEIRS:
            return self.theirs
        if choice == MINE:
            return self.mine
        if self.field.multi:
            return unite_entries(self.mine or [], self.theirs or [], self.field.kind.lookup_key)
        return merge_field(self.field, [], self.mine or [], self.theirs or []).value


def stored(value: Any) -> Any:
    """A value as it is stored: a reference is its id, whatever the record behind it is called by now."""
    if isinstance(value, dict) and "id" in value:
        return value["id"]
    return None if value == [] else value


def touched(entity: Entity, field: Field, base: Record, now: Record) -> Field | None:
    """What somebody changed since ``base`` was read: the field, or one that only makes sense together with it."""
    unit = [field]
    if field.unit is not None:
        unit += [other for other in entity.fields.values() if other.unit == field.unit]
    return next((f for f in unit if stored(base.get(f.key)) != stored(now.get(f.key))), None)


def merged(field: Field, base: Any, mine: Any, theirs: Any) -> Any:
    """Both sides' additions and removals to a set of values; ``None`` where they cannot both stand."""
    if not (field.multi or field.kind.collection):
        return None
    found = merge_field(field, base, mine, theirs)
    return None if found.conflict else found.value
