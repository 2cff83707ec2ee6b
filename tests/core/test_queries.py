"""The filter language: what filters and sorts mean, and what is offered while one is typed."""

from __future__ import annotations

import pytest
from tests.core.filters import CONTEXT, REGISTRY, path, read

from crmtool.core.errors import FilterError
from crmtool.core.ids import new_id
from crmtool.core.queries import parse, parse_sort
from crmtool.core.queries.completion import place, suggest
from crmtool.core.query import (
    All,
    And,
    Between,
    Compare,
    Empty,
    Has,
    In,
    Match,
    Me,
    Not,
    Or,
    RefText,
    Search,
    SortKey,
    all_of,
)  # fmt: skip

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from crmtool.core.query import Node


@pytest.mark.parametrize(
    ("entity", "text", "field", "op", "value"),
    [
        ("company", "name = Acme", "name", "=", "Acme"),
        ("company", "name='Acme Corp'", "name", "=", "Acme Corp"),
        ("company", r'name = "5\" \\ 6"', "name", "=", '5" \\ 6'),
        ("company", "name == O'Brien", "name", "=", "O'Brien"),
        ("company", "industry != retail", "industry", "!=", "retail"),
        ("company", "industry <> retail", "industry", "!=", "retail"),
        ("company", "industry is retail", "industry", "=", "retail"),
        ("company", "industry IS NOT retail", "industry", "!=", "retail"),
        ("company", "employees>=1,500", "employees", ">=", 1500),
        ("company", "size ≤ 10k", "employees", "<=", 10_000),
        ("deal", "probability < 62.5%", "probability", "<", 62.5),
        ("deal", "amount > 10k", "amount", ">", [1_000_000, "EUR"]),
        ("deal", "amount > 5000 USD", "amount", ">", [500_000, "USD"]),
        ("deal", "amount > 5000 usd", "amount", ">", [500_000, "USD"]),
        ("deal", "amount > $1.5m", "amount", ">", [150_000_000, "USD"]),
        ("deal", "amount = '700 JPY'", "amount", "=", [700, "JPY"]),
        ("deal", "value < 1", "amount", "<", [100, "EUR"]),
        ("contact", "do_not_contact = no", "do_not_contact", "=", False),
        ("contact", "do-not-contact = TRUE", "do_not_contact", "=", True),
        ("contact", "lifecycle = 'Qualified Lead'", "lifecycle", "=", "qualified"),
        ("task", "priority >= normal", "priority", ">=", "normal"),
        ("contact", "company = Acme", "company", "=", RefText("Acme")),
        ("contact", "company = @k7x2p9qa", "company", "=", RefText("@k7x2p9qa")),
        ("contact", "owner = ME", "owner", "=", Me()),
        ("contact", "owner = 'me'", "owner", "=", RefText("me")),
        ("contact", "company = me", "company", "=", RefText("me")),
        ("contact", "company.owner != me", "company.owner", "!=", Me()),
        ("contact", "company.parent.industry = retail", "company.parent.industry", "=", "retail"),
        ("task", "due = today", "due_on", "=", "2026-05-13"),
        ("task", "due < eow", "due_on", "<", "2026-05-17"),
        ("task", "due <= -1m", "due_on", "<=", "2026-04-13"),
        ("task", "due > 2026-04", "due_on", ">", "2026-04-30"),
        ("task", "due >= 2026-q2", "due_on", ">=", "2026-04-01"),
        ("task", "due <= 2026", "due_on", "<=", "2026-12-31"),
        ("task", "due < 2024-02", "due_on", "<", "2024-02-01"),
        ("task", "due <= 2024-02", "due_on", "<=", "2024-02-29"),
        ("task", "due = ..today", "due_on", "<=", "2026-05-13"),
        ("task", "due = ..<today", "due_on", "<", "2026-05-13"),
        ("task", "due = tomorrow..", "due_on", ">=", "2026-05-14"),
        ("contact", "created >= 2026-05-01", "created_at", ">=", "2026-04-30T22:00:00.000Z"),
        ("contact", "created > 2026-05-01", "created_at", ">=", "2026-05-01T22:00:00.000Z"),
        ("contact", "created < 2026-05-01", "created_at", "<", "2026-04-30T22:00:00.000Z"),
        ("contact", "created <= 2026-05-01", "created_at", "<", "2026-05-01T22:00:00.000Z"),
        ("contact", "created > -30d", "created_at", ">=", "2026-04-13T22:00:00.000Z"),
        ("contact", "created > -4h", "created_at", ">", "2026-05-13T06:00:00.000Z"),
        ("contact", "created <= now", "created_at", "<=", "2026-05-13T10:00:00.000Z"),
        ("contact", "created <= 9999-12-31", "created_at", "<", "9999-12-31T23:59:59.999Z"),
        ("contact", "created > 2026-05-01T09:30Z", "created_at", ">=", "2026-05-01T09:31:00.000Z"),
        ("contact", "created < 2026-05-01 9:30", "created_at", "<", "2026-05-01T07:30:00.000Z"),
        ("contact", "created < 'today 9:30'", "created_at", "<", "2026-05-13T07:30:00.000Z"),
        ("contact", "created = 2026-05-01T09:30:00.5Z", "created_at", "=", "2026-05-01T09:30:00.500Z"),
    ],
)
def test_comparisons(entity: str, text: str, field: str, op: str, value: Any) -> None:
    assert read(entity, text) == Compare(path(entity, field), op, value)


