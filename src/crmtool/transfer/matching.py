"""Whom a row stands for: the rules that make the same file twice change nothing.

A contact is looked for by our own id, by the source's id, by e-mail address, and, where the row or the record has no address, by
name and company. A company is looked for by our own id, by the source's id, by domain, by name. A record that carries another id
of the same source is somebody else, whatever else agrees.

Files repeat people, and people share mailboxes. Therefore:
- Of several records with the address, the one of that name is meant, else one whose name has a word in common; else none.
- The address of a role (``info@``) names a person only together with the name.
- Two rows with different ids of ours are two records, however alike: an export of everything comes back as many as it was.
- A record that an earlier row of the file stood for is meant again only if the names have a word in common; the row then only
  adds (see ``merging``): two rows that contradict each other would otherwise change the record at every import.
- Without an address, a row with phone numbers does not mean a record that has only other ones; a row with neither name nor
  address is looked for by its numbers.
- A row whose address nobody has means a record without any, of that name, if one of its numbers is the record's, or if the
  company is the same, no number speaks against it, and there is only one. Two address books of the same people can then come in
  any order. Our own exports are left out of it: with their ids they come back as many as they were.

Deals, activities and everything else are looked for by our own id, by the source's id, then by name, an activity and a task also
by their moment. Many are called alike, so the one is meant that the row would not change, else one that no row stood for yet;
never one that is about somebody else.
"""

from __future__ import annotations

from crmtool.core import tokens
from crmtool.core.kinds import EMAIL, PHONE
from crmtool.store.layout import name_key
from crmtool.transfer import merging
from crmtool.transfer.candidates import MOMENTS
from crmtool.transfer.mailboxes import MAIL_PROVIDERS, ROLE_BOXES
from crmtool.transfer.people import without_titles

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from typing import Any

    from crmtool.transfer.candidates import Candidates
    from crmtool.transfer.deciding import Decider
    from crmtool.transfer.drafts import CompanyDraft, ContactDraft, DealDraft, Draft

    Record = dict[str, Any]

# What a record is about: with another company, person or deal it is another record.
_ABOUT = ("company", "contact", "deal")
_TELLING = 4  # letters of a word that says something in a domain
# Kinds of which there is one of a name.
_NAMED_ONCE = frozenset(("product", "pipeline", "tag", "list", "view", "team", "user", "object"))


