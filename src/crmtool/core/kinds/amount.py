"""Numbers and money."""

from __future__ import annotations

from crmtool.core.fields import invalid
from crmtool.core.kinds.base import Kind
from crmtool.core.messages import Message

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from crmtool.core.errors import ValidationError
    from crmtool.core.fields import Context, Field


class Number(Kind):
    name = "number"
    storage = "real"
    operators = ("=", "!=", "<", "<=", ">", ">=", "..", "in", "empty")

    def parse(self, text: str, field: Field, ctx: Context) -> Any:
        from crmtool.core.money import parse_number

        number = parse_number(text.removesuffix("%").strip())
        if number is None:
            raise invalid(
                field,
                Message("{field}: “{value}” is not a number.", field=field.label(), value=text),
                Message("Write it as 1250.5 or 10k."),
            )
        return self.validate(float(number), field, ctx)

    def validate(self, value: Any, field: Field, ctx: Context) -> Any:
        if isinstance(value, str):
            return self.parse(value, field, ctx)
        if (
            isinstance(value, bool)
            or not isinstance(value, int | float)
            or value != value
            or abs(value) > 1e15
        ):
            raise invalid(
                field,
                Message("{field}: “{value}” is not a number.", field=field.label(), value=value),
                Message("Write it as 1250.5 or 10k."),
            )
        return int(value) if value == int(value) else float(value)

    def plain(self, value: Any) -> Any:
        return int(value) if value == int(value) else value  # a store may keep every number as a float

    def cell(self, value: Any) -> str:
        return str(int(value)) if value == int(value) else repr(value)

    def show(self, value: Any, field: Field) -> str:
        return self.cell(value)


class Money(Kind):
    """Integer minor units with an ISO 4217 currency, as the pair ``[minor, currency]``; never a float."""

    name = "money"
    operators = ("=", "!=", "<", "<=", ">", ">=", "..", "in", "empty")

    def columns(self, field: Field) -> tuple[tuple[str, str], ...]:
        return ((f"{field.key}_minor", "integer"), (f"{field.key}_currency", "text"))

    def parse(self, text: str, field: Field, ctx: Context) -> Any:
        from crmtool.core.money import nearest_money, parse_money

        value = parse_money(text, ctx.currency)
        if value is None and (near := nearest_money(text, ctx.currency)) is not None:
            raise invalid(
                field,
                Message(
                    "{field}: “{value}” has more decimals than {currency} has.",
                    field=field.label(),
                    value=text,
                    currency=near[1],
                ),
                Message("Write it as {example}.", example=self.cell(near)),
            )
        if value is None:
            raise _no_amount(field, text)
        return value

    def validate(self, value: Any, field: Field, ctx: Context) -> Any:
        from crmtool.core.money import MOST_MINOR, minor_units, nearest_money

        if isinstance(value, str):
            return self.parse(value, field, ctx)
        if isinstance(value, float):
            # Binary fractions are hardly ever the decimal ones that were meant: 0.1 + 0.2 is thirty cents.
            near = nearest_money(repr(value), ctx.currency)
            close = near is not None and abs(float(self.plain(near)["amount"]) - value) <= abs(value) * 1e-12
            return near if close else self.parse(repr(value), field, ctx)
        if isinstance(value, int) and not isinstance(value, bool):
            return self.parse(str(value), field, ctx)
        if isinstance(value, dict) and "amount" in value:
            return self.parse(f"{value['amount']} {value.get('currency') or ctx.currency}", field, ctx)
        if isinstance(value, list | tuple) and len(value) == 2:
            minor, currency = value
            places = minor_units(currency) if isinstance(currency, str) else None
            whole = isinstance(minor, int) and not isinstance(minor, bool)
            if whole and places is not None and abs(minor) < MOST_MINOR:
                return [minor, currency]
        raise _no_amount(field, value)

    def show(self, value: Any, field: Field) -> str:
        from crmtool.core.money import format_money

        return format_money(value[0], value[1])

    def cell(self, value: Any) -> str:
        from crmtool.core.money import decimal_text

        return f"{decimal_text(value[0], value[1])} {value[1]}"

    def plain(self, value: Any) -> Any:
        from crmtool.core.money import decimal_text

        return {"amount": decimal_text(value[0], value[1]), "currency": value[1]}


def _no_amount(field: Field, value: Any) -> ValidationError:
    return invalid(
        field,
        Message("{field}: “{value}” is not an amount of money.", field=field.label(), value=value),
        Message("Write it as 1250.50, or with a currency as 1250.50 EUR."),
    )
