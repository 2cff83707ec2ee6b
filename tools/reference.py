"""docs/commands.md: what every command's ``--help`` says, so that the page and the program cannot disagree.

    python tools/reference.py write|check

A verb that reads the same for several nouns is printed once, under the first of them; so are the options that every
command of a kind has.
"""

from __future__ import annotations

import os
import re
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

PAGE = Path(__file__).resolve().parent.parent / "docs" / "commands.md"

# Help is folded to the terminal and worded in the person's language: both are fixed before anything is loaded.
os.environ.update(COLUMNS="100", CRM_LANG="en")


def page() -> str:
    """The whole page."""
    with tempfile.TemporaryDirectory() as home:
        os.environ["CRM_HOME"] = home
        return "\n".join(_lines()) + "\n"


def _lines() -> Iterator[str]:
    from crmtool.cli.frame import Group, RootGroup
    from crmtool.cli.help import root_help
    from crmtool.cli.table import SECTIONS

    yield "# Commands\n\nThis page is generated from the program: `make docs`.\n"
    yield from _fenced(root_help())
    yield from _output_options()
    program = RootGroup("crm", (), "")
    with program.make_context("crm", ["version"]) as root:
        told: dict[str, str] = {}
        for title, section in SECTIONS.items():
            yield f"## {title}\n"
            for name in section:
                command = program.get_command(root, name)
                assert command is not None
                context = command.context_class(command, info_name=name, parent=root)
                yield f"### crm {name}\n"
                yield from _fenced(command.get_help(context))
                if isinstance(command, Group):
                    yield from _verbs(name, command, context, told)


def _verbs(noun: str, group: object, context: object, told: dict[str, str]) -> Iterator[str]:
    elsewhere: dict[str, list[str]] = {}
    for verb in group.list_commands(context):  # type: ignore[attr-defined]
        command = group.get_command(context, verb)  # type: ignore[attr-defined]
        text = command.get_help(command.context_class(command, info_name=verb, parent=context))
        # Compared without its line ends: a longer noun folds the same sentence elsewhere.
        shape = " ".join(re.sub(rf"\b{noun}(s|es)?\b", "NOUN", text).split())
        if shape in told:
            elsewhere.setdefault(told[shape], []).append(verb)
            continue
        told[shape] = noun
        yield f"#### crm {noun} {verb}\n"
        yield from _fenced(text)
    for other, verbs in elsewhere.items():
        yield f"As under `crm {other}`: {', '.join(f'`{verb}`' for verb in verbs)}.\n"


def _output_options() -> Iterator[str]:
    """What every command that prints records can be told about how; left out of their own help below."""
    from crmtool.cli.frame import RootGroup

    program = RootGroup("crm", (), "")
    with program.make_context("crm", ["version"]) as root:
        command = program.get_command(root, "find")
        assert command is not None
        text = command.get_help(command.context_class(command, info_name="find", parent=root))
    lines = _shared_part(text.splitlines())
    assert lines is not None
    first, last = lines
    yield "## The output options\n\nEvery command that prints records has these. Below they are one line.\n"
    yield f"```text\n{chr(10).join(text.splitlines()[first:last])}\n```\n"


def _shared_part(lines: list[str]) -> tuple[int, int] | None:
    """Where in a help text the output options stand: (first line, line behind the last)."""
    first = next((at for at, line in enumerate(lines) if re.match(r"  --json +print JSON$", line)), None)
    last = next(
        (at for at, line in enumerate(lines) if re.match(r"  --output FILE +write to this file$", line)), None
    )
    return None if first is None or last is None else (first, last + 1)


def _fenced(text: str) -> Iterator[str]:
    lines = text.rstrip().splitlines()
    shared = _shared_part(lines)
    if shared is not None:
        lines[shared[0] : shared[1]] = ["  (and the output options)"]
    yield "```text\n" + "\n".join(lines) + "\n```\n"


def main(words: list[str]) -> int:
    """Do what the one word says; 0 when the page is as it should be."""
    if words == ["write"]:
        PAGE.parent.mkdir(exist_ok=True)
        PAGE.write_text(page(), encoding="utf-8")
    elif words == ["check"]:
        if not PAGE.exists() or PAGE.read_text(encoding="utf-8") != page():
            print("docs/commands.md is out of date: make docs", file=sys.stderr)
            return 1
        print("docs/commands.md: up to date")
    else:
        print(__doc__, file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