class Search:
    """Looks for the record that one row means. ``settled`` says of a record whether the row would change nothing of it: where
    several may be meant it is that one, since it took the row in before. ``rows`` knows the records that earlier rows stood for.
    """

    __slots__ = ("_draft", "_found", "_rows", "_settled", "_taken")

    def __init__(
        self, draft: Draft, found: Candidates, rows: Decider, settled: Callable[[Record], bool]
    ) -> None:
        self._draft = draft
        self._found = found
        self._rows = rows
        self._taken = rows.is_taken
        self._settled = settled

    def contact(self, company: str | None) -> Record | None:
        """The contact, or ``None`` for a new one. ``company`` is the id of the row's company."""
        draft, found = self._draft, self._found
        record = self._by_id()
        if record is not None:
            return record
        for key in draft.email_keys:
            record = self._by_address(key)
            if record is not None:
                return record
        if draft.email_keys:
            return self._unreached(company)
        numbers = [value for value, _ in draft.entries.get("phones", ())]
        if not draft.named:
            calling = [record for value in numbers for record in found.by_phone(PHONE.lookup_key(value))]
            return self._first(_exact_first(draft.name, self._mine(calling)))
        same, elsewhere = [], []
        for record in self._mine(found.by_name(name_key(draft.name))):
            if record.get("company") == company:
                same.append(record)
            elif (company is None or record.get("company") is None) and _reached_by(numbers, record):
                elsewhere.append(record)  # one of the two does not say where the person works
        if numbers:
            reached = [record for record in same if _reached_by(numbers, record)]
            same = reached + elsewhere or [record for record in same if not record.get("phones")]
        if not same and company is None and not numbers:
            # A name and nothing else: whoever has it and all that the row says is no second person.
            return next(
                (
                    record
                    for record in self._mine(found.by_name(name_key(draft.name)))
                    if self._settled(record)
                ),
                None,
            )
        return self._first(same)

    def _unreached(self, company: str | None) -> Record | None:
        """The contact of the row's name who came without an address; ``None`` where it may be one of several."""
        draft, found = self._draft, self._found
        if not may_be_unreached(draft, found):
            return None
        numbers = [value for value, _ in draft.entries.get("phones", ())]
        same = self._mine(found.by_name(name_key(draft.name)))
        apart = [one for one in same if not one.get("emails")]
        reached = [
            one
            for one in apart
            if (company is None or one.get("company") in (None, company)) and _reached_by(numbers, one)
        ]
        if reached:
            return reached[0] if len(reached) == 1 else None
        here = [one for one in same if company is not None and one.get("company") == company]
        if len(here) != 1 or here[0] not in apart or (numbers and here[0].get("phones")):
            return None
        return here[0]

    def company(self) -> Record | None:
        """The company, or ``None`` for a new one."""
        draft, found = self._draft, self._found
        record = self._by_id()
        if record is not None:
            return record
        domain = domain_key(draft.values.get("domain"))
        if domain:
            record = self._meant(self._mine(found.by_domain(domain)))
            if record is not None:
                return record
        named = _companies_named(name_key(draft.name), domain, draft.external, found)
        return self._first(self._mine(named))

    def other(self, references: Record) -> Record | None:
        """The record of any other kind, or ``None`` for a new one. ``references``: what the row is about, by field."""
        draft, found = self._draft, self._found
        record = self._by_id()
        if record is not None or draft.entity in ("link", "rate", "quota"):
            return record
        key, moment = name_key(draft.name), MOMENTS.get(found.entity)
        at = draft.values.get(moment) if moment else None
        same = found.by_moment(at, key) if at else found.by_name(key) if key else []
        same = [one for one in _not_others(draft.external, same) if _is_about(one, references)]
        if draft.entity in _NAMED_ONCE:
            return same[0] if same else None
        same = self._mine(same)
        if draft.entity == "note":
            return next(
                (one for one in same if (one.get("body") or "") == draft.values.get("body", "")), None
            )
        return next(
            (one for one in same if self._settled(one)),
            next((one for one in same if not self._taken(one["id"])), None),
        )

    def _by_id(self) -> Record | None:
        draft, found = self._draft, self._found
        if draft.own_id is not None and draft.own_id in found.records:
            return found.records[draft.own_id]
        return found.by_ext(draft.external) if draft.external else None

    def _by_address(self, key: str) -> Record | None:
        same = self._mine(self._found.by_email(key))
        if not same:
            return None
        if key.partition("@")[0] not in ROLE_BOXES:
            return self._meant(same)
        if not self._draft.named:
            return self._first(_exact_first(self._draft.name, same))
        nameless = [record for record in same if (record["name"] or "").casefold() == key]
        return self._first([*_exact(self._draft.name, same), *nameless])

    def _meant(self, same: list[Record]) -> Record | None:
        """Of the records with the row's address or domain: the one of its name, one whose name is alike, one that has no name
        of its own, the only one that no row of the file stood for yet.
        """
        draft = self._draft
        if not draft.named:
            return self._first(_exact_first(draft.name, same))
        alike = [record for record in same if _alike(draft.name, record["name"])]
        alike = _exact_first(draft.name, alike) or _exact(draft.name, same)
        if alike:
            return self._first(alike)
        for record in same:
            if merging.stands_in(record["name"] or "", record):
                return record
        return same[0] if len(same) == 1 and not self._taken(same[0]["id"]) else None

    def _first(self, likely: list[Record]) -> Record | None:
        """The settled one of the records that may be meant, else the likeliest, which stands first."""
        if len(likely) > 1:
            return next((record for record in likely if self._settled(record)), likely[0])
        return likely[0] if likely else None

    def _mine(self, same: list[Record]) -> list[Record]:
        """The records that are not known to be somebody else's: by another id of the source, or of ours in an earlier row."""
        own = self._draft.own_id
        return [
            one for one in _not_others(self._draft.external, same)
            if own is None or not self._rows.is_anothers(one["id"], own)
        ]  # fmt: skip


def may_be_unreached(draft: Draft, found: Candidates) -> bool:
    """Whether the row of a person may mean somebody who came without an address: no id and no address of it found the one it
    means, and it says more than a name.
    """
    if not draft.email_keys or not draft.named or draft.own_id is not None or found.by_ext(draft.external):
        return False
    if not (draft.companies or draft.entries.get("phones")):
        return False
    return not any(
        _exact(draft.name, _not_others(draft.external, found.by_email(key))) for key in draft.email_keys
    )


def match_employer(wanted: CompanyDraft, vendor: str, found: Candidates) -> Record | None:
    """The company that a person's row names, or ``None`` for a new one."""
    external = [(vendor, wanted.ident)] if wanted.ident else []
    record = found.by_own(wanted.ident) or found.by_ext(external)
    if record is not None:
        return record
    key, domain = name_key(wanted.name or wanted.domain), domain_key(wanted.domain)
    if domain:
        same = _not_others(external, found.by_domain(domain))
        if same:
            return _exact_first(wanted.name or wanted.domain, same)[0]
    named = _companies_named(key, domain, external, found)
    if named or not wanted.mail or not _may_own(wanted.name, wanted.mail):
        return named[0] if named else None
    # Known only by the domain so far, which is that of the person's address.
    nameless = _not_others(external, found.by_domain(wanted.mail))
    return next((one for one in nameless if merging.stands_in(one["name"] or "", one)), None)


