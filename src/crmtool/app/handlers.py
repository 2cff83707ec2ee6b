"""From a command to a change set: reads in the caller's transaction, decides, writes nothing.

Validation runs once, on the resulting record; references typed as text become ids here.
"""

from __future__ import annotations

from crmtool.app import erasing, linking, rules
from crmtool.app.commands import (
    Add,
    Apply,
    Attach,
    Close,
    Convert,
    Delist,
    Distinct,
    Done,
    Enlist,
    Merge,
    Move,
    Purge,
    Remove,
    Restore,
    Set,
    Unmerge,
)
from crmtool.app.resolve import candidates, resolve, resolve_anywhere
from crmtool.core import changes, dates, ids, tokens
from crmtool.core.changes import Change, ChangeSet
from crmtool.core.errors import ConflictError, CrmError, UsageError
from crmtool.core.fields import invalid
from crmtool.core.messages import Message

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from typing import Any

    from crmtool.app.commands import Command
    from crmtool.core.fields import Context, Field
    from crmtool.core.registry import Entity, Registry
    from crmtool.store.reader import Reader

    Record = dict[str, Any]


class Deciding:
    """One command being decided: what it reads through, and the changes it has come to so far."""

    def __init__(
        self,
        reader: Reader,
        registry: Registry,
        ctx: Context,
        check: Callable[[Change], None] | None = None,
    ) -> None:
        self.reader = reader
        self.registry = registry
        self.ctx = ctx
        self.check = check
        self.changes: list[Change] = []
        self.made: list[tuple[str, str]] = []
        self.left: list[dict[str, Any]] = []  # what had to stay as it is: entity, id, name, reason
        self._new: dict[tuple[str, str], str] = {}
        self._foreseen: dict[str, Record] = {}

    def foresee(self, commands: Iterable[Command]) -> None:
        """Read the records that commands are about in few statements, before they are decided in this transaction."""
        wanted: dict[str, list[str]] = {}
        for command in commands:
            if isinstance(command, Set | Remove):
                wanted.setdefault(command.entity, []).extend(command.records)
        for key, records in wanted.items():
            self._foreseen.update(self.reader.get_many(key, [*dict.fromkeys(records)], trash="without"))

    def attempt(self, command: Command) -> None:
        """Decide one command more; one that is refused leaves nothing behind of what it came to.

        ``check``, where one was given, refuses a command by any of its changes.
        """
        marks = len(self.changes), len(self.made), len(self._new)
        handler = HANDLERS.get(type(command))
        if handler is None:
            raise TypeError(command)
        try:
            handler(self, command)
            if self.check is not None:
                for change in self.changes[marks[0] :]:
                    self.check(change)
        except CrmError:
            del self.changes[marks[0] :], self.made[marks[1] :]
            while len(self._new) > marks[2]:
                self._new.popitem()
            raise

    # -- values ----------------------------------------------------------------------------------------------------

    def value(self, entity: Entity, field: Field, given: Any, record: Record) -> Any:
        """The stored value of what was given for a field: text as people type it, or a JSON-plain value."""
        if not field.writable:
            raise invalid(
                field,
                Message("{field} is kept by the program and cannot be set.", field=field.label()),
                Message("Leave it out; it follows from the other fields and records."),
                code="read_only",
            )
        if field.kind.name in ("reference", "file"):
            return self.reference(entity, field, given, record)
        value = field.parse(given, self.ctx) if isinstance(given, str) else field.validate(given, self.ctx)
        return external_ids(field, value) if field.key == "external_ids" else value

    def reference(self, entity: Entity, field: Field, given: Any, record: Record) -> str | None:
        """The id of the record that a reference names. A company that is not there yet is made, in the same change set."""
        if given is None or given == "":
            return None
        if isinstance(given, dict):
            given = given.get("id") or given.get("name") or ""
        text = str(given).strip()
        if field.target is None:
            return resolve_anywhere(self.reader, text)[1]
        if field.target == "user" and text.casefold() == "me" and self.ctx.me:
            return self.ctx.me
        if entity.key == "deal" and field.key == "stage":
            return rules.find_stage(
                self.reader, text, record.get("pipeline") or rules.default_pipeline(self.reader)
            )
        target = self.registry.entity(field.target)
        if field.target == "company" and not text.startswith("@") and not ids.is_id(text):
            known = self._new.get(("company", tokens.fold(text)))
            if known or not candidates(self.reader, target, text):
                return known or self.create(target, {"name": text})
        return resolve(self.reader, target, text)

    def values(self, entity: Entity, given: Record, base: Record | None = None) -> Record:
        """Checked values by field key; references to the pipeline come before those to its stages."""
        out: Record = {}
        items = [(self.reader.field(entity, name), value) for name, value in given.items()]
        items.sort(key=lambda item: item[0].key != "pipeline")
        for field, value in items:
            out[field.key] = self.value(entity, field, value, {**(base or {}), **out})
        return out

    # -- changes ---------------------------------------------------------------------------------------------------

    def create(
        self,
        entity: Entity,
        given: Record,
        effective_at: str | None = None,
        record: str | None = None,
        content: Record | None = None,
    ) -> str:
        """Decide a new record; its id, which is ``record`` where the caller has one ready.

        ``content``: what the program keeps itself about the content of a file.
        """
        values = {**self.values(entity, given), **(content or {})}
        values = rules.complete(self.reader, self.ctx, entity, values, None)
        self.tags(entity, values)
        change = changes.create(entity, values, effective_at, record)
        self.changes.append(change)
        self.made.append((entity.key, change.record))
        if values.get(entity.name_field):
            self._new[entity.key, tokens.fold(str(values[entity.name_field]))] = change.record
        return change.record

    def update(self, entity: Entity, base: Record, given: Record, effective_at: str | None = None) -> None:
        """Decide new values for a record, already checked."""
        values = rules.complete(self.reader, self.ctx, entity, given, base)
        self.tags(entity, values)
        then = self._then(entity, base, effective_at)
        change = changes.update(entity, then, values, effective_at)
        if change is not None:
            if then is not base:
                change = change.replace(base=base)
            self.changes.append(change)
            if entity.key == "contact" and "company" in change.after:
                linking.keep_employment(self, change)

    def _then(self, entity: Entity, base: Record, moment: str | None) -> Record:
        """The record with the values its tracked fields had at a past moment, if it is known that they changed after it."""
        if moment is None:
            return base
        from crmtool.store import spans

        return {**base, **spans.then(self.reader.db, entity, (base["id"],), moment).get(base["id"], {})}

    def tags(self, entity: Entity, values: Record) -> None:
        """A tag used for the first time becomes a record, so that it can be listed, described and renamed."""
        for key, given in values.items():
            if not given or entity.fields[key].kind.name != "tags":
                continue
            words = {tokens.fold(word): word for word in given}
            known = self.reader.by_name("tag", [*words])
            for folded, label in words.items():
                if folded not in known and ("tag", folded) not in self._new:
                    change = changes.create(self.registry.entity("tag"), {"name": label})
                    self.changes.append(change)
                    self._new["tag", folded] = change.record

    def base(self, entity: Entity, record: str) -> Record:
        """A live record as it stands in the store."""
        return self._foreseen.get(record) or self.reader.require(entity.key, record, trash="without")


