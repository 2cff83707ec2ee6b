"""Functions that turn a row of the store into text, each written for the columns of one table.

One expression makes all cells of a row. Expressions are put together from the kinds of value here, and hold nothing but
positions, keys of own fields as literals, and the names of the functions they call; a value never becomes part of one. What they
give is what ``Kind.to_csv`` and ``Kind.to_json`` say of the record that the row is: a test compares them for every field.
"""

from __future__ import annotations

import re
from json import encoder

from crmtool.core.jsontext import dumps, loads
from crmtool.core.money import decimal_text
from crmtool.store.layout import ENTRIES, JSON_TEXT, PAIR, YES_NO
from crmtool.store.packing import unpacked
from crmtool.transfer.guard import SUSPECT, guarded, guarded_phone

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from crmtool.transfer.export.columns import Column, Row, Rows, SpellReference

TEXTUAL = ("text", "longtext", "email", "phone", "url", "choice", "reference", "file")
# Text that the program itself writes: it holds nothing to escape, and begins like no formula.
OWN_TEXT = ("date", "instant")
# A packed list of entries costs twice as much to read as to look into, and most hold one plain value.
_BEYOND = re.compile(r"[\\{;:]").search  # what makes several values more than what stands between quotes
_ENTRY_VALUES = re.compile(r'\["[^"\\]*","([^"\\]*)"').findall
_ONE_ENTRY = re.compile(r'\[\["[^"\\]*",("[^"\\]*")(?:,("[^"\\]*"|null)(?:,"[^"\\]*")?)?\]\]').fullmatch
_ACTING = re.compile("[\x7f-\x9f\u2028-\u202e\u2066-\u2069]")
# Text as a JSON string: the C function where there is one, which costs a fifth of an encoder's call.
_quote: Callable[[str], str] = encoder.encode_basestring


class Maker:
    """Collects the expressions of a row's columns and compiles the function that makes its cells."""

    def __init__(self, rows: Rows) -> None:
        self.rows = rows
        self.scope: dict[str, Any] = {"_load": lambda text: loads(text) if text else {}}
        self._held: dict[int, str] = {}

    def bind(self, value: object) -> str:
        """A name by which expressions reach ``value``."""
        name = f"_{len(self.scope)}"
        self.scope[name] = value
        return name

    def value(self, column: Column) -> str:
        """The expression of a column's stored value; of an own field, the value itself."""
        if column.field.own_key is None:
            return f"r[{column.at}]"
        # The JSON text of all own fields is read by the first that is asked for.
        known = self._held.get(column.at)
        if known is None:
            known = self._held[column.at] = f"h{column.at}"
            return f"({known} := _load(r[{column.at}])).get({column.field.own_key!r})"
        return f"{known}.get({column.field.own_key!r})"

    def cells(self, expressions: list[str]) -> Callable[[Row], tuple[str, ...]]:
        """The function from a row to its cells."""
        made: Callable[[Row], tuple[str, ...]] = eval(  # noqa: S307 - see the module's text
            f"lambda r: ({', '.join(expressions)},)", self.scope
        )
        return made

    def filled(self, template: str, expressions: list[str]) -> Callable[[Row], str]:
        """The function from a row to a ``%`` template with its cells in it."""
        made: Callable[[Row], str] = eval(  # noqa: S307
            f"lambda r: {self.bind(template)} % ({', '.join(expressions)},)", self.scope
        )
        return made


# -- cells of a table ------------------------------------------------------------------------------------------------


def reference_cell(guard: bool) -> SpellReference:
    """How a cell shows a reference: by name, or by id where the record is in the trash or has none."""

    def cell(ident: str | None, name: str | None, deleted: bool) -> str:
        text = reference_text(ident, name, deleted)
        return guarded(text) if guard else text

    return cell


def reference_text(ident: str | None, name: str | None, deleted: bool) -> str:
    return ident or "" if deleted else name or ident or ""


def cells(rows: Rows, *, guard: bool) -> Callable[[Row], tuple[str, ...]]:
    """The function from a row to the texts of its cells. ``guard`` writes those that begin like formulas as text."""
    maker = Maker(rows)
    suspect = maker.bind(SUSPECT)
    return maker.cells([_cell(maker, column, suspect if guard else "") for column in rows.columns])


def _cell(maker: Maker, column: Column, suspect: str) -> str:
    field, kind, x = column.field, column.field.kind.name, maker.value(column)
    if column.named:
        return f"{maker.bind(maker.rows.names_of(column))}[{x}]"
    check = guarded_phone if kind == "phone" else guarded
    if field.multi or field.kind.collection or (field.own_key and kind not in TEXTUAL + OWN_TEXT):
        made = maker.bind(_general_cell(column, check if suspect else None))
        return f'("" if (v := {x}) is None else {made}(v))'
    if kind in OWN_TEXT or field.key == "id":
        return f'({x} or "")'
    if column.stored == PAIR:
        return f'("" if (v := r[{column.at}]) is None else {maker.bind(_money_cell)}(v, r[{column.at + 1}]))'
    if column.stored == YES_NO:
        return f"{maker.bind({None: '', 0: 'no', 1: 'yes'})}[{x}]"
    if kind == "number":
        return f'("" if (v := {x}) is None else {maker.bind(field.kind.cell)}(v))'
    if column.stored == JSON_TEXT:  # one address, or any JSON: as it is stored
        return f'({x} or "")'
    if not suspect:
        return f'({x} or "")'
    return f'("" if (v := {x}) is None else {maker.bind(check)}(v) if v[:1] in {suspect} else v)'


