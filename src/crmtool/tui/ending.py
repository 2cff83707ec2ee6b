"""How the app ends when it is told to from outside: the terminal is left clean, and what was begun is finished.

A terminal that was closed takes no more output, and the library waits for ever for it to do so. What is stored is whole after
every change set, so that then the process may simply end.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import threading
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from crmtool.tui.app import CrmApp

BY_SIGNAL = 128  # what a shell adds to the number of the signal
GRACE_SECONDS = 5.0


def listen(app: CrmApp) -> None:
    """End the app in order at SIGTERM and an interrupt from elsewhere, and at once when its terminal is closed (SIGHUP)."""
    loop = asyncio.get_running_loop()
    with contextlib.suppress(ValueError, RuntimeError, NotImplementedError):  # not the main thread: a test
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            loop.add_signal_handler(number, _end, app, number)


def _end(app: CrmApp, number: signal.Signals) -> None:
    code = BY_SIGNAL + number
    grace = threading.Timer(0 if number == signal.SIGHUP else GRACE_SECONDS, os._exit, (code,))
    grace.daemon = True
    grace.start()
    app.exit(None, code)
