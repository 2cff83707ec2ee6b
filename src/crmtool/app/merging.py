"""Merging: several records that mean one person or company become one, and nothing that any of them held is lost.

The survivor keeps its own values. What it lacks it takes; several values, words and outside ids are united; of two that
contradict each other the survivor's stands, and the other is kept in a note on the survivor, a second employer as a link.
Whatever referred to the others refers to the survivor; the others go to the trash, each with a link to the survivor that every
way of naming it follows.
"""

from __future__ import annotations

from crmtool.app import linking
from crmtool.core import changes, ids, tokens
from crmtool.core.errors import DeniedError, UsageError
from crmtool.core.merge import unite_entries
from crmtool.core.messages import Message, t
from crmtool.core.query import Compare, Path, all_of
from crmtool.store.reader import Query

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from crmtool.app.commands import Distinct, Merge
    from crmtool.app.handlers import Deciding
    from crmtool.core.fields import Field
    from crmtool.core.registry import Entity, Registry
    from crmtool.store.reader import Reader

    Record = dict[str, Any]
    Left = list[tuple[Field, Any]]

MERGED, DISTINCT = "merged", "distinct"
KINDS = ("contact", "company")
KEPT_BESIDE = (
    "merged"  # under ``extra``: the preserved properties of merged records that the survivor has otherwise
)
ENDS = ("from", "to")


def merge(work: Deciding, command: Merge) -> None:
    """Decide the changes of a merge."""
    entity = mergeable(work, command.entity)
    keep = work.base(entity, command.keep)
    others = [work.base(entity, record) for record in dict.fromkeys(command.others)]
    if not others or any(other["id"] == keep["id"] for other in others):
        raise UsageError(
            Message("A merge needs the record to keep and one or more others."),
            Message("For example: {example}", example="crm merge @7j28ap5w @k7x2p9qa"),
            code="merge",
        )
    given = _given(work, entity, keep, command)
    mine: Record = {**keep, **given}
    beside: dict[str, Left] = {other["id"]: [] for other in others}
    gone = set(beside)
    for other in others:
        mine, beside[other["id"]] = united(entity, mine, other, fixed=set(given), gone=gone)
    replaced = [
        (entity.fields[key], keep[key])
        for key in given
        if is_lost(entity.fields[key], keep.get(key), mine[key])
    ]
    beside[others[0]["id"]] = replaced + beside[others[0]["id"]]
    values = {key: mine[key] for key in entity.fields if mine.get(key) != keep.get(key)}
    for key, field in entity.fields.items():
        if field.target == entity.key and keep.get(key) in gone and not values.get(key):
            values[key] = None  # nobody is above themselves
    work.update(entity, keep, values)
    moved = Moving(work, entity, keep["id"], gone)
    for other in others:
        evidence = (command.evidence or {}).get(other["id"])
        _take_in(work, entity, keep, other, beside[other["id"]], evidence)
    moved.decide()


def mergeable(work: Deciding, noun: str) -> Entity:
    """The entity, where its records can be merged by this actor. Raises ``UsageError`` or ``DeniedError``."""
    entity = work.registry.entity(noun)
    if entity.key not in KINDS:
        raise UsageError(
            Message("Contacts and companies can be merged, not {noun}.", noun=entity.plural),
            Message("Change one of the records, and move the other to the trash."),
            code="merge",
        )
    if work.reader.policy.hidden_fields(work.reader.actor, entity):
        raise DeniedError(
            Message("Who may not see every field of a record cannot merge it: what is hidden would be lost."),
            Message("Ask an admin of the workspace."),
            entity=entity.key,
        )
    return entity


def _given(work: Deciding, entity: Entity, keep: Record, command: Merge) -> Record:
    """The values that were given with the command, which stand whatever the records hold."""
    from crmtool.app.handlers import combined

    given: Record = {}
    for name, operator, value in command.changes:
        field = work.reader.field(entity, name)
        checked = work.value(entity, field, value, {**keep, **given})
        given[field.key] = combined(field, given.get(field.key, keep.get(field.key)), operator, checked)
    return given


