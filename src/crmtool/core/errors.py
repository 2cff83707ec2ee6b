"""Every failure the toolkit raises on purpose, with its exit code.

One root, ``CrmError``: what was wrong (``message``), what to do next (``hint``), a stable ``code`` for
programs, and the process exit code a command ends with. Codes and exit codes never vary by language.
"""

from __future__ import annotations

from crmtool.core.messages import Message

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

EXIT_DONE = 0
EXIT_FAILED = 1
EXIT_USAGE = 2
EXIT_NOT_FOUND = 3
EXIT_AMBIGUOUS = 4
EXIT_DENIED = 5
EXIT_CONFLICT = 6
EXIT_PARTIAL = 7
EXIT_OFFLINE = 8
EXIT_INTERRUPTED = 130


class CrmError(Exception):
    """The root of all deliberate errors. ``data`` holds machine-readable details (candidates, field, position)."""

    code = "failed"
    exit_code = EXIT_FAILED

    def __init__(
        self, message: Message, hint: Message | None = None, *, code: str | None = None, **data: Any
    ) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        self.data = data
        if code is not None:
            self.code = code

    def __str__(self) -> str:
        return str(self.message)


class UsageError(CrmError):
    """A command that cannot be understood: unknown noun, field, option value."""

    code, exit_code = "usage", EXIT_USAGE


class ValidationError(UsageError):
    """A value that does not fit its field. ``data['field']`` names it."""

    code = "invalid"


class FilterError(UsageError):
    """A filter that cannot be read. ``data``: ``text``, ``position`` (0-based), ``expected`` (words that would be right)."""

    code = "filter"


class NotFoundError(CrmError):
    """No such record, view, list, workspace or handle."""

    code, exit_code = "not_found", EXIT_NOT_FOUND


class AmbiguousError(CrmError):
    """Several records answer to one reference. ``data['candidates']``: list of ``{"id", "entity", "name"}``."""

    code, exit_code = "ambiguous", EXIT_AMBIGUOUS


class DeniedError(CrmError):
    """The actor may not do or see this."""

    code, exit_code = "denied", EXIT_DENIED


class ConflictError(CrmError):
    """The record changed underneath, or an undo would overwrite a later change."""

    code, exit_code = "conflict", EXIT_CONFLICT


class StoreError(CrmError):
    """The store cannot be used: newer version, not ours, wrong key, full disk, read-only, corrupt."""

    code = "store"
