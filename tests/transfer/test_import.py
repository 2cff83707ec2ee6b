"""Whole imports into a real store: twice changes nothing, one undo, corrected rejects, interruption."""

from __future__ import annotations

import csv
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crmtool.app.commands import Add, Set, Undo
from crmtool.app.create import NewWorkspace, create_workspace
from crmtool.app.jobs import Job
from crmtool.app.workspace import Workspace, open_workspace
from crmtool.core.errors import DeniedError, NotFoundError, UsageError
from crmtool.core.policy import DenyAll
from crmtool.store.reader import Query
from crmtool.transfer import apply as applying
from crmtool.transfer import plan as planning
from crmtool.transfer.apply import Import, Report, apply
from crmtool.transfer.plan import plan
from crmtool.transfer.seen import Seen

from .conftest import FIXTURES

Write = Callable[..., str]
ENTITIES = ("contact", "company", "link", "tag")


def run(workspace: Workspace, path: str, **how: Any) -> Report:
    """Plan and apply; the plan's counts are the report's."""
    layout = how.pop("layout", None)
    with plan(workspace, path, layout=layout) as made:
        done = apply(workspace, made, **how)
        assert made.tally.counts == done.tally.counts
        assert made.tally.rows == sum(made.tally.counts.values())
    return done


def records(workspace: Workspace, entity: str) -> list[dict[str, Any]]:
    return list(workspace.query(Query(entity)))


def named(workspace: Workspace, name: str, entity: str = "contact") -> dict[str, Any]:
    (found,) = [record for record in records(workspace, entity) if record["name"] == name]
    return found


def values(entries: list[dict[str, Any]] | None) -> list[Any]:
    return [entry["value"] for entry in entries or ()]


def state(workspace: Workspace) -> dict[str, list[Any]]:
    """Everything an import makes, without ids and times."""
    out: dict[str, list[Any]] = {}
    for entity in ENTITIES:
        kept = []
        for record in records(workspace, entity):
            plain = {
                k: v
                for k, v in record.items()
                if v and not k.endswith(("_at", "_by")) and k not in ("id", "rev")
            }
            for key, value in plain.items():
                if isinstance(value, dict) and "name" in value:
                    plain[key] = value["name"]
                elif isinstance(value, list) and value and isinstance(value[0], dict):
                    plain[key] = [(str(entry["value"]), entry["label"]) for entry in value]
            if entity == "link":
                plain = {"role": record["relation"]}
            kept.append(plain)
        out[entity] = sorted(kept, key=repr)
    return out


@pytest.mark.parametrize("path", sorted(FIXTURES.glob("*.csv")), ids=lambda path: path.stem)
def test_twice_changes_nothing_and_one_undo_takes_it_back(workspace: Workspace, path: Path) -> None:
    before = state(workspace)
    first = run(workspace, str(path), rejects=_scratch(workspace))
    after = state(workspace)
    assert first.tally.counts["new"]
    assert first.undo
    second = run(workspace, str(path), rejects=_scratch(workspace))
    assert second.tally.counts["new"] == second.tally.counts["changed"] == 0
    assert second.tally.counts["unchanged"] == first.tally.counts["new"]
    assert second.tally.counts["rejected"] == first.tally.counts["rejected"]
    assert second.undo is None
    assert state(workspace) == after
    workspace.run(Undo(first.undo))
    assert state(workspace) == before


def _scratch(workspace: Workspace) -> str:
    return os.path.join(os.path.dirname(workspace.db.location), "rejects.csv")


