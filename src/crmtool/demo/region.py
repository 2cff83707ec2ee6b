"""A region: the words its people, streets and companies are made of, and how they are put together."""

from __future__ import annotations

import unicodedata

from crmtool.core.struct import Struct

_LETTERS = {
    "ß": "ss", "ø": "o", "ł": "l", "đ": "d", "ı": "i", "æ": "ae", "œ": "oe", "’": "", "'": "", "״": "", "׳": "", "ʼ": "",
    "а": "a", "б": "b", "в": "v", "г": "g", "ґ": "g", "д": "d", "е": "e", "є": "ie", "ж": "zh", "з": "z", "и": "i", "і": "i",
    "к": "k", "л": "l", "м": "m", "н": "n", "о": "o", "п": "p", "р": "r", "с": "s", "т": "t", "у": "u", "ф": "f", "х": "kh",
    "ц": "ts", "ч": "ch", "ш": "sh", "щ": "shch", "ъ": "a", "ы": "y", "ь": "", "э": "e", "ю": "iu", "я": "ia",
    "α": "a", "β": "v", "γ": "g", "δ": "d", "ε": "e", "ζ": "z", "η": "i", "θ": "th", "ι": "i", "κ": "k", "λ": "l", "μ": "m",
    "ν": "n", "ξ": "x", "ο": "o", "π": "p", "ρ": "r", "σ": "s", "ς": "s", "τ": "t", "υ": "y", "φ": "f", "χ": "ch", "ψ": "ps",
    "ω": "o",
    "ა": "a", "ბ": "b", "გ": "g", "დ": "d", "ე": "e", "ვ": "v", "ზ": "z", "თ": "t", "ი": "i", "კ": "k", "ლ": "l", "მ": "m",
    "ნ": "n", "ო": "o", "პ": "p", "ჟ": "zh", "რ": "r", "ს": "s", "ტ": "t", "უ": "u", "ფ": "p", "ქ": "k", "ღ": "gh", "ყ": "q",
    "შ": "sh", "ჩ": "ch", "ც": "ts", "ძ": "dz", "წ": "ts", "ჭ": "ch", "ხ": "kh", "ჯ": "j", "ჰ": "h",
}  # fmt: skip


class Word(Struct):
    """A word as people write it and as an address spells it (``a-z0-9`` only, perhaps empty)."""

    text: str
    roman: str


class Region(Struct):
    """The raw word lists of one region; see ``words`` for the notation.

    ``more_given`` and ``more_family`` are beginnings and ends, ``A B + c d``, of which rarer names are made; they are as
    frequent together as the listed ones. ``middle`` is how many initials may stand between given and family name (0: none),
    ``double`` the share of people with two family names, ``second`` of those with a second given name. ``syllables`` says of
    how many ``given`` words a given name is made. ``weight`` is the region's share of the workspace. In ``phones`` and
    ``postal`` every ``#`` is a digit, every ``^`` one from 2 to 9, every ``@`` a letter.
    """

    key: str
    country: str
    language: str
    zone: str
    currency: str
    weight: int
    given: str
    family: str
    cities: str
    streets: str
    street: str
    postal: str
    phones: str
    words: str
    trades: str
    suffixes: str
    remarks: str
    shape: str = "{word} {trade} {suffix}"
    given_f: str = ""
    family_f: str = ""
    more_given: str = ""
    more_family: str = ""
    more_family_f: str = ""
    middles: str = ""
    middles_f: str = ""
    middle: int = 0
    double: float = 0.0
    second: float = 0.0
    family_first: bool = False
    joiner: str = " "
    syllables: tuple[int, int] = (1, 1)


def romanise(text: str) -> str:
    """``text`` in ``a-z0-9``: accents dropped, Cyrillic, Greek and Georgian spelled letter by letter, the rest left out."""
    out = []
    for char in unicodedata.normalize("NFC", text).casefold():
        spelled = _LETTERS.get(char)
        if spelled is None:
            base = unicodedata.normalize("NFD", char)[0]
            spelled = _LETTERS.get(base, base)
        out.append(spelled)
    return "".join(char for char in "".join(out) if char.isascii() and char.isalnum())


def words(text: str) -> list[Word]:
    """The words of a list in the notation of the package ``words``."""
    out = []
    for item in text.split():
        shown, equals, roman = item.replace("_", " ").partition("=")
        out.append(Word(shown, roman if equals else romanise(shown)))
    return out


def compounds(text: str) -> list[Word]:
    """Every beginning with every end of ``A B + c d``; several such groups stand behind each other, cut by ``|``."""
    out = []
    for group in filter(None, text.split("|")):
        starts, _, ends = group.partition("+")
        out += [Word(a.text + b.text, a.roman + b.roman) for a in words(starts) for b in words(ends)]
    return out


def mixed(common: list[Word], rare: list[Word]) -> list[Word]:
    """A list in which common words are about as likely, all together, as rare ones."""
    return common * max(1, len(rare) // max(1, len(common))) + rare


def regions() -> tuple[Region, ...]:
    """Every region, in a fixed order."""
    from crmtool.demo.words import cyrillic_greek, east_asian, latin_east, latin_west, semitic_indic

    return (
        *latin_west.REGIONS,
        *latin_east.REGIONS,
        *cyrillic_greek.REGIONS,
        *semitic_indic.REGIONS,
        *east_asian.REGIONS,
    )
