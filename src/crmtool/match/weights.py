"""The one table of what agreement is worth, and the probability that comes of it.

Two records are compared feature by feature (Fellegi and Sunter, "A theory for record linkage", 1969). For each feature there
are two probabilities: how often records of *one* party agree to this degree (``m``, from the table below, and estimated anew
on the workspace's own pairs), and how often records of two strangers do (``u``, from how common the value is). The evidence is
log2(m / u) bits; a value that is missing says nothing. Bits add up, on top of how rarely any two records are the same:

    bits = log2(duplicates a record / records) + Σ log2(m / u)        probability = 1 / (1 + 2 ** -bits)
"""

from __future__ import annotations

from math import exp2, log2

from crmtool.core.struct import Struct

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

SAME, NEAR, ALIKE, DIFFERENT = "same", "near", "alike", "different"
LEVELS = (SAME, NEAR, ALIKE, DIFFERENT)

# feature: m of (same, near, alike, different), which add up to 1.
#   same: equal; near: a typing mistake, a short form, swapped parts; alike: more than chance, less than a mistake.
TABLE: dict[str, tuple[float, float, float, float]] = {
    #             same  near  alike different
    "word":      (0.80, 0.13, 0.05, 0.02),  # each word of the name
    "more":      (0.00, 0.00, 0.15, 0.00),  # a word that only one of the names has
    "order":     (0.90, 0.00, 0.10, 0.00),  # given and family name in the same order, or the other way round
    "email":     (0.65, 0.10, 0.05, 0.20),  # people change addresses, and have several
    "boxes":     (0.00, 0.00, 0.10, 0.00),  # two different mailboxes at the host of one company
    "phone":     (0.60, 0.05, 0.00, 0.35),
    "birthday":  (0.80, 0.12, 0.05, 0.03),
    "street":    (0.55, 0.20, 0.05, 0.20),  # people move
    "city":      (0.70, 0.15, 0.00, 0.15),
    "postcode":  (0.70, 0.12, 0.00, 0.18),
    "region":    (0.85, 0.05, 0.00, 0.10),
    "company":   (0.75, 0.00, 0.00, 0.25),  # people change employers
    "domain":    (0.80, 0.05, 0.00, 0.15),
    "id":        (0.85, 0.10, 0.00, 0.05),
}  # fmt: skip
NAME = ("word", "more", "order")
# How often strangers who share such a value share it by chance alone, and not because it goes with one person: a mailbox is
# somebody's own, a first name is not. Switchboards and families make the difference between a phone and a mailbox.
CHANCE = {"email": 0.05, "phone": 0.1, "id": 0.02, "domain": 0.1, "street": 0.3}
# u of lesser agreement: at least this much, whatever the value.
NEAR_BY_CHANCE = {
    "word": 0.002, "email": 0.0005, "phone": 0.0005, "birthday": 0.003, "street": 0.001, "city": 0.01, "postcode": 0.003,
    "region": 0.03, "domain": 0.001, "id": 0.0005,
}  # fmt: skip
ALIKE_BY_CHANCE = {
    "word": 0.02,
    "email": 0.02,
    "birthday": 0.03,
    "street": 0.01,
    "order": 0.5,
    "more": 0.4,
    "boxes": 0.5,
}
NEIGHBOURS = 4  # values that one typing mistake leads to, against the value itself

LEAST = 1e-4  # m of what duplicates never do
PER_RECORD = 0.1  # duplicates to expect of a record, before anything is known
FEWEST = 1_000  # records that a smaller workspace is taken for, since more of them are to come
THRESHOLD = 0.8  # from here on two records are proposed as one


class Evidence(Struct):
    """One feature of a pair: how far it agrees, how probable that is among strangers, and the two values, for the reason."""

    feature: str
    level: str
    u: float
    one: str = ""
    other: str = ""


class Weights:
    """The table as it holds for one workspace; immutable.

    ``m`` by feature and level, ``per_record`` duplicates to expect of each of ``records``, ``learned`` bits by ``feature:level``
    and for ``prior``. ``prior``: the bits with which every pair begins, since two records at random are hardly ever the same.
    """

    def __init__(
        self, records: int, learned: dict[str, float] | None = None, *, m: dict[str, dict[str, float]] | None = None,
        per_record: float = PER_RECORD,
    ) -> None:  # fmt: skip
        self.records = max(records, FEWEST)
        self.m = m or {feature: dict(zip(LEVELS, row, strict=True)) for feature, row in TABLE.items()}
        self.per_record = per_record
        self.learned = learned or {}
        self.prior = log2(per_record / self.records) + self.learned.get("prior", 0.0)
        self._gains = {
            feature: {
                level: log2(max(m, LEAST)) + self.learned.get(f"{feature}:{level}", 0.0)
                for level, m in row.items()
            }
            for feature, row in self.m.items()
        }

    def fitted(self, m: dict[str, dict[str, float]], per_record: float) -> Weights:
        """The same with other shares among duplicates and other numbers of them."""
        return Weights(self.records, self.learned, m=m, per_record=per_record)

    def unlearned(self) -> Weights:
        """The same without what answers taught."""
        return Weights(self.records, None, m=self.m, per_record=self.per_record)

    def total(self, found: Iterable[Evidence]) -> float:
        """The bits of a pair with the prior."""
        return self.prior + self.bits(found)

    def gain(self, feature: str, level: str) -> float:
        """The part of evidence that does not depend on the value: how usual it is among duplicates, and what was learned."""
        return self._gains[feature][level]

    def bits(self, found: Iterable[Evidence]) -> float:
        """The evidence of a pair, without the prior. A name alone is never more than an even chance: people share names, and
        the words of one go together more often than each on its own tells.
        """
        name = rest = 0.0
        gains = self._gains
        for evidence in found:
            feature = evidence.feature
            worth = gains[feature][evidence.level] - log2(evidence.u)
            if feature in NAME:
                name += worth
            else:
                rest += worth
        return min(name, -self.prior) + rest


def probability(bits: float) -> float:
    """The probability that bits of evidence stand for."""
    bounded: float = max(-60.0, min(60.0, bits))
    return 1.0 / (1.0 + exp2(-bounded))
