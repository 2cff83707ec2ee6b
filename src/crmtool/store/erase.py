"""Erasure (``purge``): rows, index, lookup, spans and logged values of a record go; the digest chain stays whole.

What was deleted keeps its bytes in the files until they are written anew. That takes seconds in a large store and is no part of
the transaction; until ``finish`` has been through, the store remembers that bytes may be left.
"""

from __future__ import annotations

from crmtool.core import clock, ids
from crmtool.core.errors import EXIT_PARTIAL, StoreError
from crmtool.core.messages import Message
from crmtool.store.field_erasure import digests
from crmtool.store.log import on_record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from crmtool.core.changes import Change
    from crmtool.store.db import Database
    from crmtool.store.layout import Layout

MARK = "erasing"
ERASED_AT = "erased_at"  # when somebody was last erased: copies made before still have them


def rows(db: Database, layout: Layout, run: list[Change]) -> None:
    """Remove the records' rows and everything kept beside them."""
    numbers = [change.base["n"] for change in run if change.base]
    if layout.searched:
        db.search_drop(layout.table, layout.entity.search, numbers)
    for change in run:
        if change.base:
            found = {
                (kind, key, layout.entity.index_key, change.base["n"])
                for kind, key in layout.keys(change.base)
            }
            db.executemany(
                "DELETE FROM lookup WHERE kind = ? AND key = ? AND entity = ? AND n = ?", sorted(found)
            )
    db.executemany("DELETE FROM span WHERE record = ?", [(change.record,) for change in run])
    db.executemany(f'DELETE FROM "{layout.table}" WHERE id = ?', [(change.record,) for change in run])


def redact(db: Database, changes: list[Change]) -> None:
    """Replace salts and values of all logged changes of the records by the digests that the chain needs."""
    for change in changes:
        mine, ids_of = on_record((change.record,))
        sql = (
            "SELECT n, personal, rest, salt_personal, salt_rest, redacted FROM change "
            f"WHERE {mine} AND salt_personal IS NOT NULL"
        )
        # A change that lost a value before has the digests of the chain already; what its seal covers comes behind them.
        sealed = [
            ((b"" if before is None else bytes(before)) + digests(*values), n)
            for n, *values, before in db.rows(sql, ids_of)
        ]
        db.executemany(
            "UPDATE change SET personal = NULL, rest = NULL, salt_personal = NULL, salt_rest = NULL, redacted = ? WHERE n = ?",
            sealed,
        )
    db.executemany(
        "INSERT INTO meta (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value",
        [(MARK, ids.new_id()), (ERASED_AT, clock.now())],
    )


def unfinished(db: Database) -> bool:
    """Whether bytes of erased records may still be in the files."""
    return db.one("SELECT 1 FROM meta WHERE key = ?", (MARK,)) is not None


def finish(db: Database) -> None:
    """Write the files anew where an erasure left bytes in them; outside any transaction.

    Raises ``StoreError`` (code ``erasure``) when that cannot be done now: no space, a reader that does not end. The records are
    gone all the same, and it can be repeated.
    """
    mark = db.scalar("SELECT value FROM meta WHERE key = ?", (MARK,))
    if mark is None:
        return
    try:
        db.search_tidy(erase=True)
    except StoreError as error:
        partly = StoreError(
            Message(
                "The records are erased, but traces may be left in the files: {reason}", reason=error.message
            ),
            Message("Finish it with “crm doctor --rebuild”."),
            code="erasure",
        )
        partly.exit_code = EXIT_PARTIAL
        raise partly from error
    with db.atomic():
        # A record erased in the meantime has set another mark, which stays.
        db.execute("DELETE FROM meta WHERE key = ? AND value = ?", (MARK, mark))
