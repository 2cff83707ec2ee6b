"""Columns agree with wcwidth, and cutting never splits a grapheme or exceeds its room."""

from __future__ import annotations

import unicodedata

import pytest
import wcwidth
from hypothesis import given
from hypothesis import strategies as st

from crmtool.doors.width import _PLAIN, cut, pad, width

printable = st.text(alphabet=st.characters(categories=("L", "N", "P", "S", "M", "Zs")))


def test_every_plain_character_is_as_wide_as_wcwidth_says_and_stands_alone() -> None:
    for first, last, columns in _PLAIN:
        for char in map(chr, range(first, last + 1)):
            if unicodedata.category(char) == "Cn":
                continue
            assert wcwidth.wcwidth(char) == columns, f"U+{ord(char):04X}"
            assert list(wcwidth.iter_graphemes(f"a{char}")) == ["a", char], f"U+{ord(char):04X}"


@given(printable, st.integers(1, 30))
def test_a_cut_text_fits_and_is_a_beginning(text: str, columns: int) -> None:
    shown = cut(text, columns)
    assert shown == text or (shown.endswith("…") and text.startswith(shown[:-1]))
    assert width(shown) <= columns or shown == "…"
    if width(text) <= columns:
        assert shown == text


@given(printable, st.integers(1, 30))
def test_a_cut_falls_between_graphemes(text: str, columns: int) -> None:
    shown = cut(text, columns)
    if shown != text:
        clusters = list(wcwidth.iter_graphemes(text))
        assert shown[:-1] in {"".join(clusters[:n]) for n in range(len(clusters) + 1)}


@pytest.mark.parametrize(
    ("text", "columns", "shown"),
    [
        ("Ana Ruiz", 8, "Ana Ruiz"),
        ("Ana Ruiz", 5, "Ana …"),
        ("山田太郎", 8, "山田太郎"),
        ("山田太郎", 6, "山田…"),
        ("e\u0301e\u0301e\u0301", 2, "e\u0301…"),
        ("👩‍👩‍👧 family", 4, "👩‍👩‍👧 …"),
    ],
)
def test_cut(text: str, columns: int, shown: str) -> None:
    assert cut(text, columns) == shown


def test_pad() -> None:
    assert pad("山", 4) == "山  "
    assert pad("12", 4, right=True) == "  12"
