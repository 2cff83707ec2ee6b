"""What the tests of the filter language share: a registry, a person on a certain day, and short names."""

from __future__ import annotations

import pytest

from crmtool.core.entities import builtin
from crmtool.core.errors import FilterError
from crmtool.core.queries import QueryContext, parse
from crmtool.core.query import Path

TYPE_CHECKING = False
if TYPE_CHECKING:
    from crmtool.core.query import Node

REGISTRY = builtin()
# A Wednesday, noon in Madrid, where the day began at 22:00 UTC of the day before.
CONTEXT = QueryContext(REGISTRY, now="2026-05-13T10:00:00.000Z", zone="Europe/Madrid", currency="EUR")


def path(entity: str, dotted: str) -> Path:
    """The path of field keys or aliases, from ``entity`` on."""
    here, steps = REGISTRY.entity(entity), []
    for name in dotted.split("."):
        steps.append(here.field(name))
        if steps[-1].target:
            here = REGISTRY.entity(steps[-1].target)
    return Path(tuple(steps))


def read(entity: str, text: str) -> Node:
    return parse(text, REGISTRY.entity(entity), CONTEXT)


def refused(entity: str, text: str) -> FilterError:
    """The error that a filter raises."""
    with pytest.raises(FilterError) as caught:
        read(entity, text)
    assert caught.value.data["text"] == text
    assert 0 <= caught.value.data["position"] <= len(text)
    return caught.value
