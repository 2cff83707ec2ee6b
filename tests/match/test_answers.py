"""What is learned from answers, and how little."""

from __future__ import annotations

import pytest
from tests.match.people import contact

from crmtool.match.answers import MOST, _is_noted, learned, noted
from crmtool.match.compare import Comparer
from crmtool.match.frequency import Frequencies
from crmtool.match.weights import Weights

LIKELY = {"bits": 3.0, "found": [["word", "same"], ["birthday", "different"]]}


def test_no_answers_teach_nothing() -> None:
    assert learned([]) == {}


def test_an_answer_that_was_expected_teaches_next_to_nothing() -> None:
    assert learned([({"bits": 25.0, "found": [["email", "same"]]}, True)]) == {}


def test_answers_move_what_they_were_about_and_in_bounds() -> None:
    few = learned([(LIKELY, False)] * 3)
    assert few["birthday:different"] < 0
    assert set(few) == {"prior", "word:same", "birthday:different"}
    many = learned([(LIKELY, False)] * 200)
    assert few["birthday:different"] > many["birthday:different"] >= -MOST
    assert learned([({**LIKELY, "bits": -3.0}, True)] * 20)["birthday:different"] > 0


def test_what_is_noted_leaves_out_what_was_learned_before() -> None:
    pair = (
        contact(0, name="Ana Ruiz", birthday="1980-01-01"),
        contact(1, name="Ana Ruiz", birthday="1990-05-05"),
    )
    evidence = Comparer(Frequencies()).compare(*pair)
    plain, taught = Weights(1_000), Weights(1_000, {"prior": 1.0, "birthday:different": 2.0})
    assert noted(plain, evidence) == noted(taught, evidence)
    assert taught.total(evidence) == pytest.approx(
        plain.total(evidence) + 3.0, abs=1.1
    )  # a name is capped by the prior
    assert _is_noted(noted(plain, evidence))


@pytest.mark.parametrize(
    "held",
    [
        None,
        {},
        {"bits": "x", "found": []},
        {"bits": 1, "found": [["shoe", "same"]]},
        {"bits": 1, "found": [3]},
    ],
)
def test_what_others_wrote_there_is_left_alone(held: object) -> None:
    assert not _is_noted(held)
