"""What an erasure takes along: what is about a record alone, and of an object its records and its fields."""

from __future__ import annotations

from crmtool.app import linking
from crmtool.app.commands import Purge
from crmtool.core import changes, ids
from crmtool.core.query import Compare, Path
from crmtool.store.reader import Query

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from crmtool.app.handlers import Deciding
    from crmtool.app.workspace import Workspace
    from crmtool.core.registry import Entity, Registry
    from crmtool.store.reader import Reader

ABOUT = ("note", "activity", "task", "link")
PART = 5_000  # records of an object that are erased in one change set


def purge(work: Deciding, command: Purge) -> None:
    """The records, and what is about them alone: notes, activities, tasks and links, and the files attached to nothing else.

    Whoever is forgotten is forgotten under every record they had: what was merged into one goes with it.
    """
    from crmtool.app.merging import KINDS, absorbed  # needed by no other write

    entity = work.registry.entity(command.entity)
    seen: set[str] = set()
    merged = (
        [r for record in command.records for r in absorbed(work.reader, record)]
        if entity.key in KINDS
        else []
    )
    if entity.key == "object":
        for record in command.records:
            _inside(work, record, seen)
    _records(work, entity, (*command.records, *merged), seen)


def parts(workspace: Workspace, entity: str, records: Sequence[str]) -> Iterator[Purge]:
    """Commands that erase records one after the other; an object with many records loses them in portions first."""
    for record in records if entity == "object" else ():
        own = _object(workspace.registry, record)
        found = _all(workspace.reader, own.key) if own is not None else []
        if len(found) > PART:
            for start in range(0, len(found), PART):
                yield Purge(str(own and own.key), tuple(found[start : start + PART]))
    yield Purge(entity, tuple(records))


def _inside(work: Deciding, record: str, seen: set[str]) -> None:
    """The records of an object and the fields that were defined for it, also those in the trash."""
    own = _object(work.registry, record)
    if own is None:
        return
    _records(work, own, tuple(_all(work.reader, own.key)), seen)
    every = [list(work.reader.records(Query(key, trash="with", expand=False))) for key in ("object", "field")]
    whole = _object(type(work.registry)(()).with_own(*every), record)
    keys = {field.own_key for field in whole.own_fields} if whole is not None else set()
    defined = [str(field["id"]) for field in every[1] if ids.handle(field["id"]) in keys]
    _records(work, work.registry.entity("field"), tuple(defined), seen)


def _records(work: Deciding, entity: Entity, records: Sequence[str], seen: set[str]) -> None:
    # What is about a person goes with the person; what is about a deal or a company may be another one's history too.
    subjects = ("contact",) if entity.key == "contact" else ("contact", "company", "deal")
    for record in dict.fromkeys(records):
        base = work.reader.require(entity.key, record)
        for key in ABOUT:
            about = work.registry.entity(key)
            for name in ("contact", "company", "deal", "from", "to"):
                field = about.fields.get(name)
                if field is None or field.target not in (None, entity.key):
                    continue
                where = Compare(Path((field,)), "=", record)
                query = Query(key, where, trash="with", fields=("id",), expand=False)
                for found in [r["id"] for r in work.reader.records(query)]:
                    whole = work.reader.require(key, found)
                    others = {whole.get(n) for n in subjects if n in about.fields} - {None, *records}
                    if not others and found not in seen:
                        seen.add(found)
                        work.changes.append(changes.purge(about, whole))
                        if key == "link":
                            work.changes.extend(linking.loosened(work, whole, tuple(records), seen))
        if record not in seen:
            seen.add(record)
            work.changes.append(changes.purge(entity, base))


def _object(registry: Registry, record: str) -> Entity | None:
    """The kind of record that an object's definition made."""
    return next((entity for entity in registry.entities.values() if entity.own_id == record), None)


def _all(reader: Reader, key: str) -> list[str]:
    return [str(r["id"]) for r in reader.records(Query(key, trash="with", fields=("id",), expand=False))]


__all__ = ["parts", "purge"]