def test_rejected_rows_come_back_in_a_file_that_can_be_corrected(workspace: Workspace, write: Write) -> None:
    path = write("name;email;phone;colour\nAna;ana@x.example;;red\nBo;no address;;blue\nCy;cy@x.example;1;\n")
    done = run(workspace, path)
    assert done.tally.counts == {"new": 1, "changed": 0, "unchanged": 0, "rejected": 2}
    (rejects,) = done.rejects
    assert os.stat(rejects).st_mode & 0o777 == 0o600
    with open(rejects, newline="") as file:
        rows = list(csv.reader(file, delimiter=";"))
    assert rows[0] == ["crm_row", "crm_field", "crm_reason", "name", "email", "phone", "colour"]
    assert [row[:2] + row[3:] for row in rows[1:]] == [
        ["3", "email", "Bo", "no address", "", "blue"],
        ["4", "phone", "Cy", "cy@x.example", "1", ""],
    ]
    assert "no address" in rows[1][2]
    corrected = Path(rejects).read_text().replace(";no address;", ";bo@x.example;")
    again = run(workspace, write(corrected, "corrected.csv"))
    assert again.tally.counts == {"new": 1, "changed": 0, "unchanged": 0, "rejected": 1}
    assert named(workspace, "Bo")["extra"] == {"csv": {"colour": "blue"}}
    with open(again.rejects[0], newline="") as file:
        assert next(csv.reader(file, delimiter=";")) == rows[0]


def test_a_file_of_rejects_never_replaces_another(workspace: Workspace, write: Write) -> None:
    path = write("name,email\nBo,nowhere\n")
    names = [os.path.basename(run(workspace, path).rejects[0]) for _ in range(3)]
    assert names == ["people.rejected.csv", "people.rejected-2.csv", "people.rejected-3.csv"]
    with plan(workspace, path) as made, pytest.raises(UsageError):
        apply(workspace, made, rejects=path)


def test_files_of_rejects_are_numbered_once(workspace: Workspace, write: Write, tmp_path: Path) -> None:
    (tmp_path / "of.rejected.people").mkdir()
    text = "name,email\nBo,nowhere\n"
    paths = [
        write(text, f"of.rejected.people/{name}.csv") for name in ("list", "list.rejected", "list.rejected-2")
    ]
    with plan(workspace, paths) as made:
        done = apply(workspace, made)
    assert [os.path.relpath(path, tmp_path / "of.rejected.people") for path in done.rejects] == [
        "list.rejected-3.csv",
        "list.rejected-4.csv",
        "list.rejected-5.csv",
    ]


def test_the_file_wins_where_it_says_something(workspace: Workspace, write: Write) -> None:
    run(workspace, write("name,email,title,phone,tags\nAna Ruiz,ana@x.example,Buyer,600123456,vip\n"))
    done = run(
        workspace, write("name,email,title,phone,tags\nAna Ruiz,ANA@x.example,Director,+34611222333,press\n")
    )
    assert done.tally.counts["changed"] == 1
    ana = named(workspace, "Ana Ruiz")
    assert ana["title"] == "Director"
    assert values(ana["phones"]) == ["+34 600 12 34 56", "+34 611 22 23 33"]
    assert [entry["key"] for entry in ana["phones"]] == sorted(entry["key"] for entry in ana["phones"])
    assert ana["tags"] == ["vip", "press"]
    done = run(workspace, write("name,email,title\nAna Ruiz,ana@x.example,\n"))
    assert done.tally.counts["unchanged"] == 1


def test_rows_that_contradict_each_other_do_not_take_turns(workspace: Workspace, write: Write) -> None:
    path = write(
        "name,email,title\nAna Ruiz,ana@x.example,Buyer\nAna Ruiz,ana@x.example,Director\nA. Ruiz,ana@x.example,\n"
    )
    done = run(workspace, path)
    assert done.tally.counts == {"new": 1, "changed": 0, "unchanged": 2, "rejected": 0}
    assert run(workspace, path).undo is None
    assert named(workspace, "Ana Ruiz")["title"] == "Buyer"


def test_people_who_share_a_mailbox_stay_apart(workspace: Workspace, write: Write) -> None:
    path = write("name,email\nAna Ruiz,info@x.example\nBo Li,info@x.example\nCy Day,office@x.example\n")
    assert run(workspace, path).tally.counts["new"] == 3
    assert run(workspace, path).undo is None
    assert run(workspace, write("name,email\nDi Fox,info@x.example\n")).tally.counts["new"] == 1


