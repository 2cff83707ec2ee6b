"""Durable consumers: every change once, across processes, and no loops."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from crmtool.app.commands import Add, Set
from crmtool.app.consumers import Consumer, Delivery
from crmtool.app.create import NewWorkspace, create_workspace
from crmtool.app.workspace import Workspace, open_workspace
from crmtool.core import changes
from crmtool.core.errors import ConflictError, NotFoundError
from crmtool.core.policy import DenyAll


@pytest.fixture
def workspace(tmp_path: Path) -> Iterator[Workspace]:
    with create_workspace(str(tmp_path / "w" / "crm.db"), NewWorkspace("Test", "Mia Ito")) as made:
        yield made


def add(workspace: Workspace, name: str) -> str:
    return workspace.run(Add("contact", {"name": name})).made[-1][1]


def names(delivery: Delivery) -> list[str]:
    return [entry.after["name"] for entry in delivery.entries if "name" in entry.after]


def test_position_survives_and_every_change_comes_once(workspace: Workspace) -> None:
    add(workspace, "Before")
    Consumer(workspace, "mail").register()
    add(workspace, "Ana")
    add(workspace, "Ben")
    seen: list[str] = []
    assert Consumer(workspace, "mail").deliver(lambda d: seen.extend(names(d)), limit=1) == 1
    with open_workspace(workspace.db.location) as later:
        consumer = Consumer(later, "mail")
        consumer.register(0)  # it is registered already and keeps its place
        assert consumer.deliver(lambda d: seen.extend(names(d))) == 1
        assert consumer.deliver(lambda d: seen.extend(names(d))) == 0
    assert seen == ["Ana", "Ben"]


def test_what_fails_is_delivered_again_and_leaves_nothing(workspace: Workspace) -> None:
    consumer = Consumer(workspace, "follow up")
    consumer.register()
    add(workspace, "Ana")

    def fail(delivery: Delivery) -> None:
        answer(delivery)
        raise OSError("the mail server is away")

    with pytest.raises(OSError, match="away"):
        consumer.deliver(fail)
    assert tasks(workspace) == []
    consumer.deliver(answer)
    assert tasks(workspace) == ["Call Ana"]


def answer(delivery: Delivery) -> None:
    task = delivery.consumer.workspace.registry.entity("task")
    made = [changes.create(task, {"name": f"Call {name}"}) for name in names(delivery)]
    if made:
        delivery.write(made)


def tasks(workspace: Workspace) -> list[str]:
    return [row[0] for row in workspace.db.rows("SELECT name FROM tasks ORDER BY n")]


def test_two_consumers_cannot_keep_each_other_busy(workspace: Workspace) -> None:
    one, two = Consumer(workspace, "one"), Consumer(workspace, "two")
    one.register()
    two.register()
    add(workspace, "Ana")
    trigger = workspace.log.position()
    for _ in range(6):
        one.deliver(answer)
        two.deliver(answer)
    # Each answers the contact and once the other's answer, never what itself began.
    assert sorted(tasks(workspace)) == ["Call Ana", "Call Ana", "Call Call Ana", "Call Call Ana"]
    sets = list(workspace.log.sets("n >= ?", [trigger]))
    assert {s.origin for s in sets[1:]} == {"automation"}
    by_id = {s.id: s for s in sets}
    for header in sets[1:]:
        assert by_id[str(header.caused_by)].n < header.n


def test_a_gone_log_is_said(workspace: Workspace) -> None:
    consumer = Consumer(workspace, "mail")
    with pytest.raises(NotFoundError):
        consumer.deliver(answer)
    consumer.register(workspace.log.position() + 3)
    with pytest.raises(ConflictError) as caught:
        consumer.deliver(answer)
    assert caught.value.code == "reset"
    consumer.move(workspace.log.position())
    assert consumer.deliver(answer) == 0
    consumer.remove()
    with pytest.raises(NotFoundError):
        _ = consumer.position


def test_policy_holds_for_consumers(workspace: Workspace) -> None:
    ana = add(workspace, "Ana")
    workspace.run(Set("contact", (ana,), (("title", "=", "CEO"),)))
    with open_workspace(workspace.db.location, policy=DenyAll()) as nothing:
        consumer = Consumer(nothing, "mail")
        consumer.register(0)
        seen: list[Delivery] = []
        assert consumer.deliver(seen.append) > 0
        assert seen == []
