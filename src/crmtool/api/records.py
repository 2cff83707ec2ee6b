"""The records of one kind, typed: read them, add them, change them.

A record is given as an instance, an id, or anything a person would type for it: an ``@handle``, an e-mail address, a phone
number, an exact name. Values are given as the model has them or as a person would type them.
"""

from __future__ import annotations

import builtins
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from crmtool.app.asking import ask, check_named
from crmtool.app.bulk import Item, Rejected, run_many
from crmtool.app.commands import Add, Close, Convert, Delist, Done, Enlist, Move, Remove, Restore, Set
from crmtool.app.resolve import resolve
from crmtool.core import dates
from crmtool.core.errors import ConflictError, UsageError
from crmtool.core.messages import Message
from crmtool.core.query import Linked, all_of
from crmtool.core.struct import Struct
from crmtool.store.modelling import Record, loaded, written
from crmtool.store.values import Entry, Money, Ref, to_plain, to_python

if TYPE_CHECKING:
    from crmtool.api.workspace import Workspace
    from crmtool.app.commands import Command
    from crmtool.app.workspace import Outcome
    from crmtool.core.fields import Field
    from crmtool.core.registry import Entity
    from crmtool.store.models import Contact, Deal, List, Task
    from crmtool.store.reader import Query

R = TypeVar("R", bound=Record)


class Added(Struct):
    """What adding many records came to: how many, the handle that takes them back, and what was refused and why."""

    count: int
    handle: str | None
    rejected: list[Rejected]