@pytest.mark.parametrize(
    ("entity", "text", "field", "low", "high", "high_open"),
    [
        ("deal", "amount = 100..500", "amount", [10_000, "EUR"], [50_000, "EUR"], False),
        ("deal", "amount = 100..500 USD", "amount", [10_000, "USD"], [50_000, "USD"], False),
        ("deal", "amount = 100 USD..500", "amount", [10_000, "USD"], [50_000, "USD"], False),
        ("deal", "amount = 1k .. 2k", "amount", [100_000, "EUR"], [200_000, "EUR"], False),
        ("company", "employees = -5..<7.5", "employees", -5, 7.5, True),
        ("company", "name = 'a'..\"m n\"", "name", "a", "m n", False),
        ("task", "due = 2026-05", "due_on", "2026-05-01", "2026-05-31", False),
        ("task", "due = 2026", "due_on", "2026-01-01", "2026-12-31", False),
        ("task", "due = 2026-q4", "due_on", "2026-10-01", "2026-12-31", False),
        ("task", "due = 2026-04..2026-05", "due_on", "2026-04-01", "2026-05-31", False),
        ("task", "due = -3d..+3d", "due_on", "2026-05-10", "2026-05-16", False),
        ("task", "due = bow..<today", "due_on", "2026-05-11", "2026-05-13", True),
        ("contact", "created = today", "created_at", "2026-05-12T22:00:00.000Z", "2026-05-13T22:00:00.000Z", True),
        ("contact", "created = 2026-03-29", "created_at", "2026-03-28T23:00:00.000Z", "2026-03-29T22:00:00.000Z", True),
        ("contact", "created = 2026-05-01 9:30", "created_at", "2026-05-01T07:30:00.000Z", "2026-05-01T07:31:00.000Z", True),
        ("contact", "created = yesterday..now", "created_at", "2026-05-11T22:00:00.000Z", "2026-05-13T10:00:00.000Z", False),
        ("contact", "created = bom..today", "created_at", "2026-04-30T22:00:00.000Z", "2026-05-13T22:00:00.000Z", True),
    ],
)  # fmt: skip
def test_ranges(entity: str, text: str, field: str, low: Any, high: Any, high_open: bool) -> None:
    assert read(entity, text) == Between(path(entity, field), low, high, high_open)


NAME, TAGS, EMAILS = path("contact", "name"), path("contact", "tags"), path("contact", "emails")
LIFECYCLE, CLOSE = path("contact", "lifecycle"), path("deal", "close_on")
LEAD = Compare(LIFECYCLE, "=", "lead")


