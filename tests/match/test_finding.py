"""Groups found among known duplicates, and what they are made of."""

from __future__ import annotations

from itertools import combinations
from typing import Any

import pytest
from tests.match import tables
from tests.match.people import contact

from crmtool.demo.generator import DemoPlan, Generator
from crmtool.match.finding import Finder, Group, grouped


def pairs(groups: list[Group]) -> tables.Pairs:
    return {pair for group in groups for pair in combinations(group.members, 2)}


@pytest.mark.parametrize("name", ["dataset1", "dataset3"])
def test_planted_duplicates_of_febrl(name: str) -> None:
    place = tables.folder("febrl")
    if place is None:
        pytest.skip("the febrl data sets are not here")
    profiles, true = tables.febrl(place / f"{name}.csv")
    assert tables.score(pairs(grouped(profiles)), true)[2] >= 0.98


def test_labelled_pairs_of_people_1000() -> None:
    place = tables.folder("people_1000")
    if place is None:
        pytest.skip("the data set people_1000 is not here")
    profiles, true = tables.people_1000(place)
    assert tables.score(pairs(grouped(profiles)), true)[2] >= 0.85


def test_most_of_what_the_sample_data_planted_is_found() -> None:
    maker = Generator(DemoPlan(2_000, 5, "2026-06-15T10:00:00.000Z"))
    records = [
        {**change.after, "id": change.record}
        for batch in maker.batches(18_000)
        for step in batch.steps()
        for change in step
        if change.entity == "contact" and change.verb == "create"
    ]
    number = {record["id"]: at for at, record in enumerate(records)}
    true = {(number[one], number[copy]) for one, copy in maker.duplicates}
    found = pairs(grouped((contact(at, **record) for at, record in enumerate(records)), 0.95))
    precision, recall, _ = tables.score(found, true)
    assert recall > 0.85
    assert precision > 0.8


def test_the_order_of_the_records_does_not_matter() -> None:
    people: list[dict[str, Any]] = [
        {"name": "Ana Ruiz", "emails": [{"value": "ana@acme.es"}]},
        {"name": "Ruiz, Ana", "emails": [{"value": "ana@acme.es"}]},
        {"name": "Ben Ode", "phones": [{"value": "+34 600 123 456"}]},
        {"name": "BEN ODE", "phones": [{"value": "600123456"}]},
        {"name": "Cleo Park"},
    ]
    one = grouped(contact(at, **person) for at, person in enumerate(people))
    other = grouped(contact(at, **person) for at, person in enumerate(people[::-1]))
    assert {frozenset(group.members) for group in one} == {frozenset((0, 1)), frozenset((2, 3))}
    assert {frozenset(4 - member for member in group.members) for group in other} == {
        frozenset(group.members) for group in one
    }


def test_what_a_person_called_different_is_not_proposed_again() -> None:
    people = [contact(at, name="Ana Ruiz", emails=[{"value": "ana@acme.es"}]) for at in range(3)]
    with Finder() as finder:
        for person in people:
            finder.add(person)
        groups = list(finder.groups(lambda one, other: {one, other} == {0, 1}))
    assert [len(group.members) for group in groups] == [2]
    assert set(groups[0].members) != {0, 1}


def test_a_value_that_many_have_makes_no_pairs() -> None:
    """A switchboard's number, and nothing else in common: hundreds of records must not all be compared with each other."""
    with Finder() as finder:
        for at in range(400):
            finder.add(contact(at, name=f"{chr(97 + at % 26)}{at}x", phones=[{"value": "+49 30 1234567"}]))
        assert list(finder.groups()) == []
        assert finder.looked_at < 4_000


def test_nothing_to_compare() -> None:
    assert grouped([]) == []
    assert grouped([contact(0, name="Ana Ruiz")]) == []