class Records(Generic[R]):
    """The records of one kind in a workspace."""

    def __init__(self, workspace: Workspace, key: str, model: type[R]) -> None:
        self._workspace = workspace
        self._key = key
        self.model = model

    @property
    def entity(self) -> Entity:
        """The definition of this kind of record as it stands now, with the fields of one's own."""
        return self._workspace.core.registry.entity(self._key)

    # -- reading -----------------------------------------------------------------------------------------------------

    def __iter__(self) -> Iterator[R]:
        return self.stream()

    def stream(
        self,
        where: str | None = None,
        *,
        sort: str | None = None,
        limit: int | None = None,
        as_of: date | str | None = None,
        trash: bool = False,
    ) -> Iterator[R]:
        """The records that match a filter, one by one; memory stays flat. ``trash``: the deleted ones instead.

        ``where`` and ``sort`` are those of the command line: ``"stage = Proposal and amount > 10k"``, ``"-amount,company.name"``.
        Raises ``FilterError``, which says where and what would be right.
        """
        entity, core = self.entity, self._workspace.core
        for record in core.query(self._query(where, sort, limit, as_of, trash)):
            yield loaded(self.model, entity, record)

    def list(
        self,
        where: str | None = None,
        *,
        sort: str | None = None,
        limit: int | None = None,
        as_of: date | str | None = None,
        trash: bool = False,
    ) -> builtins.list[R]:
        """The records that match a filter; see ``stream``."""
        return [*self.stream(where, sort=sort, limit=limit, as_of=as_of, trash=trash)]

    def first(self, where: str | None = None, *, sort: str | None = None) -> R | None:
        """The first record that matches, or ``None``."""
        return next(self.stream(where, sort=sort, limit=1), None)

    def count(self, where: str | None = None) -> int:
        """How many records match."""
        return self._workspace.core.reader.count(self._query(where, "", None, None, False))

    def get(self, record: str) -> R:
        """The one record that an id, handle, address, number or exact name means.

        Raises ``NotFoundError``, or ``AmbiguousError`` whose ``data["candidates"]`` are the records it could be.
        """
        reader, entity = self._workspace.core.reader, self.entity
        return self._loaded(resolve(reader, entity, record))

    def find(self, text: str, *, limit: int = 20) -> builtins.list[R]:
        """The best matches for a few letters, a number or an address, as ``crm find`` has them."""
        from crmtool.store.search import find

        hits = find(self._workspace.core.reader, text, entities=[self._key], limit=limit)
        return [loaded(self.model, self.entity, hit.record) for hit in hits]

    def rows(
        self,
        where: str | None = None,
        *,
        fields: Iterable[str] | None = None,
        sort: str | None = None,
        limit: int | None = None,
    ) -> Iterator[dict[str, Any]]:
        """Records as flat dicts, one column a value, for ``pandas.DataFrame`` and the like.

        A reference is the name, with the id beside it as ``company_id``; an amount is a ``Decimal``, with ``amount_currency``;
        several values are one text.
        """
        entity, core = self.entity, self._workspace.core
        keys = tuple(entity.field(name).key for name in fields) if fields is not None else None
        shown = (
            [entity.fields[key] for key in keys]
            if keys
            else [f for f in entity.fields.values() if not f.hidden]
        )
        query = self._query(where, sort, limit, None, False)
        for record in core.query(query.replace(fields=keys) if keys else query):
            flat: dict[str, Any] = {}
            for field in shown:
                if field.key in record:
                    flat.update(_flat(field, to_python(field, record[field.key])))
            yield flat

    # -- writing -----------------------------------------------------------------------------------------------------

    def add(self, record: R | None = None, /, **values: Any) -> R:
        """Add a record, given as an instance or by its values, and answer it as it is stored."""
        outcome = self._run(Add(self._key, self._values(record, values)))
        return self._loaded(next(made for entity, made in reversed(outcome.made) if entity == self._key))

    def add_all(self, records: Iterable[R | Mapping[str, Any]]) -> Added:
        """Add many as one piece of work with one undo handle. What is refused is listed; the rest is added.

        Raises the first error when none at all could be added.
        """
        items = (
            Item(
                str(number),
                Add(self._key, self._values(record, {}) if isinstance(record, Record) else _plain(record)),
            )
            for number, record in enumerate(records, 1)
        )
        done = run_many(self._workspace.core, items, f"{self._key} add")
        self._workspace.handle = done.handle or self._workspace.handle
        added = sum(1 for entity, _ in done.changed if entity == self._key)
        return Added(added, done.handle, done.rejected)

    def set(self, record: R | str, /, **values: Any) -> R:
        """Change fields of a record and answer it as it is stored; ``None`` empties a field."""
        return self._change(record, "=", values)

    def put_in(self, record: R | str, /, **values: Any) -> R:
        """Add to what a field holds: ``put_in(ana, tags="vip", emails="ana@home.example")``."""
        return self._change(record, "+=", values)

    def take_out(self, record: R | str, /, **values: Any) -> R:
        """Take from what a field holds."""
        return self._change(record, "-=", values)

    def save(self, record: R) -> R:
        """Write what was changed on an instance since it was read, and answer it as it is stored.

        Raises ``ConflictError`` when somebody else changed the record in between.
        """
        if record.id is None:
            return self.add(record)
        values = written(self.entity, record)
        if not values:
            return record
        changes = tuple((key, "=", value) for key, value in values.items())
        self._run(Set(self._key, (record.id,), changes, record.rev))
        return self._loaded(record.id)

    def delete(self, *records: R | str) -> None:
        """Move records to the trash; ``undo`` or ``restore`` brings them back."""
        self._run(Remove(self._key, tuple(self._id(record) for record in records)))

    def restore(self, *records: R | str) -> None:
        """Take records out of the trash."""
        self._run(Restore(self._key, tuple(self._id(record, trash="only") for record in records)))

    # -- between the two ---------------------------------------------------------------------------------------------

    def _change(self, record: R | str, operator: str, values: dict[str, Any]) -> R:
        found = self._id(record)
        changes = tuple((key, operator, value) for key, value in _plain(values).items())
        self._run(Set(self._key, (found,), changes))
        return self._loaded(found)

    def _run(self, command: Command) -> Outcome:
        return self._workspace.run(command)

    def _query(
        self, where: str | None, sort: str | None, limit: int | None, as_of: date | str | None, trash: bool
    ) -> Query:
        core = self._workspace.core
        core.refresh_clock()
        state = "only" if trash else "without"
        moment = _moment(as_of, core.zone)
        if moment is not None and sort is None:
            sort = ""  # the usual order may lean on values that are only kept as they are now
        query = ask(
            self.entity,
            core.registry,
            core.context,
            where=where,
            sort=sort,
            limit=limit,
            as_of=moment,
            trash=state,
        )
        if query.where is not None:
            check_named(core.reader, query.where)
        return query

    def _values(self, record: R | None, values: dict[str, Any]) -> dict[str, Any]:
        if record is None:
            return _plain(values)
        if record.id is not None:
            raise UsageError(
                Message("This record is stored already."),
                Message("Change it with save() or set()."),
                code="exists",
            )
        return {**written(self.entity, record), **_plain(values)}

    def _id(self, record: R | str, trash: str = "without") -> str:
        if isinstance(record, Record):
            if record.id is None:
                raise UsageError(
                    Message("This record is not stored yet."), Message("Add it first."), code="not_stored"
                )
            return record.id
        return resolve(self._workspace.core.reader, self.entity, record, trash=trash)

    def _loaded(self, record: str) -> R:
        found = self._workspace.core.reader.get(self._key, record, expand=True)
        if found is None:
            raise ConflictError(
                Message("The record is gone, or hidden from you."),
                Message("Read the records again: somebody may have erased it."),
                record=record,
            )
        found.pop("n")
        made: R = loaded(self.model, self.entity, found)
        return made


