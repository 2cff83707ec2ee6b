"""Several files as one import: any order, any vendor, one undo, an interruption anywhere."""

from __future__ import annotations

import itertools
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from crmtool.app.commands import Add, Undo
from crmtool.app.create import NewWorkspace, create_workspace
from crmtool.app.workspace import Workspace, open_workspace
from crmtool.core import ids
from crmtool.store.reader import Query
from crmtool.transfer import apply as applying
from crmtool.transfer import plan as planning
from crmtool.transfer.apply import Import, Report, apply
from crmtool.transfer.plan import Options, plan

from . import exports

Files = dict[str, str]
Write = Callable[..., str]


@pytest.fixture
def place(tmp_path: Path) -> Callable[[Files], list[str]]:
    """Writes files and answers their paths."""

    def made(files: Files) -> list[str]:
        folder = tmp_path / "files"
        folder.mkdir(exist_ok=True)
        for name, text in files.items():
            (folder / name).write_text(text)
        return [str(folder / name) for name in files]

    return made


def run(workspace: Workspace, paths: list[str] | str, **how: Any) -> Report:
    """Plan and apply; the plan's counts are the report's, of each file and in all."""
    rejects = os.path.join(os.path.dirname(workspace.db.location), f"rejects-{ids.new_id()}.csv")
    with plan(workspace, paths, options=Options(**how)) as made:
        foreseen = [(part.tally.counts, part.tally.made, part.tally.entities) for part in made.parts]
        done = apply(workspace, made, rejects=rejects)
    assert [(tally.counts, tally.made, tally.entities) for tally in done.tallies] == foreseen
    for tally in (*done.tallies, done.tally):
        assert tally.rows == sum(sum(counts.values()) for counts in tally.entities.values())
    return done


def records(workspace: Workspace, entity: str) -> list[dict[str, Any]]:
    return list(workspace.query(Query(entity)))


def named(workspace: Workspace, entity: str, name: str) -> dict[str, Any]:
    (found,) = [record for record in records(workspace, entity) if record["name"] == name]
    return found


def name_of(value: Any) -> Any:
    return value["name"] if isinstance(value, dict) else value


def everything(workspace: Workspace) -> dict[str, list[str]]:
    """All that imports make, without ids and times of writing; references and the ends of links by name."""
    out: dict[str, list[str]] = {}
    named_kinds = [key for key, entity in workspace.registry.entities.items() if "name" in entity.fields]
    names = {record["id"]: record["name"] for key in named_kinds for record in records(workspace, key)}
    for key in (
        "company",
        "contact",
        "deal",
        "order",
        "product",
        "activity",
        "task",
        "note",
        "link",
        "tag",
        "pipeline",
        "stage",
    ):
        rows = []
        for record in records(workspace, key):
            plain = {k: v for k, v in record.items() if v not in (None, [], False) and k not in ("id", "rev", "created_at",
                     "created_by", "updated_at", "updated_by", "stage_entered_at", "position")}  # fmt: skip
            for field, value in plain.items():
                if isinstance(value, dict) and "name" in value:
                    plain[field] = value["name"]
                elif isinstance(value, list) and value and isinstance(value[0], dict):
                    plain[field] = [(str(entry["value"]), entry.get("label")) for entry in value]
                elif field in ("from", "to"):
                    plain[field] = names.get(value["id"] if isinstance(value, dict) else value)
            rows.append(repr(sorted(plain.items())))
        out[key] = sorted(rows)
    return out


SETS: dict[str, Files] = {
    "salesforce": exports.SALESFORCE,
    "hubspot": exports.HUBSPOT,
    "pipedrive": {"deals.csv": exports.PIPEDRIVE},
    "sales": exports.SALES,
    "twenty": {"people.csv": exports.TWENTY_PEOPLE, "deals.csv": exports.TWENTY_DEALS},
    "atomic": {"contacts.csv": exports.ATOMIC},
}


