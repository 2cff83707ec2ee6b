"""Every format, through the class that commands use, on records with hostile and many-scripted values."""

from __future__ import annotations

import csv
import errno
import io
import json
import os
import tracemalloc
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import typer
from hypothesis import given
from hypothesis import strategies as st

from crmtool.cli.output import Output
from crmtool.cli.output.formats import json_text
from crmtool.cli.output.people import fitted
from crmtool.cli.state import current
from crmtool.core.errors import UsageError
from crmtool.core.fields import Field
from crmtool.core.ids import handle
from crmtool.core.kinds import EMAIL, LONGTEXT, MONEY, TAGS, TEXT
from crmtool.core.messages import use_language
from crmtool.core.registry import Entity, entity
from crmtool.doors.width import width

ID = "0198f0a0-0000-7000-8000-0123456789ab"
PERSON: Entity = entity(
    "person",
    "people",
    "Person",
    "People",
    [
        Field("name", TEXT, "Name"),
        Field("emails", EMAIL, "E-mails", multi=True, aliases=("email",)),
        Field("worth", MONEY, "Worth"),
        Field("tags", TAGS, "Tags"),
        Field("about", LONGTEXT, "About"),
    ],
    list_fields=("name", "worth", "emails"),
)
ANA: dict[str, Any] = {
    "id": ID,
    "rev": 3,
    "name": "Ana Ruiz",
    "emails": [{"id": "12345678", "value": "ana@acme.es", "label": "work", "key": "V"}],
    "worth": [125050, "EUR"],
    "tags": ["vip", "spain"],
    "about": "first\nsecond",
    "created_at": "2026-05-31T12:00:00.000Z",
}
EVIL = {**ANA, "name": "\x1b[31m\u202eevil\r\n山田", "emails": [], "worth": None, "tags": []}


def printed(
    capsys: pytest.CaptureFixture[str], output: Output, *records: dict[str, Any], total: int | None = None
) -> str:
    fields = output.fields(PERSON)
    capsys.readouterr()
    output.write(iter(records), fields, total)
    return capsys.readouterr().out


def test_json_is_one_array_with_every_field(capsys: pytest.CaptureFixture[str]) -> None:
    text = printed(capsys, Output("json"), ANA, EVIL)
    first, second = json.loads(text)
    assert first["emails"] == [{"value": "ana@acme.es", "label": "work"}]
    assert first["worth"] == {"amount": "1250.50", "currency": "EUR"}
    assert first["id"] == ID
    assert second["name"] == EVIL["name"]
    assert "rev" not in first  # hidden
    assert json.loads(printed(capsys, Output("json"))) == []


def test_ndjson_is_one_object_a_line(capsys: pytest.CaptureFixture[str]) -> None:
    lines = printed(capsys, Output("ndjson"), ANA, EVIL).splitlines()
    assert [json.loads(line)["name"] for line in lines] == [ANA["name"], EVIL["name"]]


@given(st.text())
def test_json_keeps_every_value_and_acts_on_no_terminal(text: str) -> None:
    for indent in (False, True):
        written = json_text({"value": text}, indent=indent)
        assert json.loads(written.encode(errors="backslashreplace")) == {"value": text}
        assert not set(written) & set("\x1b\x7f\x9b\r\u2028\u202e\u2066")


def test_csv_reads_back(capsys: pytest.CaptureFixture[str]) -> None:
    text = printed(capsys, Output("csv", names="name,emails,worth,tags,about"), ANA, EVIL)
    header, first, second = csv.reader(io.StringIO(text))
    assert header == ["name", "emails", "worth", "tags", "about"]
    assert first == ["Ana Ruiz", "ana@acme.es", "1250.50 EUR", "vip; spain", "first\nsecond"]
    assert second[0] == EVIL["name"]


def test_tsv_is_a_record_a_line(capsys: pytest.CaptureFixture[str]) -> None:
    text = printed(capsys, Output("tsv", names="name,about", headers=False), {**ANA, "name": "a\tb\\c"})
    assert text == "a\\tb\\\\c\tfirst\\nsecond\n"


def test_template(capsys: pytest.CaptureFixture[str]) -> None:
    text = printed(capsys, Output("template", template=r"{name} <{ emails }>\t{{{worth}}}"), ANA)
    assert (
        text
        == "Ana Ruiz <ana@acme.es>\t{"
        + PERSON.fields["worth"].kind.display(ANA["worth"], PERSON.fields["worth"])
        + "}\n"
    )
    assert (
        printed(capsys, Output("template", template="{email} {emails}"), ANA) == "ana@acme.es ana@acme.es\n"
    )
    with pytest.raises(UsageError):
        Output("template", template="{name").fields(PERSON)
    with pytest.raises(UsageError):
        Output("template", template="{nmae}").fields(PERSON)


