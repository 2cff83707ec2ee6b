"""A workspace with a past: changed, undone, deleted and erased records, definitions of its own, documents."""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from tests import samples
from tests.transfer.export.conftest import HARD

from crmtool.app import contents
from crmtool.app.commands import Add, Attach, Close, Purge, Remove, Set, Undo
from crmtool.app.create import NewWorkspace, create_workspace
from crmtool.app.workspace import Workspace, open_workspace
from crmtool.store.db import Database
from crmtool.transfer.archive.writing import write

DOCUMENT = b"40 seats, 12,000 EUR\n"


def made(workspace: Workspace, entity: str, **values: Any) -> str:
    return workspace.run(Add(entity, values)).made[-1][1]


@pytest.fixture(scope="session")
def lived_in(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The file of the workspace; nobody writes to it."""
    path = str(tmp_path_factory.mktemp("lived") / "home" / "workspaces" / "default" / "crm.db")
    with create_workspace(path, NewWorkspace("Lived in", "Sam", "sam@example.org"), zone="UTC") as workspace:
        for entity, values in [*samples.RECORDS, *HARD]:
            workspace.run(Add(entity, dict(values)))
        ana = made(workspace, "contact", name="Ana Other", email="ana@other.example", lifecycle="lead")
        for stage in ("customer", "former", "lead"):
            workspace.run(Set("contact", (ana,), (("lifecycle", "=", stage),)))
        workspace.run(Undo())
        workspace.run(
            Purge("contact", (made(workspace, "contact", name="Erased", email="gone@erased.example"),))
        )
        workspace.run(Remove("company", (made(workspace, "company", name="In the trash"),)))
        deal = made(workspace, "deal", name="Won", amount="5 EUR", company="Acme")
        workspace.run(Close(deal, "won"))
        lost = made(workspace, "field", name="Lost", of="contact", kind="text", searchable=True)
        workspace.run(Set("contact", (ana,), (("lost", "=", "kept though nobody asks"),)))
        workspace.run(Remove("field", (lost,)))
        kite = made(workspace, "object", name="Kite")
        made(workspace, "kite", name="Red one")
        workspace.run(Remove("object", (kite,)))
        # What came from a newer version lies beside the fields there are.
        workspace.db.execute("UPDATE contacts SET custom = ? WHERE name = 'José Blanco'", ('{"later":[1]}',))
        job = workspace.start_job("import", "import", {"row": 3})
        job.finish()
        store = contents.of(workspace)
        received = store.receive(io.BytesIO(DOCUMENT))
        store.place(received)
        workspace.run(
            Attach(
                ({"name": "offer.txt", "sha256": received.sha256, "bytes": received.bytes},),
                (("deal", deal),),
            )
        )
        nowhere = hashlib.sha256(b"never here").hexdigest()
        workspace.run(Attach(({"name": "lost.txt", "sha256": nowhere, "bytes": 10},), (("deal", deal),)))
    return path


@pytest.fixture
def source(lived_in: str) -> Iterator[Workspace]:
    with open_workspace(lived_in, zone="UTC") as workspace:
        yield workspace


@pytest.fixture
def archive(source: Workspace, tmp_path: Path) -> Path:
    """An archive of the workspace."""
    path = tmp_path / "all.crm"
    with path.open("wb") as file:
        write(source, file)
    return path


@pytest.fixture
def place(tmp_path: Path) -> Callable[[], str]:
    """Where a workspace may be restored."""
    return lambda: str(tmp_path / "other" / "workspaces" / "moved" / "crm.db")


def everything(db: Database) -> dict[str, list[list[Any]]]:
    """All rows of all tables but those of the search index, which ``doctor`` compares by words.

    The members of an object in JSON have no order.
    """
    names = [
        name
        for (name,) in db.rows("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name")
        if not any(part in name for part in ("_names", "_text", "sqlite_"))
    ]
    return {
        name: sorted(
            ([_plain(value) for value in row] for row in db.rows(f'SELECT * FROM "{name}"')), key=repr
        )
        for name in names
    }


def _plain(value: Any) -> Any:
    return (
        json.dumps(json.loads(value), sort_keys=True)
        if isinstance(value, str) and value[:1] == "{"
        else value
    )
