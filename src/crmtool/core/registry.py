"""Entities and the registry that holds them: the one definition that every projection reads.

A built-in entity is a module in ``core/entities``; a user's own fields and objects are records of the
entities ``field`` and ``object``, which ``Registry.with_own`` turns into the same ``Field`` and ``Entity``
values.
"""

from __future__ import annotations

from crmtool.core import ids
from crmtool.core.errors import UsageError
from crmtool.core.fields import Choice, Field
from crmtool.core.kinds import CHOICE, INSTANT, JSON, KINDS, NUMBER, REFERENCE, TEXT, kind_named
from crmtool.core.messages import N_, Message, t
from crmtool.core.struct import Struct

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from typing import Any


class Derived(Struct):
    """How the writer computes a value from other records: every ``source`` record whose field ``via`` names this one.

    ``compute`` is pure: the live source records, as dicts with the fields in ``reads``, in order of id, to the value.
    ``source = ""`` means the record itself: ``compute`` gets it alone, with what is in ``reads``, and runs on its own writes.
    ``happened`` names an instant among ``reads``: a source record for which it lies ahead does not count until it has come.
    """

    source: str
    via: str
    reads: tuple[str, ...]
    compute: Callable[[list[dict[str, Any]]], Any]
    happened: str = ""


class Entity(Struct):
    """A kind of record. ``fields`` is ordered as people read it, system fields last.

    ``search``: ``"names"`` has an index of names and one of all text, ``"text"`` the latter, ``""`` none.
    ``list_fields`` are the columns a list shows when nobody says otherwise.
    ``removed``: its definition is in the trash; its records can be read and erased, and change only when it is restored.
    """

    key: str
    plural: str
    name: str
    plural_name: str
    fields: dict[str, Field]
    name_field: str = "name"
    list_fields: tuple[str, ...] = ()
    search: str = ""
    default_sort: str = ""
    personal: bool = False
    internal: bool = False
    own_id: str | None = None
    removed: bool = False
    table: str = ""
    _aliases: dict[str, str] | None = None

    def field(self, name: str) -> Field:
        """The field with this key or alias; ``UsageError`` suggests the nearest."""
        found = self.find(name)
        if found is None:
            import difflib

            near = difflib.get_close_matches(name.casefold(), [*self.fields], 1)
            raise UsageError(
                Message("There is no field “{field}” on {noun}.", field=name, noun=self.key),
                Message("Did you mean {near}?", near=near[0])
                if near
                else Message(
                    "Fields: {fields}.", fields=", ".join(k for k, f in self.fields.items() if not f.hidden)
                ),
                code="unknown_field",
                field=name,
            )
        return found

    def find(self, name: str) -> Field | None:
        """The field with this key or alias, or ``None``."""
        key = name if name in self.fields else name.casefold().replace("-", "_")
        if key not in self.fields:
            if self._aliases is None:
                self._aliases = {alias: k for k, f in self.fields.items() for alias in f.aliases}
            key = self._aliases.get(key, "")
        return self.fields.get(key)

    def label(self) -> str:
        return t(self.name)

    def plural_label(self) -> str:
        return t(self.plural_name)

    @property
    def stable_key(self) -> str:
        """What the log calls the entity, because two own objects may come to have the same word, one after the other."""
        return f"~{ids.handle(self.own_id)}" if self.own_id else self.key

    @property
    def index_key(self) -> str:
        """What the lookup index calls the entity: own objects by their id, so that no other word breaks it."""
        return self.own_id or self.key

    @property
    def own_fields(self) -> list[Field]:
        return [f for f in self.fields.values() if f.own_key]


# The fields every record has; only the writer sets them, except ``external_ids`` and ``extra``.
SYSTEM_FIELDS: tuple[Field, ...] = (
    Field("external_ids", JSON, N_("External ids"), hidden=True, lookup="ext"),
    Field("extra", JSON, N_("Preserved properties"), hidden=True),
    Field("id", TEXT, N_("Id"), system=True, indexed=True),
    Field("rev", NUMBER, N_("Revision"), system=True, hidden=True),
    Field("created_at", INSTANT, N_("Created"), system=True, indexed=True, aliases=("created",)),
    Field("created_by", REFERENCE, N_("Created by"), target="user", system=True),
    Field("updated_at", INSTANT, N_("Updated"), system=True, indexed=True, aliases=("updated", "changed")),
    Field("updated_by", REFERENCE, N_("Updated by"), target="user", system=True),
    Field("deleted_at", INSTANT, N_("Deleted"), system=True, aliases=("deleted",)),
)


def entity(
    key: str, plural: str, name: str, plural_name: str, fields: Iterable[Field], **marks: Any
) -> Entity:
    """An entity with its system fields added; the table is the plural unless said otherwise."""
    every = {field.key: field for field in [*fields, *SYSTEM_FIELDS]}
    marks.setdefault("table", plural)
    return Entity(key, plural, name, plural_name, every, **marks)


