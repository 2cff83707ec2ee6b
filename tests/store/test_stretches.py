"""Stretches: from any row of a list onwards or back, how many stand before it, and leaps, are slices of the whole list."""

from __future__ import annotations

import threading

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.store.shelf import Shelf
from tests.store.stores import SqliteStores
from tests.store.test_lists import KEYS, sort_keys

from crmtool.app.asking import parse_filter
from crmtool.core.errors import StoreError
from crmtool.store.ordering import Way
from crmtool.store.reader import Query
from crmtool.store.stretches import before, leap, mark, stretch

WAYS = [Way(back, at) for back in (False, True) for at in (False, True)]


@pytest.mark.parametrize("key", KEYS)
@settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_a_stretch_is_a_slice_of_the_list(shelf: Shelf, key: str, data: st.DataObject) -> None:
    reader = shelf.workspace.reader
    sort = tuple(
        data.draw(st.lists(st.sampled_from(sort_keys(shelf.workspace, key)), max_size=3), label="sort")
    )
    query = Query(key, sort=sort, fields=("id",))
    whole = [record["id"] for record in reader.records(query)]
    everything = stretch(reader, query.replace(limit=len(whole)))
    assert [record["id"] for record in everything.records] == whole
    assert not everything.more
    number = data.draw(st.integers(0, len(whole) - 1), label="from")
    limit = data.draw(st.integers(1, 5), label="limit")
    place = everything.places[number]
    for go in WAYS:
        found = stretch(reader, query.replace(after=mark(place), limit=limit), go)
        if go.back:
            wanted = whole[: number + go.at]
            assert [record["id"] for record in found.records] == wanted[-limit:]
        else:
            wanted = whole[number + (not go.at) :]
            assert [record["id"] for record in found.records] == wanted[:limit]
        assert found.more == (len(wanted) > limit)
    assert before(reader, query, mark(place)) == number
    over = data.draw(st.integers(0, len(whole)), label="over")
    assert leap(reader, query, over) == (everything.places[over] if over < len(whole) else None)
    assert leap(reader, query, over, Way(back=True)) == (
        everything.places[-1 - over] if over < len(whole) else None
    )
    behind = leap(reader, query.replace(after=mark(place)), over)
    assert behind == (everything.places[number + 1 + over] if number + 1 + over < len(whole) else None)


def test_stretches_of_a_common_value_go_on_from_each_other(shelf: Shelf) -> None:
    """What is sorted at once and what is walked have the same places, back as well as onwards."""
    workspace = shelf.workspace
    for key, text in (("contact", "owner = me"), ("deal", "stage is set and owner = me")):
        where = parse_filter(text, workspace.registry.entity(key), workspace.registry, workspace.context)
        for sort in sort_keys(workspace, key):
            query = Query(key, where, (sort,), fields=("id",))
            whole = [record["id"] for record in workspace.reader.records(query)]
            found: list[str] = []
            after, size = None, 0
            while True:
                size = size % 20 + 7
                part = stretch(workspace.reader, query.replace(after=after, limit=size), Way(back=True))
                found = [record["id"] for record in part.records] + found
                if not part.more:
                    break
                after = mark(part.places[0])
            assert found == whole, sort


def test_a_question_that_takes_long_can_be_withdrawn(files: SqliteStores) -> None:
    workspace = files.create()
    endless = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n"
    timer = threading.Timer(0.05, workspace.db.interrupt)
    timer.start()
    with pytest.raises(StoreError) as withdrawn:
        workspace.db.scalar(endless)
    timer.join()
    assert withdrawn.value.code == "interrupted"
    assert workspace.db.scalar("SELECT 1") == 1
    files.done(workspace)
