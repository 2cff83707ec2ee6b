"""``crm import`` at the command line: the plan, the question, the report, the exit codes."""

from __future__ import annotations

import io
import json
import os
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from crmtool.core.kinds import KINDS
from crmtool.doors.kinds import LABELS
from crmtool.transfer import apply as applying

FILE = "First Name,Last Name,URL,Email Address,Company,Position,Connected On\n"
ANA = "Ana,Ruiz,https://www.linkedin.com/in/ana,ana@acme.example,Acme,Buyer,15 Apr 2021\n"
BO = "Bo,Li,https://www.linkedin.com/in/bo,not an address,Acme,CEO,16 Apr 2021\n"
Crm = Callable[..., Any]


@pytest.fixture(autouse=True)
def made(crm: Crm) -> None:
    assert crm("init", "--user", "Sam", "--region", "ES").code == 0


@pytest.fixture
def file(tmp_path: Path) -> str:
    path = tmp_path / "Connections.csv"
    path.write_text(FILE + ANA + BO)
    return str(path)


def test_without_a_terminal_the_plan_is_shown_and_nothing_done(crm: Crm, file: str) -> None:
    ran = crm("import", file)
    assert ran.code == 2
    assert "LinkedIn" in ran.out
    assert "2 rows: 1 new, 0 changed, 0 unchanged, 1 rejected." in ran.out
    assert "Row 3, Email Address: E-mail: “not an address” is not an e-mail address." in ran.out
    assert "--yes" in ran.err
    assert crm("count", "contact").out == "0\n"
    assert crm("import", file, "--plan").code == 0


def test_the_plan_as_json(crm: Crm, file: str) -> None:
    ran = crm("import", file, "--plan", "--json")
    (plan,) = json.loads(ran.out)["files"]
    assert plan["layout"] == "linkedin"
    assert plan["counts"] == {
        "rows": 2, "new": 1, "changed": 0, "unchanged": 0, "rejected": 1, "empty": 0, "passed": 0, "made": {"company": 1},
        "entities": {"contact": {"new": 1, "changed": 0, "unchanged": 0, "rejected": 1}},
    }  # fmt: skip
    assert {"column": "Position", "field": "title"} in plan["mapping"]
    assert plan["rejected"][0]["problems"][0]["field"] == "emails"
    assert plan["samples"][0]["after"]["name"] == "Ana Ruiz"


def test_import_report_undo(crm: Crm, file: str) -> None:
    ran = crm("import", file, "--yes")
    assert (ran.code, ran.out) == (7, "")
    assert "Connections.rejected.csv" in ran.err
    handle = ran.err.split("crm undo ")[1].split()[0]
    assert (
        crm("contact", "list", "--csv", "--fields", "name,company,title").out.splitlines()[1]
        == "Ana Ruiz,Acme,Buyer"
    )
    again = crm("import", file, "--yes", "--rejects", f"{file}.again")
    assert again.code == 7
    assert "0 new, 0 changed, 1 unchanged, 1 rejected" in again.err
    assert os.path.exists(f"{file}.again")
    assert crm("undo", handle, "--yes").code == 0
    assert crm("count", "contact").out == "0\n"


def test_the_report_as_json(crm: Crm, file: str) -> None:
    done = json.loads(crm("import", file, "--yes", "--json").out)
    assert [record["name"] for record in done["changed"]] == ["Ana Ruiz", "Acme"]
    assert done["counts"]["new"] == 1
    assert done["rejects"][0].endswith("Connections.rejected.csv")
    assert done["undo"]
    done = json.loads(crm("import", file, "--yes", "--json").out)
    assert (done["changed"], done["undo"]) == ([], None)


def test_a_person_is_asked(crm: Crm, file: str, monkeypatch: pytest.MonkeyPatch) -> None:
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    monkeypatch.setattr("sys.stdin", Terminal("n\n"))
    assert crm("import", file).code == 2
    monkeypatch.setattr("sys.stdin", Terminal("y\n"))
    ran = crm("import", file)
    assert ran.code == 7
    assert "Import 2 rows?" in ran.err
    assert crm("count", "contact").out == "1\n"


