"""``crm NOUN show`` and ``crm show``: one record with everything about it."""

from __future__ import annotations

import sys

from crmtool.cli.nouns import wording
from crmtool.cli.nouns.common import AsOf, Reference, find
from crmtool.cli.output import Output
from crmtool.cli.output.options import prints_record
from crmtool.cli.session import open_session
from crmtool.core import ids
from crmtool.core.errors import NotFoundError
from crmtool.core.messages import Message, t
from crmtool.core.query import Compare, Path
from crmtool.doors.filters import moment_of
from crmtool.doors.safe import escape
from crmtool.store.reader import Query

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from typing import Any

    from crmtool.app.workspace import Workspace
    from crmtool.core.fields import Field
    from crmtool.core.registry import Entity

    Record = dict[str, Any]

_ASIDE = ("id", "created_by", "updated_by")  # said in the heading and the last line, or by the timeline


def command(entity: Entity) -> Callable[..., None]:
    """``crm NOUN show``."""
    key = entity.key

    @prints_record
    def show(record: Reference, output: Output, as_of: AsOf = None) -> None:
        with open_session() as workspace:
            kind = workspace.registry.entity(key)
            found = find(workspace, kind, record, trash="with" if as_of else "without")
            display(workspace, kind, found, output, as_of)

    show.help = wording.show(entity)  # type: ignore[attr-defined]
    return show


def display(workspace: Workspace, entity: Entity, found: str, output: Output, as_of: str | None) -> None:
    """Print one record: all of it for people, its fields for programs."""
    from crmtool.doors.lists import field_named, visible

    moment = moment_of(workspace, as_of)
    record = _read(workspace, entity, found, moment)
    if output.format == "json" and output.names is None:
        _document(workspace, entity, record, as_of is not None)
        return
    if output.format == "" and output.names is None and output.path is None:
        _talk(workspace, entity, record, moment)
        return
    shown = visible(workspace, entity)
    if output.names is None and output.format == "table":
        output.names = ",".join(field.key for field in _fields(shown))
    fields = output.fields(shown, lambda name: field_named(workspace, entity, name))
    dotted = tuple(field.key for field in fields if "." in field.key)
    if dotted:
        record.update(next(iter(workspace.query(_one(entity, found, dotted)))))
    output.write_one(record, fields)


def _read(workspace: Workspace, entity: Entity, found: str, moment: str | None) -> Record:
    if moment is None:
        record = workspace.reader.get(entity.key, found, expand=True)
    else:
        record = next(iter(workspace.query(_one(entity, found, None, moment))), None)
    if record is None:
        raise NotFoundError(
            Message("The record was not there on that day."),
            Message("Look at its past: {command}", command=f"crm {entity.key} history @{ids.handle(found)}"),
            id=found,
        )
    return record


def _one(entity: Entity, found: str, fields: tuple[str, ...] | None, moment: str | None = None) -> Query:
    where = Compare(Path((entity.fields["id"],)), "=", found)
    return Query(entity.key, where, fields=fields, trash="with", as_of=moment)


def _document(workspace: Workspace, entity: Entity, record: Record, past: bool) -> None:
    from crmtool.app.ties import ties
    from crmtool.cli.nouns import report
    from crmtool.cli.output.formats import json_text
    from crmtool.doors.ties import plain

    body = report.shaped(workspace, entity, record)
    if not past:
        body["links"] = [plain(tie) for tie in ties(workspace, record["id"])]
    sys.stdout.write(json_text(body, indent=True) + "\n")


# -- for people ------------------------------------------------------------------------------------------------------


def _talk(workspace: Workspace, entity: Entity, record: Record, moment: str | None) -> None:
    from crmtool.cli.output.screen import Screen
    from crmtool.cli.state import current

    current().announce()
    with Screen() as screen:
        for line in sheet(workspace, entity, record, moment):
            screen.write(line)


def sheet(workspace: Workspace, entity: Entity, record: Record, moment: str | None) -> Iterator[str]:
    """The lines of a whole record: heading, fields, links, what is next, what happened."""
    from crmtool.cli.output import people
    from crmtool.cli.state import current
    from crmtool.doors.lists import visible

    heading = t("{noun} @{handle}", noun=entity.label(), handle=ids.handle(record["id"]))
    if record.get("deleted_at"):
        heading = t("{heading}, in the trash", heading=heading)
    yield escape(heading) + "\n"
    readable = visible(workspace, entity)
    fields = _fields(readable)
    yield from people.spoken_sheet(record, fields) if current().accessible else people.sheet(record, fields)
    if "extra" in readable.fields:
        yield from _section(t("Kept from imports"), _kept(record.get("extra") or {}))
    if moment is None:
        yield from _section(t("Tied to"), _ties(workspace, record["id"]))
        yield from _section(t("Next step"), _next(workspace, entity, record["id"]))
    from crmtool.app.timeline import timeline
    from crmtool.doors.timeline import line

    events = timeline(workspace, entity, record["id"], until=moment)
    yield from _section(t("What happened"), [line(workspace, event) for event in events])


def _fields(entity: Entity) -> list[Field]:
    return [f for f in entity.fields.values() if not f.hidden and f.key not in _ASIDE]


def _section(title: str, lines: Iterable[str]) -> Iterator[str]:
    first = True
    for text in lines:
        if first:
            yield "\n" + escape(title) + "\n"
            first = False
        yield "  " + escape(text) + "\n"


def _kept(extra: Record) -> Iterator[str]:
    """What an import found no field for, by the program that it came from."""
    for source, kept in extra.items():
        values = kept.items() if isinstance(kept, dict) else [("", kept)]
        for name, value in values:
            told = " ".join(str(value).split())
            yield t("{source}, {name}: {value}", source=source, name=name, value=told)


def _ties(workspace: Workspace, record: str) -> Iterator[str]:
    from crmtool.app.ties import ties
    from crmtool.doors.ties import label, period

    for tie in ties(workspace, record, limit=50):
        name = tie.name or t("(hidden)")
        relation = label(tie.relation, forward=tie.forward, past=tie.past)
        text = t("{relation}: {name} @{handle}", relation=relation, name=name, handle=ids.handle(tie.other))
        rest = ", ".join(part for part in (tie.role, period(tie)) if part)
        yield t("{tie}, {rest}", tie=text, rest=rest) if rest else text


def _next(workspace: Workspace, entity: Entity, record: str) -> Iterator[str]:
    from crmtool.app.timeline import next_task

    task = next_task(workspace, entity, record)
    if task is not None:
        words = {"due": task["due_on"] or t("no day"), "name": task["name"], "handle": ids.handle(task["id"])}
        yield t("{due}  {name} @{handle}", **words)
