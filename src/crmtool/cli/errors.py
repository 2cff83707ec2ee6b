"""The outermost edge: every failure becomes words for a person, an object for a program, and an exit code.

``Error: <what>``, then what to do next, then the code in brackets, all on stderr. With ``--json`` or
``--ndjson`` on the line stderr gets one line ``{"error": {"code", "message", "hint", "data", "exit_code"}}``
instead. A reader that has seen enough (``crm contact list | head``) is no failure: the program ends quietly
with 0, so that scripts under ``pipefail`` work.
"""

from __future__ import annotations

import sys

from crmtool.cli.state import State
from crmtool.core.errors import EXIT_DONE, EXIT_INTERRUPTED, CrmError
from crmtool.core.messages import Message, t
from crmtool.doors.failures import deliberate, failure
from crmtool.doors.safe import escape

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


def report(error: BaseException, state: State) -> int:
    """Say what ``error`` means on stderr and answer the exit code."""
    if isinstance(error, BrokenPipeError):
        return EXIT_DONE
    if state.debug and not isinstance(error, KeyboardInterrupt):
        import traceback

        _say(escape("".join(traceback.format_exception(error)), lines=True).rstrip())
    if isinstance(error, KeyboardInterrupt):
        failed = failure(
            Message("Interrupted."),
            Message("What was done before stands: “crm history” lists it."),
            "interrupted",
            EXIT_INTERRUPTED,
        )
    else:
        failed = deliberate(error) or _unexpected(error, state)
    _say(as_json(failed) if state.json_errors else as_text(failed))
    return failed.exit_code


def as_text(error: CrmError) -> str:
    """The lines a person reads; everything in them is escaped."""
    lines = [t("Error: {message}", message=_shown(error.message))]
    hint, candidates = error.hint, error.data.get("candidates")
    if isinstance(candidates, list):
        lines += [f"  {escape(_candidate(item))}" for item in candidates]
        hint = Message("Say which by its handle.")  # they stand above, a line each
    if hint is not None:
        lines.append(_shown(hint))
    return "\n".join(lines) + f" [{error.code}]"


def as_json(error: CrmError) -> str:
    """The one line a program reads."""
    import json

    body = {
        "code": error.code,
        "message": str(error.message),
        "hint": None if error.hint is None else str(error.hint),
        "data": error.data,
        "exit_code": error.exit_code,
    }
    return json.dumps({"error": body}, default=str)


def _shown(message: Message) -> str:
    # A sentence that is written over several lines keeps them; a value cannot add one.
    return escape(str(message), lines="\n" in message.text)


def _candidate(item: Any) -> str:
    if not isinstance(item, dict) or "id" not in item:
        return str(item)
    from crmtool.core.ids import handle

    return "  ".join(
        str(part)
        for part in (f"@{handle(item['id'])}", item.get("entity"), item.get("name"), item.get("about"))
        if part
    )


def _unexpected(error: BaseException, state: State) -> CrmError:
    hint = (
        None if state.debug else Message("This is a fault in the program. --debug shows where it comes from.")
    )
    what = f"{type(error).__name__}: {error}".split("\n", 1)[0]
    return failure(Message("Something went wrong: {what}", what=what), hint, "internal")


def _say(text: str) -> None:
    try:
        print(text, file=sys.stderr, flush=True)
    except (OSError, ValueError):
        pass  # nobody is left to listen; the exit code still tells
