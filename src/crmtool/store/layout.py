"""How a record lies in its table: columns in order, and the way from values to columns and back.

Compiled once per entity and registry from the definitions; nothing else in the store knows which kind is
stored how.
"""

from __future__ import annotations

from crmtool.core import jsontext, tokens
from crmtool.core.jsontext import dumps
from crmtool.store.packing import ENTRY_VALUE, mark, packed, unpacked

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from crmtool.core.fields import Field
    from crmtool.core.registry import Derived, Entity, Registry
    from crmtool.store.db import Database

    Record = dict[str, Any]

NAME_KEY_LENGTH = 120
NAMES_KEPT = 10_000
PLAIN, JSON_TEXT, PAIR, YES_NO, ENTRIES = range(5)


_name_keys: dict[str, str] = {}


def name_key(name: str) -> str:
    """The key by which exact names are compared and ordered. Who imports asks for it to match a row, and again to write it."""
    found = _name_keys.get(name)
    if found is None:
        if len(_name_keys) >= NAMES_KEPT:
            _name_keys.clear()
        found = _name_keys[name] = tokens.fold(name)[:NAME_KEY_LENGTH]
    return found


def mode(field: Field) -> int:
    """How the field's value becomes columns."""
    storage = field.kind.storage
    if field.multi:
        return ENTRIES
    if storage == "json":
        return JSON_TEXT
    return PAIR if field.kind.name == "money" else YES_NO if storage == "bool" else PLAIN


