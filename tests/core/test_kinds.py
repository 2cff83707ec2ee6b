"""Every kind of value: what it takes, what it refuses, and that what it prints can be typed again."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmtool.core.errors import CrmError, ValidationError
from crmtool.core.fields import Choice, Context, Field
from crmtool.core.kinds import KINDS, kind_named

CTX = Context(currency="EUR", region="ES", zone="Europe/Madrid", now="2026-05-13T10:00:00.000Z")
CHOICES = (Choice("lead", "Lead"), Choice("customer", "Customer"))


def field(kind: str, **marks: Any) -> Field:
    choices = CHOICES if "choice" in kind else ()
    return Field("it", kind_named(kind), "It", choices=choices, **marks)


TYPED: list[tuple[str, str, Any]] = [
    ("text", "  Ana  Ruiz ", "Ana  Ruiz"),
    ("text", "", None),
    ("longtext", "one\r\ntwo\n", "one\ntwo"),
    ("email", "Ana@ACME.es", "Ana@acme.es"),
    ("email", "mailto:ana@acme.es", "ana@acme.es"),
    ("phone", "+34 600  123 456", "+34 600 123 456"),
    ("phone", "tel:+34600123456", "+34600123456"),
    ("url", "https://acme.es/x", "https://acme.es/x"),
    ("address", "Gran Vía 1", {"street": "Gran Vía 1"}),
    ("address", '{"city": "Madrid", "country": "ES"}', {"city": "Madrid", "country": "ES"}),
    ("number", "1,250.5", 1250.5),
    ("number", "40%", 40),
    ("number", "3", 3),
    ("money", "10k", [1_000_000, "EUR"]),
    ("money", "1.250,50 €", [125_050, "EUR"]),
    ("money", "$1,250.50", [125_050, "USD"]),
    ("money", "1000 JPY", [1000, "JPY"]),
    ("money", "1.5 KWD", [1500, "KWD"]),
    ("date", "2026-05-31", "2026-05-31"),
    ("date", "today", "2026-05-13"),
    ("date", "+3d", "2026-05-16"),
    ("date", "eom", "2026-05-31"),
    ("date", "friday", "2026-05-15"),
    ("date", "wednesday", "2026-05-20"),
    ("instant", "2026-05-13 14:30", "2026-05-13T12:30:00.000Z"),
    ("instant", "2026-05-13T14:30:00+00:00", "2026-05-13T14:30:00.000Z"),
    ("instant", "-2h", "2026-05-13T08:00:00.000Z"),
    ("instant", "today 9:00", "2026-05-13T07:00:00.000Z"),
    ("yesno", "Yes", True),
    ("yesno", "off", False),
    ("choice", "CUSTOMER", "customer"),
    ("multichoice", "lead, Customer", ["lead", "customer"]),
    ("tags", "vip; Key, VIP", ["vip", "Key"]),
    ("json", '{"a": [1]}', {"a": [1]}),
    ("reference", "01a2088d-6da7-7b6b-9d14-3f8bff733bd9", "01a2088d-6da7-7b6b-9d14-3f8bff733bd9"),
]


@pytest.mark.parametrize(("kind", "text", "value"), TYPED)
def test_what_people_type(kind: str, text: str, value: Any) -> None:
    assert field(kind).parse(text, CTX) == value


@pytest.mark.parametrize(("kind", "text", "value"), [row for row in TYPED if row[2] is not None])
def test_a_stored_value_is_its_own_canonical_form(kind: str, text: str, value: Any) -> None:
    assert field(kind).validate(value, CTX) == value


@pytest.mark.parametrize(("kind", "text", "value"), [row for row in TYPED if row[2] is not None])
def test_a_csv_cell_can_be_typed_again(kind: str, text: str, value: Any) -> None:
    it = field(kind)
    assert it.parse(it.kind.to_csv(value, it), CTX) == value


@pytest.mark.parametrize(("kind", "text", "value"), [row for row in TYPED if row[2] is not None])
def test_json_is_accepted_back(kind: str, text: str, value: Any) -> None:
    it = field(kind)
    assert it.validate(it.kind.to_json(value, it), CTX) == value


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("email", "ana"), ("email", "ana@"), ("email", "a b@c.d"), ("email", "a@b..c"), ("email", "b@x"), ("email", "b@x."),
        ("phone", "12"), ("phone", "none"),
        ("url", "not a url"), ("number", "ten"), ("number", "1,2,3"), ("money", "EUR"), ("money", "12 EURO"),
        ("date", "2026-02-30"), ("date", "soon"), ("instant", "25:00"), ("instant", "today 25:00"), ("yesno", "maybe"),
        ("choice", "winner"), ("multichoice", "lead, winner"), ("json", "{"), ("reference", "Ana"),
        ("address", '{"planet": "x"}'),
        ("text", "\ud800"),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_refused_by_name(kind: str, text: str) -> None:
    with pytest.raises(ValidationError) as caught:
        field(kind).parse(text, CTX)
    assert caught.value.data["field"] == "it"
    assert str(caught.value)


@pytest.mark.parametrize("value", [3, True, [], {}, [1, 2, 3], {"a": 1}, float("nan"), 1e300, "\ud800"])
@pytest.mark.parametrize("kind", sorted(KINDS))
def test_any_json_value_is_either_stored_or_refused(kind: str, value: Any) -> None:
    it = field(kind)
    try:
        stored = it.validate(value, CTX)
    except ValidationError:
        return
    assert it.validate(stored, CTX) == stored


def test_several_values_keep_labels_order_and_each_once() -> None:
    it = field("email", multi=True)
    value = it.parse("work: a@x.es; home: b@x.es; A@x.es", CTX)
    assert [(e["value"], e.get("label")) for e in value] == [("a@x.es", "work"), ("b@x.es", "home")]
    assert value[0]["key"] < value[1]["key"]
    assert it.validate(value, CTX) == value
    assert it.validate(["a@x.es", {"value": "b@x.es", "label": "home"}], CTX)[1]["label"] == "home"
    assert it.kind.display(value, it) == "a@x.es; b@x.es"
    assert it.parse("", CTX) == []


def test_a_foreign_order_key_is_replaced() -> None:
    value = field("email", multi=True).validate([{"value": "a@b.c", "key": "!!"}, "d@e.f"], CTX)
    assert value[0]["key"] < value[1]["key"]


def test_a_web_address_is_not_a_label() -> None:
    it = field("url", multi=True)
    assert [e["value"] for e in it.parse("https://a.es; work: https://b.es", CTX)] == [
        "https://a.es",
        "https://b.es",
    ]


def test_an_unknown_kind_names_the_known_ones() -> None:
    with pytest.raises(CrmError) as caught:
        kind_named("colour")
    assert "money" in str(caught.value.hint)


@pytest.mark.parametrize(
    ("given", "hint"),
    [("1234.5 JPY", "1234 JPY"), ("10.005", "10.00 EUR"), ("1.2345 KWD", "1.234 KWD"), (0.125, "0.12 EUR")],
)
def test_an_amount_with_more_decimals_than_its_currency_is_refused(given: Any, hint: str) -> None:
    with pytest.raises(ValidationError) as caught:
        field("money").validate(given, CTX)
    assert hint in str(caught.value.hint)


def test_a_binary_fraction_is_the_decimal_one_that_was_meant() -> None:
    assert field("money").validate(0.1 + 0.2, CTX) == [30, "EUR"]
    assert field("money").validate(1234.5, CTX) == [123_450, "EUR"]


@pytest.mark.parametrize("code", ["ABC", "XYZ", "EURO", "E1R", "WON"])
def test_three_letters_are_not_a_currency(code: str) -> None:
    with pytest.raises(ValidationError):
        field("money").parse(f"10 {code}", CTX)
    with pytest.raises(ValidationError):
        field("money").validate([1000, code], CTX)


def test_a_long_text_like_a_date_is_none() -> None:
    with pytest.raises(ValidationError):
        field("date").parse("2026-marchfirst", CTX)


@pytest.mark.parametrize("blank", ["\u200b", " \u200d\u2060 ", "\u3164", "\u2800\u200f", "\x01", "\ufe0f"])
def test_text_that_shows_nothing_is_none(blank: str) -> None:
    assert field("text").validate(blank, CTX) is None


@pytest.mark.parametrize("name", ["क\u200dष", "-", "👩\u200d💻", "ʻ", "\u0301a", "°"])
def test_marks_that_belong_to_a_text_stay(name: str) -> None:
    assert field("text").validate(name, CTX) == name


def test_nul_is_dropped_and_length_is_bounded() -> None:
    assert field("text").parse("a\x00b", CTX) == "ab"
    with pytest.raises(ValidationError):
        field("longtext").parse("x" * 1_000_001, CTX)


@given(st.integers(-(10**14), 10**14), st.sampled_from(["EUR", "JPY", "KWD", "USD"]))
def test_money_survives_its_text(minor: int, currency: str) -> None:
    it = field("money")
    assert it.parse(it.kind.to_csv([minor, currency], it), CTX) == [minor, currency]


@given(st.floats(-1e12, 1e12).map(lambda x: round(x, 4)))
def test_numbers_survive_their_text(number: float) -> None:
    it = field("number")
    assert it.parse(it.kind.to_csv(it.validate(number, CTX), it), CTX) == number


@given(st.text())
def test_text_never_crashes(text: str) -> None:
    for kind in KINDS:
        try:
            value = field(kind).parse(text, CTX)
        except ValidationError:
            continue
        it = field(kind)
        assert isinstance(it.kind.display(value, it), str)
