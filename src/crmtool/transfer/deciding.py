"""From checked rows to changes: matched in batches, decided one after another, written by somebody else.

The same code plans an import and applies it, so that a plan says what will happen. Every row ends in one verdict, and the
verdicts add up to the rows.
"""

from __future__ import annotations

from crmtool.core import dates, ids
from crmtool.core.changes import CREATE, UPDATE, Change
from crmtool.core.messages import Message
from crmtool.core.struct import Struct
from crmtool.store.layout import name_key
from crmtool.transfer import merging
from crmtool.transfer.beside import Beside
from crmtool.transfer.candidates import MOMENTS, Everyone
from crmtool.transfer.drafts import Draft, Problem
from crmtool.transfer.funnel import Funnel
from crmtool.transfer.gathering import gather, phone_keys
from crmtool.transfer.ledger import Ledger
from crmtool.transfer.matching import Search, domain_key
from crmtool.transfer.references import References
from crmtool.transfer.seen import Seen

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

    from crmtool.core.fields import Context
    from crmtool.core.registry import Entity, Registry
    from crmtool.transfer.finding import Finder

    Record = dict[str, Any]

NEW, CHANGED, UNCHANGED, REJECTED = "new", "changed", "unchanged", "rejected"
VERDICTS = (NEW, CHANGED, UNCHANGED, REJECTED)
# One row makes a handful of changes: itself, companies, links, and the tags it uses first. The batch ends while a row with
# the most of each still fits.
_ROOM = 300
# What is referred to is written before what refers to it; the writer writes runs of one entity and verb together.
_FIRST = (
    "object",
    "field",
    "tag",
    "team",
    "user",
    "pipeline",
    "stage",
    "product",
    "company",
    "contact",
    "deal",
)


class Outcome(Struct):
    """What becomes of one row. ``change`` is its record's, ``None`` where nothing changes."""

    draft: Draft
    verdict: str
    change: Change | None = None


class Batch(Struct):
    """``used`` rows were decided; ``changes`` are in the order in which they must be written. ``made``: how many records of which
    kind come on the way, beside those that the rows stand for. ``tied`` are rows that were decided before and had to wait for
    what they name.
    """

    used: int
    changes: list[Change]
    outcomes: list[Outcome]
    made: dict[str, int]
    tied: tuple[Draft, ...] = ()