class Layout:
    """The compiled shape of one entity."""

    def __init__(self, entity: Entity) -> None:
        self.entity = entity
        self.table = entity.table
        self.fields = [f for f in entity.fields.values() if not f.own_key]
        self.own = [f for f in entity.fields.values() if f.own_key]
        self._selected: dict[tuple[str, str], list[str]] = {}
        self._updates: dict[tuple[str, ...], str] = {}
        self.named = entity.name_field in entity.fields
        self.columns: list[str] = ["n", "name_key"]
        self.places: dict[str, tuple[int, int]] = {}
        for field in self.fields:
            self.places[field.key] = (len(self.columns), mode(field))
            self.columns.extend(name for name, _ in field.columns)
        self.columns.append("custom")
        self._changer = self.places["updated_by"][0]
        self.insert = (
            f'INSERT INTO "{self.table}" ({", ".join(quoted(c) for c in self.columns)}) '
            f"VALUES ({', '.join('?' * len(self.columns))})"
        )
        self.marks = {f.stable_key: mark(f) for f in entity.fields.values() if mark(f)}
        self.personal = frozenset(f.key for f in entity.fields.values() if f.personal)
        self.tracked = [(f.key, f.stable_key) for f in entity.fields.values() if f.tracked]
        self.tracked_keys = frozenset(key for key, _ in self.tracked)
        self.lookups = [(f.key, f) for f in entity.fields.values() if f.lookup]
        self.name_fields = [(f.key, f) for f in entity.fields.values() if f.search == "name"]
        self.text_fields = [(f.key, f) for f in entity.fields.values() if f.search in ("name", "text")]
        self._searched = [(f.key, f, f.kind.search_text, f.search == "name") for _, f in self.text_fields]
        self._keyed = [(key, str(f.lookup), _keying(f), f.kind.lookup_key) for key, f in self.lookups]
        self.searched = frozenset(key for key, _ in self.text_fields) if entity.search else frozenset()
        self.moments = [
            (f.key, f.derived.via) for f in entity.fields.values() if f.derived and not f.derived.source
        ]

    # -- values to columns ---------------------------------------------------------------------------------------

    def row(self, number: int, record: Record) -> list[Any]:
        """The full insert row of a record that holds its system values already."""
        out: list[Any] = [None] * len(self.columns)
        out[0] = number
        out[1] = self.name_key(record.get(self.entity.name_field))
        places = self.places
        beside = False
        for key, value in record.items():
            if value is None:
                continue
            if key not in places:
                beside = True
                continue
            at, how = places[key]
            if how == PLAIN:
                out[at] = value
            elif how == ENTRIES:
                out[at] = dumps(packed(value)) if value else None
            elif how == JSON_TEXT:
                out[at] = dumps(value) if value else None
            elif how == PAIR:
                out[at], out[at + 1] = value
            else:
                out[at] = 1 if value else 0
        if record.get("rev") == 1:
            out[self._changer] = None  # see ``stored_value``
        if beside:
            out[-1] = self.merged_custom(None, record)
        return out

    def merged_custom(self, held: str | None, after: Record) -> str | None:
        """The JSON text of what has no column, after a change: own fields by their stable keys, and by their names the fields
        of a newer version, which a later definition of them finds there. What ``after`` does not name is kept as it is.
        """
        values = jsontext.loads(held) if held else {}
        fields = self.entity.fields
        for key, value in after.items():
            if key in self.places:
                continue
            field = fields.get(key)
            values[field.own_key if field is not None else key.removeprefix("~")] = value
        values = {key: value for key, value in values.items() if value not in (None, [])}
        return dumps(values) if values else None

    def cells(self, field: Field, value: Any) -> list[tuple[str, Any]]:
        """(column, stored value) pairs of one field that is not an own field."""
        at, how = self.places[field.key]
        if how == PAIR:
            return list(zip(self.columns[at : at + 2], value or (None, None), strict=True))
        if value is not None and how in (JSON_TEXT, ENTRIES):
            value = dumps(packed(value) if how == ENTRIES else value) if value else None
        elif value is not None and how == YES_NO:
            value = 1 if value else 0
        return [(self.columns[at], value)]

    def update(self, columns: tuple[str, ...]) -> str:
        """The statement that sets these columns of the row with an id, as a further revision."""
        found = self._updates.get(columns)
        if found is None:
            assignments = ", ".join(f"{quoted(column)} = ?" for column in columns)
            found = f'UPDATE "{self.table}" SET {assignments}, rev = rev + 1 WHERE id = ?'
            self._updates[columns] = found
        return found

    def name_key(self, name: Any) -> str | None:
        """What exact names and the order of names compare: folded, bounded."""
        return name_key(name) if name else None

    # -- columns to values ---------------------------------------------------------------------------------------

    def selection(self, field: Field, alias: str) -> list[str]:
        """The SQL expressions that fetch one field; ``decoder`` reads them back."""
        found = self._selected.get((field.key, alias))
        if found is None:
            found = (
                [f"{alias}.custom"]
                if field.own_key
                else [stored_value(field, alias, part) for part in range(len(field.columns))]
            )
            self._selected[field.key, alias] = found
        return found

    def decoder(self, field: Field) -> Callable[[tuple[Any, ...], int], Any] | None:
        """A function from (row, position) to the value; ``None`` where the column is the value."""
        if field.own_key:
            return _own(field.own_key)
        return _DECODERS[self.places[field.key][1]]

    # -- what is kept beside the row -------------------------------------------------------------------------------

    def keys(self, record: Record, only: Any = None) -> list[tuple[str, str]]:
        """(kind, key) pairs of the lookup index for a record's values (``only``: restricted to these fields)."""
        found: list[tuple[str, str]] = []
        for key, kind, how, lookup_key in self._keyed:
            value = record.get(key)
            if not value or (only is not None and key not in only):
                continue
            if how == ENTRIES:
                found += [(kind, lookup_key(entry["value"])) for entry in value]
            elif how == PAIR:
                found += [(kind, f"{source}\x1f{ident}") for source, ident in value]
            elif how == JSON_TEXT:
                found += [(kind, lookup_key(word)) for word in value]
            else:
                found.append((kind, lookup_key(value)))
        return found

    def search_row(self, number: int, record: Record) -> tuple[int, str, str]:
        """(n, tokens of the names, tokens of all text) for the search index."""
        get = record.get
        names: list[str] = []
        text: list[str] = []
        for key, field, search_text, named in self._searched:
            value = get(key)
            if value:
                made = tokens.tokens(value if type(value) is str else search_text(value, field))
                text += made
                if named:
                    names += made
        return number, " ".join(names), " ".join(text)


