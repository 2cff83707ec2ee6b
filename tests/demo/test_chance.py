"""Dice, days and words: small promises that the whole sample rests on."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmtool.core import ids
from crmtool.demo.chance import HISTORY_DAYS, Days, Dice, Seen, digit_pattern, spread
from crmtool.demo.people import Folk, duplicate, entry, misspelled, respelled
from crmtool.demo.region import regions, romanise, words

NOW = "2026-11-23T13:00:00.000Z"


def test_ids_are_valid_and_rise() -> None:
    dice = Dice(1, NOW, 3000)
    made = [dice.record_id() for _ in range(3000)]
    assert all(map(ids.is_id, made))
    assert made == sorted(set(made))
    assert made[-1][:13] < ids.id_at("2026-11-23T13:00:00.001Z", dice.rng)[:13]


@pytest.mark.parametrize(
    ("pattern", "parts"),
    [
        ("+34 6## ###", ("+34 6", "##", " ", "###")),
        ("@@# #@@", ("@@", "#", " ", "#", "@@")),
        ("(^##)", ("(", "^", "##", ")")),
    ],
)
def test_patterns_are_cut_where_their_kinds_meet(pattern: str, parts: tuple[str, ...]) -> None:
    assert digit_pattern(pattern) == parts
    filled = Dice(1, NOW, 0).digits(parts)
    assert len(filled) == len(pattern)
    assert not set(filled) & set("#^@")


@given(st.lists(st.tuples(st.integers(), st.floats(0.01, 100)), min_size=1, max_size=20))
def test_every_item_can_be_picked(weighted: list[tuple[int, float]]) -> None:
    assert set(spread(weighted)) == {item for item, _ in weighted}


def test_seen_knows_what_it_was_told() -> None:
    seen = Seen()
    assert sum(seen.add(f"name-{n}") for n in range(5000)) > 4990
    assert not any(seen.add(f"name-{n}") for n in range(5000))


@pytest.mark.parametrize("now", [NOW, "2024-02-29T00:00:00.000Z", "2025-12-31T23:59:59.999Z"])
def test_days_end_now(now: str) -> None:
    days = Days(now)
    assert days.iso[days.today] == now[:10]
    assert days.instant(days.now)[:19] == now[:19]
    assert days.iso[days.month_end[HISTORY_DAYS]][:7] == now[:7]
    assert all(
        start <= days.since(start, draw) <= days.today
        for start in (0, 500, days.today)
        for draw in (0.0, 0.5, 0.999)
    )
    assert all(days.weekday[days.working(day)] < 5 for day in range(30, 60))


@pytest.mark.parametrize("region", regions(), ids=lambda region: region.key)
def test_people_of_every_region(region: object) -> None:
    folk = Folk(region)  # type: ignore[arg-type]
    dice = Dice(1, NOW, 0)
    for _ in range(60):
        person = folk.person(dice)
        assert person.name == " ".join(person.name.split())
        assert "_" not in person.name
        assert "=" not in person.name
        assert all(part.isascii() and part.isalnum() for part in person.local if part)
        assert person.local[1]
        assert sum(char.isdigit() for char in folk.phone(dice)) >= 8
        assert len(folk.address(dice)["country"]) == 2
    assert folk.remark(dice)


def test_regions_differ() -> None:
    keys = [region.key for region in regions()]
    assert len(keys) == len(set(keys)) >= 30


@pytest.mark.parametrize(
    ("text", "roman"),
    [
        ("Großmann", "grossmann"),
        ("Łukasz", "lukasz"),
        ("Щербаков", "shcherbakov"),
        ("Ψαρράς", "psarras"),
        ("გიორგი", "giorgi"),
        ("李", ""),
    ],
)
def test_words_are_romanised(text: str, roman: str) -> None:
    assert romanise(text) == roman


def test_a_word_may_carry_its_romanisation() -> None:
    (word,) = words("عبد_الله=abdallah")
    assert (word.text, word.roman) == ("عبد الله", "abdallah")


@given(st.text(max_size=20), st.integers(0, 1000))
def test_a_misspelling_is_one_letter_away(text: str, seed: int) -> None:
    assert abs(len(misspelled(Dice(seed, NOW, 0), text)) - len(text)) <= 1


@given(st.integers(0, 200))
def test_a_duplicate_keeps_something_to_be_known_by(seed: int) -> None:
    dice = Dice(seed, NOW, 0)
    phone = "+34 600 555 014"
    original = {
        "name": "Ana Ruiz", "given_name": "Ana", "family_name": "Ruiz", "phones": [entry(dice, phone, None)],
        "emails": [entry(dice, "ana@acme.example", "work")],
    }  # fmt: skip
    copy = duplicate(dice, original)
    assert "emails" in copy or "phones" in copy
    assert respelled(phone) != phone