def decide(reader: Reader, registry: Registry, ctx: Context, command: Command) -> tuple[ChangeSet, Deciding]:
    """The change set of a command."""
    work = Deciding(reader, registry, ctx)
    work.attempt(command)
    effective_at = getattr(command, "effective_at", None)
    if effective_at is not None and not dates.is_instant(effective_at):
        raise UsageError(
            Message("“{text}” is not an instant.", text=effective_at),
            Message("Write it as {example}.", example="2026-05-31T12:30:00.000Z"),
            code="effective_at",
        )
    return ChangeSet(work.changes, command.name, effective_at=effective_at), work


def _add(work: Deciding, command: Add) -> None:
    work.create(work.registry.entity(command.entity), command.values, command.effective_at)


def _set(work: Deciding, command: Set) -> None:
    entity = work.registry.entity(command.entity)
    for record in dict.fromkeys(command.records):
        base = work.base(entity, record)
        if command.rev is not None and base["rev"] != command.rev:
            raise ConflictError(
                Message("{noun} @{handle} changed since (revision {now}, expected {rev}).",
                        noun=entity.label(), handle=ids.handle(record), now=base["rev"], rev=command.rev),
                Message("Look at it again and repeat the change."),
            )  # fmt: skip
        given: Record = {}
        for name, operator, value in command.changes:
            field = work.reader.field(entity, name)
            if (
                entity.key == "deal"
                and field.key == "stage"
                and operator == "="
                and _is_outcome(work, value, base)
            ):
                given["status"] = tokens.fold(str(value))
                continue
            checked = work.value(entity, field, value, {**base, **given})
            given[field.key] = combined(field, given.get(field.key, base.get(field.key)), operator, checked)
        work.update(entity, base, given, command.effective_at)