class Decider:
    """Decides the rows of one import. It remembers the records that the rows so far stood for (``seen``) and those they
    named (``employers``), of all its files; everything else belongs to a batch.

    ``make_stages``: a stage that nobody has is made; otherwise the deal keeps its name beside.
    """

    def __init__(self, registry: Registry, ctx: Context, *, make_stages: bool = False) -> None:
        self.registry = registry
        self.ctx = ctx
        self.make_stages = make_stages
        self.seen = Seen()
        self.employers = Seen()
        self._claims = Seen()
        self._new_ids: list[str] = []
        every = registry.entities.values()
        self._defaults = {
            entity.key: [(f.key, f.default) for f in entity.fields.values() if f.default is not None]
            for entity in every
        }
        self._required = {
            entity.key: [f for f in entity.fields.values() if f.required and f.key != entity.name_field]
            for entity in every
        }
        ranks = {key: rank for rank, key in enumerate(_FIRST)}
        self._order = {
            (entity.key, verb): (1000 if entity.key == "link" else ranks.get(entity.key, 100)) * 2
            + (verb == UPDATE)
            for entity in every
            for verb in (CREATE, UPDATE)
        }

    def decide(
        self, finder: Finder, drafts: Sequence[Draft], limit: int, *, vendor: str, title: str = ""
    ) -> Batch:
        """Decide rows of one source from the first on, until ``limit`` changes are near. ``vendor`` is the source of their ids,
        ``title`` its name.
        """
        batch = _Deciding(self, finder, drafts, vendor, title)
        outcomes: list[Outcome] = []
        made = batch.ledger.changes
        for draft in drafts:
            if len(made) + _ROOM > limit:
                break
            outcomes.append(Outcome(draft, REJECTED) if draft.problems else batch.row(draft))
        order = self._order
        made.sort(key=lambda change: order[change.entity, change.verb])
        return Batch(len(outcomes), made, outcomes, batch.ledger.made)

    def tie(self, finder: Finder, drafts: Sequence[Draft], limit: int, *, vendor: str) -> Batch:
        """Tie the records of rows that were decided before to what they name and what has come since."""
        batch = _Deciding(self, finder, drafts, vendor, "")
        tied: list[Draft] = []
        for draft in drafts:
            if len(batch.ledger.changes) + _ROOM > limit:
                break
            if not draft.problems:
                batch.tie(draft)
            tied.append(draft)
        order = self._order
        batch.ledger.changes.sort(key=lambda change: order[change.entity, change.verb])
        return Batch(len(tied), batch.ledger.changes, [], batch.ledger.made, tuple(tied))

    def remember(self, finder: Finder, drafts: Sequence[Draft], vendor: str) -> None:
        """Take note of rows that an interrupted import has written already."""
        batch = _Deciding(self, finder, drafts, vendor, "")
        for draft in drafts:
            if not draft.problems:
                record = batch.find(draft, batch.known_references(draft))
                if record is not None:
                    self.claim(record["id"], draft.own_id)

    def claim(self, record: str, own_id: str | None) -> None:
        """Note that a row stood for the record, and with which of our ids."""
        self.seen.add(record)
        if own_id is not None:
            self._claims.add(record)
            self._claims.add(f"{record} {own_id}")

    def is_anothers(self, record: str, own_id: str | None) -> bool:
        """Whether rows with ids of ours stood for the record, and none of them had this one."""
        return own_id is not None and record in self._claims and f"{record} {own_id}" not in self._claims

    def is_taken(self, record: str) -> bool:
        """Whether a row so far stood for the record, or named it as somebody's company."""
        return record in self.seen or record in self.employers

    def creation(
        self, entity: str, values: Record, record: str | None = None, effective_at: str | None = None
    ) -> Change:
        """The creation of a record from values without blanks, as ``changes.create`` makes it but faster: the
        defaults of an entity are looked up once an import, and ids are made some hundreds at a time.
        """
        for key, default in self._defaults[entity]:
            values.setdefault(key, default)
        if record is None:
            if not self._new_ids:
                self._new_ids = ids.new_ids(512)[::-1]
            record = self._new_ids.pop()
        return Change(entity, record, CREATE, {}, values, None, effective_at)

    def demands(self, entity: str) -> bool:
        """Whether a record of the entity must have more than a name."""
        return bool(self._required[entity])

    def missing(self, entity: str, values: Record) -> list[Problem]:
        """The required fields, a user's own included, that a new record would lack."""
        return [
            Problem("", field.key, Message("{field} is missing.", field=field.label()))
            for field in self._required[entity]
            if values.get(field.key) in (None, [])
        ]


