"""``field=value`` words: how a record's fields are given on the command line.

``email=ana@acme.es`` sets, ``tags+=vip`` adds to what a field holds, ``tags-=cold`` takes from it, ``phone=``
empties. The field's own definition decides what the text means; only JSON is read here, because a shell makes
quotes hard to write.
"""

from __future__ import annotations

import json

from crmtool.core.errors import UsageError
from crmtool.core.messages import Message

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any

    from crmtool.core.fields import Field
    from crmtool.core.registry import Entity

    Assignment = tuple[str, str, Any]  # (field key, operator, value)


def is_assignment(word: str) -> bool:
    """Whether a word is ``field=value``: what stands before the sign could be the name of a field."""
    name, equals, _ = word.partition("=")
    return bool(equals) and _named(name.rstrip("+-"))


def split(words: Iterable[str]) -> tuple[list[str], list[str]]:
    """(the words that are no assignments, those that are), each in order."""
    plain: list[str] = []
    assigned: list[str] = []
    for word in words:
        (assigned if is_assignment(word) else plain).append(word)
    return plain, assigned


def assignments(words: Iterable[str], entity: Entity) -> list[Assignment]:
    """Assignments as (field key, operator, value) with the operator ``=``, ``+=`` or ``-=``.

    Raises ``UsageError`` for a field there is not, or one that the program keeps itself.
    """
    return [_assignment(word, entity) for word in words]


def values(words: Iterable[str], entity: Entity) -> dict[str, Any]:
    """Assignments for a new record: one value a field, several ``+=`` of one field joined."""
    out: dict[str, Any] = {}
    for key, operator, value in assignments(words, entity):
        if operator == "-=":
            raise UsageError(
                Message("There is nothing to take “{field}” from: the record is new.", field=key),
                Message("Write {key}=…", key=key),
                field=key,
            )
        field = entity.fields[key]
        if key in out and operator == "+=" and isinstance(value, str):
            out[key] = f"{out[key]}; {value}" if field.multi else f"{out[key]}, {value}"
        else:
            out[key] = value
    return out


def _assignment(word: str, entity: Entity) -> Assignment:
    name, _, text = word.partition("=")
    operator = "="
    if name[-1:] in ("+", "-"):
        name, operator = name[:-1], f"{name[-1]}="
    try:
        field = entity.field(name)
    except UsageError as error:
        if "." in name:
            raise UsageError(
                Message("“{field}” belongs to another record.", field=name),
                Message("Change it there: a command changes the fields of {noun}.", noun=entity.key),
                code="unknown_field",
                field=name,
            ) from error
        raise
    if not field.writable:
        raise UsageError(
            Message("{field} is kept by the program and cannot be set.", field=field.label()),
            Message("Leave it out; it follows from the other fields and records."),
            code="read_only",
            field=field.key,
        )
    return field.key, operator, read(field, text)


def read(field: Field, text: str) -> Any:
    """What typed text is for a field: the text itself, but for JSON its value, where ``a,b`` is a list of words."""
    if field.kind.name != "json" or not text.strip():
        return text
    try:
        return json.loads(text)
    except ValueError:
        if text.lstrip()[:1] in "[{":
            return text  # meant as JSON: the field says what is wrong with it
        return [part.strip() for part in text.split(",") if part.strip()]


def _named(name: str) -> bool:
    return bool(name) and all(char.isalnum() or char in "_-." for char in name) and name[0] not in "-."
