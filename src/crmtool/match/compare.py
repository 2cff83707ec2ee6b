"""How far two profiles agree, feature by feature. Symmetric: the order of the two does not matter."""

from __future__ import annotations

from functools import lru_cache

from rapidfuzz.distance import OSA, JaroWinkler  # 20 ms
from rapidfuzz.fuzz import token_sort_ratio

from crmtool.match.mailboxes import MAIL_PROVIDERS, ROLE_BOXES
from crmtool.match.profile import OUTSIDE
from crmtool.match.weights import (
    ALIKE,
    ALIKE_BY_CHANCE,
    CHANCE,
    DIFFERENT,
    NEAR,
    NEAR_BY_CHANCE,
    NEIGHBOURS,
    SAME,
    Evidence,
)
from crmtool.match.words import short_for

TYPE_CHECKING = False
if TYPE_CHECKING:
    from crmtool.match.frequency import Frequencies
    from crmtool.match.profile import Profile

# The share of the people at one host whose addresses are near or alike because the host makes all of them in one way.
HABIT = {NEAR: 0.1, ALIKE: 0.4}
COLLEAGUES = 0.5  # what stands for the share of the host where it is known that both work for one company
RANK = {"": 0, ALIKE: 1, NEAR: 2, SAME: 3}
NOT_BY_CHANCE = 1.0  # u of disagreement: strangers nearly always disagree


