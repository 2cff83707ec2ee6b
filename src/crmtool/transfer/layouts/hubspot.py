"""HubSpot: exports of all contacts, companies and deals. ``Record ID`` is the identity; joined ids are separated by ``;``."""

from __future__ import annotations

from crmtool.transfer.layouts.base import (
    CHOICE,
    COMPANY,
    CONTACT,
    CREATED,
    CURRENCY,
    DAY,
    DEAL,
    EXTERNAL,
    FIELD,
    NAME,
    REFERENCE,
    Header,
    Layout,
    Target,
    address,
    entry,
)  # fmt: skip

_LIFECYCLE = {
    "subscriber": "subscriber",
    "lead": "lead",
    "marketing qualified lead": "qualified",
    "marketingqualifiedlead": "qualified",
    "sales qualified lead": "qualified",
    "salesqualifiedlead": "qualified",
    "opportunity": "opportunity",
    "customer": "customer",
    "evangelist": "evangelist",
    "former customer": "former",
    "other": "other",
}
_SHARED = {
    "record id": Target(EXTERNAL),
    "create date": Target(CREATED),
    "lifecycle stage": Target(CHOICE, "lifecycle"),
    "city": address("city", "main"),
    "street": address("street", "main"),
    "street address 2": address("street", "main"),
    "state": address("region", "main"),
    "postal code": address("postal_code", "main"),
    "country": address("country", "main"),
    "phone": entry("phones", "phone"),
    "web page": entry("urls", "web"),
    "original source": Target(FIELD, "source"),
    "original traffic source": Target(FIELD, "source"),
}
_CONTACT = {
    **_SHARED,
    "record id contact": Target(EXTERNAL),
    "contact id": Target(EXTERNAL),
    "first name": Target(NAME, part="given"),
    "last name": Target(NAME, part="family"),
    "name prefix": Target(NAME, part="prefix"),
    "email": entry("emails", "email"),
    "email address": entry("emails", "email"),
    "additional email addresses": entry("emails", "email2", split=";"),
    "mobile phone": entry("phones", "mobile", "mobile"),
    "fax": entry("phones", "fax", "fax", rank=1),
    "job title": Target(FIELD, "title"),
    "company": Target(COMPANY, part="name"),
    "associated company": Target(COMPANY, part="name", split=";"),
    "primary associated company": Target(COMPANY, part="name", split=";"),
    "domain": Target(COMPANY, part="domain"),
    "associated company ids": Target(COMPANY, part="id", split=";"),
    "primary associated company id": Target(COMPANY, part="id", split=";"),
    "associated deal": Target(DEAL, part="name"),
    "associated deal ids": Target(DEAL, part="id"),
    "contact owner": Target(REFERENCE, "owner"),
    "date of birth": Target(DAY, "birthday"),
    "birthday": Target(DAY, "birthday"),
    "preferred language": Target(FIELD, "language"),
    "time zone": Target(FIELD, "timezone"),
    "linkedin url": entry("urls", "linkedin", "linkedin"),
}
_COMPANY = {
    **_SHARED,
    "record id company": Target(EXTERNAL),
    "company id": Target(EXTERNAL),
    "company": Target(NAME, part="full"),
    "domain": Target(FIELD, "domain"),
    "company owner": Target(REFERENCE, "owner"),
    "industry": Target(FIELD, "industry"),
    "employees": Target(FIELD, "employees"),
    "annual revenue": Target(FIELD, "revenue"),
    "notes": Target(FIELD, "description"),
    "parent company": Target(REFERENCE, "parent"),
    "linkedin company page": entry("urls", "linkedin", "linkedin"),
}
_DEAL = {
    "record id": Target(EXTERNAL),
    "record id deal": Target(EXTERNAL),
    "deal id": Target(EXTERNAL),
    "create date": Target(CREATED),
    "deal name": Target(NAME, part="full"),
    "deal stage": Target(REFERENCE, "stage"),
    "pipeline": Target(REFERENCE, "pipeline"),
    "amount": Target(FIELD, "amount"),
    "currency": Target(CURRENCY, "amount"),
    "deal currency code": Target(CURRENCY, "amount"),
    "close date": Target(DAY, "close_on"),
    "closed lost reason": Target(FIELD, "lost_reason"),
    "deal probability": Target(FIELD, "probability"),
    "deal owner": Target(REFERENCE, "owner"),
    "notes": Target(FIELD, "description"),
    "deal description": Target(FIELD, "description"),
    "original source": Target(FIELD, "source"),
    "original traffic source": Target(FIELD, "source"),
    "company": Target(COMPANY, part="name"),
    "associated company": Target(COMPANY, part="name", split=";"),
    "primary associated company": Target(COMPANY, part="name", split=";"),
    "associated company ids": Target(COMPANY, part="id", split=";"),
    "primary associated company id": Target(COMPANY, part="id", split=";"),
    "associated contact": Target(CONTACT, part="name", split=";"),
    "associated contact ids": Target(CONTACT, part="id", split=";"),
}
_IDS = ("record id", "record id contact", "record id company", "contact id", "company id")
_PERSON = ("first name", "last name", "email", "email address", "contact owner")


def contact_target(name: str) -> Target | None:
    return _CONTACT.get(name)


def company_target(name: str) -> Target | None:
    return _COMPANY.get(name)


def deal_target(name: str) -> Target | None:
    return _DEAL.get(name)


def detect_deals(header: Header) -> float:
    if not header.has_any(*_IDS, "record id deal", "deal id") or not header.has("deal name"):
        return 0.0
    return 0.9 + 0.1 * header.coverage(deal_target)


def detect_contacts(header: Header) -> float:
    """An export may have over a hundred columns that say nothing we hold, so a few marks weigh more than coverage."""
    return (
        0.9 + 0.1 * header.coverage(contact_target)
        if header.has_any(*_IDS) and header.has_any(*_PERSON) and not header.has("deal name")
        else 0.0
    )


def detect_companies(header: Header) -> float:
    if not header.has_any(*_IDS) or not header.has("company") or header.has_any(*_PERSON):
        return 0.0
    return 0.9 + 0.1 * header.coverage(company_target)


_CHOICES = {"lifecycle": _LIFECYCLE}
LAYOUTS = (
    Layout("hubspot", "HubSpot", "contact", detect_contacts, contact_target, _CHOICES),
    Layout("hubspot", "HubSpot", "company", detect_companies, company_target, _CHOICES),
    Layout("hubspot", "HubSpot", "deal", detect_deals, deal_target, _CHOICES),
)
