"""Order keys: always strictly between, short where lists only grow, and refused when they are none."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmtool.core.order import FIRST, is_key, key_between, keys


@given(st.lists(st.integers(0, 1 << 30), max_size=120))
def test_insertions_anywhere_keep_the_order_of_the_list(places: list[int]) -> None:
    made: list[str] = []
    for place in places:
        at = place % (len(made) + 1)
        low = made[at - 1] if at else None
        high = made[at] if at < len(made) else None
        key = key_between(low, high)
        assert is_key(key)
        assert low is None or low < key
        assert high is None or key < high
        made.insert(at, key)
    assert made == sorted(made)
    assert len(set(made)) == len(made)


@given(st.text("0123456789abcdefghijklmnopqrstuvwxyz", min_size=1, max_size=30).filter(is_key))
def test_there_is_room_around_every_key(key: str) -> None:
    below, above = key_between(None, key), key_between(key, None)
    assert is_key(below)
    assert is_key(above)
    assert below < key < above
    assert below < key_between(below, key) < key < key_between(key, above) < above


def test_growing_at_either_end_keeps_keys_short() -> None:
    up = down = FIRST
    for _ in range(20_000):
        up, down = key_between(up, None), key_between(None, down)
    assert len(up) <= 5
    assert len(down) <= 5


def test_always_inserting_at_the_same_place_grows_slowly() -> None:
    low, high = keys(2)
    for _ in range(1_000):
        high = key_between(low, high)
    assert len(high) < 260


def test_random_shuffling_stays_short() -> None:
    rng, made = random.Random(7), keys(10)
    for _ in range(2_000):
        at = rng.randrange(1, len(made))
        made.insert(at, key_between(made[at - 1], made[at]))
    assert max(map(len, made)) < 20


def test_keys_rise() -> None:
    assert keys(0) == []
    assert keys(3) == ["i0", "i1", "i2"]
    made = keys(2_000)
    assert made == sorted(set(made))
    assert max(map(len, made)) == 4


@pytest.mark.parametrize("word", ["", "i", "I0", "i00", "j0", "0" * 19, "i0-", "é0", "i0 "])
def test_what_is_no_key_is_refused(word: str) -> None:
    assert not is_key(word)
    with pytest.raises(ValueError, match="not an order key"):
        key_between(word, None)
    with pytest.raises(ValueError, match="not an order key"):
        key_between(None, word)


def test_nothing_lies_between_equal_or_swapped_keys() -> None:
    with pytest.raises(ValueError, match="no key lies between"):
        key_between("i1", "i1")
    with pytest.raises(ValueError, match="no key lies between"):
        key_between("i2", "i1")


def test_the_ends_of_the_space_still_have_room() -> None:
    lowest, highest = "0" * 18 + "1" + "", "z" * 19
    assert key_between(None, lowest) < lowest
    assert key_between(highest, None) > highest
    assert key_between(None, key_between(None, lowest)) < key_between(None, lowest)
