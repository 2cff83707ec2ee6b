"""Every command says the command line that does the same: run in a copy of the workspace, it comes to the same."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from crmtool.app import commands
from crmtool.app.commands import Command
from crmtool.app.workspace import Workspace, open_workspace
from crmtool.cli import config, main
from crmtool.cli.state import State, use
from crmtool.core import ids
from crmtool.tui.echo import words_of

Make = Callable[[Workspace], Command]


def named(workspace: Workspace, entity: str, name: str) -> str:
    """The id of a record of the sample."""
    return str(workspace.reader.by_name(entity, [name])[name][0])


def ana(workspace: Workspace) -> str:
    return named(workspace, "contact", "ana ruiz")


def jose(workspace: Workspace) -> str:
    return named(workspace, "contact", "jose blanco")


def roof(workspace: Workspace) -> str:
    return named(workspace, "deal", "roof")


def trashed(workspace: Workspace) -> str:
    workspace.run(commands.Remove("contact", (ana(workspace),)))
    return str(next(r["id"] for r in workspace.query(_query("contact", trash="only"))))


def _query(entity: str, **options: Any) -> Any:
    from crmtool.store.reader import Query

    return Query(entity, **options)


COMMANDS: dict[str, Make] = {
    "set": lambda w: commands.Set(
        "contact", (ana(w),), (("title", "=", "CEO"), ("tags", "+=", "new; other"), ("birthday", "=", None))
    ),
    "set a reference": lambda w: commands.Set("contact", (jose(w),), (("company", "=", None),)),
    "set several": lambda w: commands.Set("contact", (ana(w), jose(w)), (("lifecycle", "=", "lead"),)),
    "set json-plain values": lambda w: commands.Set(
        "contact", (ana(w),), (("budget", "=", [250000, "EUR"]), ("email", "=", ["a@x.example", "b@y.example"]))
    ),
    "set what looks like an option": lambda w: commands.Set("contact", (ana(w),), (("title", "=", "--help"),)),
    "add": lambda w: commands.Add("contact", {"name": "Bo Ek", "email": "bo@ek.example", "company": "Acme"}),
    "add with a name like a word": lambda w: commands.Add("company", {"name": "a=b"}),
    "add with a reference": lambda w: commands.Add("task", {"name": "Call", "contact": ana(w), "due_on": "2026-06-20"}),
    "remove": lambda w: commands.Remove("contact", (jose(w),)),
    "restore": lambda w: commands.Restore("contact", (trashed(w),)),
    "purge": lambda w: commands.Purge("contact", (jose(w),)),
    "convert": lambda w: commands.Convert(jose(w), "First deal", {"amount": "5k"}),
    "convert without a deal": lambda w: commands.Convert(jose(w), None, {}),
    "move": lambda w: commands.Move(roof(w), "Negotiation"),
    "move to a stage by id": lambda w: commands.Move(roof(w), named(w, "stage", "negotiation"), values={"amount": "11k"}),
    "win": lambda w: commands.Close(roof(w), "won", closed_on="2026-06-10"),
    "lose": lambda w: commands.Close(roof(w), "lost", "too expensive"),
    "done": lambda w: commands.Done(next(r["id"] for r in w.query(_query("task")) if r["status"] == "open")),
    "enlist on a new list": lambda w: commands.Enlist("contact", (ana(w),), ids.new_id(), {"name": "Fresh", "of": "contact"}),
    "merge": lambda w: commands.Merge("contact", ana(w), (jose(w),), (("title", "=", "Both"),)),
    "distinct": lambda w: commands.Distinct("contact", ana(w), jose(w)),
    "undo": lambda w: commands.Undo(None, False),
}  # fmt: skip


def state(workspace: Workspace) -> list[Any]:
    """All records without what differs from run to run: ids made anew, instants, revisions."""
    out = []
    for key in workspace.registry.entities:
        for record in workspace.query(_query(key, trash="with")):
            fields = workspace.registry.entity(key).fields
            kept = {
                name: _bare(value)
                for name, value in record.items()
                if name not in ("id", "rev", "external_ids", "extra", "from", "to")
                and fields[name].kind.name != "instant"
            }
            kept["deleted"] = record["deleted_at"] is not None
            out.append((key, sorted(kept.items(), key=lambda item: item[0])))
    return sorted(out, key=repr)


def _bare(value: Any) -> Any:
    if isinstance(value, list):
        return [
            _bare(item["value"]) if isinstance(item, dict) and "value" in item else item for item in value
        ]
    return value.get("name") if isinstance(value, dict) and "id" in value else value


@pytest.mark.parametrize("case", COMMANDS)
def test_the_words_do_what_the_command_does(case: str, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    here = home / "workspaces" / "default"
    with open_workspace(str(here / "crm.db"), zone="UTC") as workspace:
        made = COMMANDS[case](workspace)
    other = home.parent / "other"
    shutil.copytree(home, other)
    with open_workspace(str(here / "crm.db"), zone="UTC") as workspace:
        words = words_of(made, workspace)
        workspace.run(made)
        wanted = state(workspace)
    monkeypatch.setenv("CRM_HOME", str(other))
    monkeypatch.setenv("CRM_NO_INPUT", "1")
    monkeypatch.setenv("CRM_TIMEZONE", "UTC")
    config.forget()
    use(State())
    assert main.run([*words]) == 0, words
    config.forget()
    with open_workspace(str(other / "workspaces" / "default" / "crm.db"), zone="UTC") as workspace:
        assert state(workspace) == wanted


def test_every_command_has_words() -> None:
    """``Apply`` alone is no command of a person: it carries what imports and jobs decided."""
    every = {kind for kind in commands.Command.__subclasses__() if kind is not commands.Apply}
    from crmtool.tui.echo import _WORDS

    assert every == set(_WORDS)


def test_a_stage_is_called_by_its_name_where_one_alone_has_it(opener: Callable[[bool], Workspace]) -> None:
    with opener(False) as workspace:
        stage = named(workspace, "stage", "negotiation")
        command = commands.Move(roof(workspace), stage)
        assert words_of(command, workspace)[3] == "Negotiation"
        pipeline = workspace.reader.require("deal", roof(workspace))["pipeline"]
        workspace.run(commands.Add("stage", {"name": "NEGOTIATION", "pipeline": pipeline}))
        assert words_of(command, workspace)[3] == f"@{ids.handle(stage)}"
