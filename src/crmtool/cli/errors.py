"""The outermost edge: every failure becomes words for a person, an object for a program, and an exit code.

``Error: <what>``, then what to do next, then the code in brackets, all on stderr. With ``--json`` or
``--ndjson`` on the line stderr gets one line ``{"error": {"code", "message", "hint", "data", "exit_code"}}``
instead. A reader that has seen enough (``crm contact list | head``) is no failure: the program ends quietly
with 0, so that scripts under ``pipefail`` work.
"""

from __future__ import annotations

import errno
import sys

from crmtool.cli.safe import escape
from crmtool.cli.state import State
from crmtool.core.errors import EXIT_DONE, EXIT_FAILED, EXIT_INTERRUPTED, EXIT_USAGE, CrmError
from crmtool.core.messages import Message, t

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_DISK_FULL = (errno.ENOSPC, errno.EDQUOT)
_NOT_ALLOWED = (errno.EACCES, errno.EPERM)


def report(error: BaseException, state: State) -> int:
    """Say what ``error`` means on stderr and answer the exit code."""
    if isinstance(error, BrokenPipeError):
        return EXIT_DONE
    if state.debug and not isinstance(error, KeyboardInterrupt):
        import traceback

        _say(escape("".join(traceback.format_exception(error)), lines=True).rstrip())
    if isinstance(error, KeyboardInterrupt):
        failure = _failure(
            Message("Interrupted."),
            Message("What was done before stands: “crm history” lists it."),
            "interrupted",
            EXIT_INTERRUPTED,
        )
    else:
        failure = deliberate(error) or _unexpected(error, state)
    _say(as_json(failure) if state.json_errors else as_text(failure))
    return failure.exit_code


def deliberate(error: BaseException) -> CrmError | None:
    """``error`` as one of ours; ``None`` when nobody foresaw it."""
    if isinstance(error, CrmError):
        return error
    if isinstance(error, MemoryError):
        return _failure(
            Message("There is not enough memory."),
            Message("Close other programs, or work on fewer records at a time."),
            "memory",
        )
    if isinstance(error, UnicodeDecodeError):
        return _failure(
            Message("The input is not valid UTF-8 at byte {position}.", position=error.start),
            Message("Save it as UTF-8 and try again."),
            "encoding",
        )
    if isinstance(error, UnicodeEncodeError) and error.reason == "surrogates not allowed":
        # What was typed, or a file's name, is bytes that no text is written with.
        return _failure(
            Message("The text is not valid Unicode."),
            Message("Type it again, or save the file as UTF-8."),
            "encoding",
            EXIT_USAGE,
        )
    if isinstance(error, RecursionError):
        return _failure(
            Message("The input is nested too deeply."),
            Message("Write it with fewer parentheses or levels."),
            "nesting",
        )
    if isinstance(error, OSError) and error.errno is not None:
        return _of_the_system(error)
    return None


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


def _of_the_system(error: OSError) -> CrmError:
    path = error.filename if isinstance(error.filename, str) else None
    if error.errno in _DISK_FULL:
        return _failure(
            Message("The disk is full."), Message("Free some space and run the command again."), "disk_full"
        )
    if error.errno == errno.EROFS:
        return _failure(
            Message("The disk can only be read: {path}", path=path or "-"),
            Message("Choose a place that can be written, with CRM_HOME."),
            "read_only",
        )
    if error.errno in _NOT_ALLOWED and path:
        return _failure(
            Message("You may not read or write {path}.", path=path),
            Message("Look at its owner and permissions with: ls -l"),
            "permission",
        )
    if error.errno == errno.ENOENT and path:
        return _failure(
            Message("There is no file or folder {path}.", path=path),
            Message("Look at the spelling, and from which folder you say it."),
            "no_file",
        )
    if error.errno == errno.EISDIR and path:
        return _failure(
            Message("{path} is a folder, not a file.", path=path), Message("Name a file in it."), "folder"
        )
    reason = error.strerror or str(error)
    if path:
        return _failure(
            Message("{path}: {reason}.", path=path, reason=reason),
            Message("Look at the path, its owner and permissions."),
            "system",
        )
    return _failure(
        Message("The system says: {reason}.", reason=reason),
        Message("--debug shows where it comes from."),
        "system",
    )


def _unexpected(error: BaseException, state: State) -> CrmError:
    hint = (
        None if state.debug else Message("This is a fault in the program. --debug shows where it comes from.")
    )
    what = f"{type(error).__name__}: {error}".split("\n", 1)[0]
    return _failure(Message("Something went wrong: {what}", what=what), hint, "internal")


def _failure(message: Message, hint: Message | None, code: str, exit_code: int = EXIT_FAILED) -> CrmError:
    error = CrmError(message, hint, code=code)
    error.exit_code = exit_code
    return error


def _say(text: str) -> None:
    try:
        print(text, file=sys.stderr, flush=True)
    except (OSError, ValueError):
        pass  # nobody is left to listen; the exit code still tells
