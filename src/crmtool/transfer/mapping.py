"""A saved map of an import: where columns go and which words stand for which, as a TOML file that a person edits.

    [file."deals.csv"]                      # or a pattern: "*.csv"
    as = "pipedrive/deal"
    dates = "dmy"                           # or by column: dates = { "Birthday" = "dmy", "Closed" = "mdy" }

    [file."deals.csv".columns]
    "Deal - Title" = "name"
    "Score" = "new:number"                  # a field of our own, made with the import
    "Colour" = "extra"                      # kept beside the record
    "Internal" = "ignore"

    [file."deals.csv".values."Deal - Stage"]
    "Negotiations Started" = "Negotiation"

    [values.owner]                          # of every file
    "Priya K." = "Priya Kumar"

Columns that the map does not name go where the layout says.
"""

from __future__ import annotations

import fnmatch
import os

from crmtool.core.errors import UsageError
from crmtool.core.messages import Message
from crmtool.core.struct import Struct
from crmtool.transfer.days import ORDERS
from crmtool.transfer.layouts import base
from crmtool.transfer.layouts.base import KEEP, SKIP, Target
from crmtool.transfer.layouts.generic import of_field
from crmtool.transfer.layouts.words import normal

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from typing import Any

    from crmtool.core.registry import Entity

NEW = "new:"
_NAME_PARTS = ("full", "given", "middle", "family", "prefix", "suffix", "nickname", "phonetic")
_COMPANY_PARTS = ("name", "domain", "id", "address", "owner", "tags")
_CONTACT_PARTS = ("name", "given", "family", "email", "phone", "id", "role", "owner", "tags")
_ADDRESS_PARTS = ("street", "extended", "po_box", "city", "region", "postal_code", "country", "formatted")
_KEYS: dict[str, type | tuple[type, ...]] = {"as": str, "dates": (str, dict), "columns": dict, "values": dict}


class FileMap(Struct):
    """What a map says of one file. ``dates``: the order of days in all columns, ``days``: by column; ``columns``: column to word;
    ``values``: column or field to words and what they stand for.
    """

    layout: str | None
    dates: str | None
    columns: dict[str, str]
    values: dict[str, dict[str, str]]
    days: dict[str, str]


class SavedMap(Struct):
    """A whole map, as read: pattern of a file's name to what is said of it, and the words of all files by field."""

    path: str
    files: dict[str, FileMap]
    values: dict[str, dict[str, str]]

    def of(self, name: str) -> FileMap:
        """What is said of the file ``name``, by the first pattern that fits its name or its path; nothing for an unknown one."""
        short = os.path.basename(name)
        for pattern, found in self.files.items():
            if pattern in (name, short) or fnmatch.fnmatch(short, pattern) or fnmatch.fnmatch(name, pattern):
                return found.replace(values={**self.values, **found.values})
        return FileMap(None, None, {}, self.values, {})


NOTHING = SavedMap("", {}, {})


def read_map(path: str) -> SavedMap:
    """The map in a file. ``UsageError`` says what is wrong and where; ``OSError`` for a file that cannot be read."""
    import tomllib

    with open(path, "rb") as file:
        try:
            found = tomllib.load(file)
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            raise UsageError(
                Message("{file} cannot be read as a map: {reason}", file=path, reason=str(error)),
                Message(
                    "It is TOML; “crm import FILE --plan --save-map {file}” writes one to begin with.",
                    file=path,
                ),
                code="map",
            ) from None
    for key in found.keys() - {"file", "values"}:
        raise _wrong(path, key, Message("there is no such part; a map has [file.…] and [values.…]"))
    files = {}
    for pattern, said in _table(path, "file", found.get("file", {})).items():
        where = f'file."{pattern}"'
        for key, value in _table(path, where, said).items():
            if key not in _KEYS:
                raise _wrong(path, f"{where}.{key}", Message("known are: {keys}", keys=", ".join(_KEYS)))
            if not isinstance(value, _KEYS[key]):
                raise _wrong(path, f"{where}.{key}", Message("a text was expected, or a table of texts"))
        dates = said.get("dates")
        days = _texts(path, f"{where}.dates", dates) if isinstance(dates, dict) else {}
        dates = None if isinstance(dates, dict) else dates
        if {*days.values(), dates or ORDERS[0]} - {*ORDERS}:
            raise _wrong(path, f"{where}.dates", Message("one of dmy, mdy and ymd was expected"))
        columns = _texts(path, f"{where}.columns", said.get("columns", {}))
        values = {
            key: _texts(path, f'{where}.values."{key}"', words)
            for key, words in _table(path, f"{where}.values", said.get("values", {})).items()
        }
        files[pattern] = FileMap(said.get("as"), dates, columns, values, days)
    everywhere = _table(path, "values", found.get("values", {}))
    return SavedMap(
        path, files, {key: _texts(path, f"values.{key}", words) for key, words in everywhere.items()}
    )


def place_of(column: str, columns: list[str]) -> int | None:
    """Which of a table's columns a map means: exactly so written, else the same without case and punctuation."""
    if column in columns:
        return columns.index(column)
    return next((at for at, name in enumerate(columns) if normal(name) == normal(column)), None)


