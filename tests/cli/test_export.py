"""``crm export``: every kind of record in every format, views, lists, folders and books."""

from __future__ import annotations

import csv
import io
import json
import os
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from tests import samples

from crmtool.core.entities import builtin
from crmtool.core.errors import EXIT_AMBIGUOUS, EXIT_NOT_FOUND, EXIT_USAGE
from crmtool.transfer.export.formats import FORMATS

Run = Callable[..., Any]
CARDS = {"vcard": ("contacts", "companies"), "ics": ("activities", "tasks")}
KINDS = [entity.plural for entity in builtin().entities.values()] + ["boats"]


@pytest.fixture
def crm(crm: Run, home: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Run:
    """A command line in a folder of its own, over the sample workspace."""
    monkeypatch.setenv("CRM_NOW", samples.NOW)
    samples.fill()
    (tmp_path / "work").mkdir()
    monkeypatch.chdir(tmp_path / "work")
    return crm


def cells(text: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline="")))


@pytest.mark.parametrize("format", [key for key, format in FORMATS.items() if not format.binary])
def test_every_kind_of_record_in_every_format_of_text(crm: Run, format: str) -> None:
    for kind in KINDS:
        ran = crm("export", kind, "--format", format)
        if format in ("vcard", "ics") and kind not in CARDS[format]:
            assert ran.code == EXIT_USAGE
            continue
        assert ran.code == 0, ran.err
        count = json.loads(crm("count", kind).out)
        if format == "json":
            assert len(json.loads(ran.out)) == count
        elif format == "ndjson":
            assert len(ran.out.splitlines()) == count
        elif format in ("csv", "tsv"):
            assert (
                len(
                    list(
                        csv.reader(
                            io.StringIO(ran.out, newline=""), delimiter="," if format == "csv" else "\t"
                        )
                    )
                )
                == count + 1
            )
        elif format == "md":
            assert len(ran.out.splitlines()) == count + 2
        elif format == "vcard":
            assert ran.out.count("BEGIN:VCARD") == count
        elif format == "ics":
            assert ran.out.count("BEGIN:VEVENT") + ran.out.count("BEGIN:VTODO") == count
        elif format == "html":
            assert ran.out.count("<tr>") == count + 1


def test_all_goes_into_one_book(crm: Run) -> None:
    assert crm("export", "--all", "--to", "all.xlsx").code == 0
    book = openpyxl.load_workbook("all.xlsx", read_only=True)
    assert {"Contacts", "Companies", "Deals", "Views"} <= {*book.sheetnames}
    assert crm("export", "--all", "--to", "all.json").code == 0
    whole = json.loads(Path("all.json").read_text())
    assert len(whole["contacts"]) == 4
    assert [boat["length"] for boat in whole["boats"]] == [12.5]
    assert crm("export", "--all", "--to", "all.html").code == 0
    assert Path("all.html").read_text().count("<caption") == len(whole)


def test_all_goes_into_a_folder(crm: Run) -> None:
    ran = crm("export", "--all", "--to", "all/")
    assert ran.code == 0
    names = sorted(os.listdir("all"))
    assert {"contacts.csv", "boats.csv", "fields.csv"} <= {*names}
    assert "quotas.csv" not in names  # there are none
    assert all(stat.S_IMODE(os.stat(f"all/{name}").st_mode) == 0o600 for name in names)
    header = cells(Path("all/deals.csv").read_bytes().decode())[0]
    assert header[header.index("company") + 1] == "company_id"
    assert crm("export", "contacts,companies", "--to", "two", "--format", "ndjson").code == 0
    assert sorted(os.listdir("two")) == ["companies.ndjson", "contacts.ndjson"]
    assert crm("export", "contacts,companies").code == EXIT_USAGE


def test_a_filter_an_order_and_fields(crm: Run) -> None:
    ran = crm(
        "export", "contact", "company=Acme", "--sort", "-name", "--fields", "name,company.domain", "--raw"
    )
    assert ran.out == "name,company.domain\nJosé Blanco,acme.es\nAna Ruiz,acme.es\n"
    ran = crm(
        "export",
        "contact",
        "--where",
        "company = Acme",
        "--where",
        "tags has vip",
        "--fields",
        "name",
        "--raw",
    )
    assert ran.out == "name\nAna Ruiz\n"
    assert crm("export", "contact", "--fields").out.startswith("Field")