@pytest.mark.parametrize("name", SETS)
def test_twice_changes_nothing_and_one_undo_takes_all_of_it_back(
    workspace: Workspace, place: Callable[[Files], list[str]], name: str
) -> None:
    before = everything(workspace)
    paths = place(SETS[name])
    first = run(workspace, paths)
    assert first.tally.counts["new"]
    after = everything(workspace)
    second = run(workspace, paths)
    assert (second.tally.counts["new"], second.tally.counts["changed"], second.undo) == (0, 0, None)
    assert second.tally.made == {}
    assert second.tally.rows == first.tally.rows
    assert everything(workspace) == after
    workspace.run(Undo(first.undo))
    assert everything(workspace) == before


def test_the_order_of_the_files_does_not_matter(tmp_path: Path, place: Callable[[Files], list[str]]) -> None:
    paths = place(exports.SALESFORCE)
    seen = []
    for number, order in enumerate(itertools.islice(itertools.permutations(paths), 0, 720, 144)):
        with create_workspace(
            str(tmp_path / f"w{number}" / "crm.db"), NewWorkspace("w", "Sam"), zone="UTC"
        ) as workspace:
            run(workspace, list(order))
            seen.append(everything(workspace))
    assert all(one == seen[0] for one in seen)


def test_salesforce_comes_over_whole(workspace: Workspace, place: Callable[[Files], list[str]]) -> None:
    done = run(workspace, place(exports.SALESFORCE))
    assert done.tally.counts == {"new": 13, "changed": 1, "unchanged": 0, "rejected": 1}
    assert sum(done.tally.passed.values()) == 1
    assert {company["name"] for company in records(workspace, "company")} == {
        "Acme",
        "Acme Subsidiary",
        "Orphan",
        "Wong Ltd",
    }
    subsidiary = named(workspace, "company", "Acme Subsidiary")
    assert name_of(subsidiary["parent"]) == "Acme"
    assert subsidiary["revenue"] == [120000000, "EUR"]
    ana = named(workspace, "contact", "Ana Ruiz")
    assert name_of(ana["company"]) == "Acme Subsidiary"
    assert ana["external_ids"] == [["salesforce", "003A"], ["salesforce", "00QA"]]
    # The lead that became her adds its address, and does not overwrite where she works.
    assert [entry["value"] for entry in ana["emails"]] == ["ana@acme.example", "ana.old@acme.example"]
    assert named(workspace, "contact", "Lee Wong")["lifecycle"] == "lead"
    deals = {deal["name"]: deal for deal in records(workspace, "deal")}
    assert (name_of(deals["Big deal"]["stage"]), deals["Big deal"]["status"]) == ("Qualified", "open")
    assert (deals["Small deal"]["status"], deals["Small deal"]["closed_on"]) == ("won", "2024-02-01")
    assert (deals["Odd deal"]["status"], deals["Odd deal"]["extra"]["salesforce"]["StageName"]) == (
        "lost",
        "Needs Analysis",
    )
    assert deals["Big deal"]["created_at"] == "2024-01-02T03:04:05.000Z"
    call, offer = named(workspace, "task", "Call Ana"), named(workspace, "task", "Send offer")
    assert (name_of(call["contact"]), name_of(call["deal"]), call["priority"]) == (
        "Ana Ruiz",
        "Big deal",
        "high",
    )
    assert (name_of(offer["company"]), offer["deal"], offer["status"]) == ("Acme", None, "done")
    assert offer["extra"]["salesforce"]["WhoId"] == "003Z"
    demo = named(workspace, "activity", "Demo")
    assert (name_of(demo["contact"]), demo["happened_at"], demo["duration"]) == (
        "Bo Li",
        "2024-05-01T10:00:00.000Z",
        45,
    )
    ties = [(link["relation"], link["role"]) for link in records(workspace, "link")]
    assert sorted(ties, key=str) == [("participant", None), ("related", "reports to")]
    assert named(workspace, "contact", "Di Fox")["extra"]["salesforce"]["ReportsToId"] == "003Q"


