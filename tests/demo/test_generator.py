"""The stream of the sample workspace: the same every time, valid, well ordered, and with the patterns it promises."""

from __future__ import annotations

import hashlib
import subprocess
import sys
import unicodedata
from collections import Counter, defaultdict
from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crmtool.core import changes as core_changes
from crmtool.core.changes import CREATE, UPDATE, Change
from crmtool.core.entities import builtin
from crmtool.core.fields import Context
from crmtool.demo.chance import Dice
from crmtool.demo.generator import DemoPlan, Generator, even, generate

NOW = "2026-11-23T13:00:00.000Z"
CONTEXT = Context(currency="EUR", zone="UTC", now=NOW)
FINGERPRINT = f"""
import hashlib
from crmtool.demo.generator import DemoPlan, generate
print(hashlib.sha256("".join(map(repr, generate(DemoPlan(500, 7, "{NOW}")))).encode()).hexdigest())
"""


def records(changes: list[Change], entity: str) -> dict[str, dict[str, Any]]:
    """The records of an entity as they stand at the end of the stream."""
    found: dict[str, dict[str, Any]] = {}
    for change in changes:
        if change.entity == entity:
            found.setdefault(change.record, {}).update(change.after)
    return found


def test_two_processes_make_the_same_stream() -> None:
    def run(seed_of_hashes: str) -> str:
        environment = {"PYTHONHASHSEED": seed_of_hashes}
        made = subprocess.run(
            [sys.executable, "-c", FINGERPRINT], env=environment, capture_output=True, text=True, check=True
        )
        return made.stdout.strip()

    here = "".join(map(repr, generate(DemoPlan(500, 7, NOW)))).encode()
    assert run("1") == run("2") == hashlib.sha256(here).hexdigest()


def test_another_seed_makes_other_people() -> None:
    one, two = (
        {r["name"] for r in records(list(generate(DemoPlan(200, seed, NOW))), "contact").values()}
        for seed in (1, 2)
    )
    assert len(one & two) < 20


def test_who_is_there_already_changes_nothing_else() -> None:
    """The user and the pipeline of a real workspace take the places of the generated ones."""
    plan = DemoPlan(300, 3, NOW)
    plain = list(generate(plan))
    user = next(c.record for c in plain if c.entity == "user")
    pipeline = next(c.record for c in plain if c.entity == "pipeline")
    stages = [c.record for c in plain if c.entity == "stage" and c.after["pipeline"] == pipeline]
    places = {user: "ME", pipeline: "PIPELINE", **{stage: f"STAGE {n}" for n, stage in enumerate(stages)}}
    own = list(
        generate(plan.replace(me="ME", pipeline=("PIPELINE", tuple(places[stage] for stage in stages))))
    )

    def renamed(value: Any) -> Any:
        if isinstance(value, dict):
            return {key: renamed(held) for key, held in value.items()}
        if isinstance(value, list):
            return [renamed(item) for item in value]
        return places.get(value, value) if isinstance(value, str) else value

    rest = [c for c in plain if c.record not in places and c.entity == "contact"]
    assert [(c.record, c.verb, renamed(c.after)) for c in rest] == [
        (c.record, c.verb, c.after) for c in own if c.entity == "contact"
    ]
    deals = [(c.record, c.effective_at, renamed(c.after)) for c in plain if c.entity == "deal"]
    assert deals == [(c.record, c.effective_at, c.after) for c in own if c.entity == "deal"]


@pytest.mark.parametrize("contacts", [1, 2, 9, 10, 33])
def test_any_size_gives_exactly_that_many(contacts: int) -> None:
    plan = DemoPlan(contacts, 1, NOW)
    made = Counter(c.entity for c in generate(plan) if c.verb == CREATE)
    assert (made["contact"], made["company"], made["deal"]) == (contacts, plan.companies, plan.deals)


@given(contacts=st.integers(1, 600), seed=st.integers(), now=st.dates(date(2001, 1, 1), date(2090, 1, 1)))
@settings(max_examples=40, deadline=None)
def test_any_plan_can_be_made(contacts: int, seed: int, now: date) -> None:
    plan = DemoPlan(contacts, seed, f"{now}T00:00:00.000Z")
    assert sum(c.entity == "contact" and c.verb == CREATE for c in generate(plan)) == contacts


def test_the_log_has_about_three_entries_a_contact(changes: list[Change]) -> None:
    assert 2.9 < len(changes) / 4000 < 3.25


@given(
    total=st.integers(0, 5000), parts=st.integers(1, 300), least=st.integers(0, 1), seed=st.integers(0, 99)
)
@settings(max_examples=60, deadline=None)
def test_portions_add_up(total: int, parts: int, least: int, seed: int) -> None:
    if total < least * parts:
        return
    portions = list(even(total, parts, Dice(seed, NOW, 0), least))
    assert len(portions) == parts
    assert sum(portions) == total
    assert min(portions) >= least


def test_every_value_is_in_its_stored_form(changes: list[Change]) -> None:
    entities = builtin().entities
    for change in changes:
        fields = entities[change.entity].fields
        for key, value in change.after.items():
            assert fields[key].writable, (change.entity, key)
            assert fields[key].validate(value, CONTEXT) == value, (change.entity, key)
        if change.verb == CREATE:
            assert all(change.after.get(key) for key, field in fields.items() if field.required)


def test_a_creation_is_what_the_core_would_make(changes: list[Change]) -> None:
    entities = builtin().entities
    for change in changes[:2000]:
        if change.verb == CREATE:
            made = core_changes.create(
                entities[change.entity], change.after, change.effective_at, change.record
            )
            assert (made.after, made.before) == (change.after, change.before)


