"""The root's help: the static table, printed without importing a single command."""

from __future__ import annotations

from crmtool.cli.table import GLOBAL_OPTIONS, SECTIONS
from crmtool.core.messages import t

_GAP = 2


def root_help() -> str:
    """What ``crm --help`` prints, ending with a line end."""
    lines = [
        t("Usage: {usage}", usage="crm [OPTIONS] COMMAND ..."),
        "",
        t("A CRM that lives in the terminal. Everything is a command, and everything can be undone."),
    ]
    names = [name for section in SECTIONS.values() for name in section]
    width = max(len(name) for name in names) + _GAP
    for title, section in SECTIONS.items():
        lines += ["", t(title)]
        lines += [f"  {name:<{width}}{t(summary)}" for name, (_, _, summary) in section.items()]
    width = max(len(name) for name, _ in GLOBAL_OPTIONS) + _GAP
    lines += ["", t("Options, anywhere on the line")]
    lines += [f"  {name:<{width}}{t(summary)}" for name, summary in GLOBAL_OPTIONS]
    lines += ["", t("More about one of them: {example}", example="crm contact --help")]
    return "\n".join(lines) + "\n"


def with_examples(text: str, *lines: str) -> str:
    """A help text with examples behind it; commands are neither translated nor folded."""
    if not lines:
        return text
    # "\b" tells the framework to leave the lines of a paragraph as they are.
    return "\n".join([text, "", "\b", t("Examples:"), *(f"  {line}" for line in lines)])
