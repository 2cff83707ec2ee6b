"""Whose file it is, by the names of its columns alone."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from crmtool.core.entities import builtin
from crmtool.core.errors import UsageError
from crmtool.core.registry import Registry
from crmtool.transfer.layouts import Header, all_layouts, choose
from crmtool.transfer.layouts.base import ENTRY, EXTRA, IGNORE, LABEL, described
from crmtool.transfer.layouts.words import english, normal
from crmtool.transfer.sources.csv_source import CsvSource

from . import exports
from .conftest import FIXTURES

KNOWN = {
    "google_new": ("google", "contact"),
    "google_old": ("google", "contact"),
    "outlook_desktop": ("outlook", "contact"),
    "outlook_com": ("outlook", "contact"),
    "outlook_from_google": ("outlook", "contact"),
    "outlook_german": ("outlook", "contact"),
    "linkedin": ("linkedin", "contact"),
    "hubspot_contacts": ("hubspot", "contact"),
    "hubspot_companies": ("hubspot", "company"),
    "contacts": ("csv", "contact"),
}


def columns_of(name: str) -> list[str]:
    with CsvSource(str(FIXTURES / f"{name}.csv")) as source:
        return source.columns


def chosen(*columns: str, wanted: str | None = None) -> tuple[str, str]:
    layout = choose(Header(columns), builtin(), wanted)
    return layout.vendor, layout.entity


def test_every_fixture_has_a_known_layout() -> None:
    assert {path.stem for path in FIXTURES.glob("*.csv")} == set(KNOWN)


@pytest.mark.parametrize("name", KNOWN)
def test_the_vendor_is_told_from_the_header(name: str) -> None:
    columns = columns_of(name)
    assert chosen(*columns) == KNOWN[name]
    random.Random(1).shuffle(columns)
    assert chosen(*columns) == KNOWN[name]
    assert chosen(*[column.upper() for column in columns]) == KNOWN[name]


@pytest.mark.parametrize("name", KNOWN)
def test_a_file_of_rejected_rows_has_the_same_layout(name: str) -> None:
    assert chosen("crm_row", "crm_field", "crm_reason", *columns_of(name)) == KNOWN[name]


@pytest.mark.parametrize(
    ("columns", "expected"),
    [
        (("name", "email", "phone"), ("csv", "contact")),
        (("Full Name", "Work Email", "Mobile", "Organization"), ("csv", "contact")),
        (("Nom", "Prénom", "Adresse e-mail", "Société"), ("csv", "contact")),
        (("Vorname", "Name", "Firma", "PLZ", "Ort"), ("csv", "contact")),
        (("name", "domain", "industry"), ("csv", "company")),
        (("Company", "Website", "Phone"), ("csv", "company")),
        (("First Name", "Last Name", "URL", "Position"), ("linkedin", "contact")),
        (
            ("First Name", "Last Name", "E-mail Address", "Business Phone", "Business City"),
            ("outlook", "contact"),
        ),
        (("First Name", "Last Name", "Email", "Record ID", "Something Else"), ("hubspot", "contact")),
        (("First Name", "Phone 1 - Value"), ("google", "contact")),
    ],
)
def test_headers_people_write(columns: tuple[str, ...], expected: tuple[str, str]) -> None:
    assert chosen(*columns) == expected


@pytest.mark.parametrize(
    ("called", "columns", "entity"),
    [
        (("companies", "all"), ("name", "website"), "company"),
        (("Sheet1", "Our accounts 2025"), ("name", "phone", "city"), "company"),
        (("", "products"), ("name", "price"), "product"),
        (("tasks", "export"), ("name", "due", "company"), "task"),
        (("", "companies"), ("name", "email", "company"), "contact"),
        (("", "companies"), ("name", "nickname"), "contact"),
        (("", "orders"), ("name", "email"), "contact"),
        (("", "people of companies"), ("name", "website"), "contact"),
        (("", "anything"), ("name", "website"), "contact"),
        (("", "companies"), ("First Name", "Last Name", "URL", "Position"), "contact"),
    ],
)
def test_what_a_list_is_called_settles_what_its_columns_do_not(
    called: tuple[str, ...], columns: tuple[str, ...], entity: str
) -> None:
    assert choose(Header(columns), builtin(), called=called).entity == entity
    assert choose(Header(columns), builtin(), "contacts", called=called).entity == "contact"


def test_a_layout_can_be_named() -> None:
    assert chosen("First Name", "Last Name", "URL", wanted="linkedin") == ("linkedin", "contact")
    assert chosen("name", "phone", wanted="companies") == ("csv", "company")
    assert chosen(*columns_of("hubspot_companies"), wanted="hubspot") == ("hubspot", "company")
    with pytest.raises(UsageError, match="no layout called"):
        chosen("name", wanted="lotus")


@pytest.mark.parametrize("columns", [("a", "b"), ("Record ID", "Ticket name"), ("",)])
def test_columns_of_no_layout_are_an_error(columns: tuple[str, ...]) -> None:
    with pytest.raises(UsageError) as error:
        chosen(*columns)
    assert error.value.code == "unknown_layout"


def test_every_column_of_a_vendor_goes_somewhere() -> None:
    """A value column has its label column in the same group, and every field exists."""
    registry = builtin()
    for name in KNOWN:
        header = Header(columns_of(name))
        layout = choose(header, registry)
        entity = registry.entities[layout.entity]
        targets = layout.bind(header)
        assert sum(target.role not in (EXTRA, IGNORE) for target in targets) >= 4
        values = {target.group for target in targets if target.role in (ENTRY, "address")}
        for target in targets:
            assert not target.field or target.field in entity.fields
            assert target.role != LABEL or target.group in values
            assert described(target, entity).removesuffix(".label") in {
                *entity.fields,
                *registry.entities,
                "",
            }


def test_own_fields_are_columns_of_the_generic_layout() -> None:
    own = {
        "id": "0190a0a0-0000-7000-8000-000000000001",
        "of": "contact",
        "key": "shoe_size",
        "name": "Shoe size",
        "kind": "number",
    }
    registry: Registry = builtin().with_own([], [own])
    layout = choose(Header(["Name", "Shoe Size"]), registry)
    assert [target.field or target.part for target in layout.bind(Header(["Name", "Shoe Size"]))] == [
        "full",
        "shoe_size",
    ]


def test_what_a_list_prints_is_what_an_import_reads() -> None:
    registry = builtin()
    for layout in all_layouts(registry)[-2:]:
        entity = registry.entities[layout.entity]
        keys = [key for key, field in entity.fields.items() if field.writable]
        for key, target in zip(keys, layout.bind(Header(keys)), strict=True):
            assert described(target, entity) == key, key


@pytest.mark.parametrize(
    "entity", ["contact", "company", "deal", "activity", "task", "order", "product", "note"]
)
def test_a_complete_export_with_fields_that_are_not_here_is_still_ours(entity: str) -> None:
    columns = [key for key, field in builtin().entities[entity].fields.items() if not field.hidden]
    for more in ((), ("shoe",), ("shoe", "boat_id", "Record ID", "Lead Status", "OwnerId")):
        assert chosen(*columns, *more) == ("csv", entity)


def test_names_of_columns_are_compared_folded() -> None:
    assert normal("  E-Mail 1 - Value* ") == "email 1 value"
    assert normal("Straße (geschäftlich)") == "strasse geschaftlich"
    assert english(["nom", "prenom"]) == ["last name", "first name"]
    assert english(["nom"]) == ["name"]
    assert english(["nombre", "apellidos"]) == ["first name", "last name"]
    assert english(["name", "vorname"]) == ["last name", "first name"]
    assert english(["nome", "cognome"]) == ["first name", "last name"]


def test_columns_of_one_name_are_told_apart() -> None:
    assert Header(["Phone", "Phone", "", "Phone"]).unique() == ["Phone", "Phone (2)", "Column 3", "Phone (3)"]


def test_the_outlook_fixtures_have_every_column(tmp_path: Path) -> None:
    assert len(columns_of("outlook_desktop")) == 92
    assert len(columns_of("outlook_com")) == 61


EXPORTS = {
    **{f"salesforce {name}": (text, ("salesforce", kind)) for (name, text), kind in zip(
        exports.SALESFORCE.items(), ("company", "contact", "contact", "deal", "task", "activity"), strict=True)},
    **{f"hubspot {name}": (text, ("hubspot", kind)) for (name, text), kind in zip(
        exports.HUBSPOT.items(), ("company", "contact", "deal"), strict=True)},
    **{f"sales {name}": (text, ("csv", kind)) for (name, text), kind in zip(
        exports.SALES.items(), ("product", "company", "deal"), strict=True)},
    "salesforce report": (exports.SALESFORCE_REPORT, ("salesforce", "contact")),
    "pipedrive": (exports.PIPEDRIVE.replace(";", ","), ("pipedrive", "deal")),
    "pipedrive people": ("Person - Name,Person - Email (Work),Person - Phone,Organization - Name\n", ("pipedrive", "contact")),
    "pipedrive organisations": ("Organization - Name,Organization - Owner,Organization - Address\n", ("pipedrive", "company")),
    "twenty": (exports.TWENTY_PEOPLE, ("twenty", "contact")),
    "twenty deals": (exports.TWENTY_DEALS, ("twenty", "deal")),
    "twenty companies": ("Name,Domain Name / Link URL,Address / City,Employees\n", ("twenty", "company")),
    "atomic": (exports.ATOMIC, ("atomic", "contact")),
    "orders": ("Order number,Order date,Customer,Total\n", ("csv", "order")),
    "tasks": ("Task,Due date,Contact,Priority\n", ("csv", "task")),
    "activities": ("Subject,Happened at,Contact\n", ("csv", "activity")),
    "notes": ("Note,Contact\n", ("csv", "note")),
    "products": ("Product,SKU,Price\n", ("csv", "product")),
    "deals": ("Deal,Company,Value,Stage\n", ("csv", "deal")),
    "stages": ("name,pipeline,position,probability\n", ("csv", "stage")),
}  # fmt: skip


@pytest.mark.parametrize("name", EXPORTS)
def test_whose_export_it_is_and_of_what(name: str) -> None:
    text, expected = EXPORTS[name]
    columns = text.splitlines()[0].split(",")
    assert chosen(*columns) == expected
    random.Random(1).shuffle(columns)
    assert chosen(*columns) == expected
    assert chosen(*[column.upper() for column in columns]) == expected
    assert chosen("crm_row", "crm_field", "crm_reason", *columns) == expected


def test_a_vendor_and_a_kind_can_be_named_together() -> None:
    assert chosen("Name", "Email", wanted="salesforce/contacts") == ("salesforce", "contact")
    assert chosen("name", "amount", wanted="deal") == ("csv", "deal")
    with pytest.raises(UsageError, match="no layout called"):
        chosen("name", wanted="linkedin/deals")
