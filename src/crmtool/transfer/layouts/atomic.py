"""Atomic CRM: contacts with one column for each place an address or number belongs to."""

from __future__ import annotations

from crmtool.transfer.layouts.base import (
    COMPANY,
    CREATED,
    EXTRA,
    FIELD,
    NAME,
    TAGS,
    Header,
    Layout,
    Target,
    entry,
)

_FIXED = {
    "first name": Target(NAME, part="given"),
    "last name": Target(NAME, part="family"),
    "title": Target(FIELD, "title"),
    "notes": Target(FIELD, "description"),
    "first seen": Target(CREATED),
    "last seen": Target(EXTRA),
    "gender": Target(EXTRA),
    "has newsletter": Target(EXTRA),
    "status": Target(EXTRA),
    "tags": Target(TAGS, "tags", split=",;"),
    "linkedin url": entry("urls", "linkedin", "linkedin"),
    "company": Target(COMPANY, part="name"),
    "email work": entry("emails", "email_work", "work"),
    "email home": entry("emails", "email_home", "home"),
    "email other": entry("emails", "email_other", "other"),
    "phone work": entry("phones", "phone_work", "work"),
    "phone home": entry("phones", "phone_home", "home"),
    "phone other": entry("phones", "phone_other", "other"),
}


def target(name: str) -> Target | None:
    return _FIXED.get(name)


def detect(header: Header) -> float:
    marks = header.has_any("email work", "phone work") and header.has_any(
        "first seen", "has newsletter", "phone other", "email other"
    )
    return 0.6 + 0.4 * header.coverage(target) if marks and header.has_any("first name", "last name") else 0.0


LAYOUTS = (Layout("atomic", "Atomic CRM", "contact", detect, target),)