def test_the_table_is_aligned_and_escaped(capsys: pytest.CaptureFixture[str]) -> None:
    lines = printed(capsys, Output(), ANA, EVIL).splitlines()
    assert lines[0].split() == ["Name", "Worth", "E-mails"]
    assert lines[1].startswith("Ana Ruiz ")
    assert lines[1].endswith("  ana@acme.es")
    assert lines[2].startswith(r"\x1b[31m\u202eevil\r\n山田")
    assert width(lines[1][: lines[1].index("ana@")]) == width(lines[0][: lines[0].index("E-mails")])
    assert len(lines) == 3


def test_nothing_is_cut_in_a_pipe(capsys: pytest.CaptureFixture[str]) -> None:
    long = {**ANA, "name": "x" * 500}
    assert "x" * 500 in printed(capsys, Output(), ANA, long)


def test_a_terminal_fits_the_table_and_makes_the_header_bold(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CRM_FORCE_TTY", "40")
    wide = {**ANA, "name": "\u2068" + "山" * 60 + "\u2069"}
    lines = printed(capsys, Output(), ANA, wide).splitlines()
    assert lines[0].startswith("\x1b[1mName")
    assert all(width(line) <= 40 for line in lines[1:])
    assert "…" in lines[2]
    assert "\u2068" not in lines[2]
    monkeypatch.setenv("NO_COLOR", "1")
    assert "\x1b" not in printed(capsys, Output(), ANA)


def test_colour_can_be_forced_into_a_pipe(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CLICOLOR_FORCE", "1")
    assert printed(capsys, Output(), ANA).startswith("\x1b[1m")
    monkeypatch.setenv("CLICOLOR_FORCE", "0")
    assert not printed(capsys, Output(), ANA).startswith("\x1b")


def test_a_terminal_gets_csv_escaped_and_a_pipe_gets_it_raw(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "\x1b" in printed(capsys, Output("csv"), EVIL)
    monkeypatch.setenv("CRM_FORCE_TTY", "1")
    for output in (Output("csv"), Output("tsv"), Output("template", template="{name}")):
        assert "\x1b" not in printed(capsys, output, EVIL)


@given(st.lists(st.integers(0, 200), min_size=1, max_size=12), st.integers(0, 300))
def test_widths_are_reduced_no_further_than_needed(widths: list[int], room: int) -> None:
    result = fitted(widths, room)
    assert all(new <= old for new, old in zip(result, widths, strict=True))
    assert all(new >= min(old, 6) for new, old in zip(result, widths, strict=True))
    if sum(widths) <= room:
        assert result == widths
    elif sum(min(w, 6) for w in widths) <= room:
        assert sum(result) == room


def test_a_limit_that_cut_says_so_on_stderr(capsys: pytest.CaptureFixture[str]) -> None:
    output = Output("ndjson", limit=1)
    assert output.fetch == 2
    assert output.write([ANA, EVIL], output.fields(PERSON)) == 1
    out, err = capsys.readouterr()
    assert len(out.splitlines()) == 1
    assert "--limit" in err
    output.write([ANA, EVIL], output.fields(PERSON), total=41)
    assert "The first 1 of 41" in capsys.readouterr().err
    output.write([ANA], output.fields(PERSON))
    assert capsys.readouterr().err == ""
    none = Output("ndjson", limit=0)
    none.write([ANA], none.fields(PERSON))
    assert capsys.readouterr().err == "None is shown, because --limit is 0.\n"


def test_an_empty_list_is_said_on_stderr_and_only_to_people(capsys: pytest.CaptureFixture[str]) -> None:
    Output().write([], Output().fields(PERSON))
    assert capsys.readouterr() == ("", "Nothing matches.\n")
    Output("csv", names="name").write([], Output("csv", names="name").fields(PERSON))
    assert capsys.readouterr() == ("name\n", "")


def test_which_fields(capsys: pytest.CaptureFixture[str]) -> None:
    assert [field.key for field in Output().fields(PERSON)] == ["name", "worth", "emails"]
    assert [field.key for field in Output(names="worth, name").fields(PERSON)] == ["worth", "name"]
    assert "tags" in [field.key for field in Output(names="all").fields(PERSON)]
    assert "tags" in [field.key for field in Output("csv").fields(PERSON)]
    with pytest.raises(UsageError) as caught:
        Output(names="nmae").fields(PERSON)
    assert "name" in str(caught.value.hint)
    capsys.readouterr()
    with pytest.raises(typer.Exit):
        Output("ndjson", names="").fields(PERSON)
    listed = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert {"field": "worth", "kind": "money", "name": "Worth", "help": ""} in listed


def test_dotted_fields_are_found_by_whoever_reads(capsys: pytest.CaptureFixture[str]) -> None:
    def resolve(name: str) -> Field:
        return Field(name, TEXT, "Industry") if "." in name else PERSON.field(name)

    output = Output("template", template="{name}: {company.industry}")
    fields = output.fields(PERSON, resolve)
    output.write([{**ANA, "company.industry": "retail"}], fields)
    assert capsys.readouterr().out == "Ana Ruiz: retail\n"


def test_accessible_lists_are_spoken(capsys: pytest.CaptureFixture[str]) -> None:
    current().accessible_flag = True
    output = Output(names="id,created_at,name,worth")
    fields = output.fields(PERSON)
    assert output.wants_total
    output.write([ANA, EVIL], fields, total=41)
    out, err = capsys.readouterr()
    assert err == "Accessible mode is on because --accessible was given.\n"
    lines = out.splitlines()
    assert lines[0] == "41 records."
    assert lines[1].startswith("1 of 41. Name: Ana Ruiz. Worth: ")
    assert lines[1].endswith(f"Id: @{handle(ID)}. Created: 2026-05-31 12:00.")
    assert r"Name: \x1b[31m\u202eevil\r; 山田." in lines[2]
    output.write(iter([ANA, EVIL]), fields)
    assert capsys.readouterr().out.startswith("2 records.\n1 of 2. ")
    output.write([ANA], fields, total=1)
    assert capsys.readouterr().out.startswith("1 record.\n")


def test_accessible_mode_prints_tables_only_on_request(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ACCESSIBLE", "1")
    monkeypatch.setenv("CLICOLOR_FORCE", "1")
    assert printed(capsys, Output("table"), ANA).startswith("Name ")
    assert not Output("json").wants_total


def test_one_record(capsys: pytest.CaptureFixture[str]) -> None:
    fields = Output(names="id,name,worth,about").fields(PERSON)
    Output().write_one({**ANA, "worth": None}, fields)
    assert capsys.readouterr().out == f"Id     @{handle(ID)}\nName   Ana Ruiz\nAbout  first\n       second\n"
    Output("json").write_one(ANA, fields)
    assert json.loads(capsys.readouterr().out)["name"] == "Ana Ruiz"
    Output("csv", names="name").write_one(ANA, [PERSON.fields["name"]])
    assert capsys.readouterr().out == "name\nAna Ruiz\n"
    Output(names="emails").write_one(ANA, [PERSON.fields["emails"]])
    assert capsys.readouterr().out == "E-mails  ana@acme.es (work)\n"
    current().accessible_flag = True
    Output().write_one(ANA, fields)
    assert capsys.readouterr().out.splitlines()[0] == "Name: Ana Ruiz"


def test_a_file_appears_whole_or_not_at_all(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    path = tmp_path / "out.csv"
    output = Output("csv", names="name", path=str(path))
    output.write([ANA], output.fields(PERSON))
    assert path.read_text() == "name\nAna Ruiz\n"
    assert "1 record written" in capsys.readouterr().err

    def failing() -> Iterator[dict[str, Any]]:
        yield EVIL
        raise OSError(errno.EIO, "gone")

    with pytest.raises(OSError, match="gone"):
        output.write(failing(), output.fields(PERSON))
    assert path.read_text() == "name\nAna Ruiz\n"
    assert os.listdir(tmp_path) == ["out.csv"]
    Output("csv", names="name", path="/dev/null").write([ANA], output.fields(PERSON))
    assert os.path.exists("/dev/null")


def test_labels_are_translated_and_keys_are_not(capsys: pytest.CaptureFixture[str]) -> None:
    use_language("qps")
    assert printed(capsys, Output(), ANA).startswith("⟦Ñåmé⟧")
    assert printed(capsys, Output("csv", names="name"), ANA) == "name\nAna Ruiz\n"


@pytest.mark.parametrize("format", ["", "json", "ndjson", "csv", "tsv"])
def test_memory_stays_flat(format: str, monkeypatch: pytest.MonkeyPatch) -> None:
    output = Output(format, path="/dev/null")
    fields = output.fields(PERSON)
    output.write((ANA for _ in range(1000)), fields)  # whatever is loaded once
    tracemalloc.start()
    try:
        output.write((ANA for _ in range(20_000)), fields)
        assert tracemalloc.get_traced_memory()[1] < 1_000_000
    finally:
        tracemalloc.stop()


def test_options_reach_a_command(crm: Callable[..., Any], settings: Callable[[str], None]) -> None:
    settings('currency = "EUR"\n')
    ran = crm("config", "list", "--fields", "key,value", "--tsv", "--no-headers", "--limit", "1")
    assert (ran.code, ran.out) == (0, "workspace\t\n")
    assert crm("config", "list", "--json", "--csv").code == 2
    assert crm("config", "list", "--template", "{key}={value}").out.splitlines()[7] == "currency=EUR"
    assert crm("config", "list", "--fields").out.splitlines()[1].startswith("key")