def united(
    entity: Entity, mine: Record, other: Record, *, fixed: set[str], gone: set[str]
) -> tuple[Record, Left]:
    """The survivor's values with the other's, and those of the other that contradict it. ``fixed`` keys stay as they are."""
    out = dict(mine)
    left: Left = []
    for key, field in entity.fields.items():
        theirs = other.get(key)
        if (
            not field.writable
            or theirs in (None, [], {})
            or (field.target == entity.key and theirs in gone | {mine["id"]})
        ):
            continue
        held = mine.get(key)
        if field.multi:
            out[key] = unite_entries(held or [], theirs, field.kind.lookup_key)
        elif field.kind.collection:
            words = {tokens.fold(word) for word in held or []}
            out[key] = [*(held or []), *(word for word in theirs if tokens.fold(word) not in words)]
        elif key == "external_ids":
            out[key] = [*(held or []), *(pair for pair in theirs if pair not in (held or []))]
        elif key == "extra":
            out[key] = _extras(held or {}, theirs, other["id"])
        elif held is None or (field.target == entity.key and held in gone):
            if key not in fixed:
                out[key] = theirs
            elif is_lost(field, theirs, held):
                left.append((field, theirs))
        elif field.kind.name == "longtext" and key not in fixed:
            out[key] = held if theirs in held else f"{held}\n\n{theirs}"
        elif field.kind.name == "yesno" and key not in fixed:
            out[key] = (
                held or theirs
            )  # a no to being written to holds for the person, whichever record it stands on
        elif is_lost(field, theirs, held):
            left.append((field, theirs))
    return out, left


def is_lost(field: Field, value: Any, stands: Any) -> bool:
    """Whether a value would be nowhere: it is none, or says the same as the one that stands."""
    if value in (None, [], {}) or field.multi or field.kind.collection or field.hidden:
        return False
    if isinstance(value, str) and isinstance(stands, str):
        return tokens.fold(value) != tokens.fold(stands)
    return bool(value != stands)


def _extras(mine: Any, theirs: Any, other: str) -> Any:
    """Preserved properties by source: those of both, and where they differ the other's under its own id."""
    if not isinstance(theirs, dict) or not isinstance(mine, dict):
        held = mine if isinstance(mine, dict) else {KEPT_BESIDE: {"": mine}}
        return mine if theirs == mine else {**held, KEPT_BESIDE: {**held.get(KEPT_BESIDE, {}), other: theirs}}
    out, beside = dict(mine), {}
    for source, held in theirs.items():
        own = out.get(source)
        if own is None:
            out[source] = held
        elif isinstance(own, dict) and isinstance(held, dict):
            out[source] = {**held, **own}
            different = {key: value for key, value in held.items() if own.get(key, value) != value}
            if different:
                beside[source] = different
        elif own != held:
            beside[source] = held
    if beside:
        kept = out.get(KEPT_BESIDE)
        out[KEPT_BESIDE] = {**(kept if isinstance(kept, dict) else {}), other: beside}
    return out


def _take_in(
    work: Deciding, entity: Entity, keep: Record, other: Record, left: Left, evidence: Record | None
) -> None:
    """The way of one record to the trash: what contradicts the survivor is noted, and a link leads there."""
    made: Record = {}
    lines = []
    for field, value in left:
        if entity.key == "contact" and field.key == "company":
            job = {"role": other.get("title")}
            linking.tie(work, linking.EMPLOYMENT, ("contact", keep["id"]), ("company", value), **job)
            made["link"] = work.changes[-1].record
        lines.append(t("{field}: {value}", field=field.label(), value=_shown(work, field, value)))
    if lines:
        words = {"name": other.get(entity.name_field) or "", "handle": ids.handle(other["id"])}
        body = "\n".join(
            [t("Merged with this record: {name} @{handle}. It said otherwise:", **words), *lines]
        )
        note = {"name": t("Merged: {name}", **words), "body": body, entity.key: keep["id"]}
        made["note"] = work.create(work.registry.entity("note"), note)
    if evidence is not None:
        made["match"] = evidence
    work.changes.append(changes.delete(entity, other, work.ctx.now))
    more = {"extra": {"crm": made}} if made else {}
    linking.tie(work, MERGED, (entity.key, other["id"]), (entity.key, keep["id"]), **more)


def _shown(work: Deciding, field: Field, value: Any) -> str:
    if field.target and isinstance(value, str):
        return work.reader.names(field.target, [value]).get(value) or f"@{ids.handle(value)}"
    return field.kind.display(value, field)