def test_a_person_who_changed_the_name_is_the_same(workspace: Workspace, write: Write) -> None:
    run(workspace, write("name,email\nAna Ruiz,ana.r@x.example\n"))
    assert run(workspace, write("name,email\nAna Gómez,ana.r@x.example\n")).tally.counts["changed"] == 1
    assert [record["name"] for record in records(workspace, "contact")] == ["Ana Gómez"]


def test_people_without_an_address_are_known_by_name_and_company(workspace: Workspace, write: Write) -> None:
    path = write(
        "name,company,phone\nJohn Smith,Acme,600111111\nJohn Smith,Acme,600222222\n"
        "John Smith,Beta,\nJohn Smith,,\nJo Roe,,\n,,600333333\n"
    )
    assert run(workspace, path).tally.counts == {"new": 5, "changed": 0, "unchanged": 1, "rejected": 0}
    assert run(workspace, path).undo is None
    assert run(workspace, write("name,company,title\nJohn Smith,Beta,CEO\n")).tally.counts["changed"] == 1


def test_the_id_of_the_source_outweighs_all_else(workspace: Workspace, write: Write) -> None:
    head = "Record ID,First Name,Last Name,Email,Contact owner\n"
    run(
        workspace,
        write(head + "1,Ana,Ruiz,ana@x.example,\n2,Bo,Li,team@x.example,\n3,Cy,Day,team@x.example,\n"),
    )
    assert len(records(workspace, "contact")) == 3
    done = run(workspace, write(head + "1,Ana,Gómez,ana@y.example,Sam\n"))
    assert done.tally.counts["changed"] == 1
    ana = named(workspace, "Ana Gómez")
    assert values(ana["emails"]) == ["ana@x.example", "ana@y.example"]
    assert ana["external_ids"] == [["hubspot", "1"]]
    assert ana["owner"]["name"] == "Sam"


def test_companies_are_found_by_id_domain_and_name(workspace: Workspace, write: Write) -> None:
    run(workspace, str(FIXTURES / "hubspot_contacts.csv"))
    companies = {record["name"]: record for record in records(workspace, "company")}
    assert set(companies) == {"Dacia Data", "Kumar Ltd", "Kumar Labs"}
    assert companies["Dacia Data"]["domain"] == "dacia.example"
    assert len(records(workspace, "link")) == 1
    done = run(workspace, str(FIXTURES / "hubspot_companies.csv"))
    assert done.tally.counts == {"new": 0, "changed": 1, "unchanged": 1, "rejected": 0}
    assert named(workspace, "Dacia Data", "company")["industry"] == "Software"
    done = run(workspace, write("name,domain,industry\nDacia Data SRL,www.dacia.example,Data\n"))
    assert done.tally.counts["changed"] == 1
    done = run(workspace, write("name,domain,industry\nDacia Data SRL,other.example,Cars\n"))
    assert done.tally.counts["new"] == 1


def test_what_the_source_recorded_when_is_kept(workspace: Workspace) -> None:
    run(workspace, str(FIXTURES / "hubspot_contacts.csv"))
    elena = named(workspace, "Elena Popescu")
    assert elena["created_at"] == "2023-05-01T10:22:00.000Z"
    assert elena["extra"]["hubspot"]["Associated Deal"] == "Pilot"
    assert elena["extra"]["hubspot"]["Contact owner"] == "Sam Seller"


def test_new_records_belong_to_who_imports_them(workspace: Workspace, write: Write) -> None:
    run(workspace, write("name,company,tags\nAna,Acme,new tag\n"))
    assert (
        named(workspace, "Ana")["owner"]["name"]
        == named(workspace, "Acme", "company")["owner"]["name"]
        == "Sam"
    )
    assert [record["name"] for record in records(workspace, "tag")] == ["new tag"]


