"""How common a value is among the very records that are compared: agreeing on a rare one says more.

Counts are kept in bounded memory: once a table is full, the values seen least are forgotten, and count as seen twice.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from crmtool.match.profile import Profile

MOST = 100_000  # values of one feature that are counted at a time
# What two strangers share by chance before anything was counted, and how many records that knowledge is worth.
TYPICAL = {
    "word": 0.002, "email": 1e-5, "phone": 1e-5, "birthday": 5e-5, "street": 2e-5, "city": 0.02, "postcode": 0.001,
    "region": 0.1, "company": 0.001, "domain": 1e-5, "id": 1e-6, "host": 0.001,
}  # fmt: skip
WORTH = 500


class Frequencies:
    """The share of records that hold a value, by feature."""

    def __init__(self) -> None:
        self.records = 0
        self._counts: dict[str, dict[str, int]] = {feature: {} for feature in TYPICAL}
        self._with: dict[str, int] = dict.fromkeys(TYPICAL, 0)
        self._floor: dict[str, int] = dict.fromkeys(TYPICAL, 1)

    def add(self, profile: Profile) -> None:
        """Count the values of one record."""
        self.records += 1
        for feature, values in (
            ("word", profile.words), ("email", profile.emails), ("phone", profile.phones), ("city", profile.cities),
            ("postcode", profile.postcodes), ("region", profile.regions), ("company", profile.companies),
            ("domain", profile.domains), ("street", profile.streets),
        ):  # fmt: skip
            if values:
                self._count(feature, values)
        if profile.emails:
            self._count("host", tuple({email.rpartition("@")[2] for email in profile.emails}))
        if profile.birthday:
            self._count("birthday", (profile.birthday,))
        if profile.ids:
            self._count("id", tuple(f"{kind}\x1f{value}" for kind, value in profile.ids))

    def _count(self, feature: str, values: tuple[str, ...]) -> None:
        counts = self._counts[feature]
        self._with[feature] += 1
        for value in values:
            counts[value] = counts.get(value, 0) + 1
        if len(counts) > MOST:
            self._forget(feature)

    def _forget(self, feature: str) -> None:
        """Drop the values seen least, until half the room is free."""
        counts = self._counts[feature]
        while len(counts) > MOST // 2:
            least = self._floor[feature]
            counts = {value: count for value, count in counts.items() if count > least}
            self._floor[feature] = least + 1
        self._counts[feature] = counts
        self._floor[feature] = 1

    def share(self, feature: str, value: str) -> float:
        """The probability that a stranger has this value too; never zero."""
        count = max(self._counts[feature].get(value, 0), 2)
        return (count + WORTH * TYPICAL[feature]) / (self._with[feature] + WORTH)
