"""What a filter and a sort mean, said as plainly as possible in Python; the store's answers are held against it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from crmtool.core import ids, tokens
from crmtool.core.fields import Field
from crmtool.core.kinds import ADDRESS_PARTS
from crmtool.core.query import (
    All,
    And,
    Between,
    Compare,
    Empty,
    Has,
    In,
    Match,
    Me,
    Not,
    Or,
    Path,
    RefText,
    SortKey,
)

if TYPE_CHECKING:
    from crmtool.core.query import Node

Record = dict[str, Any]
Table = dict[str, Record]
TEXTUAL = ("text", "email", "phone", "url", "longtext")


class World:
    """All live records by entity and id, and who asks."""

    def __init__(self, tables: dict[str, Table], me: str | None) -> None:
        self.tables = tables
        self.me = me

    def follow(self, record: Record | None, steps: tuple[Field, ...]) -> Record | None:
        """The record that a chain of references leads to."""
        for step in steps:
            if record is None:
                return None
            record = self.tables[str(step.target)].get(record.get(step.key) or "")
        return record

    def value(self, record: Record, path: Path) -> Any:
        holder = self.follow(record, path.steps[:-1])
        value = None if holder is None else holder.get(path.field.key)
        return None if value == [] else value

    def name(self, field: Field, value: Any) -> str | None:
        target = self.tables[str(field.target)].get(value or "")
        return None if target is None else target.get("name")

    # -- filters -----------------------------------------------------------------------------------------------------

    def meets(self, record: Record, node: Node) -> bool:
        match node:
            case All():
                return True
            case And(items=items):
                return all(self.meets(record, item) for item in items)
            case Or(items=items):
                return any(self.meets(record, item) for item in items)
            case Not(item=item):
                return not self.meets(record, item)
            case Compare(path=path, op="!=", value=value):
                return not self.meets(record, Compare(path, "=", value))
            case Compare(path=path, op=op, value=value):
                return self.compares(self.value(record, path), path.field, op, value)
            case In(path=path, values=values):
                return any(
                    self.compares(self.value(record, path), path.field, "=", value) for value in values
                )
            case Between(path=path, low=low, high=high, high_open=high_open):
                held = self.value(record, path)
                return (low is None or self.compares(held, path.field, ">=", low)) and (
                    high is None or self.compares(held, path.field, "<" if high_open else "<=", high)
                )
            case Match(path=path, text=text, negated=negated):
                return self.contains(self.value(record, path), path.field, text) != negated
            case Has(path=path, value=value):
                return self.compares(self.value(record, path), path.field, "=", value)
            case Empty(path=path, negated=negated):
                return (self.value(record, path) is None) != negated
        raise TypeError(node)

    def compares(self, held: Any, field: Field, op: str, value: Any) -> bool:
        if field.kind.name == "yesno":
            return bool(held) == bool(value)
        if held is None:
            return False
        if field.multi:
            return any(self.same(field, entry["value"], value) for entry in held)
        if field.kind.collection:
            return any(tokens.fold(item) == tokens.fold(str(value)) for item in held)
        if field.kind.name == "money":
            return bool(held[1] == value[1] and ordered(held[0], op, value[0]))
        if field.kind.name == "reference":
            return self.refers(field, held, value)
        if field.kind.name == "choice":
            keys = [choice.key for choice in field.choices]
            return ordered(keys.index(held), op, keys.index(value))
        if op == "=" and field.lookup:
            return self.same(field, held, value)
        if field.kind.name in TEXTUAL and not field.system:
            return ordered(tokens.fold(held), op, tokens.fold(str(value)))
        return ordered(held, op, value)

    def same(self, field: Field, held: Any, value: Any) -> bool:
        if field.lookup and field.kind.name == "phone":
            return tokens.phone_key(held).startswith(tokens.phone_key(value)[:7]) and tokens.phone_same(
                held, value
            )
        if field.lookup:
            return field.kind.lookup_key(held) == field.kind.lookup_key(value)
        return tokens.fold(str(held)) == tokens.fold(str(value))

    def refers(self, field: Field, held: str, value: Any) -> bool:
        if isinstance(value, Me):
            return held == self.me
        text = value.text if isinstance(value, RefText) else str(value)
        if ids.is_id(text):
            return held == text
        target = self.tables[str(field.target)].get(held)
        if target is None:
            return False
        if text.startswith("@"):
            return ids.handle(held).startswith(text[1:])
        if "@" in text:
            return any(entry["value"].casefold() == text.casefold() for entry in target.get("emails") or [])
        return tokens.fold(target["name"]) == tokens.fold(text)

    def contains(self, held: Any, field: Field, text: str) -> bool:
        if held is None:
            return False
        if field.kind.name == "reference":
            held = self.name(field, held)
        values = [entry["value"] for entry in held] if field.multi else [held]
        if field.kind.name == "address":
            values = [
                "".join(f"{value[part]}, " for part in ADDRESS_PARTS if value.get(part)) for value in values
            ]
        return any(tokens.fold(text) in tokens.fold(value) for value in values if value is not None)

    # -- order -------------------------------------------------------------------------------------------------------

    def sorted(self, records: list[Record], sort: tuple[SortKey, ...]) -> list[Record]:
        """Blanks last in either direction; equal ones in the order they were made, the other way round behind one falling key."""
        out = sorted(records, key=lambda r: r["n"], reverse=len(sort) == 1 and sort[0].descending)
        for key in reversed(sort):
            ranks = {r["n"]: self.rank(r, key.path) for r in out}
            present = sorted({rank for rank in ranks.values() if rank is not None}, reverse=key.descending)
            out = [r for rank in [*present, None] for r in out if ranks[r["n"]] == rank]
        return out

    def rank(self, record: Record, path: Path) -> Any:
        value, field = self.value(record, path), path.field
        if field.kind.name == "reference":
            value = self.name(field, value)
            return None if value is None else tokens.fold(value)
        if value is None:
            return None
        if field.multi:
            value = value[0]["value"]
        if field.kind.name == "choice":
            return [choice.key for choice in field.choices].index(value)
        if field.kind.name == "money":
            return value[0]
        return tokens.fold(value) if field.kind.name in TEXTUAL and not field.system else value


def ordered(left: Any, op: str, right: Any) -> bool:
    return bool(
        {"=": left == right, "<": left < right, "<=": left <= right, ">": left > right, ">=": left >= right}[
            op
        ]
    )