def test_standard_input(crm: Crm, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    class Pipe:
        def __init__(self, data: bytes) -> None:
            self.buffer = io.BytesIO(data)

        def isatty(self) -> bool:
            return False

    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("sys.stdin", Pipe((FILE + ANA).encode()))
    assert crm("import", "-", "--yes").code == 0
    monkeypatch.setattr("sys.stdin", Pipe(b"name\nJ\xf6rg\n"))
    ran = crm("import", "-", "--yes")
    assert ran.code == 2
    assert "not valid UTF-8 at byte 6" in ran.err
    monkeypatch.setattr("sys.stdin", Pipe(b"name\nJ\xf6rg\n"))
    assert crm("import", "-", "--yes", "--encoding", "windows-1252").code == 0
    assert "Jörg" in crm("contact", "list").out


def test_what_a_list_prints_can_be_imported(crm: Crm, file: str, tmp_path: Path) -> None:
    crm("import", file, "--yes")
    crm("contact", "set", "Ana Ruiz", "phone=600123456", "tags=vip,press", "description=one, two")
    path = tmp_path / "list.csv"
    path.write_text(crm("contact", "list", "--csv").out)
    ran = crm("import", str(path), "--yes")
    assert ran.code == 0
    assert "0 new, 0 changed, 1 unchanged, 0 rejected" in ran.err


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("nowhere.csv",), 1, "no_file"),
        (("/dev/null",), 2, "not_a_file"),
        (("{file}", "--as", "lotus"), 2, "unknown_layout"),
        (("{file}", "--encoding", "utf-99"), 2, "encoding"),
        (("{file}", "--resume"), 3, "nothing_to_resume"),
        (("{file}", "--rejects", "{file}"), 2, "usage"),
    ],
)
def test_what_cannot_be_done(crm: Crm, file: str, words: tuple[str, ...], code: int, said: str) -> None:
    ran = crm("import", *(word.replace("{file}", file) for word in words), "--yes")
    assert (ran.code, ran.out) == (code, "")
    assert f"[{said}]" in ran.err
    assert crm("count", "contact").out == "0\n"


def test_an_interruption_says_how_to_go_on(crm: Crm, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "many.csv"
    path.write_text("name,email\n" + "".join(f"P{n},p{n}@x.example\n" for n in range(10)))
    monkeypatch.setattr(applying, "ROWS", 4)
    step = applying.Import._step
    calls = []

    def interrupted(self: applying.Import, *rest: Any) -> int:
        calls.append(1)
        if len(calls) == 2:
            raise KeyboardInterrupt
        return step(self, *rest)

    monkeypatch.setattr(applying.Import, "_step", interrupted)
    ran = crm("import", str(path), "--yes")
    assert ran.code == 130
    assert f"4 rows are in. To go on: crm import {path} --resume." in ran.err
    other = tmp_path / "other.toml"
    other.write_text('[file."many.csv".columns]\nemail = "title"\n')
    ran = crm("import", str(path), "--resume", "--map", str(other))
    assert ran.code == 6
    assert "email of many.csv goes to emails in the import that was interrupted, not to title." in ran.err
    assert "leave out --map" in ran.err
    assert crm("count", "contact").out == "4\n"
    ran = crm("import", str(path), "--resume")
    assert ran.code == 0
    assert "10 rows: 10 new" in ran.err
    assert crm("count", "contact").out == "10\n"


def test_hostile_cells_reach_no_terminal(crm: Crm, tmp_path: Path) -> None:
    path = tmp_path / "evil.csv"
    path.write_text(
        "name,email,\x1b[31mred\nAna \x1b]0;owned\x07,bad\x1b[2Jaddress,x\nBo,bo@x.example,\u202e\n"
    )
    for words in (("--plan",), ("--yes",)):
        ran = crm("import", str(path), *words)
        assert "\x1b" not in ran.out + ran.err
        assert "\u202e" not in ran.out + ran.err


def test_an_archive_with_all_sorts_of_files(crm: Crm, tmp_path: Path) -> None:
    assert crm("user", "set", "Sam", "email=me@own.example").code == 0
    path = tmp_path / "export.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(
            "people.vcf",
            "BEGIN:VCARD\nVERSION:3.0\nFN:Ana Ruiz\nEMAIL:ana@x.example\nPHOTO:AAAA\nEND:VCARD\n",
        )
        archive.writestr("settings.csv", "colour,size\nred,5\n")
        archive.writestr("logo.png", b"\x89PNG\r\n\x1a\n")
        archive.writestr(
            "sent.eml",
            "From: me@own.example\nTo: Ana <ana@x.example>\nDate: Thu, 15 Jan 2026 10:00:00 +0000\nSubject: Hi\n\nText\n",
        )
        archive.writestr(
            "week.ics",
            "BEGIN:VCALENDAR\nBEGIN:VEVENT\nDTSTART:20260115T100000Z\nSUMMARY:Met\nATTENDEE:mailto:ana@x.example\nEND:VEVENT\n"
            "BEGIN:VEVENT\nSTATUS:CANCELLED\nDTSTART:20260115T100000Z\nSUMMARY:Off\nEND:VEVENT\nEND:VCALENDAR\n",
        )
    planned = json.loads(crm("import", str(path), "--plan", "--json").out)
    assert [file["layout"] for file in planned["files"]] == ["vcard", "mail", "calendar"]
    assert [Path(item["file"]).name for item in planned["passed_over"]] == ["logo.png", "settings.csv"]
    assert planned["counts"]["passed"] == 1
    assert "settings.csv" in crm("import", str(path), "--plan").out
    done = crm("import", str(path), "--yes")
    assert done.code == 0
    assert "logo.png" in done.err
    assert "settings.csv" in done.err
    found = json.loads(crm("activity", "list", "--sort", "type", "--json").out)
    assert [(a["name"], a["direction"], a["contact"]["name"]) for a in found] == [
        ("Met", None, "Ana Ruiz"),
        ("Hi", "out", "Ana Ruiz"),
    ]
    again = crm("import", str(path), "--yes")
    assert "3 unchanged" in again.err


