"""Outlook: the desktop program (92 columns), Outlook.com (61), and Google's "Outlook CSV", which overlap but agree on names."""

from __future__ import annotations

import re

from crmtool.transfer.layouts.base import (
    COMPANY,
    DAY,
    EXTRA,
    FIELD,
    IGNORE,
    NAME,
    TAGS,
    Header,
    Layout,
    Target,
    address,
    entry,
)

# What the program writes for nothing: dates that are not set, and settings nobody touched.
_NO_DATE = ("0/0/00", "00/00/00", "0/0/0000", "00.00.00", "0.0.00")

_FIXED = {
    "title": Target(NAME, part="prefix"),
    "name prefix": Target(NAME, part="prefix"),
    "first name": Target(NAME, part="given"),
    "middle name": Target(NAME, part="middle"),
    "last name": Target(NAME, part="family"),
    "suffix": Target(NAME, part="suffix"),
    "nickname": Target(NAME, part="nickname"),
    "given yomi": Target(NAME, part="phonetic"),
    "surname yomi": Target(NAME, part="phonetic"),
    "company": Target(COMPANY, part="name"),
    "job title": Target(FIELD, "title"),
    "department": Target(FIELD, "department"),
    "email address": entry("emails", "email1"),
    "email 2 address": entry("emails", "email2"),
    "email 3 address": entry("emails", "email3"),
    "birthday": Target(DAY, "birthday", blank=_NO_DATE),
    "anniversary": Target(EXTRA, blank=_NO_DATE),
    "notes": Target(FIELD, "description"),
    "categories": Target(TAGS, "tags", split=";"),
    "language": Target(FIELD, "language"),
    "web page": entry("urls", "web1"),
    "personal web page": entry("urls", "web2", "home"),
    # Settings that hold for every contact until somebody changes them.
    "gender": Target(EXTRA, blank=("unspecified",)),
    "priority": Target(EXTRA, blank=("normal",)),
    "sensitivity": Target(EXTRA, blank=("normal",)),
    "private": Target(EXTRA, blank=("false",)),
    "email type": Target(IGNORE),
    "email 2 type": Target(IGNORE),
    "email 3 type": Target(IGNORE),
    "email display name": Target(IGNORE),
    "email 2 display name": Target(IGNORE),
    "email 3 display name": Target(IGNORE),
}
_PHONES = {
    "business phone": "work", "business phone 2": "work", "home phone": "home", "home phone 2": "home", "mobile phone": "mobile",
    "other phone": "other", "primary phone": "main", "company main phone": "company", "car phone": "car", "pager": "pager",
    "business fax": "work fax", "home fax": "home fax", "other fax": "other fax", "callback": "callback", "radio phone": "radio",
    "tty tdd phone": "tty", "assistant s phone": "assistant", "telex": "telex", "isdn": "isdn",
}  # fmt: skip
_RINGING = ("work", "home", "mobile", "main", "other")
_LABELS = {"business": "work", "home": "home", "other": "other"}
_ADDRESS = re.compile(
    r"(business|home|other) (?:address )?(street(?: [23])?|city|state|postal code|country(?: region)?|po box)"
)
_PARTS = {
    "street": "street", "street 2": "street", "street 3": "street", "city": "city", "state": "region",
    "postal code": "postal_code", "country": "country", "country region": "country", "po box": "po_box",
}  # fmt: skip
_WHOLE = re.compile(r"(business|home|other) address")
# Two of these, and a column for a name, make a file Outlook's: other programs have one or the other.
_MARKS = frozenset(
    (
        "email 2 address", "business phone", "business phone 2", "home phone 2", "business street", "business city",
        "home street", "company main phone", "assistant s name", "business fax", "email display name", "categories",
        "internet free busy", "imaddress", "office location", "tty tdd phone",
    )
)  # fmt: skip


def target(name: str) -> Target | None:
    if name in _PHONES:
        return entry("phones", name, _PHONES[name], rank=0 if _PHONES[name] in _RINGING else 1)
    if name in _FIXED:
        return _FIXED[name]
    if found := _ADDRESS.fullmatch(name):
        return address(_PARTS[found[2]], found[1], _LABELS[found[1]])
    if found := _WHOLE.fullmatch(name):
        return address("formatted", found[1], _LABELS[found[1]])
    return None


def detect(header: Header) -> float:
    marks = len(_MARKS & header.present)
    if marks < 2 or not header.has_any("first name", "last name", "email address"):
        return 0.0
    return min(1.0, header.coverage(target) * 0.5 + 0.1 * min(marks, 5))


LAYOUTS = (Layout("outlook", "Outlook", "contact", detect, target, organisations=True),)
