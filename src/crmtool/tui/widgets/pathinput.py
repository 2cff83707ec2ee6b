"""A line for the paths of files, which completes their names."""

from __future__ import annotations

import asyncio
import os
import shlex

from textual.suggester import Suggester
from textual.widgets import Input

from crmtool.core.messages import t


class Paths(Suggester):
    """Completes the last path of a line. Folders are read in a thread: one may lie on a disk that is slow or gone."""

    def __init__(self) -> None:
        super().__init__(use_cache=False, case_sensitive=True)

    async def get_suggestion(self, value: str) -> str | None:
        return await asyncio.to_thread(completed, value)


def completed(line: str) -> str | None:
    """The line with its last path completed as far as one name does; ``None`` for nothing to add."""
    start = max(line.rfind(" "), 0)
    while start and line[start - 1] == "\\":
        start = max(line.rfind(" ", 0, start), 0)
    word = line[start:].lstrip()
    if not word or word[0] in "'\"":
        return None
    folder, name = os.path.split(word.replace("\\ ", " "))
    try:
        with os.scandir(os.path.expanduser(folder) or ".") as entries:
            found = sorted(
                entry.name + ("/" if entry.is_dir() else "")
                for entry in entries
                if entry.name.startswith(name) and (name or not entry.name.startswith("."))
            )
    except OSError:
        return None
    if not found or found[0] == name:
        return None
    rest = found[0][len(name) :]
    return line + (rest if shlex.quote(rest) == rest else rest.replace(" ", "\\ "))


class PathInput(Input):
    """Several paths, separated by blanks."""

    def __init__(self, value: str = "") -> None:
        super().__init__(
            value, placeholder=t("Files or folders: type, paste or drop them here"), suggester=Paths()
        )