DEALS = "deal name,company,stage,amount,close date\nBig,Acme,Proposal,1000,4/5/2026\nSmall,Acme,Negotiations,5,6/7/2026\n"


def test_an_ambiguous_column_is_stated_and_must_be_settled(
    crm: Crm, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "deals.csv"
    path.write_text(DEALS)
    ran = crm("import", str(path), "--plan")
    assert ran.code == 0
    assert (
        "close date tells whether 4/5/2026 is 2026-05-04 (dmy) or 2026-04-05 (mdy). --dates dmy or --dates mdy says"
        in ran.out
    )
    problems = json.loads(crm("import", str(path), "--plan", "--json").out)["files"][0]["problems"]
    assert problems == [
        {
            "column": "close date",
            "code": "ambiguous_dates",
            "example": "4/5/2026",
            "mixed": False,
            "days": {"dmy": "2026-05-04", "mdy": "2026-04-05"},
        }
    ]
    ran = crm("import", str(path), "--yes")
    assert (ran.code, crm("count", "deal").out) == (2, "0\n")
    assert "[ambiguous_dates]" in ran.err
    assert crm("import", str(path), "--dates", "later", "--yes").code == 2

    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    monkeypatch.setattr("sys.stdin", Terminal("what\nmdy\ny\n"))
    ran = crm("import", str(path))
    assert ran.code == 0
    assert "is 4/5/2026 2026-05-04 (dmy) or 2026-04-05 (mdy)?" in ran.err
    assert "2026-04-05" in crm("deal", "list", "--csv").out


def test_what_no_field_takes_is_shown_with_the_record(crm: Crm, tmp_path: Path) -> None:
    path = tmp_path / "people.csv"
    path.write_text('name,email,shoe\nAna Ruiz,ana@x.example,"41\x1b[2J\nor 42"\n')
    assert crm("import", str(path), "--yes").code == 0
    shown = crm("contact", "show", "Ana Ruiz").out
    assert "Kept from imports\n  csv, shoe: 41" in shown
    assert "or 42\n" in shown
    assert "\x1b" not in shown
    assert "Kept" not in crm("user", "show", "Sam").out


def test_a_map_is_saved_edited_and_used(crm: Crm, tmp_path: Path) -> None:
    path, saved = tmp_path / "deals.csv", tmp_path / "deals.toml"
    path.write_text(DEALS)
    ran = crm("import", str(path), "--plan", "--dates", "dmy", "--save-map", str(saved))
    assert ran.code == 0
    assert "stage: Negotiations (1 row); perhaps Negotiation" in ran.out
    text = saved.read_text()
    assert '# "Negotiations" = "Negotiation"' in text
    assert crm("import", str(path), "--plan", "--save-map", str(saved)).code == 6
    saved.write_text(
        text.replace('# "Negotiations"', '"Negotiations"').replace(
            '"amount" = "amount"', '"amount" = "new:number"'
        )
    )
    ran = crm("import", str(path), "--map", str(saved), "--yes")
    assert (ran.code, ran.out) == (0, "")
    listed = crm("deal", "list", "name=Small", "--csv", "--fields", "stage,amount_2,close_on").out
    assert listed.splitlines()[1] == "Negotiation,5,2026-07-06"
    again = tmp_path / "again.toml"
    crm("import", str(path), "--map", str(saved), "--plan", "--save-map", str(again))
    assert '\n"Negotiations" = "Negotiation"' in again.read_text()  # a map of a map says what that one said
    assert crm("undo", "--yes").code == 0
    assert "amount_2" not in crm("schema", "deal").out
    ran = crm("import", str(path), "--map", str(path), "--yes")
    assert ran.code == 2
    assert "[map]" in ran.err


def test_the_plan_says_what_new_fields_hold_in_words_and_what_is_rejected_before_the_columns(
    crm: Crm, tmp_path: Path
) -> None:
    path, saved = tmp_path / "people.csv", tmp_path / "people.toml"
    path.write_text("name,email,size,boss\nAna,ana@x.example,38,Bo\nEve,nowhere,39,Bo\n")
    saved.write_text('[file."people.csv".columns]\nsize = "new:choice"\nboss = "new:reference contact"\n')
    plan = crm("import", str(path), "--map", str(saved), "--plan").out
    assert "New field of Contacts: size (one of several choices)" in plan
    assert "New field of Contacts: boss (reference to Contact)" in plan
    assert plan.index("“nowhere” is not an e-mail address") < plan.index("Columns:")
    assert LABELS.keys() == KINDS.keys()


def test_several_files_are_one_import(crm: Crm, tmp_path: Path) -> None:
    (tmp_path / "deals.csv").write_text(DEALS.replace("4/5/2026", "14/5/2026"))
    (tmp_path / "firms.csv").write_text("name,domain,industry\nAcme,acme.example,Steel\n")
    paths = [str(tmp_path / name) for name in ("deals.csv", "firms.csv")]
    plan = json.loads(crm("import", *paths, "--plan", "--json").out)
    assert [(file["entity"], file["counts"]["new"]) for file in plan["files"]] == [
        ("company", 1),
        ("deal", 2),
    ]
    assert plan["counts"]["entities"]["deal"]["new"] == 2
    assert plan["files"][1]["unmatched"] == [
        {"column": "stage", "field": "stage", "value": "Negotiations", "rows": 1}
    ]
    assert crm("import", *paths).code == 2
    done = json.loads(crm("import", *paths, "--yes", "--json").out)
    assert sorted(record["name"] for record in done["changed"]) == ["Acme", "Big", "Small"]
    assert crm("undo", done["undo"], "--yes").code == 0
    assert crm("count", "deal").out == crm("count", "company").out == "0\n"


def test_mails_of_one_moment_are_told_apart_by_name(crm: Crm, tmp_path: Path) -> None:
    head = "From x@x Thu Jan 15 10:00:00 2026\nFrom: a@x.example\nTo: b@x.example\nDate: Thu, 15 Jan 2026 10:00:00 +0000\n"
    mail = head + "Subject: {}\n\nHi\n\n"
    path = tmp_path / "box"
    path.write_text("".join(mail.format(n) for n in range(3)) + mail.format(1))
    said = crm("import", str(path), "--yes").err
    assert "3 new" in said
    assert "(4 rows)" in said  # both addresses of a row are unknown, and it is one row
    assert crm("count", "activity").out == "3\n"
