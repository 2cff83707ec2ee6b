"""Every test that asks for ``stores`` or ``workspace`` runs on both engines."""

from __future__ import annotations

import os
from collections.abc import Iterator

import psycopg
import pytest
from tests.store.shelf import Shelf
from tests.store.stores import PostgresStores, SqliteStores, Stores, postgres_stores

from crmtool.app.workspace import Workspace


@pytest.fixture(scope="session")
def files(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SqliteStores]:
    """A source of fresh workspaces in files."""
    made = SqliteStores(tmp_path_factory.mktemp("stores"))
    yield made
    made.close()


@pytest.fixture(scope="session")
def server() -> Iterator[PostgresStores]:
    """A source of fresh workspaces on a server."""
    try:
        made = postgres_stores()
    except psycopg.OperationalError as error:
        if os.environ.get("CRM_REQUIRE_SERVICES"):
            raise
        pytest.skip(f"no PostgreSQL server answers: {error}")
    yield made
    made.close()


@pytest.fixture(scope="session", params=["files", pytest.param("server", marks=pytest.mark.services)])
def stores(request: pytest.FixtureRequest) -> Stores:
    """A source of fresh workspaces, on each engine in turn."""
    made: Stores = request.getfixturevalue(request.param)
    return made


@pytest.fixture(scope="session")
def shelf(stores: Stores) -> Iterator[Shelf]:
    """A filled workspace for tests that only read."""
    workspace = stores.create()
    yield Shelf(workspace)
    stores.done(workspace)


@pytest.fixture
def workspace(stores: Stores) -> Iterator[Workspace]:
    """A fresh workspace, open as its own user."""
    made = stores.create()
    yield made
    stores.done(made)
