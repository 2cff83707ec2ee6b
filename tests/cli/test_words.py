"""``field=value`` words, and filters whose quotes the shell took."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmtool.app.asking import parse_filter
from crmtool.core.entities import builtin
from crmtool.core.errors import UsageError
from crmtool.core.fields import Context
from crmtool.core.query import Compare
from crmtool.doors import filters, words

CONTACT = builtin().entity("contact")
CTX = Context(now="2026-05-20T10:00:00.000Z")


def test_words_are_told_from_names() -> None:
    given = [
        "Ana",
        "email=a@b.c",
        "tags+=vip",
        "E = mc²",
        "https://x.y/?a=b",
        "Straße=5",
        "a b=c",
        "=x",
        "-x=1",
    ]
    plain, assigned = words.split(given)
    assert plain == ["Ana", "E = mc²", "https://x.y/?a=b", "a b=c", "=x", "-x=1"]
    assert assigned == ["email=a@b.c", "tags+=vip", "Straße=5"]


def test_assignments_know_fields_by_key_and_alias() -> None:
    made = words.assignments(["email=a=b@c.d", "tags+=x", "Job-Title=", "phones-=1"], CONTACT)
    assert made == [
        ("emails", "=", "a=b@c.d"),
        ("tags", "+=", "x"),
        ("title", "=", ""),
        ("phones", "-=", "1"),
    ]


def test_json_is_read_as_json_or_as_words() -> None:
    field = builtin().entity("view").fields["columns"]
    assert words.read(field, '["a", "b"]') == ["a", "b"]
    assert words.read(field, "a, b") == ["a", "b"]
    assert words.read(field, "[a") == "[a"
    assert words.read(field, "") == ""


def test_several_additions_to_a_new_record_are_one() -> None:
    made = words.values(["tags+=a", "tags+=b", "email+=x@y.z", "email+=u@v.w"], CONTACT)
    assert made == {"tags": "a, b", "emails": "x@y.z; u@v.w"}
    with pytest.raises(UsageError):
        words.values(["tags-=a"], CONTACT)


@pytest.mark.parametrize(
    ("given", "text"),
    [
        (["name = Ana"], "name = Ana"),
        (["name=Ana Ruiz"], 'name="Ana Ruiz"'),
        (["name", "=", "Ana Ruiz"], 'name = "Ana Ruiz"'),
        (["name=Ana", "and", "title=CTO"], "name=Ana and title=CTO"),
        (["name=Ana and title=CTO"], "name=Ana and title=CTO"),
        (["name = Ana and title=Head of sales"], "name = Ana and title=Head of sales"),
        (['name="Ana Ruiz"'], 'name="Ana Ruiz"'),
        (["name", "~", 'a "b" c'], 'name ~ "a \\"b\\" c"'),
        (["tags", "has", "very important"], 'tags has "very important"'),
    ],
)
def test_the_quotes_that_the_shell_took_come_back(given: list[str], text: str) -> None:
    assert filters.joined(given) == text


part = st.text(st.characters(exclude_categories=("C", "Z")), min_size=1)


@given(st.lists(part, min_size=2, max_size=4).map(" ".join))
def test_any_value_of_several_words_can_be_given_as_a_word_of_its_own(value: str) -> None:
    text = filters.joined(["source", "=", value])
    node = parse_filter(text, CONTACT, builtin(), CTX)
    assert isinstance(node, Compare)
    assert node.value == value
