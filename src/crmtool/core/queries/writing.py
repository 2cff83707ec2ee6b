"""The way back: the text of a tree, in one canonical spelling. Parsing it gives an equal tree."""

from __future__ import annotations

from crmtool.core.money import decimal_text, minor_units
from crmtool.core.queries.scanner import KEYWORDS
from crmtool.core.query import All, And, Between, Compare, Empty, Has, In, Match, Me, Not, Or, RefText, Search

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from crmtool.core.fields import Field
    from crmtool.core.query import Node

_PLAIN = frozenset("-_.@/+%#&*")


def unparse(node: Node) -> str:
    """The text of a filter. ``()`` stands for ``All`` inside another condition."""
    return "" if isinstance(node, All) else _text(node)


def _text(node: Node) -> str:
    match node:
        case All():
            return "()"
        case And(items=items):
            return " and ".join(_inside(item, (And, Or)) for item in items)
        case Or(items=items):
            return " or ".join(_inside(item, (Or,)) for item in items)
        case Not(item=In(path=path, values=values)):
            return f"{path} not in ({', '.join(_value(value, path.field) for value in values)})"
        case Not(item=item):
            return f"not {_inside(item, (And, Or))}"
        case Search(text=text):
            return _search(text)
        case Compare(path=path, op=op, value=value):
            return f"{path} {op} {_value(value, path.field)}"
        case Has(path=path, value=value):
            return f"{path} has {_value(value, path.field)}"
        case In(path=path, values=values):
            return f"{path} in ({', '.join(_value(value, path.field) for value in values)})"
        case Between():
            return _between(node)
        case Match(path=path, text=text, negated=negated):
            return f"{path} {'!~' if negated else '~'} {word(text)}"
        case Empty(path=path, negated=negated):
            return f"{path} is {'set' if negated else 'empty'}"
    raise TypeError(node)


def _inside(node: Node, bracketed: tuple[type, ...]) -> str:
    return f"({_text(node)})" if isinstance(node, bracketed) else _text(node)


def _between(node: Between) -> str:
    path, field = node.path, node.path.field
    low, high = _value(node.low, field), _value(node.high, field)
    return f"{path} = {low}..{'<' if node.high_open else ''}{high}"


def _search(text: str) -> str:
    inner = text[1:-1]
    if len(text) > 2 and text[0] == text[-1] == '"' and '"' not in inner and inner == " ".join(inner.split()):
        return quoted(inner)
    return text if word(text) == text else f"~ {quoted(text)}"


def _value(value: Any, field: Field) -> str:
    if isinstance(value, Me):
        return "me"
    if isinstance(value, RefText):
        return quoted(value.text) if value.text.casefold() == "me" else word(value.text)
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int | float):
        return _number(value)
    if isinstance(value, list) and field.kind.name == "money":
        return _amount(value[0], value[1])
    return word(str(value), colon=field.kind.name == "instant")


def _number(value: float) -> str:
    from decimal import Decimal

    return format(Decimal(repr(value)), "f")


def _amount(minor: int, currency: str) -> str:
    text = decimal_text(minor, currency)
    if minor_units(currency) == 2:
        text = text.removesuffix(".00")
    return quoted(f"{text} {currency}") if currency.lower() in KEYWORDS else f"{text} {currency}"


def word(text: str, *, colon: bool = False) -> str:
    """A word or value, quoted where the grammar would read it otherwise."""
    bare = all(char.isalnum() or char in _PLAIN or (colon and char == ":") for char in text)
    bare = bare and ".." not in text and text.strip(".") == text and text.lower() not in KEYWORDS
    return text if text and bare else quoted(text)


def quoted(text: str) -> str:
    """A quoted string."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


__all__ = ["quoted", "unparse", "word"]
