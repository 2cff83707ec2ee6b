"""Many records at once: from a file, by a filter, with what is rejected reported and one handle for all of it."""

from __future__ import annotations

import io
import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from crmtool.app import bulk
from crmtool.core import ids

Run = Callable[..., Any]
Pipe = Callable[[bytes], None]


@pytest.fixture
def base(crm: Run) -> Run:
    crm("init", "--user", "Me")
    return crm


@pytest.fixture
def pipe(monkeypatch: pytest.MonkeyPatch) -> Pipe:
    """Puts bytes where stdin is."""

    def put(data: bytes) -> None:
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(data), encoding="utf-8"))

    return put


def count(crm: Run, *words: str) -> int:
    return int(crm("count", *words).out)


@pytest.mark.parametrize(
    "data",
    [
        b"name,email,tags\nAna,ana@acme.es,\"a,b\"\nBen,ben@acme.es,\n",
        b"\xef\xbb\xbfname;email;tags\r\nAna;ana@acme.es;a,b\r\nBen;ben@acme.es;\r\n",
        b"Name\tE-mail\tTags\nAna\tana@acme.es\ta,b\nBen\tben@acme.es\t\n",
        b'[{"name": "Ana", "emails": ["ana@acme.es"], "tags": ["a", "b"]}, {"name": "Ben", "email": "ben@acme.es"}]',
        b'{"name": "Ana", "emails": [{"value": "ana@acme.es", "label": null}], "tags": ["a", "b"]}\n'
        b'{"name": "Ben", "email": "ben@acme.es"}\n',
    ],
)  # fmt: skip
def test_every_form_of_input_means_the_same(base: Run, pipe: Pipe, data: bytes) -> None:
    pipe(data)
    ran = base("contact", "add", "--from", "-")
    assert ran.code == 0, ran.err
    found = json.loads(base("contact", "list", "--json").out)
    assert [(r["name"], r["emails"][0]["value"], r["tags"]) for r in found] == [
        ("Ana", "ana@acme.es", ["a", "b"]),
        ("Ben", "ben@acme.es", []),
    ]
    assert base("undo", "--yes").code == 0
    assert count(base, "contact") == 0


def test_bad_rows_are_reported_and_the_rest_is_done(base: Run, pipe: Pipe) -> None:
    pipe(b"name,email\nAna,ana@acme.es\nBen,nonsense\n,c@d.e\nDan,dan@acme.es\n")
    ran = base("contact", "add", "--from", "-", "--json")
    assert ran.code == 7
    body = json.loads(ran.out)
    assert [record["name"] for record in body["changed"]] == ["Ana", "Dan"]
    assert [item["place"] for item in body["rejected"]] == ["line 3", "line 4"]
    assert "Not done: line 3: " in ran.err


def test_nothing_good_is_an_error_and_writes_nothing(base: Run, pipe: Pipe) -> None:
    pipe(b"name,email\nBen,nonsense\n")
    assert base("contact", "add", "--from", "-").code == 2
    assert count(base, "contact") == 0


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"name,email\nAna,a\xff@acme.es\n", "not valid UTF-8"),
        (b"name,emial\nAna,a@acme.es\n", "Did you mean emails?"),
        (b"[{", "This is not JSON"),
    ],
)
def test_an_input_that_cannot_be_read_is_an_error_of_usage(
    base: Run, pipe: Pipe, data: bytes, said: str
) -> None:
    pipe(data)
    ran = base("contact", "add", "--from", "-")
    assert ran.code == 2
    assert said in ran.err
    assert count(base, "contact") == 0


def test_what_a_list_prints_can_be_added_again(base: Run, pipe: Pipe) -> None:
    words = (
        "company=Acme",
        "email=work: ana@acme.es; ana@home.es",
        "tags=a,b",
        'addresses={"city": "Bilbao"}',
    )
    base("contact", "add", "Ana", *words)
    printed = base("contact", "list", "--json").out
    base("contact", "rm", "Ana")
    pipe(printed.encode())
    ran = base("contact", "add", "--from", "-")
    assert ran.code == 0, ran.err
    assert "Left out, since the program keeps it itself: " in ran.err
    again = json.loads(base("contact", "list", "--json").out)[0]
    first = json.loads(printed)[0]
    kept = {"id", "created_at", "updated_at"}
    assert {k: v for k, v in again.items() if k not in kept} == {
        k: v for k, v in first.items() if k not in kept
    }


def test_words_beside_a_file_hold_for_every_record(base: Run, tmp_path: Path) -> None:
    path = tmp_path / "people.csv"
    path.write_text("name,source\nAna,\nBen,Web\n")
    assert base("contact", "add", "--from", str(path), "company=Acme", "source=Fair").code == 0
    found = json.loads(base("contact", "list", "--json").out)
    assert [(r["company"]["name"], r["source"]) for r in found] == [("Acme", "Fair"), ("Acme", "Web")]
    assert count(base, "company") == 1


def test_many_are_a_job_with_one_handle(base: Run, pipe: Pipe, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bulk, "CHUNK", 10)
    pipe(b"name,company\n" + b"".join(b"Person %d,Company %d\n" % (n, n % 7) for n in range(35)))
    ran = base("contact", "add", "--from", "-", "--json")
    body = json.loads(ran.out)
    assert (ran.code, body["created"]) == (0, 42)
    changed = base("contact", "set", "--where", "company = 'Company 1'", "title=CEO", "--yes", "--json")
    assert json.loads(changed.out)["updated"] == 5
    gone = base("contact", "rm", "--where", "name ~ person", "--yes")
    assert gone.code == 0
    assert "35 records moved to the trash" in gone.err
    assert count(base, "contact") == 0
    assert base("undo", "--yes").code == 0
    assert count(base, "contact") == 35
    assert base("undo", body["undo"], "--yes").code in (0, 7)


