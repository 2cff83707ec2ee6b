"""Spellings of one name: ``GTXPro`` is ``GTX Pro``, which has the same letters; ``Zencoder Inc`` may be ``Zen Coder Inc.``.

Names with the same letters and digits are taken for one. Names that are only close are proposed, and taken if that is wished.
"""

from __future__ import annotations

from crmtool.core import tokens
from crmtool.core.struct import Struct
from crmtool.transfer.funnel import squeezed

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

_CLOSE = 88.0  # of 100, over the letters alone
_SHORTEST = 6
_COMPARED = 4_000_000  # pairs


class Alike(Struct):
    """``word``, of ``rows`` rows, stands for ``name``; ``same``: letter for letter."""

    column: str
    word: str
    name: str
    rows: int
    same: bool


def spellings(column: str, counts: Mapping[str, int], names: Iterable[str]) -> list[Alike]:
    """What the words of a column stand for: the names that are known, else the commonest spelling of the column itself."""
    known: dict[str, str] = {}
    exact: set[str] = set()
    for name in names:
        exact.add(tokens.fold(name))
        known.setdefault(squeezed(name), name)
    out: list[Alike] = []
    unknown: dict[str, str] = {}
    for word, rows in sorted(counts.items(), key=lambda item: (-item[1], item[0])):
        folded, key = tokens.fold(word), squeezed(word)
        if not key or folded in exact:
            continue
        called = known.get(key) or unknown.get(key)
        if called is None:
            unknown[key] = word
        elif tokens.fold(called) != folded:
            out.append(Alike(column, word, called, rows, True))
    return out + _close(column, counts, unknown, known)


def _close(
    column: str, counts: Mapping[str, int], unknown: dict[str, str], known: dict[str, str]
) -> list[Alike]:
    """The unknown words that are nearly a known name, or a commoner one of the column."""
    from rapidfuzz import fuzz, process

    names = {**unknown, **known}
    candidates = [key for key in names if len(key) >= _SHORTEST]
    asked = [key for key in unknown if len(key) >= _SHORTEST]
    if not asked or len(asked) * len(candidates) > _COMPARED:
        return []
    out = []
    for key in asked:
        found = process.extract(key, candidates, scorer=fuzz.ratio, score_cutoff=_CLOSE, limit=4)
        for other, _, _ in found:
            commoner = other in known or counts[unknown[other]] > counts[unknown[key]]
            if other != key and commoner and _digits(other) == _digits(key):
                out.append(Alike(column, unknown[key], names[other], counts[unknown[key]], False))
                break
    return out


def nearest(word: str, names: Iterable[str]) -> str | None:
    """The one of some names that a word is most like; ``None`` when it is like none of them."""
    from rapidfuzz import fuzz, process

    found = process.extractOne(
        tokens.fold(word), [*names], scorer=fuzz.WRatio, processor=tokens.fold, score_cutoff=75
    )
    return found[0] if found else None


def _digits(text: str) -> str:
    return "".join(char for char in text if char.isdigit())
