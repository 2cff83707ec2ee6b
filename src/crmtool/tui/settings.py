"""What the app is told from outside, and what it remembers between two runs."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Settings:
    """How a person wants the app. ``memory`` is the file of what it remembers, ``log`` that of its errors.

    ``keys`` maps an action's id to keys (``"list.delete": "ctrl+d,delete"``; none: ``""``); without ``single_keys`` no letter or
    sign alone is one. ``cursor`` shows the terminal's own where the focus is. ``aliases`` are command lines by the name that the
    person gave them, among them the saved searches. ``program`` starts ``crm`` anew, on the same workspace as the same person.
    ``lag`` is a file for the longest times that the event loop was held up, written at the end.
    """

    workspace: str
    memory: str
    log: str
    program: tuple[str, ...]
    theme: str = ""
    keys: dict[str, str] = field(default_factory=dict)
    single_keys: bool = True
    animations: bool = True
    cursor: bool = False
    aliases: dict[str, str] = field(default_factory=dict)
    bidi: str = "terminal"
    lag: str = ""


class Memory:
    """A small file of what a person arranged: columns, their widths, recent searches, the theme. A broken one is begun anew."""

    def __init__(self, path: str) -> None:
        self._path = path
        self._values: dict[str, Any] = {}
        try:
            with open(path, encoding="utf-8") as file:
                found = json.load(file)
        except (OSError, ValueError):
            found = None
        if isinstance(found, dict):
            self._values = found

    def get(self, key: str, default: Any = None) -> Any:
        return self._values.get(key, default)

    def keep(self, key: str, value: Any) -> None:
        """Remember a JSON value under ``key``; where the disk takes none, for this run only."""
        if self._values.get(key) == value:
            return
        self._values[key] = value
        from crmtool.store.places import private_directory

        working = f"{self._path}.{os.getpid()}.part"
        try:
            private_directory(os.path.dirname(self._path))
            with open(working, "w", encoding="utf-8", opener=_private) as file:
                json.dump(self._values, file, ensure_ascii=False, indent=1)
            os.replace(working, self._path)
        except OSError:
            return


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)
