"""Reading a value as its field means it, and turning a comparison with it into conditions."""

from __future__ import annotations

from crmtool.core import ids, tokens
from crmtool.core.errors import ValidationError
from crmtool.core.messages import Message
from crmtool.core.money import minor_units
from crmtool.core.queries.scanner import Word, plain
from crmtool.core.queries.spans import Span, day_span, instant_span
from crmtool.core.query import Between, Compare, Has, In, Me, Not, Or, Path, RefText

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from crmtool.core.fields import Context, Field
    from crmtool.core.queries.scanner import Scanner
    from crmtool.core.query import Node

REFERENCES = ("reference", "file")
# The kinds of field whose values lie on a scale that people think of in ranges.
MEASURED = ("number", "money", "date", "instant")
ORDERINGS = ("<", "<=", ">", ">=")
# Codes that are also recognised in lower case behind an amount; in capitals any three letters are.
_COMMON_CURRENCIES = frozenset(
    (
        "aud",
        "brl",
        "cad",
        "chf",
        "cny",
        "czk",
        "dkk",
        "eur",
        "gbp",
        "inr",
        "jpy",
        "mxn",
        "nok",
        "nzd",
        "pln",
        "sek",
        "usd",
        "zar",
    )
)


def several(field: Field) -> bool:
    """Whether the field holds any number of values."""
    return field.multi or field.kind.collection


def operators(field: Field) -> tuple[str, ...]:
    """What a filter may ask of the field, in the order in which people should think of it."""
    known: tuple[str, ...] = field.kind.operators
    if several(field):
        whole = ("has", "=", "!=", "in") if "=" in known else ()
        return (*whole, *(op for op in ("~", "!~") if op in known), "is empty", "is set")
    return (*(op for op in known if op not in ("empty", "has")), "is empty", "is set")


def read(scanner: Scanner, field: Field, word: Word, ctx: Context) -> Any:
    """The stored form of one value, a ``Span``, ``RefText`` or ``Me``. ``FilterError`` at the word says what would be right."""
    kind = field.kind.name
    text = word.text.strip()
    if kind in REFERENCES:
        if not word.quoted and field.target == "user" and text.casefold() == "me":
            return Me()
        return text if ids.is_id(text) else RefText(text)
    if kind == "date" and (span := day_span(text, ctx)) is not None:
        return span
    if kind == "instant" and (span := instant_span(text, ctx)) is not None:
        return span
    try:
        if field.kind.collection:
            value = field.kind.validate([text], field, ctx)
            return value[0] if value else text
        value = field.kind.parse(text, field, ctx)
        return text if value is None else value  # of a text that shows nothing no record has any
    except ValidationError as error:
        raise scanner.error(
            error.message, _hint(error, field, text), word.start, word.end, error.data.get("choices", ())
        ) from None


def _hint(error: ValidationError, field: Field, text: str) -> Message | None:
    if field.choices:
        import difflib

        names = {
            tokens.fold(name): choice.key for choice in field.choices for name in (choice.key, choice.text())
        }
        near = difflib.get_close_matches(tokens.fold(text), [*names], 1)
        if near:
            return Message("Did you mean {near}?", near=names[near[0]])
    if "~" in operators(field):
        return Message("To find a part of it, write {example}.", example=f"{field.key} ~ {plain(text)}")
    return error.hint


def whole_value(scanner: Scanner, field: Field, word: Word) -> Word:
    """The word, with the currency that stands behind an amount, or the time behind a day."""
    behind = ""
    if not word.quoted and field.kind.name in ("number", "money"):
        _check_blanks(scanner, word)
    if not word.quoted and field.kind.name == "money":
        behind = _currency_behind(scanner)
    elif not word.quoted and field.kind.name == "instant":
        behind = _time_behind(scanner)
    return word.replace(text=f"{word.text} {behind}", end=scanner.at) if behind else word


def _check_blanks(scanner: Scanner, word: Word) -> None:
    """Refuse ``10 000``: its second half would be searched for as a word."""
    at = scanner.at
    if _digits(word.text) and scanner.peek().isdigit():
        second = scanner.value(ranges=True, listed=True)
        if _digits(second.text):
            raise scanner.error(
                Message("A number is written without blanks."),
                Message(
                    "Write {number}; to search for {word}, quote it.",
                    number=plain(word.text + second.text),
                    word=plain(second.text),
                ),
                word.start, second.end, ["a value"],
            )  # fmt: skip
    scanner.at = at


def _digits(text: str) -> bool:
    """Whether the text is figures, with or without points and commas in between."""
    return text.lstrip("+-").replace(".", "").replace(",", "").isdigit()


def _currency_behind(scanner: Scanner) -> str:
    """Move over a currency code and answer it; ``""`` if something else follows."""
    at = scanner.at
    if scanner.peek().isalpha():
        word = scanner.value(ranges=True, listed=True)
        known = not word.keyword and minor_units(word.text.upper()) is not None
        if (
            known
            and (word.text.isupper() or word.text.lower() in _COMMON_CURRENCIES)
            and not scanner.at_sign()
        ):
            return word.text.upper()
    scanner.at = at
    return ""


def _time_behind(scanner: Scanner) -> str:
    """Move over a time of day such as ``9:00`` and answer it; ``""`` if something else follows."""
    at = scanner.at
    if scanner.peek().isdigit():
        clock = scanner.value(ranges=True, listed=True).text
        if 0 < clock.find(":") < 3:
            return clock
    scanner.at = at
    return ""


def compare(path: Path, op: str, value: Any) -> Node:
    """The condition ``path op value``; a ``Span`` becomes its bounds."""
    field = path.field
    if isinstance(value, Span):
        return _compare_span(path, op, value, whole_days=field.kind.name == "date")
    if several(field):
        return Not(Has(path, value)) if op == "!=" else Has(path, value)
    return Compare(path, op, value)


def _compare_span(path: Path, op: str, span: Span, *, whole_days: bool) -> Node:
    if span.low == span.high:
        return Compare(path, op, span.low)
    if op in ("=", "!="):
        inside = Between(path, span.low, span.high, not whole_days)
        return Not(inside) if op == "!=" else inside
    if op in ("<", ">="):
        return Compare(path, op, span.low)
    if whole_days:
        return Compare(path, op, span.high)
    return Compare(path, "<" if op == "<=" else ">=", span.high)


def between(path: Path, low: Any, high: Any, high_open: bool) -> Node:
    """The condition of a range of which at least one end is given (``None`` is open)."""
    if high is None:
        return compare(path, ">=", low)
    if low is None:
        return compare(path, "<" if high_open else "<=", high)
    if isinstance(low, Span) and isinstance(high, Span):
        if high_open:
            return Between(path, low.low, high.low, True)
        return Between(path, low.low, high.high, path.field.kind.name != "date" and high.low != high.high)
    return Between(path, low, high, high_open)


def backwards(low: Any, high: Any) -> bool:
    """Whether a range ends before it begins, so that nothing can lie in it."""
    if isinstance(low, Span) and isinstance(high, Span):
        return high.high < low.low
    if isinstance(low, list) and isinstance(high, list):
        return bool(low[1] == high[1] and high[0] < low[0])
    return isinstance(low, int | float) and isinstance(high, int | float) and high < low


def one_of(path: Path, values: list[Any]) -> Node:
    """The condition ``path in (values)``."""
    if any(isinstance(value, Span) and value.low != value.high for value in values):
        items = tuple(compare(path, "=", value) for value in values)
        return items[0] if len(items) == 1 else Or(items)
    return In(path, tuple(value.low if isinstance(value, Span) else value for value in values))
