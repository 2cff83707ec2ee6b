"""Dates and instants as people type them."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from crmtool.core import dates
from crmtool.core.fields import Context

CTX = Context(zone="America/New_York", now="2026-03-01T03:30:00.000Z")


def test_today_is_the_day_in_the_persons_zone() -> None:
    assert dates.today(CTX) == date(2026, 2, 28)
    assert dates.today(CTX.replace(zone="UTC")) == date(2026, 3, 1)


@pytest.mark.parametrize(
    ("word", "first", "last"),
    [("w", "2026-02-23", "2026-03-01"), ("m", "2026-02-01", "2026-02-28"), ("q", "2026-01-01", "2026-03-31"),
     ("y", "2026-01-01", "2026-12-31")],
)  # fmt: skip
def test_bounds_of_periods(word: str, first: str, last: str) -> None:
    assert dates.parse_day(f"bo{word}", CTX) == first
    assert dates.parse_day(f"eo{word}", CTX) == last


def test_a_week_may_begin_on_sunday() -> None:
    assert dates.parse_day("bow", CTX.replace(week_start=6)) == "2026-02-22"


@pytest.mark.parametrize(
    ("text", "day"),
    [("-1m", "2026-01-28"), ("+1m", "2026-03-28"), ("+1y", "2027-02-28"), ("-1w", "2026-02-21"), ("yesterday", "2026-02-27"),
     ("sat", "2026-03-07"), ("+999999y", None), ("+d", None), ("2026-13-01", None), ("2026-02-28T23:30:00-05:00", "2026-02-28")],
)  # fmt: skip
def test_days(text: str, day: str | None) -> None:
    assert dates.parse_day(text, CTX) == day


def test_a_shorter_month_ends_the_step() -> None:
    assert dates.add_months(date(2026, 1, 31), 1) == date(2026, 2, 28)
    assert dates.add_months(date(2024, 1, 31), 1) == date(2024, 2, 29)


def test_the_calendar_has_a_first_and_a_last_day() -> None:
    assert dates.day_bounds("9999-12-31", "UTC") == ("9999-12-31T00:00:00.000Z", dates.LAST_INSTANT)
    start, end = dates.day_bounds("0001-01-01", "Asia/Tokyo")
    assert start == dates.FIRST_INSTANT < end
    dates.use_zone("Asia/Tokyo")
    try:
        assert dates.local_text(dates.LAST_INSTANT) == "9999-12-31 23:59"
        assert dates.local_text("0900-06-15T01:00:00.000Z")[:10] == "0900-06-15"
    finally:
        dates.use_zone("UTC")


def test_a_day_of_clock_change_has_its_own_length() -> None:
    start, end = dates.day_bounds("2026-03-08", "America/New_York")
    assert (start, end) == ("2026-03-08T05:00:00.000Z", "2026-03-09T04:00:00.000Z")


@pytest.mark.parametrize("text", ["99:99", "today 1", "today x:y", "2026-05-13T99:00:00", "next year", ""])
def test_what_is_no_moment(text: str) -> None:
    assert dates.parse_instant(text, CTX) is None


def test_instants_are_shown_in_the_zone_of_display() -> None:
    dates.use_zone("Asia/Tokyo")
    try:
        assert dates.local_text("2026-03-01T03:30:00.000Z") == "2026-03-01 12:30"
    finally:
        dates.use_zone("UTC")


def test_an_unknown_zone_is_utc() -> None:
    assert dates.zone("Nowhere/Land") is UTC


@given(st.datetimes(timezones=st.just(UTC)))
def test_instant_text_keeps_the_order_of_time(moment: datetime) -> None:
    text = dates.to_instant(moment)
    assert len(text) == 24
    assert abs((dates.from_instant(text) - moment).total_seconds()) < 0.001


@example("2026-01-011")
@example("ß123-567890123456")
@given(st.text(max_size=30))
def test_no_text_crashes(text: str) -> None:
    dates.parse_day(text, CTX)
    dates.parse_instant(text, CTX)
