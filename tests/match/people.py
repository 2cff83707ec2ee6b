"""Profiles for tests, from the values that matter."""

from __future__ import annotations

from typing import Any

from crmtool.core.entities import builtin
from crmtool.match.profile import Profile, of_record


def contact(number: int = 0, /, **values: Any) -> Profile:
    """The profile of a contact with these stored values."""
    return of_record(builtin().entity("contact"), {"id": f"c{number}", **values}, number)


def company(number: int = 0, /, **values: Any) -> Profile:
    """The profile of a company with these stored values."""
    return of_record(builtin().entity("company"), {"id": f"k{number}", **values}, number)
