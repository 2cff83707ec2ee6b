"""What could come next in a filter that is being typed."""

from __future__ import annotations

from crmtool.core.errors import FilterError
from crmtool.core.queries.parser import Parser
from crmtool.core.queries.paths import find_path, referred
from crmtool.core.queries.values import operators, several
from crmtool.core.queries.writing import word
from crmtool.core.struct import Struct

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from crmtool.core.fields import Field
    from crmtool.core.queries.context import QueryContext
    from crmtool.core.query import Path
    from crmtool.core.registry import Entity

DAYS = (
    "today",
    "yesterday",
    "tomorrow",
    "-7d",
    "-30d",
    "+7d",
    "bow",
    "eow",
    "bom",
    "eom",
    "boq",
    "eoq",
    "boy",
    "eoy",
)
_BREAKS = "(),=<>~!\"'"


class Suggestion(Struct):
    """``text`` replaces what stands from ``start`` to the cursor; ``label`` says what it is, in the active language."""

    text: str
    label: str
    start: int


class Place(Struct):
    """What belongs at a cursor: ``term operator value word is more``, of which field, and what of it is typed already."""

    wants: str
    path: Path | None
    typed: str
    start: int


def place(text: str, cursor: int, entity: Entity, context: QueryContext) -> Place | None:
    """What belongs at the cursor; ``None`` inside a quoted string or behind an error."""
    start = cursor
    while start and not text[start - 1].isspace() and text[start - 1] not in _BREAKS:
        start -= 1
    if (dots := text.rfind("..", start, cursor)) >= 0:
        start = dots + 2
    parser = Parser(text[:start], entity, context)
    try:
        parser.filter()
    except FilterError:
        if not parser.scanner.ended():
            return None
    wants, path = parser.scanner.wanted
    return Place(wants, path, text[start:cursor], start)


def suggest(text: str, cursor: int, entity: Entity, context: QueryContext) -> list[Suggestion]:
    """Fields, operators, values and joining words that fit at the cursor and begin as typed, likely ones first.

    Names of records are not among the values; ``place`` tells a caller that has them where they belong.
    """
    here = place(text, cursor, entity, context)
    if here is None:
        return []
    if here.wants == "term":
        return _fields(here, entity, context)
    if here.path is None:
        offered: Iterable[tuple[str, str]] = [("and", ""), ("or", "")] if here.wants == "more" else []
    elif here.wants == "operator":
        offered = [(op, "") for op in (*operators(here.path.field), "and", "or")]
    elif here.wants == "is":
        offered = [("empty", ""), ("set", ""), ("not", ""), *_values(here.path.field)]
    else:
        offered = _values(here.path.field)
    typed = here.typed.casefold()
    return [
        Suggestion(item, label, here.start) for item, label in offered if item.casefold().startswith(typed)
    ]


def _fields(here: Place, entity: Entity, context: QueryContext) -> list[Suggestion]:
    stem, dot, last = here.typed.rpartition(".")
    if dot:
        path = find_path(stem, entity, context.registry)
        target = referred(path.field, context.registry) if path else None
        if target is None:
            return []
        entity = target
    out = []
    for key, field in entity.fields.items():
        if not field.hidden and any(name.startswith(last.casefold()) for name in (key, *field.aliases)):
            out.append(Suggestion(f"{stem}{dot}{key}", field.label(), here.start))
    if not dot and "not".startswith(last.casefold()):
        out.append(Suggestion("not", "", here.start))
    return out


def _values(field: Field) -> list[tuple[str, str]]:
    kind = field.kind.name
    if field.choices:
        return [(word(choice.key), choice.text()) for choice in field.choices]
    if kind == "yesno":
        return [("yes", ""), ("no", "")]
    if kind in ("date", "instant") and not several(field):
        return [(day, "") for day in DAYS]
    return [("me", "")] if kind == "reference" and field.target == "user" else []
