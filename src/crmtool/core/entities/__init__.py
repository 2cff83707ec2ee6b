"""The built-in entities, one module a subject. ``builtin()`` answers the registry that every workspace starts from."""

from __future__ import annotations

from crmtool.core.registry import Registry

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from crmtool.core.registry import Entity

# The modules in their order, with the key and plural of each entity they hold; a test compares them.
MODULES = {
    "people": {"contact": "contacts", "company": "companies"},
    "sales": {"deal": "deals", "pipeline": "pipelines", "stage": "stages", "quota": "quotas"},
    "work": {"activity": "activities", "task": "tasks", "note": "notes"},
    "catalogue": {"product": "products", "order": "orders", "rate": "rates"},
    "team": {"user": "users", "team": "teams"},
    "relations": {"link": "links", "tag": "tags", "list": "lists", "view": "views", "file": "files"},
    "definitions": {"object": "objects", "field": "fields"},
}
_WHERE = {key: module for module, entities in MODULES.items() for key in entities}

_registry: Registry | None = None


def builtin() -> Registry:
    """The registry of built-in entities, made once a process."""
    global _registry
    if _registry is None:
        plurals = {plural: key for found in MODULES.values() for key, plural in found.items()}
        _registry = Registry.lazily(BuiltIn(), {**{key: key for key in _WHERE}, **plurals})
    return _registry


class BuiltIn(dict[str, "Entity"]):
    """The entities by key. A module is loaded when one of its own is asked for: a count needs one of the seven, and all of
    them take a twentieth of its time. Whoever looks at all has all, in their order.
    """

    def __init__(self) -> None:
        self._all: dict[str, Entity] = {}

    def __missing__(self, key: str) -> Entity:
        module = _WHERE.get(key)
        if module is None:
            raise KeyError(key)
        # Not by importlib, which loads “warnings”: half a millisecond.
        found = __import__(f"{__name__}.{module}", fromlist=["ENTITIES"])
        self.update((e.key, e) for e in found.ENTITIES)
        return self[key]

    def _whole(self) -> dict[str, Entity]:
        if not self._all:
            self._all = {key: self[key] for key in _WHERE}
        return self._all

    def get(self, key: str, default: Any = None) -> Any:
        return self[key] if key in _WHERE else default

    def __contains__(self, key: object) -> bool:
        return key in _WHERE

    def __len__(self) -> int:
        return len(_WHERE)

    def __iter__(self) -> Iterator[str]:
        return iter(_WHERE)

    def keys(self) -> Any:
        return self._whole().keys()

    def values(self) -> Any:
        return self._whole().values()

    def items(self) -> Any:
        return self._whole().items()
