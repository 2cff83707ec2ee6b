"""Counts and sums over records, grouped by fields, from the same query tree, row policy and column mask as
every list.
"""

from __future__ import annotations

from crmtool.core.errors import UsageError
from crmtool.core.messages import Message
from crmtool.core.query import Path
from crmtool.core.struct import Struct
from crmtool.store.compile import Compiler

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

    from crmtool.core.query import Node
    from crmtool.store.reader import Reader

SPLIT = 10**9  # parts of amounts are summed apart: ten of the largest together are more than an engine counts
FUNCTIONS = ("count", "sum", "min", "max")


class Measure(Struct):
    """What to compute of a group: ``count`` of its records, or ``sum``, ``min``, ``max`` of a field by key.

    ``where`` narrows what is measured without narrowing the groups, so that one pass answers several questions.
    """

    function: str = "count"
    field: str | None = None
    where: Node | None = None


COUNT = Measure()


def aggregate(
    reader: Reader, entity: str, *, by: Sequence[str] = (), measures: Sequence[Measure] = (COUNT,), where: Node | None = None,
    trash: str = "without",
) -> list[tuple[Any, ...]]:  # fmt: skip
    """One row a group: the values of the ``by`` fields in stored form, then the measures.

    Amounts of different currencies are never added: a measure over money answers ``[minor, currency]``, and a group that holds
    several currencies gives a row for each, its blanks included. Without groups and money there is exactly one row. Raises
    ``UsageError`` for a field that does not exist, may not be seen, or cannot be grouped or summed.
    """
    kind = reader.layouts.registry.entity(entity)
    compiler = reader.compiler(kind)
    keys = [_scalar(compiler, name) for name in by]
    selected, currency = _measures(compiler, measures)
    measured, compiler.params = compiler.params, []
    condition = compiler.where(where, trash)
    groups = [*keys, currency] if currency else keys
    sql = f'SELECT {", ".join([*groups, *selected])} FROM "{kind.table}" AS t {" ".join(compiler.joins)} WHERE {condition}'
    if groups:
        sql += f" GROUP BY {', '.join(groups)} ORDER BY {', '.join(groups)}"
    rows = reader.db.rows(sql, [*measured, *compiler.join_params, *compiler.params])
    if not currency:
        return list(rows)
    at, out = len(keys), []
    money = [m.field is not None and kind.field(m.field).kind.name == "money" for m in measures]
    for row in rows:
        values = [
            ([_minor(value), row[at]] if value is not None and row[at] is not None else None)
            if is_money
            else value
            for value, is_money in zip(row[at + 1 :], money, strict=True)
        ]
        out.append((*row[:at], *values))
    return out


def _scalar(compiler: Compiler, name: str) -> str:
    """The column of a field that holds one comparable value."""
    field = compiler.entity.field(name)
    alias, entity = compiler.reach(Path((field,)))
    if field.multi or field.kind.collection or not field.kind.sortable:
        raise UsageError(
            Message("“{field}” cannot be grouped or summed.", field=field.key),
            Message("Take a field with one value: a text, choice, date, number or amount."),
            code="aggregate",
            field=field.key,
        )
    return compiler.column(alias, entity, field)


def _measures(compiler: Compiler, measures: Sequence[Measure]) -> tuple[list[str], str]:
    """The SQL of the measures, their parameters left with the compiler, and the currency to group by if one is over money."""
    out: list[str] = []
    currency = ""
    for measure in measures:
        if measure.function not in FUNCTIONS:
            raise UsageError(
                Message("There is no measure “{name}”.", name=measure.function),
                Message("Measures: {names}.", names=", ".join(FUNCTIONS)),
                code="aggregate",
            )
        inner, money = "*", False
        if measure.field is not None:
            inner = _scalar(compiler, measure.field)
            field = compiler.entity.field(measure.field)
            money = field.kind.name == "money"
            if measure.function == "sum" and field.kind.name not in ("money", "number"):
                raise UsageError(
                    Message("“{field}” cannot be grouped or summed.", field=field.key),
                    Message("Take a field with one value: a text, choice, date, number or amount."),
                    code="aggregate",
                    field=field.key,
                )
            if money:
                own = compiler.currency("t", field)
                if currency not in ("", own):
                    raise UsageError(
                        Message("Only one field of money can be measured at a time."),
                        Message("Measure the other one by a question of its own."),
                        code="aggregate",
                    )
                currency = own
        parts = [f"{measure.function}({inner})"]
        if money and measure.function == "sum":
            parts = [f"sum({inner} / {SPLIT})", f"sum({inner} % {SPLIT})"]
        if measure.where is not None:
            parts = [f"{part} FILTER (WHERE {compiler.condition(measure.where)})" for part in parts]
        out.append(" || ':' || ".join(parts))
    return out, currency


def _minor(value: Any) -> int:
    """Minor units of one amount, or of a sum, which comes in two parts because whole numbers of an engine end."""
    if not isinstance(value, str):
        return int(value)
    high, _, low = value.partition(":")
    return int(high) * SPLIT + int(low)


__all__ = ["COUNT", "Measure", "aggregate"]
