"""A small workspace with something of everything: accents, scripts, blanks, equal values, own fields, an own object, trash."""

from __future__ import annotations

from typing import Any

from tests.store.naive import Table, World

from crmtool.app.commands import Add, Remove, Set
from crmtool.app.workspace import Workspace
from crmtool.store.reader import Query

COMPANIES: list[dict[str, Any]] = [
    {
        "name": "Acme",
        "industry": "Retail",
        "employees": 10,
        "domain": "acme.example",
        "revenue": [5_000, "EUR"],
    },
    {"name": "Älv & Söner", "industry": "retail", "employees": 3.5, "parent": "Acme", "tags": "nordic"},
    {"name": "株式会社 空", "industry": "Énergie", "revenue": [5_000, "USD"], "emails": "info@sora.example"},
    {"name": "zeta", "employees": 10, "owner": "me", "phones": "+34 910 000 111", "revenue": [-1, "EUR"]},
    {"name": "Acme", "industry": "", "lifecycle": "customer", "owner": None},
]
CONTACTS: list[dict[str, Any]] = [
    {
        "name": "Ana Ruiz",
        "company": 0,
        "title": "CEO",
        "emails": "ana@acme.example; home: ana.ruiz@home.example",
        "tags": "vip, Key",
    },
    {"name": "ána ruiz", "company": 1, "title": "ceo", "phones": "+34 600 123 456", "lifecycle": "customer"},
    {
        "name": "Müller, Jürgen",
        "company": 0,
        "title": "Ingeniero 100%_x",
        "phones": "600123456; 112",
        "birthday": "1970-01-01",
    },
    {
        "name": "MULLER",
        "title": "",
        "emails": "JM@Acme.example",
        "do_not_contact": True,
        "lifecycle": "evangelist",
    },
    {
        "name": "空 太郎",
        "company": 2,
        "description": "Ruft an\nzweite Zeile",
        "do_not_contact": False,
        "birthday": "1999-12-31",
    },
    {
        "name": "Coca-Cola Ö",
        "company": 4,
        "source": "Fair",
        "tags": "key",
        "addresses": {"street": "C/ Mayor 1", "city": "León"},
    },
    {
        "name": "O'Brien",
        "company": 3,
        "department": "Sales",
        "urls": "https://www.Acme.example/ob/",
        "lifecycle": "lead",
    },
    {"name": "Żółć", "owner": None, "phones": "0034 911 222 333", "language": "pl", "nickname": "Z"},
    {
        "name": "Ben",
        "company": 0,
        "title": "Chief \\ backslash",
        "birthday": "1970-01-01",
        "lifecycle": "former",
    },
    {"name": "Gone", "company": 0, "title": "CEO"},
]
DEALS: list[dict[str, Any]] = [
    {
        "name": "Big",
        "company": 0,
        "contact": 0,
        "amount": [100_000, "EUR"],
        "stage": "proposal",
        "close_on": "2026-05-01",
    },
    {
        "name": "Bigger",
        "company": 2,
        "contact": 4,
        "amount": [100_000, "USD"],
        "stage": "lead",
        "probability": 12.5,
    },
    {
        "name": "big",
        "contact": 9,
        "amount": [-5, "EUR"],
        "status": "lost",
        "lost_reason": "Preis",
        "closed_on": "2026-04-01",
    },
    {"name": "Ünique", "amount": [7, "JPY"], "status": "won", "close_on": "2026-05-01", "tags": "vip"},
    {"name": "Empty", "owner": None},
]
OWN_FIELDS: list[dict[str, Any]] = [
    {"name": "Size", "kind": "number"},
    {"name": "Colour", "kind": "text", "searchable": True},
    {"name": "Tier", "kind": "choice", "choices": ["gold", "silver", "bronze"]},
    {"name": "Budget", "kind": "money"},
    {"name": "Since", "kind": "date"},
    {"name": "Seen", "kind": "instant"},
    {"name": "Regular", "kind": "yesno"},
    {"name": "Partner", "kind": "reference", "target": "company"},
    {"name": "Aliases", "kind": "text", "multi": True},
    {"name": "Interests", "kind": "multichoice", "choices": ["golf", "chess"]},
    {"name": "Place", "kind": "address"},
]
OWN_VALUES: list[dict[str, Any]] = [
    {
        "size": 5,
        "colour": "Blue",
        "tier": "gold",
        "budget": [100, "EUR"],
        "since": "2026-01-01",
        "regular": True,
        "partner": 0,
    },
    {
        "size": 5.5,
        "colour": "blüe",
        "tier": "bronze",
        "budget": [100, "USD"],
        "seen": "2026-01-01T00:00:00.000Z",
        "regular": False,
    },
    {
        "size": -1,
        "tier": "silver",
        "budget": [-7, "EUR"],
        "aliases": ["Jürgen", "x;y"],
        "interests": ["golf", "chess"],
    },
    {
        "size": 40,
        "colour": "空",
        "partner": 2,
        "place": {"city": "León", "street": "Calle"},
        "interests": ["chess"],
    },
    {"aliases": ["a", "Ána"], "since": "2025-12-31"},
]


def fill(workspace: Workspace) -> dict[str, list[str]]:
    """Make the records and answer their ids by entity, in order."""
    for values in OWN_FIELDS:
        workspace.run(Add("field", {"of": "contact", **values}))
    workspace.run(Add("object", {"name": "Project"}))
    workspace.run(Add("field", {"of": "project", "name": "Cost", "kind": "money"}))
    workspace.run(Add("field", {"of": "project", "name": "Client", "kind": "reference", "target": "contact"}))
    made: dict[str, list[str]] = {"company": [], "contact": [], "deal": [], "project": []}

    def add(entity: str, values: dict[str, Any]) -> None:
        given = {}
        for key, value in values.items():
            field = workspace.registry.entity(entity).fields[key]
            given[key] = made[str(field.target)][value] if field.target and isinstance(value, int) else value
        made[entity].append(workspace.run(Add(entity, given)).made[-1][1])

    for values in COMPANIES:
        add("company", values)
    for number, values in enumerate(CONTACTS):
        add("contact", {**values, **(OWN_VALUES[number] if number < len(OWN_VALUES) else {})})
    for values in DEALS:
        add("deal", values)
    add("project", {"name": "Roof", "cost": [500, "EUR"], "client": 0})
    add("project", {"name": "römer", "client": 4})
    add("project", {"name": "Dach", "cost": [40, "EUR"]})
    workspace.run(Remove("contact", (made["contact"][9],)))
    workspace.run(Remove("company", (made["company"][3],)))
    workspace.run(Set("contact", (made["contact"][0],), (("title", "=", "CEO & founder"),)))
    return made


class Shelf:
    """The filled workspace, its records, and the ids that were made by entity."""

    def __init__(self, workspace: Workspace) -> None:
        self.workspace = workspace
        self.made = fill(workspace)
        self.world = world(workspace)


def world(workspace: Workspace) -> World:
    """What is live in the workspace, for the naive evaluation."""
    tables: dict[str, Table] = {}
    for key in workspace.registry.entities:
        found = [r["id"] for r in workspace.reader.records(Query(key, fields=("id",)))]
        tables[key] = workspace.reader.get_many(key, found)
    return World(tables, workspace.actor.user)
