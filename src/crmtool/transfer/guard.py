"""Cells that a spreadsheet would carry out: how text that begins like a formula is written, and read back.

A leading apostrophe makes a cell text for a spreadsheet. Text that begins with apostrophes and then like a formula gets one more,
so that taking one away always gives what was there.
"""

from __future__ import annotations

import re

# What begins a formula, or is passed over on the way to what does; the wide forms are typed with East Asian keyboards.
_SIGNS = "=+\\-@\t\r\n＝＋－＠"
SUSPECT = frozenset("=+-@\t\r\n＝＋－＠'")  # first characters that ``guarded`` has to look at
_ACTING = re.compile(f"'*[{_SIGNS}]")
_GUARDED = re.compile(f"''*[{_SIGNS}]")
# One or more phone numbers: digits and what people write between them, which no spreadsheet makes more of than a number.
_PHONES = re.compile(r"[+(]?[0-9][0-9 ()./;+-]*")


def guarded(text: str) -> str:
    """The text as a cell that no spreadsheet carries out."""
    return f"'{text}" if _ACTING.match(text) else text


def guarded_phone(text: str) -> str:
    """The same for phone numbers, which begin with ``+`` and are left as they are."""
    return text if _PHONES.fullmatch(text) else guarded(text)


def unguarded(text: str) -> str:
    """What ``guarded`` was given."""
    return text[1:] if _GUARDED.match(text) else text
