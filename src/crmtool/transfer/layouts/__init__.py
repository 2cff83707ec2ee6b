"""The layouts there are, and which one a header has."""

from __future__ import annotations

from crmtool.core.errors import UsageError
from crmtool.core.messages import Message
from crmtool.transfer.layouts import generic, google, hubspot, linkedin, outlook
from crmtool.transfer.layouts.base import Header, Layout, Target

TYPE_CHECKING = False
if TYPE_CHECKING:
    from crmtool.core.registry import Registry

VENDORS = ("google", "outlook", "linkedin", "hubspot", "contacts", "companies")


def all_layouts(registry: Registry) -> list[Layout]:
    """Vendors' layouts first: where one fits as well as the generic one, the vendor's knows more."""
    vendors = (*google.LAYOUTS, *outlook.LAYOUTS, *linkedin.LAYOUTS, *hubspot.LAYOUTS)
    return [*vendors, *generic.layouts(registry)]


def choose(header: Header, registry: Registry, wanted: str | None = None) -> Layout:
    """The layout that fits the header best; ``wanted`` (one of ``VENDORS``) restricts the choice.

    ``UsageError`` where none fits, naming the columns that were found.
    """
    candidates = all_layouts(registry)
    if wanted is not None:
        candidates = [
            one for one in candidates if wanted in (one.vendor, registry.entities[one.entity].plural)
        ]
        candidates = [one for one in candidates if wanted == one.vendor or one.vendor == generic.VENDOR]
        if not candidates:
            raise UsageError(
                Message("There is no layout called “{name}”.", name=wanted),
                Message("Layouts: {layouts}.", layouts=", ".join(VENDORS)),
                code="unknown_layout",
            )
    best = max(candidates, key=lambda one: one.detect(header))
    if best.detect(header) > 0 or (wanted is not None and best.coverage(header) > 0):
        return best
    found = ", ".join(name[:40] for name in header.columns[:12]) or "-"
    raise UsageError(
        Message("The columns are those of no known layout: {columns}.", columns=found),
        Message("Name the columns in the first row, for instance: name, email, phone, company. Layouts: {layouts}.",
                layouts=", ".join(VENDORS)),
        code="unknown_layout",
        columns=header.columns,
    )  # fmt: skip


__all__ = ["VENDORS", "Header", "Layout", "Target", "all_layouts", "choose"]
