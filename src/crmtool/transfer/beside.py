"""What rows name beside their own record: companies, people and deals, found or made, further ties, and notes.

A company or person whom the row of a person or deal names and nobody knows is made. What only an id of the source names that
no file and no store has is nobody: the id is kept with the row's record, and said.
"""

from __future__ import annotations

from crmtool.core import changes, ids, tokens
from crmtool.core.messages import Message
from crmtool.store.layout import name_key
from crmtool.transfer import merging
from crmtool.transfer.drafts import NOTHING_SAID, CompanyDraft, Problem, Said, heading
from crmtool.transfer.funnel import squeezed
from crmtool.transfer.matching import domain_key, match_deal, match_employer, match_person

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any

    from crmtool.transfer.candidates import Candidates
    from crmtool.transfer.deciding import Decider
    from crmtool.transfer.drafts import ContactDraft, DealDraft, Draft, NoteDraft
    from crmtool.transfer.finding import Finder
    from crmtool.transfer.ledger import Ledger
    from crmtool.transfer.references import References

    Record = dict[str, Any]

# Whose rows bring the people they name; what is about somebody only names him.
_BRINGING = ("deal", "order")
_ABOUT = ("activity", "task", "note")


class Beside:
    """One batch's. ``found`` are the candidates by entity, ``vendor`` is the source of foreign ids."""

    def __init__(
        self,
        decider: Decider,
        ledger: Ledger,
        found: dict[str, Candidates],
        references: References,
        vendor: str,
        finder: Finder,
    ) -> None:
        self._finder = finder
        self._products: dict[str, str] | None = None
        self._decider = decider
        self._ledger = ledger
        self._found = found
        self._references = references
        self._vendor = vendor
        self._companies: dict[tuple[Any, ...], str] = {}

    # -- companies ---------------------------------------------------------------------------------------------------

    def named_companies(self, draft: Draft) -> dict[str, CompanyDraft]:
        """The companies that reference fields name, by field. A company that names itself (as its own parent) says nothing."""
        if not draft.refs:
            return {}
        fields = self._decider.registry.entities[draft.entity].fields
        own = name_key(draft.name) if draft.entity == "company" else None
        return {
            key: CompanyDraft(text)
            for key, (_, text) in draft.refs.items()
            if fields[key].target == "company" and not ids.is_id(text) and name_key(text) != own
        }

    def known_company(self, wanted: CompanyDraft) -> str | None:
        """The id of a company that is there."""
        record = match_employer(wanted, self._vendor, self._found["company"])
        if record is None:
            return None
        self._decider.employers.add(record["id"])
        return str(record["id"])

    def company(self, wanted: CompanyDraft, draft: Draft) -> str | None:
        """The id of a company that a row names; made where there is none, completed where it lacks domain or id."""
        self._note_owner(wanted.said, draft)
        known = self._companies.get(wanted.mark)
        if known is not None:
            return known
        vendor, found = self._vendor, self._found["company"]
        external = [(vendor, wanted.ident)] if wanted.ident and not ids.is_id(wanted.ident) else []
        record = match_employer(wanted, vendor, found)
        if record is None:
            name = wanted.name or wanted.domain
            if not name:
                _unknown(draft, wanted.column, "company", wanted.ident)
                return None
            values: Record = {"name": name, **self._said("company", wanted.said, {})}
            if self._decider.ctx.me:
                values.setdefault("owner", self._decider.ctx.me)
            if wanted.domain:
                values["domain"] = wanted.domain
            if external:
                values["external_ids"] = [[source, ident] for source, ident in external]
            change = self._decider.creation("company", values)
            self._ledger.add(change, beside=True)
            record = {**change.after, "id": change.record}
        else:
            values = self._said("company", wanted.said, record)
            if (
                wanted.name
                and record["name"] != wanted.name
                and merging.stands_in(record["name"] or "", record)
            ):
                values["name"] = wanted.name
            if wanted.domain and not record.get("domain"):
                values["domain"] = wanted.domain
            merged = merging.merged_ids(record.get("external_ids"), external)
            if merged is not None:
                values["external_ids"] = merged
            if values:
                self._ledger.change(self._decider.registry.entities["company"], record, values)
                record = found.records[record["id"]]
        found.put(
            record, exts=external, name=name_key(record["name"]), domain=domain_key(record.get("domain"))
        )
        self._companies[wanted.mark] = record["id"]
        self._decider.employers.add(record["id"])
        return str(record["id"])

    def _said(self, entity: str, said: Said, held: Record) -> Record:
        """The values of what a row says of somebody it names: it fills what is empty and adds, since the row is another's."""
        if said is NOTHING_SAID:
            return {}
        out: Record = {}
        kind = self._decider.registry.entities[entity]
        if said.address and not held.get("addresses"):
            out["addresses"] = merging.entries(kind, "addresses", None, [({"street": said.address}, None)])
        words = {tokens.fold(word) for word in held.get("tags") or ()}
        added = [word for word in said.tags if tokens.fold(word) not in words]
        if added:
            out["tags"] = [*(held.get("tags") or ()), *added]
            self.use_tags(added)
        owner = self._references.user(said.owner) if said.owner else None
        if owner is not None and not held.get("owner"):
            out["owner"] = owner
        return out

    def _note_owner(self, said: Said, draft: Draft) -> None:
        """Keep the name of an owner whom nobody here has."""
        if said.owner and self._references.user(said.owner) is None:
            _unknown(draft, said.column, "owner", said.owner)

    def use_tags(self, words: Iterable[str]) -> None:
        """A tag used for the first time becomes a record, as it does in every door."""
        for word in words:
            if self._references.new_tag(word):
                self._ledger.add(changes.create(self._decider.registry.entities["tag"], {"name": word}))

    # -- people and deals ----------------------------------------------------------------------------------------------

    def known_person(self, wanted: ContactDraft, company: str | None) -> str | None:
        """The id of a contact who is there."""
        record = match_person(wanted, company, self._vendor, self._found["contact"])
        return None if record is None else str(record["id"])

    def person(self, wanted: ContactDraft, company: str | None, draft: Draft) -> str | None:
        """The id of a contact whom a row names; the row of a deal makes one who is new, and completes one who is there."""
        decider, vendor, found = self._decider, self._vendor, self._found["contact"]
        record = match_person(wanted, company, vendor, found)
        if draft.entity not in _BRINGING or (record is None and not (wanted.name or wanted.email)):
            if record is None:
                _unknown(
                    draft,
                    wanted.column,
                    "contact",
                    wanted.name or wanted.email or wanted.ident or wanted.phone,
                )
                return None
            return str(record["id"])
        self._note_owner(wanted.said, draft)
        entity = decider.registry.entities["contact"]
        external = [(vendor, wanted.ident)] if wanted.ident and not ids.is_id(wanted.ident) else []
        given = {"emails": wanted.email, "phones": wanted.phone}
        grown: Record = self._said("contact", wanted.said, record or {})
        for key, value in given.items():
            held = (record or {}).get(key) or []
            entries = merging.entries(entity, key, held, [(value, None)]) if value else held
            if len(entries) > len(held):
                grown[key] = entries
        if record is None:
            grown["name"] = wanted.name or wanted.email
            if company:
                grown["company"] = company
            if decider.ctx.me:
                grown.setdefault("owner", decider.ctx.me)
            if external:
                grown["external_ids"] = [[source, ident] for source, ident in external]
            change = decider.creation("contact", grown)
            self._ledger.add(change, beside=True)
            record = {**change.after, "id": change.record}
        else:
            merged = merging.merged_ids(record.get("external_ids"), external)
            if merged is not None:
                grown["external_ids"] = merged
            if company and not record.get("company"):
                grown["company"] = company
            if wanted.name and merging.stands_in(record["name"] or "", record):
                grown["name"] = wanted.name
            if grown:
                self._ledger.change(entity, record, grown)
                record = found.records[record["id"]]
        keys = [entity.fields["emails"].kind.lookup_key(wanted.email)] if wanted.email else []
        found.put(record, exts=external, emails=keys, name=name_key(record["name"]))
        decider.employers.add(record["id"])
        return str(record["id"])

    def deal(self, wanted: DealDraft, company: str | None, draft: Draft | None) -> str | None:
        """The id of a deal that a row names, ``None`` where there is none; the row keeps the word then."""
        record = match_deal(wanted, company, self._vendor, self._found["deal"])
        if record is None:
            if draft is not None:
                _unknown(draft, wanted.column, "deal", wanted.name or wanted.ident)
            return None
        return str(record["id"])

    # -- what hangs on the record ----------------------------------------------------------------------------------------

    def hang(self, draft: Draft, record: str, company: str | None) -> None:
        """Tie the further companies, people and deals of a row to its record, and give it its notes."""
        entity = draft.entity
        has = self._decider.registry.entities[entity].fields
        for firm in draft.companies[1 if "company" in has else 0 :]:
            found = self.company(firm, draft)
            if found is not None:
                self._tie(
                    "employment" if entity == "contact" else self._relation(entity),
                    (entity, record),
                    ("company", found),
                )
        for product in draft.products:
            self._tie("related", (entity, record), ("product", self._product(product)), "product")
        if entity not in ("contact", "company"):
            self._hang_people(draft, record, company, has)
        for note in draft.notes:
            self._note(note, entity, record)

    def hang_later(self, draft: Draft, record: str) -> Record:
        """Tie a person or company to the people and deals that came further down; the references by id that became known."""
        has = self._decider.registry.entities[draft.entity].fields
        self._hang_people(draft, record, None, has)
        out: Record = {}
        for key, (column, ident) in draft.later.items():
            target = has[key].target or draft.entity
            found = self._found[target].by_ext([(self._vendor, ident)])
            if found is None and ids.is_id(ident):
                found = self._finder.get_many(target, [ident]).get(ident)
            if found is None:
                _unknown(draft, column, key, ident)
            elif found["id"] != record:
                out[key] = found["id"]
        return out

    def _hang_people(self, draft: Draft, record: str, company: str | None, has: dict[str, Any]) -> None:
        entity = draft.entity
        for wanted in draft.contacts[1 if "contact" in has else 0 :]:
            other = self.person(wanted, company, draft)
            if other is None or other == record:
                continue
            if entity == "deal":
                self._tie("participant", ("contact", other), ("deal", record), wanted.role)
            else:
                self._tie(self._relation(entity), (entity, record), ("contact", other), wanted.role)
        for sold in draft.deals[1 if "deal" in has else 0 :]:
            deal = self.deal(sold, company, draft)
            if deal is not None and entity == "contact":
                self._tie("participant", (entity, record), ("deal", deal))
            elif deal is not None and deal != record:
                self._tie(self._relation(entity), (entity, record), ("deal", deal))

    def _product(self, name: str) -> str:
        """The id of a product by its name, however it is spelled; made where there is none."""
        if self._products is None:
            self._products = {}
            for record in self._finder.every("product"):
                for word in (record.get("name"), record.get("code")):
                    self._products.setdefault(squeezed(word or ""), record["id"])
        known = self._products.get(squeezed(name))
        if known is None:
            change = self._decider.creation("product", {"name": name})
            self._ledger.add(change, beside=True)
            known = self._products[squeezed(name)] = change.record
        return known

    def _relation(self, entity: str) -> str:
        return "about" if entity in _ABOUT else "related"

    def _tie(self, relation: str, start: tuple[str, str], end: tuple[str, str], role: str = "") -> None:
        known = self._references.ties(start[0], self._found[start[0]].records)
        mark = (relation, start[1], end[1])
        if mark in known:
            return
        known.add(mark)
        values = {
            "relation": relation, "from_entity": start[0], "from": start[1], "to_entity": end[0], "to": end[1],
            **({"role": role} if role else {}),
        }  # fmt: skip
        self._ledger.add(changes.create(self._decider.registry.entities["link"], values), beside=True)

    def _note(self, note: NoteDraft, entity: str, record: str) -> None:
        direct = entity in ("contact", "company", "deal")
        title, found = heading(note.text), self._found["note"]
        for known in found.by_name(name_key(title)):
            ties = () if direct else self._references.ties("note", found.records)
            if known.get("body") == note.text and (
                known.get(entity) == record if direct else ("about", known["id"], record) in ties
            ):
                return
        values: Record = {"name": title, "body": note.text}
        if direct:
            values[entity] = record
        if self._decider.ctx.me:
            values["owner"] = self._decider.ctx.me
        change = self._decider.creation("note", values, None, note.created_at)
        self._ledger.add(change, beside=True)
        found.put({**change.after, "id": change.record}, name=name_key(title))
        if not direct:
            self._tie("about", ("note", change.record), (entity, record))


def _unknown(draft: Draft, column: str, field: str, word: str) -> None:
    """Keep with the row what names nobody."""
    column = column or field
    draft.extra.setdefault(column, word)
    reason = Message(
        "{column}: names what is neither here nor in a file; kept beside the record.", column=column
    )
    draft.warnings.append(Problem(column, field, reason, word))