def test_hubspot_hangs_together_by_its_own_ids(
    workspace: Workspace, place: Callable[[Files], list[str]]
) -> None:
    run(workspace, place(exports.HUBSPOT)[::-1])
    pilot, other = named(workspace, "deal", "Pilot"), named(workspace, "deal", "Other")
    assert (name_of(pilot["company"]), name_of(pilot["contact"])) == ("Dacia Data", "Elena Popescu")
    assert (pilot["amount"], pilot["probability"]) == ([150050, "USD"], 25)
    assert named(workspace, "deal", "Rollout")["status"] == "won"
    assert (other["company"], other["contact"]) == (None, None)
    assert other["extra"]["hubspot"] == {
        "Deal owner": "Nobody Known", "Associated Company IDs": "9009", "Associated Contact IDs": "199",
    }  # fmt: skip
    names = {
        record["id"]: record["name"] for key in ("contact", "deal") for record in records(workspace, key)
    }
    ends = [[link[end]["id"] if isinstance(link[end], dict) else link[end] for end in ("from", "to")]
            for link in records(workspace, "link")]  # fmt: skip
    ties = {(names[start], names[end]) for start, end in ends}
    assert ties == {("Raj Kumar", "Pilot"), ("Elena Popescu", "Pilot"), ("Elena Popescu", "Rollout")}


def test_a_row_of_pipedrive_is_a_deal_a_company_a_person_and_a_note(
    workspace: Workspace, write: Write
) -> None:
    done = run(workspace, write(exports.PIPEDRIVE))
    assert done.tally.made == {"company": 2, "contact": 2, "note": 1}
    beta = named(workspace, "deal", "Beta deal")
    assert (beta["amount"], beta["close_on"], beta["tags"]) == ([123456, "EUR"], "2026-04-13", ["hot"])
    assert named(workspace, "deal", "Gamma deal")["lost_reason"] == "Too dear"
    # One amount with a decimal comma says what the point in another means, and one day what the others begin with.
    assert named(workspace, "deal", "Delta deal")["amount"] == [1250000, "EUR"]
    assert named(workspace, "deal", "Gamma deal")["close_on"] == "2026-05-04"
    rosa = named(workspace, "contact", "Rosa Diaz")
    assert (name_of(rosa["company"]), [entry["value"] for entry in rosa["phones"]]) == (
        "Beta GmbH",
        ["+49 30 123456"],
    )
    (note,) = records(workspace, "note")
    assert (note["body"], name_of(note["deal"])) == ("Call her\nback", "Beta deal")


def test_stages_nobody_has_are_made_if_wished(workspace: Workspace, write: Write) -> None:
    path = write(exports.PIPEDRIVE)
    with plan(workspace, path) as made:
        assert {(field, word) for _, field, word in made.tally.unmatched} == {
            ("owner", "Kim"), ("pipeline", "New biz"), ("stage", "Demo"),
        }  # fmt: skip
    before = everything(workspace)
    done = run(workspace, path, make_stages=True)
    gamma = named(workspace, "deal", "Gamma deal")
    assert (name_of(gamma["pipeline"]), name_of(gamma["stage"])) == ("New biz", "Demo")
    assert done.tally.made["stage"] == done.tally.made["pipeline"] == 1
    assert run(workspace, path, make_stages=True).undo is None
    workspace.run(Undo(done.undo))
    assert everything(workspace) == before


def test_spellings_of_one_product_are_one_product(
    workspace: Workspace, place: Callable[[Files], list[str]]
) -> None:
    paths = place(exports.SALES)
    with plan(workspace, paths) as made:
        alike = {(one.word, one.name, one.same) for part in made.parts for one in part.alike}
    assert alike == {("GTXPro", "GTX Pro", True), ("Acme Corporaton", "Acme Corporation", False)}
    done = run(workspace, paths)
    assert done.tally.made == {"company": 1, "link": 4}
    assert len(records(workspace, "product")) == 3
    workspace.run(Undo(done.undo))
    assert run(workspace, paths, merge_alike=True).tally.made == {"link": 4}
    assert name_of(named(workspace, "company", "Betasoloin")["parent"]) == "Acme Corporation"


