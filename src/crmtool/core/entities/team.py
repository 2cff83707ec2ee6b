"""The people of the workspace."""

from __future__ import annotations

from crmtool.core.fields import Choice, field
from crmtool.core.kinds import CHOICE, EMAIL, REFERENCE, TEXT, YESNO
from crmtool.core.messages import N_
from crmtool.core.registry import entity

ROLES = (
    Choice("admin", N_("Admin")),
    Choice("manager", N_("Manager")),
    Choice("member", N_("Member")),
    Choice("readonly", N_("Read-only")),
)

USER = entity(
    "user",
    "users",
    N_("User"),
    N_("Users"),
    [
        field("name", TEXT, N_("Name"), required=True, indexed=True),
        field("email", EMAIL, N_("E-mail"), lookup="email"),
        field("role", CHOICE, N_("Role"), choices=ROLES, default="member"),
        field("team", REFERENCE, N_("Team"), target="team"),
        field("active", YESNO, N_("Active"), default=True),
    ],
    list_fields=("name", "email", "role", "team", "active"),
    default_sort="name",
)

TEAM = entity(
    "team",
    "teams",
    N_("Team"),
    N_("Teams"),
    [
        field("name", TEXT, N_("Name"), required=True, indexed=True),
        field("lead", REFERENCE, N_("Lead"), target="user"),
    ],
    list_fields=("name", "lead"),
    default_sort="name",
)

ENTITIES = (USER, TEAM)