def test_every_base_is_what_came_before_it(changes: list[Change]) -> None:
    state: dict[str, dict[str, Any]] = {}
    for change in changes:
        if change.verb == CREATE:
            assert change.record not in state
            state[change.record] = {
                **change.after,
                "id": change.record,
                "rev": 1,
                "created_at": change.effective_at,
                "updated_at": change.effective_at,
            }
            continue
        assert change.verb == UPDATE
        assert change.base == state[change.record]
        assert change.before == {key: change.base.get(key) for key in change.after}
        assert change.effective_at is not None
        assert change.effective_at >= change.base["updated_at"]
        revision = change.base["rev"] + 1
        state[change.record] = {
            **change.base, **change.after, "rev": revision, "updated_at": change.effective_at,
        }  # fmt: skip


def test_references_point_at_what_exists(changes: list[Change]) -> None:
    entities = builtin().entities
    made = defaultdict(set)
    for change in changes:
        if change.verb == CREATE:
            made[change.entity].add(change.record)
    for change in changes:
        for key, value in change.after.items():
            target = entities[change.entity].fields[key].target
            if target:
                assert value in made[target], (change.entity, key)
    for link in records(changes, "link").values():
        assert link["from"] in made[link["from_entity"]]
        assert link["to"] in made[link["to_entity"]]


def test_nothing_took_effect_in_the_future(changes: list[Change]) -> None:
    assert all(
        change.effective_at is not None and "2023-11" <= change.effective_at <= NOW for change in changes
    )


def test_no_record_changes_twice_in_one_step() -> None:
    for batch in Generator(DemoPlan(3000, 2, NOW)).batches(2000):
        for step in batch.steps():
            assert len({(change.record, change.verb) for change in step}) == len(step)


def test_names_are_written_in_many_scripts(changes: list[Change]) -> None:
    scripts: Counter[str] = Counter()
    for contact in records(changes, "contact").values():
        scripts.update({unicodedata.name(char).split(" ")[0] for char in contact["name"] if char.isalpha()})
    expected = {
        "LATIN", "CYRILLIC", "GREEK", "GEORGIAN", "ARABIC", "HEBREW", "DEVANAGARI", "TAMIL", "THAI", "CJK", "HANGUL", "HIRAGANA",
        "KATAKANA",
    }  # fmt: skip
    assert expected <= set(scripts)
    assert scripts["CJK"] > 200


def test_mailboxes_belong_to_one_person_unless_entered_twice(changes: list[Change]) -> None:
    found = Counter(
        entry["value"]
        for contact in records(changes, "contact").values()
        for entry in contact.get("emails", ())
    )
    assert all(mailbox.rsplit(".", 1)[1] in ("example", "com", "net", "org") for mailbox in found)
    assert 0 < sum(count > 1 for count in found.values()) < 0.02 * len(found)


def test_duplicates_are_known() -> None:
    generator = Generator(DemoPlan(3000, 1, NOW))
    contacts = records([c for b in generator.batches(18_000) for s in b.steps() for c in s], "contact")
    assert 20 < len(generator.duplicates) < 80
    shared = 0
    for original, copy in generator.duplicates:
        kept = {
            entry["value"].replace(" ", "").replace("-", "") for entry in contacts[original].get("phones", ())
        }
        shared += bool(
            kept & {e["value"].replace(" ", "").replace("-", "") for e in contacts[copy].get("phones", ())}
        )
    assert shared > len(generator.duplicates) / 3


def win_rates(changes: list[Change], key: str) -> dict[str, float]:
    """The share won of the closed deals, by a field of the deal."""
    counts: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    for deal in records(changes, "deal").values():
        if deal["status"] != "open":
            counts[deal[key]][0] += deal["status"] == "won"
            counts[deal[key]][1] += 1
    return {value: won / every for value, (won, every) in counts.items() if every > 40}


def test_win_rates_differ_as_designed(changes: list[Change]) -> None:
    rates = win_rates(changes, "source")
    assert rates["referral"] > 1.6 * rates["cold call"]
    assert rates["referral"] > rates["website"] > rates["cold call"]
    deals = records(changes, "deal").values()
    status = Counter(deal["status"] for deal in deals)
    assert 0.15 < status["won"] / (status["won"] + status["lost"]) < 0.4
    assert 0.03 < status["open"] / len(deals) < 0.2


def test_deals_have_a_history_and_an_outcome(changes: list[Change]) -> None:
    moved: Counter[str] = Counter()
    for change in changes:
        if change.entity == "deal" and change.verb == UPDATE:
            moved.update(change.after.keys())
    assert {"stage", "amount", "close_on", "status", "closed_on", "lost_reason", "owner"} <= set(moved)
    for deal in records(changes, "deal").values():
        assert (deal["status"] == "open") == ("closed_on" not in deal)
        assert deal["status"] == "lost" or "lost_reason" not in deal
        assert deal["status"] != "won" or deal["amount"][0] > 0


def test_business_has_its_seasons(changes: list[Change]) -> None:
    began = [
        date.fromisoformat(c.effective_at[:10])
        for c in changes
        if c.entity == "deal" and c.verb == CREATE and c.effective_at
    ]
    months = Counter(day.month for day in began if day.year == 2025)
    assert months[8] < months[9]
    weekdays = Counter(day.weekday() for day in began)
    assert weekdays[5] + weekdays[6] < 0.1 * len(began)
    won = [
        date.fromisoformat(d["closed_on"]) for d in records(changes, "deal").values() if d["status"] == "won"
    ]
    late = sum(day.day > 24 for day in won) / len(won)
    assert late > 0.3  # 7 of 31 days would be 0.21
