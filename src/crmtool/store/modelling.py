"""Typed records for programs and notebooks: SQLModel classes made from the definitions.

A model is the shape of one kind of record: dates as ``date``, amounts as ``Money``, references as ``Ref``, several values as
lists of ``Entry``. Pydantic checks types; the rules of the domain run where every door's do, when the record is written.
Importing this costs 0.7 s, so nothing on the way of a command does.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime
from functools import partial
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, ConfigDict, PrivateAttr
from pydantic import Field as Setting
from sqlmodel import SQLModel

from crmtool.core import ids
from crmtool.core.errors import CrmError
from crmtool.core.fields import Context, Field
from crmtool.core.jsontext import dumps
from crmtool.core.registry import Entity
from crmtool.store.values import (
    Address,
    Entry,
    Money,
    Ref,
    read_address,
    read_entries,
    read_money,
    read_ref,
    read_words,
    to_plain,
    to_python,
)  # fmt: skip

SYSTEM = ("id", "rev", "created_at", "created_by", "updated_at", "updated_by", "deleted_at")


class Record(SQLModel):
    """Base of all models. ``own`` holds the values of fields that the workspace's people defined."""

    model_config = ConfigDict(extra="allow", validate_assignment=True)  # type: ignore[assignment]  # SQLModel's own type is narrower

    id: str | None = None
    rev: int | None = None
    created_at: datetime | None = None
    created_by: Ref | None = None
    updated_at: datetime | None = None
    updated_by: Ref | None = None
    deleted_at: datetime | None = None
    _read: dict[str, Any] = PrivateAttr(default_factory=dict)

    @property
    def own(self) -> dict[str, Any]:
        """The fields of one's own and their values; changing an item changes the record."""
        extra: dict[str, Any] | None = self.model_extra
        return {} if extra is None else extra

    @property
    def handle(self) -> str | None:
        """What people type for the record; ``None`` before it is written."""
        return f"@{ids.handle(self.id)}" if self.id else None

    def __str__(self) -> str:
        return str(getattr(self, "name", None) or self.handle or "")

    def __repr_args__(self) -> Sequence[tuple[str | None, Any]]:
        """What a notebook shows: the values that are there."""
        shown = super().__repr_args__()
        return [
            item for item in shown if item[1] not in (None, []) and (item[0] == "id" or item[0] not in SYSTEM)
        ]


# -- from a definition to a class --------------------------------------------------------------------------------------


def class_name(entity: Entity) -> str:
    """What the model of an entity is called."""
    return "".join(part.title() for part in entity.key.split("_"))


def model(entity: Entity, base: type[Record] = Record) -> type[Record]:
    """The model of an entity. Fields of one's own are not part of it: they are allowed besides."""
    annotations: dict[str, Any] = {}
    namespace: dict[str, Any] = {"__module__": "crmtool.store.models", "__doc__": f"A {entity.name.lower()}."}
    for field in entity.fields.values():
        if not modelled(field):
            continue
        annotations[field.key] = python_type(field)
        # A field that every record of the kind must have is asked for when one is made.
        if not field.required:
            holds_many = field.multi or field.kind.collection
            namespace[field.key] = Setting(default_factory=list) if holds_many else Setting(default=None)
    namespace["__annotations__"] = annotations
    metaclass: Any = type(base)
    made: type[Record] = metaclass(class_name(entity), (base,), namespace)
    return made


def modelled(field: Field) -> bool:
    """Whether a field is an attribute of the model: not the system's (the base has them), nor one of one's own."""
    return not field.own_key and field.key not in SYSTEM and field.key not in ("external_ids", "extra")


def python_type(field: Field) -> Any:
    """The annotation of a field, with the validators that let simple spellings in."""
    kind = field.kind.name
    if field.multi:
        return Annotated[list[Entry[_one(field)]], BeforeValidator(read_entries)]  # type: ignore[misc]
    if field.kind.collection:
        return Annotated[list[str], BeforeValidator(read_words)]
    one = _one(field)
    if kind == "json":
        return Any
    return one if field.required else one | None


def _one(field: Field) -> Any:
    kind = field.kind.name
    if kind in ("email", "phone", "url"):
        return Annotated[str, AfterValidator(partial(_checked, field))]
    wide: dict[str, Any] = {
        "number": int | float,
        "date": date,
        "instant": Annotated[datetime, AfterValidator(_aware)],
        "yesno": bool,
        "money": Annotated[Money, BeforeValidator(read_money)],
        "address": Annotated[Address, BeforeValidator(read_address)],
        "reference": Annotated[Ref, BeforeValidator(_read_ref)],
        "file": Annotated[Ref, BeforeValidator(_read_ref)],
        "json": Any,
    }
    return wide.get(kind, str)


def _checked(field: Field, text: str) -> str:
    try:
        value: str | None = field.kind.validate(text, field, Context())
    except CrmError as error:
        raise ValueError(str(error)) from error
    return value or ""


def _aware(moment: datetime) -> datetime:
    """An instant is a point in time: one without a zone is the machine's own."""
    return moment.astimezone(UTC)


def _read_ref(value: Any) -> Any:
    """A record stands for the reference to it."""
    if isinstance(value, Record):
        return {"id": value.id, "name": getattr(value, "name", None)}
    return read_ref(value)


# -- in and out of the store -------------------------------------------------------------------------------------------


def loaded(made: type[Any], entity: Entity, record: dict[str, Any]) -> Any:
    """An instance of a model from a record of the reader; what it holds was checked when it was written."""
    values = {key: to_python(field, record.get(key)) for key, field in entity.fields.items() if key in record}
    for key, field in entity.fields.items():
        # A field that the reader may not see is there and empty, so that the model is whole.
        if key not in values and modelled(field):
            values[key] = [] if field.multi or field.kind.collection else None
    for hidden in ("external_ids", "extra"):
        values.pop(hidden, None)
    instance = made.model_construct(**values)
    instance._read = {key: to_plain(value) for key, value in values.items()}
    return instance


def written(entity: Entity, record: Record) -> dict[str, Any]:
    """The values of an instance that commands take: what was given or changed, without what the program keeps itself."""
    held = {**{key: getattr(record, key) for key in type(record).model_fields}, **record.own}
    out: dict[str, Any] = {}
    for key, value in held.items():
        field = entity.find(key)
        if key in SYSTEM or (field is not None and not field.writable):
            continue
        plain = to_plain(value)
        if record._read:
            if _mark(plain) != _mark(record._read.get(key)):
                out[key] = plain
        elif plain not in (None, []) or key in record.model_fields_set:
            out[key] = plain
    return out


def _mark(value: Any) -> str:
    return dumps(value)
