"""What one command of many may not do is refused alone, and no work is left half done for it."""

from __future__ import annotations

from pathlib import Path

import pytest

from crmtool.app import jobs
from crmtool.app.bulk import Item, run_many
from crmtool.app.commands import Add, Remove, Set
from crmtool.app.create import NewWorkspace, create_workspace
from crmtool.core.changes import Actor, Change
from crmtool.core.errors import DeniedError
from crmtool.core.policy import Policy
from crmtool.core.registry import Entity


class Guarded(Policy):
    """Nobody changes a record that is called so."""

    def may_write(self, actor: Actor, entity: Entity, change: Change) -> bool:
        return (change.base or change.after).get("name") != "Guarded"


@pytest.mark.parametrize("count", [3, 1_200])
def test_a_denied_record_is_refused_alone(tmp_path: Path, count: int) -> None:
    with create_workspace(str(tmp_path / "w" / "crm.db"), NewWorkspace("Test", "Tess")) as workspace:
        names = [f"Person {n}" for n in range(count)]
        names[1] = "Guarded"
        run_many(workspace, [Item(name, Add("contact", {"name": name})) for name in names], "contact add")
        made: dict[str, str] = dict(workspace.db.rows("SELECT name, id FROM contacts"))
        workspace.policy = Guarded()
        items = [Item(name, Set("contact", (made[name],), (("title", "=", "CEO"),))) for name in names]
        done = run_many(workspace, items, "contact set")
        assert [(one.place, type(one.error)) for one in done.rejected] == [("Guarded", DeniedError)]
        assert done.count == count - 1
        assert workspace.db.scalar("SELECT count(*) FROM contacts WHERE title = 'CEO'") == count - 1
        assert jobs.unfinished(workspace) == []


def test_records_of_a_removed_object_are_refused_each(tmp_path: Path) -> None:
    with create_workspace(str(tmp_path / "w" / "crm.db"), NewWorkspace("Test", "Tess")) as workspace:
        made = workspace.run(Add("object", {"name": "Machine"})).made[-1][1]
        workspace.run(Remove("object", (made,)))
        items = [Item("1", Add("machine", {"name": "Press"})), Item("2", Add("contact", {"name": "Ana"}))]
        done = run_many(workspace, items, "add")
        assert [(one.place, one.error.code) for one in done.rejected] == [("1", "removed")]
        assert done.count == 1
