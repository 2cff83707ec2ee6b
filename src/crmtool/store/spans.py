"""The past values of tracked fields: each from when until when, in the order in which they took effect.

The present value is in the row and has no span. A change that takes effect before others that are written already belongs between
them: it divides the span its moment lies in, and the row stays as it is.
"""

from __future__ import annotations

from crmtool.core import jsontext
from crmtool.core.jsontext import dumps
from crmtool.core.struct import Struct

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from typing import Any

    from crmtool.core.registry import Entity
    from crmtool.store.db import Database
    from crmtool.store.log import Entry

    ByField = dict[tuple[str, str], list["Span"]]

CHUNK = 400
INSERT = (
    "INSERT INTO span (record, field, until_at, from_at, value, recorded_at, set_n) VALUES (?, ?, ?, ?, ?, ?, ?) "
    "ON CONFLICT DO NOTHING"
)

_ENDED = (
    "SELECT span.from_at, span.set_n FROM span JOIN change_set ON change_set.n = span.set_n "
    "WHERE span.record = ? AND span.field = ? AND span.value = ? AND (change_set.id = ? OR change_set.job = ?) "
    "AND span.set_n < ? ORDER BY span.until_at DESC, span.set_n DESC LIMIT 1"
)
_BEGINNER = (
    "SELECT change_set.undoes, span.set_n FROM span JOIN change_set ON change_set.n = span.set_n "
    "WHERE span.record = ? AND span.field = ? AND span.until_at = ? AND span.set_n < ? ORDER BY span.set_n DESC LIMIT 1"
)


class Span(Struct):
    """One past value, from ``from_at`` until ``until_at``. ``set_n`` is the change set that ended it."""

    from_at: str
    until_at: str
    text: str
    set_n: int

    @property
    def value(self) -> Any:
        """The value as records have it."""
        return jsontext.loads(self.text)


def of(db: Database, records: Sequence[str]) -> ByField:
    """All spans of these records in order of time, by (record, stable key of the field)."""
    found: ByField = {}
    for start in range(0, len(records), CHUNK):
        chunk = records[start : start + CHUNK]
        sql = (
            "SELECT record, field, from_at, until_at, value, set_n FROM span "
            f"WHERE record IN ({', '.join('?' * len(chunk))}) ORDER BY record, field, until_at, set_n"
        )
        for record, field, *rest in db.rows(sql, chunk):
            found.setdefault((record, field), []).append(Span(*rest))
    return found


def at(spans: Iterable[Span], moment: str) -> Span | None:
    """The span that a moment lies in; ``None`` where the present value holds already."""
    return next((span for span in spans if span.until_at > moment), None)


def then(db: Database, entity: Entity, records: Sequence[str], moment: str) -> dict[str, dict[str, Any]]:
    """record -> key -> value of the tracked fields that had another span at ``moment`` than now."""
    keys = {field.stable_key: field.key for field in entity.fields.values() if field.tracked}
    out: dict[str, dict[str, Any]] = {}
    for (record, stable), spans in (of(db, records) if keys else {}).items():
        span = at(spans, moment)
        if span is not None and stable in keys:
            out.setdefault(record, {})[keys[stable]] = span.value
    return out


def between(entity: Entity, entry: Entry, said: str, spans: ByField) -> dict[str, tuple[Any, Any]]:
    """The tracked fields of a logged change that it put between values known by then, as it took effect at ``said``: key ->
    (the value since that moment, the one before it).
    """
    found: dict[str, tuple[Any, Any]] = {}
    for key in entry.after:
        field = entity.fields.get(key)
        held = spans.get((entry.record, field.stable_key), ()) if field is not None and field.tracked else ()
        if any(span.until_at > said and span.set_n < entry.set_n for span in held):
            since = at(held, said)
            mine = [span for span in held if span.until_at == said] or held
            found[key] = (since.value if since else None, ended_by(mine, entry.set_n, entry.before[key]))
    return found


def ended_by(spans: Iterable[Span], set_n: int, otherwise: Any) -> Any:
    """The value that a change set ended; one that was put before it later is part of the past too."""
    return next((span.value for span in spans if span.set_n == set_n), otherwise)


def began(db: Database, record: str, field: str, value: Any, undone: str | None, before: int) -> str | None:
    """When a value began that the change set number ``before`` brought back by taking back ``undone`` (a set's or job's id).

    A value that is brought back goes on from where it was left, so it began when it did the first time, however often it
    was taken away and brought back since. ``None`` where the value was not ended by what is taken back.
    """
    moment, text = None, dumps(value)
    while undone is not None:
        ended = db.one(_ENDED, (record, field, text, undone, undone, before))
        if ended is None:
            break
        moment, before = ended
        beginner = db.one(_BEGINNER, (record, field, moment, before))
        if beginner is None:
            break
        undone, before = beginner
    return moment


class Spans:
    """Writes the spans that one change set ends."""

    def __init__(self, db: Database, recorded_at: str, set_n: int) -> None:
        self.db = db
        self.recorded_at = recorded_at
        self.set_n = set_n

    def later(self, record: str, field: str, moment: str) -> bool:
        """Whether a change of the field is known that took effect after ``moment``."""
        sql = "SELECT 1 FROM span WHERE record = ? AND field = ? AND until_at > ? LIMIT 1"
        return self.db.one(sql, (record, field, moment)) is not None

    def end(self, record: str, field: str, value: Any, created_at: str, effective: str) -> None:
        """End the present value of a field; no sooner than it began, whatever the clock says."""
        since = self.db.scalar(
            "SELECT max(until_at) FROM span WHERE record = ? AND field = ?", (record, field)
        )
        begin = max(since or "", created_at)
        self._insert(record, field, max(effective, begin), begin, dumps(value))

    def divide(self, record: str, field: str, value: Any, effective: str) -> Any:
        """Put a value between past ones, from ``effective`` until the next; answers the value that it ends."""
        row = self.db.one(
            "SELECT from_at, until_at, value, set_n FROM span WHERE record = ? AND field = ? AND until_at > ? "
            "ORDER BY until_at, set_n LIMIT 1",
            (record, field, effective),
        )
        assert row is not None  # ``later`` said so
        held = Span(*row)
        begin = max(effective, held.from_at)
        self.db.execute(
            "UPDATE span SET from_at = ?, value = ? WHERE record = ? AND field = ? AND until_at = ? AND set_n = ?",
            (begin, dumps(value), record, field, held.until_at, held.set_n),
        )
        self._insert(record, field, begin, held.from_at, held.text)
        return held.value

    def _insert(self, record: str, field: str, until: str, begin: str, text: str) -> None:
        self.db.execute(INSERT, (record, field, until, begin, text, self.recorded_at, self.set_n))
