"""From pairs to groups: who is one, without letting a chain of half-likenesses tie strangers together.

The surest pairs are joined first. Two groups become one only if their members agree on the whole: the mean of the evidence
between all of one and all of the other speaks for it, each pair bounded so that one certainty cannot outweigh several
contradictions.
Pairs that a person declared to be different never stand in one group.
"""

from __future__ import annotations

from array import array

from crmtool.core.struct import Struct

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

LARGEST = 60  # members whose every pair is looked at
BOUND = 12.0  # bits; more evidence than this counts as this
ENOUGH = 4.0  # bits; sixteen to one, on the average of all pairs between two groups


class Tie(Struct):
    """Two records by number, and the evidence (without the prior) that they are one, in bits."""

    one: int
    other: int
    bits: float


class Forest:
    """Who hangs together with whom, in four bytes a record."""

    def __init__(self, size: int) -> None:
        self._parent = array("i", range(size))

    def root(self, number: int) -> int:
        """The smallest number of those that hang together with this one."""
        parent = self._parent
        while parent[number] != number:
            parent[number] = number = parent[parent[number]]
        return number

    def join(self, one: int, other: int) -> None:
        a, b = self.root(one), self.root(other)
        if a != b:
            self._parent[max(a, b)] = min(a, b)


def weakest_tie(ties: Iterable[Tie]) -> float:
    """The evidence of the weakest of the ties that are needed to hold a group together, when the strongest are used."""
    joined: dict[int, set[int]] = {}
    weakest = 0.0
    for tie in sorted(ties, key=lambda tie: -tie.bits):
        left, right = joined.get(tie.one, {tie.one}), joined.get(tie.other, {tie.other})
        if left is not right:
            weakest = tie.bits
            left |= right
            joined.update(dict.fromkeys(left, left))
    return weakest


def partition(
    ties: Iterable[Tie],
    between: Callable[[int, int], float],
    apart: Callable[[int, int], bool] = lambda one, other: False,
) -> list[list[int]]:
    """The groups of two or more among records that hang together by ``ties``, which are the pairs above the threshold.

    ``between`` gives the evidence of any pair, ``apart`` says of one that it must not be joined. Every record is in one group at
    most; the members of a group and the groups stand in rising order.
    """
    surest = sorted(ties, key=lambda tie: (-tie.bits, tie.one, tie.other))
    known = {(tie.one, tie.other): tie.bits for tie in surest}
    held: dict[int, list[int]] = {}

    def bits(one: int, other: int) -> float:
        pair = (one, other) if one < other else (other, one)
        found = known.get(pair)
        if found is None:
            found = known[pair] = between(*pair)
        return max(-BOUND, min(BOUND, found))

    for tie in surest:
        left, right = held.get(tie.one, [tie.one]), held.get(tie.other, [tie.other])
        if left is right or len(left) + len(right) > LARGEST or any(apart(a, b) for a in left for b in right):
            continue
        crossing = len(left) * len(right)
        if crossing > 1 and sum(bits(a, b) for a in left for b in right) / crossing < ENOUGH:
            continue
        joined = sorted(left + right)
        for member in joined:
            held[member] = joined
    return sorted({id(group): group for group in held.values()}.values())
