"""Random work on a workspace: commands that may be refused, and whatever they lead to."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from crmtool.app.commands import Add, Close, Command, Convert, Done, Purge, Remove, Restore, Set, Undo
from crmtool.app.workspace import Workspace
from crmtool.core.errors import CrmError


def run_anything(workspace: Workspace, data: st.DataObject, least: int = 5, most: int = 25) -> None:
    """Run random commands on companies, contacts, deals, activities and tasks."""
    made: dict[str, list[str]] = {"company": [], "contact": [], "deal": [], "activity": [], "task": []}
    for _ in range(data.draw(st.integers(least, most))):
        try:
            outcome = workspace.run(any_command(data, made))
        except CrmError:
            continue
        for entity, record in outcome.made:
            made.setdefault(entity, []).append(record)


def any_command(data: st.DataObject, made: dict[str, list[str]]) -> Command:
    """Any command on the records there are."""

    def one(entity: str) -> str | None:
        return data.draw(st.none() | st.sampled_from(made[entity])) if made[entity] else None

    entity = data.draw(st.sampled_from([*made]))
    amount = st.sampled_from([None, [100, "EUR"], [7, "USD"], [-5, "EUR"]])
    values: dict[str, Any] = {"name": data.draw(st.sampled_from("abc"))}
    if entity in ("contact", "deal", "activity", "task"):
        values["company"] = one("company")
    if entity in ("deal", "activity", "task"):
        values["contact"] = one("contact")
    if entity == "deal":
        values |= {"amount": data.draw(amount), "status": data.draw(st.sampled_from(["open", "won", "lost"]))}
    elif entity == "activity":
        values |= {
            "deal": one("deal"),
            "happened_at": f"2026-01-0{data.draw(st.integers(1, 9))}T12:00:00.000Z",
        }
    elif entity == "task":
        values |= {"deal": one("deal"), "due_on": f"2026-01-0{data.draw(st.integers(1, 9))}"}
    if entity == "task" and "company" in values:
        values["company"] = one("company")
    record = one(entity)
    verb = data.draw(
        st.sampled_from(["add", "add", "set", "set", "rm", "restore", "purge", "undo", "special"])
    )
    if verb == "undo":
        return Undo(redo=data.draw(st.booleans()))
    if record is None or verb == "add":
        return Add(entity, values)
    if verb == "set":
        return Set(entity, (record,), tuple((key, "=", value) for key, value in values.items()))
    if verb == "special":
        if entity == "deal":
            return Close(record, data.draw(st.sampled_from(["won", "lost", "open"])))
        return (
            Done(record)
            if entity == "task"
            else Convert(record, "New", {})
            if entity == "contact"
            else Undo()
        )
    kinds: dict[str, type[Remove] | type[Restore] | type[Purge]] = {
        "rm": Remove,
        "restore": Restore,
        "purge": Purge,
    }
    return kinds[verb](entity, (record,))
