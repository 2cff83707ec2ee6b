"""The whole way from records to groups of duplicates, over any stream of profiles, in memory that does not grow with it.

Profiles, keys, pairs and groups lie in files without a name (``spool``); what stays in memory are counts of common values and a
few bytes a record.
"""

from __future__ import annotations

from array import array
from itertools import combinations, groupby
from math import log2

from crmtool.core.struct import Struct
from crmtool.match.blocking import marked, pairs, unpacked
from crmtool.match.compare import Comparer
from crmtool.match.estimate import SAMPLE, Sample
from crmtool.match.frequency import Frequencies
from crmtool.match.grouping import Forest, Tie, partition, weakest_tie
from crmtool.match.spool import Profiles, Sorted, Spool
from crmtool.match.weights import THRESHOLD, Weights, probability

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from typing import Self

    from crmtool.match.profile import Profile
    from crmtool.match.weights import Evidence

    Progress = Callable[[int, int], None]

INDEX_BITS = 34  # of a tie's number, behind that of the group's first record
EVERY = 5_000  # records or pairs between two words about progress
LARGEST_SHOWN = 12  # members of a group all of whose pairs are told


class Pair(Struct):
    """Two members of a group, how sure it is that they are one, and why."""

    one: int
    other: int
    probability: float
    evidence: tuple[Evidence, ...]


class Group(Struct):
    """Records that are probably one, by number. ``weakest`` is the probability of the weakest tie needed to hold them together.

    The pairs stand in order of certainty; of a large group only those above the threshold are told.
    """

    members: tuple[int, ...]
    weakest: float
    pairs: tuple[Pair, ...]


class Finder:
    """Finds groups among profiles. A context manager: ``add`` every profile, by number from 0 on, then ``groups``."""

    def __init__(
        self,
        *,
        memory_only: bool = False,
        learned: dict[str, float] | None = None,
        threshold: float = THRESHOLD,
    ) -> None:
        self.threshold = threshold
        self.frequencies = Frequencies()
        self.profiles = Profiles(memory_only=memory_only)
        self.looked_at = 0
        self.weights = Weights(0, learned)
        self._learned = learned
        self._memory_only = memory_only
        self._marks = Sorted(memory_only=memory_only)
        self._comparer = Comparer(self.frequencies)

    def add(self, profile: Profile) -> None:
        self.profiles.append(profile)
        self.frequencies.add(profile)
        self._marks.extend(marked(profile))

    def groups(
        self, apart: Callable[[int, int], bool] = lambda one, other: False, progress: Progress | None = None
    ) -> Iterator[Group]:
        """The groups, the surest first. ``apart`` says of two numbers that a person declared them to be different."""
        self.weights = Weights(len(self.profiles), self._learned)
        with Sorted(memory_only=self._memory_only) as found, Spool(memory_only=self._memory_only) as ties:
            with self._marks as marks:
                for block in pairs(marks):
                    found.extend(block)
            self._estimate(found)
            forest = self._score(found, ties, apart, progress)
            with Spool(memory_only=self._memory_only) as groups:
                order = self._gather(ties, forest, apart, groups)
                for place in order:
                    yield self._group(*groups[place])

    def compare(self, one: int, other: int) -> list[Evidence]:
        """The evidence on two profiles, by number."""
        a, b = (one, other) if one < other else (other, one)
        return self._comparer.compare(self.profiles[a], self.profiles[b])

    def evidence(self, one: int, other: int) -> float:
        """The bits of evidence that two profiles are one."""
        return self.weights.bits(self.compare(one, other))

    def probability(self, bits: float) -> float:
        """How probable two are one for which this much evidence speaks."""
        return probability(self.weights.prior + bits)

    def _estimate(self, found: Sorted) -> None:
        total = len(found)
        step = max(1, total // SAMPLE)
        sample, taken = Sample(), 0
        for at, pair in enumerate(found):
            if at % step == 0:
                sample.add(self.compare(*unpacked(pair)))
                taken += 1
        self.looked_at = at + 1 if total else 0
        if taken:
            self.weights = sample.fitted(self.weights, taken / self.looked_at)

    def _score(
        self, found: Sorted, ties: Spool, apart: Callable[[int, int], bool], progress: Progress | None
    ) -> Forest:
        """Keep the pairs above the threshold, and who hangs together by them."""
        forest = Forest(len(self.profiles))
        least = log2(self.threshold / (1 - self.threshold)) - self.weights.prior
        for at, pair in enumerate(found):
            one, other = unpacked(pair)
            bits = self.evidence(one, other)
            if bits >= least and not apart(one, other):
                ties.append((one, other, bits))
                forest.join(one, other)
            if progress is not None and at % EVERY == 0:
                progress(at, self.looked_at)
        return forest

    def _gather(
        self, ties: Spool, forest: Forest, apart: Callable[[int, int], bool], groups: Spool
    ) -> Iterator[int]:
        """Put the groups into ``groups``; their places, the surest first."""
        ranks = array("q")
        with Sorted(memory_only=self._memory_only) as order:
            for place in range(len(ties)):
                order.extend((forest.root(ties[place][0]) << INDEX_BITS | place,))
            for _, part in groupby(order, key=lambda mark: mark >> INDEX_BITS):
                held = [Tie(*ties[mark & ((1 << INDEX_BITS) - 1)]) for mark in part]
                for members in partition(held, self.evidence, apart):
                    inside = set(members)
                    own = [tie for tie in held if tie.one in inside and tie.other in inside]
                    weakest = self.probability(weakest_tie(own))
                    pairs = [(tie.one, tie.other) for tie in own]
                    if len(members) <= LARGEST_SHOWN:
                        pairs = list(combinations(members, 2))
                    rank = int((1 - weakest) * 1_000_000)
                    ranks.append(rank << INDEX_BITS | len(groups))
                    groups.append((members, weakest, pairs))
        return (mark & ((1 << INDEX_BITS) - 1) for mark in sorted(ranks))

    def _group(self, members: list[int], weakest: float, together: list[tuple[int, int]]) -> Group:
        told = []
        for one, other in together:
            evidence = self.compare(one, other)
            told.append(Pair(one, other, self.probability(self.weights.bits(evidence)), tuple(evidence)))
        told.sort(key=lambda pair: (-pair.probability, pair.one, pair.other))
        return Group(tuple(members), weakest, tuple(told))

    def close(self) -> None:
        self._marks.close()
        self.profiles.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def grouped(profiles: Iterable[Profile], threshold: float = THRESHOLD) -> list[Group]:
    """The groups among profiles that are at hand."""
    with Finder(threshold=threshold) as finder:
        for profile in profiles:
            finder.add(profile)
        return list(finder.groups())
