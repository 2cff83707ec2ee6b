"""Fields of our own that a map asks for: made in the same job as the records that fill them, and undone with it."""

from __future__ import annotations

from crmtool.app.handlers import Deciding
from crmtool.app.rules import RESERVED
from crmtool.app.rules import word as word_of
from crmtool.core.errors import ValidationError
from crmtool.core.kinds import KINDS
from crmtool.core.messages import Message
from crmtool.core.registry import Registry
from crmtool.transfer.layouts.generic import of_field
from crmtool.transfer.mapping import NEW

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from crmtool.core.changes import Change
    from crmtool.core.fields import Context, Field
    from crmtool.core.registry import Entity
    from crmtool.store.reader import Reader
    from crmtool.transfer.layouts.base import Target


class NewFields:
    """``changes`` create the fields, ``registry`` has them already."""

    def __init__(self, reader: Reader, registry: Registry, ctx: Context) -> None:
        self._reader = reader
        self._ctx = ctx
        self._known = registry
        self.registry = registry
        self.changes: list[Change] = []

    def target(self, word: str, column: str, entity: Entity, choices: list[str]) -> Target:
        """Where the column ``column`` goes that the map gives a new field; ``word`` is ``new:KIND``, with what a reference
        refers to behind: ``new:reference company``. A field that is there already by that name and kind is that field.
        """
        kind, _, target = word.removeprefix(NEW).strip().partition(" ")
        if kind not in KINDS:
            raise ValidationError(
                Message("There is no kind of value called “{kind}”.", kind=kind),
                Message("Kinds: {kinds}.", kinds=", ".join(sorted(KINDS))),
            )
        there = self._there(column, kind, entity)
        if there is None:
            known = self.registry.entities[entity.key]
            first = key = word_of(column)
            number = 2
            while known.find(key) is not None or key in RESERVED:
                key, number = f"{first}_{number}", number + 1
            values: dict[str, Any] = {"of": entity.key, "name": column, "key": key, "kind": kind}
            if target:
                values["target"] = target.strip()
            if kind in ("choice", "multichoice"):
                values["choices"] = choices
            work = Deciding(self._reader, self.registry, self._ctx)
            work.create(self.registry.entities["field"], values)
            self.changes += work.changes
            made = [{**change.after, "id": change.record} for change in self.changes]
            self.registry = self._known.with_own([], made)
            there = self._there(column, kind, entity)
        assert there is not None
        return of_field(there, self.registry.entities[entity.key])

    def _there(self, column: str, kind: str, entity: Entity) -> Field | None:
        fields = self.registry.entities[entity.key].own_fields
        return next((one for one in fields if one.name == column and one.kind.name == kind), None)
