"""A small workspace that many tests look at: a few people, companies, deals and tasks, and definitions of one's own."""

from __future__ import annotations

import json
from pathlib import Path

from crmtool.app.commands import Add
from crmtool.app.create import NewWorkspace, create_workspace
from crmtool.cli import paths

NOW = "2026-06-15T10:00:00.000Z"


def fill(name: str = "default") -> Path:
    """Make the workspace ``name`` under ``CRM_HOME`` and answer its file. ``CRM_NOW`` decides what is overdue."""
    path = Path(paths.store_file(name))
    with create_workspace(
        str(path), NewWorkspace("Sample", "Sam Seller", "sam@example.org"), zone="UTC"
    ) as workspace:
        for entity, values in RECORDS:
            workspace.run(Add(entity, dict(values)))
    return path


RECORDS: list[tuple[str, dict[str, object]]] = [
    ("field", {"name": "Region", "of": "contact", "kind": "text", "searchable": True}),
    ("field", {"name": "Budget", "of": "contact", "kind": "money"}),
    (
        "field",
        {"name": "Colours", "of": "contact", "kind": "multichoice", "choices": json.dumps(["red", "green"])},
    ),
    ("object", {"name": "Boat", "plural": "boats"}),
    ("field", {"name": "Length", "of": "boat", "kind": "number"}),
    ("company", {"name": "Acme", "domain": "acme.es", "url": "https://acme.es", "industry": "Tools"}),
    ("company", {"name": "Åkerlund & Söner", "phone": "+46 8 123 456 78"}),
    (
        "contact",
        {
            "name": "Ana Ruiz",
            "email": "work: ana@acme.es; ana.ruiz@home.example",
            "phone": "+34 600 123 456",
            "company": "Acme",
            "tags": "vip, key",
            "lifecycle": "customer",
            "address": {"street": "Calle Mayor 1", "city": "Madrid", "country": "ES"},
            "birthday": "1980-02-29",
            "region": "South",
            "budget": "12500 EUR",
            "colours": "red",
        },
    ),
    ("contact", {"name": "José Blanco", "company": "Acme", "phone": "600 999 888", "do_not_contact": "yes"}),
    ("contact", {"name": "Mallory [/red] \x1b[31m\u202e", "description": "first line\nsecond\ttab"}),
    ("contact", {"name": "李小龙", "email": "li@example.cn", "url": "example.cn/li"}),
    (
        "deal",
        {"name": "Roof", "company": "Acme", "contact": "Ana Ruiz", "amount": "10k", "stage": "Proposal"},
    ),
    ("deal", {"name": "Bridge", "company": "Acme", "amount": "900000 JPY"}),
    (
        "activity",
        {
            "name": "Asked about prices",
            "type": "call",
            "contact": "Ana Ruiz",
            "happened_at": "2026-06-01 10:00",
        },
    ),
    ("note", {"name": "Remark", "body": "Prefers the morning", "contact": "Ana Ruiz"}),
    ("task", {"name": "Call back", "contact": "Ana Ruiz", "due_on": "2026-06-10"}),
    ("task", {"name": "Send offer", "deal": "Roof", "due_on": "2026-06-15", "priority": "high"}),
    ("task", {"name": "Later", "due_on": "2026-07-01"}),
    ("product", {"name": "Nail", "price": "0.05 EUR", "recurrence": "once"}),
    (
        "order",
        {
            "name": "A-1",
            "company": "Acme",
            "total": "100 EUR",
            "lines": [{"product": "Nail", "quantity": 2000}],
        },
    ),
    ("rate", {"name": "JPY", "rate": "0.006", "base": "EUR", "valid_on": "2026-01-01"}),
    ("view", {"name": "Customers", "of": "contact", "filter": "lifecycle = customer", "sort": "name"}),
    ("list", {"name": "Fair", "of": "contact"}),
    ("boat", {"name": "Argo", "length": "12.5"}),
]