class Moving:
    """What refers to records that are merged, turned to the survivor. One change a record, whatever its fields refer to."""

    def __init__(self, work: Deciding, entity: Entity, keep: str, gone: set[str]) -> None:
        self.work = work
        self.entity = entity
        self.keep = keep
        self.gone = gone

    def decide(self) -> None:
        found: dict[str, dict[str, Record]] = {}
        for other, field in references(self.work.registry, self.entity):
            for record in _referring(self.work.reader, other, field, self.gone):
                if record not in self.gone and record != self.keep:
                    found.setdefault(other.key, {}).setdefault(record, {})[field.key] = self.keep
        for key, records in found.items():
            kind = self.work.registry.entity(key)
            bases = self.work.reader.get_many(key, [*records])
            for record, values in records.items():
                change = changes.update(kind, bases[record], values)
                if change is not None:
                    self.work.changes.append(change)
        self._links()

    def _links(self) -> None:
        """Links lead to the survivor, unless that would tie it to itself or say what a link of its own says already."""
        link = self.work.registry.entity("link")
        bases = self.work.reader.get_many(
            "link",
            [
                record
                for end in ENDS
                for record in _referring(self.work.reader, link, link.fields[end], self.gone)
            ],
        )
        own = self.work.reader.get_many(
            "link",
            [
                record
                for end in ENDS
                for record in _referring(self.work.reader, link, link.fields[end], {self.keep})
            ],
        )
        said = {
            _said(base) for record, base in own.items() if base["deleted_at"] is None and record not in bases
        }
        for base in bases.values():
            if base["relation"] == MERGED:
                continue  # what was merged into a merged record is found through it
            values = {end: self.keep for end in ENDS if base[end] in self.gone}
            turned = {**base, **values}
            if base["deleted_at"] is None:
                if turned["from"] == turned["to"] or _said(turned) in said:
                    self.work.changes.append(changes.delete(link, base, self.work.ctx.now))
                    continue
                said.add(_said(turned))
            change = changes.update(link, base, values)
            if change is not None:
                self.work.changes.append(change)


def _said(link: Record) -> tuple[Any, ...]:
    return tuple(link.get(key) for key in ("relation", "from", "to", "role", "starts_on", "ends_on"))


def references(registry: Registry, entity: Entity) -> Iterator[tuple[Entity, Field]]:
    """Every (entity, field) whose values are ids of records of ``entity``, the user's own fields included."""
    for other in registry.entities.values():
        for field in other.fields.values():
            if field.target == entity.key and not field.system:
                yield other, field


def _referring(reader: Reader, entity: Entity, field: Field, records: set[str]) -> list[str]:
    """Ids of the records of ``entity``, also those in the trash, whose field refers to one of ``records``."""
    out: list[str] = []
    for record in sorted(records):
        query = Query(
            entity.key, Compare(Path((field,)), "=", record), fields=("id",), trash="with", expand=False
        )
        out.extend(found["id"] for found in reader.records(query))
    return out


def distinct(work: Deciding, command: Distinct) -> None:
    """A link that says of two records that they are not the same; once."""
    entity = work.registry.entity(command.entity)
    pair = sorted((command.one, command.other))
    for record in pair:
        work.base(entity, record)
    if pair[0] == pair[1]:
        raise UsageError(
            Message("A record is not different from itself."), Message("Name two records."), code="distinct"
        )
    if not tied(work.reader, DISTINCT, pair[0], pair[1]):
        more = {"extra": {"crm": {"match": command.evidence}}} if command.evidence else {}
        linking.tie(work, DISTINCT, (entity.key, pair[0]), (entity.key, pair[1]), **more)


def tied(
    reader: Reader, relation: str, start: str | None = None, end: str | None = None, *, trash: str = "without"
) -> list[Record]:
    """The links of a relation with this beginning or end, whole; live ones unless ``trash`` says otherwise."""
    link = reader.layouts.registry.entity("link")
    given = {"relation": relation, "from": start, "to": end}
    where = all_of(
        [Compare(Path((link.fields[key],)), "=", value) for key, value in given.items() if value is not None]
    )
    query = Query("link", where, fields=("id",), trash=trash, expand=False)
    found = [record["id"] for record in reader.records(query)]
    return [*reader.get_many("link", found, trash=trash).values()]


def survivor(reader: Reader, record: str) -> str | None:
    """The live record into which this one was merged, over as many merges as there were; ``None`` when it was not."""
    seen = {record}
    while links := tied(reader, MERGED, record):
        record = links[0]["to"]
        if record in seen:
            return None
        seen.add(record)
    return record if len(seen) > 1 else None


def absorbed(reader: Reader, record: str) -> list[str]:
    """The records that were merged into this one, and into those, oldest merge first."""
    out: list[str] = []
    waiting = [record]
    while waiting:
        found = [link["from"] for link in tied(reader, MERGED, None, waiting.pop(0))]
        fresh = [one for one in found if one not in out and one != record]
        out += fresh
        waiting += fresh
    return out
