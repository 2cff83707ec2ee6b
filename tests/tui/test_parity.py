"""Every action of the app has a name, keys that nothing else here has, help, and the ``crm`` command line that does the same."""

from __future__ import annotations

import pkgutil
import re
import shlex
from collections.abc import Callable, Iterator
from importlib import import_module
from pathlib import Path

import pytest
from textual.actions import parse
from textual.binding import Binding
from textual.dom import DOMNode

import crmtool.tui
from crmtool.app.history import works
from crmtool.app.workspace import Workspace
from crmtool.cli import config, main
from crmtool.cli.completing.specs import COMMANDS
from crmtool.cli.state import State, use
from crmtool.core.ids import handle
from crmtool.store.reader import Query
from crmtool.tui.actions import ALL

for module in pkgutil.walk_packages(crmtool.tui.__path__, "crmtool.tui."):
    import_module(module.name)

# Actions without a command line: they move about, choose what a command is then for, or answer a question that one asks. Each was
# looked at: what changes a record or a setting, or leaves the app with something new, has no place here.
MOVING = {
    "app": {"back", "copy_command", "done", "goto", "jump", "keys", "palette", "quit", "stop", "widget_help"},
    "board": {"let_go", "sort"},
    "charts": {"after", "before", "down", "up", "words"},
    "closing": {"known"},
    "column": {"down", "first", "last", "left", "page_down", "page_up", "right", "up"},
    "day": {"week"},
    "dupes": {"later"},
    "effort": {"stop"},
    "reading": {"close"},
    "trash": {"next", "previous"},
    "dialog": {"cancel", "down", "no", "page_down", "page_up", "up", "yes"},
    "difference": {"both", "mine", "theirs"},
    "done": {"copy", "copy_all"},
    "figures": {"down", "left", "right", "up"},
    "find": {"down", "up"},
    "form": {"help", "leave", "quit"},
    "goto": {"complete", "newer", "next", "older", "previous"},
    "grid": {"choose", "choose_all", "choose_down", "choose_up", "clear", "down", "first", "invert", "last", "left", "open",
             "page_down", "page_up", "right", "up"},
    "columns": {"down", "earlier", "keep", "later", "up"},
    "completing": {"down", "leave", "take", "up"},
    "list": {"column_left", "column_right", "columns", "narrower", "sort", "sort_also", "stop", "wider"},
    "many": {"down", "more", "up"},
    "pane": {"down", "first", "last", "up"},
    "record": {"copy", "fold"},
    "reference": {"close", "down", "up"},
    "search": {"down", "mode", "page_down", "page_up", "up"},
    "week": {"after", "before"},
}  # fmt: skip

# What stands for the parts of a pattern when it is run.
SAMPLES = {
    "noun": "contact",
    "values": "description=tried",
    "filter": "name~a",
    "text": "ana",
    "name": "Tried",
    "stage": "Negotiation",
    "reason": "price",
    "theme": "contrast",
    "line": "'find ana'",
    "command": "crm today",
    "day": "tomorrow",
    "user": "me",
    "priority": "high",
    "rule": "weekly",
    "other": "'José Blanco'",
    "tag": "tried",
    "list": "Fair",
    "path": "offer.txt",
    "document": "offer.txt",
    "folder": "out",
    "file": "people.csv",
    "map": "tried",
    "p": "0.99",
}
OF_PATTERN = {  # where one needs samples of its own
    "crm list add {list} {record}": {"list": "Fair", "record": "ana@acme.es"},
    "crm list remove {list} {record}": {"list": "Fair", "record": "ana@acme.es"},
    "crm export {noun} --to {file}": {"file": "-"},
    "crm task list --where {filter}": {"filter": "status=open"},
    "crm contact convert {record}": {"record": "'José Blanco'"},
    "crm pipeline show {name}": {"name": "Sales"},
    "crm pipeline show --where {filter}": {"filter": "amount>1"},
}
BEFORE = {  # what makes a pattern possible
    "crm redo": "crm undo --yes",
    "crm redo {handle}": "crm undo --yes",
    "crm unmerge {record}": "crm merge {record} {other}",
    "crm {noun} restore {record}": "crm {noun} rm {record}",
    "crm {noun} unlink {record} contact={other}": "crm {noun} link {record} contact={other}",
    "crm file extract {document} --to {folder}": "crm file add {path}",
}
ASKS = {
    "crm undo",
    "crm redo",
    "crm undo {handle}",
    "crm redo {handle}",
    "crm purge {record}",
}  # what a person is asked about in the command line, and is not in the app
MORE = {"crm import": " people.csv --plan"}  # what the screen of that name asks for
ANSWERS = {"crm import {file} --resume": 3}  # none was interrupted here
PATTERNS = sorted({action.command for action in ALL.values() if action.command})


