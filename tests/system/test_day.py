"""A working day in a real terminal: the program as a person uses it, from the first key to the prompt of the shell."""

from __future__ import annotations

import json
import os
import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests import samples
from tests.system.terminal import PATIENCE_SECONDS, Terminal

pytestmark = [pytest.mark.system, pytest.mark.slow]

PROGRAM = [sys.executable, "-c", "from crmtool.cli.main import main; main()"]
DONE = "Undo: u"  # stands in the last line but one when something was done


@pytest.fixture
def env(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """The environment of the day, with the sample as its workspace."""
    own = {"CRM_HOME": str(tmp_path / "home"), "CRM_NOW": samples.NOW}
    for name, value in own.items():
        monkeypatch.setenv(name, value)
    samples.fill()
    outer = {
        k: v
        for k, v in os.environ.items()
        if not k.startswith(("CRM_", "LC_", "TMUX", "COLUMNS", "LINES")) and k != "NO_COLOR"
    }
    return outer | own | {"TZ": "UTC", "LANG": "C.UTF-8", "TERM": "xterm-256color"}


@pytest.fixture
def terminal(tmp_path_factory: pytest.TempPathFactory, env: dict[str, str]) -> Iterator[Terminal]:
    made = Terminal(tmp_path_factory.mktemp("t"), env)
    yield made
    made.close()


def test_a_working_day(terminal: Terminal, env: dict[str, str]) -> None:
    def crm(*words: str) -> Any:
        """What the program prints as JSON in another process."""
        done = subprocess.run(
            [*PROGRAM, *words, "--json"], capture_output=True, text=True, env=env, timeout=PATIENCE_SECONDS
        )
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    terminal.write(f"{shlex.join(PROGRAM)}; echo ended with $?")
    terminal.press("Enter")
    terminal.wait("To do today", "Call back", "Send offer", "q Quit")
    assert terminal.mode("alternate_on") == "1"
    assert terminal.mode("mouse_any_flag") == "1"

    # Complete the first task of the day.
    terminal.press("x")
    terminal.wait("crm task done", DONE, "0 tasks")

    # Search everything, and open what is found.
    terminal.press("f")
    terminal.wait("[everything]")
    terminal.write("ana ru")
    terminal.wait("1 hit", "Contact    Ana Ruiz")
    terminal.press("Enter")
    terminal.wait("Contact: Ana Ruiz", "What happened", "c Call")

    # A call: the key, the text, enter.
    terminal.press("c")
    terminal.wait("What was said on the phone?")
    terminal.write("Agreed on a visit")
    terminal.press("Enter")
    terminal.wait("Call: Agreed on a visit", DONE, gone=("What was said on the phone?",))

    # Another job title, in the form.
    terminal.press("e")
    terminal.wait("Change Ana Ruiz", "Job title", "^s Save")
    terminal.press("Enter", "Enter")
    terminal.write("Buyer")
    terminal.wait("Buyer")
    terminal.press("C-s")
    terminal.wait("Contact: Ana Ruiz", "Buyer", DONE, gone=("^s Save",))

    # What another process changes appears by itself.
    crm("contact", "set", "Ana Ruiz", "department=Purchasing")
    terminal.wait("Contact: Ana Ruiz", "Purchasing")

    # On the board: move a deal on, win it, and lose another with a reason.
    terminal.press("4")
    terminal.wait("Sales Lead · 1 deal", "Roof", "Bridge")
    terminal.press(">")
    terminal.wait("Sales Qualified · 1 deal", "crm deal move")
    terminal.press("w")
    terminal.wait("Won: Bridge", "today")
    terminal.press("Enter")
    terminal.wait("crm deal win", "Sales Won · 1 deal", gone=("Won: Bridge",))
    terminal.press("Left")
    terminal.wait("Sales Negotiation · 0 deals")
    terminal.press("Left")
    terminal.wait("Sales Proposal · 1 deal")
    terminal.press("l")
    terminal.wait("Lost: Roof", "The reason, in your words")
    terminal.write("Too dear")
    terminal.wait("Too dear")
    terminal.press("Enter")
    terminal.wait("crm deal lose", "Sales Lost · 1 deal", gone=("Lost: Roof",))

    # A list, filtered; two selected and given a tag, which is taken back and done again.
    terminal.press("1")
    terminal.wait("Contacts 4 records", "José Blanco")
    terminal.press("/")
    terminal.wait("^q Quit")
    terminal.write("company = Acme")
    terminal.wait("Contacts 2 records", "José Blanco")
    terminal.press("Enter")
    terminal.wait("space Select", "Name ▲")
    terminal.press("Space", "Down", "Space")
    terminal.wait("2 selected")
    terminal.press("T")
    terminal.wait("Change 2 contacts", "tags+=")
    terminal.write("expo")
    terminal.wait("tags+=expo")
    terminal.press("Enter")
    terminal.wait("Change 2 contacts?")
    terminal.press("Enter")
    terminal.wait("crm contact set", "tags+=expo", DONE, gone=("Change 2 contacts",))
    tagged = ("contact", "list", "--where", "tags = expo")
    assert sorted(found["name"] for found in crm(*tagged)) == ["Ana Ruiz", "José Blanco"]
    terminal.press("u")
    terminal.wait("crm undo", gone=("tags+=expo",))
    assert crm(*tagged) == []
    terminal.press("C-r")
    terminal.wait("crm redo")

    # To another kind of record, and out.
    terminal.press(":")
    terminal.wait("Go to")
    terminal.write("tasks")
    terminal.wait("tasks")
    terminal.press("Enter")
    terminal.wait("Tasks 3 records", "Later")
    terminal.press("q")
    terminal.wait("ended with 0")
    modes = ("alternate_on", "cursor_flag", "mouse_any_flag", "mouse_all_flag", "mouse_sgr_flag")
    assert {name: terminal.mode(name) for name in modes} == dict.fromkeys(modes, "0") | {"cursor_flag": "1"}

    # The store holds what was done, and nothing else.
    assert sorted(found["name"] for found in crm(*tagged)) == ["Ana Ruiz", "José Blanco"]
    ana = crm("contact", "show", "Ana Ruiz")
    assert (ana["title"], ana["department"]) == ("Buyer", "Purchasing")
    assert sorted(ana["tags"]) == ["expo", "key", "vip"]
    bridge, roof = crm("deal", "show", "Bridge"), crm("deal", "show", "Roof")
    assert (bridge["status"], bridge["closed_on"]) == ("won", "2026-06-15")
    assert (roof["status"], roof["lost_reason"]) == ("lost", "Too dear")
    calls = crm("activity", "list", "--where", "type = call")
    assert sorted(found["name"] for found in calls) == ["Agreed on a visit", "Asked about prices"]
    tasks = {found["name"]: found["status"] for found in crm("task", "list")}
    assert (tasks["Call back"], tasks["Send offer"], tasks["Later"]) == ("done", "open", "open")