def test_several_records_are_asked_about_and_a_script_says_yes(base: Run) -> None:
    for name in ("Ana", "Ben"):
        base("contact", "add", name)
    ran = base("contact", "set", "--where", "name ~ n", "title=CEO")
    assert ran.code == 2
    assert "Ana" in ran.err
    assert "Add --yes" in ran.err
    assert base("contact", "rm", "Ana", "Ben").code == 2
    assert count(base, "contact", "title = CEO") == 0
    ran = base("contact", "rm", "Ana", "Ben", "--json")
    assert json.loads(ran.err.splitlines()[-1])["error"]["data"]["count"] == 2
    assert base("contact", "set", "--where", "name ~ n", "title=CEO", "--yes").code == 0
    assert count(base, "contact", "title = CEO") == 2
    assert base("contact", "set", "--where", "name ~ nobody", "title=CEO", "--yes").code == 0


def test_a_value_that_fits_nobody_is_said_before_anybody_is_changed(base: Run) -> None:
    base("contact", "add", "Ana")
    assert base("contact", "set", "--where", "name ~ a", "lifecycle=none", "--yes").code == 2


def test_records_may_be_named_one_a_line(base: Run, pipe: Pipe) -> None:
    for name in ("Ana", "Ben"):
        base("contact", "add", name)
    one, other = (json.loads(base("contact", "show", name, "--json").out)["id"] for name in ("Ana", "Ben"))
    pipe(f"@{ids.handle(one)}\n\n{other}".encode())
    assert base("contact", "set", "--from", "-", "title=CEO").code == 0
    pipe(f"{other}\n@00000000\n".encode())
    assert base("contact", "set", "--from", "-", "tags+=seen").code == 7
    found = json.loads(base("contact", "list", "--json").out)
    assert [(r["title"], r["tags"]) for r in found] == [("CEO", []), ("CEO", ["seen"])]


def test_records_of_a_file_are_changed_by_its_columns(base: Run, pipe: Pipe) -> None:
    for name in ("Ana", "Ben"):
        base("contact", "add", name)
    record = json.loads(base("contact", "show", "Ana", "--json").out)["id"]
    pipe(f"id,title,name\n{record},CEO,Anna\n".encode())
    assert base("contact", "set", "--from", "-").code == 0
    pipe(b"name,title\nBen,CTO\nNobody,X\n")
    assert base("contact", "set", "--from", "-", "tags+=seen").code == 7
    found = json.loads(base("contact", "list", "--json").out)
    assert [(r["name"], r["title"], r["tags"]) for r in found] == [
        ("Anna", "CEO", []),
        ("Ben", "CTO", ["seen"]),
    ]
    pipe(b"name\nBen\n")
    assert base("contact", "rm", "--from", "-").code == 0
    assert count(base, "contact") == 1
    pipe(b"name,title\nAnna,A\nAnna,B\n")
    assert base("contact", "set", "--from", "-").code == 7


def test_some_of_a_bulk_edit_may_be_refused(base: Run) -> None:
    base("stage", "set", "Proposal", "required=amount")
    base("deal", "add", "With", "amount=10")
    base("deal", "add", "Without")
    ran = base("deal", "set", "--where", "status = open", "stage=Proposal", "--yes")
    assert ran.code == 7
    assert "Stage Proposal needs amount" in ran.err
    assert count(base, "deal", "stage = Proposal") == 1


def test_an_error_late_in_the_input_leaves_what_is_done_with_its_handle(
    base: Run, pipe: Pipe, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bulk, "CHUNK", 10)
    rows = [b'{"name": "Person %d"}' % number for number in range(25)]
    pipe(b"\n".join([*rows, b'{"nmae": "x"}', b'{"name": "After"}']))
    ran = base("contact", "add", "--from", "-", "--json")
    body = json.loads(ran.out)
    assert (ran.code, body["created"], body["rejected"][0]["place"]) == (7, 25, "the rest")
    assert base("undo", body["undo"], "--yes").code == 0
    assert count(base, "contact") == 0


def test_an_interrupted_job_says_what_it_did(base: Run, pipe: Pipe, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bulk, "CHUNK", 10)
    decide = bulk._Work._decide

    def stopping(work: Any, items: list[Any]) -> Any:
        if len(work.out.changed) >= 20:
            raise KeyboardInterrupt
        return decide(work, items)

    monkeypatch.setattr(bulk._Work, "_decide", stopping)
    pipe(b"name\n" + b"".join(b"Person %d\n" % number for number in range(45)))
    ran = base("contact", "add", "--from", "-")
    assert ran.code == 130
    assert "20 records added." in ran.err
    assert "Interrupted" in ran.err
    assert count(base, "contact") == 20


def test_a_long_list_is_made_by_a_job(base: Run, pipe: Pipe, monkeypatch: pytest.MonkeyPatch) -> None:
    from crmtool.cli.nouns import members

    monkeypatch.setattr(bulk, "CHUNK", 10)
    monkeypatch.setattr(members, "FEW", 5)
    pipe(b"name\n" + b"".join(b"Person %d\n" % number for number in range(25)))
    base("contact", "add", "--from", "-")
    ran = base("list", "add", "All", "--where", "name ~ person", "--json")
    assert json.loads(ran.out)["created"] == 26
    assert len(json.loads(base("list", "show", "All", "--json").out)) == 25
    assert base("list", "remove", "All", "--where", "name ~ 1").code == 0
    assert len(json.loads(base("list", "show", "All", "--json").out)) == 13
    assert base("undo", "--yes").code == 0
    assert base("undo", "--yes").code == 0
    assert base("list", "list", "--json").out == "[]\n"
