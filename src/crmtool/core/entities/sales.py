"""Deals, their pipelines and stages, quotas."""

from __future__ import annotations

from crmtool.core.entities.derive import earliest, latest
from crmtool.core.fields import Choice, field
from crmtool.core.kinds import (
    CHOICE,
    DATE,
    INSTANT,
    JSON,
    LONGTEXT,
    MONEY,
    NUMBER,
    REFERENCE,
    TAGS,
    TEXT,
    YESNO,
)
from crmtool.core.messages import N_
from crmtool.core.registry import Derived, entity

DEAL_STATUS = (Choice("open", N_("Open")), Choice("won", N_("Won")), Choice("lost", N_("Lost")))
PERIODS = (Choice("month", N_("Month")), Choice("quarter", N_("Quarter")), Choice("year", N_("Year")))

DEAL = entity(
    "deal",
    "deals",
    N_("Deal"),
    N_("Deals"),
    [
        field("name", TEXT, N_("Name"), required=True, search="name", indexed=True),
        field("company", REFERENCE, N_("Company"), target="company", indexed=True),
        field("contact", REFERENCE, N_("Contact"), target="contact", indexed=True),
        field("pipeline", REFERENCE, N_("Pipeline"), target="pipeline", unit="stage"),
        field("stage", REFERENCE, N_("Stage"), target="stage", unit="stage", tracked=True, indexed=True),
        field("amount", MONEY, N_("Amount"), tracked=True, indexed=True, aliases=("value",)),
        field("status", CHOICE, N_("Status"), choices=DEAL_STATUS, unit="outcome", tracked=True, default="open", indexed=True),
        field("close_on", DATE, N_("Expected close"), tracked=True, indexed=True, aliases=("close", "expected_close")),
        field("closed_on", DATE, N_("Closed on"), unit="outcome", aliases=("closed",), indexed=True),
        field("lost_reason", TEXT, N_("Lost reason"), unit="outcome", aliases=("reason",)),
        field("probability", NUMBER, N_("Probability"), least=0, most=100, help=N_("Percent; the stage's own when empty.")),
        field("owner", REFERENCE, N_("Owner"), target="user", tracked=True, indexed=True),
        field("source", TEXT, N_("Source")),
        field("tags", TAGS, N_("Tags"), search="text", lookup="tag", aliases=("tag",)),
        field("description", LONGTEXT, N_("Description"), search="text"),
        field("stage_entered_at", INSTANT, N_("Stage entered"), derived=Derived("", "stage", (), latest(""))),
        field(
            "last_contacted_at", INSTANT, N_("Last contacted"), aliases=("last_contacted",),
            derived=Derived("activity", "deal", ("happened_at",), latest("happened_at"), "happened_at"),
        ),
        field(
            "next_step_on", DATE, N_("Next step"), aliases=("next_step",),
            derived=Derived("task", "deal", ("due_on", "status"), earliest("due_on", status="open")),
        ),
    ],
    list_fields=("name", "company", "stage", "amount", "close_on", "owner", "status"),
    default_sort="-created_at",
    search="names",
)  # fmt: skip

PIPELINE = entity(
    "pipeline",
    "pipelines",
    N_("Pipeline"),
    N_("Pipelines"),
    [
        field("name", TEXT, N_("Name"), required=True, indexed=True),
        field("default", YESNO, N_("Default")),
        field("position", NUMBER, N_("Position")),
        field("description", LONGTEXT, N_("Description")),
    ],
    list_fields=("name", "default", "description"),
    default_sort="position",
)

STAGE = entity(
    "stage",
    "stages",
    N_("Stage"),
    N_("Stages"),
    [
        field("name", TEXT, N_("Name"), required=True, indexed=True),
        field("pipeline", REFERENCE, N_("Pipeline"), target="pipeline", required=True, indexed=True),
        field("position", NUMBER, N_("Position")),
        field(
            "probability",
            NUMBER,
            N_("Probability"),
            least=0,
            most=100,
            help=N_("Percent of the deals in this stage that are won."),
        ),
        field("rotting_days", NUMBER, N_("Rotting after days"), least=0),
        field(
            "required",
            JSON,
            N_("Required fields"),
            help=N_("Deal fields that must be filled to enter the stage."),
        ),
    ],
    list_fields=("pipeline", "name", "position", "probability", "rotting_days"),
    default_sort="pipeline,position",
)

QUOTA = entity(
    "quota",
    "quotas",
    N_("Quota"),
    N_("Quotas"),
    [
        field("name", TEXT, N_("Name")),
        field("user", REFERENCE, N_("User"), target="user", indexed=True),
        field("team", REFERENCE, N_("Team"), target="team"),
        field("pipeline", REFERENCE, N_("Pipeline"), target="pipeline"),
        field("period", CHOICE, N_("Period"), choices=PERIODS, default="month"),
        field("starts_on", DATE, N_("Starts on"), required=True, indexed=True),
        field("amount", MONEY, N_("Amount"), required=True),
    ],
    list_fields=("user", "team", "period", "starts_on", "amount"),
    default_sort="-starts_on",
)

ENTITIES = (DEAL, PIPELINE, STAGE, QUOTA)
