"""Whom a row stands for: the rules that make the same file twice change nothing.

A contact is looked for by our own id, by the source's id, by e-mail address, and, where the row has no address, by name and
company. A company is looked for by our own id, by the source's id, by domain, by name. A record that carries another id of the
same source is somebody else, whatever else agrees.

Files repeat people, and people share mailboxes. Therefore:
- Of several records with the address, the one of that name is meant; none, if no name agrees.
- The address of a role (``info@``) names a person only together with the name.
- A record that an earlier row of the file stood for is meant again only if the names have a word in common, and then the row only
  adds (see ``merging``): two rows that contradict each other would otherwise change the record at every import.
- Without an address, a row with phone numbers does not mean a record that has only other ones; a row with neither name nor
  address is looked for by its numbers.
"""

from __future__ import annotations

from crmtool.core import tokens
from crmtool.core.kinds import PHONE
from crmtool.store.layout import NAME_KEY_LENGTH

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from typing import Any

    from crmtool.store.reader import Reader
    from crmtool.transfer.drafts import CompanyDraft, Draft
    from crmtool.transfer.seen import Seen

    Record = dict[str, Any]

# Mailboxes of offices, in the languages that use them.
ROLE_BOXES = frozenset(
    (
        "admin", "administration", "billing", "booking", "buchhaltung", "buero", "comercial", "compras", "contact", "contacto",
        "contato", "customerservice", "einkauf", "empfang", "enquiries", "facturacion", "finance", "hallo", "hello", "help",
        "hola", "hr", "info", "informacion", "inquiries", "jobs", "kontakt", "mail", "marketing", "media", "office", "oficina",
        "orders", "post", "postmaster", "presse", "press", "reception", "sales", "secretary", "sekretariat", "service", "shop",
        "support", "team", "ventas", "verkauf", "vertrieb", "vendas", "webmaster", "zentrale",
    )
)  # fmt: skip
# Domains of mailbox providers say nothing about a company.
MAIL_PROVIDERS = frozenset(
    (
        "126.com", "163.com", "aol.com", "bol.com.br", "free.fr", "gmail.com", "gmx.at", "gmx.ch", "gmx.de", "gmx.net",
        "googlemail.com", "hotmail.com", "hotmail.fr", "icloud.com", "laposte.net", "libero.it", "live.com", "mac.com", "mail.ru",
        "me.com", "msn.com", "naver.com", "orange.fr", "outlook.com", "pm.me", "proton.me", "protonmail.com", "qq.com",
        "rediffmail.com", "t-online.de", "uol.com.br", "web.de", "wp.pl", "yahoo.co.jp", "yahoo.com", "yahoo.fr", "yandex.ru",
        "ymail.com", "zoho.com",
    )
)  # fmt: skip


def ext_key(source: str, ident: str) -> str:
    """The lookup key of a source's own id."""
    return f"{source}\x1f{ident}"


def name_key(name: str) -> str:
    """The key by which exact names are compared."""
    return tokens.fold(name)[:NAME_KEY_LENGTH]


class Candidates:
    """Where the records of one entity are found while one batch of rows is decided: in the store, and among the batch's own.

    ``records``: id to the record as it would stand after the rows so far.
    """

    __slots__ = ("_domains", "_emails", "_exts", "_names", "_phones", "entity", "records")

    def __init__(self, entity: str) -> None:
        self.entity = entity
        self.records: dict[str, Record] = {}
        self._exts: dict[str, list[str]] = {}
        self._emails: dict[str, list[str]] = {}
        self._domains: dict[str, list[str]] = {}
        self._phones: dict[str, list[str]] = {}
        self._names: dict[str, list[str]] = {}

    def gather(
        self, reader: Reader, *, own: Iterable[str] = (), exts: Iterable[str] = (), emails: Iterable[str] = (),
        phones: Iterable[str] = (), domains: Iterable[str] = (), names: Iterable[str] = (),
    ) -> None:  # fmt: skip
        """Read every record that one of the keys finds."""
        wanted: dict[str, None] = {}
        for kind, keys, held in (
            ("ext", exts, self._exts), ("email", emails, self._emails), ("phone", phones, self._phones),
            ("domain", domains, self._domains), ("", names, self._names),
        ):  # fmt: skip
            asked = [*dict.fromkeys(keys)]
            if not asked:
                continue
            found = reader.lookup(self.entity, kind, asked) if kind else reader.by_name(self.entity, asked)
            held.update(found)
            for ids in found.values():
                wanted.update(dict.fromkeys(ids))
        wanted.update(dict.fromkeys(own))
        if wanted:
            self.records.update(reader.get_many(self.entity, [*wanted], trash="without"))

    def put(
        self, record: Record, *, exts: Iterable[tuple[str, str]] = (), emails: Iterable[str] = (), phones: Iterable[str] = (),
        name: str = "", domain: str = "",
    ) -> None:  # fmt: skip
        """Make a record of the batch findable by these keys; it may be known by some already."""
        ident = record["id"]
        self.records[ident] = record
        for source, own in exts:
            _append(self._exts, ext_key(source, own), ident)
        for email in emails:
            _append(self._emails, email, ident)
        for phone in phones:
            _append(self._phones, phone, ident)
        if name:
            _append(self._names, name, ident)
        if domain:
            _append(self._domains, domain, ident)

    def by_ext(self, external: Sequence[tuple[str, str]]) -> Record | None:
        for source, own in external:
            for ident in self._exts.get(ext_key(source, own), ()):
                if ident in self.records:
                    return self.records[ident]
        return None

    def by_email(self, key: str) -> list[Record]:
        return self._of(self._emails.get(key))

    def by_phone(self, key: str) -> list[Record]:
        return self._of(self._phones.get(key))

    def by_name(self, key: str) -> list[Record]:
        return self._of(self._names.get(key))

    def by_domain(self, key: str) -> list[Record]:
        return self._of(self._domains.get(key))

    def _of(self, ids: list[str] | None) -> list[Record]:
        return [self.records[ident] for ident in ids if ident in self.records] if ids else []


