"""LinkedIn connections: few columns, a preamble above them, and rows for people who left, with a date and nothing else."""

from __future__ import annotations

from crmtool.transfer.layouts.base import COMPANY, EXTERNAL, EXTRA, FIELD, NAME, Header, Layout, Target, entry

_FIXED = {
    "first name": Target(NAME, part="given"),
    "last name": Target(NAME, part="family"),
    # The profile's address is the only identity the file has.
    "url": Target(EXTERNAL, "urls", label="linkedin"),
    "email address": entry("emails", "email1"),
    "company": Target(COMPANY, part="name"),
    "job title": Target(FIELD, "title"),
    # A date alone is no person.
    "connected on": Target(EXTRA, part="noise"),
}


def target(name: str) -> Target | None:
    return _FIXED.get(name)


def detect(header: Header) -> float:
    if header.has("first name", "last name") and header.has_any("connected on"):
        return 0.5 + header.coverage(target) * 0.5
    return 0.9 * header.coverage(target) if header.has("first name", "last name", "url", "job title") else 0.0


LAYOUTS = (Layout("linkedin", "LinkedIn", "contact", detect, target),)