def test_twenty_and_atomic(workspace: Workspace, place: Callable[[Files], list[str]], write: Write) -> None:
    run(workspace, place(SETS["twenty"]))
    ana = named(workspace, "contact", "Ana Ruiz")
    assert [entry["value"] for entry in ana["emails"]] == [
        "ana@acme.example",
        "ana@home.example",
        "a.ruiz@acme.example",
    ]
    assert [entry["value"] for entry in ana["phones"]] == ["+34 600 11 12 22"]
    big = named(workspace, "deal", "Big")
    assert (big["amount"], name_of(big["contact"]), name_of(big["stage"])) == (
        [150050, "USD"],
        "Ana Ruiz",
        "Proposal",
    )
    done = run(workspace, write(exports.ATOMIC))
    assert done.tally.counts["changed"] == 1
    ana = named(workspace, "contact", "Ana Ruiz")
    assert (ana["tags"], ana["description"]) == (["vip", "press"], "Met at the fair")
    assert ("ana@home.example", None) in [(entry["value"], entry.get("label")) for entry in ana["emails"]]


def test_a_report_of_salesforce_has_labels(workspace: Workspace, write: Write) -> None:
    with plan(workspace, write(exports.SALESFORCE_REPORT)) as made:
        assert (made.parts[0].vendor, made.parts[0].entity) == ("salesforce", "contact")
    run(workspace, write(exports.SALESFORCE_REPORT))
    ana = named(workspace, "contact", "Ana Ruiz")
    assert name_of(ana["company"]) == "Acme"
    assert ana["addresses"][0]["value"] == {
        "street": "Calle 1", "city": "Madrid", "region": "MD", "postal_code": "28001", "country": "Spain",
    }  # fmt: skip


ACTIVITIES = """\
subject,happened_at,type,contact,outcome
Call,2024-05-01 10:00,call,Ana,reached
Call,2024-05-01 10:00,call,Bo,
Call,2024-05-02 10:00,call,Ana,
Call,2024-05-02 10:00,call,Ana,
"""


def test_activities_of_one_name_are_told_apart_by_their_moment_and_by_whom_they_are_with(
    workspace: Workspace, write: Write
) -> None:
    for name in ("Ana", "Bo"):
        workspace.run(Add("contact", {"name": name}))
    done = run(workspace, write(ACTIVITIES))
    assert done.tally.counts == {"new": 3, "changed": 0, "unchanged": 1, "rejected": 0}
    assert run(workspace, write(ACTIVITIES)).undo is None
    other = run(workspace, write("subject,happened_at,contact\nCall,2024-05-01 10:00,Cy\n"))
    assert other.tally.counts["new"] == 0  # Cy is nobody here, so it says nothing new of that call
    workspace.run(Add("contact", {"name": "Cy"}))
    assert (
        run(workspace, write("subject,happened_at,contact\nCall,2024-05-01 10:00,Cy\n")).tally.counts["new"]
        == 1
    )


def test_deals_of_one_name_stay_apart(workspace: Workspace, write: Write) -> None:
    path = write("deal name,company,amount,stage\nRenewal,Acme,100,Lead\nRenewal,Acme,200,Lead\nRenewal,Beta,100,Lead\n"
                 "Renewal,Acme,100,Lead\n")  # fmt: skip
    done = run(workspace, path)
    assert done.tally.counts == {"new": 3, "changed": 0, "unchanged": 1, "rejected": 0}
    assert run(workspace, path).undo is None
    grown = run(workspace, write("deal name,company,amount,stage\nRenewal,Beta,150,Lead\n"))
    assert grown.tally.counts["changed"] == 1


