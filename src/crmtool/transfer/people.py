"""How the parts of a person's name make one name.

Names are not assumed to be a first and a last one: whatever parts there are, in the order the script has them.
"""

from __future__ import annotations


def compose(given: str, middle: str, family: str, suffix: str) -> str:
    """The name as it is said: Chinese, Japanese and Korean names family first and without a space."""
    if family and given and _together(family) and _together(given):
        return family + middle + given
    return " ".join(part for part in (given, middle, family, suffix) if part)


def _together(text: str) -> bool:
    return all("\u3400" <= char <= "\u9fff" or "\uac00" <= char <= "\ud7a3" for char in text)
