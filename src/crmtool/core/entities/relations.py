"""How records hang together and are grouped: links, tags, lists, views, files.

A ``link`` is a record with a relation, a role and a period: the companies a person worked for, the people in a deal, whom else a
meeting was about, the members of a static list, what was merged into what, and who is not the same however much they look it.
"""

from __future__ import annotations

from crmtool.core.fields import Choice, field
from crmtool.core.kinds import CHOICE, DATE, JSON, LONGTEXT, NUMBER, REFERENCE, TEXT
from crmtool.core.messages import N_
from crmtool.core.registry import entity

RELATIONS = (
    Choice("employment", N_("Works at")),
    Choice("participant", N_("Takes part in")),
    Choice("about", N_("Is about")),
    Choice("related", N_("Is related to")),
    Choice("member", N_("Is on the list")),
    Choice("attachment", N_("Is attached to")),
    Choice("merged", N_("Was merged into")),
    Choice("distinct", N_("Is not the same as")),
)

LINK = entity(
    "link",
    "links",
    N_("Link"),
    N_("Links"),
    [
        field("relation", CHOICE, N_("Relation"), choices=RELATIONS, default="related"),
        field("from_entity", TEXT, N_("From kind"), required=True),
        field("from", REFERENCE, N_("From"), required=True, indexed=True),
        field("to_entity", TEXT, N_("To kind"), required=True),
        field("to", REFERENCE, N_("To"), required=True, indexed=True),
        field("role", TEXT, N_("Role")),
        field("starts_on", DATE, N_("Since")),
        field("ends_on", DATE, N_("Until")),
    ],
    name_field="role",
    list_fields=("relation", "from", "to", "role", "starts_on", "ends_on"),
    default_sort="created_at",
)

TAG = entity(
    "tag",
    "tags",
    N_("Tag"),
    N_("Tags"),
    [
        field("name", TEXT, N_("Name"), required=True, indexed=True),
        field("colour", TEXT, N_("Colour"), aliases=("color",)),
        field("description", TEXT, N_("Description")),
    ],
    list_fields=("name", "colour", "description"),
    default_sort="name",
)

LIST = entity(
    "list",
    "lists",
    N_("List"),
    N_("Lists"),
    [
        field("name", TEXT, N_("Name"), required=True, indexed=True),
        field("of", TEXT, N_("Kind of record"), default="contact"),
        field("description", LONGTEXT, N_("Description")),
    ],
    list_fields=("name", "of", "description"),
    default_sort="name",
)

VIEW = entity(
    "view",
    "views",
    N_("View"),
    N_("Views"),
    [
        field("name", TEXT, N_("Name"), required=True, indexed=True),
        field("of", TEXT, N_("Kind of record"), required=True),
        field("filter", TEXT, N_("Filter"), aliases=("where",)),
        field("sort", TEXT, N_("Sort")),
        field("columns", JSON, N_("Columns"), aliases=("fields",)),
        field("description", LONGTEXT, N_("Description")),
    ],
    list_fields=("name", "of", "filter", "sort"),
    default_sort="name",
)

FILE_RECORD = entity(
    "file",
    "files",
    N_("File"),
    N_("Files"),
    [
        field("name", TEXT, N_("Name"), required=True, indexed=True, personal=True),
        field("sha256", TEXT, N_("Content hash"), personal=True, system=True),
        field("bytes", NUMBER, N_("Bytes"), system=True),
        field("media_type", TEXT, N_("Media type")),
    ],
    list_fields=("name", "bytes", "media_type"),
    default_sort="name",
)

ENTITIES = (LINK, TAG, LIST, VIEW, FILE_RECORD)
