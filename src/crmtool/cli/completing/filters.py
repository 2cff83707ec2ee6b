"""Completion inside a filter: fields, then the values of the field that was compared, then the words that join conditions."""

from __future__ import annotations

import re

from crmtool.doors.candidates import starting

TYPE_CHECKING = False
if TYPE_CHECKING:
    from crmtool.cli.completing.live import Live
    from crmtool.core.fields import Field
    from crmtool.core.registry import Entity

    Candidate = tuple[str, str]

_JOINING = ("and", "or", "not")
_CONDITION = re.compile(r"([\w.]+)\s*(=|!=|<=|>=|<|>|~|!~|\bhas\b|\bin\b)\s*$")
_PIECE = re.compile(r"[^\s()=<>~!,]*$")


def filter_words(live: Live, text: str, before: list[str]) -> list[Candidate]:
    """How the last piece of a filter may go on; the candidates hold the whole word, of which the rest stays as typed."""
    if live.entity is None:
        return []
    piece = _PIECE.search(text)
    typed = piece[0] if piece else ""
    kept = text[: len(text) - len(typed)]
    compared = _CONDITION.search(" ".join([*before, kept]) if kept.strip() else " ".join(before))
    if compared is not None:
        field = _reached(live, live.entity, compared[1])
        found = live.of_field(field, typed) if field is not None else []
        # One word `company=Acme Corp` means one value to the command; within a longer filter it needs its quotes.
        whole = " " in kept
        return [(kept + (_quoted(value) if whole else value), about) for value, about in found]
    return [
        (kept + name, about) for name, about in _names(live, live.entity, typed, bool(before or kept.strip()))
    ]


def _names(live: Live, entity: Entity, typed: str, joining: bool) -> list[Candidate]:
    steps, dot, _ = typed.rpartition(".")
    if dot:
        reached = _reached(live, entity, steps)
        if reached is None or not reached.target or live.workspace is None:
            return []
        entity = live.workspace.registry.entity(reached.target)
    fields = [(f"{steps}{dot}{field.key}", field.label()) for field in live.fields(entity)]
    return starting([*fields, *((word, "") for word in _JOINING if joining and not dot)], typed)


def _reached(live: Live, entity: Entity, path: str) -> Field | None:
    """The field at the end of ``company.owner``; ``None`` when there is none to see."""
    field: Field | None = None
    for step in path.split("."):
        if field is not None:
            if not field.target or live.workspace is None:
                return None
            entity = live.workspace.registry.entity(field.target)
        field = entity.find(step)
        if field is None or field not in live.fields(entity):
            return None
    return field


def _quoted(value: str) -> str:
    return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"' if " " in value else value
