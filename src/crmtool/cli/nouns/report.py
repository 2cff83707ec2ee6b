"""What a writing command says when it is done: sentences and the undo handle for people, one object for programs.

People read on stderr, since nothing of it is data. ``--json`` prints
``{"changed": [records], "undo": HANDLE, …counts}`` on stdout.
"""

from __future__ import annotations

from crmtool.app.history import named_references
from crmtool.app.resolve import telling
from crmtool.cli.questions import say
from crmtool.core import ids
from crmtool.core.changes import CREATE, DELETE, PURGE, RESTORE, UPDATE
from crmtool.core.errors import EXIT_DONE, EXIT_INTERRUPTED, EXIT_PARTIAL
from crmtool.core.messages import t, tn
from crmtool.core.struct import Struct
from crmtool.doors.changes import differences
from crmtool.doors.safe import escape

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from typing import Any

    from crmtool.app.bulk import Bulk, Rejected
    from crmtool.app.workspace import Outcome, Workspace
    from crmtool.core.changes import Change
    from crmtool.core.registry import Entity

    Record = dict[str, Any]

SHOWN = 10
_COUNTS = {CREATE: "created", UPDATE: "updated", DELETE: "deleted", RESTORE: "restored", PURGE: "purged"}


class Done(Struct):
    """What was done, from one command or many."""

    handle: str | None
    counts: dict[str, int]
    changed: list[tuple[str, str]]
    changes: tuple[Change, ...]
    rejected: list[Rejected]
    dry_run: bool = False
    interrupted: bool = False


def of_outcome(outcome: Outcome, *, dry_run: bool = False) -> Done:
    """The outcome of one command."""
    counts: dict[str, int] = {}
    for change in outcome.changes:
        counts[change.verb] = counts.get(change.verb, 0) + 1
    return Done(outcome.handle, counts, outcome.changed, outcome.changes, [], dry_run)


def of_bulk(bulk: Bulk, *, dry_run: bool = False) -> Done:
    """The outcome of many."""
    return Done(
        bulk.handle, bulk.counts, bulk.changed, bulk.changes, bulk.rejected, dry_run, bulk.interrupted
    )


def tell(workspace: Workspace, done: Done, main: Entity, *, as_json: bool, **more: Any) -> int:
    """Say what was done to records of ``main`` and others; the exit code: 7 where something was rejected.

    ``more`` stands in the JSON object behind the rest.
    """
    if as_json:
        from crmtool.cli.output.screen import Screen

        with Screen() as screen:
            for text in document(workspace, done, main, **more):
                screen.write(text)
    else:
        for line in sentences(workspace, done, main):
            say(line)
    for note in workspace.notes:
        say(str(note))
    refusals(done.rejected)
    if done.interrupted:
        say(t("Interrupted: the rest was not done."))
        return EXIT_INTERRUPTED
    return EXIT_PARTIAL if done.rejected else EXIT_DONE


def refusals(rejected: Sequence[Rejected]) -> None:
    """Say what was not done, and why; the first few of many."""
    for item in rejected[:SHOWN]:
        say(t("Not done: {place}: {reason}", place=item.place, reason=str(item.error)))
    if len(rejected) > SHOWN:
        say(t("… and {n} more.", n=len(rejected) - SHOWN))


# -- for people ------------------------------------------------------------------------------------------------------


def sentences(workspace: Workspace, done: Done, main: Entity) -> Iterator[str]:
    """What was done, one line a record while they are few, and how to take it back."""
    total = sum(done.counts.values())
    if not total:
        if not done.rejected:
            yield t("Nothing changed: it is all as it was.")
        return
    order = sorted(done.changes, key=lambda change: change.entity != main.key)
    shown = [change for change in order if change.entity != "tag" or main.key == "tag"]
    # A tag that is used for the first time comes to be on the way, and is no news.
    tags = 0 if main.key == "tag" else sum(key == "tag" for key, _ in done.changed)
    if total - tags <= SHOWN and len(shown) == total - tags:
        for change in shown:
            yield from _about(workspace, change, done)
    else:
        for verb, count in done.counts.items():
            if count > tags or verb != CREATE:
                yield _counted(verb, count - tags if verb == CREATE else count, done.dry_run)
        if done.dry_run:
            for change in shown[:SHOWN]:
                yield from _about(workspace, change, done)
    if done.handle is not None:
        yield t("To take it back: crm undo {handle}", handle=done.handle)
    elif done.dry_run:
        yield t("This was a dry run; nothing was changed.")


def details(workspace: Workspace, done: Done, main: Entity) -> Iterator[str]:
    """What was done to each of the first records of ``main``, without counts."""
    for change in [change for change in done.changes if change.entity == main.key][:SHOWN]:
        yield from _about(workspace, change, done)


