"""What is particular to the server's dialect: addresses, qualified statements, whose schema it is, what errors say."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from tests.store.stores import PostgresStores

import crmtool
from crmtool.app.workspace import Workspace
from crmtool.core.errors import StoreError
from crmtool.core.tokens import parse_query
from crmtool.store import dialect_postgres as dialect
from crmtool.store.db import open_database
from crmtool.store.dialect_postgres_search import expression, vector
from crmtool.store.statements import is_small, placed


@pytest.fixture
def workspace(server: PostgresStores) -> Iterator[Workspace]:
    made = server.create()
    yield made
    server.done(made)


@pytest.mark.parametrize(
    ("sql", "wanted"),
    [
        ("SELECT a FROM meta WHERE key = ? AND v = ?", 'SELECT a FROM "s".meta WHERE key = $1 AND v = $2'),
        ("INSERT INTO meta (key) VALUES (?)", 'INSERT INTO "s".meta (key) VALUES ($1)'),
        (
            "INSERT INTO meta (key) VALUES (?) ON CONFLICT (key) DO UPDATE SET value = meta.value",
            'INSERT INTO "s".meta (key) VALUES ($1) ON CONFLICT (key) DO UPDATE SET value = meta.value',
        ),
        ('UPDATE "notes" SET a = ?', 'UPDATE "s"."notes" SET a = $1'),
        ('DELETE FROM "notes" WHERE n = ?', 'DELETE FROM "s"."notes" WHERE n = $1'),
        ('CREATE TABLE "notes" (n bigint)', 'CREATE TABLE "s"."notes" (n bigint)'),
        ('ALTER TABLE "notes" ADD COLUMN x text', 'ALTER TABLE "s"."notes" ADD COLUMN x text'),
        ('CREATE UNIQUE INDEX "a_b" ON "a" (id)', 'CREATE UNIQUE INDEX "a_b" ON "s"."a" (id)'),
        (
            'CREATE INDEX CONCURRENTLY IF NOT EXISTS "i" ON "a" (id)',
            'CREATE INDEX CONCURRENTLY IF NOT EXISTS "i" ON "s"."a" (id)',
        ),
        (
            'SELECT 1 FROM "a" AS t LEFT JOIN "b" AS j ON j.id = t."from" WHERE x IN (SELECT n FROM lookup)',
            'SELECT 1 FROM "s"."a" AS t LEFT JOIN "s"."b" AS j ON j.id = t."from" WHERE x IN (SELECT n FROM "s".lookup)',
        ),
        (
            "SELECT 'FROM x ?', \"from\" FROM y WHERE z = '\\'",
            "SELECT 'FROM x ?', \"from\" FROM \"s\".y WHERE z = '\\'",
        ),
        ("SELECT 1 FROM pg_catalog.pg_class", "SELECT 1 FROM pg_catalog.pg_class"),
        (
            "SELECT v FROM json_array_elements_text(x) AS e (v)",
            "SELECT v FROM json_array_elements_text(x) AS e (v)",
        ),
        ("SELECT a IS NOT DISTINCT FROM b", "SELECT a IS NOT DISTINCT FROM b"),
        (
            "WITH a AS (SELECT 1 FROM b), c AS (SELECT 2) SELECT * FROM a JOIN c ON TRUE JOIN d ON TRUE",
            'WITH a AS (SELECT 1 FROM "s".b), c AS (SELECT 2) SELECT * FROM a JOIN c ON TRUE JOIN "s".d ON TRUE',
        ),
    ],
)
def test_statements_name_the_schema(sql: str, wanted: str) -> None:
    assert placed(sql, "s").decode() == wanted


def test_no_statement_runs_without_its_schema(server: PostgresStores, workspace: Workspace) -> None:
    """With another workspace's schema first in the session's path, everything still happens in this one."""
    from crmtool.app.commands import Add, Set, Undo
    from crmtool.store.search import find

    other = server.create()
    assert isinstance(workspace.db, dialect.PostgresDatabase)
    assert isinstance(other.db, dialect.PostgresDatabase)
    workspace.db.raw.execute(f'SET search_path = "{other.db.schema}"'.encode())
    made = workspace.run(Add("contact", {"name": "Ana", "company": "Acme", "email": "ana@a.example"})).made[
        -1
    ][1]
    workspace.run(Set("contact", (made,), (("title", "=", "CEO"),)))
    workspace.run(Undo())
    assert [hit.record["id"] for hit in find(workspace.reader, "ana")] == [made]
    assert other.db.scalar("SELECT count(*) FROM contacts") == 0
    assert other.db.scalar("SELECT count(*) FROM change_set") == 1
    server.done(other)


def test_short_results_are_known_by_their_statement() -> None:
    assert is_small('SELECT 1 FROM "a" WHERE n > ? ORDER BY n LIMIT 20')
    assert is_small('SELECT 1 FROM "a" WHERE id IN (?, ?)')
    assert not is_small('SELECT 1 FROM "a" LIMIT 100000')
    assert not is_small('SELECT 1 FROM "a" WHERE id NOT IN (?, ?)')
    assert not is_small('SELECT 1 FROM "a"')


@pytest.mark.parametrize(
    "location",
    [
        "postgresql://u@h/db",
        "postgresql://u@h/db?schema=",
        "postgresql://u@h/db?schema=A-b",
        "postgresql://u@h/db?schema=pg_catalog",
        'postgresql://u@h/db?schema=a"b',
        "mysql://u@h/db?schema=a",
    ],
)
def test_an_address_needs_a_schema_of_plain_letters(location: str) -> None:
    with pytest.raises(StoreError) as caught:
        open_database(location)
    assert caught.value.code == "address"


def test_an_address_is_shown_without_its_password() -> None:
    address, schema, shown = dialect.parsed(
        "postgresql://ana:secret@h:5433/db?sslmode=require&schema=acme&password=other"
    )
    assert (schema, shown) == ("acme", "postgresql://ana@h:5433/db?schema=acme")
    assert address == "postgresql://ana:secret@h:5433/db?sslmode=require&password=other"
    assert dialect.parsed("postgresql:///db?host=/run/p&schema=x")[
        0
    ] == "postgresql:///db?host=%2Frun%2Fp" or (
        dialect.parsed("postgresql:///db?host=/run/p&schema=x")[0] == "postgresql:///db?host=/run/p"
    )


def test_a_server_that_does_not_answer() -> None:
    with pytest.raises(StoreError) as caught:
        open_database("postgresql://nobody:secret@127.0.0.1:1/nothing?schema=a&connect_timeout=2")
    assert caught.value.code == "cannot_open"
    assert "secret" not in str(caught.value)


def test_an_empty_place_is_no_workspace(server: PostgresStores) -> None:
    with pytest.raises(StoreError) as caught:
        open_database(server.place())
    assert caught.value.code == "no_workspace"


@pytest.mark.parametrize("create", [False, True])
def test_the_schema_of_another_program_is_refused(server: PostgresStores, create: bool) -> None:
    location = server.place()
    schema = server.made[-1]
    server.admin.execute(f'CREATE SCHEMA "{schema}"; CREATE TABLE "{schema}".meta (key text)'.encode())
    with pytest.raises(StoreError) as caught:
        open_database(location, create=create)
    assert caught.value.code == "not_a_workspace"


def test_errors_say_what_to_do(server: PostgresStores, workspace: Workspace) -> None:
    db = workspace.db
    assert isinstance(db, dialect.PostgresDatabase)
    cases = {
        "53100": "disk_full", "25006": "read_only", "42501": "read_only", "55P03": "busy", "XX001": "damaged", "42P01": "store",
    }  # fmt: skip
    for state, code in cases.items():
        error = psycopg.errors.lookup(state)("boom\nDETAIL: more")
        explained = db.explained(error)
        assert getattr(explained, "code", None) == code, state
        assert "DETAIL" not in str(explained)
    with pytest.raises(StoreError):
        db.execute("SELECT nothing")
    with pytest.raises(StoreError, match="own tools"):
        db.backup("/tmp/x")


def test_a_lost_connection_is_an_error_and_not_the_end(server: PostgresStores, workspace: Workspace) -> None:
    db = workspace.db
    assert isinstance(db, dialect.PostgresDatabase)
    with pytest.raises(StoreError):
        lose_connection_while_writing(server, db)
    assert db.depth == 0
    assert db.scalar("SELECT count(*) FROM meta WHERE key = 'lost'") == 0


def lose_connection_while_writing(server: PostgresStores, db: dialect.PostgresDatabase) -> None:
    with db.atomic():
        db.execute("INSERT INTO meta (key, value) VALUES ('lost', '')")
        server.admin.execute("SELECT pg_terminate_backend(%s)", (db.raw.info.backend_pid,))
        db.execute("SELECT 1")


def test_search_keeps_tokens_whole() -> None:
    assert vector("ana ruiz ana") == "'ana':1,3 'ruiz':2"
    many = vector(" ".join(f"w{i:060}" for i in range(40_000)))
    assert len(many.encode()) < 1_300_000
    assert expression(parse_query("coca-cola ana "), prefix=True) == "('coca' <-> 'cola') & ('ana')"
    assert expression(parse_query("株式 an"), prefix=True) == "('株' <-> '式') & ('an':*)"


def test_a_very_long_text_can_be_kept_and_found(server: PostgresStores, workspace: Workspace) -> None:
    from crmtool.app.commands import Add
    from crmtool.store.search import find

    text = "beginning " + " ".join(f"w{i:x}" for i in range(120_000)) + " " + "again " * 20_000
    workspace.run(Add("note", {"name": "long", "body": text[:999_000]}))
    assert len(find(workspace.reader, "beginning")) == 1
    assert len(find(workspace.reader, "w1f")) == 1


def test_own_indexes_are_built_beside_writers(server: PostgresStores, workspace: Workspace) -> None:
    value = workspace.db.json_value("custom", ("abcd1234",), "text")
    workspace.db.build_index("contacts_own_x", "contacts", value)
    with workspace.db.atomic():
        workspace.db.build_index("contacts_own_y", "contacts", value)
    assert {"contacts_own_x", "contacts_own_y"} <= workspace.db.indexes()
    for name in ("contacts_own_x", "contacts_own_y"):
        workspace.db.execute(f'DROP INDEX "{server.schema_of(workspace)}".{name}')


def test_only_the_dialects_name_an_engine() -> None:
    """The rest of the program must not know which engine it runs on, so that the contract suite is the whole truth."""
    words = re.compile(r"sqlite|postgres|psycopg|fts5|tsvector|pragma", re.IGNORECASE)
    root = Path(crmtool.__file__).parent
    allowed = {root / "store" / "db.py", *(root / "store").glob("dialect_*.py")}
    found = [
        f"{path.relative_to(root)}:{number}: {line.strip()}"
        for room in ("core", "store", "app")
        for path in sorted((root / room).rglob("*.py"))
        if path not in allowed
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if words.search(line)
    ]
    assert not found, "\n".join(found)
