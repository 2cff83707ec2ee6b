"""Loading: a real store holds what the stream says, as one job that is resumed and undone."""

from __future__ import annotations

from typing import Any

import pytest

from crmtool.app.commands import Add, Undo
from crmtool.app.jobs import unfinished
from crmtool.app.workspace import Workspace
from crmtool.core.errors import ConflictError, NotFoundError, UsageError
from crmtool.core.fields import Context
from crmtool.demo import load
from crmtool.demo.generator import generate
from crmtool.store.reader import Query


def test_every_record_of_the_store_is_the_stream_s(loaded: tuple[Workspace, load.Loaded]) -> None:
    workspace, done = loaded
    expected: dict[tuple[str, str], dict[str, Any]] = {}
    for change in generate(done.plan):
        expected.setdefault((change.entity, change.record), {}).update(change.after)
    for entity in {key for key, _ in expected}:
        held = {r["id"]: r for r in workspace.query(Query(entity, expand=False))}
        for (key, record), values in expected.items():
            if key == entity and record != workspace.context.me:
                found = {name: held[record][name] for name in values}
                assert found == {name: value if value != [] else None for name, value in values.items()}
    assert done.changes == len(list(generate(done.plan)))


def test_every_stored_value_is_valid(loaded: tuple[Workspace, load.Loaded]) -> None:
    workspace, _ = loaded
    context: Context = workspace.context
    for entity in workspace.registry.entities.values():
        for record in workspace.query(Query(entity.key, expand=False)):
            for key, value in record.items():
                field = entity.fields[key]
                if value is not None and field.writable:
                    assert field.validate(value, context) == value, (entity.key, key)


def test_history_has_its_own_time(loaded: tuple[Workspace, load.Loaded]) -> None:
    workspace, _ = loaded
    created = [record["created_at"] for record in workspace.query(Query("deal"))]
    assert min(created) < "2025" < max(created) <= workspace.context.now


def test_derived_values_are_there(loaded: tuple[Workspace, load.Loaded]) -> None:
    from crmtool.store import derived

    workspace, _ = loaded
    assert derived.differences(workspace.db, workspace.layouts) == []
    assert any(record["won_value"] for record in workspace.query(Query("company")))


def test_views_and_their_filters_can_be_read(loaded: tuple[Workspace, load.Loaded]) -> None:
    from crmtool.app.asking import ask

    workspace, _ = loaded
    views = list(workspace.query(Query("view")))
    assert len(views) >= 5
    for view in views:
        entity = workspace.registry.entity(view["of"])
        query = ask(entity, workspace.registry, workspace.context, where=view["filter"], sort=view["sort"])
        assert workspace.reader.count(query) >= 0
        list(workspace.query(query))


def test_a_workspace_with_records_is_refused(loaded: tuple[Workspace, load.Loaded], empty: Workspace) -> None:
    with pytest.raises(ConflictError):
        load.check_empty(loaded[0])
    load.check_empty(empty)
    empty.run(Add("contact", {"name": "Ana Ruiz"}))
    with pytest.raises(ConflictError):
        load.check_empty(empty)


@pytest.mark.parametrize("contacts", [0, -1, 10**9])
def test_an_absurd_size_is_refused(contacts: int) -> None:
    with pytest.raises(UsageError):
        load.check_size(contacts)


def test_all_of_it_is_taken_back_by_one_undo(empty: Workspace) -> None:
    before = {key: empty.reader.count(Query(key)) for key in empty.registry.entities}
    done = load.load(empty, load.plan_for(empty, 60, 4))
    outcome = empty.run(Undo(done.handle))
    assert outcome.skipped == []
    assert {key: empty.reader.count(Query(key)) for key in empty.registry.entities} == before


def test_an_interrupted_load_goes_on_where_it_stopped(
    empty: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    plan = load.plan_for(empty, 120, 4)
    expected = sum(1 for _ in generate(plan))
    monkeypatch.setattr("crmtool.app.jobs.MAX_CHANGES_ALONE", 50)

    def stop(done: int, total: int) -> None:
        assert total > 0
        if done >= 200:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        load.load(empty, plan, stop)
    (job,) = unfinished(empty)
    assert job["state"]["changes"] == 200
    done = load.resume(empty, job["handle"])
    assert (done.plan, done.changes) == (plan, expected)
    assert empty.reader.count(Query("contact")) == 120
    assert empty.reader.count(Query("deal")) == 60
    written = empty.db.scalar(
        "SELECT count(*) FROM change WHERE set_n IN (SELECT n FROM change_set WHERE job = ?)", (job["id"],)
    )
    assert written == expected
    assert unfinished(empty) == []


def test_only_a_load_is_resumed(empty: Workspace) -> None:
    with pytest.raises(NotFoundError):
        load.resume(empty, "0000zzzz")
    job = empty.start_job("import", "import", {})
    with pytest.raises(UsageError):
        load.resume(empty, job.handle)
