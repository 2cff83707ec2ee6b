"""Files that are broken, endless or made to do harm end in an error that says what to do, within little memory."""

from __future__ import annotations

import contextlib
import io
import json
import os
import subprocess
import sys
import threading
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crmtool.core.entities import builtin
from crmtool.core.errors import UsageError
from crmtool.core.fields import Context
from crmtool.transfer.cards.formats import drafter, rejected
from crmtool.transfer.sources import archives, xlsx_source
from crmtool.transfer.sources.base import CALENDAR, MAIL, VCARD
from crmtool.transfer.sources.card_source import CardSource
from crmtool.transfer.sources.inputs import Input
from crmtool.transfer.sources.opening import open_sources

MEGABYTE = 1 << 20
# Reads everything with an upper bound on memory, and says how it ended.
_READER = """
import resource, sys
limit = int(sys.argv[1]) << 20
from crmtool.transfer.sources.opening import open_sources
from crmtool.core.errors import CrmError
from crmtool.transfer.cards import calendar, formats, mail, vcard
from crmtool.transfer.sources import csv_source, json_source
from charset_normalizer import from_bytes
with open("/proc/self/statm") as statm:
    used = int(statm.read().split()[0]) * resource.getpagesize()
resource.setrlimit(resource.RLIMIT_AS, (used + limit, used + limit))
try:
    print(sum(1 for source in open_sources(sys.argv[2:]) for row in source.rows()))
except CrmError as error:
    print(error.code, error.exit_code, bool(error.hint))
"""


def read(*paths: str, limit: int = 100, stdin: bytes | None = None) -> str:
    """What a reading with ``limit`` megabytes beyond the program itself ends with."""
    ran = subprocess.run(
        [sys.executable, "-c", _READER, str(limit), *paths], capture_output=True, input=stdin, timeout=120
    )
    assert ran.returncode == 0, ran.stderr.decode()[-2000:]
    return ran.stdout.decode().strip()


def hole(path: Path, start: bytes, size: int, end: bytes = b"\n") -> str:
    """A file that begins and ends like this, with ``size`` zero bytes between that take no room on disk."""
    with path.open("wb") as file:
        file.write(start)
        file.seek(size, os.SEEK_CUR)
        file.write(end)
    return str(path)


needs_limits = pytest.mark.skipif(
    not os.path.exists("/proc/self/statm"), reason="memory is limited where /proc tells its use"
)
_TEXT = b"name,email\n" + b"Ana,ana@x.example\n" * 5_000


@needs_limits
@pytest.mark.system
@pytest.mark.parametrize(
    ("start", "end", "code"),
    [
        (_TEXT, b"\n", "row_too_long"),
        (_TEXT + b'"', b'"\n', "row_too_long"),
        (b'[{"name":"' + b"Ana" * 30_000, b'"}]', "row_too_long"),
        (b'{"name":"Ana"}\n' * 6_000 + b'{"name":"', b'"}\n', "row_too_long"),
        (b"BEGIN:VCARD\r\nFN:Ana\r\nNOTE:" + b"x" * 70_000, b"\r\nEND:VCARD\r\n", "row_too_long"),
        (b"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nX:" + b"x" * 70_000, b"\r\nEND:VEVENT\r\n", "row_too_long"),
    ],
    ids=["csv", "quoted csv", "json", "ndjson", "vcard", "calendar"],
)
def test_a_line_without_end(tmp_path: Path, start: bytes, end: bytes, code: str) -> None:
    size = 1 << 30 if start == _TEXT else 150 << 20
    assert read(hole(tmp_path / "long", start, size, end)) == f"{code} 2 True"


@needs_limits
@pytest.mark.system
@pytest.mark.parametrize(
    ("start", "end"),
    [
        (b"BEGIN:VCARD\r\nFN:Ana\r\nPHOTO;ENCODING=b:" + b"x" * 70_000, b"\r\nEND:VCARD\r\n"),
        (b"From: a@x.example\nSubject: x\n\n" + b"x" * 70_000, b"\n"),
    ],
    ids=["photo", "mail"],
)
def test_what_is_not_kept_may_be_of_any_size(tmp_path: Path, start: bytes, end: bytes) -> None:
    assert read(hole(tmp_path / "long", start, 150 << 20, end)) == "1"


