"""Row policy and hidden fields hold in every way there is to read: none tells what a list would not show."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pytest
from tests.store.shelf import Shelf
from tests.store.stores import Stores

from crmtool.app.asking import parse_filter, parse_order
from crmtool.app.commands import Add, Purge, Remove, Set, Undo
from crmtool.app.resolve import candidates, resolve_anywhere
from crmtool.app.watch import Feed
from crmtool.app.workspace import Workspace
from crmtool.core import ids
from crmtool.core.changes import Actor
from crmtool.core.entities import builtin
from crmtool.core.errors import CrmError, DeniedError, NotFoundError, UsageError
from crmtool.core.policy import DenyAll, Policy
from crmtool.core.query import Compare, Me, Path
from crmtool.core.registry import Entity
from crmtool.store.reader import Query
from crmtool.store.search import find

if TYPE_CHECKING:
    from crmtool.core.query import Node


class OwnRows(Policy):
    """Contacts and companies are seen by their owner alone."""

    def row_filter(self, actor: Actor, entity: Entity) -> Node | None:
        if entity.key not in ("contact", "company"):
            return None
        return Compare(Path((entity.fields["owner"],)), "=", Me())


class Hiding(Policy):
    """Some fields of contacts and companies are for others."""

    FIELDS = {
        "contact": {"name", "emails", "phones", "company", "size", "title"},
        "company": {"industry", "name"},
    }

    def __init__(self, *fields: str) -> None:
        self.fields = {k: frozenset(v & set(fields) if fields else v) for k, v in self.FIELDS.items()}

    def hidden_fields(self, actor: Actor, entity: Entity) -> frozenset[str]:
        return self.fields.get(entity.key, frozenset())


@contextmanager
def seen_by(stores: Stores, shelf: Shelf, policy: Policy) -> Iterator[Workspace]:
    """The shelf as the policy shows it to its user."""
    workspace = stores.open(stores.location_of(shelf.workspace), policy=policy)
    try:
        yield workspace
    finally:
        workspace.close()


def where(workspace: Workspace, text: str, key: str = "contact") -> Any:
    return parse_filter(text, workspace.registry.entity(key), workspace.registry, workspace.context)


def order(workspace: Workspace, text: str, key: str = "contact") -> Any:
    return parse_order(text, workspace.registry.entity(key), workspace.registry)


def names(workspace: Workspace, query: Query) -> list[str]:
    return [r["name"] for r in workspace.reader.records(query)]


# -- nothing at all ------------------------------------------------------------------------------------------------------


def test_deny_all_shows_nothing(stores: Stores, shelf: Shelf) -> None:
    with seen_by(stores, shelf, DenyAll()) as workspace:
        reader, made = workspace.reader, shelf.made
        for key in workspace.registry.entities:
            assert [*reader.records(Query(key))] == []
            assert [*reader.records(Query(key, trash="with", as_of="2099-01-01T00:00:00.000Z"))] == []
            assert reader.page(Query(key, limit=5)).records == []
            assert reader.count(Query(key)) == reader.count(Query(key, trash="with")) == 0
        for key, records in made.items():
            assert reader.get_many(key, records) == {}
            assert reader.names(key, records) == {}
            assert reader.by_number(key, range(1, 20)) == {}
            low, high = ids.handle_range("@" + ids.handle(records[0])) or ("", "")
            assert reader.by_handle(key, low, high) == []
        assert reader.lookup("contact", "email", ["ana@acme.example"]) == {}
        assert reader.by_name("contact", ["ana ruiz"], trash="with") == {}
        assert reader.phones("contact", "600123456") == []
        assert find(reader, "ana") == find(reader, "ana@acme.example") == find(reader, "600123456") == []
        assert candidates(reader, workspace.registry.entity("contact"), made["contact"][0]) == []
        with pytest.raises(NotFoundError):
            resolve_anywhere(reader, "ana ruiz")
        with pytest.raises(NotFoundError):
            reader.require("contact", made["contact"][0])
        assert [*Feed(workspace, 0, each=True).read()] == []


def test_deny_all_changes_nothing(stores: Stores, shelf: Shelf) -> None:
    """Neither does a command say what there is: to whom nothing is shown, nothing is there."""
    before = shelf.workspace.log.position()
    record = shelf.made["contact"][0]
    last = next(shelf.workspace.log.sets(order="n DESC", limit=1))
    with seen_by(stores, shelf, DenyAll()) as workspace:
        with pytest.raises(DeniedError):
            workspace.run(Add("note", {"name": "x", "body": "y"}))
        change = Set("contact", (record,), (("title", "=", "x"),))
        for command in (change, Remove("contact", (record,)), Purge("contact", (record,))):
            with pytest.raises(NotFoundError):
                workspace.run(command)
        for undo in (Undo(), Undo(last.id), Undo(ids.handle(last.id))):
            with pytest.raises(CrmError) as caught:
                workspace.run(undo)
            assert "Ana" not in str(caught.value)
    assert shelf.workspace.log.position() == before


# -- some rows -----------------------------------------------------------------------------------------------------------


@pytest.fixture
def mine(stores: Stores, shelf: Shelf) -> Iterator[Workspace]:
    """Without “Żółć” (contact 7), which nobody owns, and the second “Acme” (company 4)."""
    with seen_by(stores, shelf, OwnRows()) as workspace:
        yield workspace


def test_rows_of_others_are_not_listed_or_counted(mine: Workspace, shelf: Shelf) -> None:
    whole = shelf.workspace.reader
    assert mine.reader.count(Query("contact")) == whole.count(Query("contact")) - 1 == 8
    for sort in ("", "name", "-company", "tier,-size", "-updated_at"):
        query = Query("contact", sort=order(mine, sort) if sort else ())
        assert sorted(names(mine, query)) == sorted(set(names(shelf.workspace, query)) - {"Żółć"})
    assert names(mine, Query("contact", where(mine, "name ~ zolc or language = pl"))) == []
    other = shelf.made["contact"][7]
    assert mine.reader.get("contact", other) is None
    assert mine.reader.names("contact", [other]) == {}
    assert mine.reader.by_name("contact", ["zołc", "zolc"]) == {}
    assert mine.reader.phones("contact", "0034911222333") == []
    assert [r["name"] for r in mine.reader.records(Query("company"))] == [
        "Acme",
        "Älv & Söner",
        "株式会社 空",
    ]


def test_rows_of_others_are_not_found(mine: Workspace) -> None:
    for text in ("Żółć", "zol", "0034911222333", "pl"):
        assert find(mine.reader, text, entities=["contact"]) == []
    assert len(find(mine.reader, "acme", entities=["company"])) == 1


def test_a_reference_tells_nothing_of_rows_of_others(mine: Workspace, shelf: Shelf) -> None:
    """Contact 5 works for company 4, which is not ours to see."""
    employee, hidden = shelf.made["contact"][5], shelf.made["company"][4]
    record = mine.reader.get("contact", employee, expand=True)
    assert record is not None
    assert record["company"] == {"id": hidden, "name": None}
    for text in ("company = Acme", "company ~ acme", "company.name = acme", "company.lifecycle = customer"):
        assert employee not in [r["id"] for r in mine.reader.records(Query("contact", where(mine, text)))], (
            text
        )
    assert names(mine, Query("contact", where(mine, "company.name is empty and company is set"))) == [
        "Coca-Cola Ö",
        "O'Brien",
    ]
    assert names(mine, Query("contact", sort=order(mine, "company")))[-3:] == [
        "MULLER",
        "Coca-Cola Ö",
        "O'Brien",
    ]
    dotted = mine.reader.records(
        Query("contact", where(mine, "name = 'Coca-Cola Ö'"), fields=("company.name", "company.lifecycle"))
    )
    assert [*dotted] == [{"id": employee, "company.name": None, "company.lifecycle": None}]


def test_rows_of_others_cannot_be_changed(mine: Workspace, shelf: Shelf) -> None:
    with pytest.raises(NotFoundError):
        mine.run(Set("contact", (shelf.made["contact"][7],), (("title", "=", "x"),)), dry_run=True)


def test_the_feed_is_silent_about_rows_of_others(mine: Workspace, shelf: Shelf) -> None:
    seen = {event.record for event in Feed(mine, 0, each=True).read()}
    assert shelf.made["contact"][0] in seen
    assert shelf.made["contact"][7] not in seen


# -- some fields ---------------------------------------------------------------------------------------------------------


@pytest.fixture
def masked(stores: Stores, shelf: Shelf) -> Iterator[Workspace]:
    with seen_by(stores, shelf, Hiding()) as workspace:
        yield workspace


def test_hidden_fields_are_absent_from_records(masked: Workspace, shelf: Shelf) -> None:
    hidden = Hiding.FIELDS["contact"]
    for record in masked.reader.records(Query("contact")):
        assert hidden.isdisjoint(record)
    one = masked.reader.get("contact", shelf.made["contact"][0], expand=True)
    assert one is not None
    assert hidden.isdisjoint(one)
    assert masked.reader.names("contact", shelf.made["contact"][:1]) == {shelf.made["contact"][0]: ""}
    deal = masked.reader.get("deal", shelf.made["deal"][0], expand=True)
    assert deal is not None
    assert (
        deal["contact"] == {"id": shelf.made["contact"][0], "name": None}
        or deal["contact"] == shelf.made["contact"][0]
    )
    for record in masked.reader.records(Query("contact", as_of="2099-01-01T00:00:00.000Z")):
        assert hidden.isdisjoint(record)


@pytest.mark.parametrize("name", ["title", "emails", "company.owner", "size", "name"])
def test_a_hidden_field_is_like_none(masked: Workspace, name: str) -> None:
    with pytest.raises(UsageError) as caught:
        list(masked.reader.records(Query("contact", fields=(name,))))
    assert caught.value.code == "unknown_field"


@pytest.mark.parametrize(
    ("key", "text"),
    [
        ("contact", "title = CEO"), ("contact", "title is empty"), ("contact", "email ~ acme"), ("contact", "phone = 600123456"),
        ("contact", "company = Acme"), ("contact", "company ~ acme"), ("contact", "company.domain = acme.example"),
        ("contact", "size > 1"), ("contact", "name ~ ana"), ("company", "industry in (retail)"), ("deal", "contact.title = CEO"),
        ("deal", "company.industry = retail"), ("deal", "contact.company.domain = x"), ("company", "parent.industry is set"),
    ],
)  # fmt: skip
def test_a_hidden_field_cannot_be_filtered_by(masked: Workspace, shelf: Shelf, key: str, text: str) -> None:
    node = where(shelf.workspace, text, key)
    for reading in (
        masked.reader.count,
        lambda q: [*masked.reader.records(q)],
        lambda q: masked.reader.page(q.replace(limit=1)),
    ):
        with pytest.raises(UsageError) as caught:
            reading(Query(key, node))
        assert caught.value.code == "unknown_field"


@pytest.mark.parametrize(
    ("key", "text"),
    [("contact", "title"), ("contact", "-company"), ("contact", "name"), ("deal", "contact.title")],
)
def test_a_hidden_field_gives_no_order(masked: Workspace, shelf: Shelf, key: str, text: str) -> None:
    with pytest.raises(UsageError) as caught:
        list(masked.reader.records(Query(key, sort=order(shelf.workspace, text, key))))
    assert caught.value.code == "unknown_field"


def test_a_hidden_name_does_not_answer_through_a_reference(masked: Workspace, shelf: Shelf) -> None:
    for text in (
        "contact = 'Ana Ruiz'",
        "contact ~ ana",
        "contact = ana@acme.example",
        "company = Acme",
        "company ~ acm",
    ):
        assert masked.reader.count(Query("deal", where(shelf.workspace, text, "deal"))) == 0, text
    by_contact = [
        r["id"] for r in masked.reader.records(Query("deal", sort=order(shelf.workspace, "contact", "deal")))
    ]
    assert by_contact == [r["id"] for r in masked.reader.records(Query("deal"))]
    handle = "@" + ids.handle(shelf.made["contact"][0])
    assert masked.reader.count(Query("deal", where(shelf.workspace, f"contact = {handle}", "deal"))) == 1


def test_hidden_words_are_not_searched(masked: Workspace) -> None:
    for text in ("ana", "ruiz", "ana ruiz", "ceo", "ana@acme.example", "600123456", "acme"):
        assert find(masked.reader, text, entities=["contact", "company"]) == [], text
    assert masked.reader.count(Query("contact", where(masked, "founder"))) == 0
    assert masked.reader.lookup("contact", "email", ["ana@acme.example"]) == {}
    assert masked.reader.phones("contact", "600123456") == []
    assert masked.reader.by_name("contact", ["ana ruiz"]) == {}
    for text in ("Ana Ruiz", "ana@acme.example", "+34 600 123 456"):
        assert candidates(masked.reader, masked.registry.entity("contact"), text) == []


def test_what_is_not_hidden_is_still_searched(stores: Stores, shelf: Shelf) -> None:
    with seen_by(stores, shelf, Hiding("size")) as workspace:
        assert [hit.record["name"] for hit in find(workspace.reader, "founder")] == ["Ana Ruiz"]


def test_the_feed_does_not_tell_hidden_fields(masked: Workspace, shelf: Shelf) -> None:
    events = [e for e in Feed(masked, 0, each=True).read() if e.entity == "contact"]
    assert events
    assert all(Hiding.FIELDS["contact"].isdisjoint(e.fields) for e in events)
    assert not any(e.name for e in events)


def test_row_policy_may_look_at_a_hidden_field(stores: Stores, shelf: Shelf) -> None:
    class Both(OwnRows):
        def hidden_fields(self, actor: Actor, entity: Entity) -> frozenset[str]:
            return frozenset(["owner"]) if entity.key in ("contact", "company") else frozenset()

    with seen_by(stores, shelf, Both()) as workspace:
        assert workspace.reader.count(Query("contact")) == 8
        assert (
            workspace.reader.count(Query("contact", where(workspace, "company.domain = acme.example"))) == 3
        )
        with pytest.raises(UsageError):
            workspace.reader.count(Query("contact", where(workspace, "owner = me")))


def test_who_does_not_see_a_field_does_not_harm_it(stores: Stores) -> None:
    """Index, own fields and lookup of a record stay whole when somebody changes it who sees a part of it."""
    owner = stores.create()
    owner.run(Add("field", {"of": "contact", "name": "Size", "kind": "number"}))
    owner.run(Add("field", {"of": "contact", "name": "Colour", "kind": "text"}))
    record = owner.run(
        Add(
            "contact",
            {
                "name": "Ana",
                "title": "CEO",
                "email": "ana@acme.example",
                "size": 5,
                "colour": "red",
                "department": "A",
            },
        )
    ).made[-1][1]
    other = stores.open(stores.location_of(owner), policy=Hiding("name", "title", "emails", "size"))
    other.run(Set("contact", (record,), (("description", "=", "tall"), ("colour", "=", "blue"))))
    other.run(Remove("contact", (record,)))
    other.run(Undo())
    other.close()
    owner.refresh_definitions()
    found = owner.reader.require("contact", record)
    assert (found["name"], found["title"], found["size"], found["colour"]) == ("Ana", "CEO", 5, "blue")
    for text in ("ana", "ceo", "tall", "ana@acme.example"):
        assert [hit.record["id"] for hit in find(owner.reader, text)] == [record], text
    stores.done(owner)


def test_a_hidden_field_cannot_be_written(stores: Stores) -> None:
    owner = stores.create()
    record = owner.run(Add("contact", {"name": "Ana", "title": "CEO"})).made[-1][1]
    other = stores.open(stores.location_of(owner), policy=Hiding("title"))
    with pytest.raises(UsageError) as caught:
        other.run(Set("contact", (record,), (("title", "=", "CTO"),)))
    assert caught.value.code == "unknown_field"
    with pytest.raises(UsageError):
        other.run(Add("contact", {"name": "Ben", "title": "CTO"}))
    other.close()
    stores.done(owner)


def test_the_open_policy_allows_everything() -> None:
    policy, actor = Policy(), Actor(None)
    for entity in builtin().entities.values():
        assert policy.can_read(actor, entity)
        assert policy.row_filter(actor, entity) is None
        assert policy.hidden_fields(actor, entity) == frozenset()
