"""What every dialect promises about statements, transactions and expressions."""

from __future__ import annotations

import threading
from contextlib import closing

import pytest
from tests.store.stores import Stores

from crmtool.app.commands import Add
from crmtool.app.workspace import Workspace
from crmtool.core import tokens
from crmtool.core.errors import StoreError
from crmtool.store.db import open_database


def put(workspace: Workspace, key: str, value: str = "x") -> None:
    workspace.db.execute("INSERT INTO meta (key, value) VALUES (?, ?)", (key, value))


def put_and_fail(workspace: Workspace, outer: str, inner: str) -> None:
    with workspace.db.atomic():
        put(workspace, outer)
        with workspace.db.atomic():
            put(workspace, inner)
        raise ZeroDivisionError


def keys(workspace: Workspace, prefix: str) -> list[str]:
    sql = "SELECT key FROM meta WHERE key LIKE ? ORDER BY key"
    return [row[0] for row in workspace.db.rows(sql, (prefix + "%",))]


def test_a_block_that_fails_leaves_no_trace(workspace: Workspace) -> None:
    with pytest.raises(ZeroDivisionError):
        put_and_fail(workspace, "t0", "t1")
    assert keys(workspace, "t") == []
    assert workspace.db.depth == 0
    with workspace.db.atomic():
        put(workspace, "t2")
    assert keys(workspace, "t") == ["t2"]


def test_nested_blocks_are_savepoints(workspace: Workspace) -> None:
    with workspace.db.atomic():
        put(workspace, "t1")
        with pytest.raises(ZeroDivisionError):
            put_and_fail(workspace, "t2", "t3")
        with workspace.db.atomic():
            put(workspace, "t4")
        assert keys(workspace, "t") == ["t1", "t4"]
    assert keys(workspace, "t") == ["t1", "t4"]


def test_a_statement_that_fails_inside_a_savepoint_spares_what_is_around_it(workspace: Workspace) -> None:
    with workspace.db.atomic():
        put(workspace, "t1")
        with pytest.raises(StoreError), workspace.db.atomic():
            put(workspace, "t1")
        put(workspace, "t2")
    assert keys(workspace, "t") == ["t1", "t2"]


def test_reading_sees_one_state(stores: Stores, workspace: Workspace) -> None:
    other = stores.open(stores.location_of(workspace))
    with workspace.db.reading():
        before = keys(workspace, "t")
        put(other, "t1")
        assert keys(workspace, "t") == before == []
        with workspace.db.reading():
            assert keys(workspace, "t") == []
    assert keys(workspace, "t") == ["t1"]
    other.close()


def test_a_change_cannot_begin_inside_a_block_that_reads(workspace: Workspace) -> None:
    with workspace.db.reading(), pytest.raises(StoreError), workspace.db.atomic():
        put(workspace, "t1")
    with workspace.db.atomic():
        put(workspace, "t2")
    assert keys(workspace, "t") == ["t2"]


def test_a_long_result_streams_while_other_statements_run(workspace: Workspace) -> None:
    with workspace.db.atomic():
        workspace.db.executemany(
            "INSERT INTO meta (key, value) VALUES (?, ?)", [(f"t{i:04}", "x") for i in range(1500)]
        )
    for block in (workspace.db.reading, workspace.db.atomic):
        seen = []
        with block():
            for (key,) in workspace.db.rows("SELECT key FROM meta WHERE key LIKE 't%' ORDER BY key"):
                seen.append(key)
                if len(seen) % 400 == 0:
                    assert workspace.db.scalar("SELECT count(*) FROM meta WHERE key LIKE 't%'") == 1500
        assert seen == [f"t{i:04}" for i in range(1500)]


def test_a_write_may_come_in_the_middle_of_a_long_result(workspace: Workspace) -> None:
    with workspace.db.atomic():
        workspace.db.executemany(
            "INSERT INTO meta (key, value) VALUES (?, ?)", [(f"t{i:04}", "x") for i in range(1500)]
        )
    reading = workspace.db.rows("SELECT key FROM meta WHERE key LIKE 't%' ORDER BY key")
    first = next(reading)
    with workspace.db.atomic():
        put(workspace, "u1")
    assert [first, *reading] == [(f"t{i:04}",) for i in range(1500)]
    abandoned = workspace.db.rows("SELECT key FROM meta")
    next(abandoned)
    del abandoned
    with workspace.db.atomic():
        put(workspace, "u2")
    assert keys(workspace, "u") == ["u1", "u2"]


def test_a_result_left_open_does_no_harm_to_later_transactions(workspace: Workspace) -> None:
    with workspace.db.atomic():
        workspace.db.executemany(
            "INSERT INTO meta (key, value) VALUES (?, ?)", [(f"t{i:04}", "x") for i in range(1500)]
        )
        left = workspace.db.rows("SELECT key FROM meta")
        next(left)
    with workspace.db.atomic():
        put(workspace, "u1")
        del left
        put(workspace, "u2")
    assert keys(workspace, "u") == ["u1", "u2"]


def test_writers_take_turns(stores: Stores, workspace: Workspace) -> None:
    location = stores.location_of(workspace)
    inside, order = threading.Event(), []

    def second() -> None:
        other = stores.open(location)
        inside.wait(10)
        with other.db.atomic():
            order.append(keys(other, "t"))
            put(other, "t2")
        other.close()

    thread = threading.Thread(target=second)
    thread.start()
    with workspace.db.atomic():
        inside.set()
        for _ in range(500):
            if is_contended(stores, location):
                break
            threading.Event().wait(0.01)
        else:
            pytest.fail("the second writer was never seen waiting")
        put(workspace, "t1")
    thread.join(20)
    assert order == [["t1"]], "the second writer must see what the first has committed"
    assert keys(workspace, "t") == ["t1", "t2"]
    assert not workspace.db.contended()


