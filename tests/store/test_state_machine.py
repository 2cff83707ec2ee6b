"""Any work of two openings of one workspace, step by step against a plain model of what people expect of it."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from tests.store.stores import Stores

from crmtool.app.commands import Add, Command, Purge, Remove, Restore, Set, Undo
from crmtool.app.workspace import Outcome, Workspace
from crmtool.core import changes, tokens
from crmtool.core.errors import ConflictError, NotFoundError
from crmtool.store import doctor
from crmtool.store.reader import Query
from crmtool.store.replay import differences
from crmtool.store.search import find
from crmtool.store.verify import verify

NAMES = ("Ana", "ána", "Ben Ö", "株式 会社", "O'Neil-Ruiz")
EMAILS = ("a@x.example", "A@X.example", "b@x.example")
TITLES = (None, "CEO", "Chief; “x”\\", "cto")

Values = dict[str, Any]


class State:
    """What is there: values of every record by id in order of making, which are live, which own fields are."""

    def __init__(self) -> None:
        self.records: dict[str, Values] = {}
        self.live: set[str] = set()
        self.own: set[str] = set()

    def copy(self) -> State:
        made = State()
        made.records = {record: dict(values) for record, values in self.records.items()}
        made.live, made.own = set(self.live), set(self.own)
        return made

    def back_to(self, before: State) -> None:
        """Take on an earlier state; what was made since is in the trash now, and keeps its values."""
        for record, values in before.records.items():
            self.records[record] = dict(values)
        self.live, self.own = set(before.live), set(before.own)


class Machine(RuleBasedStateMachine):
    """The workspace, the model of it, and what can be undone and redone: (the command, the state before, the state after)."""

    def __init__(self, stores: Stores) -> None:
        super().__init__()
        self.stores = stores
        self.location = stores.fresh()
        self.doors = [stores.open(self.location), stores.open(self.location)]
        self.state = State()
        self.done: list[tuple[str, State, State]] = []
        self.undone: list[tuple[str, State, State]] = []

    def teardown(self) -> None:
        try:
            found = [
                finding
                for _, findings in doctor.deep(self.doors[0].db, self.doors[0].layouts)
                for finding in findings
            ]
            assert [f for f in found if f.level == doctor.WRONG] == []
            assert differences(self.doors[0].db) == []
        finally:
            for door in self.doors:
                door.close()
            self.stores.release(self.location)

    def run(self, door: int, command: Command) -> Outcome:
        return self.doors[door].run(command)

    def note(self, name: str, before: State) -> None:
        self.done.append((name, before, self.state.copy()))
        self.undone.clear()

    def some(self, data: st.DataObject, *, live: bool) -> str:
        pool = [record for record in self.state.records if (record in self.state.live) == live]
        return data.draw(st.sampled_from(pool), label="record")

    # -- what people do ----------------------------------------------------------------------------------------------

    @rule(
        door=st.integers(0, 1),
        name=st.sampled_from(NAMES),
        email=st.none() | st.sampled_from(EMAILS),
        title=st.sampled_from(TITLES),
    )
    def add(self, door: int, name: str, email: str | None, title: str | None) -> None:
        before = self.state.copy()
        record = self.run(door, Add("contact", {"name": name, "email": email, "title": title})).made[0][1]
        self.state.records[record] = {"name": name, "email": email, "title": title}
        self.state.live.add(record)
        self.note("add", before)

    @rule(door=st.integers(0, 1), names=st.lists(st.sampled_from(NAMES), min_size=2, max_size=5))
    def bring_in(self, door: int, names: list[str]) -> None:
        """A job of change sets of two."""
        before, workspace = self.state.copy(), self.doors[door]
        job = workspace.start_job("import", "import", {})
        entity = workspace.registry.entity("contact")
        for start in range(0, len(names), 2):
            items = [changes.create(entity, {"name": name}) for name in names[start : start + 2]]
            with job.step() as step:
                step.apply(items)
            for item in items:
                self.state.records[item.record] = {"name": item.after["name"], "email": None, "title": None}
                self.state.live.add(item.record)
        job.finish()
        self.note("import", before)

    @precondition(lambda self: self.state.live)
    @rule(door=st.integers(0, 1), data=st.data())
    def change(self, door: int, data: st.DataObject) -> None:
        record = self.some(data, live=True)
        pools: dict[str, Any] = {"name": NAMES, "title": TITLES, "email": (None, *EMAILS)}
        key = data.draw(st.sampled_from([*pools, *sorted(self.state.own)]), label="field")
        value = data.draw(st.sampled_from(pools.get(key, TITLES)), label="value")
        before = self.state.copy()
        outcome = self.run(door, Set("contact", (record,), ((key, "=", value),)))
        self.state.records[record][key] = value
        if outcome.handle is not None:
            self.note("set", before)

    @precondition(lambda self: self.state.live)
    @rule(door=st.integers(0, 1), data=st.data())
    def remove(self, door: int, data: st.DataObject) -> None:
        record, before = self.some(data, live=True), self.state.copy()
        self.run(door, Remove("contact", (record,)))
        self.state.live.remove(record)
        self.note("rm", before)

    @precondition(lambda self: len(self.state.live) < len(self.state.records))
    @rule(door=st.integers(0, 1), data=st.data())
    def restore(self, door: int, data: st.DataObject) -> None:
        record, before = self.some(data, live=False), self.state.copy()
        self.run(door, Restore("contact", (record,)))
        self.state.live.add(record)
        self.note("restore", before)

    @precondition(lambda self: self.state.records)
    @rule(door=st.integers(0, 1), data=st.data())
    def purge(self, door: int, data: st.DataObject) -> None:
        record = data.draw(st.sampled_from([*self.state.records]), label="record")
        self.run(door, Purge("contact", (record,)))
        for state in (self.state, *(s for step in self.done + self.undone for s in step[1:])):
            state.records.pop(record, None)
            state.live.discard(record)
        self.note("purge", self.state.copy())

    @precondition(lambda self: len(self.state.own) < 3)
    @rule(door=st.integers(0, 1), word=st.sampled_from(["one", "two", "three"]))
    def own_field(self, door: int, word: str) -> None:
        if word in self.state.own:
            return
        before = self.state.copy()
        self.run(door, Add("field", {"of": "contact", "name": word, "kind": "text", "searchable": True}))
        for values in self.state.records.values():
            values[word] = None  # a new field, whatever one of the same word held before
        self.state.own.add(word)
        self.note("field", before)

    @rule(door=st.integers(0, 1))
    def undo(self, door: int) -> None:
        if not self.done:
            with pytest.raises(NotFoundError):
                self.run(door, Undo())
        elif self.done[-1][0] == "purge":
            with pytest.raises(ConflictError):
                self.run(door, Undo())
        else:
            self.run(door, Undo())
            step = self.done.pop()
            self.state.back_to(step[1])
            self.undone.append(step)

    @rule(door=st.integers(0, 1))
    def redo(self, door: int) -> None:
        if not self.undone:
            with pytest.raises(NotFoundError):
                self.run(door, Undo(redo=True))
        else:
            self.run(door, Undo(redo=True))
            step = self.undone.pop()
            self.state.back_to(step[2])
            self.done.append(step)

    # -- what they see -------------------------------------------------------------------------------------------------

    @invariant()
    def every_list_and_look_up_agrees(self) -> None:
        for door in self.doors:
            door.refresh_definitions()
            self.compare(door)
        assert verify(self.doors[0].db).problems == ()

    def compare(self, door: Workspace) -> None:
        state, reader = self.state, door.reader
        order = [record for record in state.records if record in state.live]
        shown = {r["id"]: r for r in reader.records(Query("contact"))}
        assert [*shown] == order
        assert reader.count(Query("contact")) == len(order)
        assert {r["id"] for r in reader.records(Query("contact", trash="only"))} == set(
            state.records
        ) - state.live
        own = {f.key for f in door.registry.entity("contact").own_fields}
        assert own == state.own
        for record in order:
            values = state.records[record]
            for key in ("name", "title", *own):
                assert shown[record][key] == values.get(key), key
            emails = [entry["value"] for entry in shown[record]["emails"] or ()]
            assert emails == ([values["email"].replace("X", "x")] if values["email"] else [])
        for name in NAMES:
            wanted = [r for r in order if tokens.fold(state.records[r]["name"]) == tokens.fold(name)]
            assert reader.by_name("contact", [tokens.fold(name)]).get(tokens.fold(name), []) == wanted
            hits = find(reader, name, entities=["contact"], limit=50)
            assert [hit.record["id"] for hit in hits if hit.tier == 0] == wanted[::-1]
        for email in {email.casefold() for email in EMAILS}:
            wanted = [r for r in order if (state.records[r]["email"] or "").casefold() == email]
            assert reader.lookup("contact", "email", [email]).get(email, []) == wanted
        searched = [r for r in order if "cto" in (state.records[r].get(key) for key in ("title", *own))]
        assert sorted(
            hit.record["id"] for hit in find(reader, "cto", entities=["contact"], limit=50)
        ) == sorted(searched)


@pytest.mark.parametrize(("backend", "examples", "steps"), [("files", 12, 25), ("server", 3, 15)])
def test_nothing_surprises(request: pytest.FixtureRequest, backend: str, examples: int, steps: int) -> None:
    stores = request.getfixturevalue(backend)
    run_state_machine_as_test(
        lambda: Machine(stores),  # type: ignore[arg-type]
        settings=settings(
            max_examples=examples,
            stateful_step_count=steps,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