class Contacts(Records["Contact"]):
    """People."""

    def convert(self, contact: Contact | str, deal: str | None = None, /, **values: Any) -> Deal | None:
        """Make an opportunity of a lead, with a deal called ``deal``; without a name no deal is made."""
        outcome = self._run(Convert(self._id(contact), deal, _plain(values)))
        made = [record for entity, record in outcome.made if entity == "deal"]
        return self._workspace.deals.get(made[0]) if made else None


class Deals(Records["Deal"]):
    """Sales."""

    def move(self, deal: Deal | str, stage: str, *, pipeline: str | None = None) -> Deal:
        """Move a deal to another stage, by the stage's name."""
        return self._closing(deal, lambda record: Move(record, stage, pipeline))

    def win(self, deal: Deal | str, *, on: date | str | None = None) -> Deal:
        """Close a deal as won; its contact becomes a customer."""
        return self._closing(deal, lambda record: Close(record, "won", closed_on=to_plain(on)))

    def lose(self, deal: Deal | str, reason: str | None = None, *, on: date | str | None = None) -> Deal:
        """Close a deal as lost."""
        return self._closing(deal, lambda record: Close(record, "lost", reason, to_plain(on)))

    def reopen(self, deal: Deal | str) -> Deal:
        """Open a closed deal again."""
        return self._closing(deal, lambda record: Close(record, "open"))

    def _closing(self, deal: Deal | str, command: Any) -> Deal:
        record = self._id(deal)
        self._run(command(record))
        return self._loaded(record)


class Tasks(Records["Task"]):
    """What is to be done."""

    def done(self, task: Task | str) -> Task:
        """Tick a task off; a repeating one gets its next occurrence."""
        record = self._id(task)
        self._run(Done(record))
        return self._loaded(record)


class Lists(Records["List"]):
    """Static lists: records that were picked by hand."""

    def put_on(self, static_list: List | str, *records: Record | str) -> int:
        """Put records of the list's kind on it; how many were not on it before."""
        of = self._of(static_list)
        found = tuple(of._id(record) for record in records)
        return len(self._run(Enlist(of.entity.key, found, self._id(static_list))).changed)

    def take_off(self, static_list: List | str, *records: Record | str) -> int:
        """Take records off a list; how many were on it. The records themselves stay as they are."""
        of = self._of(static_list)
        found = tuple(of._id(record, "with") for record in records)
        return len(self._run(Delist(found, self._id(static_list))).changed)

    def members(self, static_list: List | str, where: str | None = None) -> Iterator[Any]:
        """The records on a list, of whatever kind it holds, that match a filter."""
        of, core = self._of(static_list), self._workspace.core
        query = of._query(where, None, None, None, False)
        on = Linked("member", self._id(static_list))
        for record in core.query(query.replace(where=all_of([on, query.where]))):
            yield loaded(of.model, of.entity, record)

    def _of(self, static_list: List | str) -> Records[Any]:
        """The records of the kind that a list holds."""
        return self._workspace.records(self._loaded(self._id(static_list)).of or "contact")


def _plain(values: Mapping[str, Any]) -> dict[str, Any]:
    return {key: _given(value) for key, value in values.items()}


def _given(value: Any) -> Any:
    return (value.id or str(value)) if isinstance(value, Record) else to_plain(value)


def _moment(as_of: date | str | None, zone: str) -> str | None:
    """The instant that ``as_of`` means: a day means its end."""
    if isinstance(as_of, datetime):
        return str(to_plain(as_of))
    if as_of is None:
        return None
    return dates.day_bounds(as_of if isinstance(as_of, str) else as_of.isoformat(), zone)[1]


def _flat(field: Field, value: Any) -> dict[str, Any]:
    kind, key = field.kind.name, field.key
    if kind in ("reference", "file"):
        ref = value or Ref()
        return {key: ref.name, f"{key}_id": ref.id}
    if isinstance(value, Money) or kind == "money":
        return {key: value.amount if value else None, f"{key}_currency": value.currency if value else None}
    if isinstance(value, list):
        return {
            key: "; ".join(str(item.value if isinstance(item, Entry) else item) for item in value) or None
        }
    return {key: None if value is None else value if kind != "address" else str(value)}
