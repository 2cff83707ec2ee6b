"""Fields and objects of our own that a map asks for, or that an export of another workspace brings: made in the same job as the
records that fill them, and undone with it.
"""

from __future__ import annotations

import shlex

from crmtool.app.handlers import Deciding
from crmtool.app.rules import RESERVED, choices
from crmtool.app.rules import word as word_of
from crmtool.core import jsontext
from crmtool.core.errors import ValidationError
from crmtool.core.kinds import KINDS
from crmtool.core.messages import Message
from crmtool.core.registry import Registry
from crmtool.store.layout import Layouts
from crmtool.store.reader import Query, Reader
from crmtool.transfer.layouts.generic import of_field
from crmtool.transfer.mapping import NEW

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from crmtool.core.changes import Change
    from crmtool.core.fields import Context, Field
    from crmtool.core.registry import Entity
    from crmtool.transfer.layouts.base import Target


class NewFields:
    """``changes`` create the definitions, ``registry`` has them already."""

    def __init__(self, reader: Reader, registry: Registry, ctx: Context) -> None:
        self._reader = reader
        self._ctx = ctx
        self._known = registry
        self.registry = registry
        self.changes: list[Change] = []

    def target(self, word: str, column: str, entity: Entity, words: list[str]) -> Target:
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
                values["choices"] = words
            self._make("field", values)
            there = self._there(column, kind, entity)
        assert there is not None
        return of_field(there, self.registry.entities[entity.key])

    def object(self, values: dict[str, str]) -> None:
        """Make an object as another workspace has it, if there is none with its word."""
        known = self.registry.entities.get(values.get("key", ""))
        if known is None or known.removed:
            self._make("object", values)

    def field(self, values: dict[str, str]) -> Message | None:
        """Make a field as another workspace has it, if there is none with its word. A field that is here stays as it is; the
        answer says what of it keeps values of the other from coming over.
        """
        entity = self.registry.entities.get(values.get("of", ""))
        there = entity.fields.get(values.get("key", "")) if entity is not None else None
        if there is None or entity is None:
            self._make("field", values)
            return None
        kind = values.get("kind", "text")
        if there.kind.name != kind:
            return Message(
                "{noun}: {field} is of the kind {kind} here and {other} there; values that do not fit are rejected.",
                noun=entity.key, field=there.key, kind=there.kind.name, other=kind,
            )  # fmt: skip
        lacking = _lacking_choices(there, values.get("choices", ""))
        if not lacking:
            return None
        if there.own_key is None and not self._is_changed(entity.key, there.key):
            known = [{"key": choice.key, "label": choice.label} for choice in there.choices]
            self._make(
                "field",
                {"of": entity.key, "key": there.key, "name": there.name, "kind": kind, "choices": [*known, *lacking],
                 "overrides": True},
            )  # fmt: skip
            return None
        return Message(
            "{noun}: {field} has choices there that it lacks here. Add them first: {command}",
            noun=entity.key,
            field=there.key,
            command=shlex.join(
                (
                    "crm",
                    "field",
                    "choices",
                    entity.key,
                    there.key,
                    f"add={','.join(one['key'] for one in lacking)}",
                )
            ),
        )

    def _is_changed(self, of: str, key: str) -> bool:
        """Whether the choices of a built-in field are somebody's own already, here or by the export."""
        held = [*self._reader.records(Query("field", expand=False)), *(one.after for one in self.changes)]
        return any((one.get("of"), one.get("key"), one.get("overrides")) == (of, key, True) for one in held)

    def _make(self, wanted: str, values: dict[str, Any]) -> None:
        """Decide a definition as every door does, among those that are here and those made before."""
        reader = self._reader
        if self.changes:
            layouts = Layouts(self.registry)
            reader = Reader(reader.db, layouts, reader.policy, reader.actor, reader.ctx)
        work = Deciding(reader, self.registry, self._ctx)
        work.create(self.registry.entities[wanted], values)
        self.changes += work.changes
        made: dict[str, list[dict[str, Any]]] = {"object": [], "field": []}
        for change in self.changes:
            made[change.entity].append({**change.after, "id": change.record})
        self.registry = self._known.with_own(made["object"], made["field"])

    def _there(self, column: str, kind: str, entity: Entity) -> Field | None:
        fields = self.registry.entities[entity.key].own_fields
        return next((one for one in fields if one.name == column and one.kind.name == kind), None)


def _lacking_choices(field: Field, said: str) -> list[dict[str, str]]:
    """The choices of an exported field that the one here does not have, by key and label."""
    if not said or not field.choices:
        return []
    try:
        theirs = choices(jsontext.loads(said))
    except (ValueError, RecursionError, ValidationError):
        return []
    known = {choice.key for choice in field.choices}
    named = [one if isinstance(one, dict) else {"key": one, "label": one} for one in theirs]
    return [one for one in named if one["key"] not in known]
