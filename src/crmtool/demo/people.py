"""People: names as their regions write them, e-mail addresses, phones, addresses, and the dirt that real address books hold."""

from __future__ import annotations

from crmtool.core import order
from crmtool.core.struct import Struct
from crmtool.demo.chance import digit_pattern
from crmtool.demo.region import Region, compounds, mixed, romanise, words

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from crmtool.demo.chance import Dice, Seen
    from crmtool.demo.region import Word

INITIALS = "ABCDEFGHJKLMNPRSTVWZ"
HYPHENATED = ("fr", "de", "cs", "pl")
MAIL_HOSTS = ("mail.example", "post.example", "inbox.example", "example.com", "example.net", "example.org")
FIRST_KEY, SECOND_KEY = order.keys(2)


class Person(Struct):
    """A name in its parts; ``local`` are the romanised given and family name."""

    name: str
    given: str
    family: str
    local: tuple[str, str]


class Folk:
    """The compiled words of one region: makes people, phones and addresses."""

    def __init__(self, region: Region) -> None:
        self.region = region
        male, female = mixed(words(region.given), compounds(region.more_given)), words(region.given_f)
        family = mixed(words(region.family), compounds(region.more_family))
        more_f = compounds(region.more_family_f or region.more_family)
        family_f = mixed(words(region.family_f or region.family), more_f)
        middles, middles_f = words(region.middles), words(region.middles_f or region.middles)
        # One entry a sex where the words differ by it; one for all elsewhere.
        self._kinds: list[tuple[list[Word], list[Word], list[Word]]] = [(male, family, middles)]
        if female:
            self._kinds.append((female, family_f, middles_f))
        self._phones = [digit_pattern(phone) for phone in region.phones.split(",")]
        self._postal = digit_pattern(region.postal)
        self._cities = [city.split("|") for city in region.cities.split(",")]
        self._streets = region.streets.split(",")
        self._remarks = region.remarks.split("|")
        self.own_script = not region.family.split()[0].isascii() and "=" in region.family

    def person(self, dice: Dice) -> Person:
        """A new person; namesakes happen, as they do."""
        region, pick, random = self.region, dice.pick, dice.random
        givens, families, middles = (
            self._kinds[0] if len(self._kinds) == 1 or random() < 0.5 else self._kinds[1]
        )
        at = int(random() * len(givens))
        first, last = givens[at], pick(families)
        given, family = first.text, last.text
        roman = first.roman
        least, most = region.syllables
        if most > 1 and (least > 1 or random() < 0.75):
            second = pick(givens)
            given, roman = given + second.text, roman + second.roman
        elif region.second and random() < region.second:
            # A neighbour in the list, where the names of men and of women stand together.
            second = givens[(at + 1 + dice.below(len(givens) // 3)) % len(givens)]
            given = f"{given}{'-' if region.language in HYPHENATED else ' '}{second.text}"
        if region.double and random() < region.double:
            family = f"{family}{'-' if region.language in HYPHENATED else ' '}{pick(families).text}"
        joiner = region.joiner
        if middles and random() < 0.8:
            joiner = f" {pick(middles).text} "
        elif region.middle and random() < 0.55:
            joiner = f" {INITIALS[int(random() * region.middle)]}. "
        name = f"{family}{joiner}{given}" if region.family_first else f"{given}{joiner}{family}"
        return Person(name, given, family, (roman, last.roman))

    def phone(self, dice: Dice) -> str:
        return dice.digits(dice.pick(self._phones))

    def address(self, dice: Dice) -> dict[str, str]:
        """An address whose parts are spelled and ordered as the region does it."""
        city, area = dice.pick(self._cities)
        street = self.region.street.format(street=dice.pick(self._streets), n=1 + dice.below(180))
        return {
            "street": street, "city": city, "region": area, "postal_code": dice.digits(self._postal),
            "country": self.region.country,
        }  # fmt: skip

    def city(self, dice: Dice) -> str:
        return dice.pick(self._cities)[0]

    def remark(self, dice: Dice) -> str:
        """A sentence in the language of the region."""
        return dice.pick(self._remarks)


def entry(dice: Dice, value: Any, label: str | None, key: str = FIRST_KEY) -> dict[str, Any]:
    """One entry of a multi-value, in the order of keys that the core stores."""
    if label is None:
        return {"id": dice.entry_id(), "value": value, "key": key}
    return {"id": dice.entry_id(), "value": value, "label": label, "key": key}


class Mailboxes:
    """Gives everyone an address of their own: at the company, whose habit the number ``style`` is, or at a public host."""

    def __init__(self, seen: Seen) -> None:
        self._seen = seen
        self._serial = 0

    def at(self, domain: str, style: int, local: tuple[str, str]) -> str:
        given, family = local
        if style == 0:
            name = f"{given}.{family}"
        elif style == 1:
            name = f"{given[:1]}{family}"
        elif style == 2:
            name = f"{family}.{given}"
        elif style == 3:
            name = given
        else:
            name = f"{given}_{family[:1]}"
        mailbox = f"{name.strip('._') or 'contact'}@{domain}"
        if self._seen.add(mailbox):
            return mailbox
        self._serial += 1
        return f"{mailbox.partition('@')[0]}{self._serial + 1}@{domain}"


def misspelled(dice: Dice, text: str) -> str:
    """``text`` with two neighbouring letters swapped, one missing or one doubled."""
    if len(text) < 4:
        return text
    at = 1 + dice.below(len(text) - 3)
    way = dice.below(3)
    if way == 0:
        return text[:at] + text[at + 1] + text[at] + text[at + 2 :]
    return text[:at] + text[at + 1 :] if way == 1 else text[: at + 1] + text[at:]


def respelled(phone: str) -> str:
    """The same number in another spelling."""
    return (
        phone.replace(" ", "").replace("-", "")
        if " " in phone or "-" in phone
        else f"{phone[:4]} {phone[4:]}"
    )


def duplicate(dice: Dice, original: dict[str, Any]) -> dict[str, Any]:
    """What a colleague who did not look first would have entered for the same person."""
    name = str(original["name"])
    way = dice.below(6)
    if way == 0:
        name = misspelled(dice, name)
    elif way == 1:
        name = name.upper()
    elif way == 2 and original.get("given_name"):
        name = f"{original['family_name']}, {original['given_name']}"
    elif way == 3:
        name = name.lower()
    elif way == 4:
        name = " ".join(part for part in (romanise(p).capitalize() for p in name.split()) if part) or name
    copy: dict[str, Any] = {"name": name, "lifecycle": "lead", "source": "import"}
    if "phones" in original and (way != 5 or "emails" not in original):
        copy["phones"] = [entry(dice, respelled(original["phones"][0]["value"]), None)]
    if "emails" in original and (way in (1, 5) or "phones" not in copy):
        copy["emails"] = [entry(dice, original["emails"][0]["value"], None)]
    if "company" in original and dice.chance(0.6):
        copy["company"] = original["company"]
    if "title" in original and dice.chance(0.5):
        copy["title"] = original["title"]
    return copy
