"""Amounts where there is little room: 303.4M EUR instead of 303,412,627.80 EUR."""

from __future__ import annotations

from crmtool.core.messages import t
from crmtool.core.money import decimal_text, format_money
from crmtool.doors.width import width

THOUSAND = 1_000


def short(minor: int, currency: str) -> str:
    """An amount with one decimal of its thousands, millions or billions; whole below a thousand."""
    from decimal import ROUND_HALF_EVEN, Decimal  # only where an amount is shortened

    value = Decimal(decimal_text(minor, currency))
    for scale in (THOUSAND, THOUSAND**2, THOUSAND**3):
        count = (value / scale).quantize(Decimal("0.1"), ROUND_HALF_EVEN)
        if abs(count) < THOUSAND or scale == THOUSAND**3:
            break
    if abs(value) < THOUSAND:
        return format_money(minor, currency)
    text = f"{count:,}".removesuffix(".0")
    said = {
        THOUSAND: t("{n}K", n=text),
        THOUSAND**2: t("{n}M", n=text),
        THOUSAND**3: t("{n}B", n=text),
    }
    return f"{said[scale]} {currency}"


def fitting(minor: int, currency: str, columns: int) -> str:
    """An amount in full where it has room in so many cells, else shortened."""
    whole = format_money(minor, currency)
    return whole if width(whole) <= columns else short(minor, currency)