def test_a_list_of_ours_comes_back_with_its_ids(workspace: Workspace, tmp_path: Path, write: Write) -> None:
    run(workspace, write("name,email\nAna,ana@x.example\n"))
    ana = named(workspace, "Ana")
    path = write(f"id,name,title\n{ana['id']},Ana Ruiz,Buyer\n")
    assert run(workspace, path).tally.counts["changed"] == 1
    other = create_workspace(str(tmp_path / "other" / "crm.db"), NewWorkspace("other", "Bo"))
    with other:
        assert run(other, path).tally.counts["new"] == 1
        assert named(other, "Ana Ruiz")["id"] == ana["id"]
        assert run(other, path).undo is None


def test_what_changed_since_survives_the_undo(workspace: Workspace, write: Write) -> None:
    done = run(workspace, write("name,email\nAna,ana@x.example\nBo,bo@x.example\n"))
    workspace.run(Set("contact", (named(workspace, "Ana")["id"],), (("title", "=", "Buyer"),)))
    outcome = workspace.run(Undo(done.undo))
    assert [record["name"] for record in records(workspace, "contact")] == ["Ana"]
    assert [item["name"] for item in outcome.skipped] == ["Ana"]


def test_own_required_fields_are_asked_for(workspace: Workspace, write: Write) -> None:
    workspace.run(Add("field", {"of": "contact", "name": "Member no", "kind": "number", "required": True}))
    done = run(workspace, write("name,Member no\nAna,7\nBo,\nCy,many\n"))
    assert done.tally.counts == {"new": 1, "changed": 0, "unchanged": 0, "rejected": 2}
    assert named(workspace, "Ana")["member_no"] == 7


def test_samples_say_what_changes(workspace: Workspace, write: Write) -> None:
    run(workspace, write("name,email,title\nAna,ana@x.example,Buyer\n"))
    with plan(workspace, write("name,email,title\nAna,ana@x.example,Director\nBo,bo@x.example,\n")) as made:
        changed, new = made.tally.samples
        assert (changed.row, changed.before, changed.after) == (2, {"title": "Buyer"}, {"title": "Director"})
        assert (new.row, new.verdict, new.before) == (3, "new", {})
        assert [(column.column, column.field) for column in made.parts[0].mapping(workspace.registry)] == [
            ("name", "name"), ("email", "emails"), ("title", "title"),
        ]  # fmt: skip
    assert len(records(workspace, "contact")) == 1


def test_who_may_write_nothing_imports_nothing(workspace: Workspace, write: Write) -> None:
    with (
        open_workspace(workspace.db.location, policy=DenyAll()) as denied,
        plan(denied, write("name\nAna\n")) as made,
        pytest.raises(DeniedError),
    ):
        apply(denied, made)
    assert records(workspace, "contact") == []


