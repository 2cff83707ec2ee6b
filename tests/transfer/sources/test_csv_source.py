"""CSV files as programs and people really write them."""

from __future__ import annotations

import io
import sys
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmtool.core.errors import UsageError
from crmtool.transfer.sources import csv_source, sniff
from crmtool.transfer.sources.csv_source import CsvSource

Write = Callable[..., str]


def read(path: str, **how: str) -> tuple[list[str], list[tuple[int, list[str]]]]:
    with CsvSource(path, **how) as source:
        return source.columns, [(row.number, row.cells) for row in source.rows()]


@pytest.mark.parametrize(
    ("encoding", "mark"),
    [
        ("utf-8", b""),
        ("utf-8", b"\xef\xbb\xbf"),
        ("utf-16-le", b"\xff\xfe"),
        ("utf-16-be", b"\xfe\xff"),
        ("utf-32-le", b"\xff\xfe\x00\x00"),
        ("cp1252", b""),
    ],
)
def test_encodings(write: Write, encoding: str, mark: bytes) -> None:
    path = write(mark + "name,city\r\nJörg Groß,Köln\r\nRené,Besançon\r\n".encode(encoding))
    columns, rows = read(path)
    assert columns == ["name", "city"]
    assert rows == [(2, ["Jörg Groß", "Köln"]), (3, ["René", "Besançon"])]


def test_a_legacy_encoding_is_guessed_from_the_text(write: Write) -> None:
    text = (
        "имя;город;заметки\r\nИван Петров;Москва;Позвонить в понедельник утром, обсудить договор поставки\r\n"
        * 3
    )
    with CsvSource(write(text.encode("cp1251"))) as source:
        assert (source.encoding, source.guessed) == ("cp1251", True)
        assert next(source.rows()).cells[0] == "Иван Петров"


def test_the_whole_file_decides_about_its_encoding(write: Write) -> None:
    body = "name,city\n" + "Ana,Madrid\n" * 200_000
    with CsvSource(write(body.encode() + "Jörg,Köln\n".encode("cp1252"))) as source:
        assert source.encoding == "cp1252"
        assert [*source.rows()][-1].cells == ["Jörg", "Köln"]


def test_an_encoding_that_was_given_must_fit(write: Write) -> None:
    path = write("name\nJörg\n".encode("cp1252"))
    assert read(path, encoding="latin-1")[1] == [(2, ["Jörg"])]
    with pytest.raises(UsageError, match="not valid UTF-8 at byte 6"):
        CsvSource(path, encoding="utf-8")
    with pytest.raises(UsageError, match="no encoding called"):
        CsvSource(path, encoding="utf-99")


@pytest.mark.parametrize("codec", ["utf-16-le", "utf-16-be"])
@pytest.mark.parametrize(
    "text", ["name,city\r\nAna,Köln\r\n", "имя;город\nИван;Москва\n", "名前,町\n山田,東京\n"]
)
def test_utf_16_without_a_mark_is_named_and_read_when_it_is_said(write: Write, codec: str, text: str) -> None:
    path = write(text.encode(codec))
    with pytest.raises(UsageError, match="looks like UTF-16") as caught:
        CsvSource(path)
    assert f"--encoding {codec}" in str(caught.value.hint)
    assert read(path, encoding=codec)[1][0][1] == text.replace(";", ",").splitlines()[1].split(",")


@given(st.binary(min_size=200, max_size=2000))
def test_bytes_at_random_are_not_taken_for_utf_16(data: bytes) -> None:
    assert sniff.form(bytes(range(8)) + b"\xff\x00" + data) not in sniff.UNMARKED


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_separators_and_line_ends(write: Write, delimiter: str, end: str) -> None:
    lines = [["name", "note"], ["Ana", "a, b; c"], ["Bo", "x | y"]]
    text = end.join(delimiter.join(f'"{cell}"' for cell in line) for line in lines) + end
    with CsvSource(write(text)) as source:
        assert source.delimiter == delimiter
        assert [row.cells for row in source.rows()] == lines[1:]


def test_a_separator_line_is_obeyed(write: Write) -> None:
    columns, rows = read(write("sep=;\nname;city, country\nAna;Madrid, ES\n"))
    assert columns == ["name", "city, country"]
    assert rows == [(3, ["Ana", "Madrid, ES"])]


