"""What the system says when something fails, as errors of ours: what was wrong, and what to do next."""

from __future__ import annotations

import errno

from crmtool.core.errors import EXIT_FAILED, EXIT_USAGE, CrmError
from crmtool.core.messages import Message

_DISK_FULL = (errno.ENOSPC, errno.EDQUOT)
_NOT_ALLOWED = (errno.EACCES, errno.EPERM)


def deliberate(error: BaseException) -> CrmError | None:
    """``error`` as one of ours; ``None`` when nobody foresaw it."""
    if isinstance(error, CrmError):
        return error
    if isinstance(error, MemoryError):
        return failure(
            Message("There is not enough memory."),
            Message("Close other programs, or work on fewer records at a time."),
            "memory",
        )
    if isinstance(error, UnicodeDecodeError):
        return failure(
            Message("The input is not valid UTF-8 at byte {position}.", position=error.start),
            Message("Save it as UTF-8 and try again."),
            "encoding",
        )
    if isinstance(error, UnicodeEncodeError) and error.reason == "surrogates not allowed":
        # What was typed, or a file's name, is bytes that no text is written with.
        return failure(
            Message("The text is not valid Unicode."),
            Message("Type it again, or save the file as UTF-8."),
            "encoding",
            EXIT_USAGE,
        )
    if isinstance(error, RecursionError):
        return failure(
            Message("The input is nested too deeply."),
            Message("Write it with fewer parentheses or levels."),
            "nesting",
        )
    if isinstance(error, OSError) and error.errno is not None:
        return _of_the_system(error)
    return None


def failure(message: Message, hint: Message | None, code: str, exit_code: int = EXIT_FAILED) -> CrmError:
    """An error of ours about something that is not ours."""
    error = CrmError(message, hint, code=code)
    error.exit_code = exit_code
    return error


def _of_the_system(error: OSError) -> CrmError:
    path = error.filename if isinstance(error.filename, str) else None
    if error.errno in _DISK_FULL:
        return failure(
            Message("The disk is full."), Message("Free some space and run the command again."), "disk_full"
        )
    if error.errno == errno.EROFS:
        return failure(
            Message("The disk can only be read: {path}", path=path or "-"),
            Message("Choose a place that can be written, with CRM_HOME."),
            "read_only",
        )
    if error.errno in _NOT_ALLOWED and path:
        return failure(
            Message("You may not read or write {path}.", path=path),
            Message("Look at its owner and permissions with: ls -l"),
            "permission",
        )
    if error.errno == errno.ENOENT and path:
        return failure(
            Message("There is no file or folder {path}.", path=path),
            Message("Look at the spelling, and from which folder you say it."),
            "no_file",
        )
    if error.errno == errno.EISDIR and path:
        return failure(
            Message("{path} is a folder, not a file.", path=path), Message("Name a file in it."), "folder"
        )
    reason = error.strerror or str(error)
    if path:
        return failure(
            Message("{path}: {reason}.", path=path, reason=reason),
            Message("Look at the path, its owner and permissions."),
            "system",
        )
    return failure(
        Message("The system says: {reason}.", reason=reason),
        Message("--debug shows where it comes from."),
        "system",
    )