@pytest.mark.parametrize(
    ("entity", "text", "node"),
    [
        ("contact", "  ", All()),
        ("contact", "tags has vip", Has(TAGS, "vip")),
        ("contact", "tag = vip", Has(TAGS, "vip")),
        ("contact", "tags != vip", Not(Has(TAGS, "vip"))),
        ("contact", "tags in (vip, 'very cold')", In(TAGS, ("vip", "very cold"))),
        ("contact", "email = Ana@ACME.es", Has(EMAILS, "Ana@acme.es")),
        ("contact", "email ~ acme", Match(EMAILS, "acme")),
        ("contact", "name !~ 'van der'", Match(NAME, "van der", True)),
        ("contact", "company ~ acme", Match(path("contact", "company"), "acme")),
        ("contact", "phone is empty", Empty(path("contact", "phones"))),
        ("contact", "phone is not empty", Empty(path("contact", "phones"), True)),
        ("contact", "phone IS SET", Empty(path("contact", "phones"), True)),
        ("contact", "phone is not set", Empty(path("contact", "phones"))),
        ("contact", 'name = ""', Empty(NAME)),
        ("contact", "name != ''", Empty(NAME, True)),
        ("contact", "company.domain is empty", Empty(path("contact", "company.domain"))),
        ("order", "lines is set", Empty(path("order", "lines"), True)),
        ("contact", "lifecycle in (lead, Customer)", In(LIFECYCLE, ("lead", "customer"))),
        ("contact", "lifecycle not in (lead)", Not(In(LIFECYCLE, ("lead",)))),
        ("contact", "lifecycle in ()", In(LIFECYCLE, ())),
        ("deal", "amount in (5, 6 USD)", In(path("deal", "amount"), ([500, "EUR"], [600, "USD"]))),
        ("deal", "close in (today, tomorrow)", In(CLOSE, ("2026-05-13", "2026-05-14"))),
        (
            "deal",
            "close in (today, 2026-06)",
            Or((Compare(CLOSE, "=", "2026-05-13"), Between(CLOSE, "2026-06-01", "2026-06-30"))),
        ),
        ("deal", "close != 2026-06", Not(Between(CLOSE, "2026-06-01", "2026-06-30"))),
        ("contact", "ana", Search("ana")),
        ("contact", "ana ruiz", Search("ana ruiz")),
        ("contact", "O'Brien", Search("O'Brien")),
        ("contact", '"ana ruiz"', Search('"ana ruiz"')),
        ("contact", "~ 'ana ruiz'", Search("ana ruiz")),
        ("contact", "ana and ruiz", And((Search("ana"), Search("ruiz")))),
        ("contact", "ana lifecycle=lead", And((Search("ana"), LEAD))),
        ("contact", "lifecycle=lead ana", And((LEAD, Search("ana")))),
        ("contact", "not ana", Not(Search("ana"))),
        ("contact", "ana not ruiz", And((Search("ana"), Not(Search("ruiz"))))),
        ("contact", "not not ana", Not(Not(Search("ana")))),
        ("contact", "a or b c", Or((Search("a"), Search("b c")))),
        ("contact", "(a OR b) AND NOT (c)", And((Or((Search("a"), Search("b"))), Not(Search("c"))))),
        ("contact", "'' ()", And((All(), All()))),
    ],
)
def test_trees(entity: str, text: str, node: Node) -> None:
    assert read(entity, text) == node


def test_ids_are_references_as_they_are() -> None:
    record = new_id()
    assert read("contact", f"company = {record}") == Compare(path("contact", "company"), "=", record)


def test_days_end_where_the_zone_says() -> None:
    utc = CONTEXT.replace(zone="UTC")
    contact = REGISTRY.entity("contact")
    assert parse("created > 2026-05-01", contact, utc) == Compare(
        path("contact", "created"), ">=", "2026-05-02T00:00:00.000Z"
    )
    sunday_first = CONTEXT.replace(week_start=6)
    assert parse("birthday = bow", contact, sunday_first) == Compare(
        path("contact", "birthday"), "=", "2026-05-10"
    )


