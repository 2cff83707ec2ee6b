"""The built-in entities, one module a subject. ``builtin()`` answers the registry that every workspace starts from."""

from __future__ import annotations

from crmtool.core.registry import Registry

_registry: Registry | None = None


def builtin() -> Registry:
    """The registry of built-in entities, made once a process."""
    global _registry
    if _registry is None:
        from crmtool.core.entities import catalogue, definitions, people, relations, sales, team, work

        _registry = Registry(
            [
                *people.ENTITIES,
                *sales.ENTITIES,
                *work.ENTITIES,
                *catalogue.ENTITIES,
                *team.ENTITIES,
                *relations.ENTITIES,
                *definitions.ENTITIES,
            ]
        )
    return _registry
