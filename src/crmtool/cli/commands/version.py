"""``crm version``."""

from __future__ import annotations

from crmtool.version import __version__


def command() -> None:
    print(f"crm {__version__}")
