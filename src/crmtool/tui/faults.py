"""What is shown and written down when something fails; the app goes on.

An error that somebody foresaw is shown with what to do next. Any other is also written to a log file, with its traceback; what it
broke is built anew, and only a fault that comes again and again ends the app, with a sentence and not with a traceback.
"""

from __future__ import annotations

import logging
import os
import time
import traceback
from logging.handlers import RotatingFileHandler
from typing import TYPE_CHECKING

from textual._context import active_message_pump
from textual.css.query import NoMatches
from textual.dom import DOMNode, NoScreen
from textual.screen import ModalScreen

from crmtool.core.messages import t
from crmtool.doors.failures import deliberate
from crmtool.doors.safe import escape
from crmtool.tui.places import HOME

if TYPE_CHECKING:
    from crmtool.tui.app import CrmApp

LOG_BYTES = 1_000_000  # of the log file, of which one older is kept
SHOWN_SECONDS = 8
MOST, WITHIN_SECONDS = 3, 10.0  # so many faults so quickly, and the app gives up


class Faults:
    """The faults of one app. ``unforeseen`` are those that nobody expected, for tests and for a report."""

    def __init__(self, app: CrmApp) -> None:
        self._app = app
        self._recent: list[float] = []
        self.unforeseen: list[BaseException] = []

    def show(self, error: BaseException) -> None:
        """Show ``error`` for a while, and what to do next; one that nobody foresaw goes to the log file with its traceback."""
        foreseen = deliberate(error)
        if foreseen is not None:
            lines = [str(foreseen.message), *([str(foreseen.hint)] if foreseen.hint is not None else [])]
        else:
            self._write(error)
            lines = self._sorry(error)
        text = escape("\n".join(lines), lines=True)
        self._app.notify(text, title=t("Error"), severity="error", timeout=SHOWN_SECONDS, markup=False)

    def recover(self, error: BaseException) -> None:
        """Go on after an error that stopped a widget: leave a question, build a screen anew, go home; end where neither helps."""
        from crmtool.tui.screens.base import Scene

        pump = active_message_pump.get(None)
        if isinstance(pump, DOMNode) and pump is not self._app and self.is_late(error, pump):
            return
        now = time.monotonic()
        self._recent = [*(at for at in self._recent if now - at < WITHIN_SECONDS), now]
        screen = (
            pump.screen if isinstance(pump, DOMNode) and pump is not self._app and pump.is_attached else None
        )
        if isinstance(screen, ModalScreen) and len(self._recent) <= MOST:
            self.show(error)
            self._app.call_later(screen.dismiss, None)
            return
        if not isinstance(screen, Scene) or len(self._recent) > MOST:
            self._write(error)
            self._app.exit(None, 1, "\n".join(map(escape, self._sorry(error))))
            return
        self.show(error)
        place = screen.place if len(self._recent) == 1 else HOME
        self._app.call_later(self._app.replace_scene, screen, place)

    def is_late(self, error: BaseException, node: DOMNode) -> bool:
        """Whether ``error`` is only that ``node`` worked with widgets of a screen that was left meanwhile, as all are when the
        app ends; it is written down.
        """
        stands = self._app.is_running and any(
            above in self._app.screen_stack for above in node.ancestors_with_self
        )
        late = deliberate(error) is None and not stands
        if late and not isinstance(error, NoMatches | NoScreen):
            write(self._app.settings.log, error)
        return late

    def _sorry(self, error: BaseException) -> list[str]:
        what = f"{type(error).__name__}: {error}".split("\n", 1)[0]
        return [
            t("Something went wrong: {what}", what=what),
            t("The details are in {path}.", path=self._app.settings.log),
        ]

    def _write(self, error: BaseException) -> None:
        self.unforeseen.append(error)
        write(self._app.settings.log, error)


def write(path: str, error: BaseException) -> None:
    """Add an error with its traceback to the log file, readable by its owner alone."""
    logger = logging.getLogger(f"crmtool.tui:{path}")
    if not logger.handlers:
        logger.propagate = False
        logger.addHandler(_handler(path))
    logger.error("%s", "".join(traceback.format_exception(error)).rstrip())


def _handler(path: str) -> logging.Handler:
    from crmtool.store.places import private_directory, private_file

    try:
        private_directory(os.path.dirname(path))
        private_file(path)
        made = RotatingFileHandler(
            path, maxBytes=LOG_BYTES, backupCount=1, encoding="utf-8", errors="backslashreplace"
        )
    except OSError:
        return logging.NullHandler()  # a disk that takes nothing must not end the app
    made.setFormatter(logging.Formatter("%(asctime)s %(message)s"))
    return made
