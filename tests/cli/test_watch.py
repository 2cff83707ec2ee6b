"""``crm watch``: lines for people, lines for programs."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from crmtool.app.commands import Add, Purge, Remove, Restore, Set
from crmtool.app.create import NewWorkspace, create_workspace
from crmtool.app.watch import Event
from crmtool.app.workspace import Workspace, open_workspace
from crmtool.cli.commands.watch import as_text
from crmtool.core import changes
from crmtool.core.messages import PSEUDO_LOCALE, use_language

HOSTILE = "Evil\x1b[31m\u202e\rName"


@pytest.fixture
def store(home: Path) -> str:
    path = str(home / "workspaces" / "default" / "crm.db")
    create_workspace(path, NewWorkspace("Test", "Mia Ito")).close()
    return path


def change(store: str) -> str:
    with open_workspace(store) as workspace:
        ana = workspace.run(Add("contact", {"name": HOSTILE})).made[-1][1]
        workspace.run(Set("contact", (ana,), (("title", "=", "CEO"), ("source", "=", "fair"))))
        workspace.run(Remove("contact", (ana,)))
        workspace.run(Restore("contact", (ana,)))
        return ana


def test_lines_for_people_are_escaped(crm: Callable[..., Any], store: str) -> None:
    change(store)
    ran = crm("watch", "--since", "1", "--count", "4")
    assert ran.code == 0
    assert ran.err == ""
    lines = ran.out.splitlines()
    assert "Contact Evil\\x1b[31m\\u202e\\rName was made" in lines[0]
    assert "was changed: Job title, Source" in lines[1]
    assert "(contact set, " in lines[1]
    assert "was moved to the trash" in lines[2]
    assert "was restored" in lines[3]
    assert all("  Mia Ito  " in line for line in lines)


def test_ndjson_is_byte_true_and_complete(crm: Callable[..., Any], store: str) -> None:
    ana = change(store)
    ran = crm("watch", "--ndjson", "--since", "1", "--count", "2", "--entity", "contacts")
    first, second = (json.loads(line) for line in ran.out.splitlines())
    assert first["name"] == HOSTILE
    assert (first["id"], first["kind"], first["verb"], first["position"]) == (ana, "put", "create", 2)
    assert second["fields"] == ["title", "source"]
    assert second["actor"]["name"] == "Mia Ito"
    assert (second["origin"], second["command"]) == ("user", "contact set")
    assert len(second["handle"]) == 8
    assert first.keys() == second.keys()


def test_erased_jobs_and_resets(crm: Callable[..., Any], store: str) -> None:
    ana = change(store)
    with open_workspace(store) as workspace:
        workspace.run(Purge("contact", (ana,)))
        job(workspace)
        head = workspace.log.position()
    ran = crm("watch", "--since", str(head - 3), "--count", "2")
    erased, imported = ran.out.splitlines()
    assert "was erased" in erased
    assert "Evil" not in ran.out
    assert "30 records were changed in one go: Contacts 30" in imported
    ran = crm("watch", "--ndjson", "--since", str(head + 1), "--count", "1")
    assert json.loads(ran.out) | {"at": ""} == {
        **dict.fromkeys(["verb", "entity", "id", "name", "counts", "command", "origin", "handle", "actor"]),
        "position": head,
        "kind": "reset",
        "at": "",
        "fields": [],
        "job": False,
    }
    assert "read everything again" in crm("watch", "--since", str(head + 1), "--count", "1").out


def job(workspace: Workspace) -> None:
    work = workspace.start_job("import", "import", {})
    for _ in range(2):
        with work.step() as step:
            entity = workspace.registry.entity("contact")
            step.apply([changes.create(entity, {"name": f"Person {n}"}) for n in range(15)])
    work.finish()


def test_wrong_words_are_usage_errors(crm: Callable[..., Any], store: str) -> None:
    assert crm("watch", "--entity", "contcat", "--count", "1").code == 2
    assert crm("watch", "--since", "-1").code == 2
    assert crm("watch", "--count", "0").code == 2


def test_no_workspace(crm: Callable[..., Any]) -> None:
    assert crm("watch").code == 1


def test_text_is_translatable(store: str) -> None:
    with open_workspace(store) as workspace:
        use_language(PSEUDO_LOCALE)
        event = Event(
            1, "put", "2026-01-01T00:00:00.000Z", "create", "contact", "0" * 36, "Ana", actor_name="Mia"
        )
        assert as_text(event, workspace.registry).startswith("⟦")