@needs_limits
@pytest.mark.system
@pytest.mark.parametrize(
    ("start", "line", "end"),
    [
        (b"BEGIN:VCARD\r\nFN:Ana\r\nPHOTO;ENCODING=b:\r\n", b" " + b"A" * 74 + b"\r\n", b"END:VCARD\r\n"),
        (b"From: a@x.example\nSubject: x\n\n", b"x y z\n", b""),
        (b"From: a@x.example\nSubject: x\n\n", b"A" * 76 + b"\n", b""),
    ],
    ids=["photo", "mail", "attachment"],
)
def test_nor_do_many_lines_of_it_stay(tmp_path: Path, start: bytes, line: bytes, end: bytes) -> None:
    (tmp_path / "long").write_bytes(start + line * ((30 << 20) // len(line)) + end)
    assert read(str(tmp_path / "long"), limit=80) == "1"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (b"[" + b'{"a":1},' * 10, "truncated"),
        (b'[{"a":' + b"1" * 10_000 + b"}]", "json"),
        (b'[{"a":1}', "truncated"),
        (b"[1,2,3]", "empty_file"),
        (b"[]", "empty_file"),
        (b"{}", "empty_file"),
        (b'[{"a":1}] x', "json"),
        (b"[1,2", "truncated"),
        (b"{" + b",".join(b'"k%d":{"a":1}' % n for n in range(9_000)) + b"}", "too_many_columns"),
    ],
)
def test_broken_json(tmp_path: Path, text: bytes, code: str) -> None:
    (tmp_path / "a.json").write_bytes(text)
    assert refused(str(tmp_path / "a.json")) == code


@needs_limits
@pytest.mark.system
def test_nothing_but_brackets(tmp_path: Path) -> None:
    for text in (b"[" * 3_000_000, b'{"a":' * 1_000_000, b'[{"a":1},' + b'{"a":[' * 500_000):
        (tmp_path / "a.json").write_bytes(text)
        assert read(str(tmp_path / "a.json")) == "nesting 2 True"


@pytest.mark.system
def test_an_endless_stream_is_refused_by_its_beginning() -> None:
    with open("/dev/zero", "rb") as endless:
        ran = subprocess.run(
            [sys.executable, "-c", _READER, "100", "-"], stdin=endless, capture_output=True, timeout=60
        )
    assert ran.stdout.decode().strip() == "format 2 True"
    assert read("/dev/zero") == "not_a_file 2 True"


@pytest.mark.system
def test_a_pipe_that_ends_early_says_so() -> None:
    assert read("-", stdin=b'[{"name": "Ana"}, {"na') == "truncated 2 True"
    assert read("-", stdin=b"BEGIN:VCARD\nFN:Ana\n") == "truncated 2 True"
    assert read("-", stdin=b"") == "empty_file 2 True"
    assert read("-", stdin=b"name,email\nAna,a@x.example\n") == "1"


def test_a_named_pipe_is_read_to_its_end(tmp_path: Path) -> None:
    path = str(tmp_path / "pipe")
    os.mkfifo(path)
    writer = threading.Thread(target=lambda: Path(path).write_bytes(b"name\nAna\n"))
    writer.start()
    (source,) = open_sources([path])
    with source:
        assert [row.cells for row in source.rows()] == [["Ana"]]
    writer.join()


# -- archives --------------------------------------------------------------------------------------------------------


def packed(path: Path, members: dict[str, bytes], how: int = zipfile.ZIP_DEFLATED) -> str:
    with zipfile.ZipFile(path, "w", how) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return str(path)


def refused(path: str) -> str:
    with pytest.raises(UsageError) as error:
        read_here(path)
    assert error.value.hint is not None
    return error.value.code


def read_here(path: str) -> int:
    count = 0
    for source in open_sources([path]):
        with source:
            count += sum(1 for _ in source.rows())
    return count


