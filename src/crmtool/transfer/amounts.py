"""Numbers and money as files write them: ``1.234,56 €``, ``1,234.56``, ``1'234.50``, ``12,34,567``.

Whether a point or a comma is the decimal mark is told by the whole column, as far as any value does.
"""

from __future__ import annotations

import re
from decimal import ROUND_HALF_EVEN, Decimal, InvalidOperation

from crmtool.core.money import MOST, minor_units

_SIGNS = (
    ("US$", "USD"), ("R$", "BRL"), ("A$", "AUD"), ("C$", "CAD"), ("HK$", "HKD"), ("S$", "SGD"), ("NZ$", "NZD"), ("€", "EUR"),
    ("$", "USD"), ("£", "GBP"), ("¥", "JPY"), ("₹", "INR"), ("₽", "RUB"), ("₩", "KRW"), ("₪", "ILS"), ("₺", "TRY"), ("₴", "UAH"),
    ("₫", "VND"), ("₱", "PHP"), ("zł", "PLN"), ("Kč", "CZK"), ("Ft", "HUF"), ("Fr.", "CHF"), ("Rs.", "INR"),
)  # fmt: skip
_BLANKS = {ord(char): None for char in " \t\u00a0\u202f\u2009'’_"}
_DIGITS = re.compile(r"[+-]?[\d.,]*\d[\d.,]*", re.ASCII).fullmatch
# What programs write for large numbers: 1.5E7, and 1,5E+07 where the decimal mark is a comma.
_POWER = re.compile(r"([+-]?\d(?:[.,]\d+)?)E([+-]?\d{1,2})", re.ASCII | re.IGNORECASE).fullmatch
_SCALES = {"k": 1_000, "m": 1_000_000, "b": 1_000_000_000}


class Decimals:
    """What a column's values say about their decimal mark."""

    __slots__ = ("_comma", "_point", "fractions", "most")

    def __init__(self) -> None:
        self._comma = self._point = 0
        self.most = Decimal(0)
        self.fractions = False

    def see(self, text: str) -> None:
        body = _body(text)[0]
        mark = _decimal_mark(body)
        self._comma += mark == ","
        self._point += mark == "."
        value = number(text, mark)
        if value is not None:
            self.most = max(self.most, abs(value))
            self.fractions = self.fractions or value != value.to_integral_value()

    @property
    def mark(self) -> str:
        """``,`` or ``.``; ``""`` where no value tells."""
        return "," if self._comma > self._point else "." if self._point else ""


def number(text: str, mark: str = "", *, grouped: bool = False) -> Decimal | None:
    """The number of a text whose column has this decimal mark. Without one a comma before exactly three digits groups, and
    with ``grouped`` so does a point, as in whole amounts of money.
    """
    body, sign = _body(text)
    power = _POWER(body)
    if power is not None:
        return Decimal(power[1].replace(",", ".")).scaleb(int(power[2])) * sign
    scale = _SCALES.get(body[-1:].lower(), 1) if body[:-1] else 1
    if scale != 1:
        body = body[:-1]
    if not _DIGITS(body):
        return None
    said = _decimal_mark(body) or mark
    if not said:
        said = "," if "." in body and grouped else "."
    other = "." if said == "," else ","
    whole, _, fraction = body.lstrip("+-").partition(said)
    if said in fraction or other in fraction or not _grouped(whole.split(other)):
        return None
    try:
        return Decimal(body.replace(other, "").replace(said, ".")) * scale * sign
    except InvalidOperation:
        return None


def money(text: str, currency: str, mark: str = "") -> list[int | str] | None:
    """``[minor, currency]``; a sign or code in the text outweighs ``currency``."""
    body = text.strip()
    for sign, code in _SIGNS:
        if sign in body:
            body, currency = body.replace(sign, "", 1).strip(), code
            break
    else:
        for code, rest in ((body[-3:], body[:-3]), (body[:3], body[3:])):
            if minor_units(code.upper()) is not None and any(char.isdigit() for char in rest):
                body, currency = rest.strip(), code.upper()
                break
    places = minor_units(currency)
    value = number(body, mark, grouped=places is not None and places < 3)
    if value is None or places is None or abs(value) >= MOST:
        return None
    return [int(value.scaleb(places).to_integral_value(ROUND_HALF_EVEN)), currency]


def _grouped(groups: list[str]) -> bool:
    """Whether these are the groups of a number: three digits at the end, two or three before, as in lakhs."""
    if len(groups) == 1:
        return True
    return (
        1 <= len(groups[0]) <= 3 and len(groups[-1]) == 3 and all(2 <= len(one) <= 3 for one in groups[1:-1])
    )


def currency_code(text: str) -> str | None:
    """The code of a currency's code, sign or name with its code, as ``USD``, ``€`` or ``US Dollar (USD)``."""
    word = text.strip()
    for code in (word.upper(), word[-4:].rstrip(")").upper(), word[:3].upper()):
        if minor_units(code) is not None and (len(word) == 3 or "(" in word or word[3:4] == " "):
            return code
    return next((code for sign, code in _SIGNS if sign == word), None)


def _body(text: str) -> tuple[str, int]:
    """The text without blanks and marks of a percentage; -1 for what stands in brackets or has its sign behind."""
    body = text.strip().removesuffix("%").translate(_BLANKS)
    if body.startswith("(") and body.endswith(")"):
        return body[1:-1], -1
    if body.endswith("-") and body[:1].isdigit():
        return body[:-1], -1
    return body.replace("\u2212", "-"), 1


def _decimal_mark(body: str) -> str:
    """The decimal mark that a number's own spelling proves; ``""`` when it proves none."""
    comma, point = body.rfind(","), body.rfind(".")
    if comma >= 0 and point >= 0:
        return "," if comma > point else "."
    mark = "," if comma >= 0 else "." if point >= 0 else ""
    if not mark:
        return ""
    groups = body.lstrip("+-").split(mark)
    if len(groups) > 2:
        return "." if mark == "," else ","
    return mark if len(groups[1]) != 3 or not 1 <= len(groups[0]) <= 3 or groups[0] == "0" else ""
