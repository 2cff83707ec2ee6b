"""A user's own fields and objects are records themselves: logged, undone and synced like any other."""

from __future__ import annotations

from crmtool.core.fields import field
from crmtool.core.kinds import JSON, TEXT, YESNO
from crmtool.core.messages import N_
from crmtool.core.registry import entity

OBJECT = entity(
    "object",
    "objects",
    N_("Object"),
    N_("Objects"),
    [
        field("name", TEXT, N_("Name"), required=True, indexed=True),
        field("plural_name", TEXT, N_("Plural name")),
        field("key", TEXT, N_("Command word"), required=True, indexed=True),
        field("plural", TEXT, N_("Plural command word")),
        field("help", TEXT, N_("Help")),
    ],
    list_fields=("key", "name", "plural"),
    default_sort="key",
)

OWN_FIELD = entity(
    "field",
    "fields",
    N_("Field"),
    N_("Fields"),
    [
        field("name", TEXT, N_("Label"), required=True, indexed=True, aliases=("label",)),
        field("of", TEXT, N_("Kind of record"), required=True),
        field("key", TEXT, N_("Field word"), required=True, indexed=True),
        field("kind", TEXT, N_("Kind of value"), default="text"),
        field("multi", YESNO, N_("Several values")),
        field("required", YESNO, N_("Required")),
        field("choices", JSON, N_("Choices")),
        field("target", TEXT, N_("Refers to")),
        field("searchable", YESNO, N_("Searchable")),
        field("tracked", YESNO, N_("Tracked")),
        field("personal", YESNO, N_("Personal data")),
        field("overrides", YESNO, N_("Changes a built-in field"), hidden=True),
        field("help", TEXT, N_("Help")),
    ],
    list_fields=("of", "key", "name", "kind", "required"),
    default_sort="of,key",
)

ENTITIES = (OBJECT, OWN_FIELD)
