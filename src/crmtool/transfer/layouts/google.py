"""Google Contacts, the new and the old CSV: numbered groups, `` ::: `` between several values in one cell."""

from __future__ import annotations

import re

from crmtool.transfer.layouts.base import (
    COMPANY,
    DAY,
    FIELD,
    IGNORE,
    LABEL,
    NAME,
    TAGS,
    Header,
    Layout,
    Target,
    address,
    entry,
)  # fmt: skip

JOINED = ":::"

# Names as they are after ``words.english``: "First Name" and "Given Name" are one.
_FIXED = {
    "name": Target(NAME, part="full"),
    "name prefix": Target(NAME, part="prefix"),
    "first name": Target(NAME, part="given"),
    "middle name": Target(NAME, part="middle"),
    "additional name": Target(NAME, part="middle"),
    "last name": Target(NAME, part="family"),
    "name suffix": Target(NAME, part="suffix"),
    "nickname": Target(NAME, part="nickname"),
    "phonetic first name": Target(NAME, part="phonetic"),
    "phonetic middle name": Target(NAME, part="phonetic"),
    "phonetic last name": Target(NAME, part="phonetic"),
    "yomi name": Target(NAME, part="phonetic"),
    "company": Target(COMPANY, part="name"),
    "organization title": Target(FIELD, "title"),
    "organization department": Target(FIELD, "department"),
    "birthday": Target(DAY, "birthday"),
    "notes": Target(FIELD, "description"),
    "language": Target(FIELD, "language"),
    "tags": Target(TAGS, "tags", split=JOINED),
    "group membership": Target(TAGS, "tags", split=JOINED),
    "photo": Target(IGNORE),
}
_ORGANIZATION = {
    "name": Target(COMPANY, part="name"),
    "title": Target(FIELD, "title"),
    "department": Target(FIELD, "department"),
}
_ADDRESS_PARTS = {
    "formatted": "formatted", "street": "street", "city": "city", "po box": "po_box", "region": "region",
    "postal code": "postal_code", "country": "country", "extended address": "extended",
}  # fmt: skip
_VALUES = {"email": "emails", "phone": "phones", "website": "urls"}
_NUMBERED = re.compile(r"(email|phone|website|address|organization) (\d+) (.+)")
_MARKS = (
    "group membership",
    "yomi name",
    "given name yomi",
    "file as",
    "phonetic first name",
    "organization title",
)


def target(name: str) -> Target | None:
    found = _NUMBERED.fullmatch(name)
    if found is None:
        return _FIXED.get(name)
    kind, number, part = found.groups()
    group = f"{kind}{number}"
    if part in ("label", "type") and kind != "organization":
        return Target(LABEL, _VALUES.get(kind, "addresses"), group=group, split=JOINED)
    if kind in _VALUES:
        return entry(_VALUES[kind], group, split=JOINED) if part == "value" else None
    if kind == "organization":
        return _ORGANIZATION.get(part)
    return address(_ADDRESS_PARTS[part], group, split=JOINED) if part in _ADDRESS_PARTS else None


def _is_grouped(name: str) -> bool:
    """Whether the column is one of Google's numbered values; others number their e-mail addresses too."""
    found = target(name) if _NUMBERED.fullmatch(name) else None
    return found is not None and found.role != LABEL


def detect(header: Header) -> float:
    grouped = any(_is_grouped(name) for name in header.names)
    marked = header.has_any(*_MARKS)
    return (
        header.coverage(target) * 0.5 + 0.5
        if (grouped and header.has_any("first name", "name")) or marked
        else 0.0
    )


LAYOUTS = (Layout("google", "Google Contacts", "contact", detect, target, organisations=True),)