class Comparer:
    """Compares profiles by what is known of how common their values are."""

    def __init__(self, frequencies: Frequencies) -> None:
        self._share = frequencies.share

    def compare(self, one: Profile, other: Profile) -> list[Evidence]:
        """The evidence for and against the two being one; nothing of what either does not have."""
        found: list[Evidence] = []
        if one.words and other.words:
            self._names(found, one, other)
        if one.emails and other.emails:
            self._emails(found, one, other)
        if one.phones and other.phones:
            self._best(found, "phone", one.phones, other.phones, _phone)
        if one.birthday and other.birthday:
            self._best(found, "birthday", (one.birthday,), (other.birthday,), _date)
        if one.ids and other.ids:
            self._ids(found, one, other)
        if one.companies and other.companies:
            self._best(found, "company", one.companies, other.companies, None)
        if one.domains and other.domains:
            self._best(found, "domain", one.domains, other.domains, _host)
        self._places(found, one, other)
        return found

    # -- one feature -------------------------------------------------------------------------------------------------

    def _best(
        self,
        found: list[Evidence],
        feature: str,
        ones: tuple[str, ...],
        others: tuple[str, ...],
        level: object,
    ) -> None:
        """The best agreement of any two values: of several numbers, one in common is enough."""
        shared = [value for value in ones if value in others]
        if shared:
            value = min(shared, key=lambda v: (self._share(feature, v), v))
            chance = CHANCE.get(feature, 1.0)
            if feature == "email" and value.partition("@")[0] in ROLE_BOXES:
                chance = 1.0
            found.append(Evidence(feature, SAME, self._share(feature, value) * chance, value, value))
            return
        if callable(level):
            best = ""
            pair = ("", "")
            for a in ones:
                for b in others:
                    how = level(a, b)
                    if how and RANK[how] > RANK[best]:
                        best, pair = how, (a, b)
            if best:
                found.append(Evidence(feature, best, self._by_chance(feature, best, *pair), *pair))
                return
        found.append(Evidence(feature, DIFFERENT, NOT_BY_CHANCE, ones[0], others[0]))

    def _emails(self, found: list[Evidence], one: Profile, other: Profile) -> None:
        """Addresses, where those of colleagues look alike: what is near at a host that many have is near by chance."""
        self._best(found, "email", one.emails, other.emails, _email)
        best = found[-1]
        host = _host_of(best.one)
        if best.level in (NEAR, ALIKE) and host == _host_of(best.other):
            colleagues = not set(one.companies).isdisjoint(other.companies)
            chance = (COLLEAGUES if colleagues else self._share("host", host)) * HABIT[best.level]
            found[-1] = best.replace(u=max(best.u, chance))
        elif best.level == DIFFERENT:
            shared = {_host_of(a) for a in one.emails} & {_host_of(b) for b in other.emails}
            if not shared <= MAIL_PROVIDERS:
                found.append(Evidence("boxes", ALIKE, ALIKE_BY_CHANCE["boxes"], best.one, best.other))

    def _by_chance(self, feature: str, level: str, one: str, other: str) -> float:
        """u of lesser agreement: rarer for rare values, and never rarer than such agreement is at all."""
        if level == ALIKE:
            return ALIKE_BY_CHANCE[feature]
        common = max(self._share(feature, one), self._share(feature, other))
        if level == SAME:
            return common * CHANCE.get(feature, 1.0)
        return max(NEAR_BY_CHANCE[feature], NEIGHBOURS * common * CHANCE.get(feature, 1.0))

    def _ids(self, found: list[Evidence], one: Profile, other: Profile) -> None:
        """Numbers that people type; an id that another program gave tells only when it is the same. Its neighbours are whoever
        that program had next, and two of its records are what duplicates in it are.
        """
        for kind, ident in one.ids:
            if kind.startswith(OUTSIDE) and (kind, ident) in other.ids:
                chance = self._share("id", f"{kind}\x1f{ident}") * CHANCE["id"]
                found.append(Evidence("id", SAME, chance, ident, ident))
                break
        mine, theirs = (
            {kind: value for kind, value in who.ids if not kind.startswith(OUTSIDE)} for who in (one, other)
        )
        for kind in sorted(mine.keys() & theirs.keys()):
            a, b = mine[kind], theirs[kind]
            if a == b:
                found.append(Evidence("id", SAME, self._share("id", f"{kind}\x1f{a}") * CHANCE["id"], a, b))
            elif len(a) >= 5 and OSA.distance(a, b, score_cutoff=2) <= (1 if len(a) < 8 else 2):
                found.append(
                    Evidence(
                        "id", NEAR, self._by_chance("id", NEAR, f"{kind}\x1f{a}", f"{kind}\x1f{b}"), a, b
                    )
                )
            else:
                found.append(Evidence("id", DIFFERENT, NOT_BY_CHANCE, a, b))

    def _places(self, found: list[Evidence], one: Profile, other: Profile) -> None:
        """The parts of an address. They go together, so what agrees with the postal code adds no second time."""
        if one.streets and other.streets:
            self._best(found, "street", one.streets, other.streets, _street)
        city = bool(one.cities and other.cities)
        if one.postcodes and other.postcodes:
            self._best(found, "postcode", one.postcodes, other.postcodes, _code)
            if city and found[-1].level == SAME:
                return
        if city:
            self._best(found, "city", one.cities, other.cities, _place)
        elif one.regions and other.regions:
            self._best(found, "region", one.regions, other.regions, _place)

    # -- names -------------------------------------------------------------------------------------------------------

    def _names(self, found: list[Evidence], one: Profile, other: Profile) -> None:
        """Word by word, whatever their order: equal ones, then the nearest of the rest; a word that only one has says nothing."""
        mine, theirs = list(one.words), list(other.words)
        at = len(found)
        for word in one.words:
            if word in theirs:
                theirs.remove(word)
                mine.remove(word)
                found.append(Evidence("word", SAME, self._share("word", word), word, word))
        if mine and theirs:
            self._rest(found, mine, theirs, (*one.nick, *other.nick))
        more = mine[len(theirs) :] or theirs[len(mine) :]
        found.extend(Evidence("more", ALIKE, ALIKE_BY_CHANCE["more"], word) for word in more)
        if one.split and other.split and len(one.words) > 1 and len(other.words) > 1:
            self._order(found, one, other, at)

    def _rest(
        self, found: list[Evidence], mine: list[str], theirs: list[str], nicks: tuple[str, ...]
    ) -> None:
        joined = "".join(mine), "".join(theirs)
        if (
            joined[0] == joined[1]
            or joined[0] == "".join(reversed(theirs))
            or "".join(reversed(mine)) == joined[1]
        ):
            # Written together or apart: what it says is what the single words say.
            fuller = max(mine, theirs, key=lambda words: (len(words), words))
            found.extend(Evidence("word", SAME, self._share("word", word), word, word) for word in fuller)
            mine.clear()
            theirs.clear()
            return
        if len(mine) == len(theirs) == 1:
            level = _word(mine[0], theirs[0], nicks)[0]
            if level:
                found.append(
                    Evidence(
                        "word", level, self._near_word(level, mine[0], theirs[0]), mine.pop(), theirs.pop()
                    )
                )
            elif mine[0].isascii() == theirs[0].isascii():
                found.append(Evidence("word", DIFFERENT, NOT_BY_CHANCE, mine[0], theirs[0]))
            return
        ranked = sorted(
            ((_word(a, b, nicks), a, b) for a in mine for b in theirs),
            key=lambda item: (-item[0][1], min(item[1:]), max(item[1:])),
        )
        for (level, _), a, b in ranked:
            if level and a in mine and b in theirs:
                mine.remove(a)
                theirs.remove(b)
                found.append(Evidence("word", level, self._near_word(level, a, b), a, b))
        for a, b in zip(mine, theirs, strict=False):
            if a.isascii() == b.isascii():  # of two scripts nothing can be told
                found.append(Evidence("word", DIFFERENT, NOT_BY_CHANCE, a, b))

    def _near_word(self, level: str, a: str, b: str) -> float:
        if level == ALIKE:
            return max(
                ALIKE_BY_CHANCE["word"], NEIGHBOURS * min(self._share("word", a), self._share("word", b))
            )
        return self._by_chance("word", NEAR, a, b)

    def _order(self, found: list[Evidence], one: Profile, other: Profile, at: int) -> None:
        first, last = set(one.words[: one.split]), set(one.words[one.split :])
        for evidence in found[at:]:
            if evidence.level == DIFFERENT:
                continue
            mine = evidence.one in first, evidence.one in last
            theirs = (
                evidence.other in other.words[: other.split],
                evidence.other in other.words[other.split :],
            )
            if (mine, theirs) in (((True, False), (False, True)), ((False, True), (True, False))):
                found.append(Evidence("order", ALIKE, ALIKE_BY_CHANCE["order"]))
                return


