"""``crm schema`` promises what commands print: every record of every kind, what a change prints, and errors."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from tests.samples import NOW, fill

from crmtool.cli.table import TABLE
from crmtool.core import json_schema
from crmtool.core.entities import builtin
from crmtool.core.fields import Context

Run = Callable[..., Any]
KINDS = [*builtin().entities, "boat"]


@pytest.fixture
def workspace(home: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("CRM_NOW", NOW)
    return fill()


def checked(document: Any, schema: Any) -> None:
    """Assert that ``document`` is what ``schema`` says, and that the schema is one."""
    jsonschema.Draft202012Validator.check_schema(schema)
    jsonschema.validate(document, schema, jsonschema.Draft202012Validator)


def closed(schema: dict[str, Any]) -> dict[str, Any]:
    """The schema with every property named: what is printed and not promised is found out."""
    return {**schema, "additionalProperties": False}


def test_records_print_as_promised(crm: Run, workspace: Path) -> None:
    seen = 0
    for kind in [*(kind for kind in KINDS if kind in TABLE), "boat"]:
        schema = json.loads(crm("schema", kind).out)
        listed = crm(kind, "list", "--json")
        assert listed.code == 0, listed.err
        for record in json.loads(listed.out):
            checked(record, closed(schema))
            seen += 1
    assert seen > 30


def test_shown_records_print_as_promised(crm: Run, workspace: Path) -> None:
    for noun, name in (("contact", "Ana Ruiz"), ("company", "Acme"), ("deal", "Roof"), ("boat", "Argo")):
        ran = crm(noun, "show", name, "--json")
        assert ran.code == 0, ran.err
        checked(json.loads(ran.out), json.loads(crm("schema", noun).out))


def test_chosen_fields_print_as_promised(crm: Run, workspace: Path) -> None:
    schema = json.loads(crm("schema", "contact", "--fields", "name,emails").out)
    assert [*schema["properties"]] == ["name", "emails"]
    for record in json.loads(crm("contact", "list", "--json", "--fields", "name,emails").out):
        checked(record, closed(schema))


def test_changes_print_as_promised(crm: Run, workspace: Path) -> None:
    schema = json.loads(crm("schema", "result").out)
    contact = json.loads(crm("schema", "contact").out)
    for words in (
        ["contact", "add", "Bo Ek", "email=bo@ek.se", "tags=new", "company=Ek AB"],
        ["contact", "set", "Bo Ek", "title=Boss"],
        ["contact", "set", "Bo Ek", "title=Boss"],
        ["contact", "add", "Dry", "--dry-run"],
        ["contact", "rm", "Bo Ek", "--yes"],
    ):
        ran = crm(*words, "--json")
        assert ran.code == 0, ran.err
        printed = json.loads(ran.out)
        checked(printed, schema)
        for record in printed["changed"]:
            if record["entity"] == "contact" and "--dry-run" not in words:
                checked(record, contact)


def test_errors_print_as_promised(crm: Run, workspace: Path) -> None:
    schema = json.loads(crm("schema", "error").out)
    for words in (
        ["show", "nobody"],
        ["contact", "list", "--where", "("],
        ["nonsense"],
        ["contact", "add", "x", "email=x"],
    ):
        ran = crm(*words, "--json")
        assert ran.code != 0
        checked(json.loads(ran.err), schema)


def test_everything_at_once(crm: Run, workspace: Path) -> None:
    whole = json.loads(crm("schema").out)
    jsonschema.Draft202012Validator.check_schema(whole)
    assert {*whole["$defs"]} == {*KINDS, "$result", "$error"}
    assert {"region", "budget", "colours"} <= {*whole["$defs"]["contact"]["properties"]}


def test_without_a_workspace_the_built_in_kinds_are_told(crm: Run) -> None:
    assert "region" not in json.loads(crm("schema", "contact").out)["properties"]
    assert crm("schema", "boat").code == 2
    assert "contact" in crm("schema", "contac").err
    assert crm("schema", "--input").code == 2


def test_a_plural_and_an_alias_will_do(crm: Run, workspace: Path) -> None:
    assert crm("schema", "contacts").out == crm("schema", "contact").out
    assert [*json.loads(crm("schema", "deal", "--fields", "value").out)["properties"]] == ["amount"]


ACCEPTED: list[tuple[str, dict[str, Any]]] = [
    (
        "contact",
        {"name": "A", "email": "a@b.cd", "phone": ["+34 600 1"], "tags": "x, y", "birthday": "1980-01-01"},
    ),
    (
        "contact",
        {"name": "A", "emails": [{"value": "a@b.cd", "label": "work"}, "c@d.ef"], "do_not_contact": True},
    ),
    (
        "contact",
        {"name": "A", "emails": None, "tags": [], "company": {"name": "Acme"}, "addresses": ["Street 1"]},
    ),
    ("deal", {"name": "A", "amount": "10k", "company": "Acme", "close_on": "eom", "probability": 50}),
    ("deal", {"name": "A", "amount": {"amount": "1.50", "currency": "EUR"}, "probability": "50 %"}),
    ("deal", {"name": "A", "amount": 1.5}),
    ("order", {"name": "A", "lines": [{"product": "x"}]}),
]


@pytest.mark.parametrize(("kind", "record"), ACCEPTED)
def test_what_the_input_schema_allows_is_read(kind: str, record: dict[str, Any]) -> None:
    entity = builtin().entity(kind)
    schema = json_schema.accepted(entity, entity.fields.values())
    checked(record, closed(schema))
    context = Context(now=NOW)
    for name, value in record.items():
        field = entity.field(name)
        if field.kind.name != "reference":
            field.parse(value, context) if isinstance(value, str) else field.validate(value, context)


@pytest.mark.parametrize(
    "record", [{"name": 5}, {"emails": [{"label": "work"}]}, {"company": {}}, {"birthday": []}]
)
def test_what_is_not_read_is_not_allowed(record: dict[str, Any]) -> None:
    entity = builtin().entity("contact")
    with pytest.raises(jsonschema.ValidationError):
        checked(record, json_schema.accepted(entity, entity.fields.values()))


def test_no_derived_or_system_field_is_taken_as_input(crm: Run, workspace: Path) -> None:
    properties = json.loads(crm("schema", "contact", "--input").out)["properties"]
    assert properties.keys().isdisjoint({"id", "rev", "created_at", "last_contacted_at"})
    assert {"email", "emails", "region"} <= {*properties}


def test_schemas_never_vary_by_language(crm: Run, workspace: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    english = crm("schema").out
    monkeypatch.setenv("CRM_LANG", "qps")
    assert crm("schema").out == english