def test_views_and_lists(crm: Run) -> None:
    assert json.loads(crm("export", "Customers", "--format", "ndjson").out)["name"] == "Ana Ruiz"
    assert (
        crm("export", "contacts", "--view", "Customers", "--fields", "name", "--raw").out
        == "name\nAna Ruiz\n"
    )
    crm("list", "add", "Fair", "José Blanco")
    for words in (["Fair"], ["contacts", "--list", "Fair"]):
        assert crm("export", *words, "--fields", "name", "--raw").out == "name\nJosé Blanco\n"
    crm("view", "add", "Best", "of=contact", "filter=lifecycle=customer", "columns=name,title")
    assert crm("export", "best", "--raw").out == "name,title\nAna Ruiz,\n"
    crm("view", "add", "Fair", "of=contact")
    ran = crm("export", "Fair")
    assert ran.code == EXIT_AMBIGUOUS
    assert "  view  Fair" in ran.err
    assert "  list  Fair" in ran.err


def test_an_export_is_private_and_whole(crm: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    Path("out.csv").write_text("before")
    ran = crm("export", "contacts", "--to", "out.csv")
    assert (ran.code, ran.out) == (0, "")
    assert ran.err == "4 records written to out.csv.\n"
    assert stat.S_IMODE(os.stat("out.csv").st_mode) == 0o600
    kept = Path("out.csv").read_bytes()
    from crmtool.transfer.export import columns

    def broken(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(columns.Names, "learn", broken)
    assert crm("export", "contacts", "--to", "out.csv").code == 130
    assert crm("export", "--all", "--to", "folder/").code == 130
    assert Path("out.csv").read_bytes() == kept
    assert os.listdir() == ["out.csv"]


def test_cells_for_spreadsheets_and_for_programs(crm: Run) -> None:
    crm("contact", "add", "=HYPERLINK(1)", "phone=+34 600 1", "department=-")
    safe, raw = (
        crm("export", "contact", "department=-", "--fields", "name,phones,department", *more).out
        for more in ([], ["--raw"])
    )
    assert safe == "\ufeffname,phones,department\r\n'=HYPERLINK(1),+34 600 1,'-\r\n"
    assert raw == "name,phones,department\n=HYPERLINK(1),+34 600 1,-\n"
    assert "'=" not in crm("contact", "list", "--csv").out


def test_what_reaches_a_terminal_is_escaped(crm: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CRM_FORCE_TTY", "1")
    for format in ("csv", "ndjson", "md", "html"):
        out = crm("export", "contacts", "--format", format).out
        assert "Mallory" in out
        assert not set(out) & set("\x1b\r\u202e\ufeff")
    assert crm("export", "contacts", "--format", "xlsx").code == EXIT_USAGE


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (["export"], EXIT_USAGE),
        (["export", "contacts", "--all"], EXIT_USAGE),
        (["export", "--all", "--where", "name=a", "--to", "x.xlsx"], EXIT_USAGE),
        (["export", "--all"], EXIT_USAGE),
        (["export", "contact,deal", "name=a", "--to", "x.xlsx"], EXIT_USAGE),
        (["export", "contacts", "--to", "x.odt"], EXIT_USAGE),
        (["export", "contacts", "--format", "dbf"], EXIT_USAGE),
        (["export", "contacts", "--fields", "nmae"], EXIT_USAGE),
        (["export", "contcts"], EXIT_NOT_FOUND),
        (["export", "deals", "--list", "Fair"], EXIT_USAGE),
        (["export", "contacts", "--to", "none/x.csv"], 1),
    ],
)
def test_what_cannot_be_exported_says_why(crm: Run, words: list[str], code: int) -> None:
    ran = crm(*words)
    assert ran.code == code, ran.err
    assert ran.err.startswith("Error: ")
    assert os.listdir() == []


def test_a_carriage_return_is_quoted_in_a_list_too(crm: Run) -> None:
    crm("contact", "add", "a\rb", "source=cr")
    assert crm("contact", "list", "source=cr", "--csv", "--fields", "name").out == 'name\n"a\rb"\n'


def test_cards_say_what_they_do_not_carry(crm: Run) -> None:
    ran = crm("export", "contacts", "--to", "people.vcf")
    assert ran.err.startswith(
        "vCard does not carry: Lifecycle, Owner, Source, Do not contact, Region, Budget, Colours.\n"
    )
    assert "VERSION:4.0" in Path("people.vcf").read_text()
    assert "VERSION:3.0" in crm("export", "contacts", "--format", "vcard", "--version", "3.0").out
    ran = crm("export", "contacts", "--fields", "name,emails", "--format", "vcf")
    assert ran.err == ""
    assert "TEL" not in ran.out
    assert "EMAIL" in ran.out
    assert crm("export", "contacts", "--format", "vcard", "--version", "2.1").code == EXIT_USAGE
    assert crm("export", "contacts", "--version", "4.0").code == EXIT_USAGE
    ran = crm("export", "--all", "--to", "all.ics")
    assert ran.code == 0
    assert "iCalendar does not carry: Contacts, " in ran.err
    assert Path("all.ics").read_text().count("BEGIN:VTODO") == 3
    assert "ATTENDEE" in Path("all.ics").read_text()
