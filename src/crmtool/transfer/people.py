"""How a person's name is made of its parts, and how one that is written family name first is turned.

Names are not assumed to be a first and a last one: whatever parts there are, in the order the script has them. Only a comma
tells where a family name ends, and only the whole column whether a comma means that: “Ruiz, Ana” is a person, “Acme, Inc.” is
none. So a name without one stays as it is written, with its titles, for which there are no fields; comparing people passes over
titles.

The rules are few and written here, because a parser of names (nameparser) has an answer for everything: “María Ruiz” becomes the
middle name of Ana María Ruiz de la Cruz, a company a person; and it takes 0.15 s to import and 0.24 ms a name.
"""

from __future__ import annotations

from crmtool.core.struct import Struct
from crmtool.match.profile import LEGAL_FORMS, PARTICLES, TITLES

# What stands behind a name, after a comma, too.
_SUFFIXES = frozenset(("cpa", "dds", "esq", "ii", "iii", "iv", "jd", "jr", "mba", "md", "msc", "phd", "sr"))
_MOST_WORDS = 5  # of a family name, and of given names; more is a sentence
_MARKS = frozenset(" .'’-")


def compose(given: str, middle: str, family: str, suffix: str) -> str:
    """The name as it is said: Chinese, Japanese and Korean names family first and without a space."""
    if family and given and _together(family) and _together(given):
        return family + middle + given
    return " ".join(part for part in (given, middle, family, suffix) if part)


def _together(text: str) -> bool:
    return all("\u3400" <= char <= "\u9fff" or "\uac00" <= char <= "\ud7a3" for char in text)


class Turned(Struct):
    """A name in the order in which it is said, with what the comma told; the parts are without titles."""

    name: str
    given: str
    family: str


def turned(text: str) -> Turned | None:
    """“Ruiz, Dr. Ana, Jr.” as Dr. Ana Ruiz Jr.; ``None`` for what is no family name with given names behind a comma.

    Such are companies, “Ana Ruiz, PhD”, and names in scripts without capitals, which have no such habit.
    """
    parts = [part.split() for part in text.split(",")]
    if len(parts) not in (2, 3) or not all(parts) or len(max(parts, key=len)) > _MOST_WORDS:
        return None
    family, given, suffix = parts[0], parts[1], parts[2] if len(parts) == 3 else []
    if not {*map(_plain, suffix)} <= _SUFFIXES or {*map(_plain, given)} <= _SUFFIXES:
        return None
    if _is_firm(given, 1) or _is_firm(family, 2) or not all(map(_is_name, family + given)):
        return None
    before = _titles(family)
    titles, family = family[:before], family[before:]
    while len(given) > 1 and given[-1] in PARTICLES:  # “Berg, Bo van den”
        family.insert(0, given.pop())
    name = titles + given + family + suffix
    own = [word for word in family if _plain(word) not in _SUFFIXES] or family
    return Turned(" ".join(name), " ".join(given[_titles(given) :]), " ".join(own))


class NameOrder:
    """Whether the names of a column have the family name first: at least four in five of those of several words."""

    __slots__ = ("_first", "_other", "example")

    def __init__(self) -> None:
        self._first = self._other = 0
        self.example = ""

    def see(self, text: str) -> None:
        if "," in text and turned(text) is not None:
            self._first += 1
            self.example = self.example or text
        elif " " in text and not _is_firm(text.split(), 2):
            self._other += 1

    @property
    def family_first(self) -> bool:
        return self._first > 0 and self._first >= 4 * self._other


def without_titles(words: list[str]) -> list[str]:
    """The folded words of a name that tell somebody from others with the same titles; all where it has nothing else."""
    return [word for word in words if word not in TITLES] or words


def _plain(word: str) -> str:
    return word.replace(".", "").casefold()


def _titles(words: list[str]) -> int:
    """How many titles stand in front; never the last word, which is the name."""
    return next((at for at, word in enumerate(words[:-1]) if _plain(word) not in TITLES), len(words) - 1)


def _is_firm(words: list[str], least: int) -> bool:
    """Whether the words end with a legal form; a single word may be a family name spelled alike."""
    return len(words) >= least and _plain(words[-1]) in LEGAL_FORMS


def _is_name(word: str) -> bool:
    """Whether a word is made of letters that have capitals, and of what joins them."""
    return all(
        char in _MARKS or char.lower() != char.upper() or "\u0300" <= char <= "\u036f" for char in word
    )
