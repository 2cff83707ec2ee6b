"""Manual pages in troff, made from the command tree: ``crm.1``, and ``crm-NAME.1`` for each command with its verbs.

The text is what ``--help`` says, so the pages, the program and docs/commands.md cannot disagree. ``man-pages(7)`` gives the
order of sections.
"""

from __future__ import annotations

from crmtool.cli.frame import Group, RootGroup
from crmtool.cli.table import GLOBAL_OPTIONS, SECTIONS
from crmtool.core import errors
from crmtool.core.messages import N_, t
from crmtool.version import __version__

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

EXIT_CODES: dict[int, str] = {
    errors.EXIT_DONE: N_("done"),
    errors.EXIT_FAILED: N_("failed"),
    errors.EXIT_USAGE: N_("the command line cannot be understood"),
    errors.EXIT_NOT_FOUND: N_("there is no such record, file or workspace"),
    errors.EXIT_AMBIGUOUS: N_("several records answer to a name; the error lists them"),
    errors.EXIT_DENIED: N_("this is not allowed"),
    errors.EXIT_CONFLICT: N_("something changed underneath"),
    errors.EXIT_PARTIAL: N_("some of it could not be done; what, is listed"),
    errors.EXIT_OFFLINE: N_("something needed cannot be reached"),
    errors.EXIT_INTERRUPTED: N_("interrupted"),
}
ENVIRONMENT: dict[str, str] = {
    "CRM_HOME": N_("the folder of everything this program keeps; the XDG folders otherwise"),
    "CRM_WORKSPACE": N_("the workspace to use, as --workspace"),
    "CRM_ACTOR": N_("the user to act as, as --actor"),
    "CRM_LANG": N_("the language of messages"),
    "CRM_NO_INPUT": N_("never ask a question, as --no-input"),
    "CRM_ACCESSIBLE, ACCESSIBLE": N_("plain lines for screen readers, as --accessible"),
    "CRM_FORCE_TTY": N_("print as to a terminal, of that many columns if it is a number"),
    "CRM_PAGER, PAGER": N_("the program that shows long output; “cat” for none"),
    "NO_COLOR, CLICOLOR_FORCE": N_("never, or always, print in bold and colour"),
}
_ABOUT = N_("a CRM that lives in the terminal")


def pages(only: str | None = None) -> Iterator[tuple[str, str]]:
    """(file name, troff) of every page, or of the page of one command; ``""`` is the program's own. An unknown one gives none."""
    program = RootGroup("crm", (), "")
    with program.make_context("crm", ["version"]) as root:
        if only in (None, ""):
            yield "crm.1", _program()
        for section in SECTIONS.values():
            for name in section:
                if only in (None, name):
                    command = program.get_command(root, name)
                    assert command is not None
                    yield f"crm-{name}.1", _command(name, command, root, section[name][2])


def _program() -> str:
    lines = [*_title("CRM"), ".SH NAME", f"crm \\- {_text(t(_ABOUT))}", ".SH SYNOPSIS"]
    lines += [".B crm", f"[{_text('OPTIONS')}] COMMAND ..."]
    lines += [".SH DESCRIPTION"]
    lines += [
        _text(t("A CRM that lives in the terminal. Everything is a command, and everything can be undone.")),
        ".PP",
        _text(t("Each command has a page of its own: {example}", example="man crm-contact")),
    ]
    lines += [".SH COMMANDS"]
    for title, section in SECTIONS.items():
        lines += [".SS " + _text(t(title))]
        for name, (_, _, summary) in section.items():
            lines += _item(f"crm-{name}(1)", t(summary))
    lines += [".SH OPTIONS"]
    for names, about in GLOBAL_OPTIONS:
        lines += _item(names, t(about))
    lines += [".SH EXIT STATUS"]
    for code, meaning in EXIT_CODES.items():
        lines += _item(str(code), t(meaning))
    lines += [".SH ENVIRONMENT"]
    for names, about in ENVIRONMENT.items():
        lines += _item(names, t(about))
    lines += [".SH FILES"]
    lines += _item("$CRM_HOME/config.toml", t("your settings; see {page}", page="crm-config(1)"))
    lines += _item("$CRM_HOME/workspaces/NAME/crm.db", t("a workspace"))
    return "\n".join(lines) + "\n"


def _command(name: str, command: Any, root: Any, summary: str) -> str:
    title = f"crm-{name}"
    context = command.context_class(command, info_name=name, parent=root)
    lines = [*_title(title.upper()), ".SH NAME", f"{title} \\- {_text(t(summary))}", ".SH SYNOPSIS"]
    lines += _usage(command, context)
    lines += [".SH DESCRIPTION", *_paragraphs(command.help)]
    if isinstance(command, Group):
        lines += [".SH COMMANDS"]
        for verb in command.list_commands(context):
            inner = command.get_command(context, verb)
            assert inner is not None
            below = inner.context_class(inner, info_name=verb, parent=context)
            lines += [
                ".SS " + _text(f"crm {name} {verb}"),
                *_usage(inner, below),
                ".PP",
                *_paragraphs(inner.help),
            ]
            lines += _parameters(inner, below)
    else:
        lines += [".SH OPTIONS", *_parameters(command, context)]
    lines += [".SH SEE ALSO", ".BR crm (1)"]
    return "\n".join(lines) + "\n"


def _usage(command: Any, context: Any) -> list[str]:
    arguments = [
        param for param in command.params if param.param_type_name == "argument" and not param.hidden
    ]
    path, *words = command.words(context, arguments)
    return [f".B {_text(path)}", _text(" ".join(words))]


def _paragraphs(text: str | None) -> list[str]:
    """Help as paragraphs; one that begins with a backspace keeps its lines, as the framework has it."""
    lines: list[str] = []
    for paragraph in str(text or "").strip().split("\n\n"):
        if paragraph.startswith("\b\n"):
            kept = paragraph.split("\n")[1:]
            lines += [".nf", *(_text(line, spaces=True) for line in kept), ".fi"]
        else:
            lines.append(_text(paragraph))
        lines.append(".PP")
    return lines[:-1]


def _parameters(command: Any, context: Any) -> list[str]:
    """Arguments and options, each with what it means."""
    lines: list[str] = []
    for param in command.get_params(context):
        if param.param_type_name == "argument":
            lines += _item(str(param.metavar or param.name.upper()), param.help or "")
        elif "--help" not in param.opts and (record := param.get_help_record(context)) is not None:
            lines += _item(record[0], param.help or "")
    return lines


def _title(name: str) -> list[str]:
    return [f'.TH "{_text(name)}" 1 "" "crm {__version__}"', ".nh", ".ad l"]


def _item(label: str, text: str) -> list[str]:
    return [".TP", f".B {_text(label)}", _text(text)]


def _text(text: str, *, spaces: bool = False) -> str:
    """Text as troff prints it: nothing in it is a request or an escape."""
    line = text if spaces else " ".join(text.split())
    line = line.replace("\\", "\\e").replace("-", "\\-").replace("'", "\\(aq").replace("`", "\\(ga")
    if not line.isascii():
        # troff reads bytes unless somebody converts them first; named characters it always knows.
        line = "".join(char if char.isascii() else f"\\[u{ord(char):04X}]" for char in line)
    return f"\\&{line}" if line.startswith((".", "\\(aq")) else line
