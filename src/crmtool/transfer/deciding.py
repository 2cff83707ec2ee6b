"""From checked rows to changes: matched in batches, decided one after another, written by somebody else.

The same code plans an import and applies it, so that a plan says what will happen. Every row ends in one verdict, and the
verdicts add up to the rows.
"""

from __future__ import annotations

from crmtool.core import changes, ids
from crmtool.core.changes import CREATE, UPDATE, Change
from crmtool.core.kinds import PHONE
from crmtool.core.messages import Message
from crmtool.core.struct import Struct
from crmtool.transfer import merging
from crmtool.transfer.drafts import CompanyDraft, Draft, Problem
from crmtool.transfer.matching import (
    Candidates,
    Search,
    domain_key,
    ext_key,
    match_employer,
    name_key,
)  # fmt: skip
from crmtool.transfer.references import References
from crmtool.transfer.seen import Seen

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

    from crmtool.core.fields import Context
    from crmtool.core.registry import Entity, Registry
    from crmtool.store.reader import Reader

    Record = dict[str, Any]

NEW, CHANGED, UNCHANGED, REJECTED = "new", "changed", "unchanged", "rejected"
VERDICTS = (NEW, CHANGED, UNCHANGED, REJECTED)
# One row makes a handful of changes: itself, companies, links, and the tags it uses first. The batch ends while a row with
# the most of each still fits.
_ROOM = 300
_WRITTEN = (
    ("tag", CREATE), ("company", CREATE), ("company", UPDATE), ("contact", CREATE), ("contact", UPDATE), ("link", CREATE),
)  # fmt: skip
_ORDER = {kind: place for place, kind in enumerate(_WRITTEN)}


class Outcome(Struct):
    """What becomes of one row. ``change`` is its record's, ``None`` where nothing changes."""

    draft: Draft
    verdict: str
    change: Change | None = None


class Batch(Struct):
    """``used`` rows were decided; ``changes`` are in the order in which they must be written. ``companies``: made on the way."""

    used: int
    changes: list[Change]
    outcomes: list[Outcome]
    companies: int


class Decider:
    """Decides the rows of one file. It remembers the records that the rows so far stood for (``seen``) and the companies they
    named (``employers``); everything else belongs to a batch.
    """

    def __init__(self, registry: Registry, ctx: Context, vendor: str) -> None:
        self.registry = registry
        self.ctx = ctx
        self.vendor = vendor
        self.seen = Seen()
        self.employers = Seen()
        self._new_ids: list[str] = []
        self._defaults = {
            key: [(f.key, f.default) for f in registry.entities[key].fields.values() if f.default is not None]
            for key in ("contact", "company")
        }
        self._required = {
            key: [f for f in registry.entities[key].fields.values() if f.required and f.key != "name"]
            for key in ("contact", "company")
        }

    def decide(self, reader: Reader, drafts: Sequence[Draft], limit: int) -> Batch:
        """Decide rows from the first on, until ``limit`` changes are near."""
        batch = _Deciding(self, reader, drafts)
        outcomes: list[Outcome] = []
        for draft in drafts:
            if len(batch.changes) + _ROOM > limit:
                break
            outcomes.append(Outcome(draft, REJECTED) if draft.problems else batch.row(draft))
        # The writer writes runs of one entity and verb together; what is referred to comes before what refers to it.
        batch.changes.sort(key=lambda change: _ORDER[change.entity, change.verb])
        return Batch(len(outcomes), batch.changes, outcomes, batch.companies_made)

    def remember(self, reader: Reader, drafts: Sequence[Draft]) -> None:
        """Take note of rows that an interrupted import has written already."""
        batch = _Deciding(self, reader, drafts)
        for draft in drafts:
            if not draft.problems:
                record = batch.find(draft, batch.known_references(draft))
                if record is not None:
                    self.seen.add(record["id"])

    def is_taken(self, record: str) -> bool:
        """Whether a row so far stood for the record, or named it as somebody's company."""
        return record in self.seen or record in self.employers

    def creation(
        self, entity: str, values: Record, record: str | None = None, effective_at: str | None = None
    ) -> Change:
        """The creation of a contact or company from values without blanks, as ``changes.create`` makes it but faster: the
        defaults of an entity are looked up once a file, and ids are made some hundreds at a time.
        """
        for key, default in self._defaults[entity]:
            values.setdefault(key, default)
        if record is None:
            if not self._new_ids:
                self._new_ids = ids.new_ids(512)[::-1]
            record = self._new_ids.pop()
        return Change(entity, record, CREATE, {}, values, None, effective_at)

    def missing(self, entity: str, values: Record) -> list[Problem]:
        """The required fields, a user's own included, that a new record would lack."""
        return [
            Problem("", field.key, Message("{field} is missing.", field=field.label()))
            for field in self._required[entity]
            if values.get(field.key) in (None, [])
        ]


