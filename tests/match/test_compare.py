"""What two records agree on, and what that is worth."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.match.people import company, contact

from crmtool.match.compare import Comparer
from crmtool.match.frequency import Frequencies
from crmtool.match.profile import Profile
from crmtool.match.weights import Weights, probability

WORDS = ("Ana", "Anna", "Ruiz", "Ruis", "Bob", "Robert", "R", "van", "Müller", "株式", "Ода", "O'Neil")
SPARSE: Any = st.fixed_dictionaries(
    {"name": st.lists(st.sampled_from(WORDS), min_size=1, max_size=4).map(" ".join)},
    optional={
        "emails": st.lists(
            st.sampled_from(["ana@x.example", "anna@x.example", "info@x.example", "ana@gmail.com"]), max_size=2, unique=True
        ).map(lambda found: [{"value": value} for value in found]),
        "phones": st.lists(st.sampled_from(["+34 600 123 456", "600123456", "600123457", "112"]), max_size=2, unique=True).map(
            lambda found: [{"value": value} for value in found]
        ),
        "birthday": st.sampled_from(["1971-05-24", "1971-06-24", "1971-24-05", "1980-01-01"]),
        "company": st.sampled_from(["c1", "c2"]),
        "nickname": st.sampled_from(["Bob", "Ani"]),
        "addresses": st.sampled_from(["Calle 1", "Calle Mayor 1", "1 Calle Mayor"]).map(
            lambda street: [{"value": {"street": street, "city": "Madrid", "postal_code": "28001"}}]
        ),
    },
)  # fmt: skip


def sure(one: Profile, other: Profile, records: int = 10_000) -> float:
    """The probability that two are one in a workspace of this many, of which nothing else is known."""
    frequencies = Frequencies()
    for profile in (one, other):
        frequencies.add(profile)
    weights = Weights(records)
    return probability(weights.prior + weights.bits(Comparer(frequencies).compare(one, other)))


@given(SPARSE, SPARSE)
@settings(max_examples=300, deadline=None)
def test_comparing_is_symmetric(one: dict[str, Any], other: dict[str, Any]) -> None:
    a, b = contact(0, **one), contact(1, **other)
    assert sure(a, b) == pytest.approx(sure(b, a))


@given(SPARSE)
@settings(max_examples=100, deadline=None)
def test_nothing_speaks_against_a_record_being_itself(values: dict[str, Any]) -> None:
    levels = {
        evidence.level
        for evidence in Comparer(Frequencies()).compare(contact(0, **values), contact(1, **values))
    }
    assert levels == {"same"}


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"name": "Ana Ruiz", "emails": [{"value": "ana@acme.es"}]}, {"name": "Ruiz, Ana", "emails": [{"value": "ANA@acme.es"}]}),
        ({"name": "Bob Miller", "phones": [{"value": "+1 555 123 4567"}]},
         {"name": "Robert Miller", "phones": [{"value": "5551234567"}]}),
        ({"name": "Jürgen Müller", "emails": [{"value": "jm@x.example"}]},
         {"name": "JURGEN MULLER", "emails": [{"value": "jm@x.example"}]}),
        ({"name": "Ana Ruiz", "birthday": "1980-02-03", "phones": [{"value": "600123456"}]},
         {"name": "Ana Ruis", "birthday": "1980-03-02", "phones": [{"value": "600 123 456"}]}),
    ],
)  # fmt: skip
def test_one_person_entered_twice(one: dict[str, Any], other: dict[str, Any]) -> None:
    assert sure(contact(0, **one), contact(1, **other)) > 0.9


@pytest.mark.parametrize(
    ("one", "other"),
    [
        # A family with one telephone, colleagues with one switchboard, a name that two people have.
        ({"name": "Ana Ruiz", "phones": [{"value": "600123456"}], "birthday": "1980-02-03"},
         {"name": "Juan Ruiz", "phones": [{"value": "600123456"}], "birthday": "1955-11-20"}),
        ({"name": "Ana Ruiz", "emails": [{"value": "ana_r@acme.es"}], "company": "c1"},
         {"name": "Ana Gomez", "emails": [{"value": "ana_g@acme.es"}], "company": "c1"}),
        ({"name": "Ana Ruiz", "emails": [{"value": "info@acme.es"}]}, {"name": "Ben Ode", "emails": [{"value": "info@acme.es"}]}),
        ({"name": "Ana Ruiz", "phones": [{"value": "600123456"}]}, {"name": "Ana Ruiz", "phones": [{"value": "911999888"}]}),
    ],
)  # fmt: skip
def test_two_people(one: dict[str, Any], other: dict[str, Any]) -> None:
    assert sure(contact(0, **one), contact(1, **other)) < 0.8


def test_a_missing_value_says_nothing() -> None:
    ana = contact(0, name="Ana Ruiz", emails=[{"value": "ana@acme.es"}])
    told = contact(1, name="Ana Ruiz", emails=[{"value": "ana@acme.es"}], birthday="1980-02-03", company="c1")
    assert {e.feature for e in Comparer(Frequencies()).compare(ana, told)} == {"word", "email"}


def test_the_id_of_another_program_tells_only_when_it_is_the_same() -> None:
    one = contact(1, name="Ana Ruiz", external_ids=[["hubspot", "100116"], ["linkedin", "in/p16"]])
    next_one = contact(2, name="Bo Ek", external_ids=[["hubspot", "100117"], ["linkedin", "in/p17"]])
    same = contact(3, name="Bo Ek", external_ids=[["hubspot", "9"], ["hubspot", "100116"]])
    compare = Comparer(Frequencies()).compare
    assert "id" not in {found.feature for found in compare(one, next_one)}
    assert [(f.level, f.one) for f in compare(one, same) if f.feature == "id"] == [("same", "100116")]


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"name": "Eva van der Berg", "given_name": "Eva", "family_name": "van der Berg"}, ("eva", "berg")),
        ({"name": "Van der Berg, Eva"}, ("eva", "berg")),
        ({"name": "Eva de la Cruz"}, ("eva", "cruz")),
        ({"name": "Van Morrison"}, ("van", "morrison")),
        ({"name": "Minh Le"}, ("minh", "le")),
        ({"name": "Al", "given_name": "Al", "family_name": "Du"}, ("al", "du")),
    ],
)
def test_a_name_of_several_words_counts_once(values: dict[str, Any], words: tuple[str, ...]) -> None:
    assert contact(1, **values).words == words


def test_rare_names_say_more_than_common_ones() -> None:
    frequencies = Frequencies()
    for at in range(500):
        frequencies.add(contact(at, name="Ana Ruiz" if at < 100 else f"Zaq{at} Wer{at}"))
    compare, weights = Comparer(frequencies).compare, Weights(500)
    common = weights.bits(compare(contact(0, name="Ana"), contact(1, name="Ana")))
    rare = weights.bits(compare(contact(0, name="Zaq300"), contact(1, name="Zaq300")))
    assert rare > common + 3


def test_a_company_without_its_legal_form() -> None:
    one = company(0, name="GTX Pro S.L.", domain="gtxpro.example")
    other = company(1, name="GTXPro", urls=[{"value": "https://www.gtxpro.example/about"}])
    assert sure(one, other) > 0.9
    assert sure(one, company(2, name="Fabrikam Ltd", domain="fabrikam.example")) < 0.01


def test_common_values_are_counted_in_bounded_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("crmtool.match.frequency.MOST", 200)
    frequencies = Frequencies()
    for at in range(2_000):
        frequencies.add(contact(at, name="Ana" if at % 3 else f"n{at}q"))
    assert frequencies.share("word", "ana") > 0.4
    assert len(frequencies._counts["word"]) <= 201