@pytest.fixture
def crm(home: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[str], int]]:
    """Runs a command line in this process, and answers its exit code."""
    monkeypatch.setenv("CRM_NO_INPUT", "1")
    monkeypatch.setenv("EDITOR", "true")
    monkeypatch.chdir(home)
    (home / "people.csv").write_text("Name,Email\nNew Person,new@person.example\n")
    (home / "offer.txt").write_text("ours")
    monkeypatch.delenv("VISUAL", raising=False)
    config.forget()
    use(State())
    yield lambda line: main.run(shlex.split(line)[1:])
    config.forget()
    use(State())


def path_of(pattern: str) -> str:
    """The command that a pattern names, without what it is given."""
    words = pattern.replace("{noun}", SAMPLES["noun"]).split()[1:]
    known = {*COMMANDS, *(path.partition(" ")[0] for path in COMMANDS)}  # a group may do something by itself
    return next((path for path in (" ".join(words[:n]) for n in (3, 2, 1)) if path in known), "")


def filled(pattern: str, workspace: Workspace) -> str:
    """A pattern as a command line of the sample."""
    line = pattern
    for name, value in {**SAMPLES, **OF_PATTERN.get(pattern, {})}.items():
        line = line.replace(f"{{{name}}}", value)
    if "{record}" in line:
        noun = line.split()[1]
        entity = noun if noun in workspace.registry.entities else SAMPLES["noun"]
        record = next(iter(workspace.query(Query(entity, limit=1))))
        line = line.replace("{record}", f"@{handle(str(record['id']))}")
    if "{handle}" in line:
        line = line.replace("{handle}", handle(next(works(workspace)).handle))
    return line


def declared() -> Iterator[tuple[type[DOMNode], Binding]]:
    """Every binding of ours with the class that declares it."""
    seen: set[type[DOMNode]] = set()
    left: list[type[DOMNode]] = [DOMNode]
    while left:
        found = left.pop()
        left += [kind for kind in found.__subclasses__() if kind not in seen]
        seen.add(found)
        if found.__module__.startswith("crmtool.tui."):
            yield from (
                (found, bound) for bound in vars(found).get("BINDINGS", ()) if isinstance(bound, Binding)
            )


def test_an_action_has_a_name_of_its_own_and_help() -> None:
    assert len(ALL) > 50
    for name, action in ALL.items():
        assert name == action.id
        assert re.fullmatch(r"[a-z]+\.[a-z_]+", name), name
        assert action.label, name
        assert action.help.endswith("."), name


def test_an_action_can_be_done_where_its_key_is() -> None:
    """Every binding is a declared action, and its class has the method."""
    met = set()
    for kind, bound in declared():
        assert bound.id in ALL, f"{kind.__name__}: {bound.key} is no declared action"
        met.add(bound.id)
        _, name, _ = parse(bound.action)
        assert hasattr(kind, f"action_{name}"), f"{kind.__name__}.action_{name}"
    assert met == set(ALL)


def test_what_has_no_command_line_moves_about() -> None:
    without = {name for name, action in ALL.items() if not action.command}
    reviewed = {f"{place}.{verb}" for place, verbs in MOVING.items() for verb in verbs}
    assert without == reviewed


@pytest.mark.parametrize("pattern", PATTERNS)
def test_the_command_line_of_an_action_is_there_and_runs(
    pattern: str,
    crm: Callable[[str], int],
    opener: Callable[[bool], Workspace],
    capsys: pytest.CaptureFixture[str],
) -> None:
    if pattern != "{command}":
        assert path_of(pattern), f"no such command: {pattern}"
    with opener(True) as workspace:
        line, before = filled(pattern, workspace), filled(BEFORE.get(pattern, ""), workspace)
    assert not set("{}") & set(line), f"no sample for {line}"
    if before:
        assert crm(before) == 0
    if "{handle}" in pattern:  # that of what was done last
        with opener(True) as workspace:
            line = filled(pattern, workspace)
    if pattern in ASKS:
        line += " --yes"
    line += MORE.get(pattern, "")
    assert crm(line) == ANSWERS.get(pattern, 0), capsys.readouterr().err
