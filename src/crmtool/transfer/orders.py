"""In which order the numbers of a column's days stand: day, month and year, as all of its values together tell.

``13/5/24`` cannot begin with the month, ``24/5/4`` cannot end with the year, ``85-04-15`` begins with it: a value leaves the
orders that its numbers allow, and the column those that all its values leave. One left is told; of several a person says which.
"""

from __future__ import annotations

from itertools import combinations

from crmtool.transfer.days import ORDERS, day, readings


class Orders:
    """What a column's values say about their order.

    ``latest`` is the ISO date of the last day that they can have, ``""`` where they may lie ahead. It tells only where several
    orders are left otherwise: one wrong value must not outweigh all others. ``mixed``: some values allow only one order, others
    only another one.
    """

    __slots__ = ("_ahead", "_examples", "_latest", "_left", "_seen", "mixed")

    def __init__(self, latest: str = "") -> None:
        self._latest = latest
        self._left: set[str] | None = None
        self._seen: set[str] = set()
        self._ahead: set[str] = set()
        self._examples: dict[tuple[str, str], str] = {}  # a value that is two days, by the two orders
        self.mixed = False

    def see(self, text: str) -> None:
        days = readings(text)
        if not days:
            return
        orders = {*days}
        left = orders if self._left is None else self._left & orders
        self.mixed = self.mixed or not left
        self._left = left or self._left
        self._seen |= orders
        real = {order: one for order, one in days.items() if one is not None}
        for pair in combinations(real, 2):
            if real[pair[0]] != real[pair[1]]:
                self._examples.setdefault(pair, text)
        if self._latest:
            self._ahead |= {order for order, one in real.items() if one > self._latest}

    @property
    def left(self) -> tuple[str, ...]:
        """The orders that the values leave; all that some value allows, where they contradict each other."""
        found = self._seen if self.mixed else self._left or set()
        behind = found if self.mixed else found - self._ahead
        return tuple(order for order in ORDERS if order in (behind or found))

    @property
    def order(self) -> str:
        """The one order that all values allow; ``""`` where they allow several, or none."""
        return self.left[0] if len(self.left) == 1 and not self.mixed else ""

    @property
    def example(self) -> str:
        """A value that could be several days, where nothing tells which; ``""`` where there is none."""
        left = self.left
        if len(left) < 2:
            return ""
        between = (text for pair, text in self._examples.items() if {*pair} <= {*left})
        return next(between, next(iter(self._examples.values()), ""))

    def days(self, text: str, latest: str = "") -> dict[str, str]:
        """The ISO dates that a value can be, by the orders that are left."""
        found = {order: day(text, order, latest) for order in self.left if order in readings(text)}
        return {order: one for order, one in found.items() if one is not None}
