"""The one place that asks what time it is. Instants are UTC text with milliseconds, so text order is time order."""

from __future__ import annotations

import os
import time

# The second that was asked for last and its text: making that is nine tenths of an instant, and one change asks twice.
_second: tuple[int, str] = (0, "1970-01-01T00:00:00")


def instant(seconds: float) -> str:
    """POSIX ``seconds`` as instant text, ``YYYY-MM-DDTHH:MM:SS.mmmZ``."""
    global _second
    whole, millis = divmod(round(seconds * 1000), 1000)
    known, text = _second
    if known != whole:
        text = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(whole))
        _second = (whole, text)
    return f"{text}.{millis:03d}Z"


def now() -> str:
    """The current instant; ``CRM_NOW`` (instant text) freezes it for tests and reproducible demos."""
    return os.environ.get("CRM_NOW") or instant(time.time())