def _keying(field: Field) -> int:
    """How look-up keys come out of the field's value: of each entry, of each (source, id), of each word, of the value."""
    if field.lookup == "ext":
        return PAIR
    return ENTRIES if field.multi else JSON_TEXT if field.kind.collection else PLAIN


def stored_value(field: Field, alias: str, part: int = 0) -> str:
    """SQL of a field's stored value (``part`` 1: an amount's currency) where it has a column.

    Who made a record is written once: until its second revision it is also who changed it last.
    """
    if field.system and field.key == "updated_by":
        return f"(CASE WHEN {alias}.rev = 1 THEN {alias}.created_by_id ELSE {alias}.updated_by_id END)"
    return f"{alias}.{quoted(field.columns[part][0])}"


def entry_value(field: Field) -> str | int:
    """Where the value stands in one entry of a stored multi-value, as a step of a JSON path."""
    return "value" if field.own_key else ENTRY_VALUE


def own_value(db: Database, holder: str, field: Field, part: int = 0) -> str:
    """SQL of the comparable value of an own field; ``holder`` is the column of own fields, ``part`` 1 a currency."""
    key = str(field.own_key)
    if field.kind.name == "money":
        return db.json_value(holder, (key, part), ("integer", "text")[part])
    return db.json_value(
        holder, (key,), "text" if mode(field) in (JSON_TEXT, ENTRIES) else field.kind.storage
    )


def quoted(name: str) -> str:
    """An identifier of ours in SQL; some (``default``, ``from``) are words of the language."""
    return f'"{name}"'


def _json(row: tuple[Any, ...], at: int) -> Any:
    text = row[at]
    return None if text is None else jsontext.loads(text)


def _entries(row: tuple[Any, ...], at: int) -> Any:
    text = row[at]
    return None if text is None else unpacked(jsontext.loads(text))


def _pair(row: tuple[Any, ...], at: int) -> Any:
    return None if row[at] is None else [row[at], row[at + 1]]


def _yes_no(row: tuple[Any, ...], at: int) -> Any:
    return None if row[at] is None else bool(row[at])


def _own(key: str) -> Callable[[tuple[Any, ...], int], Any]:
    def decode(row: tuple[Any, ...], at: int) -> Any:
        global _read
        text = row[at]
        if text is None:
            return None
        held = _read
        if held[0] is not text:
            held = _read = (text, jsontext.loads(text))
        return held[1].get(key)

    return decode


# The own fields of a row lie in one text; it is read for the first of them, not for each.
_read: tuple[str, Record] = ("", {})


_DECODERS = (None, _json, _pair, _yes_no, _entries)


class Layouts:
    """The layouts of a registry, made when first asked for, and the derived values by their sources."""

    def __init__(self, registry: Registry) -> None:
        self.registry = registry
        self._made: dict[str, Layout] = {}
        self._sources: dict[str, list[tuple[str, str]]] = {}
        self._derived: dict[str, list[tuple[Entity, Field, Derived]]] | None = None
        self.kept: dict[Any, Any] = {}  # what others make of the definitions once, for as long as these hold

    def __getitem__(self, key: str) -> Layout:
        layout = self._made.get(key)
        if layout is None:
            layout = self._made[key] = Layout(self.registry.entity(key))
        return layout

    def derived_at(self, target: str) -> list[tuple[str, str]]:
        """Where the derived values of ``target`` come from: each source with the field by which it refers."""
        found = self._sources.get(target)
        if found is None:
            fields = self.registry.entity(target).fields.values()
            hows = [f.derived for f in fields if f.derived and f.derived.source]
            found = self._sources[target] = list(dict.fromkeys((how.source, how.via) for how in hows))
        return found

    def derived_from(self, source: str) -> list[tuple[Entity, Field, Derived]]:
        """The derived values that records of ``source`` feed: (target entity, field, how)."""
        if self._derived is None:
            self._derived = {}
            for entity in self.registry.entities.values():
                for field in entity.fields.values():
                    if field.derived and field.derived.source:
                        self._derived.setdefault(field.derived.source, []).append(
                            (entity, field, field.derived)
                        )
        return self._derived.get(source, [])
