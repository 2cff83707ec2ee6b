"""Workbooks, archives, folders and standard input: what is found in them, by content."""

from __future__ import annotations

import io
import json
import os
import sys
import zipfile
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from crmtool.core.errors import UsageError
from crmtool.transfer.sources.opening import open_sources

CARD = "BEGIN:VCARD\nVERSION:3.0\nFN:{}\nEND:VCARD\n"


def opened(*paths: str) -> list[tuple[str, str, list[Any]]]:
    """(name, kind, cells or what stands in their place) of each source."""
    out: list[tuple[str, str, list[Any]]] = []
    for source in open_sources(paths):
        with source:
            rows = [row.cells or row.item.lines for row in source.rows()]
            out.append((os.path.relpath(source.name, os.path.dirname(paths[0])), source.kind, rows))
            assert source.position <= source.size
    return out


def book(path: Path, sheets: dict[str, list[list[object]]], **states: str) -> str:
    made = openpyxl.Workbook()
    made.remove(made.active)
    for title, rows in sheets.items():
        sheet = made.create_sheet(title)
        sheet.sheet_state = states.get(title, "visible")
        for row in rows:
            sheet.append(row)
    made.save(path)
    return str(path)


def test_cells_of_a_workbook_are_text_like_any_other(tmp_path: Path) -> None:
    path = book(
        tmp_path / "a.xlsx",
        {
            "People": [
                ["Our contacts", None, None], [],
                ["Name", "Born", "When", "Phone", "Score", "Ok", "At", "Error", "For"],
                [
                    " Ana ", date(1985, 4, 15), datetime(2026, 1, 2, 9, 30), 34600123456, 1.5, True, time(9, 5), "#N/A",
                    timedelta(hours=30),
                ],
                [], ["Bo", datetime(2026, 1, 2), None, 600.0, 1e-5, False],
            ],
        },
    )  # fmt: skip
    (source,) = open_sources([path])
    with source:
        assert source.name == path
        assert source.columns == ["Name", "Born", "When", "Phone", "Score", "Ok", "At", "Error", "For"]
        assert [(row.number, row.cells) for row in source.rows()] == [
            (
                4,
                [
                    "Ana",
                    "1985-04-15",
                    "2026-01-02 09:30:00",
                    "34600123456",
                    "1.5",
                    "true",
                    "09:05:00",
                    "",
                    "1 day, 6:00:00",
                ],
            ),
            (6, ["Bo", "2026-01-02", "", "600", "1e-05", "false", "", "", ""]),
        ]
        assert len([*source.rows()]) == 2


def test_visible_sheets_with_rows_are_sources(tmp_path: Path) -> None:
    path = book(
        tmp_path / "a.xlsx",
        {
            "People": [["Name"], ["Ana"]],
            "Empty": [],
            "Lists": [["x"], ["y"]],
            "Deals": [["Deal", "Value"], ["D", "=1+1"]],
        },
        Lists="hidden",
    )
    assert opened(path) == [("a.xlsx#People", "table", [["Ana"]]), ("a.xlsx#Deals", "table", [["D", ""]])]


def test_merged_cells_and_rows_of_any_length(tmp_path: Path) -> None:
    made = openpyxl.Workbook()
    for row in (["Report"], ["Name", "City", "Note"], ["Ana"], ["Bo", "Köln", "x", "beyond"]):
        made.active.append(row)
    made.active.merge_cells("A1:C1")
    made.save(tmp_path / "m.xlsx")
    assert opened(str(tmp_path / "m.xlsx")) == [
        ("m.xlsx", "table", [["Ana", "", ""], ["Bo", "Köln", "x", "beyond"]])
    ]


def fill(folder: Path) -> None:
    (folder / "sub" / ".git").mkdir(parents=True)
    (folder / "__MACOSX").mkdir()
    (folder / "b.csv").write_text("name;email\nAna;a@x.example\n")
    (folder / "a.bin").write_bytes(bytes(range(256)) * 20)
    (folder / "README").write_text("Nothing to see, really.\n")
    (folder / ".hidden.csv").write_text("name,email\nNo,n@x.example\n")
    (folder / "__MACOSX" / "b.csv").write_text("name,email\nNo,n@x.example\n")
    (folder / "sub" / ".git" / "c.csv").write_text("name,email\nNo,n@x.example\n")
    (folder / "sub" / "data.json").write_text(json.dumps([{"name": "Cy"}]))
    (folder / "sub" / "empty.csv").write_text("")
    for name in ("z", "y"):
        (folder / "sub" / f"{name}.vcf").write_text(CARD.format(name))


FOUND = [
    ("{}/b.csv", "table", [["Ana", "a@x.example"]]),
    ("{}/sub/data.json", "table", [["Cy"]]),
    ("{}", "vcard", [("VERSION:3.0", "FN:y"), ("VERSION:3.0", "FN:z")]),
]


