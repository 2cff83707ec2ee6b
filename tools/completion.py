"""src/crmtool/cli/completing/specs.py: the command tree as completion needs it, which cannot load the framework to ask.

python tools/completion.py write|check
"""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path
from typing import Any

TARGET = Path(__file__).resolve().parent.parent / "src" / "crmtool" / "cli" / "completing" / "specs.py"

# Words are taken as they are for a person who speaks English; they are translated when they are shown.
os.environ.update(CRM_LANG="en")

HEAD = '''"""The commands and their options, for completion. Generated from the command tree: ``make docs``."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    Spec = tuple[tuple[int, ...], tuple[str, ...]]  # (positions in OPTIONS, names of the arguments; "..." after one that repeats)

# The group of every kind of record that people defined themselves.
ANY_OBJECT = "*"

'''


class Tree:
    """The command tree, flattened."""

    def __init__(self) -> None:
        self.options: dict[tuple[tuple[str, ...], str, str], int] = {}
        self.commands: dict[str, tuple[tuple[int, ...], tuple[str, ...]]] = {}
        self.groups: dict[str, dict[str, str]] = {}

    def read(self) -> None:
        """Walk all commands of the program, and those of an object that somebody might define."""
        from crmtool.cli.frame import Group, RootGroup
        from crmtool.cli.nouns.group import Noun
        from crmtool.cli.table import TABLE
        from crmtool.core.entities import builtin

        program = RootGroup("crm", (), "")
        with program.make_context("crm", ["version"]) as root:
            found: dict[str, Any] = {name: program.get_command(root, name) for name in TABLE}
            found["*"] = Noun(builtin().entity("tag").replace(key="*", own_id="own"))
            for name, command in found.items():
                if isinstance(command, Group):
                    self.groups[name] = dict(command.summaries())
                    for verb in command.list_commands(root):
                        self.add(f"{name} {verb}", command.get_command(root, verb))
                else:
                    self.add(name, command)

    def add(self, path: str, command: Any) -> None:
        """Note one command's options and arguments."""
        arguments, options = [], []
        for param in command.params:
            if param.param_type_name == "argument":
                arguments.append(f"{param.metavar or param.name.upper()}{'...' if param.nargs == -1 else ''}")
            elif not param.hidden and "--help" not in param.opts:
                names = tuple(sorted(param.opts, key=len))
                metavar = "" if param.is_flag or param.count else str(param.metavar or "VALUE")
                key = (names, metavar, str(param.help or ""))
                options.append(self.options.setdefault(key, len(self.options)))
        self.commands[path] = (tuple(options), tuple(arguments))

    def text(self) -> str:
        """The module."""
        out = [HEAD, "# (names, the shortest first; name of the value, empty for a switch; help)\n"]
        out.append("OPTIONS: tuple[tuple[tuple[str, ...], str, str], ...] = (\n")
        out += [f"    {key!r},\n" for key in self.options]
        out.append(")\n\nGROUPS: dict[str, dict[str, str]] = {\n")
        for name, verbs in self.groups.items():
            out.append(f"    {name!r}: {{\n")
            out += [f"        {verb!r}: {about!r},\n" for verb, about in verbs.items()]
            out.append("    },\n")
        out.append("}\n\nCOMMANDS: dict[str, Spec] = {\n")
        out += [f"    {path!r}: {spec!r},\n" for path, spec in self.commands.items()]
        out.append("}\n")
        return formatted("".join(out))


def formatted(text: str) -> str:
    """The text as the project's formatter leaves it."""
    import subprocess

    ruff = Path(sys.executable).parent / "ruff"
    ran = subprocess.run(
        [ruff, "format", "--stdin-filename", str(TARGET), "-"],
        input=text,
        capture_output=True,
        text=True,
        check=True,
    )
    return ran.stdout


def main(words: list[str]) -> int:
    """Do what the one word says; 0 when the module is as it should be."""
    if words not in (["write"], ["check"]):
        print(__doc__, file=sys.stderr)
        return 2
    with tempfile.TemporaryDirectory() as home:
        os.environ["CRM_HOME"] = home
        tree = Tree()
        tree.read()
    if words == ["write"]:
        TARGET.write_text(tree.text(), encoding="utf-8")
    elif not TARGET.exists() or TARGET.read_text(encoding="utf-8") != tree.text():
        print(f"{TARGET.name} is out of date: make docs", file=sys.stderr)
        return 1
    else:
        print(f"{TARGET.name}: up to date")
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
