"""Workbooks as an independent library reads them."""

from __future__ import annotations

import datetime
import io
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from openpyxl.utils.escape import unescape

from crmtool.app.commands import Add
from crmtool.app.create import NewWorkspace, create_workspace
from crmtool.app.workspace import Workspace
from crmtool.store.reader import Query
from crmtool.transfer.export import sheet_cells, workbook
from crmtool.transfer.export.tables import Export, Table, all_tables

Make = Callable[..., Table]


def book(store: Workspace, *tables: Table, raw: bool = False) -> tuple[Any, Export]:
    export = Export(store.reader, tables, raw=raw)
    file = io.BytesIO()
    workbook.write(export, file)
    return openpyxl.load_workbook(file), export


def rows(sheet: Any) -> list[dict[str, Any]]:
    head, *lines = sheet.iter_rows()
    return [dict(zip((cell.value for cell in head), line, strict=True)) for line in lines]


def named(sheet: Any, name: str) -> dict[str, Any]:
    return next(row for row in rows(sheet) if row["name"].value == name)


def test_cells_are_typed(store: Workspace, table: Make) -> None:
    made, export = book(store, table("contact"), table("deal"), table("task"), table("rate"))
    contacts, deals, tasks, rates = made
    own = named(contacts, "Own")
    assert own["seen"].value == datetime.datetime(2026, 1, 2, 3, 4, 5, 678_000)
    assert own["seen"].number_format.endswith('"Z"')
    assert own["size"].value == -2.5
    assert own["keen"].value is False
    assert (own["budget"].value, own["budget_currency"].value, own["budget"].number_format) == (
        -3,
        "JPY",
        "#,##0",
    )
    assert named(contacts, "Ana Ruiz")["birthday"].value == datetime.datetime(1980, 2, 29)
    assert named(contacts, "José Blanco")["do_not_contact"].value is True
    assert named(deals, "Minus")["amount"].value == -0.5
    assert named(deals, "Minus")["amount"].number_format == "#,##0.000"
    assert named(deals, "Large")["amount"].value == 9007199254740.99
    assert named(tasks, "Later")["due_on"].is_date
    assert named(rates, "JPY")["rate"].value == 0.006
    assert export.rows == sum(sheet.max_row - 1 for sheet in made)


def test_a_sheet_is_laid_out_for_work(store: Workspace, table: Make) -> None:
    made, _ = book(store, table("contact"))
    (sheet,) = made
    assert sheet.title == "Contacts"
    assert sheet.freeze_panes == "B2"
    assert sheet.auto_filter.ref == sheet.dimensions
    assert sheet["A1"].font.b
    assert all(dimension.width > 5 for dimension in sheet.column_dimensions.values())


def test_text_that_begins_like_a_formula_stays_text(store: Workspace, table: Make) -> None:
    made, _ = book(store, table("contact"))
    row = named(made.active, "=1+1")
    assert row["name"].data_type == "s"
    assert row["name"].quotePrefix
    assert row["department"].quotePrefix
    assert not row["phones"].quotePrefix
    assert named(made.active, "Own")["boss"].quotePrefix
    assert named(made.active, "مرحبا")["phones"].quotePrefix
    raw, _ = book(store, table("contact"), raw=True)
    row = named(raw.active, "=1+1")
    assert row["name"].data_type == "s"
    assert not row["name"].quotePrefix


def test_every_character_survives(store: Workspace, table: Make) -> None:
    made, _ = book(store, table("contact"))
    held = {record["name"]: record for record in store.reader.records(Query("contact"))}
    for row in rows(made.active):
        record = held[unescape(row["name"].value)]
        assert unescape(row["description"].value or "") == (record["description"] or "")
        assert unescape(row["source"].value or "") == (record["source"] or "")


def test_what_no_cell_can_hold_stands_on_a_sheet_of_its_own(tmp_path: Path, table: Make) -> None:
    whole = "😀" * 20_000 + "é" * 50_000
    with create_workspace(str(tmp_path / "crm.db"), NewWorkspace("Long", "Sam"), zone="UTC") as store:
        outcome = store.run(Add("note", {"name": "Long", "body": whole}))
        made, export = book(store, table("note", ["name", "body", "id"]), table("user", ["name"]))
    notes, _, long = made
    cut = named(notes, "Long")["body"].value
    assert len(cut.encode("utf-16-le")) // 2 <= sheet_cells.CELL_LIMIT
    assert "Long texts" in cut
    assert export.cut == 1
    assert export.rows == notes.max_row - 1 + made["Users"].max_row - 1
    pieces = rows(long)
    assert "".join(piece["text"].value for piece in pieces) == whole
    assert {piece["id"].value for piece in pieces} == {outcome.made[0][1]}
    assert [piece["part"].value for piece in pieces] == [*range(1, len(pieces) + 1)]


def test_rows_go_on_on_a_further_sheet(
    store: Workspace, table: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workbook, "ROW_LIMIT", 4)
    contacts = table("contact", ["name"])
    made, export = book(store, contacts, table("rate", ["name"]))
    names = [row["name"].value for sheet in made.worksheets[:-1] for row in rows(sheet)]
    count = store.reader.count(Query("contact"))
    assert len(names) == count
    assert made.sheetnames == [
        "Contacts",
        *(f"Contacts {n}" for n in range(2, -(-count // 3) + 1)),
        "Exchange rates",
    ]
    assert export.rows == count + 1
    monkeypatch.setattr(workbook, "ROW_LIMIT", count + 1)
    made, _ = book(store, contacts)
    assert made.sheetnames == ["Contacts"]


def test_sheets_have_names_that_the_format_allows(store: Workspace, table: Make) -> None:
    rate = table("rate", ["name"])
    titles = ["a/b:c*[d]?", "x" * 40, "X" * 40, "'quoted'", "", 'r&d <">']
    made, _ = book(store, *(rate.replace(title=title) for title in titles))
    assert made.sheetnames == ["a_b_c__d__", "x" * 31, "X" * 29 + " 2", "quoted", "Sheet", 'r&d <">']


def test_the_same_records_make_the_same_file(store: Workspace) -> None:
    files = []
    for _ in range(2):
        file = io.BytesIO()
        workbook.write(Export(store.reader, all_tables(store.reader, store.registry.entities.values())), file)
        files.append(file.getvalue())
    assert files[0] == files[1]
    assert zipfile.ZipFile(io.BytesIO(files[0])).testzip() is None
