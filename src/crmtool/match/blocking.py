"""Which pairs are worth a look: those that share a key, out of a trillion that do not.

Every record gets some keys that a mistake in any one value leaves intact. Records with a key in common are a block; a block that
holds too many is a common value and not a sign, so it is left out, and the more specific keys find who is in it.
"""

from __future__ import annotations

from itertools import combinations, groupby

from crmtool.match.mailboxes import ROLE_BOXES
from crmtool.match.words import sound

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from crmtool.match.profile import Profile

MOST_IN_BLOCK = 40
PHONE_DIGITS = 8  # from the end, where the country and trunk prefixes of two spellings do not reach
NUMBER_BITS = 27  # of a record's number, which leaves 36 for what its key hashes to
_NUMBER = (1 << NUMBER_BITS) - 1
_HASH = (1 << 36) - 1


def keys(profile: Profile) -> set[str]:
    """The blocking keys of a record."""
    found: set[str] = set()
    add = found.add
    for email in profile.emails:
        add(f"e{email}")
        local = email.partition("@")[0]
        if len(local) >= 5 and local not in ROLE_BOXES:
            add(f"l{local}")
    for phone in profile.phones:
        add(f"p{phone[:PHONE_DIGITS]}")
    for kind, value in profile.ids:
        add(f"i{kind}\x1f{value}")
    for domain in profile.domains:
        add(f"d{domain}")
    for street in profile.streets:
        add("s" + "".join(sorted(street.replace(" ", ""))))  # whatever the order of its words
    words = profile.words[:4]
    if words:
        add(
            "n" + "".join(sorted("".join(words)))
        )  # whatever the order of the words, or the blanks between them
    sounds = sorted({sound(word) for word in words if len(word) > 1})
    found.update(f"w{one} {other}" for one, other in combinations(sounds, 2))
    beside = [f"c{company}" for company in profile.companies]
    beside += [f"o{code}" for code in profile.postcodes]
    beside += [f"t{city}" for city in profile.cities]
    if profile.birthday:
        found.update(f"b{profile.birthday} {place}" for place in beside)
        beside.append(f"b{profile.birthday}")
        add(beside[-1])
    found.update(f"{mark} {word}" for mark in beside for word in sounds)
    return found


def marked(profile: Profile) -> list[int]:
    """The keys as sortable numbers: what each hashes to, in front of the record's number."""
    number = profile.number
    return [(hash(key) & _HASH) << NUMBER_BITS | number for key in keys(profile)]


def pairs(marks: Iterable[int]) -> Iterator[list[int]]:
    """The pairs of each block as numbers, of marks in rising order; see ``unpacked``."""
    for _, block in groupby(marks, key=lambda mark: mark >> NUMBER_BITS):
        members = [mark & _NUMBER for mark in block]
        if 1 < len(members) <= MOST_IN_BLOCK:
            yield [one << NUMBER_BITS | other for one, other in combinations(members, 2)]


def unpacked(pair: int) -> tuple[int, int]:
    """The numbers of a pair's two records, the smaller first."""
    return pair >> NUMBER_BITS, pair & _NUMBER
