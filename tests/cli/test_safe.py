"""Nothing a terminal would obey gets through, and nothing harmless is spoiled."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmtool.doors.safe import BIDI, escape, without_bidi

OPENERS = "\u202a\u202b\u202d\u202e\u2066\u2067\u2068"
nasty = st.text(alphabet=st.one_of(st.characters(), st.sampled_from(BIDI + "\x1b\x07\r\n\t\x9b\x7f\u2028")))


def balanced(text: str) -> bool:
    """Whether no bidirectional control reaches beyond ``text``: every opener is closed, every closer closes one."""
    stack: list[str] = []
    for char in text:
        if char in OPENERS:
            stack.append("\u202c" if char in OPENERS[:4] else "\u2069")
        elif char in "\u202c\u2069" and (not stack or stack.pop() != char):
            return False
    return not stack


@given(nasty)
def test_no_control_character_survives(text: str) -> None:
    shown = escape(text)
    assert not [char for char in shown if unicodedata.category(char) in ("Cc", "Cs", "Zl", "Zp")]


@given(nasty)
def test_only_line_feeds_survive_where_lines_are_wanted(text: str) -> None:
    shown = escape(text, lines=True)
    assert {char for char in shown if unicodedata.category(char) in ("Cc", "Cs", "Zl", "Zp")} <= {"\n"}
    assert shown.count("\n") == text.count("\n")


@given(nasty)
def test_no_bidirectional_control_reaches_beyond_the_text(text: str) -> None:
    assert balanced(escape(text))
    assert all(balanced(line) for line in escape(text, lines=True).split("\n"))


@given(st.text(alphabet=st.characters(categories=("L", "N", "P", "S", "M", "Zs"))))
def test_harmless_text_is_left_alone(text: str) -> None:
    assert escape(text) == text


@given(nasty)
def test_escaping_twice_is_escaping_once(text: str) -> None:
    assert escape(escape(text)) == escape(text)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("\x1b[31mred", r"\x1b[31mred"),
        ("\x1b]0;title\x07", r"\x1b]0;title\x07"),
        ("\x9b31m", r"\x9b31m"),
        ("a\rb\tc\nd", r"a\rb\tc\nd"),
        ("\u202eevil", r"\u202eevil"),
        ("\u202eevil\u202c", "\u202eevil\u202c"),
        ("\u2068שלום\u2069", "\u2068שלום\u2069"),
        ("\u2066\u202eab\u2069", "\u2066\\u202eab\u2069"),
        ("\u2069", r"\u2069"),
        ("\udc80", r"\udc80"),
        ("👩\u200d👩\u200d👧", "👩\u200d👩\u200d👧"),
        ("می\u200cخواهم", "می\u200cخواهم"),
        ("Acme [/red]", "Acme [/red]"),
    ],
)
def test_examples(text: str, shown: str) -> None:
    assert escape(text) == shown


def test_without_bidi_drops_the_controls_and_nothing_else() -> None:
    assert without_bidi("a\u202eb\u202cc\u200d") == "abc\u200d"
