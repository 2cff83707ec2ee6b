"""The audit finds whatever is done to the log behind the writer's back, on either engine."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from crmtool.app.commands import Add, Purge, Set, Undo
from crmtool.app.workspace import Workspace
from crmtool.core import changes
from crmtool.core.errors import UsageError
from crmtool.store.db import Database
from crmtool.store.log import SET_COLUMNS
from crmtool.store.verify import Problem, head, kept_heads, parse_head, verify

CHANGE_COLUMNS = (
    "set_n", "record", "verb", "shape", "personal", "rest", "salt_personal", "salt_rest", "effective_at", "redacted",
)  # fmt: skip


@pytest.fixture
def log(workspace: Workspace) -> Workspace:
    """A workspace with some of everything in its log: a job, an undo, moments of effect, an erased person."""
    ana = workspace.run(Add("contact", {"name": "Ana Ruiz", "email": "ana@acme.es", "company": "Acme"})).made[
        -1
    ][1]
    workspace.run(Set("contact", (ana,), (("title", "=", "CEO"), ("source", "=", "fair"))))
    workspace.run(Undo())
    workspace.run(Set("contact", (ana,), (("title", "=", "CFO"),)))
    gone = workspace.run(
        Add("contact", {"name": "Zoltan Gone"}, effective_at="2020-01-01T00:00:00.000Z")
    ).made[-1][1]
    workspace.run(Add("note", {"body": "About Zoltan", "contact": gone}))
    workspace.run(Set("contact", (gone,), (("title", "=", "Ghost"),)))
    job = workspace.start_job("import", "import", {})
    entity = workspace.registry.entity("contact")
    for _ in range(2):
        with job.step() as step:
            step.apply([changes.create(entity, {"name": f"Person {n}"}) for n in range(3)])
    job.finish()
    workspace.run(Purge("contact", (gone,)))
    workspace.run(Add("contact", {"name": "After"}))
    return workspace


class _BackError(Exception):
    """Takes a tampering back."""


def tampered(
    db: Database, *statements: tuple[str, tuple[Any, ...]], heads: tuple[str, ...] = ()
) -> list[Problem]:
    """What the audit says after some statements, which are then taken back."""
    found: list[Problem] = []
    try:
        with db.atomic():
            for sql, params in statements:
                db.execute(sql, params)
            found += verify(db, heads).problems
            raise _BackError
    except _BackError:
        return found


def test_a_log_with_an_erasure_is_whole(log: Workspace) -> None:
    audit = verify(log.db)
    assert audit.problems == ()
    assert audit.sets == log.log.position()
    assert audit.changes == log.db.scalar("SELECT count(*) FROM change")
    assert audit.head == head(log.db)
    assert log.db.scalar("SELECT count(*) FROM change WHERE redacted IS NOT NULL") >= 4


def other(value: Any) -> Any:
    """Another value of the same type."""
    match value:
        case None:
            return "x"
        case int():
            return value + 1
        case str():
            return value + "x"
    raw = bytes(value)
    return bytes([raw[0] ^ 1]) + raw[1:]


def test_an_edited_header_is_found_in_every_column(log: Workspace) -> None:
    for column in (c for c in SET_COLUMNS if c not in ("n", "server_seq")):
        for n, value in list(log.db.rows(f"SELECT n, {column} FROM change_set ORDER BY n")):
            found = tampered(log.db, (f"UPDATE change_set SET {column} = ? WHERE n = ?", (other(value), n)))
            assert found, (n, column)
            assert found[0].position in (n, n + 1), "the audit says where"


def test_an_edited_change_is_found_in_every_column(log: Workspace) -> None:
    for column in CHANGE_COLUMNS:
        needed = column in ("set_n", "record", "verb", "shape")
        for n, set_n, value in list(log.db.rows(f"SELECT n, set_n, {column} FROM change ORDER BY n")):
            new = (
                b"x" * 64
                if value is None and column in ("salt_personal", "salt_rest", "redacted")
                else other(value)
            )
            for instead in (new,) if needed or value is None else (new, None):
                sql = f"UPDATE change SET {column} = ? WHERE n = ?"
                found = tampered(log.db, (sql, (instead, n)))
                assert set_n in {p.position for p in found}, (n, column, instead)


def test_an_edited_shape_is_found(log: Workspace) -> None:
    for column in ("entity", "personal", "rest"):
        for n, value in list(log.db.rows(f"SELECT n, {column} FROM shape")):
            new = f"{value}x" if column == "entity" else value.replace("]", ',"x"]')
            assert tampered(log.db, (f"UPDATE shape SET {column} = ? WHERE n = ?", (new, n))), (n, column)


def test_an_empty_text_is_not_taken_for_none(log: Workspace) -> None:
    for column in ("personal", "rest", "effective_at"):
        sql = f"UPDATE change SET {column} = '' WHERE {column} IS NULL AND redacted IS NULL"
        assert tampered(log.db, (sql, ()))


def test_removed_rows_are_found(log: Workspace) -> None:
    last = log.log.position()
    for (n,) in list(log.db.rows("SELECT n FROM change")):
        assert tampered(log.db, ("DELETE FROM change WHERE n = ?", (n,))), n
    for n in range(1, last + 1):
        assert tampered(log.db, ("DELETE FROM change_set WHERE n = ?", (n,))), n
        both = ("DELETE FROM change WHERE set_n = ?", (n,)), ("DELETE FROM change_set WHERE n = ?", (n,))
        found = tampered(log.db, *both)
        assert found[0].kind == ("truncated" if n == last else "removed"), (n, found)


def test_reordered_sets_are_found(log: Workspace) -> None:
    swap = "UPDATE change_set SET n = ? WHERE n = ?"
    found = tampered(log.db, (swap, (900, 2)), (swap, (2, 3)), (swap, (3, 900)))
    assert {"reordered", "edited"} & {p.kind for p in found}


def test_reordered_changes_are_found(log: Workspace) -> None:
    first = log.db.scalar("SELECT first FROM change_set WHERE count > 1 ORDER BY n LIMIT 1")
    swap = "UPDATE change SET n = ? WHERE n = ?"
    found = tampered(log.db, (swap, (900, first)), (swap, (first, first + 1)), (swap, (first + 1, 900)))
    assert [p.kind for p in found] == ["edited"]


def test_added_rows_are_found(log: Workspace) -> None:
    extra = "INSERT INTO change (n, set_n, record, verb, shape) VALUES (?, ?, 'x', 'update', 1)"
    last = log.log.position()
    number = log.db.scalar("SELECT max(n) FROM change")
    assert [p.kind for p in tampered(log.db, (extra, (number + 1, last)))] == ["added"]
    columns = ", ".join(c for c in SET_COLUMNS if c not in ("n", "id", "first"))
    again = (
        f"INSERT INTO change_set (n, id, first, {columns}) SELECT n + 1, 'copy', first + count, {columns} "
        "FROM change_set WHERE n = ?"
    )
    assert {p.kind for p in tampered(log.db, (again, (last,)))} >= {"removed"}


def test_a_cut_log_is_found_by_its_mark_or_by_a_head_kept_elsewhere(log: Workspace) -> None:
    kept = head(log.db)
    last = log.log.position()
    earlier = log.db.scalar("SELECT digest FROM change_set WHERE n = ?", (last - 1,))
    cut = ("DELETE FROM change WHERE set_n = ?", (last,)), ("DELETE FROM change_set WHERE n = ?", (last,))
    assert [p.kind for p in tampered(log.db, *cut)] == ["truncated"]
    mark = ("UPDATE meta SET value = ? WHERE key = 'log_head'", (f"{last - 1}:{bytes(earlier).hex()}",))
    assert tampered(log.db, *cut, mark) == [], "nothing inside the store can tell"
    assert [p.kind for p in tampered(log.db, *cut, mark, heads=(kept,))] == ["truncated"]
    assert [p.kind for p in tampered(log.db, ("DELETE FROM meta WHERE key = 'log_head'", ()))] == ["head"]


def test_a_log_computed_anew_is_found_by_a_kept_head(log: Workspace) -> None:
    kept = head(log.db)
    position, _, digest = kept.partition(":")
    forged = f"{position}:{'0' * len(digest)}"
    assert verify(log.db, [kept]).problems == ()
    assert [p.kind for p in verify(log.db, [forged]).problems] == ["head"]
    log.run(Add("contact", {"name": "Later"}))
    assert verify(log.db, [kept]).problems == (), "a head stays good while the log grows"


def test_values_removed_under_the_pretence_of_erasure_are_found(log: Workspace) -> None:
    from crmtool.store.log import group_digest

    n, one, two, salt_one, salt_two = (
        log.db.one(
            "SELECT n, personal, rest, salt_personal, salt_rest FROM change WHERE verb = 'update' AND redacted IS NULL"
        )
        or ()
    )
    digests = group_digest(bytes(salt_one), one or "") + group_digest(bytes(salt_two), two or "")
    sql = "UPDATE change SET personal = NULL, rest = NULL, salt_personal = NULL, salt_rest = NULL, redacted = ? WHERE n = ?"
    assert [p.kind for p in tampered(log.db, (sql, (digests, n)))] == ["erased"]


def test_the_number_of_problems_is_bounded(log: Workspace) -> None:
    def everything() -> tuple[str, tuple[Any, ...]]:
        return "UPDATE change SET rest = 'x'", ()

    assert 1 < len(tampered(log.db, everything())) <= 20


@pytest.mark.parametrize(
    "text", ["", "12", "x:00", "1:zz", "1:" + "0" * 63, "-1:" + "0" * 64, "1:" + "g" * 64]
)
def test_a_wrong_head_is_refused(text: str) -> None:
    with pytest.raises(UsageError):
        parse_head(text)


def test_heads_are_collected_in_a_file(log: Workspace) -> None:
    first = head(log.db)
    log.run(Add("contact", {"name": "Later"}))
    text = f"# heads\n\n{first}\n  {head(log.db)}  \n"
    assert verify(log.db, list(kept_heads(text))).problems == ()


def test_progress_is_told(log: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    from crmtool.store import verify as module

    told: list[int] = []
    report: Callable[[int], None] = told.append
    monkeypatch.setattr(module, "REPORT_EVERY", 5)
    verify(log.db, progress=report)
    assert told[0] == 5
