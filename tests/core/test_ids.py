"""Identities: version and order of ids, handles and what people make of them, forks and threads."""

from __future__ import annotations

import os
import random
import time
import uuid
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmtool.core import clock, ids

IDS = st.integers(0, (1 << 128) - 1).map(lambda n: n & ~(0xF << 76) & ~(3 << 62) | 7 << 76 | 2 << 62).map(
    lambda n: str(uuid.UUID(int=n))
)  # fmt: skip


def test_a_new_id_is_a_version_7_uuid_of_this_moment() -> None:
    before = time.time_ns() // 1_000_000
    made = uuid.UUID(ids.new_id())
    after = time.time_ns() // 1_000_000
    assert made.version == 7
    assert made.variant == uuid.RFC_4122
    assert before <= made.int >> 80 <= after + 1


def test_ids_of_one_process_rise_strictly() -> None:
    made = [ids.new_id() for _ in range(2_000)] + ids.new_ids(500) + [ids.new_id()]
    assert made == sorted(set(made))
    assert all(map(ids.is_id, made))
    assert ids.new_ids(0) == []


def test_ids_rise_when_the_clock_steps_back(monkeypatch: pytest.MonkeyPatch) -> None:
    first = ids.new_id()
    past = time.time_ns() - 3_600_000_000_000
    monkeypatch.setattr(time, "time_ns", lambda: past)
    assert first < ids.new_id() < ids.new_ids(2)[0] < ids.new_id()


def test_threads_share_no_id() -> None:
    with ThreadPoolExecutor(8) as pool:
        batches = list(pool.map(lambda _: [ids.new_id() for _ in range(500)], range(8)))
    assert len({one for batch in batches for one in batch}) == 4_000
    assert all(batch == sorted(batch) for batch in batches)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
def test_a_forked_child_has_random_bits_of_its_own() -> None:
    ids.new_id()
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        os.write(writer, ids.new_id()[19:].encode())
        os._exit(0)
    os.waitpid(child, 0)
    theirs = os.read(reader, 64).decode()
    os.close(reader)
    os.close(writer)
    assert theirs not in {ids.new_id()[19:] for _ in range(200)}


@given(st.datetimes(datetime(1970, 1, 1), datetime(2200, 1, 1)), st.integers())
def test_an_id_at_an_instant_is_reproducible_and_carries_its_time(moment: datetime, seed: int) -> None:
    seconds = int(moment.replace(tzinfo=UTC).timestamp() * 1000) / 1000
    text = clock.instant(seconds)
    made = ids.id_at(text, random.Random(seed))
    assert made == ids.id_at(text, random.Random(seed))
    assert ids.is_id(made)
    assert clock.instant((uuid.UUID(made).int >> 80) / 1000) == text


def test_ids_at_rising_instants_rise() -> None:
    rng = random.Random(1)
    days = [f"2024-{month:02d}-{day:02d}T23:59:59.999Z" for month in range(1, 13) for day in (1, 28)]
    made = [ids.id_at(day, rng) for day in [*days, "2024-02-29T00:00:00.000Z"][:24]]
    assert made == sorted(made)


@given(IDS)
def test_a_handle_is_the_crockford_spelling_of_the_last_forty_bits(record: str) -> None:
    handle = ids.handle(record)
    assert len(handle) == ids.HANDLE_LENGTH
    value = 0
    for char in handle:
        value = value * 32 + ids.CROCKFORD.index(char)
    assert value == int(record.replace("-", "")[-10:], 16)
    assert record[ids.HANDLE_AT - 1 :] == f"{value:010x}"


@given(IDS, st.integers(4, 8), st.booleans(), st.booleans())
def test_every_typed_beginning_of_a_handle_finds_its_id(
    record: str, length: int, at: bool, upper: bool
) -> None:
    typed = ids.handle(record)[:length].replace("1", "l").replace("0", "o")
    found = ids.handle_range(("@" if at else "") + (typed.upper() if upper else typed))
    assert found is not None
    low, high = found
    assert low <= record[-10:] <= high
    assert int(high, 16) - int(low, 16) == 32 ** (8 - length) - 1


@pytest.mark.parametrize("typed", ["", "@", "abc", "@k7x", "k7x2p9qa1", "k7u2", "k7x!", "ána2", "名名名名"])
def test_what_is_no_handle_has_no_range(typed: str) -> None:
    assert ids.handle_range(typed) is None


def test_handles_forgive_how_people_write_them() -> None:
    assert ids.handle_range("@O1LI") == ids.handle_range("0111")
    assert ids.handle_range(" k7x2-p9qa ") == ids.handle_range("@K7X2P9QA")


@given(IDS)
def test_ids_are_recognised(record: str) -> None:
    assert ids.is_id(record)
    assert not ids.is_id(record.upper()) or record.upper() == record
    assert not ids.is_id(record[:-1])
    assert not ids.is_id(record[:-1] + "g")
    assert not ids.is_id(record.replace("-", ""))
    assert not ids.is_id(record[:35] + "-")
    assert not ids.is_id(str(uuid.uuid4()))


def test_entry_ids_are_short_random_words() -> None:
    made = {ids.entry_id() for _ in range(1_000)}
    assert len(made) == 1_000
    assert all(len(word) == 8 and set(word) <= set(ids.CROCKFORD) for word in made)
    assert ids.entry_id(random.Random(3)) == ids.entry_id(random.Random(3))
