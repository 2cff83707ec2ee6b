"""``find``: the best record first, in a few milliseconds over a million.

Nothing is ranked over all matches of a common word, which would take a third of a second. Instead six tiers
are asked in turn, each newest first and bounded, until the answer is full: the exact name; an e-mail
address or phone number; whole words in names; the beginning of a word in names; whole words anywhere; the
beginning of a word anywhere. Where none has an answer, every word typed may be the beginning of one in a
name. Row policy is part of every tier's statement, before its bound.
"""

from __future__ import annotations

from crmtool.core import ids, tokens
from crmtool.core.struct import Struct

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from typing import Any

    from crmtool.core.fields import Field
    from crmtool.core.registry import Entity
    from crmtool.core.tokens import SearchQuery
    from crmtool.store.reader import Reader

# People are what is looked for most; then who they work for and what they buy.
ORDER = ("contact", "company", "deal", "note", "activity", "task", "product", "order")
TIERS = ("name", "address", "name words", "name beginning", "words", "beginning")
SNIPPET = 60
LONG, FEW = (
    4,
    50,
)  # letters of a beginning that no index of beginnings holds; how many records are looked at instead


class Hit(Struct):
    """One answer. ``field`` and ``text`` show what matched; ``tier`` is the index into ``TIERS``."""

    entity: str
    record: dict[str, Any]
    tier: int
    field: str
    text: str


def find(reader: Reader, text: str, *, entities: Sequence[str] | None = None, limit: int = 20) -> list[Hit]:
    """The best ``limit`` records for what a person typed, over all searchable entities or the named ones."""
    handle = ids.handle_range(text) if text.strip().startswith("@") else None
    if handle is not None:
        return _of_handle(reader, handle, entities, limit)
    query = tokens.parse_query(text)
    if not query.words and not query.email and not query.digits:
        return []
    registry = reader.layouts.registry
    if entities is not None:
        kinds = [registry.entity(key) for key in entities]
    else:
        own = [key for key, e in registry.entities.items() if e.own_id and not e.removed]
        kinds = [registry.entities[key] for key in (*ORDER, *own)]
    found: list[tuple[int, str, int]] = []
    seen: set[tuple[str, int]] = set()
    tries = [(tier, query) for tier in range(len(TIERS))]
    if len(query.words) > 1 and query.prefix:
        tries.append((TIERS.index("name beginning"), query.replace(each=True)))
    for tier, asked in tries:
        if asked.each and found:
            break
        for kind in kinds:
            if len(found) >= limit:
                break
            if not reader.policy.can_read(reader.actor, kind):
                continue
            for number in _tier(reader, kind, asked, tier, limit - len(found) + len(seen)):
                if (kind.key, number) not in seen and len(found) < limit:
                    seen.add((kind.key, number))
                    found.append((tier, kind.key, number))
        if tier == 1 and found and (query.email or query.digits):
            break  # who is looked for by address or number is found; its words are in everybody's
    return _hits(reader, query, found)


def _of_handle(
    reader: Reader, handle: tuple[str, str], entities: Sequence[str] | None, limit: int
) -> list[Hit]:
    """What a handle or its beginning belongs to, of any kind, also those whose words nobody searches."""
    hits: list[Hit] = []
    for key in entities if entities is not None else reader.layouts.registry.entities:
        entity = reader.layouts.registry.entity(key)
        if len(hits) < limit and reader.policy.can_read(reader.actor, entity):
            records = reader.get_many(entity.key, reader.by_handle(entity.key, *handle), expand=True)
            hits += [Hit(entity.key, r, 0, entity.name_field, "") for r in records.values()]
    return hits[:limit]


def _tier(reader: Reader, entity: Entity, query: SearchQuery, tier: int, limit: int) -> list[int]:
    """Numbers of the records of one tier, newest first."""
    db = reader.db
    compiler = reader.compiler(entity)
    where = compiler.where(None, "without")
    joins, params = " ".join(compiler.joins), [*compiler.join_params, *compiler.params]
    start = f'SELECT t.n FROM "{entity.table}" AS t {joins} WHERE {where} AND '
    hidden = reader.policy.hidden_fields(reader.actor, entity)
    if tier == 0:
        if entity.name_field in hidden:
            return []
        sql = start + f"t.name_key = ? ORDER BY t.n DESC LIMIT {limit}"
        return [row[0] for row in db.rows(sql, [*params, query.text[:120]])]
    if tier == 1:
        return _addresses(reader, entity, query, start, params, limit)
    if not query.words or not entity.search:
        return []
    part = "names" if tier in (2, 3) else "text"
    if (part == "names" and entity.search != "names") or any(f.key in hidden for f in _indexed(entity, part)):
        # The index knows no columns: what holds a hidden field's words may not be searched at all.
        return []
    beginning = tier in (3, 5)
    if beginning and not query.prefix:
        return []

    def newest(asked: SearchQuery, prefix: bool, most: int) -> list[int]:
        return db.search_newest(
            entity.table, part, asked, prefix=prefix, joins=joins, where=where, params=params, limit=most
        )

    if beginning and not query.each and len(query.words[-1][-1]) >= LONG and (head := _head(query)).words:
        # A beginning costs what all its records cost. Where few have the words before it, those are looked at instead.
        few = newest(head, False, FEW + 1)
        if len(few) <= FEW:
            begun = _begun(reader, entity, part, query, few)
            return [number for number in few if number in begun][:limit]
    return newest(query, beginning, limit)


