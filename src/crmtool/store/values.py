"""The values of typed records in Python's own types, and the way between them and the stored, JSON-plain ones.

Simple spellings are let in where a person would write them: ``"10k USD"`` for a ``Money``, a name for a ``Ref``, a text for an
``Entry``.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import partial
from typing import Any, Generic, TypeVar

from pydantic import BaseModel, ConfigDict

from crmtool.core import ids
from crmtool.core.fields import Field
from crmtool.core.kinds.reach import ADDRESS_PARTS
from crmtool.core.money import decimal_text, parse_money

T = TypeVar("T")
_ANY_CURRENCY = "XXX"  # ISO 4217 for none: an amount typed without one has that of the workspace it goes to


class _Value(BaseModel):
    model_config = ConfigDict(frozen=True)


class Ref(_Value):
    """Another record: what it is called, and its id once that is known. ``name`` is ``None`` for one that may not be seen."""

    id: str | None = None
    name: str | None = None

    def __str__(self) -> str:
        return self.name or (f"@{ids.handle(self.id)}" if self.id else "")


class Money(_Value):
    """An exact amount. Without a currency it has that of the workspace it is written to."""

    amount: Decimal
    currency: str | None = None

    def __str__(self) -> str:
        return f"{self.amount} {self.currency}" if self.currency else str(self.amount)


class Address(_Value):
    """A postal address; every part is text."""

    street: str | None = None
    extended: str | None = None
    po_box: str | None = None
    city: str | None = None
    region: str | None = None
    postal_code: str | None = None
    country: str | None = None

    def __str__(self) -> str:
        return ", ".join(str(part) for key in ADDRESS_PARTS if (part := getattr(self, key)))


class Entry(_Value, Generic[T]):
    """One of several values, such as an e-mail address, with its label."""

    value: T
    label: str | None = None

    def __str__(self) -> str:
        return str(self.value)

    def __repr_name__(self) -> str:
        return "Entry"


# -- spellings that are let in ------------------------------------------------------------------------------------------


def read_money(value: Any) -> Any:
    """A number or a text in place of a ``Money``."""
    if isinstance(value, int | float | Decimal) and not isinstance(value, bool):
        return {"amount": Decimal(str(value))}
    if isinstance(value, str):
        found = parse_money(value, _ANY_CURRENCY)
        if found is None:
            raise ValueError(f"not an amount of money: {value!r}")
        return money(found)
    return value


def read_address(value: Any) -> Any:
    """The street alone in place of an ``Address``."""
    return {"street": value} if isinstance(value, str) else value


def read_ref(value: Any) -> Any:
    """An id, a name or whatever else a person would type in place of a ``Ref``."""
    return ({"id": value} if ids.is_id(value) else {"name": value}) if isinstance(value, str) else value


def read_entries(value: Any) -> Any:
    """Bare values, or a single one, in place of a list of ``Entry``."""
    if isinstance(value, str | Address | Entry):
        value = [value]
    if not isinstance(value, list | tuple):
        return value
    return [item if isinstance(item, Entry) or _is_entry(item) else {"value": item} for item in value]


def _is_entry(item: Any) -> bool:
    return isinstance(item, dict) and "value" in item


def read_words(value: Any) -> Any:
    """Words between commas in place of a list."""
    if isinstance(value, str):
        return [word.strip() for word in value.split(",") if word.strip()]
    return list(value) if isinstance(value, set | frozenset | tuple) else value


# -- between stored values and Python's --------------------------------------------------------------------------------


def money(value: list[Any]) -> Money:
    """A stored amount, ``[minor, currency]``, as a ``Money``."""
    minor, currency = value
    amount = Decimal(decimal_text(minor, currency))
    return Money(amount=amount, currency=None if currency == _ANY_CURRENCY else currency)


def to_python(field: Field, value: Any) -> Any:
    """A value as the reader gives it, references with their names, as the model has it."""
    if field.multi:
        one = partial(_to_one, field.kind.name)
        return [Entry(value=one(item["value"]), label=item.get("label")) for item in value or ()]
    if field.kind.collection:
        return list(value or ())
    return None if value is None else _to_one(field.kind.name, value)


def _to_one(kind: str, value: Any) -> Any:
    convert = _FROM_STORED.get(kind)
    return value if convert is None else convert(value)


_FROM_STORED: dict[str, Callable[[Any], Any]] = {
    "date": date.fromisoformat,
    "instant": datetime.fromisoformat,
    "money": money,
    "address": lambda parts: Address(**parts),
    "reference": lambda value: _ref(value),
    "file": lambda value: _ref(value),
}


def _ref(value: Any) -> Ref:
    return Ref(id=value["id"], name=value["name"]) if isinstance(value, dict) else Ref(id=value)


def to_plain(value: Any) -> Any:
    """A value of a model, or one that a program gives in its place, as what commands take."""
    match value:
        case Money(amount=amount, currency=currency):
            text = format(amount.normalize(), "f")
            return f"{text} {currency}" if currency else text
        case Ref(id=record, name=name):
            return record or name
        case Address():
            return value.model_dump(exclude_none=True)
        case Entry(value=inner, label=label):
            return {"value": to_plain(inner), "label": label}
        case datetime():
            return value.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        case date():
            return value.isoformat()
        case Decimal():
            return format(value, "f")
        case list() | tuple() | set() | frozenset():
            return [to_plain(item) for item in value]
        case _:
            return value
