"""Order and pages: the full list is what the pages are, blanks come last both ways, and the fields asked for come."""

from __future__ import annotations

import itertools
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.store.shelf import Shelf
from tests.store.stores import SqliteStores

from crmtool.app.asking import parse_filter, parse_order
from crmtool.app.commands import Add
from crmtool.app.workspace import Workspace, open_workspace
from crmtool.core.changes import Actor
from crmtool.core.errors import UsageError
from crmtool.core.policy import Policy
from crmtool.core.query import All, Between, Compare, Path, SortKey
from crmtool.core.registry import Entity
from crmtool.store import lists
from crmtool.store.ordering import Way
from crmtool.store.reader import Query, Reader
from crmtool.store.stretches import mark, stretch

KEYS = ("contact", "company", "deal", "project")


def sort_keys(workspace: Workspace, key: str) -> list[SortKey]:
    """Every field that can be sorted by, both ways, also over references."""
    found = []
    for field in workspace.registry.entity(key).fields.values():
        paths = [Path((field,))]
        if field.target in ("company", "contact", "user"):
            target = workspace.registry.entity(str(field.target))
            paths += [Path((field, f)) for f in target.fields.values()]
        found += [
            SortKey(path, falling) for path in paths if path.field.kind.sortable for falling in (False, True)
        ]
    return found


@pytest.mark.parametrize("key", KEYS)
@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_pages_are_the_list_in_order(shelf: Shelf, key: str, data: st.DataObject) -> None:
    reader, universe = shelf.workspace.reader, shelf.world
    sort = tuple(
        data.draw(st.lists(st.sampled_from(sort_keys(shelf.workspace, key)), max_size=3), label="sort")
    )
    query = Query(key, sort=sort, fields=("id",))
    wanted = [r["id"] for r in universe.sorted([*universe.tables[key].values()], sort)]
    assert [r["id"] for r in reader.records(query)] == wanted
    size, after, paged = data.draw(st.integers(1, 4), label="page"), None, []
    while True:
        page = reader.page(query.replace(limit=size, after=after))
        paged += [r["id"] for r in page.records]
        after = page.next
        if after is None:
            break
        assert len(page.records) == size
    assert paged == wanted
    assert [r["id"] for r in reader.records(query.replace(limit=2))] == wanted[:2]


@pytest.mark.parametrize("key", KEYS)
def test_every_single_order(shelf: Shelf, key: str) -> None:
    for sort in sort_keys(shelf.workspace, key):
        wanted = [r["id"] for r in shelf.world.sorted([*shelf.world.tables[key].values()], (sort,))]
        found = [r["id"] for r in shelf.workspace.reader.records(Query(key, sort=(sort,), fields=("id",)))]
        assert found == wanted, sort


@pytest.mark.parametrize("sizes", [(1,), (2, 1, 20), (1, 5, 20)])
@pytest.mark.parametrize(
    ("key", "text"), [("contact", "owner = me"), ("deal", "stage is set and owner = me")]
)
def test_pages_of_a_common_value_are_its_list(
    shelf: Shelf, key: str, text: str, sizes: tuple[int, ...]
) -> None:
    """Small pages of a common value walk the order, large ones sort it; a page of either goes on from one of the other."""
    workspace = shelf.workspace
    where = parse_filter(text, workspace.registry.entity(key), workspace.registry, workspace.context)
    held = [r for r in shelf.world.tables[key].values() if shelf.world.meets(r, where)]
    assert len(held) > 2
    for sort in sort_keys(workspace, key):
        query, after, paged = Query(key, where, (sort,), fields=("id",)), None, []
        for size in itertools.cycle(sizes):
            page = workspace.reader.page(query.replace(limit=size, after=after))
            paged += [r["id"] for r in page.records]
            if (after := page.next) is None:
                break
        assert paged == [r["id"] for r in shelf.world.sorted(held, (sort,))], sort
        assert [r["id"] for r in workspace.reader.records(query.replace(limit=20))] == paged


def test_pages_of_a_filtered_list(shelf: Shelf) -> None:
    workspace = shelf.workspace
    entity = workspace.registry.entity("contact")
    where = parse_filter(
        "company.industry is set or tag has key", entity, workspace.registry, workspace.context
    )
    query = Query("contact", where, parse_order("-company,name", entity, workspace.registry), limit=2)
    names, after = [], None
    while True:
        page = workspace.reader.page(query.replace(after=after))
        names += [r["name"] for r in page.records]
        if (after := page.next) is None:
            break
    whole = [r["name"] for r in workspace.reader.records(query.replace(limit=None))]
    assert names == whole
    assert len(names) == workspace.reader.count(query) == 6


