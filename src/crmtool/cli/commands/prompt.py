"""``crm prompt``: what is due, short enough for a shell prompt.

A prompt is drawn before every command a person types, so this takes the quick way past the framework and stays silent
whatever is wrong: without a workspace, with a damaged one, with settings that cannot be read.
"""

from __future__ import annotations

import sys

from crmtool.cli.state import current
from crmtool.core.messages import t, tn

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any


def fast(words: list[str]) -> int | None:
    """``crm prompt`` without options."""
    return None if words else _print(None)


def __getattr__(name: str) -> Any:
    # The framework asks for `command`, and only then is there one to build.
    if name == "command":
        return _framed()
    raise AttributeError(name)


def _framed() -> Callable[[str | None], int]:
    from typing import Annotated

    import typer

    def command(template: str | None = None) -> int:
        return _print(template)

    placeholders = "{overdue}, {today}, {workspace}"
    option = typer.Option(
        "--template", metavar="TEXT", help=t("print this, with {fields} in braces", fields=placeholders)
    )
    command.__annotations__["template"] = Annotated[str | None, option]
    command.help = t(  # type: ignore[attr-defined]
        "Print how many tasks are overdue and due today, for a shell prompt: nothing when none are, and never an error.\n\n"
        "\b\nExamples:\n"
        "  PS1='$(crm prompt) $ '\n"
        "  crm prompt --template '{overdue}!{today}'"
    )
    return command


def _print(template: str | None) -> int:
    parts: list[tuple[bool, str]] | None = None
    if template is not None:
        from crmtool.cli.output.formats import split_template

        parts = split_template(
            template
        )  # a template that cannot be read is a mistake in the command, and is said
    try:
        overdue, today = _due()
    except Exception:
        if current().debug:
            raise
        return 0
    if parts is None:
        text = _sentence(overdue, today)
    else:
        known = {"overdue": str(overdue), "today": str(today), "workspace": current().workspace}
        text = "".join(known.get(part, "") if named else part for named, part in parts)
    if text:
        if parts is not None:
            from crmtool.doors.safe import escape

            text = escape(text)
        sys.stdout.write(text + "\n")
    return 0


def _due() -> tuple[int, int]:
    from crmtool.app.due import due
    from crmtool.cli.session import open_session

    with open_session(read_only=True) as workspace:
        return due(workspace)


def _sentence(overdue: int, today: int) -> str:
    late = tn("{n} overdue", "{n} overdue", overdue) if overdue else ""
    now = tn("{n} today", "{n} today", today) if today else ""
    return t("{overdue}, {today}", overdue=late, today=now) if late and now else late or now
