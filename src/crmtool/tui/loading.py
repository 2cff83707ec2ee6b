"""The code of screens that nobody has seen yet, loaded by a thread behind the first one.

The key that leads to a screen then waits for no file: most take 1 to 13 ms of CPU with what they bring along, the duplicates 45,
the board 68 and the import 109.
"""

from __future__ import annotations

import threading
from importlib import import_module
from pkgutil import iter_modules

PACKAGES = ("crmtool.tui.screens", "crmtool.tui.widgets", "crmtool.tui")
LEFT = frozenset({"crmtool.tui.serving"})  # another program, which this one never runs
BREATH_SECONDS = 0.01  # between two modules, for whatever else there is to do


class Loading:
    """Loads what is left of the app, from ``start`` until it is done or ``stop``."""

    def __init__(self) -> None:
        self._ended = threading.Event()

    def start(self) -> None:
        """Begin, in a thread that keeps no program from ending."""
        threading.Thread(target=self._run, name="crm-loading", daemon=True).start()

    def stop(self) -> None:
        """Load nothing more."""
        self._ended.set()

    def _run(self) -> None:
        for name in modules():
            if self._ended.wait(BREATH_SECONDS):
                return
            import_module(name)


def modules() -> list[str]:
    """The names of all modules of the app, screens first."""
    return [
        name
        for package in PACKAGES
        for found in iter_modules(import_module(package).__path__, f"{package}.")
        if not found.ispkg and (name := found.name) not in LEFT
    ]
