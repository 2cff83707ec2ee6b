"""Erasure (``purge``): rows, index, lookup, spans and logged values of a record go; the digest chain stays
whole.
"""

from __future__ import annotations

from crmtool.store.log import group_digest

TYPE_CHECKING = False
if TYPE_CHECKING:
    from crmtool.core.changes import Change
    from crmtool.store.db import Database
    from crmtool.store.layout import Layout


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


def redact(db: Database, changes: list[Change]) -> None:
    """Replace salts and values of all logged changes of the records by the digests that the chain needs."""
    for change in changes:
        sql = "SELECT n, personal, rest, salt_personal, salt_rest FROM change WHERE record = ? AND redacted IS NULL"
        sealed = [
            (group_digest(bytes(salt_one), one or "") + group_digest(bytes(salt_two), two or ""), n)
            for n, one, two, salt_one, salt_two in db.rows(sql, (change.record,))
        ]
        db.executemany(
            "UPDATE change SET personal = NULL, rest = NULL, salt_personal = NULL, salt_rest = NULL, redacted = ? WHERE n = ?",
            sealed,
        )