def test_quoted_line_breaks_count_as_one_row(write: Write) -> None:
    _, rows = read(write('name,note\nAna,"one\r\ntwo\nthree"\n\nBo,\n'))
    assert rows == [(2, ["Ana", "one\r\ntwo\nthree"]), (4, ["Bo", ""])]


def test_blank_rows_are_no_rows(write: Write) -> None:
    assert read(write("\n\nname,city\n,\n\nAna,Madrid\n,,,\n"))[1] == [(6, ["Ana", "Madrid"])]


def test_a_preamble_stands_above_the_header(write: Write) -> None:
    explained = 'Notes:\n"Some addresses are missing, as you may notice."\n\nFirst Name,Last Name\nAna,Ruiz\n'
    assert read(write(explained)) == (["First Name", "Last Name"], [(5, ["Ana", "Ruiz"])])
    assert read(write(explained.replace("\n\n", "\n")))[0] == ["First Name", "Last Name"]
    assert read(write("All contacts\n\nname,city\nAna,Madrid\n"))[0] == ["name", "city"]


def test_one_column_needs_no_separator(write: Write) -> None:
    assert read(write("name\nRuiz, Ana\nBo\n")) == (["name"], [(2, ["Ruiz", " Ana"]), (3, ["Bo"])])


def test_an_open_quote_is_noticed_at_the_end(write: Write) -> None:
    with CsvSource(write('name,note\nAna,fine\nBo,"never closed\nCy,lost\n')) as source:
        assert [(row.number, row.open_quote) for row in source.rows()] == [(2, False), (3, True)]


def test_endless_rows_end_in_an_error(write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(csv_source, "ROW_LIMIT", 1000)
    monkeypatch.setattr(csv_source, "_CELL_LIMIT", 300)
    for text in ("name,b\n" + "x" * 2000, "name,b\n" + '"y\n",' * 400, 'name,b\n"' + "z\n" * 200):
        with pytest.raises(UsageError) as error, CsvSource(write(text)) as source:
            list(source.rows())
        assert error.value.code == "row_too_long"


@pytest.mark.parametrize(
    "content",
    [b"PK\x03\x04rest", b"BEGIN:VCARD\r\nVERSION:3.0\r\n", b"name,\x00\x00\x01", b"\xd0\xcf\x11\xe0\xa1"],
)
def test_other_formats_are_refused_by_name(write: Write, content: bytes) -> None:
    with pytest.raises(UsageError) as error:
        CsvSource(write(content))
    assert error.value.code == "format"


def test_an_empty_file_is_an_error(write: Write) -> None:
    with pytest.raises(UsageError, match="is empty"):
        CsvSource(write(""))


class Stdin:
    def __init__(self, data: bytes) -> None:
        self.buffer = io.BytesIO(data)


def test_standard_input_is_read_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", Stdin("name\nZoë\n".encode()))
    with CsvSource("-") as source:
        assert [row.cells for row in source.rows()] == [row.cells for row in source.rows()] == [["Zoë"]]


def test_standard_input_must_be_utf8(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", Stdin("name\nZoë\n".encode("latin-1")))
    with pytest.raises(UsageError, match="not valid UTF-8 at byte 7") as error:
        CsvSource("-")
    assert "--encoding" in str(error.value.hint)


def test_the_same_bytes_have_the_same_digest(write: Write) -> None:
    with CsvSource(write("name\nAna\n")) as one, CsvSource(write("name\nAna\n", "other.csv")) as other:
        assert one.digest == other.digest
    with CsvSource(write("name\nBo\n")) as changed:
        assert changed.digest != one.digest


CELL = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=12)


@given(st.lists(st.lists(CELL, min_size=3, max_size=3), max_size=8), st.sampled_from([",", ";", "\t", "|"]))
def test_what_the_csv_module_writes_is_read_back(
    tmp_path_factory: pytest.TempPathFactory, rows: list[list[str]], mark: str
) -> None:
    import csv

    text = io.StringIO(newline="")
    csv.writer(text, delimiter=mark, quoting=csv.QUOTE_ALL).writerows([["name", "city", "note"], *rows])
    path = tmp_path_factory.mktemp("csv") / "f.csv"
    path.write_bytes(text.getvalue().encode())
    with CsvSource(str(path), delimiter=mark) as source:
        assert source.columns == ["name", "city", "note"]
        assert [row.cells for row in source.rows()] == [row for row in rows if any(row)]
