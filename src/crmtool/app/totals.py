"""Amounts of several currencies as one total, in the currency of the workspace, by the newest rates that hold today."""

from __future__ import annotations

from crmtool.core import dates
from crmtool.core.money import minor_units
from crmtool.core.query import Compare, Path, SortKey
from crmtool.core.struct import Struct
from crmtool.store.reader import Query

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any

    from crmtool.app.workspace import Workspace


class Total(Struct):
    """A number of deals and their value: ``value`` in the workspace's currency, ``apart`` what no rate could convert."""

    count: int
    value: list[Any]
    apart: list[list[Any]]


class Rates:
    """The newest rates of a workspace, for adding up what an ``aggregate`` answers."""

    def __init__(self, workspace: Workspace) -> None:
        self._base = workspace.context.currency
        self._rates = _newest(workspace)

    def total(self, rows: Iterable[tuple[Any, ...]], at: int) -> Total:
        """The total of rows that hold a count at ``at`` and ``[minor, currency]`` behind it."""
        base = self._base
        count, value, apart = 0, 0.0, []
        for row in rows:
            count += row[at]
            amount = row[at + 1]
            if amount is None:
                continue
            rate = self._rates.get(amount[1])
            if rate is None:
                apart.append(amount)
            else:
                value += amount[0] * rate * 10.0 ** ((minor_units(base) or 0) - (minor_units(amount[1]) or 0))
        return Total(count, [round(value), base], _merged(apart))


def _merged(amounts: list[list[Any]]) -> list[list[Any]]:
    """One amount a currency."""
    sums: dict[str, int] = {}
    for minor, currency in amounts:
        sums[currency] = sums.get(currency, 0) + minor
    return [[minor, currency] for currency, minor in sums.items()]


def _newest(workspace: Workspace) -> dict[str, float]:
    """Units of the workspace's currency for one unit of each other."""
    base, rate = workspace.context.currency, workspace.registry.entity("rate")
    valid = Path((rate.fields["valid_on"],))
    where = Compare(valid, "<=", dates.today(workspace.context).isoformat())
    rates: dict[str, float] = {base: 1.0}
    query = Query("rate", where, (SortKey(valid, descending=True),), ("name", "base", "rate"))
    for record in workspace.query(query):
        if (record["base"] or base) == base:
            rates.setdefault(record["name"], record["rate"])
    return rates


__all__ = ["Rates", "Total"]
