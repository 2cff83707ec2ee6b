"""Every kind of record, built-in or own, has every verb, and every field can be written from the command line."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from crmtool.cli.nouns.group import COMMON, verbs
from crmtool.core.entities import builtin
from crmtool.core.fields import Field
from crmtool.core.registry import Entity

Run = Callable[..., Any]

NOUNS = [entity for entity in builtin().entities.values() if entity.key != "link"]
FIELDS = [
    (e, f)
    for e in NOUNS
    for f in e.fields.values()
    if f.writable and not f.hidden and e.key not in ("field", "object")
]

# What a sample of a kind is as typed, and what the record then says in JSON.
TYPED: dict[str, tuple[str, Any]] = {
    "text": ("Sample", "Sample"),
    "longtext": ("First\nsecond", "First\nsecond"),
    "email": ("Ana@Acme.ES", "Ana@acme.es"),
    "phone": ("+34 600 123 456", "+34 600 123 456"),
    "url": ("https://acme.es", "https://acme.es"),
    "address": ('{"city": "Bilbao"}', {"city": "Bilbao"}),
    "number": ("7.5", 7.5),
    "money": ("1,250.50 USD", {"amount": "1250.50", "currency": "USD"}),
    "date": ("2026-05-31", "2026-05-31"),
    "instant": ("2026-05-31T12:30:00Z", "2026-05-31T12:30:00.000Z"),
    "yesno": ("yes", True),
    "tags": ("b,a", ["b", "a"]),
    "json": ("x,y", ["x", "y"]),
}
# Fields whose values only mean something among others.
SPECIAL = {
    ("task", "repeat"): ("FREQ=WEEKLY", "FREQ=WEEKLY"),
    ("stage", "required"): ("amount,close", ["amount", "close_on"]),
    ("view", "of"): ("deals", "deal"),
    ("view", "filter"): ("name ~ a", "name ~ a"),
    ("view", "sort"): ("-name", "-name"),
    ("view", "columns"): ("name,email", ["name", "emails"]),
    ("list", "of"): ("companies", "company"),
    ("deal", "status"): ("lost", "lost"),
    ("rate", "name"): ("JPY", "JPY"),
    ("rate", "base"): ("EUR", "EUR"),
    ("rate", "rate"): ("0.92", 0.92),
}
# Fields that the rules of their record fill in again.
KEPT = {
    ("activity", "happened_at"), ("deal", "pipeline"), ("deal", "stage"), ("deal", "closed_on"),
    ("note", "name"), ("note", "body"), ("list", "of"), ("view", "of"),
}  # fmt: skip
TARGETS = {
    "user": "Me",
    "pipeline": "Sales",
    "stage": "Proposal",
    "team": "North",
    "contact": "Some Body",
    "deal": "Some deal",
}


@pytest.fixture
def ready(crm: Run, home: Path, tmp_path: Path) -> Run:
    """A workspace with a record for every reference."""
    assert crm("init", "--user", "Me").code == 0
    assert crm("contact", "add", "Some Body").code == 0
    assert crm("team", "add", "North").code == 0
    assert crm("deal", "add", "Some deal", "company=Some company").code == 0
    return crm


def minimal(entity: Entity, tmp_path: Path) -> list[str]:
    """The words that add the least that can be added."""
    if entity.key == "file":
        path = tmp_path / "sample.txt"
        path.write_text("content")
        return [str(path)]
    words = {"note": ["Sample"], "field": ["contact", "Sample"], "view": ["Sample", "of=contact"]}.get(
        entity.key
    )
    if words:
        return words
    name = "USD" if entity.key == "rate" else "Sample"
    out = [name] if entity.name_field in entity.fields else []
    for field in entity.fields.values():
        if field.required and field.key != entity.name_field and field.writable and entity.key != "object":
            out.append(f"{field.key}={typed(entity, field)[0]}")
    return out


def typed(entity: Entity, field: Field) -> tuple[str, Any]:
    if (entity.key, field.key) in SPECIAL:
        return SPECIAL[entity.key, field.key]
    if field.kind.name in ("reference", "file"):
        name = TARGETS.get(str(field.target), "Some company")
        return name, name
    if field.kind.name == "choice":
        return field.choices[-1].label, field.choices[-1].key
    return TYPED[field.kind.name]


def plain(value: Any, field: Field) -> Any:
    """What the JSON of a record says, without ids and labels."""
    if field.multi:
        return value[0]["value"]
    return value["name"] if field.kind.name in ("reference", "file") else value


@pytest.mark.parametrize("entity", NOUNS, ids=lambda e: e.key)
def test_every_verb_works(
    ready: Run, entity: Entity, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    crm, noun = ready, entity.key
    before = int(crm("count", noun).out)
    tried = crm(noun, "add", *minimal(entity, tmp_path), "--dry-run")
    assert (tried.code, tried.out) == (0, "")
    assert int(crm("count", noun).out) == before
    ran = crm(noun, "add", *minimal(entity, tmp_path), "--json")
    assert ran.code == 0, ran.err
    made = json.loads(ran.out)
    record = made["changed"][0]
    assert record["entity"] == noun
    assert made["undo"]
    handle = f"@{_handle(record['id'])}"
    listed = json.loads(crm(noun, "list", "--json").out)
    assert record["id"] in [item["id"] for item in listed]
    assert crm(noun, "list").code == 0
    shown = crm("show", handle, "--json")
    assert json.loads(shown.out)["id"] == record["id"], shown.err
    assert handle in crm("show", handle).out
    assert crm(noun, "show", handle).code == 0
    key = "name" if "name" in entity.fields else entity.name_field
    other, third = ("CHF", "GBP") if noun == "rate" else ("Other", "Third")
    changed = crm(noun, "set", handle, f"{key}={other}", "--json")
    assert changed.code == 0, changed.err
    monkeypatch.setenv("EDITOR", f"sed -i s/{other}/{third}/")
    edited = crm(noun, "edit", handle, "--json")
    assert edited.code == 0, edited.err
    assert third in json.dumps(json.loads(edited.out)["changed"][0])
    assert crm(noun, "rm", handle).code == 0
    assert record["id"] not in crm(noun, "list", "--json").out
    assert record["id"] in crm(noun, "list", "--trash", "--json").out
    assert record["id"] in crm("trash", noun, "--json").out
    assert crm(noun, "restore", handle).code == 0
    assert int(crm("count", noun).out) == before + 1
    past = [json.loads(line) for line in crm(noun, "history", handle, "--ndjson").out.splitlines()]
    assert {"create", "update", "delete", "restore"} <= {item["verb"] for item in past}
    assert past[0]["command"] == f"{noun} restore"


@pytest.mark.parametrize(("entity", "field"), FIELDS, ids=lambda item: item.key)
def test_every_field_is_written_by_a_word(ready: Run, entity: Entity, field: Field, tmp_path: Path) -> None:
    crm = ready
    made = crm(entity.key, "add", *minimal(entity, tmp_path), "--json")
    record = json.loads(made.out)["changed"][0]
    text, expected = typed(entity, field)
    more = ["filter=", "sort=", "columns="] if (entity.key, field.key) == ("view", "of") else []
    ran = crm(entity.key, "set", record["id"], f"{field.key}={text}", *more, "--json")
    assert ran.code == 0, ran.err
    after = json.loads(crm("show", record["id"], "--json").out)
    assert plain(after[field.key], field) == expected
    if not field.required and (entity.key, field.key) not in KEPT:
        assert crm(entity.key, "set", record["id"], f"{field.key}=").code == 0
        assert json.loads(crm("show", record["id"], "--json").out)[field.key] in (None, [], False)


@pytest.mark.parametrize("entity", NOUNS, ids=lambda e: e.key)
@pytest.mark.parametrize("verb", list(COMMON))
def test_every_verb_has_its_help(crm: Run, entity: Entity, verb: str) -> None:
    ran = crm(entity.key, verb, "--help")
    assert ran.code == 0
    assert ran.out.startswith(f"Usage: crm {entity.key} {verb} ")
    assert "None" not in ran.out


@pytest.mark.parametrize("entity", NOUNS, ids=lambda e: e.key)
def test_help_in_the_pseudo_locale_has_no_plain_english(
    crm: Run, entity: Entity, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CRM_LANG", "qps")
    for line in crm(entity.key, "--help").out.splitlines():
        name, _, rest = line.strip().partition("⟦")
        assert not line or rest.endswith("⟧") or (not rest and name in verbs(entity)), line


@pytest.mark.parametrize("entity", NOUNS, ids=lambda e: e.key)
def test_every_noun_has_an_example_of_adding_and_listing(crm: Run, entity: Entity) -> None:
    assert f"\n  crm {entity.key} add " in crm(entity.key, "add", "--help").out
    assert f"\n  crm {entity.key} list" in crm(entity.key, "list", "--help").out


def test_an_own_object_has_every_verb(ready: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    crm = ready
    assert crm("object", "add", "Machine").code == 0
    assert crm("field", "add", "machine", "Weight", "kind=number").code == 0
    assert crm("machine", "add", "Mill", "weight=12").code == 0
    assert json.loads(crm("machine", "list", "weight > 10", "--json").out)[0]["weight"] == 12
    assert crm("machine", "list", "weight > 12", "--json").out == "[]\n"
    assert crm("machine", "set", "Mill", "weight=14").code == 0
    assert (
        "14" in crm("show", f"@{_handle(json.loads(crm('machine', 'show', 'Mill', '--json').out)['id'])}").out
    )
    monkeypatch.setenv("EDITOR", "sed -i s/14/15/")
    assert crm("machine", "edit", "Mill").code == 0
    assert crm("machine", "rm", "Mill").code == 0
    assert crm("machine", "restore", "Mill").code == 0
    assert "15" in crm("machine", "history", "Mill").out
    assert crm("count", "machine").out == "1\n"
    assert crm("machine", "add", "--help").out.count("crm machine add") == 2
    assert crm("undo", "--yes").code == 0


def _handle(record: str) -> str:
    from crmtool.core.ids import handle

    return handle(record)
