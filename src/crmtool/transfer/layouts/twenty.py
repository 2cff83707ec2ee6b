"""Twenty: fields of several parts are ``Emails / Primary Email``, lists are JSON."""

from __future__ import annotations

from crmtool.transfer.layouts.base import (
    COMPANY,
    CONTACT,
    CREATED,
    CURRENCY,
    DAY,
    EXTERNAL,
    FIELD,
    NAME,
    PREFIX,
    REFERENCE,
    Header,
    Layout,
    Target,
    address,
    entry,
)  # fmt: skip

VENDOR = "twenty"
_PLACE = {
    "address street 1": address("street", "main"), "address address street 1": address("street", "main"),
    "address street 2": address("street", "main"), "address address street 2": address("street", "main"),
    "address city": address("city", "main"), "address address city": address("city", "main"), "city": address("city", "main"),
    "address state": address("region", "main"), "address address state": address("region", "main"),
    "address postcode": address("postal_code", "main"), "address address postcode": address("postal_code", "main"),
    "address post code": address("postal_code", "main"), "address country": address("country", "main"),
    "address address country": address("country", "main"),
}  # fmt: skip
_REACH = {
    "email": entry("emails", "email"),
    "emails primary email": entry("emails", "email"),
    "emails additional emails": entry("emails", "emails"),
    "phone": entry("phones", "phone"),
    "phones primary phone number": entry("phones", "phone"),
    "phones primary phone calling code": Target(PREFIX, "phones", group="phone"),
    "phones additional phones": entry("phones", "phones"),
    "linkedin link url": entry("urls", "linkedin", "linkedin"),
    "linkedin primary link url": entry("urls", "linkedin", "linkedin"),
    "x link url": entry("urls", "x", "x"),
    "x primary link url": entry("urls", "x", "x"),
}
_SHARED = {**_PLACE, "id": Target(EXTERNAL), "creation date": Target(CREATED), "createdat": Target(CREATED)}
_PERSON = {
    **_SHARED,
    **_REACH,
    "first name": Target(NAME, part="given"),
    "last name": Target(NAME, part="family"),
    "name first name": Target(NAME, part="given"),
    "name last name": Target(NAME, part="family"),
    "jobtitle": Target(FIELD, "title"),
    "job title": Target(FIELD, "title"),
    "companydomain": Target(COMPANY, part="domain"),
    "company": Target(COMPANY, part="name"),
    "company id": Target(COMPANY, part="id"),
    "companyid": Target(COMPANY, part="id"),
}
_COMPANY = {
    **_SHARED,
    **_REACH,
    "name": Target(NAME, part="full"),
    "domain name link url": Target(FIELD, "domain"),
    "domain name primary link url": Target(FIELD, "domain"),
    "domainname": Target(FIELD, "domain"),
    "employees": Target(FIELD, "employees"),
    "arr amount": Target(FIELD, "revenue"),
    "arr currency": Target(CURRENCY, "revenue"),
    "account owner": Target(REFERENCE, "owner"),
}
_DEAL = {
    **_SHARED,
    "name": Target(NAME, part="full"),
    "amount amount": Target(FIELD, "amount"),
    "amount currency": Target(CURRENCY, "amount"),
    "close date": Target(DAY, "close_on"),
    "closedate": Target(DAY, "close_on"),
    "stage": Target(REFERENCE, "stage"),
    "company": Target(COMPANY, part="name"),
    "company id": Target(COMPANY, part="id"),
    "companyid": Target(COMPANY, part="id"),
    "companydomain": Target(COMPANY, part="domain"),
    "point of contact id": Target(CONTACT, part="id"),
    "pointofcontactid": Target(CONTACT, part="id"),
    "email": Target(CONTACT, part="email"),
    "first name": Target(CONTACT, part="given"),
    "last name": Target(CONTACT, part="family"),
}
_MARKS = (
    "emails primary email", "emails additional emails", "phones primary phone number", "phones primary phone calling code",
    "amount amount", "amount currency", "domain name link url", "domain name primary link url", "address address city",
    "companydomain", "linkedin link url", "name first name",
)  # fmt: skip


def person_target(name: str) -> Target | None:
    return _PERSON.get(name)


def company_target(name: str) -> Target | None:
    return _COMPANY.get(name)


def deal_target(name: str) -> Target | None:
    return _DEAL.get(name)


def _is_person(header: Header) -> bool:
    return header.has_any(
        "first name", "last name", "name first name", "jobtitle", "emails primary email"
    ) and not _is_deal(header)


def _is_deal(header: Header) -> bool:
    return header.has_any("amount amount") and header.has_any(
        "stage", "close date", "closedate", "point of contact id"
    )


def detect_people(header: Header) -> float:
    return (
        0.8 + 0.2 * header.coverage(person_target) if header.has_any(*_MARKS) and _is_person(header) else 0.0
    )


def detect_companies(header: Header) -> float:
    mine = header.has_any(*_MARKS) and header.has("name") and not _is_person(header) and not _is_deal(header)
    return 0.8 + 0.2 * header.coverage(company_target) if mine else 0.0


def detect_deals(header: Header) -> float:
    return 0.85 + 0.15 * header.coverage(deal_target) if _is_deal(header) else 0.0


LAYOUTS = (
    Layout(VENDOR, "Twenty", "contact", detect_people, person_target),
    Layout(VENDOR, "Twenty", "company", detect_companies, company_target),
    Layout(VENDOR, "Twenty", "deal", detect_deals, deal_target),
)
