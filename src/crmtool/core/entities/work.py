"""What people do: activities, tasks, notes."""

from __future__ import annotations

from crmtool.core.fields import Choice, Field, field
from crmtool.core.kinds import CHOICE, DATE, INSTANT, JSON, LONGTEXT, NUMBER, REFERENCE, TEXT
from crmtool.core.messages import N_
from crmtool.core.registry import entity

ACTIVITY_TYPES = (
    Choice("call", N_("Call")),
    Choice("meeting", N_("Meeting")),
    Choice("email", N_("E-mail")),
    Choice("message", N_("Message")),
    Choice("visit", N_("Visit")),
    Choice("other", N_("Other")),
)
DIRECTIONS = (Choice("in", N_("Incoming")), Choice("out", N_("Outgoing")))
TASK_STATUS = (Choice("open", N_("Open")), Choice("done", N_("Done")), Choice("cancelled", N_("Cancelled")))
PRIORITIES = (Choice("low", N_("Low")), Choice("normal", N_("Normal")), Choice("high", N_("High")))


def about() -> list[Field]:
    """The records that an activity, task or note is about; further people are links."""
    return [
        field("contact", REFERENCE, N_("Contact"), target="contact", indexed=True, aliases=("with", "who")),
        field("company", REFERENCE, N_("Company"), target="company", indexed=True),
        field("deal", REFERENCE, N_("Deal"), target="deal", indexed=True),
    ]


ACTIVITY = entity(
    "activity",
    "activities",
    N_("Activity"),
    N_("Activities"),
    [
        field("name", TEXT, N_("Subject"), required=True, search="text", personal=True, aliases=("subject",)),
        field("type", CHOICE, N_("Type"), choices=ACTIVITY_TYPES, default="other"),
        field("happened_at", INSTANT, N_("Happened at"), indexed=True, aliases=("at", "when", "happened")),
        *about(),
        field("direction", CHOICE, N_("Direction"), choices=DIRECTIONS),
        field("duration", NUMBER, N_("Minutes"), least=0),
        field("outcome", TEXT, N_("Outcome")),
        field("owner", REFERENCE, N_("Owner"), target="user", indexed=True),
        field("body", LONGTEXT, N_("Text"), search="text", personal=True),
    ],
    list_fields=("happened_at", "type", "name", "contact", "company", "owner"),
    default_sort="-happened_at",
    search="text",
)

TASK = entity(
    "task",
    "tasks",
    N_("Task"),
    N_("Tasks"),
    [
        field("name", TEXT, N_("Task"), required=True, search="text", personal=True, aliases=("subject",)),
        field("due_on", DATE, N_("Due"), indexed=True, aliases=("due",)),
        field("remind_at", INSTANT, N_("Remind at")),
        field("status", CHOICE, N_("Status"), choices=TASK_STATUS, default="open", unit="done"),
        field("done_at", INSTANT, N_("Done at"), unit="done"),
        field("priority", CHOICE, N_("Priority"), choices=PRIORITIES, default="normal"),
        field(
            "repeat",
            TEXT,
            N_("Repeat"),
            help=N_("“every monday”, “every 2 weeks”, or an RFC 5545 rule such as FREQ=WEEKLY;BYDAY=MO."),
        ),
        *about(),
        field("owner", REFERENCE, N_("Owner"), target="user", indexed=True),
        field("body", LONGTEXT, N_("Text"), search="text", personal=True),
    ],
    list_fields=("due_on", "name", "priority", "contact", "deal", "status"),
    default_sort="due_on",
    search="text",
)

NOTE = entity(
    "note",
    "notes",
    N_("Note"),
    N_("Notes"),
    [
        field("name", TEXT, N_("Title"), search="text", personal=True, aliases=("title",)),
        field("body", LONGTEXT, N_("Text"), search="text", personal=True, aliases=("text",)),
        *about(),
        field("owner", REFERENCE, N_("Owner"), target="user"),
        field("files", JSON, N_("Files"), hidden=True),
    ],
    list_fields=("created_at", "name", "contact", "company", "deal"),
    default_sort="-created_at",
    search="text",
)

ENTITIES = (ACTIVITY, TASK, NOTE)
