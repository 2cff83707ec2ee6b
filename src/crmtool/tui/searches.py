"""Searches that a person made lately, and those saved under a name.

A saved search is an alias of the settings, ``find TEXT``, so that ``crm NAME`` prints in a shell what the app shows.
"""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING, NamedTuple

from crmtool.core.tokens import fold

if TYPE_CHECKING:
    from collections.abc import Mapping

    from crmtool.tui.settings import Memory

RECENT, MOST_RECENT = "searches", 30
_ENTITY = "--entity"


class Saved(NamedTuple):
    """What is looked for, among records of ``entity`` or all (empty)."""

    text: str
    entity: str = ""

    def words(self) -> list[str]:
        """The command line that finds it."""
        return ["find", self.text, *((_ENTITY, self.entity) if self.entity else ())]


def saved(aliases: Mapping[str, str]) -> dict[str, Saved]:
    """The aliases that are searches, by name."""
    return {name: search for name, line in aliases.items() if (search := _search(line)) is not None}


def _search(line: str) -> Saved | None:
    try:
        words = shlex.split(line)
    except ValueError:
        return None
    if words[:1] != ["find"] or len(words) < 2:
        return None
    entity = ""
    if len(words) > 3 and words[-2] == _ENTITY:
        *words, _, entity = words
    text = words[1:]
    return None if any(word.startswith("-") for word in text) else Saved(" ".join(text), entity)


def recent(memory: Memory) -> list[str]:
    """What was looked for lately, the newest first."""
    held = memory.get(RECENT, [])
    return [text for text in held if isinstance(text, str)] if isinstance(held, list) else []


def remember(memory: Memory, text: str) -> None:
    """Put a search before the others."""
    text = text.strip()
    if text:
        others = [other for other in recent(memory) if fold(other) != fold(text)]
        memory.keep(RECENT, [text, *others][:MOST_RECENT])


def name_of(text: str) -> str:
    """A name for a search that is none of its own yet: its words with hyphens, as commands are written."""
    return "-".join("".join(char if char.isalnum() else " " for char in fold(text)).split())