class _Deciding:
    """One batch: what was read for it, and the changes so far."""

    def __init__(
        self, decider: Decider, finder: Finder, drafts: Sequence[Draft], vendor: str, title: str
    ) -> None:
        self.decider = decider
        self.finder = finder
        self.registry = decider.registry
        self.vendor = vendor
        self._title = title
        self._found = Everyone()
        self._funnel: Funnel | None = None
        # Whether rows are looked for by their numbers: most batches have none.
        self._calling = any(not (draft.email_keys or draft.named) for draft in drafts)
        self.ledger = Ledger(self._found)
        self._references = References(finder, decider.registry, drafts, vendor)
        self._beside = Beside(decider, self.ledger, self._found, self._references, vendor, finder)
        gather(self._found, finder, [draft for draft in drafts if not draft.problems], vendor, self._beside)

    # -- one row -----------------------------------------------------------------------------------------------------

    def row(self, draft: Draft) -> Outcome:
        """Decide one row."""
        entity = self.registry.entities[draft.entity]
        if self.decider.demands(draft.entity) and self._lacking(draft, entity):
            return Outcome(draft, REJECTED)
        ledger = self.ledger
        before = len(ledger.changes)
        values = self._refer(draft, entity)
        record = self.find(draft, values)
        if record is None:
            made = self._create(draft, entity, values)
            if made is None:
                return Outcome(draft, REJECTED)
            if draft.companies or draft.contacts or draft.deals or draft.notes or draft.products:
                self._beside.hang(draft, made.record, values.get("company"))
            return Outcome(draft, NEW, made)
        if draft.companies and "company" in values:
            values["company"] = self._company_kept(draft, record, values["company"])
        changed = self._update(draft, entity, record, values)
        if draft.companies or draft.contacts or draft.deals or draft.notes or draft.products:
            self._beside.hang(draft, record["id"], values.get("company"))
        return Outcome(draft, CHANGED if len(ledger.changes) > before or changed else UNCHANGED, changed)

    def _company_kept(self, draft: Draft, record: Record, company: str) -> str:
        """The company of a known record: of several that the row's words name as well, the one it has."""
        held, firm = record.get("company"), draft.companies[0]
        known = (
            self._found["company"].records.get(held) if held and held != company and not firm.ident else None
        )
        if known is None or name_key(known["name"]) != name_key(firm.name):
            return company
        same = domain_key(firm.domain) in ("", domain_key(known.get("domain")))
        return str(held) if same else company

    def tie(self, draft: Draft) -> None:
        """Tie the record of a row to what it names of people, deals and its own kind."""
        entity = self.registry.entities[draft.entity]
        record = self.find(draft, self.known_references(draft))
        draft.extra, draft.kept, draft.warnings = {}, {}, []
        if record is None:
            return
        values = self._beside.hang_later(draft, record["id"])
        values = {key: value for key, value in values.items() if record.get(key) != value}
        extra = merging.merged_extra(record.get("extra"), merging.beside_of(draft, self.vendor), fill=False)
        if extra is not None:
            values["extra"] = extra
        if values:
            self.ledger.change(entity, record, values)

    def _refer(self, draft: Draft, entity: Entity) -> Record:
        """What a row refers to, made where it is new and may be made."""
        fields, beside = entity.fields, self._beside
        values = self._references.of(draft, entity) if draft.refs else {}
        if draft.refs:
            for key, firm in beside.named_companies(draft).items():
                company = beside.company(firm, draft)
                if company is not None:
                    values[key] = company
        if draft.companies and "company" in fields:
            company = beside.company(draft.companies[0], draft)
            if company is not None:
                values["company"] = company
        if draft.contacts and "contact" in fields:
            contact = beside.person(draft.contacts[0], values.get("company"), draft)
            if contact is not None:
                values["contact"] = contact
        if draft.deals and "deal" in fields:
            deal = beside.deal(draft.deals[0], values.get("company"), draft)
            if deal is not None:
                values["deal"] = deal
        if draft.entity == "deal":
            values.update(self.funnel.place(draft))
            _close(draft)
        return values

    def known_references(self, draft: Draft) -> Record:
        """What a row refers to, as far as it is there: nothing is made."""
        entity, beside = self.registry.entities[draft.entity], self._beside
        values = self._references.of(draft, entity, quiet=True)
        named = beside.named_companies(draft)
        if draft.companies and "company" in entity.fields:
            named["company"] = draft.companies[0]
        for key, wanted in named.items():
            company = beside.known_company(wanted)
            if company is not None:
                values[key] = company
        if draft.contacts and "contact" in entity.fields:
            contact = beside.known_person(draft.contacts[0], values.get("company"))
            if contact is not None:
                values["contact"] = contact
        if draft.deals and "deal" in entity.fields:
            deal = beside.deal(draft.deals[0], values.get("company"), None)
            if deal is not None:
                values["deal"] = deal
        return values

    def _lacking(self, draft: Draft, entity: Entity) -> bool:
        """Whether a row would make a record without what it must have: asked before anything is made for it."""
        known = self.known_references(draft)
        if self.find(draft, known) is not None:
            return False
        named = {"company": draft.companies, "contact": draft.contacts, "deal": draft.deals}
        known.update({key: True for key, some in named.items() if some})
        known.update(
            {key: True for key in draft.refs if entity.fields[key].target in ("company", "pipeline", "stage")}
        )
        values = merging.created(draft, entity, self.vendor, known)
        draft.problems.extend(self.decider.missing(draft.entity, values))
        return bool(draft.problems)

    def find(self, draft: Draft, references: Record) -> Record | None:
        """The record a row means."""
        entity, vendor = self.registry.entities[draft.entity], self.vendor
        seen, person = self.decider.seen, draft.entity in ("contact", "company")

        def settled(record: Record) -> bool:
            fill = person and record["id"] in seen
            return not merging.updated(draft, entity, record, vendor, references, fill=fill)

        search = Search(draft, self._found[draft.entity], self.decider, settled)
        if draft.entity == "contact":
            return search.contact(references.get("company"))
        return search.company() if draft.entity == "company" else search.other(references)

    def _create(self, draft: Draft, entity: Entity, references: Record) -> Change | None:
        values = merging.created(draft, entity, self.vendor, references)
        draft.problems.extend(self.decider.missing(draft.entity, values))
        if draft.problems:
            return None
        if "tags" in values:
            self._beside.use_tags(values["tags"])
        if "owner" not in values and self.decider.ctx.me and "owner" in entity.fields:
            values["owner"] = self.decider.ctx.me
        if draft.entity not in ("contact", "company"):
            self._follow(draft.entity, values, {}, draft.created_at)
        record = draft.own_id if draft.own_id and self._references.is_free(draft.own_id) else None
        change = self.decider.creation(entity.key, values, record, draft.created_at)
        self.ledger.add(change)
        self.decider.claim(change.record, draft.own_id)
        self._put({**change.after, "id": change.record}, draft)
        return change

    def _put(self, record: Record, draft: Draft) -> None:
        found = self._found[draft.entity]
        if draft.entity == "contact":
            found.put(
                record, exts=draft.external, emails=draft.email_keys, name=name_key(record["name"]),
                phones=phone_keys(draft) if self._calling else (),
            )  # fmt: skip
        elif draft.entity == "company":
            found.put(
                record,
                exts=draft.external,
                name=name_key(record["name"]),
                domain=domain_key(record.get("domain")),
            )
        else:
            name = record.get(self.registry.entities[draft.entity].name_field)
            moment = record.get(MOMENTS.get(draft.entity, ""), "")
            found.put(record, exts=draft.external, name=name_key(name or ""), moment=moment or "")

    def _update(self, draft: Draft, entity: Entity, record: Record, references: Record) -> Change | None:
        fill = draft.fills or record["id"] in self.decider.seen
        self.decider.claim(record["id"], draft.own_id)
        values = merging.updated(draft, entity, record, self.vendor, references, fill=fill)
        if not values:
            return None
        if "tags" in values:
            self._beside.use_tags(word for word in values["tags"] if word not in (record.get("tags") or ()))
        if draft.entity not in ("contact", "company"):
            self._follow(draft.entity, values, record, None)
        change = self.ledger.change(entity, record, values)
        if change is not None:
            self._put({**record, **values}, draft)
        return change

    # -- what follows from values ------------------------------------------------------------------------------------------

    @property
    def funnel(self) -> Funnel:
        """Pipelines and stages, read when the first deal asks."""
        if self._funnel is None:
            self._funnel = Funnel(
                self.finder, self.registry, make=self.decider.make_stages, title=self._title,
                add=lambda change: self.ledger.add(change, beside=True),
            )  # fmt: skip
        return self._funnel

    def _follow(self, entity: str, values: Record, record: Record, created_at: str | None) -> None:
        """Add what follows from the values that a record gets (see ``app.rules``, which asks the store for every record)."""
        now = self.decider.ctx.now
        status = values.get("status") or ("" if record else self._default(entity, "status"))
        if entity == "deal":
            if not record and not values.get("stage"):
                values.update(self.funnel.first(values.get("pipeline"), last=status == "won"))
            elif (
                values.get("pipeline")
                and not values.get("stage")
                and values["pipeline"] != record.get("pipeline")
            ):
                values.update(self.funnel.first(values["pipeline"]))
            if status in ("won", "lost") and not (values.get("closed_on") or record.get("closed_on")):
                values["closed_on"] = dates.today(self.decider.ctx).isoformat()
            elif status == "open" and record:
                values.update({key: None for key in ("closed_on", "lost_reason") if record.get(key)})
        elif entity == "task":
            if status == "done" and not (values.get("done_at") or record.get("done_at")):
                values["done_at"] = created_at or now
            elif status and status != "done" and record.get("done_at"):
                values["done_at"] = None
        elif entity == "activity":
            if not record and not values.get("happened_at"):
                values["happened_at"] = created_at or now
            if values.get("contact") and not (values.get("company") or record.get("company")):
                company = self._found["contact"].records.get(values["contact"], {}).get("company")
                if company:
                    values["company"] = company

    def _default(self, entity: str, key: str) -> Any:
        field = self.registry.entities[entity].fields.get(key)
        return field.default if field is not None else None


def _close(draft: Draft) -> None:
    """The day that a closed deal was to close on is the day it did."""
    values = draft.values
    if values.get("status") in ("won", "lost") and "close_on" in values:
        values.setdefault("closed_on", values["close_on"])


__all__ = ["CHANGED", "NEW", "REJECTED", "UNCHANGED", "VERDICTS", "Batch", "Decider", "Outcome"]