def test_a_long_chain_of_conditions_is_no_deep_nesting() -> None:
    node = read("deal", " or ".join(f"name = n{n}" for n in range(2_000)))
    assert isinstance(node, Or)
    assert len(node.items) == 2_000


def test_all_of_joins_what_is_there() -> None:
    a, b = Search("a"), Search("b")
    assert all_of([]) == All() == all_of([None, All()])
    assert all_of([None, a]) == a
    assert all_of(iter([a, b])) == And((a, b))


# -- sorting ---------------------------------------------------------------------------------------------------------


def test_sort_keys() -> None:
    deal = REGISTRY.entity("deal")
    assert parse_sort("-amount, company.name,+created", deal, REGISTRY) == (
        SortKey(path("deal", "amount"), True),
        SortKey(path("deal", "company.name")),
        SortKey(path("deal", "created_at")),
    )
    assert parse_sort(" ", deal, REGISTRY) == ()


@pytest.mark.parametrize("entity", [*REGISTRY.entities])
def test_every_default_sort_is_a_sort(entity: str) -> None:
    one = REGISTRY.entity(entity)
    assert parse_sort(one.default_sort, one, REGISTRY) or not one.default_sort


@pytest.mark.parametrize(
    ("text", "position", "says"),
    [
        ("-amont", 1, "Did you mean amount?"),
        ("name,", 5, "Fields:"),
        ("name amount", 5, "-name"),
        ("description", 0, ""),
        ("company.zip", 8, "Fields: name, domain"),
    ],
)
def test_a_wrong_sort_says_what_would_be_right(text: str, position: int, says: str) -> None:
    with pytest.raises(FilterError) as caught:
        parse_sort(text, REGISTRY.entity("deal"), REGISTRY)
    assert caught.value.data["position"] == position
    assert says in str(caught.value.hint or "")


# -- completion ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("entity", "text", "includes", "excludes"),
    [
        ("contact", "", ["name", "company", "not"], ["extra", "="]),
        ("contact", "li", ["lifecycle"], ["name"]),
        ("contact", "not l", ["lifecycle", "last_contacted_at"], ["name"]),
        ("contact", "ema", ["emails"], []),
        ("contact", "company.in", ["company.industry"], ["company.name"]),
        ("contact", "name.x", [], ["name.x"]),
        ("contact", "lifecycle ", ["=", "in", "is empty"], ["has"]),
        ("contact", "tags ", ["has"], ["<"]),
        ("contact", "lifecycle = ", ["lead", "customer"], ["name"]),
        ("contact", "lifecycle=cu", ["customer"], ["lead"]),
        ("contact", "(lifecycle in (lead, cus", ["customer"], ["lead"]),
        ("contact", "name = x ", ["and", "or"], ["name"]),
        ("contact", "name = x and ", ["name"], ["and"]),
        ("contact", "owner = ", ["me"], []),
        ("contact", "do_not_contact = ", ["yes", "no"], []),
        ("contact", "phone is ", ["empty", "set", "not"], []),
        ("task", "due = today..+", ["+7d"], ["today"]),
        ("contact", 'name = "a b', [], ["and"]),
        ("contact", "zzz = 1 and ", [], ["name"]),
    ],
)
def test_suggestions(entity: str, text: str, includes: list[str], excludes: list[str]) -> None:
    found = [one.text for one in suggest(text, len(text), REGISTRY.entity(entity), CONTEXT)]
    assert set(includes) <= set(found)
    assert not set(excludes) & set(found)
    if not includes:
        assert found == []


def test_a_suggestion_replaces_what_is_typed() -> None:
    [one] = suggest("lifecycle = cus and x", 15, REGISTRY.entity("contact"), CONTEXT)
    assert (one.text, one.start, one.label) == ("customer", 12, "Customer")


def test_a_place_names_the_reference_that_a_record_is_wanted_for() -> None:
    here = place("company = Ac", 12, REGISTRY.entity("contact"), CONTEXT)
    assert here is not None
    assert (here.wants, here.typed, here.start) == ("value", "Ac", 10)
    assert here.path == path("contact", "company")
