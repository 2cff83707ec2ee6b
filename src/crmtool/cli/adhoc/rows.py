"""What a statement answers as records with fields, so that every output format of the program can print it."""

from __future__ import annotations

from itertools import chain, islice

from crmtool.core.fields import Field
from crmtool.core.kinds import Kind
from crmtool.core.messages import N_
from crmtool.core.registry import Entity

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from typing import Any

_LOOKED_AT = 100
_INFINITE = (float("inf"), float("-inf"))


class SqlValue(Kind):
    """A value as the engine answers it: text, a number, bytes, or nothing. JSON keeps its type; bytes become hexadecimal."""

    name = "value"
    multi = False

    def plain(self, value: Any) -> Any:
        # JSON has no infinity.
        return value.hex() if isinstance(value, bytes) else None if value in _INFINITE else value

    def cell(self, value: Any) -> str:
        return (
            value.hex()
            if isinstance(value, bytes)
            else repr(value)
            if isinstance(value, float)
            else str(value)
        )

    def show(self, value: Any, field: Field) -> str:
        return self.cell(value)


class SqlNumber(SqlValue):
    """The same where a column holds numbers: they stand to the right."""

    name = "number"


VALUE, NUMBER = SqlValue(), SqlNumber()


def as_records(
    columns: list[str], rows: Iterable[tuple[Any, ...]]
) -> tuple[Entity, Iterator[dict[str, Any]]]:
    """An entity that describes the answer, and its rows as records. A column name that comes twice gets ``_2``."""
    names: list[str] = []
    for column in columns:
        name, again = column, 2
        while name in names:
            name, again = f"{column}_{again}", again + 1
        names.append(name)
    rows = iter(rows)
    first = list(islice(rows, _LOOKED_AT))
    fields = [
        Field(name, NUMBER if _numeric(row[at] for row in first) else VALUE, name)
        for at, name in enumerate(names)
    ]
    entity = shape(N_("Row"), N_("Rows"), *fields)
    return entity, (dict(zip(names, row, strict=True)) for row in chain(first, rows))


def shape(singular: str, plural: str, *fields: Field) -> Entity:
    """An entity for rows that are no records, such as the tables of ``crm sql --tables``; its first field names a row."""
    keys = tuple(field.key for field in fields)
    by_key = {field.key: field for field in fields}
    return Entity(keys[0], keys[0], singular, plural, by_key, name_field=keys[0], list_fields=keys)


def _numeric(values: Iterable[Any]) -> bool:
    held = [value for value in values if value is not None]
    return bool(held) and all(isinstance(value, int | float) for value in held)
