"""How duplicates of this very workspace agree, estimated from its own pairs without anybody's answers.

Pairs that agree on something which is one person's own (an address, a number, an identifier, a name with its birthday), and that
the table finds sure, are anchors: how far they agree on everything *else* is what duplicates look like here. Nothing is
estimated from what made a pair an anchor. The table counts like ``STRENGTH`` anchors, so a workspace with few of them keeps it,
and one with many dirty birthdays learns that a birthday which differs says less there.
"""

from __future__ import annotations

from math import log2

from crmtool.match.weights import LEVELS, NAME, PER_RECORD, SAME, TABLE, probability

TYPE_CHECKING = False
if TYPE_CHECKING:
    from crmtool.match.weights import Evidence, Weights

    Pattern = tuple[tuple[str, str], ...]

OWN = ("email", "phone", "id")  # features whose equal values are one person's
STRENGTH = 100
EXPECTED = 2_000  # records for which the table's number of duplicates counts
SAMPLE = 60_000  # pairs
SURE = 0.9


class Sample:
    """Pairs as the estimate needs them: what agrees how far, and the bits that come of how common the values are."""

    def __init__(self) -> None:
        self._pairs: dict[Pattern, list[tuple[float, float]]] = {}

    def add(self, found: list[Evidence]) -> None:
        pattern = tuple((evidence.feature, evidence.level) for evidence in found)
        if not anchors(pattern):
            return
        name = -sum(log2(evidence.u) for evidence in found if evidence.feature in NAME)
        rest = -sum(log2(evidence.u) for evidence in found if evidence.feature not in NAME)
        self._pairs.setdefault(pattern, []).append((name, rest))

    def fitted(self, weights: Weights, share: float) -> Weights:
        """``weights`` fitted to these pairs, which are ``share`` of all."""
        counts = {feature: dict.fromkeys(LEVELS, 0.0) for feature in TABLE}
        prior, same = weights.prior, 0.0
        for pattern, rarities in self._pairs.items():
            by_name = sum(weights.gain(*part) for part in pattern if part[0] in NAME)
            by_rest = sum(weights.gain(*part) for part in pattern if part[0] not in NAME)
            sure = sum(
                1 for name, rest in rarities
                if probability(prior + min(name + by_name, -prior) + rest + by_rest) >= SURE
            )  # fmt: skip
            same += sure
            held = anchors(pattern)
            for feature, level in pattern:
                if len(held) > 1 or feature not in held:
                    counts[feature][level] += sure
        m = {}
        for feature, row in TABLE.items():
            total = sum(counts[feature].values()) + STRENGTH
            m[feature] = {
                level: (counts[feature][level] + STRENGTH * usual) / total
                for level, usual in zip(LEVELS, row, strict=True)
            }
        # A duplicate counts for both of its records.
        return weights.fitted(m, (2 * same / share + EXPECTED * PER_RECORD) / (weights.records + EXPECTED))


def anchors(pattern: Pattern) -> set[str]:
    """The features by which a pair is an anchor; none for most pairs."""
    held = {feature for feature, level in pattern if level == SAME and feature in OWN}
    words = sum(1 for part in pattern if part == ("word", SAME))
    if words > 1 and ("birthday", SAME) in pattern:
        held |= {"word", "birthday"} if not held else {"birthday"}
    return held
