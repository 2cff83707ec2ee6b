"""What could come next in a text that is being typed: asked of the workspace in its lane, shown by ``widgets.completing``."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from crmtool.core.errors import FilterError
from crmtool.core.queries import QueryContext
from crmtool.core.queries.completion import place, suggest
from crmtool.core.queries.parser import parse
from crmtool.core.queries.writing import word
from crmtool.doors.candidates import Candidates
from crmtool.doors.lists import visible

if TYPE_CHECKING:
    from crmtool.app.workspace import Workspace
    from crmtool.core.fields import Field
    from crmtool.core.registry import Entity

MOST = 12


class Offer(NamedTuple):
    """``text`` would stand from ``start`` to the cursor; ``about`` says what it is."""

    text: str
    about: str
    start: int


def of_filter(workspace: Workspace, noun: str, text: str, cursor: int) -> list[Offer]:
    """How a filter of a kind of record may go on: fields, signs, values, also the names of records there are."""
    entity, context = _read(workspace, noun)
    here = place(text, cursor, entity, context)
    if here is not None and here.wants == "value" and here.path is not None:
        field = here.path.field
        if field.target or field.kind.name == "tags":
            found = Candidates(workspace).of_field(field, here.typed)
            return [Offer(word(value), about, here.start) for value, about in found[:MOST]]
    words = suggest(text, cursor, entity, context)
    offers = [Offer(one.text, one.label, one.start) for one in words]
    return [offer for offer in offers if text[offer.start : cursor] != offer.text][:MOST]


def unfinished(workspace: Workspace, noun: str, text: str) -> bool:
    """Whether a filter ends in the middle of what is offered for it: the beginning of a field is no word to search for yet."""
    entity, context = _read(workspace, noun)
    here = place(text, len(text), entity, context)
    if here is None:
        return False
    if here.wants == "operator" or (here.typed and here.wants in ("term", "more")):
        return bool(suggest(text, len(text), entity, context))
    try:
        parse(text, entity, context)
    except FilterError:
        return bool(of_filter(workspace, noun, text, len(text)))
    return False


def _read(workspace: Workspace, noun: str) -> tuple[Entity, QueryContext]:
    """What the filters of a kind of record are read with."""
    ctx = workspace.context
    return visible(workspace, workspace.registry.entity(noun)), QueryContext(
        workspace.registry,
        now=ctx.now,
        zone=ctx.zone,
        week_start=ctx.week_start,
        me=ctx.me,
        currency=ctx.currency,
    )


def of_value(workspace: Workspace, field: Field, text: str) -> list[Offer]:
    """What a field may be set to. Of several values with commas or semicolons between, the last is completed."""
    start = 0
    if field.multi or field.kind.collection:
        start = max(text.rfind(","), text.rfind(";")) + 1
        start += len(text[start:]) - len(text[start:].lstrip())
    found = Candidates(workspace).of_field(field, text[start:])
    return [Offer(value, about, start) for value, about in found[:MOST] if value != text[start:]]


def of_assignment(workspace: Workspace, noun: str, text: str) -> list[Offer]:
    """How ``field=value`` may go on."""
    entity = visible(workspace, workspace.registry.entity(noun))
    name, equals, typed = text.partition("=")
    if equals:
        field = entity.find(name.rstrip("+-"))
        if field is None:
            return []
        return [
            offer._replace(start=offer.start + len(name) + 1) for offer in of_value(workspace, field, typed)
        ]
    wanted = text.casefold()
    return [
        Offer(f"{field.key}=", field.label(), 0)
        for field in entity.fields.values()
        if field.writable
        and not field.hidden
        and (field.key.startswith(wanted) or field.label().casefold().startswith(wanted))
    ][:MOST]