def target_of(word: str, entity: Entity, *, where: str, path: str) -> Target:
    """Where a column goes by the word of a map: see ``spelled``. ``UsageError`` for a word that means nothing."""
    text, _, label = word.partition(":")
    head, dot, part = text.strip().partition(".")
    label = label.strip()
    if text == "extra":
        return KEEP
    if text == "ignore":
        return SKIP
    if text == "id":
        return Target(base.EXTERNAL)
    if text in ("note", "product", "tags") and (text != "tags" or "tags" in entity.fields):
        return Target(text, "tags" if text == "tags" else "", split=";," if text == "tags" else "")
    if text == "created_at":
        return Target(base.CREATED)
    if head == entity.name_field and part in (base.FAMILY_FIRST, base.AS_WRITTEN) and entity.key == "contact":
        return Target(base.NAME, part="full", label=part)
    if head == entity.name_field and (not dot or part in _NAME_PARTS):
        return Target(base.NAME, part=part or "full")
    if head == "addresses" and part in _ADDRESS_PARTS:
        return Target(base.ADDRESS, "addresses", part, label or None, group=label or "mapped")
    if head == "company" and (part or "name") in _COMPANY_PARTS:
        return Target(base.COMPANY, part=part or "name")
    if head == "contact" and (part or "name") in _CONTACT_PARTS:
        return Target(base.CONTACT, part=part or "name", group=label)
    if head == "deal" and (part or "name") in ("name", "id"):
        return Target(base.DEAL, part=part or "name")
    field = entity.find(head)
    if field is not None and part == "currency" and field.kind.name == "money":
        return Target(base.CURRENCY, field.key)
    if field is not None and part == "id" and field.kind.name == "reference":
        return Target(base.REFERENCE, field.key, part="id")
    if field is not None and not dot and field.writable:
        if field.multi and field.kind.name in ("email", "phone", "url"):
            return base.entry(field.key, f"mapped {where}", label or None, split=";")
        return of_field(field, entity)
    raise _wrong(
        path,
        where,
        Message("“{word}” is no field of {noun}", word=word, noun=entity.key),
        Message(
            "Write a field ({fields}), extra, ignore or new:KIND.",
            fields=", ".join(key for key, one in entity.fields.items() if one.writable and not one.hidden),
        ),
    )


def words_of(entity: Entity) -> Iterator[str]:
    """The words of a map for columns of this entity, from its own fields to what rows name beside them."""
    for key, field in entity.fields.items():
        if not field.writable or field.hidden:
            continue
        if key != "addresses":
            yield key
        if field.kind.name == "money":
            yield f"{key}.currency"
    if entity.key == "contact":
        yield from (f"{entity.name_field}.{part}" for part in _NAME_PARTS if part != "full")
    if "addresses" in entity.fields:
        yield from (f"addresses.{part}" for part in _ADDRESS_PARTS)
    for head, parts in (("company", _COMPANY_PARTS), ("contact", _CONTACT_PARTS)):
        if head in entity.fields:
            yield from (f"{head}.{part}" for part in parts if part != "name")
    yield from ("note", "id", "created_at")


def spelled(target: Target, entity: Entity) -> str | None:
    """The word by which a map says where a column goes; ``None`` for what only a layout can say."""
    label = f":{target.label}" if target.label else ""
    role = target.role
    if role == base.NAME:
        part = target.label or target.part
        return entity.name_field if part == "full" else f"{entity.name_field}.{part}"
    if role in (base.FIELD, base.CHOICE, base.DAY, base.MOMENT, base.REFERENCE):
        return f"{target.field}.id" if target.part == "id" else target.field
    if role == base.ENTRY:
        return f"{target.field}{label}"
    if role == base.ADDRESS:
        return f"addresses.{target.part}{label}"
    if role in (base.COMPANY, base.CONTACT, base.DEAL):
        return role if target.part == "name" else f"{role}.{target.part}"
    if role == base.CURRENCY:
        return f"{target.field}.currency"
    if role == base.EXTERNAL and target.part != "own" and not target.field:
        return "id"
    simple = {base.TAGS: "tags", base.CREATED: "created_at", base.NOTE: "note", base.PRODUCT: "product"}
    return {**simple, base.EXTRA: "extra", base.IGNORE: "ignore"}.get(role)


def quoted(text: str) -> str:
    """A TOML string."""
    out = text.replace("\\", "\\\\").replace('"', '\\"')
    return (
        '"' + "".join(char if char >= " " and char != "\x7f" else f"\\u{ord(char):04X}" for char in out) + '"'
    )


def _table(path: str, where: str, value: Any) -> Mapping[str, Any]:
    if not isinstance(value, dict):
        raise _wrong(path, where, Message("a table was expected"))
    return value


def _texts(path: str, where: str, value: Any) -> dict[str, str]:
    for key, text in _table(path, where, value).items():
        if not isinstance(text, str):
            raise _wrong(path, f'{where}."{key}"', Message("a text was expected"))
    return dict(value)


def _wrong(path: str, where: str, what: Message, hint: Message | None = None) -> UsageError:
    return UsageError(
        Message("{file}, {where}: {what}.", file=path, where=where, what=str(what)),
        hint,
        code="map",
        where=where,
    )
