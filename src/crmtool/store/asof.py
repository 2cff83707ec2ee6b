"""Records as they were at a past instant: the current record with every later change taken back, newest first."""

from __future__ import annotations

from crmtool.store import spans
from crmtool.store.log import LogReader, on_record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from typing import Any

    from crmtool.store.reader import Query, Reader

    Record = dict[str, Any]

CHUNK = 200


def rewound(reader: Reader, query: Query, records: Iterable[Record]) -> Iterator[Record]:
    """The records of a list as of ``query.as_of``, with the fields the query asks for.

    A change counts from when it took effect. Derived values are not rewound and are left out.
    """
    entity = reader.layouts.registry.entity(query.entity)
    wanted = None if query.fields is None else {entity.field(name).key for name in query.fields} | {"id"}
    chunk: list[Record] = []
    for record in records:
        chunk.append(record)
        if len(chunk) == CHUNK:
            yield from _rewind(reader, query, chunk, wanted)
            chunk = []
    yield from _rewind(reader, query, chunk, wanted)


def _rewind(reader: Reader, query: Query, chunk: list[Record], wanted: set[str] | None) -> Iterator[Record]:
    if not chunk:
        return
    entity = reader.layouts.registry.entity(query.entity)
    by_id = {record["id"]: record for record in chunk}
    log = LogReader(reader.db, reader.layouts)
    moment = str(query.as_of)
    mine, ids = on_record([*by_id])
    condition = (
        f"{mine} AND verb <> 'create' AND "
        "coalesce(effective_at, (SELECT coalesce(s.effective_at, s.recorded_at) FROM change_set AS s "
        "WHERE s.n = change.set_n)) > ?"
    )
    then = spans.then(reader.db, entity, [*by_id], moment)
    for entry in log.entries(condition, [*ids, moment], order="n DESC"):
        record = by_id[entry.record]
        record.update((key, value) for key, value in entry.before.items() if key in record)
    for ident, values in then.items():  # in the order in which they took effect, whenever they were written
        by_id[ident].update((key, value) for key, value in values.items() if key in by_id[ident])
    references: dict[str, set[str]] = {}
    for field in entity.fields.values() if query.expand else ():
        if field.target:
            held = [record.get(field.key) for record in chunk]
            references.setdefault(field.target, set()).update(v for v in held if isinstance(v, str))
    names = {target: reader.names(target, found) for target, found in references.items()}
    hidden = {f.key for f in entity.fields.values() if f.derived}
    for record in chunk:
        for key in record:
            field = entity.fields[key]
            if key in hidden:
                record[key] = None
            elif field.target and isinstance(record[key], str) and query.expand:
                record[key] = {"id": record[key], "name": names.get(field.target, {}).get(record[key])}
        yield record if wanted is None else {k: v for k, v in record.items() if k in wanted}