def _is_outcome(work: Deciding, value: Any, base: Record) -> bool:
    """``stage=won`` means the outcome, unless the pipeline has a stage of that name."""
    word = tokens.fold(str(value))
    names = {tokens.fold(s["name"]) for s in rules.stages(work.reader, base.get("pipeline"))}
    return word in ("won", "lost", "open") and word not in names


def external_ids(field: Field, value: Any) -> list[list[str]]:
    """Pairs of a source and the record's id there, each once. Raises ``ValidationError``."""
    pairs = value or []
    if not isinstance(pairs, list | tuple) or not all(
        isinstance(pair, list | tuple) and len(pair) == 2 and all(type(part) in (str, int) for part in pair)
        for pair in pairs
    ):
        raise invalid(
            field,
            Message("{field}: “{value}” is no list of pairs.", field=field.label(), value=value),
            Message("Write it as {example}.", example='[["source","id"]]'),
        )
    return [[source, ident] for source, ident in dict.fromkeys((str(s), str(i)) for s, i in pairs)]


def settled(field: Field, old: list[Record], value: list[Record]) -> list[Record]:
    """New entries; those whose value stood there before stay the same entry, so that it shows what really changed."""
    from crmtool.core.order import key_between

    held = {field.kind.lookup_key(entry["value"]): entry for entry in old}
    given = {entry["id"] for entry in value}
    out: list[Record] = []
    last: str | None = None
    for entry in value:
        known = held.get(field.kind.lookup_key(entry["value"]))
        if known is not None and known["id"] not in given:
            entry = {**entry, "id": known["id"], "key": known["key"]}
        if last is not None and entry["key"] <= last:
            entry = {**entry, "key": key_between(last, None)}
        last = entry["key"]
        out.append(entry)
    return out


def combined(field: Field, old: Any, operator: str, value: Any) -> Any:
    """The value after ``=``, ``+=`` (add to the set) or ``-=`` (take from it)."""
    if operator == "=":
        return settled(field, old or [], value or []) if field.multi else value
    if not (field.multi or field.kind.collection):
        raise UsageError(
            Message("{field} holds one value; it can be set, not added to.", field=field.label()),
            Message("Write {key}=…", key=field.key),
            field=field.key,
        )
    mark = (lambda e: field.kind.lookup_key(e["value"])) if field.multi else tokens.fold
    old, value = old or [], value or []
    if operator == "-=":
        gone = {mark(item) for item in value}
        return [item for item in old if mark(item) not in gone]
    held = {mark(item) for item in old}
    fresh = [item for item in value if mark(item) not in held]
    if field.multi and fresh:
        from crmtool.core.order import key_between

        last = old[-1]["key"] if old else None
        for item in fresh:
            last = key_between(last, None)
            item["key"] = last
    return [*old, *fresh]


def _remove(work: Deciding, command: Remove) -> None:
    entity = work.registry.entity(command.entity)
    for record in dict.fromkeys(command.records):
        base = work.base(entity, record)
        if entity.key in ("pipeline", "stage"):
            rules.unused(work.reader, entity, base)
        work.changes.append(changes.delete(entity, base, work.ctx.now))


