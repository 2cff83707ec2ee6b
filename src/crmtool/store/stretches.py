"""A list as one moves about in it: a stretch of rows onwards or back from any of them, how many stand before one, a leap.

The rows of a stretch have their places, so that reading can go on from each, either way. However long the list, a stretch is a
seek in the order of the list and as many rows as it holds.
"""

from __future__ import annotations

from crmtool.core.jsontext import dumps
from crmtool.core.struct import Struct
from crmtool.store.lists import statements
from crmtool.store.ordering import ONWARDS, Way

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from crmtool.store.reader import Query, Reader


class Stretch(Struct):
    """Records in the order of the list, the place of each, and whether more follow in the direction it was read."""

    records: list[dict[str, Any]]
    places: list[list[Any]]
    more: bool


def mark(place: list[Any]) -> str:
    """A place as ``Query.after`` takes it."""
    return dumps(place)


def stretch(reader: Reader, query: Query, go: Way = ONWARDS) -> Stretch:
    """Up to ``query.limit`` records from ``query.after`` on, or from where the list begins in this direction."""
    limit = query.limit or 0
    records: list[dict[str, Any]] = []
    places: list[list[Any]] = []
    more = False
    for statement in statements(reader, query, query.after, go):
        left = limit - len(records)
        rows = list(reader.db.rows(statement.limited(left + 1), statement.params))
        more = len(rows) > left
        del rows[left:]
        records += map(statement.selection.record, rows)
        places += map(statement.position, rows)
        if more:
            break
    if go.back:
        records.reverse()
        places.reverse()
    return Stretch(records, places, more)


def before(reader: Reader, query: Query, place: str) -> int:
    """How many records of the list stand before the one of a mark. The engine counts along the index, 60 ms for a million."""
    asked = query.replace(fields=("id",), expand=False, limit=None)
    return sum(
        int(reader.db.scalar(f"SELECT count(*) FROM ({statement.sql}) AS before", statement.params))
        for statement in statements(reader, asked, place, Way(back=True))
    )


def leap(reader: Reader, query: Query, over: int, go: Way = ONWARDS) -> list[Any] | None:
    """The place ``over`` records further than ``query.after`` (0: the next one); ``None`` where the list ends before.

    The engine steps over them without looking at their columns, some 60 ms for a million: for a person who drags the list to
    another part of it, and not for going on from page to page.
    """
    asked = query.replace(fields=("id",), expand=False, limit=1)
    for statement in statements(reader, asked, query.after, go):
        row = reader.db.one(f"{statement.limited(1)} OFFSET {int(over)}", statement.params)
        if row is not None:
            return statement.position(row)
        over -= int(reader.db.scalar(f"SELECT count(*) FROM ({statement.sql}) AS passed", statement.params))
    return None
