"""Cells that a spreadsheet would carry out."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmtool.transfer.guard import SUSPECT, guarded, guarded_phone, unguarded

BEGINNINGS = st.text(alphabet="'=+-@\t\r\n＝a1 ", max_size=6)


@given(BEGINNINGS | st.text())
def test_what_was_guarded_comes_back(text: str) -> None:
    assert unguarded(guarded(text)) == text
    assert unguarded(guarded_phone(text)) == text


@given(BEGINNINGS | st.text())
def test_no_cell_begins_like_a_formula(text: str) -> None:
    assert guarded(text)[:1] not in set("=+-@\t\r\n＝＋－＠")
    if guarded(text) != text:
        assert text[0] in SUSPECT


@pytest.mark.parametrize("phone", ["+34 600 123 456", "+1 (555) 010-9999", "600.123.456", "+34 600; +34 700"])
def test_phone_numbers_stay(phone: str) -> None:
    assert guarded_phone(phone) == phone


@pytest.mark.parametrize("phone", ["=1+1 123", "+cmd|' /C calc'!A0 123", "@SUM(1) 123", "-2+3+cmd 123"])
def test_what_only_looks_like_a_phone_number_does_not(phone: str) -> None:
    assert guarded_phone(phone) == f"'{phone}"
