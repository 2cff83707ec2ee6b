"""Any table whose columns are called what we, or people, call things: ``crm contact list --csv`` and hand-made spreadsheets.

Columns are our own field keys, aliases and labels first (own fields included, which is why this layout is made from the
registry), then the usual words for names, addresses and the like.
"""

from __future__ import annotations

from crmtool.transfer.layouts.base import (
    COMPANY,
    CREATED,
    DAY,
    EXTERNAL,
    FIELD,
    NAME,
    REFERENCE,
    SKIP,
    TAGS,
    Header,
    Layout,
    Target,
    address,
    entry,
)  # fmt: skip
from crmtool.transfer.layouts.words import english, normal

TYPE_CHECKING = False
if TYPE_CHECKING:
    from crmtool.core.registry import Entity, Registry

VENDOR = "csv"
ENTITIES = ("contact", "company")

_PLACES = {
    "street": address("street", "main"),
    "street 2": address("street", "main"),
    "city": address("city", "main"),
    "state": address("region", "main"),
    "postal code": address("postal_code", "main"),
    "country": address("country", "main"),
    "po box": address("po_box", "main"),
}
_SHARED = {
    **_PLACES,
    "email address": entry("emails", "email1"),
    "email 2 address": entry("emails", "email2"),
    "email 3 address": entry("emails", "email3"),
    "business phone": entry("phones", "work", "work"),
    "business phone 2": entry("phones", "work2", "work"),
    "home phone": entry("phones", "home", "home"),
    "mobile phone": entry("phones", "mobile", "mobile"),
    "other phone": entry("phones", "other", "other"),
    "primary phone": entry("phones", "main", "main"),
    "phone 1": entry("phones", "phone1"),
    "phone 2": entry("phones", "phone2"),
    "phone 3": entry("phones", "phone3"),
    "fax": entry("phones", "fax", "fax", rank=1),
    "business fax": entry("phones", "workfax", "work fax", rank=1),
    "web page": entry("urls", "web"),
    "linkedin": entry("urls", "linkedin", "linkedin"),
    "linkedin url": entry("urls", "linkedin", "linkedin"),
    "notes": Target(FIELD, "description"),
    "categories": Target(TAGS, "tags", split=";,"),
}
_CONTACT = {
    **_SHARED,
    "first name": Target(NAME, part="given"),
    "middle name": Target(NAME, part="middle"),
    "last name": Target(NAME, part="family"),
    "name prefix": Target(NAME, part="prefix"),
    "suffix": Target(NAME, part="suffix"),
    "domain": Target(COMPANY, part="domain"),
}
_COMPANY = {**_SHARED, "company": Target(NAME, part="full")}
_WORDS = {"contact": _CONTACT, "company": _COMPANY}

# What makes a row a person's, and what only a company has.
_PERSON = ("name", "first name", "last name", "emails", "email address", "email", "title", "job title")
_PERSON_NAME = ("name", "first name", "last name")
_COMPANY_ONLY = ("domain", "industry", "employees", "revenue", "annual revenue", "parent", "parent company")


def layouts(registry: Registry) -> list[Layout]:
    """One layout per importable entity."""
    return [_layout(registry.entities[key]) for key in ENTITIES]


def _layout(entity: Entity) -> Layout:
    own = _own_words(entity)
    words = _WORDS[entity.key]

    def target(name: str) -> Target | None:
        return own.get(name) or words.get(name)

    def detect(header: Header) -> float:
        return _likeness(entity.key, header) and 0.8 * header.coverage(target)

    return Layout(VENDOR, entity.plural_name, entity.key, detect, target)


def _likeness(entity: str, header: Header) -> float:
    """Whether the header is a list of people or of companies: 0 or 1."""
    if entity == "company":
        if header.has_any("company") and not header.has_any(*_PERSON_NAME, "title", "job title"):
            return 1.0
        companylike = header.has_any(*_COMPANY_ONLY) and not header.has_any(
            "first name", "last name", "title", "company"
        )
        return float(header.has("name") and companylike)
    return float(header.has_any(*_PERSON))


def _own_words(entity: Entity) -> dict[str, Target]:
    """Targets of the entity's own keys, aliases and labels, in the normal form headers have."""
    out: dict[str, Target] = {}
    for field in entity.fields.values():
        if field.key == "id":
            made = Target(EXTERNAL, part="own")
        elif field.key == "created_at":
            made = Target(CREATED)
        elif field.key in ("external_ids", "extra"):
            made = Target(FIELD, field.key)
        elif not field.writable:
            made = SKIP
        elif field.key == entity.name_field:
            made = Target(NAME, part="full")
        elif field.key in ("given_name", "family_name", "nickname", "phonetic_name"):
            made = Target(NAME, part=field.key.removesuffix("_name"))
        elif field.key == "company" and entity.key == "contact":
            made = Target(COMPANY, part="name")
        elif field.kind.name in ("reference", "file"):
            made = Target(REFERENCE, field.key)
        elif field.kind.name == "date":
            made = Target(DAY, field.key)
        elif field.kind.name == "tags":
            made = Target(TAGS, field.key, split=";,")
        else:
            made = Target(FIELD, field.key)
        for word in english([normal(w) for w in (field.key, *field.aliases, field.name, field.label())]):
            out.setdefault(word, made)
        out.setdefault(normal(field.key), made)
    return out


__all__ = ["ENTITIES", "VENDOR", "Header", "layouts"]
