"""Merging concurrent edits: one-sided edits stand as they are, sets keep what either side added, losers are kept."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmtool.core.entities import builtin
from crmtool.core.merge import (
    Merged,
    merge_entries,
    merge_field,
    merge_scalar,
    merge_unit,
    merge_words,
    unite_entries,
)
from crmtool.core.order import is_key, keys
from crmtool.core.tokens import fold

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

SCALARS = st.none() | st.integers(0, 2) | st.sampled_from(["a", "b"])
TAGS = st.lists(st.sampled_from(["vip", "VIP", "cold", "Größe", "山"]), max_size=4, unique_by=fold)
ENTRIES = st.dictionaries(
    st.sampled_from("abcdef"),
    st.tuples(st.sampled_from(["x@a", "y@a", "z@a"]), st.sampled_from([None, "work"])),
    max_size=5,
).map(
    lambda drawn: [
        {"id": ident, "value": value, "label": label, "key": key}
        for (ident, (value, label)), key in zip(sorted(drawn.items()), keys(len(drawn)), strict=True)
    ]
)


def entry(ident: str, value: str, label: str | None = None, key: str = "i0") -> dict[str, Any]:
    return {"id": ident, "value": value, "label": label, "key": key}


@given(SCALARS, SCALARS, SCALARS)
def test_a_value_changed_on_one_side_stands(base: Any, mine: Any, theirs: Any) -> None:
    assert merge_scalar(base, mine, base) == Merged(mine)
    assert merge_scalar(base, base, theirs) == Merged(theirs)
    assert merge_scalar(base, mine, mine) == Merged(mine)
    both = merge_scalar(base, mine, theirs)
    assert both.conflict == (mine != theirs and mine != base and theirs != base)
    assert both.lost == (theirs if both.conflict else None)


def test_a_unit_is_merged_whole() -> None:
    base = {"pipeline": "sales", "stage": "new"}
    mine, theirs = {**base, "stage": "won"}, {"pipeline": "renewal", "stage": "due"}
    assert merge_unit(base, mine, theirs) == Merged(mine, True, theirs)


@given(TAGS, TAGS, TAGS)
def test_words_are_an_add_wins_set(base: list[str], mine: list[str], theirs: list[str]) -> None:
    was, ours, others = ({fold(word) for word in words} for words in (base, mine, theirs))
    merged = merge_words(base, mine, theirs)
    found = {fold(word) for word in merged}
    assert len(found) == len(merged)
    assert found == (ours & others) | (ours - was) | (others - was)
    assert {fold(word) for word in merge_words(base, theirs, mine)} == found
    assert merge_words(base, mine, base) == mine
    assert merge_words(base, mine, mine) == mine


def test_words_keep_their_order_and_my_spelling() -> None:
    assert merge_words(["a", "b"], ["b", "VIP", "a"], ["vip", "a", "b", "new"]) == ["b", "VIP", "a", "new"]


@given(ENTRIES, ENTRIES, ENTRIES)
def test_entries_edited_on_one_side_stand(base: Any, mine: Any, theirs: Any) -> None:
    assert merge_entries(base, mine, base) == Merged(mine)
    assert merge_entries(base, base, theirs) == Merged(theirs)
    assert merge_entries(base, mine, mine) == Merged(mine)


@given(ENTRIES, ENTRIES, ENTRIES)
def test_no_entry_that_either_side_added_or_changed_is_missing(base: Any, mine: Any, theirs: Any) -> None:
    was, ours, others = ({one["id"]: one for one in side} for side in (base, mine, theirs))
    merged = {one["id"]: one for one in merge_entries(base, mine, theirs).value}
    for ident in {*ours, *others}:
        changed = [side[ident] for side in (ours, others) if ident in side and side[ident] != was.get(ident)]
        gone = ident in was and not (ident in ours and ident in others)
        assert (ident in merged) == (bool(changed) or not gone)
    swapped = {one["id"] for one in merge_entries(base, theirs, mine).value}
    assert swapped == {*merged}


@given(ENTRIES, ENTRIES, ENTRIES)
def test_merged_entries_are_ordered_and_hold_each_value_once(base: Any, mine: Any, theirs: Any) -> None:
    merged = merge_entries(base, mine, theirs, str).value
    assert [(one["key"], one["id"]) for one in merged] == sorted((one["key"], one["id"]) for one in merged)
    assert len({one["value"] for one in merged}) == len(merged)
    every = merge_entries(base, mine, theirs).value
    assert {one["value"] for one in merged} == {one["value"] for one in every}


def test_changes_to_different_attributes_of_an_entry_both_stand() -> None:
    base = [entry("a", "x@a")]
    merged = merge_entries(base, [entry("a", "new@a")], [entry("a", "x@a", "work")])
    assert merged == Merged([entry("a", "new@a", "work")])


def test_an_entry_changed_here_and_removed_there_stays() -> None:
    assert merge_entries([entry("a", "x@a")], [entry("a", "new@a")], []).value == [entry("a", "new@a")]
    assert merge_entries([entry("a", "x@a")], [entry("a", "x@a")], []).value == []


def test_the_losing_change_of_an_entry_is_kept() -> None:
    merged = merge_entries([entry("a", "x@a")], [entry("a", "mine@a")], [entry("a", "theirs@a")])
    assert merged == Merged([entry("a", "mine@a")], True, [entry("a", "theirs@a")])


def test_the_same_value_added_twice_is_added_once_whoever_wins() -> None:
    mine, theirs = [entry("b", "x@a", "work")], [entry("a", "X@A", "home")]
    assert merge_entries([], mine, theirs, str.casefold).value == theirs
    assert merge_entries([], theirs, mine, str.casefold).value == theirs
    known = [entry("z", "x@a")]
    assert merge_entries(known, known, [*known, entry("a", "x@a", key="i1")], str.casefold).value == known


@given(ENTRIES, ENTRIES)
def test_two_records_entries_unite(one: Any, other: Any) -> None:
    united = unite_entries(one, other, str)
    assert united[: len(one)] == one
    assert {item["value"] for item in united} == {item["value"] for item in [*one, *other]}
    assert len({item["id"] for item in united}) == len(united)
    assert all(is_key(item["key"]) for item in united)
    assert [item["key"] for item in united] == sorted({item["key"] for item in united})


@pytest.mark.parametrize(
    ("field", "base", "mine", "theirs", "value", "conflict"),
    [
        ("name", "a", "b", "c", "b", True),
        ("description", None, "b", None, "b", False),
        ("tags", None, ["vip"], ["cold"], ["vip", "cold"], False),
        ("emails", None, [entry("a", "x@a")], [entry("b", "X@a")], [entry("a", "x@a")], False),
        ("emails", [entry("a", "x@a")], None, None, [], False),
    ],
)
def test_each_field_merges_by_its_kind(
    field: str, base: Any, mine: Any, theirs: Any, value: Any, conflict: bool
) -> None:
    merged = merge_field(builtin().entity("contact").field(field), base, mine, theirs)
    assert (merged.value, merged.conflict) == (value, conflict)
