"""``crm NOUN list``: the records of a kind, filtered, sorted, in any format, streamed."""

from __future__ import annotations

from typing import Annotated

import typer

from crmtool.cli.nouns import wording
from crmtool.cli.nouns.common import AsOf
from crmtool.cli.output import Output
from crmtool.cli.output.options import prints_records
from crmtool.cli.session import open_session
from crmtool.core.errors import UsageError
from crmtool.core.messages import Message, t
from crmtool.core.query import all_of
from crmtool.doors.filters import condition, moment_of
from crmtool.doors.lists import field_named, on_list, order, visible
from crmtool.store.reader import Query

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from crmtool.app.workspace import Workspace
    from crmtool.core.fields import Field
    from crmtool.core.query import Node
    from crmtool.core.registry import Entity

_EXPORTED = ("csv", "json", "ndjson")

Filter = Annotated[
    list[str] | None, typer.Argument(metavar="FILTER", help=t("Only records that match, as with --where."))
]
Trash = Annotated[bool, typer.Option("--trash", help=t("what is in the trash instead"))]
View = Annotated[
    str | None, typer.Option("--view", metavar="NAME", help=t("the filter, order and columns of a view"))
]
Listed = Annotated[str | None, typer.Option("--list", metavar="NAME", help=t("only records on this list"))]


def command(entity: Entity) -> Callable[..., None]:
    """``crm NOUN list``."""
    key = entity.key

    @prints_records
    def listing(
        output: Output,
        words: Filter = None,
        trash: Trash = False,
        as_of: AsOf = None,
        view: View = None,
        on: Listed = None,
    ) -> None:
        with open_session() as workspace:
            run(workspace, key, output, words, trash=trash, as_of=as_of, view=view, on=on)

    listing.help = wording.listing(entity)  # type: ignore[attr-defined]
    return listing


def run(
    workspace: Workspace,
    key: str,
    output: Output,
    words: Sequence[str] | None,
    *,
    trash: bool = False,
    as_of: str | None = None,
    view: str | None = None,
    on: str | None = None,
    more: Node | None = None,
) -> None:
    """Print the records of a kind that the options of ``list`` and the condition ``more`` leave."""
    entity = workspace.registry.entity(key)
    where = [more, condition(workspace, entity, words or [], output.where)]
    sort = output.sort
    if view is not None:
        from crmtool.cli.nouns.view import adopt

        shown = adopt(workspace, view, output, key)
        where.append(shown.where)
        sort = sort or shown.sort
    if on is not None:
        where.append(on_list(workspace, entity, on))
    write(workspace, entity, output, all_of(where), sort, trash="only" if trash else "without", as_of=as_of)


def write(
    workspace: Workspace,
    entity: Entity,
    output: Output,
    where: Node | None,
    sort: str,
    *,
    trash: str = "without",
    as_of: str | None = None,
) -> int:
    """Print the records that meet a condition; the number printed."""
    fields = output.fields(visible(workspace, entity), lambda name: field_named(workspace, entity, name))
    if as_of is not None and any("." in field.key for field in fields):
        raise UsageError(
            Message("Fields of other records cannot be shown as of a past day."),
            Message("Ask for {noun}’s own fields.", noun=entity.key),
            code="as_of",
        )
    query = Query(
        entity.key,
        where,
        # An entity's own order is by what it is called now, which a past day does not know.
        () if as_of and not sort else order(workspace, entity, sort),
        fields=tuple(field.key for field in fields),
        limit=output.fetch,
        trash=trash,
        as_of=moment_of(workspace, as_of),
    )
    whole = output.limit is None and output.headers and as_of is None and trash == "without"
    if whole and output.format in _EXPORTED:
        return _write_whole(workspace, entity, output, query, fields)
    total = workspace.reader.count(query) if output.wants_total else None
    return output.write(workspace.query(query), fields, total)


def _write_whole(
    workspace: Workspace, entity: Entity, output: Output, query: Query, fields: list[Field]
) -> int:
    """Print a whole list as an export for programs writes it: the same text, in a third of the time."""
    from crmtool.transfer.export import text
    from crmtool.transfer.export.tables import Export, Table

    table = Table(entity.plural, entity.plural, entity, tuple(fields), query.where, query.sort)
    export = Export(workspace.reader, [table], raw=True)
    return output.write_text(getattr(text, output.format)(export, table), lambda: export.rows)


def columns_of(names: Sequence[str] | None) -> str | None:
    """Field names as ``--fields`` takes them."""
    return ",".join(names) if names else None
