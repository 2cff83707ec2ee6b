"""Following a workspace: what is told, to whom, and from where to go on."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from crmtool.app import watch
from crmtool.app.commands import Add, Purge, Remove, Restore, Set, Undo
from crmtool.app.create import NewWorkspace, create_workspace
from crmtool.app.watch import Event, Feed, follow
from crmtool.app.workspace import Workspace, open_workspace
from crmtool.core import changes
from crmtool.core.changes import Actor
from crmtool.core.policy import DenyAll, Policy
from crmtool.core.query import Compare
from crmtool.core.query import Path as FieldPath
from crmtool.core.registry import Entity


@pytest.fixture
def workspace(tmp_path: Path) -> Iterator[Workspace]:
    with create_workspace(str(tmp_path / "w" / "crm.db"), NewWorkspace("Test", "Mia Ito")) as made:
        yield made


def add(workspace: Workspace, name: str, **values: object) -> str:
    return workspace.run(Add("contact", {"name": name, **values})).made[-1][1]


def everything(feed: Feed) -> list[Event]:
    events: list[Event] = []
    while True:
        behind = feed.position
        events += feed.read()
        if feed.position == behind:
            return events


def run_job(workspace: Workspace, count: int, size: int, *, finish: bool = True) -> str:
    job = workspace.start_job("import", "import", {})
    entity = workspace.registry.entity("contact")
    for start in range(0, count, size):
        with job.step() as step:
            step.apply([changes.create(entity, {"name": f"Person {n}"}) for n in range(start, start + size)])
    if finish:
        job.finish()
    return job.handle


def test_every_kind_of_change(workspace: Workspace) -> None:
    feed = Feed(workspace, None)
    ana = add(workspace, "Ana Ruiz")
    workspace.run(Set("contact", (ana,), (("title", "=", "CEO"), ("name", "=", "Ana Díaz"))))
    workspace.run(Remove("contact", (ana,)))
    workspace.run(Restore("contact", (ana,)))
    told = feed.read()
    assert [(e.kind, e.command) for e in told] == [
        ("put", "contact add"),
        ("put", "contact set"),
        ("delete", "contact rm"),
        ("put", "contact restore"),
    ]
    assert {e.record for e in told} == {ana}
    assert told[1].fields == ("name", "title")
    assert told[1].name == "Ana Díaz"
    assert (told[1].actor_name, told[1].origin, told[1].job) == ("Mia Ito", "user", False)
    workspace.run(Purge("contact", (ana,)))
    (gone,) = feed.read()
    assert (gone.kind, gone.record, gone.name, gone.fields) == ("purge", ana, None, ())
    # From the beginning, what was erased is told of once: that it is gone.
    assert [e.kind for e in everything(Feed(workspace, 0)) if e.record == ana] == ["purge"]


def test_positions_go_on_without_loss(workspace: Workspace) -> None:
    start = workspace.log.position()
    workspace.run(Add("contact", {"name": "Ana", "company": "Acme", "tags": "vip, key"}))
    add(workspace, "Ben")
    whole = everything(Feed(workspace, start))
    assert [e.position for e in whole] == [start, start, start, start + 1, start + 2]
    for at, event in enumerate(whole):
        again = everything(Feed(workspace, event.position))
        assert [e.record for e in whole[at + 1 :]] == [e.record for e in again][-len(whole[at + 1 :]) :]


def test_an_undo_is_told_with_the_handle_it_has(workspace: Workspace) -> None:
    add(workspace, "Ana")
    feed = Feed(workspace, None)
    outcome = workspace.run(Undo())
    (event,) = feed.read()
    assert (event.kind, event.origin, event.handle) == ("delete", "undo", outcome.handle)


def test_a_job_is_one_event_when_it_is_done(workspace: Workspace) -> None:
    start = workspace.log.position()
    live = Feed(workspace, None)
    job = workspace.start_job("import", "import", {})
    entity = workspace.registry.entity("contact")
    told = []
    for _ in range(3):
        with job.step() as step:
            step.apply([changes.create(entity, {"name": f"Person {n}"}) for n in range(10)])
        add(workspace, "Somebody else")
        told += live.read()
    assert [e.job for e in told] == [False] * 3
    assert {e.position for e in told} == {start}, "going on behind these must not lose the job"
    job.finish()
    (event,) = live.read()
    assert (event.job, event.counts, event.entity, event.record) == (True, {"contact": 30}, "contact", None)
    assert (event.handle, event.position) == (job.handle, workspace.log.position())
    assert sorted(e.job for e in everything(Feed(workspace, start))) == [False] * 3 + [True]
    each = everything(Feed(workspace, start, each=True))
    assert len(each) == 33
    assert len({e.record for e in each}) == 33


def test_a_job_that_stopped_halfway_is_told_of_after_a_while(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    feed = Feed(workspace, None)
    handle = run_job(workspace, 20, 10, finish=False)
    assert feed.read() == []
    monkeypatch.setattr(watch, "QUIET", 0.0)
    (event,) = feed.read()
    assert (event.handle, event.counts) == (handle, {"contact": 20})
    with workspace.resume_job(handle).step() as step:
        step.apply([changes.create(workspace.registry.entity("contact"), {"name": "One more"})])
    (event,) = everything(feed)
    assert event.counts == {"contact": 1}


def test_taking_a_job_back_is_one_deletion(workspace: Workspace) -> None:
    handle = run_job(workspace, 3_000, 1_000)
    feed = Feed(workspace, None)
    workspace.run(Undo(handle))
    (event,) = everything(feed)
    assert (event.kind, event.counts, event.origin) == ("delete", {"contact": 3_000}, "undo")


def test_one_entity_only(workspace: Workspace) -> None:
    feed = Feed(workspace, 0, entity="companies")
    workspace.run(Add("contact", {"name": "Ana", "company": "Acme"}))
    run_job(workspace, 10, 10)
    assert [(e.entity, e.name) for e in everything(feed)] == [("company", "Acme")]


def test_since_outside_the_log_is_a_reset(workspace: Workspace) -> None:
    head = workspace.log.position()
    feed = Feed(workspace, head + 5)
    (event,) = feed.read()
    assert (event.kind, event.position) == ("reset", head)
    add(workspace, "Ana")
    assert [e.name for e in feed.read()] == ["Ana"]
    with workspace.db.atomic():
        workspace.db.execute("INSERT INTO meta (key, value) VALUES ('floor', '1')")
    assert [e.kind for e in Feed(workspace, 0).read()] == ["reset"]
    assert [e.kind for e in everything(Feed(workspace, 1))] == ["put"]


class OwnOnly(Policy):
    """Sees contacts of one owner, without their titles, and no companies."""

    def can_read(self, actor: Actor, entity: Entity) -> bool:
        return entity.key != "company"

    def row_filter(self, actor: Actor, entity: Entity) -> Compare | None:
        if entity.key != "contact":
            return None
        return Compare(FieldPath((entity.fields["owner"],)), "=", str(actor.user))

    def hidden_fields(self, actor: Actor, entity: Entity) -> frozenset[str]:
        return frozenset({"title"}) if entity.key == "contact" else frozenset()


def test_policy_filters_records_fields_and_jobs(workspace: Workspace) -> None:
    other = workspace.run(Add("user", {"name": "Leo"})).made[-1][1]
    start = workspace.log.position()
    ana = add(workspace, "Ana", company="Acme", title="CEO")
    ben = add(workspace, "Ben", owner=other)
    workspace.run(Set("contact", (ana,), (("title", "=", "CFO"),)))
    workspace.run(Set("contact", (ana,), (("title", "=", "COO"), ("source", "=", "fair"))))
    run_job(workspace, 20, 10)
    with open_workspace(workspace.db.location, policy=OwnOnly()) as narrow:
        told = everything(Feed(narrow, start))
        assert [(e.entity, e.record) for e in told if not e.job] == [("contact", ana), ("contact", ana)]
        assert "title" not in told[0].fields
        assert told[1].fields == ("source",)
        assert [e for e in told if e.job] == [], "nobody owns what the job made"
        narrow.act_as(Actor(other))
        assert [e.record for e in everything(Feed(narrow, start))] == [ben]
    with open_workspace(workspace.db.location, policy=DenyAll()) as nothing:
        assert everything(Feed(nothing, 0)) == []
        assert everything(Feed(nothing, 0, each=True)) == []


def test_a_hidden_name_is_absent(workspace: Workspace) -> None:
    class Nameless(Policy):
        def hidden_fields(self, actor: Actor, entity: Entity) -> frozenset[str]:
            return frozenset({"name"})

    add(workspace, "Ana")
    with open_workspace(workspace.db.location, policy=Nameless()) as narrow:
        event = everything(Feed(narrow, 0))[-1]
    assert (event.name, event.actor_name) == (None, None)
    assert "name" not in event.fields


def test_own_objects_made_while_following(workspace: Workspace) -> None:
    feed = Feed(workspace, None)
    with open_workspace(workspace.db.location) as elsewhere:
        elsewhere.run(Add("object", {"key": "boat", "name": "Boat"}))
        elsewhere.run(Add("boat", {"name": "Argo"}))
    assert [(e.entity, e.name) for e in feed.read()] == [("object", "Boat"), ("boat", "Argo")]


def test_follow_hears_another_connection_at_once(workspace: Workspace) -> None:
    heard: list[tuple[float, Event]] = []
    done = threading.Event()

    def listen() -> None:
        with open_workspace(workspace.db.location) as own:
            for event in follow(own, None, done.is_set):
                heard.append((time.monotonic(), event))

    thread = threading.Thread(target=listen)
    thread.start()
    try:
        run = Path(workspace.run_folder or "")
        wait_for(lambda: any(run.glob("*.feed")))
        time.sleep(0.1)
        sent = time.monotonic()
        add(workspace, "Ana")
        wait_for(lambda: bool(heard))
        assert heard[0][1].name == "Ana"
        assert heard[0][0] - sent < 0.2
    finally:
        done.set()
        thread.join(5)
    assert not thread.is_alive()
    assert list(run.glob("*.feed")) == []


def wait_for(what: object, seconds: float = 5.0) -> None:
    assert callable(what)
    end = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < end, "nothing came"
        time.sleep(0.005)
