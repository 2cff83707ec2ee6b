"""Erasure (``purge``): rows, index, lookup, spans and logged values of a record go; the digest chain stays
whole.
"""

from __future__ import annotations

from crmtool.store.log import group_digest, rest_digest

TYPE_CHECKING = False
if TYPE_CHECKING:
    from crmtool.core.changes import Change
    from crmtool.store.db import Database
    from crmtool.store.layout import Layout
    from crmtool.store.log import Shapes


def rows(db: Database, layout: Layout, run: list[Change]) -> None:
    """Remove the records' rows and everything kept beside them."""
    numbers = [change.base["n"] for change in run if change.base]
    if layout.searched:
        db.search_drop(layout.table, layout.entity.search, numbers)
    for change in run:
        if change.base:
            found = {
                (kind, key, layout.entity.key, change.base["n"]) for kind, key in layout.keys(change.base)
            }
            db.executemany(
                "DELETE FROM lookup WHERE kind = ? AND key = ? AND entity = ? AND n = ?", sorted(found)
            )
    db.executemany("DELETE FROM span WHERE record = ?", [(change.record,) for change in run])
    db.executemany(f'DELETE FROM "{layout.table}" WHERE id = ?', [(change.record,) for change in run])


def redact(db: Database, shapes: Shapes, changes: list[Change]) -> None:
    """Replace salts and values of all logged changes of the records by the digests that the chain needs."""
    for change in changes:
        sql = (
            "SELECT n, record, verb, shape, personal, rest, salt_personal, salt_rest, effective_at FROM change "
            "WHERE record = ? AND redacted IS NULL"
        )
        sealed = []
        for n, record, verb, shape, personal, rest, salt_one, salt_two, effective_at in list(
            db.rows(sql, (change.record,))
        ):
            name = shapes.named(shape)[3]
            digests = group_digest(bytes(salt_one), personal or "") + rest_digest(
                bytes(salt_two), rest or "", name, record, verb, effective_at
            )
            sealed.append((digests, n))
        db.executemany(
            "UPDATE change SET personal = NULL, rest = NULL, salt_personal = NULL, salt_rest = NULL, redacted = ? WHERE n = ?",
            sealed,
        )