def test_a_rejected_row_leaves_nothing_behind(workspace: Workspace, write: Write) -> None:
    workspace.run(Add("field", {"of": "deal", "name": "Budget code", "kind": "text", "required": True}))
    path = write("deal name,company,contact,stage,Budget code\nOne,Acme,Ana,Lead,\nTwo,Acme,Ana,Lead,B7\n")
    done = run(workspace, path)
    assert done.tally.counts == {"new": 1, "changed": 0, "unchanged": 0, "rejected": 1}
    assert [company["name"] for company in records(workspace, "company")] == ["Acme"]
    assert name_of(records(workspace, "deal")[0]["company"]) == "Acme"


def test_a_plan_knows_what_earlier_rows_and_files_would_make(
    workspace: Workspace, place: Callable[[Files], list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(planning, "ROWS_AT_ONCE", 2)
    run(workspace, place(exports.SALESFORCE))
    people = "".join(f"P{n % 7},p{n % 7}@x.example,Company {n % 3},T{n % 2}\n" for n in range(40))
    done = run(workspace, place({"p.csv": "name,email,company,title\n" + people}))
    assert done.tally.counts["new"] == 7
    assert done.tally.made == {"company": 3}


class Stop(Exception):
    pass


@pytest.mark.parametrize("after", range(1, 14, 4))
def test_an_interruption_anywhere_ends_the_same(
    tmp_path: Path, place: Callable[[Files], list[str]], monkeypatch: pytest.MonkeyPatch, after: int
) -> None:
    monkeypatch.setattr(applying, "ROWS", 2)
    paths = place(exports.SALESFORCE)
    ends = []
    for number, stopped in enumerate((True, False)):
        calls = 0

        def stop(at: int, size: int, tally: Any) -> None:
            nonlocal calls
            calls += 1
            if calls == after:
                raise Stop

        where = str(tmp_path / f"w{number}" / "crm.db")
        with create_workspace(where, NewWorkspace("w", "Sam", region="ES"), zone="UTC") as workspace:
            rejects = str(tmp_path / f"rejects-{number}.csv")
            if stopped:
                with plan(workspace, paths, count=False) as made, pytest.raises(Stop):
                    Import(workspace, made, rejects=rejects).run(stop)
            with plan(workspace, paths, count=False) as made:
                done = apply(workspace, made, rejects=rejects, resume=stopped)
            ends.append(
                (everything(workspace), done.tally.counts, done.tally.made, Path(done.rejects[0]).read_text())
            )
            workspace.run(Undo(done.undo))
            assert (
                records(workspace, "contact")
                == records(workspace, "company")
                == records(workspace, "link")
                == []
            )
    assert ends[0] == ends[1]


KILLED = """
import os, signal, sys
from crmtool.app.workspace import open_workspace
from crmtool.transfer import apply as applying
from crmtool.transfer.plan import plan
applying.ROWS = 2
where, count, *paths = sys.argv[1:]
left = int(count)
def die(*_):
    global left
    left -= 1
    if not left:
        os.kill(os.getpid(), signal.SIGKILL)
with open_workspace(where, zone="UTC") as workspace, plan(workspace, paths, count=False) as made:
    applying.apply(workspace, made, die, rejects=where + ".rejects.csv")
"""


@pytest.mark.system
@pytest.mark.parametrize("count", [1, 6, 10])
def test_killed_in_the_middle_of_several_files_it_goes_on(
    tmp_path: Path, place: Callable[[Files], list[str]], count: int
) -> None:
    paths = place(exports.SALESFORCE)
    ends = []
    for number, killed in enumerate((True, False)):
        where = str(tmp_path / f"w{number}" / "crm.db")
        create_workspace(where, NewWorkspace("w", "Sam", region="ES"), zone="UTC").close()
        if killed:
            ran = subprocess.run(
                [sys.executable, "-c", KILLED, where, str(count), *paths], check=False, timeout=60
            )
            assert ran.returncode == -signal.SIGKILL
        with open_workspace(where, zone="UTC") as workspace, plan(workspace, paths, count=False) as made:
            done = apply(workspace, made, rejects=where + ".rejects.csv", resume=killed)
            ends.append((everything(workspace), done.tally.counts, done.tally.made))
    assert ends[0] == ends[1]


ROWS = [
    ("name", "email", "company", "notes"),
    ("Ana Ruiz", "ana@x.example", "Acme", "one\ntwo"),
    ("Jörg Müller", "jorg@x.example", "Bäckerei", ""),
    ("", "", "", ""),
    ("Zoë, the 2nd", "zoe@x.example", "", 'said "no"'),
]


def written(separator: str, end: str, *, ragged: bool = False, preamble: str = "") -> str:
    lines = []
    for number, row in enumerate(ROWS):
        cells = [
            '"' + cell.replace('"', '""') + '"' if set(cell) & {separator, '"', "\n", ","} else cell
            for cell in row
        ]
        if ragged and number:
            cells = cells[:-1] if not cells[-1] else [*cells, "", ""]
        lines.append(separator.join(cells))
    return preamble.replace("\n", end) + end.join(lines) + end


@pytest.mark.parametrize(
    "data",
    [
        written(",", "\n").encode(),
        b"\xef\xbb\xbf" + written(";", "\r\n").encode(),
        written("\t", "\r\n").encode("utf-16"),
        written(";", "\r\n").encode("windows-1252"),
        written(",", "\r").encode(),
        written("|", "\n", ragged=True).encode(),
        written(",", "\n", preamble="People of the fair\nexported today\n\n").encode(),
        ("sep=;\r\n" + written(";", "\r\n")).encode(),
    ],
    ids=[
        "plain",
        "mark",
        "utf-16 and tabs",
        "windows-1252",
        "carriage returns",
        "ragged",
        "preamble",
        "sep line",
    ],
)
def test_every_way_to_write_a_table_says_the_same(workspace: Workspace, write: Write, data: bytes) -> None:
    done = run(workspace, write(data))
    assert done.tally.counts == {"new": 3, "changed": 0, "unchanged": 0, "rejected": 0}
    assert {contact["name"] for contact in records(workspace, "contact")} == {
        "Ana Ruiz",
        "Jörg Müller",
        "Zoë, the 2nd",
    }
    assert named(workspace, "contact", "Ana Ruiz")["description"].split() == ["one", "two"]
    assert name_of(named(workspace, "contact", "Jörg Müller")["company"]) == "Bäckerei"


def test_of_two_companies_with_one_name_a_person_keeps_theirs(
    workspace: Workspace, place: Callable[[Files], list[str]]
) -> None:
    for name, company in (("Ana", "ACME LLP"), ("Ben", "Acme LLP")):
        employer = workspace.run(Add("company", {"name": company})).changes[0].record
        workspace.run(Add("contact", {"name": name, "email": f"{name}@x.example", "company": employer}))
    done = run(
        workspace,
        place({"people.csv": "Name,Email,Company\nAna,ana@x.example,Acme LLP\nBen,ben@x.example,ACME LLP\n"}),
    )
    assert done.tally.counts["unchanged"] == 2
    assert name_of(named(workspace, "contact", "Ana")["company"]) == "ACME LLP"


def test_a_time_without_fractions_is_the_one_that_is_there(
    workspace: Workspace, place: Callable[[Files], list[str]]
) -> None:
    at = "2024-02-09T12:09:33.120Z"
    task = workspace.run(Add("task", {"name": "Call", "status": "done", "done_at": at})).changes[0].record
    for second, verdict in (("33", "unchanged"), ("34", "changed")):
        done = run(
            workspace,
            place({"tasks.csv": f"id,name,done_at\n{task},Call,2024-02-09T12:09:{second}Z\n"}),
            layout="tasks",
        )
        assert done.tally.counts[verdict] == 1
