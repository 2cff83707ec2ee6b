"""The terminal that the app draws on, whatever is redirected."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from textual.driver import Driver


def drawing_on_terminal(driver: type[Driver]) -> type[Driver]:
    """``driver``, drawing on the output where the error stream is no terminal, as in ``crm 2>file``."""
    if sys.__stderr__ is None or sys.__stdout__ is None:
        return driver
    if sys.__stderr__.isatty() or not sys.__stdout__.isatty():
        return driver

    class OnOutput(driver):  # type: ignore[misc, valid-type]
        def __init__(self, *given: Any, **options: Any) -> None:
            super().__init__(*given, **options)
            self._file = sys.__stdout__

    return OnOutput