def _append(index: dict[str, list[str]], key: str, ident: str) -> None:
    held = index.get(key)
    if held is None:
        index[key] = [ident]
    elif ident not in held:
        held.append(ident)


def match_contact(draft: Draft, emails: Sequence[str], company: str | None, found: Candidates, seen: Seen) -> Record | None:
    """The contact a row means, or ``None`` for a new one. ``emails`` are the row's addresses as lookup keys."""
    record = _by_id(draft, found)
    if record is not None:
        return record
    for key in emails:
        record = _by_address(draft, key, found, seen)
        if record is not None:
            return record
    if emails:
        return None
    if not draft.named:
        return next((record for key in _numbers(draft) for record in found.by_phone(key)), None)
    same = [
        record
        for record in found.by_name(name_key(draft.name))
        if record.get("company") == company and not _is_other(draft.external, record)
    ]
    numbers = {*_numbers(draft)}
    if numbers:
        sharing = [record for record in same if numbers & _phones(record)]
        same = sharing or [record for record in same if not _phones(record)]
    return same[0] if same else None


def match_company(draft: Draft, found: Candidates, seen: Seen) -> Record | None:
    """The company a row means, or ``None`` for a new one."""
    record = _by_id(draft, found)
    if record is not None:
        return record
    key, domain = name_key(draft.name), domain_key(draft.values.get("domain"))
    if domain:
        same = [record for record in found.by_domain(domain) if not _is_other(draft.external, record)]
        named = [record for record in same if name_key(record["name"] or "") == key]
        if named:
            return named[0]
        if len(same) == 1 and (same[0]["id"] not in seen or _alike(draft.name, same[0]["name"])):
            return same[0]
    return _company_named(key, domain, draft.external, found)


def match_employer(wanted: CompanyDraft, vendor: str, found: Candidates) -> Record | None:
    """The company that a person's row names, or ``None`` for a new one."""
    external = [(vendor, wanted.ident)] if wanted.ident else []
    record = found.by_ext(external)
    if record is not None:
        return record
    key, domain = name_key(wanted.name), domain_key(wanted.domain)
    if domain:
        same = [record for record in found.by_domain(domain) if not _is_other(external, record)]
        if same:
            return next((record for record in same if name_key(record["name"] or "") == key), same[0])
    return _company_named(key, domain, external, found)


def domain_key(domain: str | None) -> str:
    """The lookup key of a company's domain; ``""`` for none and for those of mailbox providers."""
    key = tokens.fold(domain) if domain else ""
    return "" if key in MAIL_PROVIDERS else key


def _company_named(key: str, domain: str, external: Sequence[tuple[str, str]], found: Candidates) -> Record | None:
    """The company of a name; one with another domain is another one."""
    for record in found.by_name(key) if key else ():
        if not _is_other(external, record) and (not domain or not record.get("domain") or domain_key(record["domain"]) == domain):
            return record
    return None


def _by_id(draft: Draft, found: Candidates) -> Record | None:
    if draft.own_id is not None and draft.own_id in found.records:
        return found.records[draft.own_id]
    return found.by_ext(draft.external) if draft.external else None


def _by_address(draft: Draft, key: str, found: Candidates, seen: Seen) -> Record | None:
    same = found.by_email(key)
    if not same:
        return None
    if draft.external:
        same = [record for record in same if not _is_other(draft.external, record)]
    if not draft.named:
        return same[0] if same else None
    name = name_key(draft.name)
    for record in same:
        if name_key(record["name"] or "") == name:
            return record
    if len(same) != 1:
        return None
    record = same[0]
    held = record["name"] or ""
    if held.casefold() == key:  # nobody gave it a name yet
        return record
    if key.partition("@")[0] in ROLE_BOXES:
        return None
    return record if record["id"] not in seen or _alike(draft.name, held) else None


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


def _numbers(draft: Draft) -> list[str]:
    return [PHONE.lookup_key(value) for value, _ in draft.entries.get("phones", ())]


def _phones(record: Record) -> set[str]:
    return {PHONE.lookup_key(entry["value"]) for entry in record.get("phones") or ()}


def _alike(one: str, other: str | None) -> bool:
    """Whether two names have a word in common."""
    return not set(tokens.words(one)).isdisjoint(tokens.words(other or ""))