def test_a_folder_is_searched(tmp_path: Path) -> None:
    fill(tmp_path / "export")
    told: list[str] = []
    for source in open_sources(
        [str(tmp_path / "export")], passed_over=lambda name, why: told.append(os.path.basename(name))
    ):
        assert os.path.dirname(source.reject_stem) == str(tmp_path)
        source.close()
    assert told == ["README", "a.bin", "empty.csv"]
    assert opened(str(tmp_path / "export")) == [
        (name.format("export"), kind, rows) for name, kind, rows in FOUND
    ]


def test_what_is_no_file_in_a_folder_is_passed_over_and_told(tmp_path: Path) -> None:
    folder = tmp_path / "export"
    told: dict[str, str] = {}
    fill(folder)
    (folder / "gone.csv").symlink_to(tmp_path / "nowhere.csv")
    (folder / "again").symlink_to(folder / "sub")
    os.mkfifo(folder / "pipe.csv")
    for source in open_sources(
        [str(folder)], passed_over=lambda name, why: told.update({os.path.basename(name): str(why)})
    ):
        source.close()
    assert told["again"] == f"{folder}/again is a link to a folder, which is not followed."
    assert told["pipe.csv"] == f"{folder}/pipe.csv is neither a file nor a folder."
    assert told["gone.csv"] == f"{folder}/gone.csv leads nowhere."


def test_an_archive_is_searched(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fill(tmp_path / "in")
    path = tmp_path / "all.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for where, _, names in os.walk(tmp_path / "in"):
            for name in names:
                full = Path(where) / name
                archive.write(full, full.relative_to(tmp_path / "in"))
        archive.write(book(tmp_path / "book.xlsx", {"P": [["Name"], ["Di"]]}), "book.xlsx")
    expected = [(name.format("all.zip"), kind, rows) for name, kind, rows in FOUND]
    expected.insert(1, ("all.zip/book.xlsx", "table", [["Di"]]))
    assert opened(str(path)) == expected
    monkeypatch.setattr(sys, "stdin", type("Stdin", (), {"buffer": io.BytesIO(path.read_bytes())}))
    assert [(kind, rows) for _, kind, rows in opened("-")] == [(kind, rows) for _, kind, rows in expected]


def test_a_file_is_what_it_holds_and_not_what_it_is_called(tmp_path: Path) -> None:
    (tmp_path / "people.csv").write_text(CARD.format("Ana"))
    (tmp_path / "people.vcf").write_text("\ufeffname,email\nAna,a@x.example\n")
    (tmp_path / "notes.txt").write_text('[{"name": "Ana"}]')
    kinds = [opened(str(tmp_path / name))[0][1:] for name in ("people.csv", "people.vcf", "notes.txt")]
    assert kinds == [
        ("vcard", [("VERSION:3.0", "FN:Ana")]), ("table", [["Ana", "a@x.example"]]), ("table", [["Ana"]]),
    ]  # fmt: skip


@pytest.mark.parametrize("encoding", ["utf-16", "utf-8-sig", "cp1252"])
def test_cards_in_old_encodings(tmp_path: Path, encoding: str) -> None:
    (tmp_path / "a.vcf").write_bytes(CARD.format("Jörg Groß").replace("\n", "\r\n").encode(encoding))
    assert opened(str(tmp_path / "a.vcf"))[0][2] == [("VERSION:3.0", "FN:Jörg Groß")]


def test_a_failure_closes_what_was_opened(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("name\nAna\n")
    with zipfile.ZipFile(tmp_path / "b.zip", "w") as archive:
        archive.writestr("a.csv", "name,email\nAna,a@x.example\n")
        archive.writestr("b.json", "[{")
    with pytest.raises(UsageError):
        open_sources([str(tmp_path / "a.csv"), str(tmp_path / "b.zip")])


def test_a_directory_of_thousands_of_cards_is_one_source(tmp_path: Path) -> None:
    for number in range(1_500):
        (tmp_path / f"{number:04}.vcf").write_text(CARD.format(number))
    (source,) = open_sources([str(tmp_path)])
    with source:
        rows = [*source.rows()]
        assert [row.number for row in rows] == [*range(1, 1_501)]
        assert rows[-1].item.lines[-1] == "FN:1499"
        assert source.position == source.size


@pytest.mark.skipif(not os.path.isdir("/proc/self"), reason="this system has no such folder")
def test_what_the_kernel_makes_up_is_not_searched(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to("/proc/self")
    for path in ("/proc", "/proc/self/", str(tmp_path / "link")):
        with pytest.raises(UsageError, match="a folder of the system"):
            open_sources([path])


def test_a_card_in_an_encoding_that_was_said_is_one(tmp_path: Path) -> None:
    path = tmp_path / "wide.vcf"
    path.write_bytes(CARD.format("Ana").encode("utf-16-le"))
    (source,) = open_sources([str(path)], encoding="utf-16-le")
    with source:
        assert source.kind == "vcard"
