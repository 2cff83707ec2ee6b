"""From the text of a filter and a sort to a query; the parser is loaded only when somebody filters."""

from __future__ import annotations

from crmtool.app.resolve import candidates
from crmtool.core.errors import UsageError
from crmtool.core.messages import Message
from crmtool.core.query import And, Compare, In, Not, Or, Path, RefText, SortKey
from crmtool.store.reader import Query

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from crmtool.core.fields import Context, Field
    from crmtool.core.query import Node
    from crmtool.core.registry import Entity, Registry
    from crmtool.store.reader import Reader

# Kinds of record of which a workspace has few, each with a name that people know.
CLOSED = ("stage", "pipeline", "user", "team")
_NAMED = 20  # names that an error lists


def parse_filter(text: str, entity: Entity, registry: Registry, ctx: Context) -> Node:
    """The tree of a filter. Raises ``FilterError``, which says where and what would be right."""
    from crmtool.core.queries import QueryContext, parse

    return parse(
        text,
        entity,
        QueryContext(
            registry, now=ctx.now, zone=ctx.zone, week_start=ctx.week_start, me=ctx.me, currency=ctx.currency
        ),
    )


def check_named(reader: Reader, node: Node) -> None:
    """``UsageError`` for a filter that names a stage, pipeline, user or team there is none of: of these there are few, so it is a
    slip, and an empty list would look like an answer. A company nobody knows may as well be asked for.
    """
    items = (node.item,) if isinstance(node, Not) else node.items if isinstance(node, And | Or) else ()
    for item in items:
        check_named(reader, item)
    if not isinstance(node, Compare | In):
        return
    field = node.path.field
    if field.target not in CLOSED:
        return
    for value in node.values if isinstance(node, In) else (node.value,):
        if isinstance(value, RefText):
            target = reader.layouts.registry.entity(field.target)
            if not candidates(reader, target, value.text):
                raise _unknown_name(reader, target, field, value.text)


def _unknown_name(reader: Reader, target: Entity, field: Field, ref: str) -> UsageError:
    query = Query(target.key, fields=("name",), limit=_NAMED, expand=False)
    names = ", ".join(dict.fromkeys(record["name"] for record in reader.records(query))) or "-"
    hint = Message("There are: {names}.", names=names)
    if target.key in ("user", "team"):
        hint = Message(
            "There are: {names}. Without any: {example}", names=names, example=f"{field.key} is empty"
        )
    return UsageError(
        Message("{field}: no {noun} is called “{ref}”.", field=field.key, noun=target.key, ref=ref),
        hint,
        code="unknown_name",
        field=field.key,
    )


def parse_order(text: str, entity: Entity, registry: Registry) -> tuple[SortKey, ...]:
    """Sort keys of ``-amount,company.name``."""
    keys = []
    for part in text.split(","):
        name = part.strip()
        descending = name.startswith("-")
        field = entity.find(name.lstrip("-+"))
        if field is None:
            from crmtool.core.queries import parse_sort

            return parse_sort(text, entity, registry)
        keys.append(SortKey(Path((field,)), descending))
    return tuple(keys)


def ask(
    entity: Entity,
    registry: Registry,
    ctx: Context,
    *,
    where: str | None = None,
    sort: str | None = None,
    **rest: Any,
) -> Query:
    """A query of texts; ``sort`` falls back to the entity's own order."""
    order = sort if sort is not None else entity.default_sort
    return Query(
        entity.key,
        parse_filter(where, entity, registry, ctx) if where else None,
        parse_order(order, entity, registry) if order else (),
        **rest,
    )
