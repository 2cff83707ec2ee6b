"""The doctor finds each way in which what follows from the rows can be wrong, and rebuilds it, on either engine."""

from __future__ import annotations

import itertools

import pytest
from tests.store.stores import SqliteStores

from crmtool.app.commands import Add, Remove, Restore, Set
from crmtool.app.workspace import Workspace
from crmtool.core import changes
from crmtool.store import doctor
from crmtool.store.doctor import Finding
from crmtool.store.reader import Query
from crmtool.store.rebuild import rebuild
from crmtool.store.search import find


@pytest.fixture
def filled(workspace: Workspace) -> Workspace:
    """A workspace with something in every index: own fields and objects, the trash, several scripts."""
    workspace.run(Add("object", {"key": "boat", "name": "Boat"}))
    workspace.run(
        Add("field", {"of": "contact", "key": "hobby", "name": "Hobby", "kind": "text", "searchable": True})
    )
    for name in ("Ana Ruiz", "Łukasz Żak", "王小明", "Ǆurić İpek ẞ", "O'Neil-Smith", "𝔘nicode ﬁne", "٣ أحمد"):
        values = {"name": name, "email": f"m{len(name)}@x.example", "phone": "+34 600 123 456", "tags": "vip",
                  "company": "Acme", "hobby": "sailing boats"}  # fmt: skip
        made = workspace.run(Add("contact", values)).made[-1][1]
        workspace.run(Set("contact", (made,), (("lifecycle", "=", "customer"), ("title", "=", "CEO"))))
    workspace.run(Add("boat", {"name": "Argo"}))
    workspace.run(Remove("contact", (made,)))
    workspace.run(Add("deal", {"name": "Big", "company": "Acme", "amount": "10k", "contact": "Ana Ruiz"}))
    workspace.run(Add("activity", {"name": "Call", "type": "call", "contact": "Ana Ruiz"}))
    return workspace


def problems(workspace: Workspace, last: str = "spans") -> list[Finding]:
    """What the checks up to ``last`` find; the one behind, the replay, costs as much as all the others."""
    found: list[Finding] = []
    for check, findings in itertools.chain(
        doctor.quick(workspace.db, workspace.layouts), doctor.deep(workspace.db, workspace.layouts)
    ):
        found += findings
        if check == last:
            break
    return found


def checks(workspace: Workspace) -> set[str]:
    return {finding.check for finding in problems(workspace)}


def damage(workspace: Workspace, sql: str, *params: object) -> None:
    with workspace.db.atomic():
        workspace.db.execute(sql, params)


def test_a_sound_store_is_called_sound(filled: Workspace) -> None:
    assert problems(filled, "replay") == []
    every = {
        check
        for check, _ in [*doctor.quick(filled.db, filled.layouts), *doctor.deep(filled.db, filled.layouts)]
    }
    assert every == doctor.NAMES.keys()


@pytest.mark.parametrize(
    "sql",
    [
        "DELETE FROM lookup WHERE kind = 'email' AND key = (SELECT max(key) FROM lookup WHERE kind = 'email')",
        "INSERT INTO lookup (kind, key, entity, n) VALUES ('email', 'ghost@x.example', 'contact', 2)",
        "INSERT INTO lookup (kind, key, entity, n) VALUES ('email', 'ghost@x.example', 'contact', 999999)",
        "INSERT INTO lookup (kind, key, entity, n) VALUES ('email', 'ghost@x.example', 'nothing', 1)",
        "UPDATE lookup SET key = 'other' WHERE kind = 'tag' AND n = 2",
    ],
)
def test_a_wrong_lookup_is_found_and_rebuilt(filled: Workspace, sql: str) -> None:
    damage(filled, sql)
    assert checks(filled) == {"lookup"}
    rebuild(filled.db, filled.layouts)
    assert problems(filled) == []


def test_a_wrong_search_index_is_found_and_rebuilt(filled: Workspace) -> None:
    db = filled.db
    boats = filled.layouts["boat"].table
    wrongs: list[tuple[str, list[int], list[tuple[int, str, str]]]] = [
        ("contacts", [1], [(1, "ana", "ana ruiz and a word too many")]),
        ("contacts", [1], [(1, "ruiz ana", "in another order")]),
        ("contacts", [2], []),
        ("contacts", [], [(999, "no", "such row")]),
        ("contacts", [], [(7, "in the", "trash")]),
        (boats, [1], []),
    ]
    for table, dropped, put in wrongs:
        with db.atomic():
            db.search_drop(table, "names", dropped)
            db.search_put(table, "names", put)
        assert checks(filled) == {"search"}, (table, dropped, put)
        rebuild(db, filled.layouts)
        assert problems(filled) == []
    assert [hit.record["name"] for hit in find(filled.reader, "lukasz")] == ["Łukasz Żak"]