def test_a_claim_is_held_by_one_connection(stores: Stores, workspace: Workspace) -> None:
    other = stores.open(stores.location_of(workspace))
    assert workspace.db.claim("job-a")
    assert workspace.db.claim("job-a"), "it is its own already"
    assert not other.db.claim("job-a")
    assert other.db.claim("job-b")
    workspace.db.release("job-a")
    workspace.db.release("job-a")
    assert other.db.claim("job-a")
    other.close()
    assert workspace.db.claim("job-a"), "a connection that ends gives up what it held"


def test_the_version_of_the_data_moves_with_other_writers(stores: Stores, workspace: Workspace) -> None:
    other = stores.open(stores.location_of(workspace))
    before = workspace.db.version_of_data()
    assert workspace.db.version_of_data() == before
    other.run(Add("company", {"name": "Acme"}))
    assert workspace.db.version_of_data() != before
    other.close()


@pytest.mark.parametrize(
    ("text", "path", "storage", "wanted"),
    [
        ('{"a":"x"}', ("a",), "text", "x"),
        ('{"a":null}', ("a",), "text", None),
        ("{}", ("a",), "text", None),
        ('{"a":5}', ("a",), "real", 5),
        ('{"a":5.25}', ("a",), "real", 5.25),
        ('{"a":[1250,"EUR"]}', ("a", 0), "integer", 1250),
        ('{"a":[1250,"EUR"]}', ("a", 1), "text", "EUR"),
        ('{"a":true,"b":false}', ("a",), "bool", 1),
        ('{"a":true,"b":false}', ("b",), "bool", 0),
        ('"won"', (), "text", "won"),
        ("null", (), "text", None),
        ('[1250,"EUR"]', (0,), "integer", 1250),
        ('{"a":{"b":"é"}}', ("a", "b"), "text", "é"),
    ],
)
def test_values_inside_json(
    workspace: Workspace, text: str, path: tuple[str | int, ...], storage: str, wanted: object
) -> None:
    put(workspace, "json", text)
    value = workspace.db.json_value("value", path, storage)
    found = workspace.db.scalar(f"SELECT {value} FROM meta WHERE key = 'json'")
    assert found == wanted
    assert isinstance(found, str) == isinstance(wanted, str)


def test_elements_of_a_json_array(workspace: Workspace) -> None:
    put(workspace, "json", '["b","á",{"value":"c"}]')
    elements = workspace.db.json_elements("m.value")
    rows = list(
        workspace.db.rows(
            f"SELECT (SELECT count(*) FROM {elements} AS e WHERE e.value = 'á') FROM meta AS m WHERE key = 'json'"
        )
    )
    assert rows == [(1,)]


@pytest.mark.parametrize(
    "text",
    [
        "Ana", "ÁÉÍ ñandú", "Straße", "ΣΊΣΥΦΟΣ", "İstanbul", "Ærøskøbing", "株式会社 ＡＢＣ", "カタカナ ｶﾞ", "Łódź", "O’Brien",
        "  a \u00a0b\t c ", "ﬁ Ⅷ ½", "zero\u200bwidth", "हिन्दी", "عربي ة ى", "ЁЖИК", "１２３", "Ⴀ ა", "김철수",
    ],
)  # fmt: skip
def test_folding_is_the_same_in_the_store(workspace: Workspace, text: str) -> None:
    put(workspace, "fold", text)
    assert workspace.db.scalar(
        f"SELECT {workspace.db.folded('value')} FROM meta WHERE key = 'fold'"
    ) == tokens.fold(text)


def test_text_is_ordered_by_code_points(workspace: Workspace) -> None:
    words = ["Zoe", "ana", "Ana", "ána", "a b", "ab", "_", "株", "é", "z", "\U0001f600", "ￚ"]
    for word in words:
        put(workspace, f"t{word}")
    assert keys(workspace, "t") == [f"t{word}" for word in sorted(words)]


def test_the_schema_can_be_looked_at(workspace: Workspace) -> None:
    db = workspace.db
    assert db.columns("span")[:3] == ["record", "field", "until_at"]
    assert db.columns("nothing") == []
    assert {"contacts_id", "contacts_name", "change_record"} <= db.indexes()
    assert db.check() == []
    assert db.engine().split()[0] in ("SQLite", "PostgreSQL")
    db.search_tidy()
    db.search_tidy(erase=True)


def test_a_reader_cannot_write(stores: Stores, workspace: Workspace) -> None:
    db = open_database(stores.location_of(workspace), read_only=True)
    assert db.scalar("SELECT count(*) FROM users") == 1
    with pytest.raises(StoreError) as caught:
        db.execute("DELETE FROM users")
    assert caught.value.code == "read_only"
    db.close()


def is_contended(stores: Stores, location: str) -> bool:
    third = stores.open(location)
    try:
        return third.db.contended()
    finally:
        third.close()


@pytest.mark.parametrize(
    ("value", "kind"),
    [(None, "null"), (b"\0x", "blob"), (True, "integer"), (7, "integer"), (0.5, "real"), ("", "text")],
)
def test_the_driver_of_a_file_binds_values_as_they_are(value: object, kind: str) -> None:
    """What the driver has to look for a conversion of costs as much to bind as all else of a narrow row."""
    with closing(open_database(":memory:", create=True)) as db:
        assert db.one("SELECT typeof(?), ?", (value, value)) == (kind, value)
        known = {which for which, _ in db.driver.adapters} | {int, float, str}
    assert type(value) in known
