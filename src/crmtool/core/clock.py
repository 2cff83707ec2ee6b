"""The one place that asks what time it is. Instants are UTC text with milliseconds, so text order is time order."""

from __future__ import annotations

import os
import time


def instant(seconds: float) -> str:
    """POSIX ``seconds`` as instant text, ``YYYY-MM-DDTHH:MM:SS.mmmZ``."""
    millis = round(seconds * 1000)
    return f"{time.strftime('%Y-%m-%dT%H:%M:%S', time.gmtime(millis // 1000))}.{millis % 1000:03d}Z"


def now() -> str:
    """The current instant; ``CRM_NOW`` (instant text) freezes it for tests and reproducible demos."""
    return os.environ.get("CRM_NOW") or instant(time.time())
