"""Handing something to the program that the desktop has for it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys

from crmtool.core.errors import CrmError
from crmtool.core.messages import Message

_OPENERS = ("xdg-open", "open")
_PATIENCE = 3.0  # seconds in which an opener that has nothing to open with says so


def launched(target: str) -> bool:
    """Hand a URL or the path of a file to the desktop; ``False`` when there is none, so that it is printed instead."""
    if sys.platform != "darwin" and not (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")):
        return False
    program = next((found for name in _OPENERS if (found := shutil.which(name))), None)
    if program is None:
        return False
    try:
        opening = subprocess.Popen(
            [program, target],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
    except OSError as error:
        raise CrmError(
            Message(
                "{program} could not be started: {reason}",
                program=program,
                reason=error.strerror or str(error),
            ),
            Message("Use --print to see the address."),
            code="opener",
        ) from error
    try:
        return opening.wait(_PATIENCE) == 0
    except subprocess.TimeoutExpired:
        return True  # some openers stay until the window is closed
