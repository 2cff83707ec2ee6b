"""Pipedrive: a row is a deal with its organisation and person, or one of those alone. Columns are called ``Deal - Title``."""

from __future__ import annotations

import re

from crmtool.transfer.layouts.base import (
    CHOICE,
    COMPANY,
    CONTACT,
    CREATED,
    CURRENCY,
    DAY,
    EXTERNAL,
    FIELD,
    NAME,
    NOTE,
    REFERENCE,
    TAGS,
    Header,
    Layout,
    Target,
    address,
    entry,
)  # fmt: skip

VENDOR = "pipedrive"
# Names as they are after ``words.english``: "Organization - Name" is "company", "Note" is "notes".
# What rows of deals and people say of their organisation, and those of deals of their person.
_ORGANISATION = {
    "organization address": Target(COMPANY, part="address"),
    "organization owner": Target(COMPANY, part="owner"),
    "organization label": Target(COMPANY, part="tags"),
}
_DEAL = {
    **_ORGANISATION,
    "person owner": Target(CONTACT, part="owner"),
    "person label": Target(CONTACT, part="tags"),
    "deal id": Target(EXTERNAL),
    "deal title": Target(NAME, part="full"),
    "deal owner": Target(REFERENCE, "owner"),
    "deal pipeline": Target(REFERENCE, "pipeline"),
    "deal stage": Target(REFERENCE, "stage"),
    "deal value": Target(FIELD, "amount"),
    "deal currency": Target(CURRENCY, "amount"),
    "deal currency of value": Target(CURRENCY, "amount"),
    "deal expected close date": Target(DAY, "close_on"),
    "deal won time": Target(DAY, "closed_on"),
    "deal lost time": Target(DAY, "closed_on"),
    "deal deal closed on": Target(DAY, "closed_on"),
    "deal lost reason": Target(FIELD, "lost_reason"),
    "deal status": Target(CHOICE, "status"),
    "deal probability": Target(FIELD, "probability"),
    "deal label": Target(TAGS, "tags", split=","),
    "deal deal created": Target(CREATED),
    "deal source": Target(FIELD, "source"),
    "company": Target(COMPANY, part="name"),
    "deal organization": Target(COMPANY, part="name"),
    "organization id": Target(COMPANY, part="id"),
    "person name": Target(CONTACT, part="name"),
    "deal contact person": Target(CONTACT, part="name"),
    "person first name": Target(CONTACT, part="given"),
    "person last name": Target(CONTACT, part="family"),
    "person email": Target(CONTACT, part="email"),
    "person phone": Target(CONTACT, part="phone"),
    "person id": Target(CONTACT, part="id"),
    "notes": Target(NOTE),
}
_PERSON = {
    **_ORGANISATION,
    "person id": Target(EXTERNAL),
    "person name": Target(NAME, part="full"),
    "person first name": Target(NAME, part="given"),
    "person last name": Target(NAME, part="family"),
    "person owner": Target(REFERENCE, "owner"),
    "person label": Target(TAGS, "tags", split=","),
    "person job title": Target(FIELD, "title"),
    "person birthday": Target(DAY, "birthday"),
    "person person created": Target(CREATED),
    "company": Target(COMPANY, part="name"),
    "person organization": Target(COMPANY, part="name"),
    "organization id": Target(COMPANY, part="id"),
    "notes": Target(NOTE),
}
_COMPANY = {
    "organization id": Target(EXTERNAL),
    "company": Target(NAME, part="full"),
    "organization owner": Target(REFERENCE, "owner"),
    "organization label": Target(TAGS, "tags", split=","),
    "organization address": address("formatted", "main"),
    "organization website": entry("urls", "web"),
    "organization industry": Target(FIELD, "industry"),
    "organization number of employees": Target(FIELD, "employees"),
    "organization annual revenue": Target(FIELD, "revenue"),
    "organization organization created": Target(CREATED),
    "notes": Target(NOTE),
}
_STATUS = {"open": "open", "won": "won", "lost": "lost"}
_REACHED = re.compile(r"person (email|phone)(?: (work|home|mobile|other))?")


def deal_target(name: str) -> Target | None:
    if found := _REACHED.fullmatch(name):
        return Target(CONTACT, part=found[1])
    return _DEAL.get(name)


def person_target(name: str) -> Target | None:
    if found := _REACHED.fullmatch(name):
        return entry(f"{found[1]}s", name, found[2])
    return _PERSON.get(name)


def company_target(name: str) -> Target | None:
    return _COMPANY.get(name)


def _prefixed(header: Header, prefix: str) -> bool:
    return any(name.startswith(prefix) for name in header.names)


def detect_deals(header: Header) -> float:
    return 0.9 + 0.1 * header.coverage(deal_target) if header.has("deal title") else 0.0


def detect_people(header: Header) -> float:
    mine = header.has_any("person name", "person first name", "person last name") and not _prefixed(
        header, "deal "
    )
    return 0.9 + 0.1 * header.coverage(person_target) if mine else 0.0


def detect_companies(header: Header) -> float:
    mine = header.has("company") and header.has_any(
        "organization owner", "organization label", "organization address"
    )
    alone = not _prefixed(header, "deal ") and not _prefixed(header, "person ")
    return 0.9 + 0.1 * header.coverage(company_target) if mine and alone else 0.0


_CHOICES = {"status": _STATUS}
LAYOUTS = (
    Layout(VENDOR, "Pipedrive", "deal", detect_deals, deal_target, _CHOICES),
    Layout(VENDOR, "Pipedrive", "contact", detect_people, person_target),
    Layout(VENDOR, "Pipedrive", "company", detect_companies, company_target),
)
