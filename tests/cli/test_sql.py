"""``crm sql``: questions in SQL, files beside them, and nothing that is more than a question."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tests.samples import NOW, fill

from crmtool.app.workspace import Workspace, open_workspace
from crmtool.cli.adhoc import guard
from crmtool.cli.commands.sql import prepared
from crmtool.core.errors import CrmError, DeniedError
from crmtool.core.policy import DenyAll

Run = Callable[..., Any]


@pytest.fixture
def store(home: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("CRM_NOW", NOW)
    return fill()


@pytest.fixture
def ask(crm: Run, store: Path) -> Callable[..., list[dict[str, Any]]]:
    """Rows of a statement."""

    def run(statement: str, *words: str) -> list[dict[str, Any]]:
        ran = crm("sql", statement, "--json", *words)
        assert (ran.code, ran.err) == (0, "")
        found: list[dict[str, Any]] = json.loads(ran.out)
        return found

    return run


Ask = Callable[..., list[dict[str, Any]]]


def test_columns_are_the_fields_in_words_a_person_knows(ask: Ask) -> None:
    (ana,) = ask("select * from contacts where handle = (select handle from contacts where name like 'Ana%')")
    assert ana["company"] == "Acme"
    assert ana["email"] == "ana@acme.es"
    assert ana["emails"] == "ana@acme.es; ana.ruiz@home.example"
    assert ana["tags"] == "vip; key"
    assert (ana["region"], ana["colours"]) == ("South", "red")
    assert (ana["budget"], ana["budget_minor"], ana["budget_currency"]) == (12500, 1250000, "EUR")
    assert json.loads(ana["addresses"])[0]["value"]["city"] == "Madrid"
    assert len(ana["company_id"]) == 36
    assert ana["handle"].startswith("@")


def test_money_counts_the_places_of_its_currency(ask: Ask) -> None:
    assert ask("select name, amount, amount_minor from deals order by name") == [
        {"name": "Bridge", "amount": 900000, "amount_minor": 900000},
        {"name": "Roof", "amount": 10000.0, "amount_minor": 1000000},
    ]


def test_what_is_in_the_trash_is_not_in_the_table_but_in_the_stored_one(crm: Run, ask: Ask) -> None:
    assert crm("contact", "rm", "Ana Ruiz", "--yes").code == 0
    assert ask("select count(*) as n from contacts") == [{"n": 3}]
    assert ask("select count(*) as n from main.contacts") == [{"n": 4}]


def test_objects_of_ones_own_and_the_log_are_tables(ask: Ask) -> None:
    assert ask("select name, length from boats") == [{"name": "Argo", "length": 12.5}]
    (first,) = ask("select actor, command, entity, verb from history where entity = 'boat'")
    assert first == {"actor": "Sam Seller", "command": "boat add", "entity": "boat", "verb": "create"}


def test_every_view_can_be_read_whole(crm: Run, ask: Ask) -> None:
    tables = json.loads(crm("sql", "--tables", "--json").out)
    assert {"contacts", "deals", "boats", "history"} <= {row["table"] for row in tables}
    for row in tables:
        found = ask(f'select * from "{row["table"]}"')
        described = json.loads(crm("sql", "--schema", row["table"], "--json").out)
        assert all([*record] == [column["column"] for column in described] for record in found)
        assert len(described) == row["columns"]


def test_a_csv_file_is_a_table_named_like_it(ask: Ask, tmp_path: Path) -> None:
    leads = tmp_path / "my leads.csv"
    leads.write_bytes(
        "Email;Größe;code;n\nana@acme.es;groß;0012;5\nnobody@example.org;;+34;\n".encode("cp1252")
    )
    assert ask("select c.name, l.* from contacts c join my_leads l using (email)", "--with", str(leads)) == [
        {"name": "Ana Ruiz", "Email": "ana@acme.es", "Größe": "groß", "code": "0012", "n": 5}
    ]
    rows = ask("select typeof(code) as code, typeof(n) as n from l", "--with", f"l={leads}")
    assert rows == [{"code": "text", "n": "integer"}, {"code": "text", "n": "null"}]


def test_json_files_are_tables_and_nested_values_stay_json(ask: Ask, tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text(
        '[{"name": "Ana Ruiz", "tags": ["x"]}, {"name": "Bo", "age": 7}]', encoding="utf-8"
    )
    (tmp_path / "b.ndjson").write_text(
        '{"name": "Ana Ruiz", "score": 0.5}\n\n{"name": "Cy"}\n', encoding="utf-8"
    )
    files = ["--with", str(tmp_path / "a.json"), "--with", str(tmp_path / "b.ndjson")]
    rows = ask("select a.name, a.tags, a.age, b.score from a left join b using (name) order by 1", *files)
    assert rows == [
        {"name": "Ana Ruiz", "tags": '["x"]', "age": None, "score": 0.5},
        {"name": "Bo", "tags": None, "age": 7, "score": None},
    ]


def test_a_file_with_a_header_only_is_an_empty_table(ask: Ask, tmp_path: Path) -> None:
    (tmp_path / "none.csv").write_text("a,b,a\n", encoding="utf-8")
    assert ask("select * from none", "--with", str(tmp_path / "none.csv")) == []


@pytest.mark.parametrize(
    ("name", "text", "code"),
    [
        ("contacts.csv", "a\n1\n", "table_exists"),
        ("x.json", "[1]", "json"),
        ("x.json", "{", "json"),
        ("x.ndjson", '{"a": 1}\n[]\n', "json"),
        ("x.json", "[]", "empty_file"),
        ("x.csv", "", "empty_file"),
    ],
)
def test_a_file_that_cannot_be_a_table_is_refused(
    crm: Run, store: Path, tmp_path: Path, name: str, text: str, code: str
) -> None:
    (tmp_path / name).write_text(text, encoding="utf-8")
    ran = crm("sql", "select 1", "--with", str(tmp_path / name))
    assert (ran.code, ran.out) == (2, "")
    assert f"[{code}]" in ran.err


def test_a_file_that_is_not_there(crm: Run, store: Path) -> None:
    ran = crm("sql", "select 1", "--with", "/nowhere/leads.csv")
    assert ran.code == 1
    assert "[no_file]" in ran.err


@pytest.mark.parametrize(
    "statement",
    [
        "delete from main.contacts",
        "update main.contacts set name = 'x'",
        "insert into main.meta values ('a', 'b')",
        "create table x (a)",
        "create temp table x (a)",
        "drop view contacts",
        "attach ':memory:' as other",
        "detach main",
        "vacuum into '/tmp/never'",
        "pragma key = 'x'",
        "pragma cipher_version",
        "pragma journal_mode = delete",
        "pragma user_version = 7",
        "begin immediate",
        "reindex",
        "analyze",
        "select load_extension('x')",
        "with x as (select 1) delete from main.tasks",
        "explain delete from main.contacts",
    ],
)
def test_whatever_would_do_more_than_read_is_refused(crm: Run, store: Path, statement: str) -> None:
    before = store.read_bytes()
    ran = crm("sql", statement)
    assert (ran.code, ran.out) == (2, "")
    assert "[sql_refused]" in ran.err
    assert store.read_bytes() == before


def test_the_authoriser_holds_without_the_read_only_file(store: Path) -> None:
    """Two locks: a connection that could write is refused just the same."""
    with open_workspace(str(store)) as workspace:
        asking = guard.Guarded(workspace.db)
        with pytest.raises(CrmError) as caught:
            asking.run("delete from main.contacts")
        assert caught.value.code == "sql_refused"


def test_the_file_is_read_only_without_the_authoriser(store: Path) -> None:
    with open_workspace(str(store), read_only=True) as workspace:
        prepared(workspace, [])
        with pytest.raises(CrmError) as caught:
            workspace.db.execute("delete from main.contacts")
        assert caught.value.code == "read_only"


def test_schema_pragmas_are_questions_too(ask: Ask) -> None:
    assert ask("select count(*) as n from pragma_table_info('contacts')")[0]["n"] > 20
    assert ask("pragma table_info('contacts')")[0]["name"] == "id"


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        ("selec 1", "syntax error"),
        ("select bogus from contacts", "no such column"),
        ("select * from contact", "no such table"),
        ("select 1; select 2", "one statement"),
        ("", "answers nothing"),
        ("select :who", "parameter"),
    ],
)
def test_a_wrong_statement_is_a_usage_error(crm: Run, store: Path, statement: str, said: str) -> None:
    ran = crm("sql", statement)
    assert (ran.code, ran.out) == (2, "")
    assert said in ran.err


def test_a_statement_that_never_ends_is_stopped(crm: Run, store: Path) -> None:
    endless = "with recursive c(x) as (select 1 union all select x + 1 from c) select count(*) from c"
    ran = crm("sql", endless, "--seconds", "0.2")
    assert ran.code == 1
    assert "[timeout]" in ran.err


def test_a_statement_that_takes_all_memory_is_stopped(crm: Run, store: Path) -> None:
    ran = crm("sql", "select length(hex(zeroblob(900000000)))")
    assert ran.code == 1
    assert "[memory]" in ran.err


def test_the_time_somebody_takes_to_read_does_not_count(store: Path) -> None:
    with open_workspace(str(store), read_only=True) as workspace:
        many = "with recursive c(x) as (select 1 union all select x + 1 from c limit 5000) select x from c"
        _, rows = guard.Guarded(workspace.db, seconds=0.5).run(many)
        first = next(rows)
        import time

        time.sleep(0.6)
        assert (first, sum(1 for _ in rows)) == ((1,), 4999)


def test_parameters_are_values_and_never_sql(ask: Ask) -> None:
    rows = ask("select name from contacts where name = :who", "--param", "who=Ana Ruiz' or 1=1 --")
    assert rows == []
    assert ask("select :a || :b as ab", "--param", "a=1", "--param", "b==") == [{"ab": "1="}]


def test_the_statement_may_come_from_standard_input(
    crm: Run, store: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import io

    monkeypatch.setattr("sys.stdin", io.StringIO("select 1 as one"))
    assert crm("sql", "-", "--csv").out == "one\n1\n"


def test_values_print_as_they_are_in_every_format(crm: Run, store: Path) -> None:
    statement = "select 1 as a, 1.5 as a, null as b, x'00ff' as c, 9e999 as d, 'x\ty' as e"
    assert json.loads(crm("sql", statement, "--json").out) == [
        {"a": 1, "a_2": 1.5, "b": None, "c": "00ff", "d": None, "e": "x\ty"}
    ]
    assert crm("sql", statement, "--csv").out == "a,a_2,b,c,d,e\n1,1.5,,00ff,inf,x\ty\n"
    assert crm("sql", statement, "--tsv", "--no-headers").out == "1\t1.5\t\t00ff\tinf\tx\\ty\n"
    assert crm("sql", statement, "--template", "{a}-{e}").out == "1-x\ty\n"
    assert crm("sql", statement, "--fields", "a,b", "--csv").out == "a,b\n1,\n"
    assert "\x1b" not in crm("sql", "select name from contacts").out


def test_limit_says_that_there_is_more(crm: Run, store: Path) -> None:
    ran = crm("sql", "select name from contacts order by 1", "--limit", "2", "--csv", "--no-headers")
    assert ran.out.count("\n") == 2
    assert "--limit" in ran.err


def test_what_is_asked_must_be_clear(crm: Run, store: Path) -> None:
    for words in (
        [],
        ["select 1", "--tables"],
        ["--tables", "--schema", "contacts"],
        ["select 1", "--param", "x"],
    ):
        assert crm("sql", *words).code == 2
    ran = crm("sql", "--schema", "contcats")
    assert ran.code == 3
    assert "contacts" in ran.err


def test_who_may_see_nothing_may_not_ask(store: Path) -> None:
    with (
        open_workspace(str(store), policy=DenyAll(), read_only=True) as workspace,
        pytest.raises(DeniedError),
    ):
        prepared(workspace, [])


def test_a_workspace_on_a_server_is_refused(store: Path) -> None:
    with open_workspace(str(store), read_only=True) as workspace:
        workspace.db.location = "postgresql://host/db?schema=x"
        with pytest.raises(CrmError) as caught:
            prepared(workspace, [])
        assert (caught.value.code, caught.value.exit_code) == ("not_here", 2)


def test_it_reads_while_another_writes(store: Path, ask: Ask) -> None:
    with open_workspace(str(store)) as writing, writing.db.atomic():
        writing.db.execute("UPDATE contacts SET name = 'changed'")
        assert ask("select count(*) as n from contacts where name = 'changed'") == [{"n": 0}]


def test_a_store_with_a_key_is_read_like_any_other(tmp_path: Path) -> None:
    from crmtool.app.commands import Add
    from crmtool.app.create import NewWorkspace, create_workspace

    path, key = str(tmp_path / "w" / "crm.db"), "ab" * 32
    with create_workspace(path, NewWorkspace("Secret", "Me"), key=key) as made:
        made.run(Add("contact", {"name": "Ana"}))
    with pytest.raises(sqlite3.DatabaseError):
        sqlite3.connect(path).execute("select * from contacts")
    with open_workspace(path, key=key, read_only=True) as workspace:
        assert names(workspace) == ["Ana"]


def names(workspace: Workspace) -> list[str]:
    prepared(workspace, [])
    _, rows = guard.Guarded(workspace.db).run("select name from contacts")
    return [row[0] for row in rows]