def test_a_page_goes_on_where_it_was_when_others_write(workspace: Workspace) -> None:
    """A keyset page neither repeats nor leaves out a record that was there all the time."""
    for name in ("b", "d", "f", "h"):
        workspace.run(Add("contact", {"name": name}))
    by_name = parse_order("name", workspace.registry.entity("contact"), workspace.registry)
    page = workspace.reader.page(Query("contact", sort=by_name, limit=2))
    for name in ("a", "c", "e"):
        workspace.run(Add("contact", {"name": name}))
    rest = workspace.reader.page(Query("contact", sort=by_name, limit=10, after=page.next))
    assert [r["name"] for r in page.records] == ["b", "d"]
    assert [r["name"] for r in rest.records] == ["e", "f", "h"]
    assert rest.next is None


def test_the_fields_asked_for(shelf: Shelf) -> None:
    reader, made = shelf.workspace.reader, shelf.made
    record = next(
        iter(
            reader.records(
                Query("contact", fields=("name", "company", "size", "company.industry", "company.owner"))
            )
        )
    )
    assert record == {
        "id": made["contact"][0],
        "name": "Ana Ruiz",
        "company": {"id": made["company"][0], "name": "Acme"},
        "size": 5,
        "company.industry": "Retail",
        "company.owner": {"id": shelf.workspace.actor.user, "name": "Mia Test"},
    }
    plain = next(iter(reader.records(Query("contact", fields=("company",), expand=False))))
    assert plain == {"id": made["contact"][0], "company": made["company"][0]}


def test_a_reference_to_the_trash_is_shown_by_name_and_marked(shelf: Shelf) -> None:
    record = shelf.workspace.reader.get("contact", shelf.made["contact"][6], expand=True)
    gone = {"id": shelf.made["company"][3], "name": "zeta", "deleted": True}
    assert record is not None
    assert record["company"] == gone
    field = shelf.workspace.registry.entity("contact").fields["company"]
    assert field.kind.display(gone, field) == "zeta (deleted)"
    assert field.kind.to_csv(gone, field) == gone["id"], (
        "its name would make another company where it is read"
    )


def test_a_reference_to_what_may_not_be_seen_has_no_name(shelf: Shelf) -> None:
    class NoCompanies(Policy):
        def can_read(self, actor: Actor, entity: Entity) -> bool:
            return entity.key != "company"

    workspace = shelf.workspace
    reader = Reader(workspace.db, workspace.layouts, NoCompanies(), workspace.actor, workspace.context)
    shown = [r["company"] for r in reader.records(Query("contact", fields=("company",))) if r["company"]]
    assert shown
    assert all(one["name"] is None and "deleted" not in one for one in shown)


def test_trash(shelf: Shelf) -> None:
    reader, gone = shelf.workspace.reader, shelf.made["contact"][9]
    assert [r["id"] for r in reader.records(Query("contact", trash="only"))] == [gone]
    assert reader.count(Query("contact", trash="with")) == reader.count(Query("contact")) + 1
    name = Path((shelf.workspace.registry.entity("contact").fields["name"],))
    assert reader.count(Query("contact", Compare(name, "=", "Gone"))) == 0
    assert reader.count(Query("contact", Compare(name, "=", "Gone"), trash="only")) == 1


@pytest.mark.parametrize("query", [Query("contact"), Query("contact", after="[0,1]")])
def test_a_page_needs_a_limit(shelf: Shelf, query: Query) -> None:
    with pytest.raises(UsageError):
        shelf.workspace.reader.page(query)


@pytest.mark.parametrize("name", ["tags", "addresses", "description", "extra"])
def test_what_has_no_order_is_an_error(shelf: Shelf, name: str) -> None:
    field: Any = shelf.workspace.registry.entity("contact").fields[name]
    with pytest.raises(UsageError):
        list(shelf.workspace.reader.records(Query("contact", sort=(SortKey(Path((field,))),))))


def test_a_long_list_streams(workspace: Workspace) -> None:
    """More rows than any batch, and other statements between them."""
    from crmtool.core import changes
    from crmtool.core.changes import ChangeSet

    entity = workspace.registry.entity("product")
    items = [changes.create(entity, {"name": f"p{i:04}"}) for i in range(1_300)]
    with workspace.db.atomic():
        workspace.writer.apply(ChangeSet(items, "test"), workspace.actor)
    query = Query("product", sort=parse_order("-name", entity, workspace.registry))
    names = []
    for record in workspace.reader.records(query):
        names.append(record["name"])
        if len(names) % 500 == 0:
            assert workspace.reader.count(query) == 1_300
    assert names == [f"p{i:04}" for i in reversed(range(1_300))]


