"""Where a person is in the app, as a value: what the back key returns to, ``:`` goes to, and ``crm`` prints the same of.

Every place names its screen, loaded when somebody first goes there, and the command line that shows the same.
"""

from __future__ import annotations

import shlex
from importlib import import_module
from typing import TYPE_CHECKING, NamedTuple

from crmtool.core.ids import handle

if TYPE_CHECKING:
    from crmtool.tui.screens.base import Scene

# kind of place -> (module, class) of its screen
SCREENS: dict[str, tuple[str, str]] = {
    "home": ("crmtool.tui.screens.home", "Home"),
    "list": ("crmtool.tui.screens.listing", "Listing"),
    "record": ("crmtool.tui.screens.record", "RecordScene"),
    "record_history": ("crmtool.tui.screens.record_history", "RecordHistory"),
    "form": ("crmtool.tui.screens.form", "at_place"),
    "search": ("crmtool.tui.screens.search", "Search"),
    "run": ("crmtool.tui.screens.output", "Output"),
    "done": ("crmtool.tui.screens.commands", "Commands"),
    "agenda": ("crmtool.tui.screens.agenda", "AgendaScene"),
    "board": ("crmtool.tui.screens.board", "Board"),
    "trash": ("crmtool.tui.screens.trash", "Trash"),
    "history": ("crmtool.tui.screens.history", "History"),
    "import": ("crmtool.tui.screens.importing", "ImportScene"),
    "dupes": ("crmtool.tui.screens.dupes", "Dupes"),
    "work": ("crmtool.tui.screens.work", "WorkScene"),
}


class Place(NamedTuple):
    """``kind`` is one of ``SCREENS``. Of a list: ``entity``, ``filter``, ``sort``, ``view``, ``on`` (a static list).
    Of a record: ``entity`` and ``record`` (its id). ``text`` is what a search looks for (among records of ``entity``, if it has
    one), the pipeline of a board (with a ``filter``), or the command line that is run.
    """

    kind: str
    entity: str = ""
    record: str = ""
    filter: str = ""
    sort: str = ""
    view: str = ""
    on: str = ""
    text: str = ""

    def screen(self) -> Scene:
        """A new screen of this place."""
        module, name = SCREENS[self.kind]
        made: Scene = getattr(import_module(module), name)(self)
        return made

    def words(self) -> list[str]:
        """The command line that shows the same, without the program's name."""
        if self.kind == "list":
            words = [self.entity, "list", *([self.filter] if self.filter else [])]
            for option, value in (("--sort", self.sort), ("--view", self.view), ("--list", self.on)):
                if value:
                    words += [f"{option}={value}"]
            return words
        if self.kind == "form":
            return [self.entity, *(["edit", f"@{handle(self.record)}"] if self.record else ["add"])]
        if self.kind == "record_history":
            return [self.entity, "history", f"@{handle(self.record)}"]
        if self.kind == "record":
            return [self.entity, "show", f"@{handle(self.record)}"]
        if self.kind == "board":
            where = [f"--where={self.filter}"] if self.filter else []
            return ["pipeline", "show", *([self.text] if self.text else []), *where]
        if self.kind == "search":
            return [
                "find",
                *([self.text] if self.text else []),
                *(["--entity", self.entity] if self.entity else []),
            ]
        if self.kind == "agenda":
            return ["task", "list", "status = open", "--sort=due_on"]
        if self.kind == "work":
            return ["undo", self.text, "--dry-run"]
        if self.kind == "import":
            return ["import", *_split(self.text), *(["--plan"] if self.text else [])]
        if self.kind == "run":
            return _split(self.text)
        return {"home": ["today"], "done": ["history"], "history": ["history"]}.get(
            self.kind, [self.kind, *([self.text] if self.text else [])]
        )


HOME = Place("home")


def _split(line: str) -> list[str]:
    try:
        return shlex.split(line)
    except ValueError:  # a quotation mark that is not closed; whoever runs it is told
        return [line]


def command_line(words: list[str]) -> str:
    """Words as a shell takes them, with the program's name."""
    return shlex.join(["crm", *words])
