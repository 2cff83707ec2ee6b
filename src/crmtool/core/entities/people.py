"""Contacts and companies."""

from __future__ import annotations

from crmtool.core.entities.derive import earliest, latest, total_open, total_won
from crmtool.core.fields import Choice, field
from crmtool.core.kinds import (
    ADDRESS,
    CHOICE,
    DATE,
    EMAIL,
    INSTANT,
    LONGTEXT,
    MONEY,
    NUMBER,
    PHONE,
    REFERENCE,
    TAGS,
    TEXT,
    URL,
    YESNO,
)  # fmt: skip
from crmtool.core.messages import N_
from crmtool.core.registry import Derived, entity

LIFECYCLE = (
    Choice("subscriber", N_("Subscriber")),
    Choice("lead", N_("Lead")),
    Choice("qualified", N_("Qualified lead")),
    Choice("opportunity", N_("Opportunity")),
    Choice("customer", N_("Customer")),
    Choice("evangelist", N_("Evangelist")),
    Choice("former", N_("Former customer")),
    Choice("other", N_("Other")),
)

CONTACT = entity(
    "contact",
    "contacts",
    N_("Contact"),
    N_("Contacts"),
    [
        field("name", TEXT, N_("Name"), required=True, search="name", indexed=True, personal=True),
        field("company", REFERENCE, N_("Company"), target="company", indexed=True),
        field("title", TEXT, N_("Job title"), search="text", personal=True, aliases=("position", "job_title")),
        field("department", TEXT, N_("Department"), personal=True),
        field("emails", EMAIL, N_("E-mail"), multi=True, search="text", lookup="email", personal=True, aliases=("email",)),
        field("phones", PHONE, N_("Phone"), multi=True, search="text", lookup="phone", personal=True, aliases=("phone",)),
        field("lifecycle", CHOICE, N_("Lifecycle"), choices=LIFECYCLE, tracked=True, indexed=True, default="lead"),
        field("owner", REFERENCE, N_("Owner"), target="user", tracked=True, indexed=True),
        field("tags", TAGS, N_("Tags"), search="text", lookup="tag", aliases=("tag",)),
        field("source", TEXT, N_("Source")),
        field("given_name", TEXT, N_("Given name"), personal=True),
        field("family_name", TEXT, N_("Family name"), personal=True),
        field("nickname", TEXT, N_("Nickname"), search="name", personal=True),
        field("phonetic_name", TEXT, N_("Phonetic name"), search="name", personal=True),
        field("addresses", ADDRESS, N_("Address"), multi=True, search="text", personal=True, aliases=("address",)),
        field("urls", URL, N_("Web address"), multi=True, search="text", lookup="url", personal=True, aliases=("url", "website")),
        field("birthday", DATE, N_("Birthday"), personal=True),
        field("language", TEXT, N_("Language")),
        field("timezone", TEXT, N_("Time zone")),
        field("do_not_contact", YESNO, N_("Do not contact")),
        field("description", LONGTEXT, N_("Description"), search="text", personal=True),
        field(
            "last_contacted_at", INSTANT, N_("Last contacted"), indexed=True, aliases=("last_contacted",),
            derived=Derived("activity", "contact", ("happened_at",), latest("happened_at"), "happened_at"),
        ),
        field(
            "next_step_on", DATE, N_("Next step"), indexed=True, aliases=("next_step",),
            derived=Derived("task", "contact", ("due_on", "status"), earliest("due_on", status="open")),
        ),
    ],
    list_fields=("name", "company", "title", "emails", "phones", "lifecycle"),
    default_sort="name",
    search="names",
    personal=True,
)  # fmt: skip

COMPANY = entity(
    "company",
    "companies",
    N_("Company"),
    N_("Companies"),
    [
        field("name", TEXT, N_("Name"), required=True, search="name", indexed=True),
        field("domain", TEXT, N_("Domain"), search="text", lookup="domain", indexed=True),
        field("industry", TEXT, N_("Industry"), search="text", indexed=True),
        field("employees", NUMBER, N_("Employees"), least=0, aliases=("size",)),
        field("revenue", MONEY, N_("Annual revenue")),
        field("emails", EMAIL, N_("E-mail"), multi=True, search="text", lookup="email", aliases=("email",)),
        field("phones", PHONE, N_("Phone"), multi=True, search="text", lookup="phone", aliases=("phone",)),
        field("lifecycle", CHOICE, N_("Lifecycle"), choices=LIFECYCLE, tracked=True),
        field("owner", REFERENCE, N_("Owner"), target="user", tracked=True, indexed=True),
        field("tags", TAGS, N_("Tags"), search="text", lookup="tag", aliases=("tag",)),
        field("parent", REFERENCE, N_("Parent company"), target="company", indexed=True),
        field("addresses", ADDRESS, N_("Address"), multi=True, search="text", aliases=("address",)),
        field("urls", URL, N_("Web address"), multi=True, search="text", lookup="url", aliases=("url", "website")),
        field("source", TEXT, N_("Source")),
        field("description", LONGTEXT, N_("Description"), search="text"),
        field(
            "last_contacted_at", INSTANT, N_("Last contacted"), aliases=("last_contacted",),
            derived=Derived("activity", "company", ("happened_at",), latest("happened_at"), "happened_at"),
        ),
        field(
            "open_value", MONEY, N_("Open value"),
            derived=Derived("deal", "company", ("amount", "status"), total_open),
        ),
        field("won_value", MONEY, N_("Won value"), derived=Derived("deal", "company", ("amount", "status"), total_won)),
    ],
    list_fields=("name", "domain", "industry", "employees", "owner", "open_value"),
    default_sort="name",
    search="names",
)  # fmt: skip

ENTITIES = (CONTACT, COMPANY)