@lru_cache(16_384)  # most words of names are common ones
def _word(a: str, b: str, nicks: tuple[str, ...]) -> tuple[str, float]:
    """The level of two words of a name and how near they are, from 0 to 1."""
    if len(a) == 1 or len(b) == 1:
        return (ALIKE, 0.5) if a[0] == b[0] else ("", 0.0)
    if short_for(a, b) or a in nicks or b in nicks:
        return NEAR, 0.95
    longest = max(len(a), len(b))
    distance = OSA.distance(a, b, score_cutoff=3)
    near = JaroWinkler.similarity(a, b)
    if longest > 2 and (distance <= (1 if longest < 8 else 2) or (near >= 0.93 and distance <= 2)):
        return NEAR, 1 - distance / longest
    if near >= 0.8 or (min(len(a), len(b)) >= 3 and (a.startswith(b) or b.startswith(a))):
        return ALIKE, near - 0.3
    return "", 0.0


def _host_of(address: str) -> str:
    return address.rpartition("@")[2]


def _email(a: str, b: str) -> str:
    (one, _, at), (other, _, host) = a.rpartition("@"), b.rpartition("@")
    if at == host and one.rstrip("0123456789") == other.rstrip("0123456789"):
        return ""  # this is how a host tells people of one name apart
    if min(len(one), len(other)) >= 4 and OSA.distance(a, b, score_cutoff=3) <= 2:
        return NEAR
    if one == other:
        return ALIKE if len(one) >= 5 and one not in ROLE_BOXES else ""
    return ALIKE if at == host and len(one) >= 6 and OSA.distance(one, other, score_cutoff=4) <= 3 else ""


def _phone(a: str, b: str) -> str:
    """Keys hold the digits in reverse: with and without the country, one ends with all of the other or nine digits agree."""
    common = next((at for at, (x, y) in enumerate(zip(a, b, strict=False)) if x != y), min(len(a), len(b)))
    if common >= 9 or (common >= 7 and common == min(len(a), len(b))):
        return SAME
    return NEAR if len(a) == len(b) >= 8 and OSA.distance(a, b, score_cutoff=1) <= 1 else ""


def _date(a: str, b: str) -> str:
    one, other = a.replace("-", ""), b.replace("-", "")
    distance = OSA.distance(one, other, score_cutoff=3)
    if distance <= 1 or (
        len(one) == len(other) == 8 and one[:4] == other[:4] and one[4:] == other[6:] + other[4:6]
    ):
        return NEAR
    return ALIKE if distance == 2 or (len(one) == len(other) and one[4:] == other[4:]) else ""


def _street(a: str, b: str) -> str:
    if a.replace(" ", "") == b.replace(" ", ""):
        return NEAR
    near = token_sort_ratio(a, b)
    return NEAR if near >= 80 else ALIKE if near >= 65 else ""


def _place(a: str, b: str) -> str:
    return (
        NEAR
        if JaroWinkler.similarity(a, b) >= 0.88
        or OSA.distance(a, b, score_cutoff=2) <= 2 < min(len(a), len(b)) - 1
        else ""
    )


def _code(a: str, b: str) -> str:
    return NEAR if len(a) >= 4 and OSA.distance(a, b, score_cutoff=1) <= 1 else ""


def _host(a: str, b: str) -> str:
    if a.endswith("." + b) or b.endswith("." + a) or a.rpartition(".")[0] == b.rpartition(".")[0]:
        return NEAR
    return NEAR if len(a) >= 8 and OSA.distance(a, b, score_cutoff=1) <= 1 else ""
