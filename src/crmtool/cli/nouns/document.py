"""A record as text that a person edits: TOML, a field a line, empty ones as comments; and back to what was changed."""

from __future__ import annotations

import tomllib

from crmtool.core import ids
from crmtool.core.errors import UsageError
from crmtool.core.messages import Message, t

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from crmtool.app.workspace import Workspace
    from crmtool.core.fields import Field
    from crmtool.core.registry import Entity

    Record = dict[str, Any]


def document(workspace: Workspace, entity: Entity, record: Record) -> str:
    """The text of a record whose references are expanded, with the label or the choices behind each empty field."""
    name, handle = record.get(entity.name_field) or "", ids.handle(record["id"])
    lines = [
        f"# {_line(t('{noun} {name} @{handle}', noun=entity.label(), name=name, handle=handle))}",
        f"# {_line(t('Save and leave the editor to apply what you changed.'))}",
        "",
    ]
    for field in editable(workspace, entity):
        value = written(record.get(field.key), field)
        empty = value is None or value == []
        lines.append(f"# {field.key} = {_hint(field)}" if empty else f"{field.key} = {_toml(value)}")
    return "\n".join(lines) + "\n"


def _toml(value: Any) -> str:
    """A value as TOML spells it; a text of several lines keeps them."""
    import tomlkit  # 30 ms, only to edit

    if isinstance(value, dict):
        return "{" + ", ".join(f"{key} = {_toml(item)}" for key, item in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(_toml(item) for item in value) + "]"
    if isinstance(value, str) and "\n" in value:
        return str(tomlkit.string(value, multiline=True).as_string())
    return str(tomlkit.item(value).as_string())


def editable(workspace: Workspace, entity: Entity) -> list[Field]:
    """The fields a person may write here, in order."""
    return [f for f in workspace.reader.visible_fields(entity) if f.writable and not f.hidden]


def changes(entity: Entity, before: str, after: str, base: Record) -> tuple[tuple[str, str, Any], ...]:
    """What an edited text changes, as (field, ``=``, value); a field that is gone is emptied. Raises ``UsageError``."""
    old, new = tomllib.loads(before), _loads(after)
    out = []
    for key in new:
        entity.field(key)
    for key in dict.fromkeys([*old, *new]):
        if old.get(key) != new.get(key):
            field = entity.field(key)
            out.append((field.key, "=", _given(new.get(key), field, base.get(field.key))))
    return tuple(out)


def written(value: Any, field: Field) -> Any:
    """A value as TOML holds it: lists of words, tables for addresses, everything else as it is typed on the command line."""
    if value is None or value == []:
        return None
    if field.multi:
        return [_entry(entry, field) for entry in value]
    if field.kind.collection:
        return list(value)
    if field.kind.name in ("yesno",):
        return bool(value)
    if field.kind.name == "number":
        return field.kind.plain(value)
    if field.kind.name == "address":
        return dict(value)
    return field.kind.to_csv(value, field)


def _entry(entry: dict[str, Any], field: Field) -> Any:
    label = entry.get("label")
    if field.kind.name == "address":
        return {**({"label": label} if label else {}), **entry["value"]}
    text = field.kind.cell(entry["value"])
    return f"{label}: {text}" if label else text


def _given(value: Any, field: Field, old: Any) -> Any:
    """The value of a field as a command takes it; entries that are still there keep their identity."""
    if value is None:
        return [] if field.multi or field.kind.collection else None
    if not field.multi:
        return value if field.kind.name != "json" else _json(value)
    known = {str(_entry(entry, field)): entry for entry in old or ()}
    out: list[Any] = []
    for item in value if isinstance(value, list) else [value]:
        kept = known.get(str(item))
        if kept is not None:
            out.append(kept)
        elif isinstance(item, dict):
            out.append({"value": {k: v for k, v in item.items() if k != "label"}, "label": item.get("label")})
        else:
            out.append(_labelled(str(item)))
    return out


def _labelled(text: str) -> dict[str, Any]:
    label, colon, rest = text.partition(":")
    if colon and label.strip().isalpha() and not rest.startswith("//") and rest.strip():
        return {"value": rest.strip(), "label": label.strip().lower()}
    return {"value": text, "label": None}


def _json(value: Any) -> Any:
    import json

    if not isinstance(value, str):
        return value
    try:
        return json.loads(value)
    except ValueError:
        return value


def _loads(text: str) -> dict[str, Any]:
    try:
        found = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise UsageError(
            Message("The text cannot be read: {reason}.", reason=str(error)),
            Message("A line is written as {example}; text stands in quotes.", example='title = "CTO"'),
            code="document",
        ) from error
    return {key: _plain(value) for key, value in found.items()}


def _plain(value: Any) -> Any:
    # TOML has dates of its own; fields read theirs from text.
    return value.isoformat() if hasattr(value, "isoformat") else value


def _hint(field: Field) -> str:
    if field.kind.name == "choice":
        return '""  # ' + _line(", ".join(choice.key for choice in field.choices))
    return ("[]" if field.multi or field.kind.collection else '""') + f"  # {_line(field.label())}"


def _line(text: str) -> str:
    return "".join(char if char.isprintable() else " " for char in text)
