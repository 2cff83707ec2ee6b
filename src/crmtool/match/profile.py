"""What comparing needs of a record: its values folded, in one flat shape for contacts, companies and rows of any table."""

from __future__ import annotations

from crmtool.core import tokens
from crmtool.core.struct import Struct
from crmtool.match.mailboxes import MAIL_PROVIDERS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any

    from crmtool.core.registry import Entity

    Record = dict[str, Any]

OUTSIDE = "ext:"  # before the kinds of ids that another program gave
MOST_WORDS = 8  # words of one name that count
MOST_VALUES = 12  # values of one kind (e-mails, phones) that count

# Legal forms say nothing about which company it is, and half of the people who type a name leave them out.
LEGAL_FORMS = frozenset(
    (
        "ab", "ag", "as", "asa", "aps", "bv", "bvba", "cie", "co", "corp", "corporation", "doo", "ehf", "eood", "gmbh", "inc",
        "incorporated", "jsc", "kft", "kg", "kk", "limited", "llc", "llp", "ltd", "ltda", "mbh", "nv", "ohg", "ood", "oy", "oyj",
        "plc", "pte", "pty", "pvt", "sa", "sae", "sarl", "sas", "se", "sia", "sl", "sll", "slu", "sp", "spa", "spol", "srl",
        "sro", "ug", "uab", "zoo",
    )
)  # fmt: skip
# What stands before or behind a person's name.
TITLES = frozenset(
    (
        "don", "dona", "dr", "frau", "herr", "jr", "mba", "md", "mevr", "miss", "mlle", "mme", "mr", "mrs", "ms", "mx", "phd",
        "prof", "sir", "sr", "sra", "srta",
    )
)  # fmt: skip
# What joins the words of a family name: “van der Berg” is one name and not three that agree.
PARTICLES = frozenset(
    (
        "af", "al", "av", "bin", "da", "das", "de", "del", "della", "den", "der", "des", "di", "do", "dos", "du", "el", "ibn",
        "la", "las", "le", "los", "ten", "ter", "van", "vom", "von", "y", "zu", "zum", "zur",
    )
)  # fmt: skip


class Profile(Struct):
    """A record to be compared. Every text is folded; several values of a kind are tuples, and an empty tuple says nothing.

    ``number`` is its place among those compared, ``words`` those of the name (given name before family name where both are
    known), ``split`` how many of them are the given name (0: unknown), ``ids`` identifiers by their kind.
    """

    number: int
    record: str
    words: tuple[str, ...] = ()
    split: int = 0
    nick: tuple[str, ...] = ()
    emails: tuple[str, ...] = ()
    phones: tuple[str, ...] = ()
    birthday: str = ""
    streets: tuple[str, ...] = ()
    cities: tuple[str, ...] = ()
    postcodes: tuple[str, ...] = ()
    regions: tuple[str, ...] = ()
    companies: tuple[str, ...] = ()
    domains: tuple[str, ...] = ()
    ids: tuple[tuple[str, str], ...] = ()

    def packed(self) -> tuple[Any, ...]:
        """Plain values, from which ``Profile(*packed)`` makes it again."""
        return tuple(getattr(self, key) for key in Profile._fields)


def of_record(entity: Entity, record: Record, number: int, identifiers: Iterable[str] = ()) -> Profile:
    """The profile of a contact or company as the reader gives it.

    ``identifiers`` are own fields whose value belongs to one record alone, such as a customer number.
    """
    company = entity.key == "company"
    words, split = _company_words(record), 0
    if not company:
        words, split = _person_words(record)
    emails = _values(record, "emails", _email)
    domains: list[str] = []
    if company:
        domains = [
            key
            for key in (
                _domain(record.get("domain")),
                *(_domain(e["value"]) for e in record.get("urls") or ()),
            )
            if key
        ]
        domains += [d for d in (e.rpartition("@")[2] for e in emails) if d not in MAIL_PROVIDERS]
    streets, cities, postcodes, regions = _addresses(record.get("addresses") or ())
    employer = record.get("company")
    ids = [(f"{OUTSIDE}{source}", str(ident)) for source, ident in record.get("external_ids") or ()]
    ids += [
        (key, tokens.fold(str(record[key]))) for key in identifiers if record.get(key) not in (None, "", [])
    ]
    return Profile(
        number,
        record["id"],
        words,
        split,
        tuple(_words(record.get("nickname"))[:2]),
        emails,
        _values(record, "phones", tokens.phone_key),
        record.get("birthday") or "",
        streets,
        cities,
        postcodes,
        regions,
        (str(employer["id"] if isinstance(employer, dict) else employer),) if employer else (),
        tuple(dict.fromkeys(domains))[:MOST_VALUES],
        tuple(ids[:MOST_VALUES]),
    )


