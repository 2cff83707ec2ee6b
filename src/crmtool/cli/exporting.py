"""From the words of ``crm export`` to the tables that are written: kinds of record, views, lists."""

from __future__ import annotations

from crmtool.app.resolve import ambiguous, candidates
from crmtool.cli.nouns.view import adopt
from crmtool.cli.output import Output
from crmtool.core.errors import NotFoundError, UsageError
from crmtool.core.messages import Message
from crmtool.core.query import all_of
from crmtool.core.struct import Struct
from crmtool.doors.filters import condition
from crmtool.doors.lists import field_named, on_list, order, visible
from crmtool.transfer.export.tables import Table, all_tables, distinct

TYPE_CHECKING = False
if TYPE_CHECKING:
    from crmtool.app.workspace import Workspace
    from crmtool.core.query import Node
    from crmtool.core.registry import Entity


class Asked(Struct):
    """What a command line asks for, as it was typed. ``what`` names kinds of record, views or lists, with commas between.

    ``people``: it is for people to read, so that it has the columns of a list unless others are named.
    """

    what: str | None
    words: tuple[str, ...] = ()
    where: tuple[str, ...] = ()
    sort: str = ""
    fields: str | None = None
    view: str | None = None
    on: str | None = None
    ids: bool = False
    people: bool = False


def everything(workspace: Workspace) -> list[Table]:
    """Every kind of record that there are any of."""
    entities = [visible(workspace, entity) for entity in workspace.registry.entities.values()]
    return all_tables(workspace.reader, entities)


def tables(workspace: Workspace, asked: Asked) -> list[Table]:
    """The tables that are asked for. Raises ``UsageError``, or ``NotFoundError`` for a name of nothing."""
    what = asked.what or ""
    names = [what] if _known(workspace, what) else [name.strip() for name in what.split(",") if name.strip()]
    if len(names) > 1 and (
        asked.words or asked.where or asked.fields is not None or asked.sort or asked.view or asked.on
    ):
        raise UsageError(
            Message("A filter, an order and fields are of one kind of record."),
            Message("Export the kinds one by one, or make views of them and export those."),
            code="several",
        )
    return distinct([_table(workspace, name, asked) for name in names])


def _table(workspace: Workspace, name: str, asked: Asked) -> Table:
    listing = (
        asked.fields is not None and not asked.fields.strip()
    )  # of the fields there are, which is for people, too
    output = Output("" if asked.people or listing else "csv", names=asked.fields)
    where: list[Node | None] = []
    key = title = ""
    sort = asked.sort
    kind = _kind(workspace, name)
    view, on = asked.view, asked.on
    if kind is None:
        found = _named(workspace, name)
        key = title = name
        if found == "view":
            view = name
        else:
            on = name
            record = workspace.reader.require(
                "list", candidates(workspace.reader, workspace.registry.entity("list"), name)[0]
            )
            kind = workspace.registry.entity(record["of"])
    if view is not None:
        shown = adopt(workspace, view, output, kind.key if kind is not None else None)
        kind = workspace.registry.entity(shown.entity)
        where.append(shown.where)
        sort = sort or shown.sort
    assert kind is not None
    if on is not None:
        where.append(on_list(workspace, kind, on))
    where.append(condition(workspace, kind, asked.words, asked.where))
    entity = visible(workspace, kind)
    return Table(
        key or entity.plural,
        title or entity.plural_label(),
        entity,
        tuple(output.fields(entity, lambda text: field_named(workspace, kind, text))),
        all_of(where),
        order(workspace, entity, sort) if sort else (),
        ids=asked.ids,
    )


def _kind(workspace: Workspace, name: str) -> Entity | None:
    """The kind of record with this word or plural."""
    try:
        return workspace.registry.entity(name)
    except UsageError:
        return None


def _known(workspace: Workspace, name: str) -> bool:
    return _kind(workspace, name) is not None or any(
        candidates(workspace.reader, workspace.registry.entity(kind), name) for kind in ("view", "list")
    )


def _named(workspace: Workspace, name: str) -> str:
    """``view`` or ``list``, whichever has this name."""
    reader, registry = workspace.reader, workspace.registry
    found = [
        (kind, record)
        for kind in ("view", "list")
        for record in candidates(reader, registry.entity(kind), name)
    ]
    if len(found) > 1:
        raise ambiguous(reader, name, found)
    if not found:
        _suggest(workspace, name)
    return found[0][0]


def _suggest(workspace: Workspace, name: str) -> None:
    from difflib import get_close_matches

    registry = workspace.registry
    known = [entity.plural for entity in registry.entities.values() if not entity.internal]
    near = get_close_matches(name.casefold(), known, 1)
    raise NotFoundError(
        Message("There is no kind of record, no view and no list called “{name}”.", name=name),
        Message("Did you mean {near}?", near=near[0])
        if near
        else Message("See what there is: {command}", command="crm view list; crm list list; crm schema"),
        code="unknown_noun",
        name=name,
    )