def _about(workspace: Workspace, change: Change, done: Done) -> Iterator[str]:
    entity, dry_run = workspace.registry.entity(change.entity), done.dry_run
    record = {**(change.base or {}), **change.after}
    if entity.key == "link":
        name = _tie(workspace, record, done)
    else:
        name = str(record.get(entity.name_field) or "")
        if not name:  # as a quota is not called anything: whose and from when it is
            fresh = _fresh(workspace, done) if done.dry_run else {}
            name = telling(entity, named_references(workspace, entity, record, fresh))
    # Escaped here, since sentences may have several lines and a name may not add one that looks like ours.
    words = {"noun": entity.label(), "name": escape(name), "handle": ids.handle(change.record)}
    if change.verb == CREATE and entity.key == "field" and record.get("overrides"):
        # The first change of a built-in field makes a record of it, which is nothing that a person added.
        yield (
            t("{noun} to change: {name}", **words)
            if dry_run
            else t("{noun} changed: {name} @{handle}", **words)
        )
    elif change.verb == CREATE:
        yield t("{noun} to add: {name}", **words) if dry_run else t("{noun} added: {name} @{handle}", **words)
    elif change.verb == DELETE:
        yield (
            t("{noun} to move to the trash: {name} @{handle}", **words)
            if dry_run
            else t("{noun} moved to the trash: {name} @{handle}", **words)
        )
    elif change.verb == RESTORE:
        yield (
            t("{noun} to restore: {name} @{handle}", **words)
            if dry_run
            else t("{noun} restored: {name} @{handle}", **words)
        )
    elif change.verb == PURGE:
        yield (
            t("{noun} to erase: {name} @{handle}", **words)
            if dry_run
            else t("{noun} erased: @{handle}", **words)
        )
    else:
        yield (
            t("{noun} to change: {name} @{handle}", **words)
            if dry_run
            else t("{noun} changed: {name} @{handle}", **words)
        )
        for line in differences(workspace, entity, change.before, change.after):
            yield f"  {line}"


def _tie(workspace: Workspace, link: Record, done: Done) -> str:
    """A link in a sentence: its two ends, which a dry run has not written."""
    fresh = _fresh(workspace, done) if done.dry_run else {}
    names = [
        fresh.get(link[end]) or workspace.reader.names(link[f"{end}_entity"], [link[end]]).get(link[end], "")
        for end in ("from", "to")
    ]
    role = t(" ({role})", role=link["role"]) if link.get("role") else ""
    return t("{first} – {second}{role}", first=names[0], second=names[1], role=role)


def _counted(verb: str, count: int, dry_run: bool) -> str:
    if dry_run:
        return {
            CREATE: tn("{n} record to add.", "{n} records to add.", count),
            UPDATE: tn("{n} record to change.", "{n} records to change.", count),
            DELETE: tn("{n} record to move to the trash.", "{n} records to move to the trash.", count),
            RESTORE: tn("{n} record to restore.", "{n} records to restore.", count),
            PURGE: tn("{n} record to erase.", "{n} records to erase.", count),
        }[verb]
    return {
        CREATE: tn("{n} record added.", "{n} records added.", count),
        UPDATE: tn("{n} record changed.", "{n} records changed.", count),
        DELETE: tn("{n} record moved to the trash.", "{n} records moved to the trash.", count),
        RESTORE: tn("{n} record restored.", "{n} records restored.", count),
        PURGE: tn("{n} record erased.", "{n} records erased.", count),
    }[verb]


# -- for programs ----------------------------------------------------------------------------------------------------


def document(workspace: Workspace, done: Done, main: Entity, **more: Any) -> Iterator[str]:
    """The JSON object, streamed: the records as they are now, those of ``main`` first, then handle and counts, and ``more``."""
    from crmtool.cli.output.formats import json_text

    yield '{"changed": ['
    opening = "\n"
    for record in _records(workspace, done, main):
        yield opening + json_text(record)
        opening = ",\n"
    yield "\n]" if opening != "\n" else "]"
    rest: dict[str, Any] = {"undo": done.handle, "dry_run": done.dry_run}
    rest.update({word: done.counts.get(verb, 0) for verb, word in _COUNTS.items()})
    rest["rejected"] = [
        {"place": r.place, "code": r.error.code, "message": str(r.error), "data": r.error.data}
        for r in done.rejected
    ]
    rest.update(more)
    yield "".join(f",\n{json_text(key)}: {json_text(value)}" for key, value in rest.items()) + "}\n"


def _records(workspace: Workspace, done: Done, main: Entity) -> Iterator[Record]:
    if done.dry_run:
        fresh = _fresh(workspace, done)
        for change in sorted(done.changes, key=lambda change: change.entity != main.key):
            entity = workspace.registry.entity(change.entity)
            record = {**(change.base or {}), **change.after, "id": change.record}
            yield shaped(workspace, entity, named_references(workspace, entity, record, fresh))
        return
    by_entity: dict[str, list[str]] = {main.key: []}
    for key, record_id in done.changed:
        by_entity.setdefault(key, []).append(record_id)
    for key, found in by_entity.items():
        entity = workspace.registry.entity(key)
        for record in read_all(workspace, entity, found):
            yield shaped(workspace, entity, record)


def _fresh(workspace: Workspace, done: Done) -> Record:
    """The names that the changes of a dry run would give."""
    return {c.record: c.after.get(workspace.registry.entity(c.entity).name_field) for c in done.changes}


def read_all(workspace: Workspace, entity: Entity, found: Sequence[str], step: int = 400) -> Iterator[Record]:
    """Records by id in the order given, also deleted ones, a few hundred at a time; what is erased or hidden is left out."""
    for start in range(0, len(found), step):
        chunk = list(dict.fromkeys(found[start : start + step]))
        records = workspace.reader.get_many(entity.key, chunk, expand=True)
        yield from (records[record_id] for record_id in chunk if record_id in records)


def shaped(workspace: Workspace, entity: Entity, record: Record) -> Record:
    """A record as programs get it, with the kind of record it is and its revision."""
    from crmtool.cli.output.formats import plain

    fields = [f for f in workspace.reader.visible_fields(entity) if not f.hidden]
    return {"entity": entity.key, **plain(record, fields), "rev": record.get("rev")}