@pytest.mark.parametrize("key", KEYS)
def test_what_a_filter_compares_with_is_also_sorted_by(shelf: Shelf, key: str) -> None:
    """A comparison leaves no blanks to ask for, but only where what is compared is what is sorted by."""
    workspace, world = shelf.workspace, shelf.world
    for sort in sort_keys(workspace, key):
        values = (
            [r.get(sort.path.field.key) for r in world.tables[key].values()]
            if len(sort.path.steps) == 1
            else []
        )
        found = [value for value in values if value is not None and value != []]
        if not found or sort.path.field.kind.name in ("reference", "file") or sort.path.field.multi:
            continue
        kind = sort.path.field.kind
        leaves: list[Compare | Between] = [Compare(sort.path, "=", found[0])]
        if ">=" in kind.operators:
            leaves = [Compare(sort.path, ">=", found[0]), Between(sort.path, None, found[-1])]
        for where in [*leaves, Between(sort.path, None, None)]:
            held = [r for r in world.tables[key].values() if world.meets(r, where)]
            query = Query(key, where, (sort,), fields=("id",))
            wanted = [r["id"] for r in world.sorted(held, (sort,))]
            assert [r["id"] for r in workspace.reader.records(query)] == wanted, (sort, where)
            assert [r["id"] for r in workspace.reader.page(query.replace(limit=50)).records] == wanted
            assert workspace.reader.count(query) == len(wanted)


@pytest.mark.parametrize("text", ["a", "a and owner = me", "owner = me", "email is set and a", "tag has key"])
def test_a_walk_that_looks_for_each_row_at_first_is_the_list(
    shelf: Shelf, monkeypatch: pytest.MonkeyPatch, text: str
) -> None:
    """Rows looked for one by one, and those behind them, which are tested against all that match, go on from each other."""
    workspace = shelf.workspace
    reader, entity = workspace.reader, workspace.registry.entity("contact")
    monkeypatch.setattr(lists, "PROBED", 4)
    monkeypatch.setattr(lists, "_size", lambda reader, entity: 4)  # so that two matches are many
    where = parse_filter(text, entity, workspace.registry, workspace.context)
    looked_for = False
    for words, size in itertools.product(
        ("name", "-name", "created", "-updated", "company", "title"), (1, 2)
    ):
        sort = parse_order(words, entity, workspace.registry)
        whole = Query("contact", where, sort, fields=("id",))
        wanted = [r["id"] for r in reader.records(whole)]
        assert len(wanted) > 1
        for go in (Way(), Way(back=True)):
            query, more = whole.replace(limit=size), True
            found: list[str] = []
            while more:
                looked_for |= any(
                    " AS m WHERE " in made.sql for made in lists.statements(reader, query, query.after, go)
                )
                part = stretch(reader, query, go)
                ids = [r["id"] for r in part.records]
                found, more = (ids + found if go.back else found + ids), part.more
                if more:
                    query = query.replace(after=mark(part.places[0 if go.back else -1]))
            assert found == wanted, (words, size, go)
    assert looked_for == (text != "owner = me" and bool(workspace.db.walking("any")))


def test_blanks_that_come_are_in_the_list_of_who_knew_of_none(files: SqliteStores) -> None:
    workspace = files.create()
    workspace.run(Add("task", {"name": "Ring", "due_on": "2026-05-01"}))
    with open_workspace(files.location_of(workspace), read_only=True, zone="UTC") as other:
        sort = parse_order("due_on", other.registry.entity("task"), other.registry)
        query = Query("task", All(), sort, fields=("name",), limit=9)

        def listed(go: Way) -> list[str]:
            return [record["name"] for record in stretch(other.reader, query, go).records]

        ways = (Way(), Way(back=True), Way())
        assert [listed(go) for go in ways] == [["Ring"]] * 3
        statements = [made.span.kind for made in lists.statements(other.reader, query, None)]
        assert statements == ["set"], "that there are no blanks is known, and nobody looks for them"
        workspace.run(Add("task", {"name": "Write"}))
        assert [listed(go) for go in ways] == [["Ring", "Write"]] * 3
    files.done(workspace)
