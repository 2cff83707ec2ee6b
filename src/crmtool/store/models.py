"""The typed models of the built-in entities, each made when it is first asked for; ``models.pyi`` tells type checkers of them.

``models.pyi`` is generated from the same definitions: ``make docs`` writes it, ``make check`` compares it.
"""

from __future__ import annotations

from typing import Any

from crmtool.core.entities import builtin
from crmtool.store.modelling import Record, class_name, model
from crmtool.store.values import Address, Entry, Money, Ref

NAMES = {class_name(entity): entity.key for entity in builtin().entities.values()}


def __getattr__(name: str) -> Any:
    if name not in NAMES:
        raise AttributeError(name)
    made = globals()[name] = model(builtin().entities[NAMES[name]])
    return made


def __dir__() -> list[str]:
    return [*globals(), *NAMES]


__all__ = ["NAMES", "Address", "Entry", "Money", "Record", "Ref"]
