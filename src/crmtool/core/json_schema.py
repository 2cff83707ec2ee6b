"""The JSON of records, as a JSON Schema (draft 2020-12) derived from the definitions.

What programs may rely on is exactly this: a record that a command prints without ``--fields`` is valid by ``record``,
what a writing command prints with ``--json`` by ``result``, an error by ``error``. Properties may be added at any time,
so none of them forbids others. Texts in a schema are English: JSON does not vary by language.
"""

from __future__ import annotations

from crmtool.core.kinds import ADDRESS_PARTS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any

    from crmtool.core.fields import Field
    from crmtool.core.registry import Entity, Registry

    Schema = dict[str, Any]

DRAFT = "https://json-schema.org/draft/2020-12/schema"
COUNTS = ("created", "updated", "deleted", "restored", "purged")

_ID = {"type": "string", "format": "uuid"}
_INSTANT = r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$"
_HANDLE = "^[0-9a-hjkmnp-tv-z]{8}$"

_SCALARS: dict[str, Schema] = {
    "text": {"type": "string"},
    "longtext": {"type": "string"},
    "email": {"type": "string"},
    "phone": {"type": "string"},
    "url": {"type": "string"},
    "number": {"type": "number"},
    "date": {"type": "string", "format": "date"},
    "instant": {"type": "string", "format": "date-time", "pattern": _INSTANT},
    "yesno": {"type": "boolean"},
    "money": {
        "type": "object",
        "properties": {
            "amount": {
                "type": "string",
                "pattern": r"^-?\d+(\.\d+)?$",
                "description": "A decimal as text, exact.",
            },
            "currency": {"type": "string", "pattern": "^[A-Z]{3}$"},
        },
        "required": ["amount", "currency"],
    },
    "address": {"type": "object", "properties": {part: {"type": "string"} for part in ADDRESS_PARTS}},
    "json": {},
}


def record(entity: Entity, fields: Iterable[Field]) -> Schema:
    """The schema of a printed record of ``entity`` with these fields."""
    shown = list(fields)
    return {
        "title": entity.name,
        "type": "object",
        "properties": {field.key: value(field) for field in shown},
        "required": [field.key for field in shown],
    }


def value(field: Field) -> Schema:
    """The schema of one field's value; a field without a value is ``null``, a set without members ``[]``."""
    one = _one(field)
    if field.multi:
        entry = {
            "type": "object",
            "properties": {"value": one, "label": _or_null({"type": "string"})},
            "required": ["value", "label"],
        }
        out = _or_null({"type": "array", "items": entry})
    elif field.kind.collection:
        out = {"type": "array", "items": one}
    else:
        out = one if field.key in ("id", "rev", "created_at", "updated_at") else _or_null(one)
    return {"title": field.name, **({"description": field.help} if field.help else {}), **out}


def _one(field: Field) -> Schema:
    kind = field.kind.name
    if field.key == "id":
        return dict(_ID)
    if kind in ("reference", "file"):
        name = _or_null({"type": "string"})
        deleted = {"const": True, "description": "The record is in the trash."}
        properties = {"id": dict(_ID), "name": name, "deleted": deleted}
        return {"type": "object", "properties": properties, "required": ["id", "name"]}
    if kind in ("choice", "multichoice"):
        # Choices may be added, by a person or a later version: those known now are examples, not the law.
        return {"type": "string", "examples": [choice.key for choice in field.choices]}
    return dict(_SCALARS.get(kind, {"type": "string"}))


def _or_null(schema: Schema) -> Schema:
    if "type" not in schema:
        return schema
    return {**schema, "type": [schema["type"], "null"]}


def accepted(entity: Entity, fields: Iterable[Field]) -> Schema:
    """The schema of a record that ``add --from`` reads: names of fields or their aliases, simple spellings allowed."""
    properties: Schema = {}
    for field in fields:
        if field.writable:
            for name in (field.key, *field.aliases):
                properties[name] = {"title": field.name, **_given(field)}
    return {"title": entity.name, "type": "object", "properties": properties}


def _given(field: Field) -> Schema:
    kind, text = field.kind.name, {"type": "string"}
    if kind == "json":
        return {}
    if kind in ("reference", "file"):
        named = {"type": "object", "anyOf": [{"required": ["id"]}, {"required": ["name"]}]}
        return {
            "anyOf": [text, named, {"type": "null"}],
            "description": "A name, @handle, e-mail address or id.",
        }
    if kind == "money":
        return {"anyOf": [text, {"type": "number"}, _SCALARS["money"], {"type": "null"}]}
    one: Schema = {"number": {"type": ["number", "string"]}, "yesno": {"type": ["boolean", "string"]}}.get(
        kind, text
    )
    if field.least is not None:
        one = {**one, "minimum": field.least, **({} if field.most is None else {"maximum": field.most})}
    if kind == "address":
        one = {"anyOf": [text, _SCALARS["address"]]}
    if field.multi:
        entry = {"type": "object", "properties": {"value": one}, "required": ["value"]}
        return {"anyOf": [one, {"type": "array", "items": {"anyOf": [one, entry]}}, {"type": "null"}]}
    if field.kind.collection:
        return {"anyOf": [text, {"type": "array", "items": text}, {"type": "null"}]}
    return {"anyOf": [one, {"type": "null"}]}


def result() -> Schema:
    """The schema of what a writing command prints with ``--json``."""
    changed = {
        "type": "object",
        "properties": {"entity": {"type": "string"}, "id": dict(_ID), "rev": {"type": ["integer", "null"]}},
        "required": ["entity", "id"],
        "description": "A record as its kind prints it, with the kind and the revision.",
    }
    rejected = {
        "type": "object",
        "properties": {
            "place": {"type": "string"},
            "code": {"type": "string"},
            "message": {"type": "string"},
            "data": {"type": "object"},
        },
        "required": ["place", "code", "message"],
    }
    return {
        "title": "Result of a change",
        "type": "object",
        "properties": {
            "changed": {"type": "array", "items": changed},
            "undo": {"type": ["string", "null"], "pattern": _HANDLE, "description": "What crm undo takes."},
            "dry_run": {"type": "boolean"},
            **{count: {"type": "integer", "minimum": 0} for count in COUNTS},
            "rejected": {"type": "array", "items": rejected},
        },
        "required": ["changed", "undo"],
    }


def error() -> Schema:
    """The schema of the line that stderr gets with ``--json`` or ``--ndjson`` when a command fails."""
    inner = {
        "type": "object",
        "properties": {
            "code": {"type": "string", "description": "Stable; the message is not."},
            "message": {"type": "string"},
            "hint": {"type": ["string", "null"]},
            "data": {"type": "object"},
            "exit_code": {"type": "integer"},
        },
        "required": ["code", "message", "hint", "data", "exit_code"],
    }
    return {"title": "Error", "type": "object", "properties": {"error": inner}, "required": ["error"]}


def whole(registry: Registry, shown: dict[str, list[Field]]) -> Schema:
    """Everything in one document: ``$defs`` by noun, with ``result`` and ``error``."""
    records = {key: record(registry.entities[key], fields) for key, fields in shown.items()}
    return {"$schema": DRAFT, "$defs": {**records, "$result": result(), "$error": error()}}
