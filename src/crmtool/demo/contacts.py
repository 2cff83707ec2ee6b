"""Contacts: what is known of a person, more of some than of others."""

from __future__ import annotations

from crmtool.demo.chance import spread
from crmtool.demo.people import FIRST_KEY, MAIL_HOSTS, SECOND_KEY, entry, misspelled
from crmtool.demo.words.business import TAGS, TITLES

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from crmtool.demo.chance import Dice
    from crmtool.demo.people import Folk, Mailboxes

PHONETIC = ("zh_CN", "zh_TW", "ja_JP", "ko_KR")
TITLE_TABLE = spread([(title, (5, 5, 3, 2)[title[2]]) for title in TITLES])


class Contacts:
    """Fills in the fields of contacts."""

    def __init__(self, dice: Dice, mailboxes: Mailboxes) -> None:
        self._dice = dice
        self._mailboxes = mailboxes

    def described(self, folk: Folk, company: dict[str, Any] | None) -> dict[str, Any]:
        """The values that describe a new person of these folk, at ``company`` (its record) or on their own."""
        dice = self._dice
        random = dice.random
        region, person = folk.region, folk.person(dice)
        draw = random()
        name = (
            person.name
            if draw > 0.012
            else person.name.upper()
            if draw > 0.004
            else misspelled(dice, person.name)
        )
        values: dict[str, Any] = {"name": name}
        host = None
        if company is not None:
            values["company"] = company["id"]
            host = company.get("domain")
            if random() < 0.88:
                title = dice.pick(TITLE_TABLE)
                values["title"] = title[0] if random() > 0.04 else title[0].lower()
                if random() < 0.5:
                    values["department"] = title[1]
        if random() < 0.9:
            style = len(host) % 5 if host else dice.below(5)
            mailbox = self._mailboxes.at(host or dice.pick(MAIL_HOSTS), style, person.local)
            values["emails"] = [entry(dice, mailbox, "work" if host else "home")]
            if random() < 0.08:
                private = self._mailboxes.at(dice.pick(MAIL_HOSTS), dice.below(5), person.local)
                values["emails"].append(entry(dice, private, "home", SECOND_KEY))
        if random() < 0.72:
            values["phones"] = [entry(dice, folk.phone(dice), "mobile" if random() < 0.6 else "work")]
            if random() < 0.12:
                values["phones"].append(entry(dice, folk.phone(dice), "home", SECOND_KEY))
        values["given_name"], values["family_name"] = person.given, person.family
        if region.key in PHONETIC and random() < 0.4:
            values["phonetic_name"] = f"{person.local[1].capitalize()} {person.local[0].capitalize()}"
        if random() < 0.17:
            values["tags"] = [dice.pick(TAGS)[0]]
            if random() < 0.2:
                values["tags"] = sorted({values["tags"][0], dice.pick(TAGS)[0]})
        draw = random()
        if draw < 0.1:
            values["addresses"] = [
                entry(dice, folk.address(dice), "home" if company is None else "work", FIRST_KEY)
            ]
        elif draw < 0.16:
            values["urls"] = [
                entry(dice, f"https://people.example/{person.local[0]}-{person.local[1]}", "profile")
            ]
        elif draw < 0.25:
            values["birthday"] = f"{1950 + dice.below(56)}-{1 + dice.below(12):02d}-{1 + dice.below(28):02d}"
        elif draw < 0.28:
            values["description"] = folk.remark(dice)
        elif draw < 0.295:
            values["do_not_contact"] = True
        if random() < 0.4:
            values["language"] = region.language
            if random() < 0.5:
                values["timezone"] = region.zone
        return values