def test_steps_are_small_and_share_one_undo(
    workspace: Workspace, write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(applying, "ROWS", 7)
    lines = [f"P{n},p{n}@x.example,Company {n % 5}" for n in range(50)]
    seen: list[int] = []
    done = run(
        workspace,
        write("name,email,company\n" + "\n".join(lines)),
        progress=lambda at, size, tally: seen.append(tally.rows),
    )
    assert seen == [7, 14, 21, 28, 35, 42, 49, 50]
    assert len(records(workspace, "company")) == 5
    workspace.run(Undo(done.undo))
    assert records(workspace, "contact") == records(workspace, "company") == []


class Stop(Exception):
    pass


def test_an_interrupted_import_goes_on(
    workspace: Workspace, write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(applying, "ROWS", 4)
    lines = [f"P{n},p{n % 9}@x.example,T{n},{'bad' if n % 6 == 5 else 600100000 + n}" for n in range(30)]
    path = write("name,email,title,phone\n" + "\n".join(lines))

    def stop(at: int, size: int, tally: Any) -> None:
        if tally.rows >= 12:
            raise Stop

    with plan(workspace, path, count=False) as made, pytest.raises(Stop):
        Import(workspace, made).run(stop)
    with plan(workspace, path, count=False) as made:
        done = apply(workspace, made, resume=True)
        assert done.tally.rows == 30
        with pytest.raises(NotFoundError):
            apply(workspace, made, resume=True)
    interrupted = state(workspace), Path(done.rejects[0]).read_text()
    workspace.run(Undo(done.undo))
    whole = run_whole(workspace, path)
    assert interrupted == (state(workspace), Path(whole.rejects[0]).read_text())


def run_whole(workspace: Workspace, path: str) -> Report:
    with plan(workspace, path, count=False) as made:
        return apply(workspace, made)


def test_a_part_that_was_taken_back_is_not_gone_on_with(
    workspace: Workspace, write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(applying, "ROWS", 1)

    def stop(at: int, size: int, tally: Any) -> None:
        raise Stop

    with plan(workspace, write("name\nAna\nBo\n"), count=False) as made:
        work = Import(workspace, made)
        with pytest.raises(Stop):
            work.run(stop)
        workspace.run(Undo(work.handle))
        with pytest.raises(NotFoundError):
            apply(workspace, made, resume=True)


KILLED = """
import os, signal, sys
from crmtool.app.workspace import open_workspace
from crmtool.app import workspace as app
from crmtool.transfer import apply as applying
from crmtool.transfer.plan import plan
applying.ROWS = 20
where, path, when, count = sys.argv[1:5]
left = int(count)
def die(*_):
    global left
    left -= 1
    if not left:
        os.kill(os.getpid(), signal.SIGKILL)
write = app.Workspace.write
def written(self, change_set):
    done = write(self, change_set)
    if when == "before":
        die()
    return done
app.Workspace.write = written
with open_workspace(where, zone="UTC") as workspace, plan(workspace, path, count=False) as made:
    applying.apply(workspace, made, die if when == "after" else None)
"""


@pytest.mark.system
@pytest.mark.parametrize(("when", "count"), [("before", 1), ("before", 3), ("after", 1), ("after", 4)])
def test_a_killed_import_resumes_to_the_same_end(tmp_path: Path, write: Write, when: str, count: int) -> None:
    """Killed between writing and committing, or between steps: the end is that of an import nobody killed."""
    lines = [
        f"P{n % 70},p{n % 90}@x.example,Company {n % 7},{'x' if n % 13 == 5 else ''}" for n in range(120)
    ]
    path = write("name,email,company,phone\n" + "\n".join(lines))
    ends = []
    for number, killed in enumerate((True, False)):
        where = str(tmp_path / f"w{number}" / "crm.db")
        create_workspace(where, NewWorkspace("w", "Sam", region="ES"), zone="UTC").close()
        if killed:
            script = [sys.executable, "-c", KILLED, where, path, when, str(count)]
            assert subprocess.run(script, check=False, timeout=60).returncode == -signal.SIGKILL
        with open_workspace(where, zone="UTC") as workspace, plan(workspace, path, count=False) as made:
            done = apply(workspace, made, resume=killed)
            (rejects,) = done.rejects
            ends.append((state(workspace), done.tally.counts, Path(rejects).read_text()))
            os.unlink(rejects)
    assert ends[0] == ends[1]


NAMES = st.sampled_from(["", "Ana Ruiz", "Ana Gómez", "A. Ruiz", "Bo Li", "王小明", "Acme"])
EMAILS = st.sampled_from(
    ["", "ana@x.example", "ANA@x.example", "info@x.example", "bo@x.example; ana@x.example", "bad"]
)
PHONES = st.sampled_from(["", "600123456", "+34 600 123 456", "600999999"])
COMPANIES = st.sampled_from(["", "Acme", "ACME", "Beta"])
DOMAINS = st.sampled_from(["", "acme.example", "gmail.com"])
TITLES = st.sampled_from(["", "Buyer", "Director"])
IDS = st.sampled_from(["", "1", "2", "3"])
TAGS = st.sampled_from(["", "vip", "VIP; press"])
ROWS = st.lists(
    st.tuples(NAMES, EMAILS, PHONES, COMPANIES, DOMAINS, TITLES, IDS, TAGS), min_size=1, max_size=9
)
PLAIN = ["name", "email", "phone", "company", "domain", "title", "number", "tags"]
HUBSPOT = [
    "First Name",
    "Email",
    "Phone Number",
    "Company Name",
    "Company domain name",
    "Job Title",
    "Record ID",
    "tags",
]
FIRM = ["name", "email", "phone", "parent", "domain", "industry", "number", "tags"]


@pytest.mark.slow
@settings(max_examples=40, deadline=None, derandomize=True)
@given(ROWS, st.sampled_from([PLAIN, HUBSPOT, FIRM]), st.integers(1, 5))
def test_any_file_twice_changes_nothing(rows: list[tuple[str, ...]], header: list[str], size: int) -> None:
    """However rows repeat, share and contradict each other: counts add up, the second time finds all as it is, undo is whole."""
    folder = tempfile.mkdtemp()
    saved, applying.ROWS = (applying.ROWS, planning.ROWS_AT_ONCE), size
    planning.ROWS_AT_ONCE = 2
    try:
        path = os.path.join(folder, "f.csv")
        with open(path, "w", newline="") as file:
            csv.writer(file).writerows([header, *rows])
        with create_workspace(
            os.path.join(folder, "w", "crm.db"), NewWorkspace("w", "Sam", region="ES")
        ) as workspace:
            with plan(workspace, path) as made:
                foreseen = made.tally.counts, made.tally.made
            first = run_whole(workspace, path)
            assert (first.tally.counts, first.tally.made) == foreseen
            after = state(workspace)
            second = run_whole(workspace, path)
            assert (second.tally.counts["new"], second.tally.counts["changed"], second.undo) == (0, 0, None)
            assert first.tally.rows == second.tally.rows
            assert first.tally.rows + first.tally.empty == sum(any(row) for row in rows)
            assert state(workspace) == after
            if first.undo:
                workspace.run(Undo(first.undo))
            assert all(found == [] for found in state(workspace).values())
    finally:
        applying.ROWS, planning.ROWS_AT_ONCE = saved
        shutil.rmtree(folder)


def test_a_change_set_ends_before_it_is_full(
    workspace: Workspace, write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Rows that bring companies and tags make more changes than rows; what does not fit waits for the next set."""
    lines = "".join(f"P{n},p{n}@x.example,Company {n},a{n};b{n};c{n}\n,,,\n" for n in range(30))
    path = write("name,email,company,tags\n" + lines)
    monkeypatch.setattr(Job, "batch_size", lambda job: 320)
    done = run(workspace, path)
    assert done.tally.counts["new"] == 30
    sizes = [header.count for header in workspace.log.sets("job = ?", [done.job])]
    assert sum(sizes) == 30 * 5
    assert len(sizes) > 5
    monkeypatch.undo()
    assert run(workspace, path).undo is None
    workspace.run(Undo(done.undo))
    assert records(workspace, "contact") == records(workspace, "tag") == []


def test_a_company_and_its_parent_come_in_any_order(workspace: Workspace, write: Write) -> None:
    path = write("name,parent,industry\nBeta,Acme,Cars\nAcme,Acme,Steel\nGamma,Beta,\n")
    assert run(workspace, path).tally.counts == {"new": 2, "changed": 1, "unchanged": 0, "rejected": 0}
    assert run(workspace, path).undo is None
    assert named(workspace, "Beta", "company")["parent"]["name"] == "Acme"
    assert named(workspace, "Acme", "company")["parent"] is None
    assert named(workspace, "Acme", "company")["industry"] == "Steel"


def test_a_number_is_known_with_and_without_its_country(workspace: Workspace, write: Write) -> None:
    workspace.run(Add("contact", {"name": "Ana", "phones": "600123456"}))
    done = run(workspace, write("name,phone,title\nAna,+34 600 123 456,Buyer\n"))
    assert done.tally.counts["changed"] == 1
    assert values(named(workspace, "Ana")["phones"]) == ["600123456"]


@given(st.sets(st.integers(0, 1 << 40), max_size=200))
def test_what_was_seen(numbers: set[int]) -> None:
    seen = Seen(slots=4)
    for number in [*numbers, *numbers]:
        seen.add(f"id-{number}")
    assert len(seen) == len(numbers)
    assert all(f"id-{number}" in seen for number in numbers)
    assert "id--1" not in seen