def match_person(wanted: ContactDraft, company: str | None, vendor: str, found: Candidates) -> Record | None:
    """The contact that a row of a deal or an activity names; ``None`` where there is none, or several may be meant.

    ``company`` is the id of the row's company.
    """
    external = [(vendor, wanted.ident)] if wanted.ident else []
    record = found.by_own(wanted.ident) or found.by_ext(external)
    if record is not None:
        return record
    key = name_key(wanted.name)
    if wanted.email:
        address = EMAIL.lookup_key(wanted.email)
        same = _not_others(external, found.by_email(address))
        if address.partition("@")[0] in ROLE_BOXES and key:
            return next(iter(_exact(wanted.name, same)), None)
        alike = [one for one in same if not key or _alike(wanted.name, one["name"])]
        if alike:
            return _exact_first(wanted.name, alike)[0]
        if len(same) == 1 and merging.stands_in(same[0]["name"] or "", same[0]):
            return same[0]
    if not key:
        calling = found.by_phone(PHONE.lookup_key(wanted.phone)) if wanted.phone and not wanted.email else []
        return calling[0] if len(calling) == 1 else None
    same = _not_others(external, found.by_name(key))
    if wanted.email:  # somebody of that name with another address is somebody else
        same = [one for one in same if not one.get("emails")]
    here = [one for one in same if one.get("company") == company]
    if here and (company is not None or len(here) == 1):
        return here[0]
    unsaid = [one for one in same if company is None or one.get("company") is None]
    return unsaid[0] if len(unsaid) == 1 else None


def match_deal(wanted: DealDraft, company: str | None, vendor: str, found: Candidates) -> Record | None:
    """The deal that a row of an activity or an order names; ``None`` where there is none, or several may be meant."""
    external = [(vendor, wanted.ident)] if wanted.ident else []
    record = found.by_own(wanted.ident) or found.by_ext(external)
    if record is not None or not wanted.name:
        return record
    same = _not_others(external, found.by_name(name_key(wanted.name)))
    here = [one for one in same if company is not None and one.get("company") == company] or same
    return here[0] if len(here) == 1 else None


def domain_key(domain: str | None) -> str:
    """The lookup key of a company's domain; ``""`` for none and for those of mailbox providers."""
    key = tokens.fold(domain) if domain else ""
    return "" if key in MAIL_PROVIDERS else key


def _may_own(name: str, domain: str) -> bool:
    """Whether a company of this name may have the domain: it is called like it, or after one of its words."""
    label, words = tokens.fold(domain).partition(".")[0], tokens.words(name)
    return label == "".join(words) or any(len(word) >= _TELLING and word in label for word in words)


def _companies_named(
    key: str, domain: str, external: Sequence[tuple[str, str]], found: Candidates
) -> list[Record]:
    """The companies of a name, those with the same domain first; one with another domain is another one."""
    same = _not_others(external, found.by_name(key)) if key else []
    alike = [record for record in same if domain_key(record.get("domain")) == domain]
    unsaid = [record for record in same if (not domain) != (not record.get("domain"))]
    return [*alike, *unsaid]


def _exact(name: str, same: list[Record]) -> list[Record]:
    key = name_key(name)
    return [record for record in same if name_key(record["name"] or "") == key]


def _exact_first(name: str, same: list[Record]) -> list[Record]:
    """The records with those of the name in front."""
    if len(same) < 2:
        return same
    exact = _exact(name, same)
    return [*exact, *(record for record in same if record not in exact)] if exact else same


def _not_others(external: Sequence[tuple[str, str]], same: list[Record]) -> list[Record]:
    return [record for record in same if not _is_other(external, record)] if external else same


def _is_other(external: Sequence[tuple[str, str]], record: Record) -> bool:
    """Whether the record has an id of the same source, and another one."""
    held = record.get("external_ids")
    if not held or not external:
        return False
    for source, own in external:
        idents = [ident for known, ident in held if known == source]
        if idents and own not in idents:
            return True
    return False


def _is_about(record: Record, references: Record) -> bool:
    """Whether a record is about no one else than the row is."""
    return all(references.get(key) in (None, record.get(key)) or record.get(key) is None for key in _ABOUT)


def _reached_by(numbers: list[Any], record: Record) -> bool:
    """Whether one of the numbers may be one of the record's."""
    held = record.get("phones") or ()
    return any(tokens.phone_same(number, entry["value"]) for number in numbers for entry in held)


def _alike(one: str, other: str | None) -> bool:
    """Whether two names have a word in common, and not only a title."""
    return not {*without_titles(tokens.words(one))}.isdisjoint(without_titles(tokens.words(other or "")))