def _values(record: Record, key: str, folded: Any) -> tuple[str, ...]:
    found = dict.fromkeys(folded(str(entry["value"])) for entry in record.get(key) or ())
    return tuple(value for value in found if value)[:MOST_VALUES]


def _words(text: str | None) -> list[str]:
    """The words of a name as people write them: hyphens, dots and commas part them, an apostrophe does not, nor a dot in Ph.D."""
    if not text:
        return []
    folded = (
        tokens.fold(text)
        .replace("ph.d", "phd")
        .replace("'", "")
        .replace("-", " ")
        .replace(".", " ")
        .replace(",", " ")
    )
    return ["".join(c for c in word if c.isalnum() or not c.isascii()) for word in folded.split()]


def _clean(words: list[str], leave_out: frozenset[str]) -> tuple[str, ...]:
    kept = [word for word in words if word and word not in leave_out]
    return tuple((kept or [word for word in words if word])[:MOST_WORDS])


def _joined(words: list[str], begin: int = 1) -> list[str]:
    """The words without particles: only what stands before another word, from ``begin`` on, is one. “Van Morrison” has none."""
    return [
        word for at, word in enumerate(words)
        if word not in PARTICLES or at < begin or at == len(words) - 1
    ]  # fmt: skip


def _person_words(record: Record) -> tuple[tuple[str, ...], int]:
    given, family = _words(record.get("given_name")), _words(record.get("family_name"))
    if given and family:
        first = _clean(_joined(given), TITLES)
        return (first + _clean(_joined(family, 0), TITLES))[:MOST_WORDS], len(first)
    name = record.get("name") or ""
    last, _, first_part = name.partition(",")
    if not TITLES.issuperset(_words(first_part)):  # family name, given name; not “Ana Ruiz, PhD”
        first = _clean(_joined(_words(first_part)), TITLES)
        return (first + _clean(_joined(_words(last), 0), TITLES))[:MOST_WORDS], len(first)
    return _clean(_joined(_words(name) or given + family), TITLES), 0


def _company_words(record: Record) -> tuple[str, ...]:
    """Single letters that follow each other are one abbreviation: ``S. A. S.`` is ``SAS``."""
    out: list[str] = []
    alone = False
    for word in _words((record.get("name") or "").replace("&", " ").replace("+", " ")):
        if alone and len(word) == 1:
            out[-1] += word
        else:
            out.append(word)
        alone = len(word) == 1
    return _clean(out, LEGAL_FORMS)


def _email(address: str) -> str:
    """An address without what providers ignore: a tag behind ``+``."""
    local, _, domain = address.casefold().rpartition("@")
    return f"{local.partition('+')[0] or local}@{domain}"


def _domain(value: Any) -> str:
    """The host of a domain or web address, without ``www``; empty for that of a provider of mailboxes."""
    text = str(value or "").casefold().strip()
    host = text.partition("://")[2] or text
    host = host.partition("/")[0].partition("?")[0].rpartition("@")[2].partition(":")[0].removeprefix("www.")
    return "" if host in MAIL_PROVIDERS or "." not in host else host


def _addresses(entries: Iterable[Record]) -> tuple[tuple[str, ...], ...]:
    streets, cities, postcodes, regions = [], [], [], []
    for entry in entries:
        value = entry["value"]
        street = " ".join(
            word for part in ("street", "extended") for word in tokens.words(str(value.get(part) or ""))
        )
        streets.append(street)
        cities.append(" ".join(tokens.words(str(value.get("city") or ""))))
        postcodes.append("".join(tokens.words(str(value.get("postal_code") or ""))))
        regions.append(tokens.fold(str(value.get("region") or "")))
    return tuple(
        tuple(dict.fromkeys(part for part in parts if part))[:MOST_VALUES]
        for parts in (streets, cities, postcodes, regions)
    )