def test_bombs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archives, "_SMALL", MEGABYTE)
    zeros = b"a,b\n" + b"1,1\n" * (MEGABYTE // 2)
    assert refused(packed(tmp_path / "flat.zip", {"a.csv": zeros})) == "too_large"
    assert (
        refused(packed(tmp_path / "many.zip", {f"{n}.csv": zeros[: MEGABYTE - 1] for n in range(20)}))
        == "too_large"
    )
    inner = packed(tmp_path / "inner.zip", {"a.csv": b"a,b\n1,2\n"})
    assert refused(packed(tmp_path / "nested.zip", {"inner.zip": Path(inner).read_bytes()})) == "empty_file"
    monkeypatch.setattr(archives, "_MOST_MEMBERS", 10)
    assert (
        refused(packed(tmp_path / "members.zip", {f"{n}.csv": b"a,b\n1,2\n" for n in range(11)}))
        == "too_large"
    )


def test_a_table_of_contents_that_lies(tmp_path: Path) -> None:
    path = Path(packed(tmp_path / "a.zip", {"a.csv": b"a,b\n" + b"1,2\n" * 10_000}))
    data = path.read_bytes()
    size = (40_004).to_bytes(4, "little")
    assert data.count(size) == 2
    path.write_bytes(data.replace(size, (100).to_bytes(4, "little")))
    assert refused(str(path)) == "broken"


def test_broken_and_encrypted_archives(tmp_path: Path) -> None:
    path = Path(packed(tmp_path / "a.zip", {"a.csv": os.urandom(2_000).hex().encode()}))
    data = path.read_bytes()
    path.write_bytes(data[: len(data) // 2])
    assert refused(str(path)) == "broken"
    path.write_bytes(data[:200] + b"garbage" + data[207:])
    assert refused(str(path)) == "broken"
    encrypted = bytearray(data)
    for at in (6, data.rindex(b"PK\x01\x02") + 8):
        encrypted[at] |= 1
    path.write_bytes(encrypted)
    assert refused(str(path)) == "encrypted"
    assert refused(packed(tmp_path / "none.zip", {})) == "empty_file"
    assert (
        refused(packed(tmp_path / "doc.docx", {"[Content_Types].xml": b"<x/>", "word/document.xml": b"<x/>"}))
        == "format"
    )


def test_names_in_an_archive_lead_nowhere(tmp_path: Path) -> None:
    path = packed(tmp_path / "a.zip", {"../../etc/evil\x1b[2J.csv": b"a,b\n1,2\n"})
    (tmp_path / "a.json").write_text(
        json.dumps({"../contacts": [{"name": "Ana"}], "/etc/x\n": [{"name": "Bo"}]})
    )
    book = openpyxl.Workbook()
    for title in ("..", "../x"):
        book.create_sheet("x")._WorkbookChild__title = title  # names that the library itself would not take
        book[title].append(["name"])
    book.save(tmp_path / "a.xlsx")
    for source in open_sources([path, str(tmp_path / "a.json"), str(tmp_path / "a.xlsx")]):
        with source:
            assert os.path.dirname(source.reject_stem) == str(tmp_path)
            assert source.reject_stem.isprintable()


# -- workbooks -------------------------------------------------------------------------------------------------------


def workbook(rows: list[list[object]]) -> bytes:
    book, out = openpyxl.Workbook(), io.BytesIO()
    for row in rows:
        book.active.append(row)
    book.save(out)
    return out.getvalue()


def altered(path: Path, change: Callable[[str, bytes], bytes]) -> str:
    """A workbook of two columns with its parts passed through ``change``."""
    with zipfile.ZipFile(io.BytesIO(workbook([["name", "email"], ["Ana", "a@x.example"]]))) as old:
        return packed(path, {name: change(name, old.read(name)) for name in old.namelist()})


def test_entities_in_a_workbook_are_refused(tmp_path: Path) -> None:
    bomb = b'<!DOCTYPE z [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">]>'

    def change(name: str, data: bytes) -> bytes:
        if not name.endswith("sheet1.xml"):
            return data
        head, _, rest = data.partition(b"<worksheet")
        return (
            head
            + bomb
            + b"<worksheet"
            + rest.replace(b"<sheetData>", b"<sheetData><row><c t='str'><v>&b;</v></c></row>")
        )

    assert refused(altered(tmp_path / "a.xlsx", change)) == "broken"


@pytest.mark.parametrize("content", [b"", b"<worksheet><sheetData><row", b"\x00" * 100, b"<a><b/></a>"])
@pytest.mark.parametrize("part", ["xl/workbook.xml", "xl/worksheets/sheet1.xml"])
def test_broken_workbooks(tmp_path: Path, part: str, content: bytes) -> None:
    path = altered(tmp_path / "a.xlsx", lambda name, data: content if name == part else data)
    assert refused(path) in ("broken", "empty_file")


def test_a_row_without_end_and_text_without_measure(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(xlsx_source, "_ROW_BYTES", 200_000)
    endless = b"<sheetData><row>" + b"<c><v>1</v></c>" * 50_000 + b"</row></sheetData>"
    path = altered(
        tmp_path / "a.xlsx",
        lambda name, data: (
            data.split(b"<sheetData>")[0] + endless + b"</worksheet>" if name.endswith("sheet1.xml") else data
        ),
    )
    assert refused(path) == "row_too_long"
    monkeypatch.setattr(xlsx_source, "_STRINGS_MARKS", 5)
    kind = b"application/vnd.openxmlformats-officedocument.spreadsheetml.sharedStrings+xml"
    path = altered(
        tmp_path / "b.xlsx",
        lambda name, data: (
            data.replace(
                b"</Types>",
                b'<Override ContentType="' + kind + b'" PartName="/xl/theme/theme1.xml"/></Types>',
            )
            if name == "[Content_Types].xml"
            else data
        ),
    )
    assert refused(path) == "too_large"
    monkeypatch.setattr(xlsx_source, "_PARTS_BYTES", 100)
    assert refused(altered(tmp_path / "c.xlsx", lambda name, data: data)) == "too_large"


def test_folders_without_files_and_files_without_data(tmp_path: Path) -> None:
    (tmp_path / "empty" / "deeper").mkdir(parents=True)
    assert refused(str(tmp_path / "empty")) == "empty_file"
    for name, content, code in (
        ("a.csv", b"", "empty_file"),
        ("a.html", b"<!DOCTYPE html><p>x", "format"),
        ("a.pdf", b"%PDF-1.7\n", "format"),
        ("a.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 100, "format"),
        ("a.gz", b"\x1f\x8b\x08\x00rest", "format"),
        ("a.bin", bytes(range(256)) * 40, "format"),
        ("a.json", json.dumps({"name": "Ana"}).encode("utf-16-le"), "format"),
    ):
        (tmp_path / name).write_bytes(content)
        assert refused(str(tmp_path / name)) == code
    with pytest.raises(OSError, match="nowhere"):
        open_sources([str(tmp_path / "nowhere")])


# A line's end is written ~ here, a space _.
PIECES = [
    piece.replace(b"_", b" ").replace(b"~", b"\n")
    for piece in rb"""
    BEGIN:VCARD~ END:VCARD~ BEGIN:VEVENT~ END:VEVENT~ BEGIN:VTODO~ END:VTODO~ BEGIN:VALARM~ BEGIN:VTIMEZONE~ N:
    FN: END:VTIMEZONE~ ORG; TEL;TYPE= ADR: BDAY: item1. X-ABLabel: NOTE;ENCODING=QUOTED-PRINTABLE;CHARSET= =C3=~
    PHOTO: CATEGORIES: UID: DTSTART: DTSTART;TZID= DUE: 20260101T000000Z RRULE:FREQ= DURATION:-P
    TRIGGER;VALUE=DATE-TIME: ATTENDEE;CN= mailto: STATUS: ~_ ~ RECURRENCE-ID: a@b.example 1604-02-30 Subject:
    Date: Content-Type:_multipart/mixed;boundary= -- \n ; , : " KIND:org EMAIL:x@y.z~
    """.split()
]


@settings(max_examples=300, deadline=None)
@given(
    st.sampled_from([VCARD, CALENDAR, MAIL]),
    st.lists(st.one_of(st.sampled_from(PIECES), st.binary(max_size=4)), max_size=30),
)
def test_no_card_event_or_mail_is_too_odd(kind: str, pieces: list[bytes]) -> None:
    data = {VCARD: b"BEGIN:VCARD\n", CALENDAR: b"BEGIN:VEVENT\n", MAIL: b"From: a@b.example\n"}[
        kind
    ] + b"".join(pieces)
    ending = {VCARD: b"\nEND:VCARD\n", CALENDAR: b"\nEND:VEVENT\n", MAIL: b"\n"}[kind]
    source = CardSource(kind, [Held(data + ending)], Held(b""))
    make = drafter(source, builtin(), Context(region="ES", now="2026-06-01T08:00:00.000Z"))
    with contextlib.suppress(UsageError):  # a card without end
        for row in source.rows():
            draft = make(row)
            assert draft.problems or draft.passed or draft.values["name"]
            assert rejected(kind, row.item, 1, "", "why")


class Held(Input):
    """Bytes as a file."""

    def __init__(self, data: bytes) -> None:
        super().__init__("held")
        self._data = data

    def open(self) -> BinaryIO:
        return io.BytesIO(self._data)
