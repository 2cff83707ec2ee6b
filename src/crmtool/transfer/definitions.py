"""The tables of an export of everything that hold definitions: the objects and fields of somebody's own.

They are no records to import, and say what the records beside them are made of: what is not here yet is made before those.
"""

from __future__ import annotations

from crmtool.core.errors import CrmError
from crmtool.core.messages import Message
from crmtool.transfer.guard import unguarded
from crmtool.transfer.sources.base import TABLE

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from crmtool.core.fields import Field
    from crmtool.core.registry import Entity
    from crmtool.transfer.newfields import NewFields
    from crmtool.transfer.sources.base import Source

    Told = tuple[str, Message]

# By what an export of definitions is known; an object comes before the fields that it has.
_COLUMNS = {
    "object": frozenset(("name", "plural_name", "key", "plural", "id", "created_at", "deleted_at")),
    "field": frozenset(("name", "of", "key", "kind", "id", "created_at", "deleted_at")),
}
_MOST = 2_000  # definitions of one file; more are no workspace of anybody


def defined_by(source: Source) -> str | None:
    """``object`` or ``field`` where the rows of a source are their definitions."""
    if source.kind != TABLE:
        return None
    columns = {*source.columns}
    return next((key for key, wanted in _COLUMNS.items() if wanted <= columns), None)


def define(sources: Sequence[Source], fields: NewFields) -> list[Told]:
    """Make what the sources define and is not here; what cannot be made, as (name of the source, why)."""
    told: list[Told] = []
    for wanted in _COLUMNS:
        for source in sources:
            if defined_by(source) == wanted:
                told += _of_source(source, wanted, fields)
    return told


def _of_source(source: Source, wanted: str, fields: NewFields) -> Iterator[Told]:
    for number, values in _rows(source, fields.registry.entities[wanted]):
        try:
            if wanted == "object":
                fields.object(values)
                continue
            missing = fields.field(values)
            if missing is not None:
                yield source.title, Message("{file}: {reason}", file=source.title, reason=missing)
        except CrmError as error:
            yield (
                source.title,
                Message("{file}, row {row}: {reason}", file=source.title, row=number, reason=error.message),
            )


def _rows(source: Source, entity: Entity) -> Iterator[tuple[int, dict[str, str]]]:
    """The number of each row, and what it gives of the fields that a person may set."""
    places: list[tuple[int, Field]] = [
        (at, entity.fields[column])
        for at, column in enumerate(source.columns)
        if column in entity.fields and entity.fields[column].writable
    ]
    for count, row in enumerate(source.rows()):
        if count >= _MOST:
            return
        cells = [unguarded(cell) for cell in row.cells] if source.guarded else row.cells
        values = {
            field.key: cells[at].strip() for at, field in places if at < len(cells) and cells[at].strip()
        }
        if values:
            yield row.number, values
