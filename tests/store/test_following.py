"""The feed and its consumers read either engine's log alike."""

from __future__ import annotations

from tests.store.stores import Stores

from crmtool.app.commands import Add, Purge, Set
from crmtool.app.consumers import Consumer
from crmtool.app.watch import Event, Feed, follow
from crmtool.app.workspace import Workspace
from crmtool.core import changes
from crmtool.core.policy import DenyAll


def everything(feed: Feed) -> list[Event]:
    events: list[Event] = []
    while True:
        behind = feed.position
        events += feed.read()
        if feed.position == behind:
            return events


def test_records_jobs_and_erasures(workspace: Workspace, stores: Stores) -> None:
    start = workspace.log.position()
    ana = workspace.run(Add("contact", {"name": "Ana", "company": "Acme"})).made[-1][1]
    workspace.run(Set("contact", (ana,), (("title", "=", "CEO"),)))
    job = workspace.start_job("import", "import", {})
    for _ in range(2):
        with job.step() as step:
            entity = workspace.registry.entity("contact")
            step.apply([changes.create(entity, {"name": f"Person {n}"}) for n in range(20)])
    job.finish()
    told = everything(Feed(workspace, start))
    assert [(e.kind, e.entity, e.name, e.counts) for e in told] == [
        ("put", "company", "Acme", None),
        ("put", "contact", "Ana", None),
        ("put", "contact", "Ana", None),
        ("put", "contact", None, {"contact": 40}),
    ]
    workspace.run(Purge("contact", (ana,)))
    assert everything(Feed(workspace, told[-1].position))[-1].kind == "purge"
    blind = stores.open(stores.location_of(workspace), policy=DenyAll())
    assert everything(Feed(blind, 0)) == []
    blind.close()


def test_another_connection_is_heard(workspace: Workspace, stores: Stores) -> None:
    other = stores.open(stores.location_of(workspace))
    happening = follow(workspace, workspace.log.position())
    other.run(Add("contact", {"name": "Ana"}))
    assert next(happening).name == "Ana"
    happening.close()
    other.close()


def test_a_consumer_keeps_its_place(workspace: Workspace) -> None:
    consumer = Consumer(workspace, "mail")
    consumer.register()
    workspace.run(Add("contact", {"name": "Ana"}))
    seen: list[str] = []
    assert consumer.deliver(lambda delivery: seen.extend(e.entity for e in delivery.entries)) == 1
    assert consumer.deliver(lambda delivery: seen.extend(e.entity for e in delivery.entries)) == 0
    assert seen == ["contact"]
