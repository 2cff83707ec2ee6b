"""Every tree can be written and read again; every text is a filter or an error that points."""

from __future__ import annotations

from hypothesis import example, given, settings
from hypothesis import strategies as st
from tests.core.filters import CONTEXT, REGISTRY, path

from crmtool.core.errors import FilterError
from crmtool.core.ids import new_id
from crmtool.core.queries import parse, unparse
from crmtool.core.queries.completion import suggest
from crmtool.core.query import All, And, Between, Compare, Empty, Has, In, Match, Me, Not, Or, RefText, Search
from crmtool.core.tokens import is_invisible

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from crmtool.core.fields import Field
    from crmtool.core.query import Node

DEAL = REGISTRY.entity("deal")
PATHS = (
    "name amount probability close_on created_at status owner stage description company.industry company.owner.name "
    "company.open_value contact.do_not_contact contact.created_at"
)
PIECES = (
    "name amount due_on tags company.owner created_at stage owner . .. ..< = != < >= ~ !~ in has is not and or ( ) , : today -3d "
    "2026-05 2026-05-01T10:00 9:30 5 10k EUR yes me @abcd a@b.c empty set 0001-01-01 9999-12-31"
)
FRAGMENTS = st.sampled_from([*PIECES.split(), "'", '"', "\\", "漢字", "\u0301", "\x1b"])

WORDS = (
    st.text(min_size=1, max_size=12)
    .map(str.strip)
    .filter(lambda text: "\x00" not in text and not is_invisible(text))
)
INSTANTS = st.datetimes().map(lambda moment: f"{moment.isoformat()[:19]}.{moment.microsecond // 1000:03d}Z")
BY_KIND: dict[str, st.SearchStrategy[Any]] = {
    "text": WORDS,
    "number": st.integers(-(10**12), 10**12) | st.floats(-1e6, 1e6).map(lambda n: n if n % 1 else int(n)),
    "money": st.integers(-(10**12), 10**12).map(
        lambda minor: [minor, ("EUR", "JPY", "KWD", "ALL")[minor % 4]]
    ),
    "date": st.dates().map(str),
    "instant": INSTANTS.filter(lambda text: "0002" < text < "9999"),
    "yesno": st.booleans(),
    "reference": WORDS.map(RefText) | st.builds(new_id),
}


def values(field: Field) -> st.SearchStrategy[Any]:
    """Stored values of a field."""
    if field.choices:
        return st.sampled_from([choice.key for choice in field.choices])
    return BY_KIND[field.kind.name] | st.just(Me()) if field.target == "user" else BY_KIND[field.kind.name]


def ranges(field: Field) -> st.SearchStrategy[tuple[Any, Any]]:
    """Pairs of values of which the first is not the greater one."""
    if field.kind.name == "money":
        return st.tuples(st.integers(-1000, 0), st.integers(0, 10**9)).map(
            lambda two: ([two[0], "USD"], [two[1], "USD"])
        )
    return st.tuples(values(field), values(field)).map(lambda two: (min(two), max(two)))


@st.composite
def conditions(draw: st.DrawFn) -> Node:
    here = path("deal", draw(st.sampled_from(PATHS.split())))
    known = here.field.kind.operators
    shape = draw(st.sampled_from([op for op in known if op not in ("has", "!~")]))
    if shape == "empty":
        return Empty(here, draw(st.booleans()))
    if shape == "~":
        return Match(here, draw(WORDS), draw(st.booleans()))
    if here.field.kind.name == "longtext":
        return Compare(here, shape, draw(WORDS).replace("\r", "\n"))  # as it is stored
    if shape == "in":
        return In(here, tuple(draw(st.lists(values(here.field), max_size=3))))
    if shape == "..":
        low, high = draw(ranges(here.field))
        return Between(here, low, high, draw(st.booleans()))
    return Compare(here, shape, draw(values(here.field)))


TAGGED = WORDS.filter(lambda word: not set(word) & set(",;")).map(
    lambda word: Has(path("deal", "tags"), word)
)
PHRASES = WORDS.map(lambda text: " ".join(text.replace('"', "").split()) or "x").map(
    lambda text: Search(f'"{text}"')
)


def several(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    items = st.lists(inner, min_size=2, max_size=4).map(tuple)
    return items.map(And) | items.map(Or) | inner.map(Not)


NODES = st.recursive(conditions() | WORDS.map(Search) | PHRASES | TAGGED, several, max_leaves=8)


@settings(max_examples=400, deadline=None)
@given(NODES)
@example(All())
def test_every_tree_is_written_so_that_reading_gives_it_back(node: Node) -> None:
    text = unparse(node)
    again = parse(text, DEAL, CONTEXT)
    assert again == node
    assert unparse(again) == text


@settings(max_examples=500, deadline=None)
@given(
    st.lists(FRAGMENTS | st.text(max_size=3), max_size=12).map(" ".join)
    | st.lists(FRAGMENTS, max_size=9).map("".join)
)
def test_any_text_is_a_filter_or_an_error_that_points(text: str) -> None:
    suggest(text, len(text), DEAL, CONTEXT)
    try:
        node = parse(text, DEAL, CONTEXT)
    except FilterError as error:
        failure = error
    else:
        assert parse(unparse(node), DEAL, CONTEXT) == node
        return
    _, _, pointer = str(failure).split("\n")
    assert 0 <= failure.data["position"] <= len(text)
    assert set(pointer) == {" ", "^"}
