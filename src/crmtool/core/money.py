"""Amounts: integer minor units, ISO 4217 exponents, and the spellings people type."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from decimal import Decimal

# ISO 4217: what is money now, and what was in the lifetime of the data that people bring along.
_CURRENT = (
    "AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BHD BIF BMD BND BOB BOV BRL BSD BTN BWP BYN BZD "
    "CAD CDF CHE CHF CHW CLF CLP CNY COP COU CRC CUC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP "
    "GEL GHS GIP GMD GNF GTQ GYD HKD HNL HTG HUF IDR ILS INR IQD IRR ISK JMD JOD JPY KES KGS KHR KMF KPW KRW "
    "KWD KYD KZT LAK LBP LKR LRD LSL LYD MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MXV MYR MZN NAD NGN "
    "NIO NOK NPR NZD OMR PAB PEN PGK PHP PKR PLN PYG QAR RON RSD RUB RWF SAR SBD SCR SDG SEK SGD SHP SLE SOS "
    "SRD SSP STN SVC SYP SZL THB TJS TMT TND TOP TRY TTD TWD TZS UAH UGX USD USN UYI UYU UYW UZS VES VND VUV "
    "WST XAF XAG XAU XCD XCG XDR XOF XPD XPF XPT XSU XUA YER ZAR ZMW ZWG "
)
_WITHDRAWN = (
    "ATS AZM BEF BYR CSD CYP DEM EEK ESP FIM FRF GHC GRD HRK IEP ITL LTL LUF LVL MRO MTL MZM NLG PTE ROL RUR "
    "SDD SIT SKK SLL STD TMM TRL VEB VEF YUM ZMK ZWD ZWL "
)
CODES = frozenset((_CURRENT + _WITHDRAWN).split())
# Those whose minor unit is not 1/100.
_NONE = "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF"
_THREE = "BHD IQD JOD KWD LYD OMR TND"
_EXPONENTS = {
    **dict.fromkeys(_NONE.split(), 0),
    **dict.fromkeys(_THREE.split(), 3),
    **dict.fromkeys(("CLF", "UYW"), 4),
}
_SIGNS = {
    "€": "EUR",
    "$": "USD",
    "£": "GBP",
    "¥": "JPY",
    "₹": "INR",
    "₽": "RUB",
    "₩": "KRW",
    "₪": "ILS",
    "₺": "TRY",
    "zł": "PLN",
}
MOST = 10**15  # no amount that people type reaches this
MOST_MINOR = MOST * 1_000  # nor, in the smallest minor units there are, any other
_SCALE = {"k": 1_000, "m": 1_000_000, "b": 1_000_000_000}


def minor_units(currency: str) -> int | None:
    """Decimal places of a currency; ``None`` for what is no ISO 4217 code."""
    return _EXPONENTS.get(currency, 2) if currency in CODES else None


def parse_number(text: str) -> Decimal | None:
    """A number as typed: ``1250.5``, ``1,250.50``, ``1.250,50``, ``1 250``, ``10k``. ``None`` when it is none.

    A comma followed by exactly three digits groups; followed by any other count it is the decimal mark. A single point is the
    decimal mark. With both, the last one is the decimal mark.
    """
    from decimal import Decimal, InvalidOperation

    body = text.strip().lower()
    for blank in (" ", "\u00a0", "\u202f", "'", "’", "_"):
        body = body.replace(blank, "")
    scale = _SCALE.get(body[-1:], 1)
    if scale != 1:
        body = body[:-1]
    comma, dot = body.rfind(","), body.rfind(".")
    if comma >= 0 and dot >= 0:
        body = body.replace(".", "").replace(",", ".") if comma > dot else body.replace(",", "")
    elif comma >= 0:
        groups = body.lstrip("+-").split(",")
        grouped = 1 <= len(groups[0]) <= 3 and all(len(g) == 3 for g in groups[1:])
        if not grouped and len(groups) > 2:
            return None
        body = body.replace(",", "" if grouped else ".")
    elif body.count(".") > 1:
        groups = body.lstrip("+-").split(".")
        if not (1 <= len(groups[0]) <= 3 and all(len(g) == 3 for g in groups[1:])):
            return None
        body = body.replace(".", "")
    if not body or not all(c in "0123456789.+-" for c in body):
        return None
    try:
        return Decimal(body) * scale
    except InvalidOperation:
        return None


def parse_money(text: str, currency: str) -> list[int | str] | None:
    """``[minor, currency]`` of an amount as typed, with a sign or code before or after it; ``currency`` is the default.

    ``None`` for what is no amount, and for one with more decimals than its currency has: see ``nearest_money``.
    """
    minor, code = _minor(text, currency)
    if minor is None or minor != int(minor):
        return None
    return [int(minor), code]


def nearest_money(text: str, currency: str) -> list[int | str] | None:
    """What ``parse_money`` would answer for the amount rounded to the decimals that its currency has."""
    from decimal import ROUND_HALF_EVEN

    minor, code = _minor(text, currency)
    return None if minor is None else [int(minor.to_integral_value(ROUND_HALF_EVEN)), code]


def _minor(text: str, currency: str) -> tuple[Decimal | None, str]:
    """An amount in minor units of its currency, perhaps with a fraction of one."""
    body = text.strip()
    for sign, code in _SIGNS.items():
        if sign in body:
            body, currency = body.replace(sign, "", 1).strip(), code
            break
    else:
        for code, rest in ((body[-3:], body[:-3]), (body[:3], body[3:])):
            if minor_units(code.upper()) is not None and rest.strip() and rest.strip()[-1:] not in "+-":
                body, currency = rest.strip(), code.upper()
                break
    places = minor_units(currency)
    number = parse_number(body)
    if number is None or places is None or abs(number) >= MOST:
        return None, currency
    minor = number.scaleb(places)
    return (minor if abs(minor) < MOST_MINOR else None), currency


def decimal_text(minor: int, currency: str) -> str:
    """The amount with a decimal point and all its places: ``1250.50``."""
    places = minor_units(currency)
    places = 2 if places is None else places
    sign, digits = ("-" if minor < 0 else ""), str(abs(minor)).rjust(places + 1, "0")
    return f"{sign}{digits[:-places]}.{digits[-places:]}" if places else f"{sign}{digits}"


def format_money(minor: int, currency: str) -> str:
    """The amount for people: grouped by thousands, whole amounts without decimals, the code behind."""
    whole, _, fraction = decimal_text(minor, currency).partition(".")
    sign, whole = ("-", whole[1:]) if whole.startswith("-") else ("", whole)
    grouped = f"{int(whole):,}"
    return f"{sign}{grouped}{'.' + fraction if fraction.strip('0') else ''} {currency}"