def value_of(column: Column) -> Callable[[Any], Any]:
    """The function from what ``Maker.value`` gives of a column of one place, when that is something, to the field's value."""
    if column.field.own_key is None and column.stored == ENTRIES:
        return lambda stored: unpacked(loads(stored))
    if column.field.own_key is None and column.stored == JSON_TEXT:
        return loads
    return lambda stored: stored


def _general_cell(column: Column, check: Callable[[str], str] | None) -> Callable[[Any], str]:
    """A cell by the kind's own rule: several values, and what own fields hold."""
    field, to_csv, value = column.field, column.field.kind.to_csv, value_of(column)
    plain = column.stored == ENTRIES and field.own_key is None and field.kind.name in TEXTUAL

    def cell(stored: Any) -> str:
        simple = plain and _BEYOND(stored) is None
        text = "; ".join(_ENTRY_VALUES(stored)) if simple else to_csv(value(stored), field)
        return text if check is None or text[:1] not in SUSPECT else check(text)

    return cell


def _money_cell(minor: int, currency: str) -> str:
    return f"{decimal_text(minor, currency)} {currency}"


# -- JSON ------------------------------------------------------------------------------------------------------------


def reference_json(ident: str | None, name: str | None, deleted: bool) -> str:
    """A reference as an object, or ``null``."""
    if ident is None:
        return "null"
    gone = {"deleted": True} if deleted else {}
    return harmless(dumps({"id": ident, "name": name, **gone}))


def harmless(text: str) -> str:
    """JSON with what a terminal would obey written as escapes, which mean the same."""
    return text if text.isprintable() else _ACTING.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


def json_objects(rows: Rows) -> Callable[[Row], str]:
    """The function from a row to a JSON object on one line."""
    maker = Maker(rows)
    names = maker.bind(_quote), maker.bind(harmless)
    columns = list(
        {column.name: column for column in rows.columns if column.name == column.field.key}.values()
    )
    members = ",".join(f"{dumps(column.name).replace('%', '%%')}:%s" for column in columns)
    return maker.filled(f"{{{members}}}", [_json(maker, column, *names) for column in columns])


def _json(maker: Maker, column: Column, quote: str, safe: str) -> str:
    field, kind, x = column.field, column.field.kind.name, maker.value(column)
    if column.named:
        return f"{maker.bind(maker.rows.names_of(column))}[{x}]"
    if not field.multi and not field.kind.collection and kind in TEXTUAL + OWN_TEXT:
        if kind in OWN_TEXT or field.key == "id":
            return f"('null' if (v := {x}) is None else '\"' + v + '\"')"
        return f"('null' if (v := {x}) is None else {quote}(v) if v.isprintable() else {safe}({quote}(v)))"
    if field.own_key:
        to_json = field.kind.to_json
        return f"{maker.bind(lambda value: harmless(dumps(to_json(value, field))))}({x})"
    if field.multi:
        return f"('[]' if (v := {x}) is None else {maker.bind(_entries(column))}(v))"
    if column.stored == JSON_TEXT:
        return f"({('[]' if field.kind.collection else 'null')!r} if (v := {x}) is None else {safe}(v))"
    if column.stored == PAIR:
        return (
            f"('null' if (v := r[{column.at}]) is None else {maker.bind(_money_json)}(v, r[{column.at + 1}]))"
        )
    if column.stored == YES_NO:
        return f"{maker.bind({None: 'null', 0: 'false', 1: 'true'})}[{x}]"
    plain = field.kind.plain
    return f"('null' if (v := {x}) is None else {maker.bind(lambda value: dumps(plain(value)))}(v))"


def _entries(column: Column) -> Callable[[str], str]:
    """Several values with their labels, from the stored text of them."""
    field, value, textual = column.field, value_of(column), column.field.kind.name in TEXTUAL

    def text(stored: str) -> str:
        one = _ONE_ENTRY(stored) if textual else None
        if one is not None:
            made = f'[{{"value":{one[1]},"label":{one[2] or "null"}}}]'
        else:
            made = dumps(field.kind.to_json(value(stored), field))
        return made if made.isprintable() else harmless(made)

    return text


def _money_json(minor: int, currency: str) -> str:
    return f'{{"amount":"{decimal_text(minor, currency)}","currency":{dumps(currency)}}}'
