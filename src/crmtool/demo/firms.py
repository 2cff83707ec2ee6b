"""Companies: names, domains, sizes and industries."""

from __future__ import annotations

from crmtool.demo.chance import spread
from crmtool.demo.people import FIRST_KEY, entry
from crmtool.demo.region import romanise, words
from crmtool.demo.words.business import INDUSTRIES

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from crmtool.demo.chance import Dice, Seen
    from crmtool.demo.people import Folk

INDUSTRY_TABLE = spread([(industry, industry[1]) for industry in INDUSTRIES])


class Firms:
    """Makes companies of one region."""

    def __init__(self, folk: Folk, seen: Seen, currency: str, price: float) -> None:
        """``price``: units of ``currency`` for one euro, in minor units."""
        self.folk = folk
        self._seen = seen
        self._currency = currency
        self._price = price
        region = folk.region
        self._words, self._trades, self._families = (
            words(region.words),
            words(region.trades),
            words(region.family),
        )
        self._suffixes = words(region.suffixes)
        self._serial = 0

    def company(self, dice: Dice, serial: int) -> dict[str, Any]:
        """The values of a new company, without owner and dates; ``domain`` is its own."""
        name, slug = self._name(dice)
        domain = f"{slug}.example"
        if not self._seen.add(domain):
            domain = f"{slug}-{serial}.example"
        industry, _, _, typical = dice.pick(INDUSTRY_TABLE)
        employees = max(1, round(dice.skewed(typical, 0.9)))
        values: dict[str, Any] = {
            "name": name,
            "domain": domain,
            "industry": industry,
            "employees": employees,
        }
        random = dice.random
        if random() < 0.8:
            values["revenue"] = [
                round(employees * dice.skewed(110, 0.4)) * 1000 * round(self._price),
                self._currency,
            ]
        if random() < 0.6:
            values["emails"] = [
                entry(dice, f"{('info', 'office', 'sales', 'hello')[dice.below(4)]}@{domain}", "work")
            ]
        if random() < 0.75:
            values["phones"] = [entry(dice, self.folk.phone(dice), "work")]
        if random() < 0.85:
            values["addresses"] = [entry(dice, self.folk.address(dice), "work", FIRST_KEY)]
        if random() < 0.5:
            values["urls"] = [entry(dice, f"https://www.{domain}", "work")]
        if random() < 0.12:
            values["description"] = self.folk.remark(dice)
        return values

    def _name(self, dice: Dice) -> tuple[str, str]:
        """A name and what its domain is called."""
        trade, suffix = dice.pick(self._trades), dice.pick(self._suffixes)
        draw = dice.random()
        if draw < 0.45:
            word = dice.pick(self._words)
            shown, slug = word.text, word.roman
        elif draw < 0.75:
            word = dice.pick(self._families)
            shown, slug = word.text, word.roman
        else:
            word, place = dice.pick(self._words), self.folk.city(dice)
            glue = "" if "{word}{trade}" in self.folk.region.shape else " "
            shown = f"{place}{glue}{word.text}" if draw < 0.88 else f"{word.text}{glue}{place}"
            slug = f"{word.roman}{romanise(place)}"
        name = self.folk.region.shape.format(word=shown, trade=trade.text, suffix=suffix.text)
        return name, "-".join(part for part in (slug, trade.roman) if part) or "company"


def twin(dice: Dice, original: dict[str, Any]) -> dict[str, Any]:
    """The same company entered a second time: other case, no legal form, no domain."""
    name = str(original["name"])
    short = name.rsplit(" ", 1)[0] if " " in name else name
    copy: dict[str, Any] = {
        "name": (name.upper(), short, name.replace(".", ""))[dice.below(3)],
        "source": "import",
    }
    if "phones" in original:
        copy["phones"] = [entry(dice, original["phones"][0]["value"], None)]
    if "domain" in original and dice.chance(0.4):
        copy["domain"] = original["domain"]
    return copy