def test_wrong_derived_values_are_found_and_rebuilt(filled: Workspace) -> None:
    damage(filled, "UPDATE companies SET open_value_minor = 1")
    damage(filled, "UPDATE contacts SET last_contacted_at = NULL")
    assert checks(filled) == {"derived"}
    rebuild(filled.db, filled.layouts)
    assert problems(filled) == []


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE span SET from_at = '2999-01-01T00:00:00.000Z'",
        "UPDATE span SET set_n = 9999",
        "UPDATE span SET record = '00000000-0000-7000-8000-000000000000' WHERE record = (SELECT min(record) FROM span)",
        "INSERT INTO span (record, field, until_at, from_at, value, recorded_at, set_n) "
        "SELECT record, field, '2999-01-01T00:00:00.000Z', '1999-01-01T00:00:00.000Z', value, recorded_at, set_n FROM span",
    ],
)
def test_implausible_past_values_are_found(filled: Workspace, sql: str) -> None:
    damage(filled, sql)
    assert "spans" in checks(filled)


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE contacts SET title = 'Queen' WHERE n = 1",
        "DELETE FROM contacts WHERE n = 1",
        "UPDATE contacts SET rev = 99 WHERE n = 1",
    ],
)
def test_rows_that_no_change_explains_are_found(filled: Workspace, sql: str) -> None:
    damage(filled, sql)
    assert "replay" in {finding.check for finding in problems(filled, "replay")}


def test_a_check_that_fails_is_a_finding(filled: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object, **__: object) -> None:
        raise ValueError("what is this")

    monkeypatch.setattr(doctor, "verify", fail)
    found = problems(filled)
    assert [finding.check for finding in found] == ["log"]
    assert "what is this" in str(found[0].message)


def test_a_broken_log_is_found(filled: Workspace) -> None:
    damage(filled, "UPDATE change SET record = 'x' WHERE n = 9")
    assert "log" in checks(filled)


def test_a_missing_column_or_index_is_found(files: SqliteStores) -> None:
    with files.create() as workspace:
        damage(workspace, "ALTER TABLE quotas DROP COLUMN period")
        damage(workspace, "DROP INDEX tags_name")
        found = [
            str(f.message) for _, findings in doctor.quick(workspace.db, workspace.layouts) for f in findings
        ]
    assert found == ["Table quotas lacks period.", "Index tags_name is missing."]


def test_a_field_that_comes_and_goes_keeps_the_index_right(filled: Workspace) -> None:
    (hobby,) = (f["id"] for f in filled.query(Query("field")) if f["key"] == "hobby")
    found = len(find(filled.reader, "sailing"))
    assert found > 0
    for command in (
        Set("field", (hobby,), (("searchable", "=", "no"),)),
        Set("field", (hobby,), (("searchable", "=", "yes"),)),
        Remove("field", (hobby,)),
        Restore("field", (hobby,)),
    ):
        filled.run(command)
        assert problems(filled) == [], command
    assert len(find(filled.reader, "sailing")) == found


def test_an_object_in_the_trash_keeps_what_its_records_need(filled: Workspace) -> None:
    (boat,) = (o["id"] for o in filled.query(Query("object")))
    filled.run(Remove("object", (boat,)))
    assert problems(filled) == []
    rebuild(filled.db, filled.layouts)
    filled.run(Restore("object", (boat,)))
    assert problems(filled) == []
    assert [hit.record["name"] for hit in find(filled.reader, "argo")] == ["Argo"]


def test_findings_are_bounded(workspace: Workspace) -> None:
    job = workspace.start_job("import", "import", {})
    entity = workspace.registry.entity("contact")
    for start in (0, 3_000):
        with job.step() as step:
            step.apply(
                [
                    changes.create(entity, {"name": f"P{n}", "source": "x"})
                    for n in range(start, start + 3_000)
                ]
            )
    job.finish()
    with workspace.db.atomic():
        workspace.db.search_clear("contacts", "names")
        workspace.db.execute(
            "INSERT INTO lookup (kind, key, entity, n) SELECT 'tag', 'x', 'contact', n FROM contacts WHERE n > 100"
        )
    found = problems(workspace)
    assert {f.check for f in found} == {"search", "lookup"}
    assert len(found) == 2 * doctor.LIMIT


def test_rebuilding_says_what_comes_next(filled: Workspace) -> None:
    said: list[str] = []
    rebuild(filled.db, filled.layouts, said.append)
    assert said == [*filled.registry.entities, "derived", "erasure"]
