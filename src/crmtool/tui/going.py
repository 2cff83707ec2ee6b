"""Places by what a person types behind ``:``, and the other way round.

``parse`` and ``written`` know words alone and undo each other; ``settle`` asks the workspace which record, view or list is meant.
A plural with what follows is a list and its filter (``deals status=open``), a singular a record by name, handle, address or
number (``contact ana@acme.es``). ``!`` stands before a ``crm`` command line.
"""

from __future__ import annotations

import re
import shlex
from typing import TYPE_CHECKING

from crmtool.core.errors import FilterError, NotFoundError, UsageError
from crmtool.core.ids import handle, is_id
from crmtool.core.messages import Message
from crmtool.tui.places import HOME, SCREENS, Place

if TYPE_CHECKING:
    from crmtool.app.workspace import Workspace
    from crmtool.core.registry import Entity, Registry

OPTIONS = {"sort": "sort", "view": "view", "list": "on", "where": "filter"}  # option -> field of a place
SYNONYMS = {"today": "home", "find": "search"}
NAMED = {"view": "view", "list": "on"}  # noun -> the field of a place that its records' names go to
NO_WORDS = frozenset(
    ("list", "record", "record_history", "form", "run", "work")
)  # kinds of place that are reached by what they show
_OPTION = re.compile(r"(?:^|\s)--(?:" + "|".join(OPTIONS) + ")=")
_WHERE = " --where="  # a board’s filter is all that stands behind
_ENTITY = re.compile(r"--entity=(\w+)(?:\s+|$)")


def words() -> list[str]:
    """The words that lead to a screen of their own."""
    return [kind for kind in SCREENS if kind not in NO_WORDS]


def parse(text: str, registry: Registry) -> Place:
    """The place of a text. Its record, view or list is as typed: see ``settle``. Raises ``UsageError``."""
    text = text.strip()
    if not text:
        return HOME
    if text[0] == "!":
        return Place("run", text=text[1:].strip())
    if text[0] == "@":
        return Place("record", record=text)
    noun, _, rest = text.partition(" ")
    rest = rest.strip()
    kind = SYNONYMS.get(noun.casefold(), noun.casefold())
    if kind in words():
        if kind == "search":
            return _search(rest)
        text, _, where = f" {rest}".partition(_WHERE)
        return Place(kind, text=text.strip(), filter=where.strip())
    if noun.casefold() in NAMED and rest:
        return Place("list")._replace(**{NAMED[noun.casefold()]: rest})
    entity = _entity(noun, registry)
    if rest and noun.casefold() == entity.key and not _OPTION.match(rest):
        return Place("record", entity.key, record=rest)
    return _listing(entity, rest)


def _entity(noun: str, registry: Registry) -> Entity:
    try:
        return registry.entity(noun.replace("-", "_"))
    except UsageError:
        pass
    from difflib import get_close_matches

    nouns = [*words(), *(name for e in registry.entities.values() for name in (e.plural, e.key))]
    near = get_close_matches(noun.casefold(), nouns, 3)
    raise UsageError(
        Message("There is no place called “{noun}”.", noun=noun),
        Message("Did you mean {near}?", near=", ".join(near))
        if near
        else Message("Write what to list: deals status=open; or a record: contact Ana Ruiz."),
        code="unknown_noun",
        position=0,
    )


def _listing(entity: Entity, text: str) -> Place:
    place = Place("list", entity.key)
    start = next((m.start() for m in _OPTION.finditer(text) if not _quoted(text[: m.start()])), len(text))
    given = {"filter": text[:start].strip()}
    try:
        options = shlex.split(text[start:])
    except ValueError:
        raise UsageError(
            Message("A quotation mark is not closed."), Message("Close it at the end."), code="quotes"
        ) from None
    for option in options:
        name, equals, value = option.removeprefix("--").partition("=")
        if not option.startswith("--") or not equals or name not in OPTIONS:
            raise UsageError(
                Message("“{word}” stands behind an option and is none.", word=option),
                Message("The filter comes first; an option’s value with blanks in it takes quotation marks."),
                code="option",
            )
        given[OPTIONS[name]] = value
    return place._replace(**given)


def _search(text: str) -> Place:
    found = _ENTITY.match(text)
    return Place("search", found[1], text=text[found.end() :]) if found else Place("search", text=text)


def _quoted(text: str) -> bool:
    """Whether the end of a filter's text is inside quotation marks."""
    return text.replace('\\"', "").count('"') % 2 == 1


def written(place: Place, registry: Registry) -> str:
    """The text that leads to a place."""
    if place.kind == "run":
        return f"!{place.text}"
    if place.kind == "record":
        record = f"@{handle(place.record)}" if is_id(place.record) else place.record
        return record if place.entity in NAMED else f"{place.entity} {record}".lstrip()
    if place.kind == "search" and place.entity:
        return f"search --entity={place.entity} {place.text}".rstrip()
    if place.kind != "list":
        where = f"{_WHERE}{place.filter}" if place.filter else ""
        return f"{place.kind} {place.text}".rstrip() + where
    if not place.entity:
        noun = "view" if place.view else "list"
        return f"{noun} {place.view or place.on}"
    entity = registry.entity(place.entity)
    options = [
        f"--{name}={shlex.quote(value)}"
        for name, field in OPTIONS.items()
        if name != "where" and (value := getattr(place, field))
    ]
    text = " ".join(filter(None, (entity.plural, place.filter, *options)))
    if place.filter and parse_again(text, registry) != place:  # a filter that reads like something else
        text = " ".join((entity.plural, *options, f"--where={shlex.quote(place.filter)}"))
    return text


def parse_again(text: str, registry: Registry) -> Place | None:
    """What a text leads to, ``None`` where it cannot be read."""
    try:
        return parse(text, registry)
    except UsageError:
        return None


def settle(workspace: Workspace, place: Place) -> Place:
    """The place with its record by id and its kind of record known. Raises what naming and reading a filter raise.

    What stands behind a singular and names no record is taken for a filter: ``deal status=open``, ``contact rui``.
    """
    from crmtool.app.resolve import resolve, resolve_anywhere

    registry = workspace.registry
    if place.kind == "record" and not is_id(place.record):
        if not place.entity:
            entity, record = resolve_anywhere(workspace.reader, place.record)
            return place._replace(entity=entity, record=record)
        try:
            record = resolve(workspace.reader, registry.entity(place.entity), place.record)
        except NotFoundError:
            listing = _listing(registry.entity(place.entity), place.record)
            try:
                return settle(workspace, listing)
            except FilterError:
                pass
            raise
        return place._replace(record=record)
    if place.kind == "list":
        return _settled(workspace, place)
    if place.kind == "search" and place.entity:
        registry.entity(place.entity)
    return place


def _settled(workspace: Workspace, place: Place) -> Place:
    from crmtool.app.resolve import resolve
    from crmtool.doors.filters import condition

    if not place.entity:
        noun, name = ("view", place.view) if place.view else ("list", place.on)
        found = resolve(workspace.reader, workspace.registry.entity(noun), name)
        record = workspace.reader.require(noun, found)
        place = place._replace(entity=record["of"], **{NAMED[noun]: record["name"]})
    if place.filter:
        condition(workspace, workspace.registry.entity(place.entity), (), [place.filter])
    return place
