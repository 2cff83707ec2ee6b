"""Erasure of a user's own field: its values go from the rows, the past and the log of all records, which stay.

In the log one digest covers several values, so a change that loses one keeps its digests for the chain and gets new salts for the
values that are left. What covers these is the seal: a digest of all such changes, in the place of a field's name in the logged
erasure itself, which the chain covers and no later erasure takes away. The last seal holds.
"""

from __future__ import annotations

import os
from hashlib import sha256

from crmtool.core import ids, jsontext
from crmtool.core.changes import CREATE
from crmtool.core.jsontext import dumps
from crmtool.store.layout import Layout, quoted
from crmtool.store.log import SALT, group_digest

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

    from crmtool.core.changes import Change
    from crmtool.core.registry import Entity, Registry
    from crmtool.store.db import Database
    from crmtool.store.layout import Layouts

    Row = tuple[Any, ...]

SEAL = "="  # what the name of a seal begins with; no field's does
DIGESTS = 64  # bytes of both group digests
STEP = 2_000


def erased(db: Database, layouts: Layouts, change: Change) -> Change:
    """Erase the values of the field whose definition ``change`` purges; the change as it is to be logged."""
    base, key = change.base or {}, ids.handle(change.record)
    if base.get("overrides"):
        return change  # it only changes the choices of a built-in field
    for entity in _holders(layouts.registry, str(base.get("of"))):
        _rows(db, layouts[entity.key], key)
    db.execute("DELETE FROM span WHERE field = ?", (f"~{key}",))
    _log(db, f"~{key}")
    found = seal(db)
    return change if found is None else change.replace(after={f"{SEAL}{found}": None})


def seal(db: Database) -> str | None:
    """The digest of all logged changes that lost a value and kept others; ``None`` where there are none."""
    digest, some = sha256(), False
    sql = (
        "SELECT n, personal, rest, salt_personal, salt_rest, redacted FROM change WHERE redacted IS NOT NULL "
        f"AND (salt_personal IS NOT NULL OR length(redacted) > {DIGESTS}) ORDER BY n"
    )
    for n, *held, redacted in db.rows(sql):
        digest.update(sealed_part(n, held, redacted))
        some = True
    return digest.hexdigest() if some else None


def sealed_part(n: int, held: Sequence[Any], redacted: Any) -> bytes:
    """What the seal covers of a change: its place, and what its values and salts are, or were when they were erased."""
    kept = bytes(redacted)[DIGESTS:]
    one, two, salt_one, salt_two = held
    return b"%d:" % n + (kept or digests(one, two, salt_one, salt_two))


def digests(one: str | None, two: str | None, salt_one: Any, salt_two: Any) -> bytes:
    """Both group digests of a change as it is stored."""
    return group_digest(bytes(salt_one), one or "") + group_digest(bytes(salt_two), two or "")


def _holders(registry: Registry, of: str) -> list[Entity]:
    """The kinds of record whose rows may hold the field: of own objects all, since several may have had the word."""
    found = registry.entities.get(of)
    if found is not None and not found.own_id:
        return [found]
    return [entity for entity in registry.entities.values() if entity.own_id]


def _rows(db: Database, layout: Layout, key: str) -> None:
    held = f"{db.json_value('custom', (key,), 'text')} IS NOT NULL"
    last = 0
    while True:
        sql = f'SELECT n, custom FROM "{layout.table}" WHERE n > ? AND {held} ORDER BY n LIMIT {STEP}'
        found = list(db.rows(sql, (last,)))
        if not found:
            return
        last = found[-1][0]
        left = [({k: v for k, v in jsontext.loads(text).items() if k != key}, n) for n, text in found]
        db.executemany(
            f'UPDATE "{layout.table}" SET {quoted("custom")} = ? WHERE n = ?',
            [(dumps(values) if values else None, n) for values, n in left],
        )


def _log(db: Database, key: str) -> None:
    """Empty the field's place in every logged change."""
    places: dict[int, tuple[int, int]] = {}
    like = f'%"{key}"%'
    sql = "SELECT n, personal, rest FROM shape WHERE personal LIKE ? OR rest LIKE ?"
    for n, personal, rest in list(db.rows(sql, (like, like))):
        group = 0 if key in jsontext.loads(personal) else 1
        places[n] = group, jsontext.loads((personal, rest)[group]).index(key)
    if not places:
        return
    last = 0
    while True:
        found = list(
            db.rows(
                "SELECT n, verb, shape, personal, rest, salt_personal, salt_rest, redacted FROM change WHERE n > ? "
                f"AND salt_personal IS NOT NULL AND shape IN ({', '.join('?' * len(places))}) ORDER BY n LIMIT {STEP}",
                (last, *places),
            )
        )
        if not found:
            return
        last = found[-1][0]
        db.executemany(
            "UPDATE change SET personal = ?, rest = ?, salt_personal = ?, salt_rest = ?, redacted = ? WHERE n = ?",
            [_without(row, *places[row[2]]) for row in found],
        )


def _without(row: Row, group: int, place: int) -> Row:
    """The columns of a change without one value, under new salts, beside the digests that it had first."""
    n, verb, _, personal, rest, salt_one, salt_two, redacted = row
    texts = [personal, rest]
    values = jsontext.loads(texts[group])
    for part in [values] if verb == CREATE else values:
        part[place] = None
    texts[group] = dumps(values)
    first = bytes(redacted) if redacted is not None else digests(personal, rest, salt_one, salt_two)
    return *texts, os.urandom(SALT), os.urandom(SALT), first, n


__all__ = ["DIGESTS", "SEAL", "digests", "erased", "seal", "sealed_part"]