class Registry:
    """All entities of one workspace, built-in and own."""

    __slots__ = ("_names", "entities")

    def __init__(self, entities: Iterable[Entity]) -> None:
        self.entities: dict[str, Entity] = {entity.key: entity for entity in entities}
        self._names = {name: e.key for e in self.entities.values() for name in (e.key, e.plural)}

    @classmethod
    def lazily(cls, entities: dict[str, Entity], names: dict[str, str]) -> Registry:
        """A registry of entities that come to be when they are asked for; ``names`` gives the key of each key and plural."""
        made = cls(())
        made.entities, made._names = entities, names
        return made

    def entity(self, name: str) -> Entity:
        """The entity with this key or plural; ``UsageError`` suggests the nearest."""
        key = self._names.get(name) or self._names.get(name.casefold())
        if key is None:
            import difflib

            near = difflib.get_close_matches(name, [*self._names], 1)
            raise UsageError(
                Message("There is no kind of record called “{noun}”.", noun=name),
                Message("Did you mean {near}?", near=near[0])
                if near
                else Message("“crm --help” lists them; “crm object list” those of your own."),
                code="unknown_noun",
            )
        return self.entities[key]

    def references_to(self, key: str) -> list[tuple[Entity, Field]]:
        """Every (entity, field) whose values are ids of ``key`` records."""
        return [
            (e, f)
            for e in self.entities.values()
            for f in e.fields.values()
            if f.target == key and not f.system
        ]

    def with_own(self, objects: Iterable[dict[str, Any]], fields: Iterable[dict[str, Any]]) -> Registry:
        """This registry with a user's own objects and fields, given as records.

        A definition that two devices gave the same key keeps both: the one made later gets the suffix ``_2``. Objects in the
        trash are ``removed`` and leave the words to the others.
        """
        entities = dict(self.entities)
        named: list[tuple[str, str, str]] = []  # (word, id, key) of each object
        for record in sorted(objects, key=_live_first):
            taken = {**entities, **{e.plural: e for e in entities.values()}}
            key = _free(record["key"], taken)
            entities[key] = entity(
                key,
                _free(record.get("plural") or key + "s", taken),
                record["name"],
                record.get("plural_name") or record["name"],
                [Field("name", TEXT, N_("Name"), required=True, search="name", indexed=True)],
                search="names",
                list_fields=("name",),
                own_id=record["id"],
                removed=bool(record.get("deleted_at")),
                table=own_table(record["id"]),
            )
            named.append((record["key"], record["id"], key))
        for record in sorted(fields, key=_live_first):
            target = entities.get(_meant(record["of"], record["id"], named))
            if target is None or record.get("kind") not in KINDS:
                continue  # a kind that a newer peer knows: its values stay where they are
            if record.get("overrides"):
                base = target.fields.get(record["key"])
                if base is not None and record.get("choices"):
                    changed = base.replace(choices=_choices(record["choices"]))
                    entities[target.key] = target.replace(
                        fields={**target.fields, base.key: changed}, _aliases=None
                    )
                continue
            if record.get("target"):
                record = {**record, "target": _meant(record["target"], record["id"], named)}
                if record["target"] not in entities:
                    continue  # what it refers to was erased
            key = _free(record["key"], target.fields)
            items = [*target.fields.items()]
            place = next((i for i, (_, f) in enumerate(items) if f.key == "external_ids"), len(items))
            items.insert(place, (key, own_field(record, key)))
            shown = (
                (*target.list_fields, key)
                if target.own_id and len(target.list_fields) < 6
                else target.list_fields
            )
            entities[target.key] = target.replace(fields=dict(items), list_fields=shown, _aliases=None)
        return Registry(entities.values())


def _live_first(record: dict[str, Any]) -> tuple[bool, str]:
    """By id, which is the order of making on every device: two devices suffix the same one of two equal keys."""
    return bool(record.get("deleted_at")), str(record["id"])


def _meant(word: str, field: str, named: list[tuple[str, str, str]]) -> str:
    """The key of the entity that a field's definition names: of several objects that had the word, the last made before it."""
    found = [(made, key) for held, made, key in named if word in (held, key) and made < field]
    return max(found)[1] if found else word


def own_table(record_id: str) -> str:
    """The table of an own object: stable under renaming, unique over devices."""
    return f"own_{ids.handle(record_id)}"


def own_field(record: dict[str, Any], key: str) -> Field:
    """The ``Field`` that a record of the entity ``field`` defines."""
    kind = kind_named(record["kind"])
    return Field(
        key,
        kind,
        record["name"],
        multi=bool(record.get("multi")),
        required=bool(record.get("required")),
        target=record.get("target"),
        choices=_choices(record.get("choices") or ()),
        search="text" if record.get("searchable") else "",
        tracked=bool(record.get("tracked")),
        personal=bool(record.get("personal")),
        indexed=kind.sortable,
        own_key=ids.handle(record["id"]),
        help=record.get("help") or "",
    )


def _choices(values: Any) -> tuple[Choice, ...]:
    """The choices of a definition; what cannot be read as one must not keep the workspace from opening."""
    return tuple(
        Choice(v["key"], v.get("label") or v["key"]) if isinstance(v, dict) else Choice(str(v), str(v))
        for v in (values if isinstance(values, list | tuple) else ())
        if not isinstance(v, dict) or v.get("key")
    )


def _free(key: str, taken: Any) -> str:
    if key not in taken:
        return key
    number = 2
    while f"{key}_{number}" in taken:
        number += 1
    return f"{key}_{number}"


__all__ = ["CHOICE", "SYSTEM_FIELDS", "Derived", "Entity", "Registry", "entity"]