def _head(query: SearchQuery) -> SearchQuery:
    """The query without its last token, which is still being typed."""
    *before, last = query.words
    return query.replace(words=(*before, last[:-1]) if len(last) > 1 else tuple(before), prefix=False)


def _begun(reader: Reader, entity: Entity, part: str, query: SearchQuery, numbers: list[int]) -> set[int]:
    """Which of some records hold all words of a query, the last as the beginning of one."""
    layout = reader.layouts[entity.key]
    sought = [" " + " ".join(phrase) + " " for phrase in query.words]
    sought[-1] = sought[-1][:-1]
    found = set()
    for number, record in reader.by_number(entity.key, numbers).items():
        _, names, text = layout.search_row(number, record)
        held = f" {names if part == 'names' else text} "
        if all(words in held for words in sought):
            found.add(number)
    return found


def _addresses(
    reader: Reader, entity: Entity, query: SearchQuery, start: str, params: list[Any], limit: int
) -> list[int]:
    """E-mail addresses by their beginning, phone numbers by their end."""
    kinds = {
        f.lookup
        for f in entity.fields.values()
        if f.key not in reader.policy.hidden_fields(reader.actor, entity)
    }
    out: list[int] = []
    if query.email and "email" in kinds:
        sql = (
            start
            + "t.n IN (SELECT n FROM lookup WHERE kind = 'email' AND key >= ? AND key < ? AND entity = ? LIMIT 200)"
        )
        sql += f" ORDER BY t.n DESC LIMIT {limit}"
        out += [
            row[0]
            for row in reader.db.rows(sql, [*params, query.email, query.email + "\uffff", entity.index_key])
        ]
    if query.digits and "phone" in kinds and len(query.digits) >= tokens.PHONE_REACH:
        ids = reader.phones(entity.key, query.digits)[:limit]
        if ids:
            numbers = {
                r["id"]: n for n, r in ((x["n"], x) for x in reader.get_many(entity.key, ids).values())
            }
            out += [numbers[i] for i in ids if i in numbers]
    return out


def _indexed(entity: Entity, part: str) -> Iterator[Field]:
    return (
        f for f in entity.fields.values() if f.search == "name" or (part == "text" and f.search == "text")
    )


def _hits(reader: Reader, query: SearchQuery, found: list[tuple[int, str, int]]) -> list[Hit]:
    by_entity: dict[str, list[int]] = {}
    for _, key, number in found:
        by_entity.setdefault(key, []).append(number)
    records = {key: reader.by_number(key, numbers, expand=True) for key, numbers in by_entity.items()}
    out = []
    for tier, key, number in found:
        record = records[key].get(number)
        if record is not None:
            field, text = shown_match(reader.layouts.registry.entity(key), record, query)
            out.append(Hit(key, record, tier, field, text))
    return out


def shown_match(entity: Entity, record: dict[str, Any], query: SearchQuery) -> tuple[str, str]:
    """(field, text around the match): the first searchable field that holds a word of the query, the name before others."""
    wanted = [phrase[-1] for phrase in query.words]
    fields = sorted(_indexed(entity, "text"), key=lambda f: f.key != entity.name_field)
    for field in fields:
        value = record.get(field.key)
        if not value:
            continue
        values = [e["value"] for e in value] if field.multi else [value]
        for item in values:
            text = field.kind.show(item, field) if field.multi else field.kind.display(item, field)
            if query.digits and field.kind.name == "phone" and tokens.phone_same(text, query.digits):
                return field.key, text
            made = tokens.tokens(text)
            if any(token.startswith(word) for token in made for word in wanted):
                return field.key, snippet(text, wanted)
    return entity.name_field, str(record.get(entity.name_field) or "")


def snippet(text: str, wanted: list[str]) -> str:
    """A line of the text around the first word that matches."""
    line = " ".join(text.split())
    if len(line) <= SNIPPET:
        return line
    at = 0
    for start, piece in _pieces(line):
        if any(token.startswith(word) for token in tokens.tokens(piece) for word in wanted):
            at = start
            break
    begin = max(0, at - SNIPPET // 3)
    end = begin + SNIPPET
    return ("…" if begin else "") + line[begin:end] + ("…" if end < len(line) else "")


def _pieces(line: str) -> Iterator[tuple[int, str]]:
    at = 0
    for piece in line.split(" "):
        yield at, piece
        at += len(piece) + 1
