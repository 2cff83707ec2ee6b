"""The layouts there are, and which one a header has."""

from __future__ import annotations

import shlex

from crmtool.core.errors import UsageError
from crmtool.core.messages import Message
from crmtool.transfer.layouts import (
    atomic,
    generic,
    google,
    hubspot,
    linkedin,
    outlook,
    pipedrive,
    salesforce,
    twenty,
)
from crmtool.transfer.layouts.base import Header, Layout, Target
from crmtool.transfer.layouts.words import normal

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from crmtool.core.registry import Registry

VENDORS = (
    "google", "outlook", "linkedin", "hubspot", "salesforce", "pipedrive", "twenty", "atomic",
)  # fmt: skip


def all_layouts(registry: Registry) -> list[Layout]:
    """Vendors' layouts first: where one fits as well as the generic one, the vendor's knows more."""
    vendors = (google, outlook, linkedin, hubspot, salesforce, pipedrive, twenty, atomic)
    return [*(layout for vendor in vendors for layout in vendor.LAYOUTS), *generic.layouts(registry)]


# What other programs call our kinds of record, in the names of their files and lists.
_CALLED = {
    "people": "contact", "persons": "contact", "leads": "contact", "accounts": "company", "organizations": "company",
    "organisations": "company", "opportunities": "deal", "todos": "task",
}  # fmt: skip
_REACHED = ("email", "email address", "phone", "mobile phone")


def choose(
    header: Header,
    registry: Registry,
    wanted: str | None = None,
    *,
    mapped: bool = False,
    called: Sequence[str] = (),
) -> Layout:
    """The layout that fits the header best; ``wanted`` restricts the choice: a vendor, a kind of record, or ``vendor/kind``.

    ``called``: the names of the list and its file, the nearest first, which settle what columns alone do not: a name and a web
    address are anybody's. ``mapped``: a map says where columns go, so that the one layout which is wanted need not know any of
    them. ``UsageError`` where none fits, naming the columns that were found.
    """
    candidates = all_layouts(registry)
    if wanted is not None:
        candidates = _wanted(candidates, registry, wanted)
        if mapped and len(candidates) == 1:
            return candidates[0]
    best = max(candidates, key=lambda one: one.detect(header))
    if wanted is None and best.vendor == generic.VENDOR and best.entity == "contact":
        return _said(candidates, registry, header, called, best)
    if best.detect(header) > 0 or (wanted is not None and best.coverage(header) > 0):
        return best
    if wanted is None and generic.is_complete(header):
        _refuse_unknown_kind(header, registry, called)
    found = ", ".join(name[:40] for name in header.columns[:12]) or "-"
    raise UsageError(
        Message("The columns are those of no known layout: {columns}.", columns=found),
        Message("Name the columns in the first row, for instance: name, email, phone, company. Layouts: {layouts}.",
                layouts=", ".join(VENDORS)),
        code="unknown_layout",
        columns=header.columns,
    )  # fmt: skip


def _refuse_unknown_kind(header: Header, registry: Registry, called: Sequence[str]) -> None:
    """``UsageError`` for an export of an object of somebody's own that is not here, with what makes it."""
    plural = next((name for name in called if name), "")
    if not plural or any(plural.casefold() in (one.key, one.plural) for one in registry.entities.values()):
        return
    single = f"{plural[:-3]}y" if plural.endswith("ies") else plural.removesuffix("s")
    fields = [name for name in generic.beyond_kept(header) if name != "name"]
    raise UsageError(
        Message("“{name}” are records of a kind that is not here.", name=plural),
        Message(
            "Import the whole export, whose objects and fields say what they are, or make the kind first: {command}. "
            "Then each of its fields ({fields}): {field}",
            command=shlex.join(("crm", "object", "add", single.capitalize(), f"plural={plural.casefold()}")),
            fields=", ".join(fields) or "-",
            field=f"{shlex.join(('crm', 'field', 'add', single.casefold(), *fields[:1]))} kind=…",
        ),
        code="unknown_layout",
        columns=header.columns,
    )


def _said(
    candidates: list[Layout], registry: Registry, header: Header, called: Sequence[str], best: Layout
) -> Layout:
    """The layout of the kind that the file or its list is called after, if it knows as many of the columns as ``best`` and none
    of them makes a row a person's.
    """
    kinds = {
        word: entity.key for entity in registry.entities.values() for word in (entity.key, entity.plural)
    }
    for name in called:
        said = {kinds.get(word) or _CALLED.get(word) for word in normal(name).split()} - {None}
        for one in candidates:
            if {one.entity} == said and one.vendor == generic.VENDOR:
                persons = (
                    header.has("name", "company") if one.entity == "company" else header.has_any(*_REACHED)
                )
                return best if persons or one.coverage(header) < best.coverage(header) else one
    return best


def _wanted(candidates: list[Layout], registry: Registry, wanted: str) -> list[Layout]:
    """The layouts that ``wanted`` names: a vendor's, those of our own words for a kind of record, or both, with a slash."""
    vendor, _, noun = wanted.casefold().partition("/")
    vendors = {one.vendor for one in candidates}
    if not noun and vendor not in vendors:
        vendor, noun = generic.VENDOR, vendor
    found = [one for one in candidates if one.vendor == vendor]
    if noun:
        found = [one for one in found if noun in (one.entity, registry.entities[one.entity].plural)]
    if not found:
        raise UsageError(
            Message("There is no layout called “{name}”.", name=wanted),
            Message("Layouts: {layouts}; or a kind of record, such as contacts; or both: hubspot/deals.",
                    layouts=", ".join(VENDORS)),
            code="unknown_layout",
        )  # fmt: skip
    return found


__all__ = ["VENDORS", "Header", "Layout", "Target", "all_layouts", "choose"]