def _restore(work: Deciding, command: Restore) -> None:
    entity = work.registry.entity(command.entity)
    for record in dict.fromkeys(command.records):
        base = work.reader.require(entity.key, record)
        if base["deleted_at"] is not None:
            work.changes.append(changes.restore(entity, base))


def _convert(work: Deciding, command: Convert) -> None:
    contact = work.registry.entity("contact")
    base = work.base(contact, command.record)
    if base.get("lifecycle") in ("opportunity", "customer", "evangelist"):
        raise CrmError(
            Message("{name} is converted already.", name=base["name"]),
            Message("Add a deal with “crm deal add”."),
            code="converted",
        )
    work.update(contact, base, {"lifecycle": "opportunity"})
    if command.deal is not None:
        deal = work.registry.entity("deal")
        work.create(
            deal,
            {"company": base.get("company"), "name": command.deal, "contact": base["id"], **command.values},
        )


def _move(work: Deciding, command: Move) -> None:
    deal = work.registry.entity("deal")
    base = work.base(deal, command.record)
    pipeline = base.get("pipeline")
    if command.pipeline is not None:
        pipeline = resolve(work.reader, work.registry.entity("pipeline"), command.pipeline)
    stage = rules.find_stage(work.reader, command.stage, pipeline)
    more = work.values(deal, command.values or {}, base)
    work.update(deal, base, {**more, "stage": stage}, command.effective_at)


def _close(work: Deciding, command: Close) -> None:
    deal = work.registry.entity("deal")
    base = work.base(deal, command.record)
    given: Record = {**work.values(deal, command.values or {}, base), "status": command.status}
    if command.status != "open":
        given["closed_on"] = (
            deal.fields["closed_on"].parse(command.closed_on, work.ctx) if command.closed_on else None
        )
        if command.reason is not None or command.status == "won":
            given["lost_reason"] = (
                command.reason
            )  # else the one among the values, or that is known already, stands
        if given["closed_on"] is None:
            del given["closed_on"]
    work.update(deal, base, given)
    if command.status == "won" and base.get("contact"):
        contact = work.registry.entity("contact")
        person = work.reader.get("contact", base["contact"], trash="without")
        if person is not None and person.get("lifecycle") in (
            None,
            "subscriber",
            "lead",
            "qualified",
            "opportunity",
        ):
            work.update(contact, person, {"lifecycle": "customer"})


def _done(work: Deciding, command: Done) -> None:
    from crmtool.app.repeat import next_due

    task = work.registry.entity("task")
    base = work.base(task, command.record)
    if base["status"] == "done":
        raise CrmError(
            Message("“{task}” is done already.", task=base["name"]),
            Message(
                "To open it again: {command}",
                command=f"crm task set @{ids.handle(command.record)} status=open",
            ),
            code="done",
        )
    work.update(task, base, {"status": "done"})
    due = next_due(base["repeat"], base["due_on"], work.ctx) if base.get("repeat") else None
    if due is not None:
        keep = {
            k: base[k]
            for k in ("name", "priority", "repeat", "contact", "company", "deal", "owner", "body")
            if base.get(k)
        }
        work.create(task, {**keep, "due_on": due})


def _apply(work: Deciding, command: Apply) -> None:
    work.changes.extend(command.changes)


def _merge(work: Deciding, command: Merge) -> None:
    from crmtool.app.merging import merge

    merge(work, command)


def _unmerge(work: Deciding, command: Unmerge) -> None:
    from crmtool.app.unmerging import unmerge

    unmerge(work, command)


def _distinct(work: Deciding, command: Distinct) -> None:
    from crmtool.app.merging import distinct

    distinct(work, command)


HANDLERS: dict[type[Command], Callable[[Deciding, Any], None]] = {
    Add: _add,
    Set: _set,
    Remove: _remove,
    Restore: _restore,
    Purge: erasing.purge,
    Convert: _convert,
    Move: _move,
    Close: _close,
    Done: _done,
    Enlist: linking.enlist,
    Delist: linking.delist,
    Attach: linking.attach,
    Apply: _apply,
    Merge: _merge,
    Unmerge: _unmerge,
    Distinct: _distinct,
}
