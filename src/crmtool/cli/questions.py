"""Questions to a person at a terminal. Without one nothing is ever asked: the command shows what it would do and ends with 2."""

from __future__ import annotations

import sys

from crmtool.cli.state import current
from crmtool.core.errors import UsageError
from crmtool.core.messages import Message, t
from crmtool.doors.safe import escape

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


def say(text: str) -> None:
    """One line or more to the person, on stderr, with everything escaped that could act on a terminal."""
    print(escape(text, lines=True), file=sys.stderr)


def ask(question: str, default: str = "") -> str:
    """The answer to a question, or ``default`` for an empty one. Only where ``current().may_prompt``."""
    text = t("{question} [{default}]: ", question=question, default=default) if default else f"{question}: "
    sys.stderr.write(escape(text))
    sys.stderr.flush()
    line = sys.stdin.readline()
    if not line:
        raise KeyboardInterrupt  # the end of the input answers nothing
    return line.strip() or default


def agreed(question: str) -> bool:
    """Whether the person says yes; Enter alone is no."""
    while True:
        word = ask(question, t("no")).casefold()
        if word in ("y", "yes", t("yes").casefold()):
            return True
        if word in ("n", "no", t("no").casefold()):
            return False
        say(t("Write yes or no."))


def confirm(question: str, refusal: Message, *, yes: bool, **data: Any) -> None:
    """Go on if ``--yes`` was given or the person agrees.

    Without a terminal ``UsageError`` with ``refusal``, which says what was not done; a person's no ends as an interruption does.
    """
    if yes:
        return
    if not current().may_prompt:
        raise UsageError(refusal, Message("Nothing was changed. Add --yes to do it."), code="confirm", **data)
    if not agreed(question):
        raise UsageError(
            Message("Nothing was changed."), Message("Run it again when you want it."), code="declined"
        )
