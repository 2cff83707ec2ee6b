"""A text in the person's own editor: the app steps aside while it runs."""

from __future__ import annotations

import os
import shlex
import subprocess
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from textual.app import SuspendNotSupported

from crmtool.core.errors import CrmError
from crmtool.core.messages import Message
from crmtool.doors.failures import failure

if TYPE_CHECKING:
    from textual.app import App


def edited(app: App[int], text: str, *, suffix: str = ".txt") -> str:
    """``text`` as the person left it in ``VISUAL``, ``EDITOR`` or vi. Raises ``CrmError``; then nothing is lost here."""
    program = os.environ.get("VISUAL") or os.environ.get("EDITOR") or "vi"
    with TemporaryDirectory(prefix="crm-") as folder:
        path = os.path.join(folder, f"text{suffix}")
        with open(path, "w", encoding="utf-8", newline="", opener=_private) as file:
            file.write(text)
        try:
            with app.suspend():
                ended = subprocess.run([*shlex.split(program), path], check=False).returncode
        except SuspendNotSupported:
            raise CrmError(
                Message("An editor cannot be opened from here."),
                Message("Open the app in a terminal of its own, or write in the field."),
                code="editor",
            ) from None
        except (OSError, ValueError) as error:
            raise _failed(program, str(getattr(error, "strerror", None) or error)) from error
        if ended:
            raise _failed(program, str(ended))
        try:
            with open(path, encoding="utf-8", newline="") as file:
                written = file.read()
        except (OSError, ValueError) as error:  # it took the file away, or wrote it in another encoding
            raise _failed(program, str(getattr(error, "strerror", None) or error)) from error
    # Editors end a text with a line feed that nobody typed.
    return written if text.endswith("\n") else written.removesuffix("\n")


def _failed(program: str, reason: str) -> CrmError:
    return failure(
        Message("{program} did not end well: {reason}", program=program, reason=reason),
        Message("Set EDITOR to a program that edits text; the text is as it was."),
        "editor",
    )


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)
