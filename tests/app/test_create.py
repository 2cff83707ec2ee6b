"""A workspace is made whole or not at all."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from crmtool.app.create import NewWorkspace, create_workspace
from crmtool.app.workspace import open_workspace
from crmtool.core.errors import ConflictError, StoreError, ValidationError
from crmtool.store.dialect_sqlite import SqliteDatabase
from crmtool.store.verify import verify

NEW = NewWorkspace("Test", "Tess Tester")


def dies_at(statement: int, location: str) -> bool:
    """Make a workspace in a child process that is gone at its nth statement; whether it got that far."""
    child = os.fork()
    if child == 0:
        left = iter(range(statement))
        whole = SqliteDatabase.execute, SqliteDatabase.executemany

        def counted(number: int) -> Any:
            def run(self: SqliteDatabase, *args: Any) -> Any:
                if next(left, None) is None:
                    os._exit(9)
                return whole[number](self, *args)

            return run

        for number, name in enumerate(("execute", "executemany")):
            setattr(SqliteDatabase, name, counted(number))
        try:
            create_workspace(location, NEW)
        finally:
            os._exit(0)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 9


def test_a_process_that_dies_leaves_a_whole_workspace_or_room_for_one(tmp_path: Path) -> None:
    whole = remade = 0
    for statement in range(0, 1000, 9):
        location = str(tmp_path / str(statement) / "crm.db")
        died = dies_at(statement, location)
        try:
            made = open_workspace(location)
        except StoreError:
            made = create_workspace(location, NEW)
            remade += 1
        else:
            whole += 1
        with made:
            assert made.db.scalar("SELECT count(*) FROM users") == 1
            assert made.db.scalar("SELECT count(*) FROM stages") == 4
            assert made.meta["device"]
            assert not verify(made.db).problems
        if not died:
            break
    assert whole
    assert remade > 5


def test_a_second_one_is_refused_and_harms_nothing(tmp_path: Path) -> None:
    location = str(tmp_path / "crm.db")
    create_workspace(location, NEW).close()
    with pytest.raises(ConflictError):
        create_workspace(location, NewWorkspace("Other", "Otto"))
    with open_workspace(location) as made:
        assert made.meta["name"] == "Test"


@pytest.mark.parametrize("new", [NewWorkspace("T", " "), NewWorkspace("T", "Tess", email="tess")])
def test_the_first_user_is_checked_like_any_other(new: NewWorkspace, tmp_path: Path) -> None:
    location = tmp_path / "crm.db"
    with pytest.raises(ValidationError):
        create_workspace(str(location), new)
    assert not location.exists()
