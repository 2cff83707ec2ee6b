"""Filters of every operator on every kind of field, against a plain evaluation of what they mean."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.store.naive import World
from tests.store.shelf import Shelf

from crmtool.app.asking import parse_filter
from crmtool.app.workspace import Workspace
from crmtool.core import ids
from crmtool.core.errors import UsageError
from crmtool.core.fields import Field
from crmtool.core.query import And, Between, Compare, Empty, Has, In, Match, Me, Not, Or, Path, RefText
from crmtool.store.reader import Query

Filters = st.SearchStrategy[Any]

KEYS = ("contact", "company", "deal", "project")
OTHERS: dict[str, list[Any]] = {
    "text": ["", "CEO", "ceo ", "é", "RETAIL", "\\", "%", "_", "zz", "空"],
    "longtext": ["ruft an"],
    "email": ["ANA@acme.example", "x@y.example"],
    "phone": ["600 123 456", "+34600123456", "112", "0034 910-000-111", "5550100"],
    "url": ["acme.example/ob"],
    "number": [0, 5, 5.25, -1, 1e6],
    "date": ["1970-01-01", "2026-05-01", "9999-12-31"],
    "instant": ["2026-01-01T00:00:00.000Z", "2100-01-01T00:00:00.000Z"],
    "yesno": [True, False],
    "money": [[100, "EUR"], [100, "GBP"], [0, "EUR"], [100_000, "USD"]],
    "tags": ["VIP", "none"],
}
PIECES = [
    "a",
    "É",
    "ruiz",
    "100%_",
    "\\",
    "'",
    "acme",
    "leon",
    "mayor 1, ",
    "city",
    "value",
    "i0",
    "空",
    "23 4",
    "",
]


@pytest.fixture(scope="module")
def any_filter(shelf: Shelf) -> dict[str, Filters]:
    """Strategies for any filter on each entity; made once, because that takes longer than many examples."""
    return {key: filters(shelf.workspace, shelf.world, key) for key in KEYS}


def paths(workspace: Workspace, key: str, depth: int = 1) -> list[Path]:
    """All fields that can be filtered, also over one reference."""
    fields = workspace.registry.entity(key).fields.values()
    found = [Path((field,)) for field in fields]
    for field in fields if depth else ():
        if field.target in ("company", "contact", "user"):
            found += [Path((field, *path.steps)) for path in paths(workspace, str(field.target), 0)]
    return found


def held(universe: World, field: Field) -> list[Any]:
    """Values that a field of this name and kind has somewhere."""
    values: list[Any] = []
    for table in universe.tables.values():
        for record in table.values():
            value = record.get(field.key)
            if value in (None, []):
                continue
            found = (
                [entry["value"] for entry in value]
                if field.multi
                else value
                if field.kind.collection
                else [value]
            )
            values += [item for item in found if fits(field, item)]
    return values


def fits(field: Field, value: Any) -> bool:
    if field.choices:
        return field.choice(value) is not None
    if isinstance(value, bool):
        return field.kind.name == "yesno"
    wanted: dict[str, tuple[type, ...]] = {
        "number": (int, float),
        "money": (list,),
        "yesno": (),
        "address": (),
        "json": (),
    }
    return isinstance(value, wanted.get(field.kind.name, (str,)))


def leaf(universe: World, path: Path) -> Filters:
    """Any condition on one field."""
    field, kind = path.field, path.field.kind.name
    choices: list[Filters] = [st.builds(Empty, st.just(path), st.booleans())]
    if "~" in field.kind.operators and not field.kind.collection:
        choices.append(st.builds(Match, st.just(path), st.sampled_from(PIECES), st.booleans()))
    pool = held(universe, field) + OTHERS.get(kind, []) + [choice.key for choice in field.choices]
    if kind == "reference":
        ends = [*universe.tables.get(str(field.target), {}).values()]
        pool += [RefText(r["name"]) for r in ends if r.get("name")] + [
            RefText("@" + ids.handle(r["id"])) for r in ends
        ]
        pool += [RefText("nobody"), RefText("ana@acme.example"), RefText("info@sora.example")]
        pool += [Me()] if field.target == "user" else []
    if pool:
        value = st.sampled_from(pool)
        choices.append(st.builds(In, st.just(path), st.lists(value, max_size=3).map(tuple)))
        if field.multi or field.kind.collection:
            choices.append(st.builds(Has, st.just(path), value))
        else:
            signs = [op for op in ("=", "!=", "<", "<=", ">", ">=") if op in field.kind.operators]
            choices.append(st.builds(Compare, st.just(path), st.sampled_from(signs), value))
            if "<" in signs and kind != "choice":
                bound = st.none() | value
                choices.append(st.builds(Between, st.just(path), bound, bound, st.booleans()))
    return st.one_of(choices)


def filters(workspace: Workspace, universe: World, key: str) -> Filters:
    """Any filter on an entity."""
    return st.recursive(
        st.one_of([leaf(universe, path) for path in paths(workspace, key)]),
        lambda inner: st.one_of(
            st.builds(Not, inner),
            st.builds(And, st.lists(inner, min_size=2, max_size=3).map(tuple)),
            st.builds(Or, st.lists(inner, min_size=2, max_size=3).map(tuple)),
        ),
        max_leaves=3,
    )


@pytest.mark.parametrize("key", KEYS)
@settings(max_examples=100, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_a_filter_finds_what_it_means(
    shelf: Shelf, any_filter: dict[str, Filters], key: str, data: st.DataObject
) -> None:
    workspace, universe = shelf.workspace, shelf.world
    node = data.draw(any_filter[key])
    found = [record["id"] for record in workspace.reader.records(Query(key, node, fields=("id",)))]
    wanted = [
        r["id"]
        for r in sorted(universe.tables[key].values(), key=lambda r: r["n"])
        if universe.meets(r, node)
    ]
    assert found == wanted
    assert workspace.reader.count(Query(key, node)) == len(wanted)


@pytest.mark.parametrize(
    ("key", "text", "names"),
    [
        ("contact", "company.industry = RETAIL", ["Ana Ruiz", "ána ruiz", "Müller, Jürgen", "Ben"]),
        ("contact", "company.parent.name = acme", ["ána ruiz"]),
        ("contact", "company ~ ACM and not title is empty", ["Ana Ruiz", "Müller, Jürgen", "Ben"]),
        ("contact", "email ~ home", ["Ana Ruiz"]),
        ("contact", "phone = 600-123-456", ["ána ruiz", "Müller, Jürgen"]),
        ("contact", "tag has KEY", ["Ana Ruiz", "Coca-Cola Ö"]),
        ("contact", "tier < bronze", ["Ana Ruiz", "Müller, Jürgen"]),
        ("contact", "budget > 50 and budget < 2", []),
        ("contact", "partner = Acme", ["Ana Ruiz"]),
        ("contact", "aliases ~ jurg or interests has golf", ["Müller, Jürgen"]),
        ("contact", "address ~ leon", ["Coca-Cola Ö"]),
        ("contact", "company is empty and owner = me", ["MULLER"]),
        ("contact", "jurg", ["Müller, Jürgen"]),
        ("contact", "blu", ["Ana Ruiz", "ána ruiz"]),
        ("contact", '"太郎"', ["空 太郎"]),
        ("deal", "contact.company.industry = energie", ["Bigger"]),
        ("deal", "amount = 1000 EUR", ["Big"]),
        ("deal", "close_on in (2026-05-01)", ["Big", "Ünique"]),
        ("deal", "contact is set and contact.name is empty", ["big"]),
        ("project", "client.tier = gold", ["Roof"]),
        ("project", "rome or cost < 1", ["römer", "Dach"]),
    ],
)
def test_filters_as_people_write_them(shelf: Shelf, key: str, text: str, names: list[str]) -> None:
    workspace = shelf.workspace
    node = parse_filter(text, workspace.registry.entity(key), workspace.registry, workspace.context)
    assert [r["name"] for r in workspace.reader.records(Query(key, node))] == names


@pytest.mark.parametrize("query", [Query("contact", fields=("nonsense",)), Query("nonsense")])
def test_what_is_not_there_cannot_be_read(shelf: Shelf, query: Query) -> None:
    with pytest.raises(UsageError):
        list(shelf.workspace.reader.records(query))
