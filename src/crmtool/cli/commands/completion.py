"""``crm completion``: the script that a shell loads; and ``crm __complete``, which the script asks."""

from __future__ import annotations

import sys

from crmtool.cli.completing.shells import SCRIPTS, Typed, reply, unquoted
from crmtool.cli.state import current
from crmtool.core.errors import UsageError
from crmtool.core.messages import Message, t

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any


def complete(words: list[str]) -> int:
    """``crm __complete SHELL -- WORDS`` (for bash: LINE BREAKS): print candidates, never an error: a key was pressed."""
    debug = current().debug
    try:
        shell, _, *rest = words
        sys.stdout.write(_answer(shell, rest))
    except Exception:
        if debug:
            raise
    return 0


def _answer(shell: str, rest: list[str]) -> str:
    from crmtool.cli.completing.engine import complete as candidates

    if shell != "bash":
        return reply(candidates([*rest[:-1], unquoted(rest[-1])] if rest else [""]), shell)
    line, breaks = rest
    typed = Typed(line, breaks)
    return reply(candidates(typed.words[1:]), shell, typed=typed)


def __getattr__(name: str) -> Any:
    # The framework asks for `command`, and only then is there one to build.
    if name == "command":
        return _framed()
    raise AttributeError(name)


def _framed() -> Callable[[str], None]:
    from typing import Annotated

    import typer

    def command(shell: str) -> None:
        if shell not in SCRIPTS:
            raise UsageError(
                Message("There is no completion for “{shell}”.", shell=shell),
                Message("Choices: {choices}.", choices=", ".join(SCRIPTS)),
            )
        sys.stdout.write(SCRIPTS[shell])

    command.__annotations__["shell"] = Annotated[
        str, typer.Argument(metavar="SHELL", help=t("bash, zsh or fish."))
    ]
    command.help = t(  # type: ignore[attr-defined]
        "Print the completion script of a shell. It says in its first line how to load it.\n\n"
        "\b\nExamples:\n"
        "  source <(crm completion bash)\n"
        "  crm completion fish > ~/.config/fish/completions/crm.fish"
    )
    return command
