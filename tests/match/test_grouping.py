"""Pairs put together."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from crmtool.match.grouping import Forest, Tie, partition, weakest_tie
from crmtool.match.spool import RUN, Sorted, Spool

TIES = st.dictionaries(
    st.tuples(st.integers(0, 12), st.integers(0, 12)).filter(lambda pair: pair[0] < pair[1]),
    st.floats(8, 30),
    max_size=30,
)


@given(TIES, st.data())
@settings(max_examples=200, deadline=None)
def test_every_record_is_in_one_group_at_most(
    ties: dict[tuple[int, int], float], data: st.DataObject
) -> None:
    apart = data.draw(st.sets(st.sampled_from(sorted(ties)), max_size=3)) if ties else set()
    groups = partition(
        [Tie(*pair, bits) for pair, bits in ties.items()],
        lambda one, other: ties.get((one, other), -20.0),
        lambda one, other: (min(one, other), max(one, other)) in apart,
    )
    members = [member for group in groups for member in group]
    assert len(members) == len(set(members))
    assert groups == sorted(sorted(group) for group in groups if len(group) > 1)
    assert not any(set(pair) <= set(group) for pair in apart for group in groups)


def test_a_chain_of_likenesses_does_not_tie_strangers() -> None:
    likely = {(0, 1): 20.0, (1, 2): 15.0}
    ties = [Tie(*pair, bits) for pair, bits in likely.items()]
    assert partition(ties, lambda one, other: likely.get((one, other), -20.0)) == [[0, 1]]
    assert partition(ties, lambda one, other: likely.get((one, other), 0.0)) == [[0, 1, 2]]


def test_a_group_is_as_sure_as_the_weakest_tie_it_needs() -> None:
    assert weakest_tie([Tie(0, 1, 20.0), Tie(1, 2, 15.0), Tie(0, 2, -3.0)]) == 15.0
    assert weakest_tie([Tie(0, 1, 20.0), Tie(2, 3, 9.0), Tie(1, 2, 12.0), Tie(0, 3, 11.0)]) == 11.0


def test_who_hangs_together() -> None:
    forest = Forest(6)
    for one, other in ((4, 5), (1, 2), (2, 5)):
        forest.join(one, other)
    assert [forest.root(number) for number in range(6)] == [0, 1, 1, 3, 1, 1]


@given(st.lists(st.integers(0, 2**62)))
@settings(max_examples=50, deadline=None)
def test_numbers_come_back_in_order_and_once(numbers: list[int]) -> None:
    with Sorted() as held:
        held.extend(numbers)
        assert list(held) == sorted(set(numbers))


def test_more_numbers_than_a_run_holds() -> None:
    with Sorted() as held:
        for start in range(RUN * 2 + 7, 0, -1000):
            held.extend((start, start, start // 2))
        held.extend(range(RUN, RUN + 10))
        found = list(held)
    assert found == sorted(set(found))
    assert RUN + 9 in found


def test_what_was_spooled_is_read_again() -> None:
    with Spool(memory_only=True) as spool:
        for value in (("a", ()), (1, ("ä", "ö")), ()):
            spool.append(value)
        assert [spool[at] for at in (2, 0, 1)] == [(), ("a", ()), (1, ("ä", "ö"))]
        assert len(spool) == 3
