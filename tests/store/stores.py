"""Fresh workspaces on either engine, quickly: copies of one template instead of a new store for every test."""

from __future__ import annotations

import itertools
import os
import shutil
from pathlib import Path
from urllib.parse import urlencode

import psycopg
from psycopg.conninfo import conninfo_to_dict

from crmtool.app.create import NewWorkspace, create_workspace
from crmtool.app.workspace import Workspace, open_workspace
from crmtool.core.changes import Actor
from crmtool.core.policy import Policy

NEW = NewWorkspace("Test", "Mia Test", email="mia@test.example", currency="EUR", region="ES")
DEFAULT_SERVER = "postgresql://postgres@127.0.0.1:5432/test"


class Stores:
    """Makes workspaces of one backend; every one is as new, and gone after the test session."""

    name: str

    last = ""  # the place that was given out last

    def place(self) -> str:
        """A location where nothing is yet."""
        raise NotImplementedError

    def fresh(self) -> str:
        """The location of a new workspace: one user, one pipeline with four stages."""
        raise NotImplementedError

    def release(self, location: str) -> None:
        """Say that nobody uses a workspace any more."""

    def create(self) -> Workspace:
        """A new workspace, open."""
        return self.open(self.fresh())

    def open(self, location: str, actor: Actor | None = None, policy: Policy | None = None) -> Workspace:
        return open_workspace(location, actor, policy=policy, zone="UTC")

    def done(self, *workspaces: Workspace) -> None:
        """Close workspaces and release their places."""
        for workspace in workspaces:
            location = self.location_of(workspace)
            workspace.close()
            self.release(location)

    def location_of(self, workspace: Workspace) -> str:
        return workspace.db.location

    def close(self) -> None:
        """Take everything away."""


class SqliteStores(Stores):
    name = "sqlite"

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.numbers = itertools.count(1)
        self.template = str(folder / "template" / "crm.db")
        create_workspace(self.template, NEW, zone="UTC").close()

    def place(self) -> str:
        self.last = str(self.folder / f"{next(self.numbers)}" / "crm.db")
        return self.last

    def fresh(self) -> str:
        location = self.place()
        os.makedirs(os.path.join(os.path.dirname(location), "run"))
        shutil.copyfile(self.template, location)
        return location

    def release(self, location: str) -> None:
        shutil.rmtree(os.path.dirname(location), ignore_errors=True)


class PostgresStores(Stores):
    """Schemas, emptied and filled from a template schema before each use, because making one takes 200 statements."""

    name = "postgres"

    def __init__(self, server: str) -> None:
        self.server = server_url(server)
        self.admin = psycopg.connect(self.server, autocommit=True)
        self.prefix = f"crm_test_{os.getpid()}_{os.urandom(2).hex()}"
        self.numbers = itertools.count(1)
        self.free: list[str] = []
        self.made: list[str] = []
        self.template = self.place()
        create_workspace(self.template, NEW, zone="UTC").close()
        self.filled = [
            t for t in self.tables(schema_of(self.template)) if self.count(schema_of(self.template), t)
        ]

    def place(self) -> str:
        self.made.append(f"{self.prefix}_{next(self.numbers)}")
        self.last = self.address(self.made[-1])
        return self.last

    def address(self, schema: str) -> str:
        return f"{self.server}{'&' if '?' in self.server else '?'}schema={schema}"

    def location_of(self, workspace: Workspace) -> str:
        return self.address(self.schema_of(workspace))

    def schema_of(self, workspace: Workspace) -> str:
        return schema_of(workspace.db.location)

    def fresh(self) -> str:
        if self.free:
            location = self.free.pop()
        else:
            location = self.place()
            create_workspace(location, NEW, zone="UTC").close()
        self.reset(schema_of(location))
        return location

    def release(self, location: str) -> None:
        self.free.append(location)

    def reset(self, schema: str) -> None:
        """Make a schema equal to the template."""
        pristine = self.tables(schema_of(self.template))
        statements = [
            f'DELETE FROM "{schema}"."{table}"' if table in pristine else f'DROP TABLE "{schema}"."{table}"'
            for table in self.tables(schema)
        ]
        statements += [
            f'INSERT INTO "{schema}"."{table}" SELECT * FROM "{schema_of(self.template)}"."{table}"'
            for table in self.filled
        ]
        self.admin.execute(
            "; ".join(["BEGIN", "SET LOCAL synchronous_commit = off", *statements, "COMMIT"]).encode()
        )

    def tables(self, schema: str) -> list[str]:
        sql = "SELECT tablename FROM pg_catalog.pg_tables WHERE schemaname = %s"
        return [row[0] for row in self.admin.execute(sql, (schema,))]

    def count(self, schema: str, table: str) -> int:
        row = self.admin.execute(f'SELECT count(*) FROM "{schema}"."{table}"'.encode()).fetchone()
        assert row is not None
        return int(row[0])

    def close(self) -> None:
        for schema in self.made:
            self.admin.execute(f'DROP SCHEMA IF EXISTS "{schema}" CASCADE'.encode())
        self.admin.close()


def schema_of(location: str) -> str:
    return location.rpartition("schema=")[2]


def server_url(server: str) -> str:
    """A libpq connection string as the address that a workspace's location is made of."""
    if "://" in server:
        return server
    given = conninfo_to_dict(server)
    return f"postgresql:///{given.pop('dbname', '')}?{urlencode({k: str(v) for k, v in given.items()})}"


def postgres_stores() -> PostgresStores:
    """Raises ``psycopg.OperationalError`` where no server answers."""
    server = os.environ.get("CRM_TEST_POSTGRES") or DEFAULT_SERVER
    psycopg.connect(server_url(server), connect_timeout=3).close()
    return PostgresStores(server)
