"""Amounts where there is little room."""

from __future__ import annotations

import pytest

from crmtool.doors.amounts import fitting, short


@pytest.mark.parametrize(
    ("minor", "currency", "said"),
    [
        (99_999, "EUR", "999.99 EUR"),
        (100_000, "EUR", "1K EUR"),
        (99_999_900, "EUR", "1M EUR"),
        (30_341_262_780, "EUR", "303.4M EUR"),
        (-97_450_062_780, "EUR", "-974.5M EUR"),
        (1_234_567_890_123_456, "JPY", "1,234,567.9B JPY"),
    ],
)
def test_an_amount_is_shortened(minor: int, currency: str, said: str) -> None:
    assert short(minor, currency) == said


def test_what_has_room_is_said_in_full() -> None:
    assert fitting(30_341_262_780, "EUR", 18) == "303,412,627.80 EUR"
    assert fitting(30_341_262_780, "EUR", 17) == "303.4M EUR"
