"""From the text of a filter and a sort to a query; the parser is loaded only when somebody filters."""

from __future__ import annotations

from crmtool.core.query import Path, SortKey
from crmtool.store.reader import Query

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from crmtool.core.fields import Context
    from crmtool.core.query import Node
    from crmtool.core.registry import Entity, Registry


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