class _Deciding:
    """One batch: what was read for it, and the changes so far."""

    def __init__(self, decider: Decider, reader: Reader, drafts: Sequence[Draft]) -> None:
        self.decider = decider
        self.reader = reader
        self.registry = decider.registry
        self.changes: list[Change] = []
        self.companies_made = 0
        self._by_record: dict[str, Change] = {}
        self._found = {"contact": Candidates("contact"), "company": Candidates("company")}
        self._employers: dict[tuple[str, str, str], str] = {}
        self._references = References(reader, decider.registry, drafts)
        self._gather([draft for draft in drafts if not draft.problems])

    def _gather(self, drafts: list[Draft]) -> None:
        """Read everything the batch may match, a statement for some hundreds of rows."""
        for entity, found in self._found.items():
            mine = [draft for draft in drafts if draft.entity == entity]
            keys: dict[str, list[str]] = {
                "own": [draft.own_id for draft in mine if draft.own_id is not None],
                "exts": [ext_key(source, ident) for draft in mine for source, ident in draft.external],
            }
            if entity == "contact":
                keys["emails"] = [key for draft in mine for key in draft.email_keys]
                alone = [draft for draft in mine if not draft.email_keys]
                keys["names"] = [name_key(draft.name) for draft in alone if draft.named]
                keys["phones"] = [key for draft in alone if not draft.named for key in _phones(draft)]
            else:
                employers = {
                    (one.name, one.domain, one.ident): one
                    for draft in drafts
                    for one in (*draft.companies, *self._named_companies(draft).values())
                }.values()
                vendor = self.decider.vendor
                keys["exts"] += [ext_key(vendor, one.ident) for one in employers if one.ident]
                domains = [draft.values.get("domain") for draft in mine] + [one.domain for one in employers]
                names = [draft.name for draft in mine] + [one.name for one in employers]
                keys["domains"] = [key for key in map(domain_key, domains) if key]
                keys["names"] = [name_key(name) for name in names if name]
            found.gather(self.reader, **keys)

    # -- one row -----------------------------------------------------------------------------------------------------

    def row(self, draft: Draft) -> Outcome:
        """Decide one row."""
        entity = self.registry.entities[draft.entity]
        before = len(self.changes)
        values = self._references.of(draft, entity)
        for key, company in self._named_companies(draft).items():
            values[key] = self._employer(company)
        if draft.companies and "company" in entity.fields:
            values["company"] = self._employer(draft.companies[0])
        record = self.find(draft, values)
        if record is None:
            made = self._create(draft, entity, values)
            if made is None:
                del self.changes[before:]
                return Outcome(draft, REJECTED)
            self._employments(draft, made.record)
            return Outcome(draft, NEW, made)
        changed = self._update(draft, entity, record, values)
        self._employments(draft, record["id"])
        return Outcome(draft, CHANGED if len(self.changes) > before or changed else UNCHANGED, changed)

    def find(self, draft: Draft, references: Record) -> Record | None:
        """The record a row means."""
        entity, vendor = self.registry.entities[draft.entity], self.decider.vendor

        def settled(record: Record) -> bool:
            fill = record["id"] in self.decider.seen
            return not merging.updated(draft, entity, record, vendor, references, fill=fill)

        search = Search(draft, self._found[draft.entity], self.decider.is_taken, settled)
        return search.company() if draft.entity == "company" else search.contact(references.get("company"))

    def _create(self, draft: Draft, entity: Entity, references: Record) -> Change | None:
        values = merging.created(draft, entity, self.decider.vendor, references)
        draft.problems.extend(self.decider.missing(draft.entity, values))
        if draft.problems:
            return None
        self._tags(values.get("tags"), None)
        if "owner" not in values and self.decider.ctx.me:
            values["owner"] = self.decider.ctx.me
        record = (
            draft.own_id if draft.own_id and self._references.is_free(draft.entity, draft.own_id) else None
        )
        change = self.decider.creation(entity.key, values, record, draft.created_at)
        self._add(change, draft)
        return change

    def _add(self, change: Change, draft: Draft) -> None:
        self.changes.append(change)
        self._by_record[change.record] = change
        self.decider.seen.add(change.record)
        self._put({**change.after, "id": change.record}, draft)

    def _put(self, record: Record, draft: Draft) -> None:
        if draft.entity == "contact":
            alone = not draft.email_keys and not draft.named
            self._found["contact"].put(
                record, exts=draft.external, emails=draft.email_keys, name=name_key(record["name"]),
                phones=_phones(draft) if alone else (),
            )  # fmt: skip
        else:
            self._found["company"].put(
                record,
                exts=draft.external,
                name=name_key(record["name"]),
                domain=domain_key(record.get("domain")),
            )

    def _update(self, draft: Draft, entity: Entity, record: Record, references: Record) -> Change | None:
        seen = self.decider.seen
        fill = record["id"] in seen
        seen.add(record["id"])
        values = merging.updated(draft, entity, record, self.decider.vendor, references, fill=fill)
        if not values:
            return None
        self._tags(values.get("tags"), record.get("tags"))
        return self._change(entity, record, values, draft)

    def _change(self, entity: Entity, record: Record, values: Record, draft: Draft | None) -> Change | None:
        """Put values into the record's change of this batch, or begin one."""
        change = self._by_record.get(record["id"])
        if change is None:
            change = changes.update(entity, record, values)
            if change is None:
                return None
            self.changes.append(change)
            self._by_record[record["id"]] = change
        else:
            for key, value in values.items():
                if change.verb != CREATE:
                    change.before.setdefault(key, record.get(key))
                change.after[key] = value
        grown = {**record, **values}
        if draft is not None:
            self._put(grown, draft)
        else:
            self._found[entity.key].records[record["id"]] = grown
        return change

    # -- companies that rows name -----------------------------------------------------------------------------------------

    def _named_companies(self, draft: Draft) -> dict[str, CompanyDraft]:
        """The companies that reference fields name, by field; like a person's company they are made where there are none.

        A company that names itself (as its own parent) says nothing.
        """
        if not draft.refs:
            return {}
        fields = self.registry.entities[draft.entity].fields
        own = name_key(draft.name) if draft.entity == "company" else None
        return {
            key: CompanyDraft(text)
            for key, (_, text) in draft.refs.items()
            if fields[key].target == "company" and not ids.is_id(text) and name_key(text) != own
        }

    def known_references(self, draft: Draft) -> Record:
        """What a row refers to, as far as it is there: nothing is made."""
        values = self._references.of(draft, self.registry.entities[draft.entity])
        named = self._named_companies(draft)
        if draft.companies and draft.entity == "contact":
            named["company"] = draft.companies[0]
        for key, wanted in named.items():
            record = match_employer(wanted, self.decider.vendor, self._found["company"])
            if record is not None:
                values[key] = record["id"]
                self.decider.employers.add(record["id"])
        return values

    def _employer(self, wanted: CompanyDraft) -> str:
        """The id of the company that a person's row names; made where there is none, completed where it lacks domain or id."""
        mark = (wanted.name, wanted.domain, wanted.ident)
        known = self._employers.get(mark)
        if known is not None:
            return known
        vendor, found = self.decider.vendor, self._found["company"]
        entity = self.registry.entities["company"]
        external = [(vendor, wanted.ident)] if wanted.ident else []
        record = match_employer(wanted, vendor, found)
        if record is None:
            values: Record = {"name": wanted.name or wanted.domain or wanted.ident}
            if self.decider.ctx.me:
                values["owner"] = self.decider.ctx.me
            if wanted.domain:
                values["domain"] = wanted.domain
            if external:
                values["external_ids"] = [[source, ident] for source, ident in external]
            change = self.decider.creation("company", values)
            self.changes.append(change)
            self._by_record[change.record] = change
            self.companies_made += 1
            record = {**change.after, "id": change.record}
        else:
            values = {}
            if wanted.domain and not record.get("domain"):
                values["domain"] = wanted.domain
            merged = merging.merged_ids(record.get("external_ids"), external)
            if merged is not None:
                values["external_ids"] = merged
            if values:
                self._change(entity, record, values, None)
                record = found.records[record["id"]]
        found.put(
            record, exts=external, name=name_key(record["name"]), domain=domain_key(record.get("domain"))
        )
        self._employers[mark] = record["id"]
        self.decider.employers.add(record["id"])
        return str(record["id"])

    def _employments(self, draft: Draft, contact: str) -> None:
        """Links to the further companies of a row; the first is the contact's own."""
        if len(draft.companies) < 2:
            return
        known = self._references.employments(self._found["contact"].records)
        for wanted in draft.companies[1:]:
            company = self._employer(wanted)
            if (contact, company) not in known:
                known.add((contact, company))
                values = {
                    "relation": "employment", "from_entity": "contact", "from": contact, "to_entity": "company", "to": company,
                }  # fmt: skip
                self.changes.append(changes.create(self.registry.entities["link"], values))

    def _tags(self, words: list[str] | None, held: list[str] | None) -> None:
        """A tag used for the first time becomes a record, as it does in every door."""
        for word in words or ():
            if (not held or word not in held) and self._references.new_tag(word):
                self.changes.append(changes.create(self.registry.entities["tag"], {"name": word}))


def _phones(draft: Draft) -> list[str]:
    return [PHONE.lookup_key(value) for value, _ in draft.entries.get("phones", ())]


__all__ = ["CHANGED", "NEW", "REJECTED", "UNCHANGED", "VERDICTS", "Batch", "Decider", "Outcome"]
