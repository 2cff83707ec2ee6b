"""Any table whose columns are called what we, or people, call things: ``crm contact list --csv`` and hand-made spreadsheets.

Columns are our own field keys, aliases and labels first (own fields and own objects included, which is why these layouts are
made from the registry), then the usual words for names, addresses and the like.
"""

from __future__ import annotations

from crmtool.transfer.layouts.base import (
    COMPANY,
    CONTACT,
    CREATED,
    CURRENCY,
    DAY,
    DEAL,
    EXTERNAL,
    FIELD,
    KEEP,
    MOMENT,
    NAME,
    NOTE,
    PRODUCT,
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
    from crmtool.core.fields import Field
    from crmtool.core.registry import Entity, Registry

VENDOR = "csv"
# Definitions are made by commands that check them, files are more than a row.
_NOT_ROWS = ("field", "object", "file", "view", "user")

_PLACES = {
    "street": address("street", "main"),
    "street 2": address("street", "main"),
    "city": address("city", "main"),
    "state": address("region", "main"),
    "postal code": address("postal_code", "main"),
    "country": address("country", "main"),
    "po box": address("po_box", "main"),
    "address": address("formatted", "main"),
}
# The same in objects within objects, whose columns are called “address.city”.
_WITHIN = {
    **{f"address {name}": target for name, target in _PLACES.items()},
    "address region": address("region", "main"),
    "address zip": address("postal_code", "main"),
    "address zip code": address("postal_code", "main"),
    "address postcode": address("postal_code", "main"),
}
_SHARED = {
    **_PLACES,
    **_WITHIN,
    "email": entry("emails", "email1"),
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
    "name first": Target(NAME, part="given"),
    "name last": Target(NAME, part="family"),
    "name given": Target(NAME, part="given"),
    "name family": Target(NAME, part="family"),
    "domain": Target(COMPANY, part="domain"),
    "company id": Target(COMPANY, part="id"),
}
_COMPANY = {
    **_SHARED,
    "company": Target(NAME, part="full"),
    "account": Target(NAME, part="full"),
    "subsidiary of": Target(REFERENCE, "parent"),
    "office location": address("country", "main"),
    "headquarters": address("formatted", "main"),
}
# Whom a deal, an activity, a task, a note or an order is about.
_NAMED = {
    "company": Target(COMPANY, part="name"),
    "account": Target(COMPANY, part="name"),
    "customer": Target(COMPANY, part="name"),
    "organisation": Target(COMPANY, part="name"),
    "company id": Target(COMPANY, part="id"),
    "domain": Target(COMPANY, part="domain"),
    "contact": Target(CONTACT, part="name"),
    "contact name": Target(CONTACT, part="name"),
    "contact person": Target(CONTACT, part="name"),
    "person": Target(CONTACT, part="name"),
    "contact id": Target(CONTACT, part="id"),
    "first name": Target(CONTACT, part="given"),
    "last name": Target(CONTACT, part="family"),
    "email": Target(CONTACT, part="email"),
    "email address": Target(CONTACT, part="email"),
    "contact email": Target(CONTACT, part="email"),
    "phone": Target(CONTACT, part="phone"),
    "contact phone": Target(CONTACT, part="phone"),
}
_DEAL_NAMED = {
    "deal": Target(DEAL, part="name"),
    "deal name": Target(DEAL, part="name"),
    "deal id": Target(DEAL, part="id"),
}
_OTHERS: dict[str, dict[str, Target]] = {
    "contact": _CONTACT,
    "company": _COMPANY,
    "deal": {
        **_NAMED,
        "deal": Target(NAME, part="full"),
        "deal name": Target(NAME, part="full"),
        "deal title": Target(NAME, part="full"),
        "opportunity": Target(NAME, part="full"),
        "opportunity name": Target(NAME, part="full"),
        "title": Target(NAME, part="full"),
        "deal id": Target(EXTERNAL),
        "opportunity id": Target(EXTERNAL),
        "deal stage": Target(REFERENCE, "stage"),
        "deal value": Target(FIELD, "amount"),
        "deal amount": Target(FIELD, "amount"),
        "currency": Target(CURRENCY, "amount"),
        "deal owner": Target(REFERENCE, "owner"),
        "sales agent": Target(REFERENCE, "owner"),
        "product": Target(PRODUCT),
        "close value": Target(FIELD, "amount"),
        "engage date": Target(CREATED),
        "close date": Target(DAY, "close_on"),
        "expected close date": Target(DAY, "close_on"),
        "deal status": Target(FIELD, "status"),
        "note": Target(NOTE),
        "notes": Target(NOTE),
    },
    "order": {
        **_NAMED,
        **_DEAL_NAMED,
        "order": Target(NAME, part="full"),
        "order id": Target(NAME, part="full"),
        "order number": Target(NAME, part="full"),
        "order date": Target(DAY, "ordered_on"),
        "currency": Target(CURRENCY, "total"),
        "order total": Target(FIELD, "total"),
        "product": Target(PRODUCT),
        "notes": Target(NOTE),
    },
    "activity": {
        **_NAMED,
        **_DEAL_NAMED,
        "activity": Target(NAME, part="full"),
        "activity type": Target(FIELD, "type"),
        "activity date": Target(MOMENT, "happened_at"),
        "date": Target(MOMENT, "happened_at"),
        "notes": Target(FIELD, "body"),
    },
    "task": {
        **_NAMED,
        **_DEAL_NAMED,
        "task": Target(NAME, part="full"),
        "task name": Target(NAME, part="full"),
        "due date": Target(DAY, "due_on"),
        "assigned to": Target(REFERENCE, "owner"),
        "notes": Target(FIELD, "body"),
    },
    "note": {
        **_NAMED,
        **_DEAL_NAMED,
        "note": Target(FIELD, "body"),
        "notes": Target(FIELD, "body"),
        "content": Target(FIELD, "body"),
    },
    "product": {
        "product": Target(NAME, part="full"),
        "product name": Target(NAME, part="full"),
        "sales price": Target(FIELD, "price"),
        "unit price": Target(FIELD, "price"),
        "currency": Target(CURRENCY, "price"),
        "notes": Target(FIELD, "description"),
    },
}

# Every complete export of ours has these, and nobody else's file has all of them.
_OURS = frozenset(("id", "created_at", "updated_at", "deleted_at"))
# What the program keeps of every record, and how many other fields make an export that has all of them unmistakable.
_KEPT = frozenset(("id", "created_at", "created_by", "updated_at", "updated_by", "deleted_at"))
_TELLING = 5
# Few records have the same name, and their ids differ from workspace to workspace.
_BY_NAME = ("user", "team", "pipeline", "stage", "product")

# What makes a row a person's, and what only a company has.
_PERSON = ("name", "first name", "last name", "emails", "email address", "email", "title", "job title")
_PERSON_NAME = ("name", "first name", "last name")
_COMPANY_ONLY = ("domain", "industry", "employees", "revenue", "annual revenue", "parent", "parent company")
# What only rows of these kinds have; two of them make a table theirs, and so does a column called as the kind is.
_MARKS = {
    "deal": (
        "deal", "deal name", "deal title", "deal stage", "deal id", "deal value", "deal amount", "deal owner", "opportunity",
        "opportunity id", "opportunity name", "stage", "close value",
         "pipeline", "amount", "value", "close date", "expected close date",
        "close on", "expected close", "closed on", "lost reason", "probability", "sales agent",
    ),
    "order": ("order", "order id", "order number", "order date", "ordered on", "order total", "lines", "total"),
    "activity": (
        "activity", "activity type", "activity date", "happened at", "happened", "direction", "outcome", "duration", "minutes",
        "subject",
    ),
    "task": ("task", "task name", "due", "due on", "due date", "remind at", "done at", "repeat", "priority", "assigned to"),
    "note": ("note", "body", "text", "content"),
    "product": ("product", "product name", "code", "sku", "price", "sales price", "unit price", "billing"),
}  # fmt: skip
_STRONG = {
    "deal": ("deal name", "deal title", "deal id", "deal stage", "opportunity", "opportunity id", "opportunity name", "pipeline"),
    "order": ("order number", "order id", "order date", "ordered on"),
    "activity": ("activity type", "happened at", "activity"),
    "task": ("due on", "due date", "task", "task name"),
    "note": (),
    "product": ("product name", "sku", "sales price", "unit price"),
}  # fmt: skip


def layouts(registry: Registry) -> list[Layout]:
    """One layout per importable entity, own objects included."""
    every = [
        e for e in registry.entities.values() if not (e.internal or e.removed) and e.key not in _NOT_ROWS
    ]
    return [_layout(entity) for entity in every]


def is_complete(header: Header) -> bool:
    """Whether a table is a complete export of ours, of whatever kind of record."""
    return _OURS.issubset(header.columns)


def beyond_kept(header: Header) -> list[str]:
    """The columns of a complete export that are fields of its kind of record alone."""
    beside = {f"{name}_id" for name in header.columns} | _KEPT | {"external_ids", "extra"}
    return [name for name in header.columns if name and name not in beside]


def _layout(entity: Entity) -> Layout:
    own = _own_words(entity)
    words = _OTHERS.get(entity.key, {})
    exported = _exported(entity)
    shown = frozenset(key for key, field in entity.fields.items() if not field.hidden)
    objects = frozenset(key for key, f in entity.fields.items() if f.kind.name in ("address", "json"))
    keys = frozenset(normal(key) for key, field in entity.fields.items() if not field.hidden)

    def target(name: str) -> Target | None:
        return own.get(name) or words.get(name)

    def detect(header: Header) -> float:
        if _OURS.issubset(header.columns):
            return _whole(header, shown, exported, objects)
        return _likeness(entity, keys, header) and (0.8 * header.coverage(target))

    return Layout(VENDOR, entity.plural_label(), entity.key, detect, target)


def _whole(header: Header, shown: frozenset[str], exported: frozenset[str], objects: frozenset[str]) -> float:
    """How much of a complete export of ours a header is: the share of the fields that it has. With other columns than those it
    is one only where it has every field, and enough of them: what is more are fields of somebody's own, which are not here.
    """
    columns = {column.partition(".")[0] for column in header.columns}
    named = [column for column in header.columns if column]
    known = sum(1 for column in named if column in exported or column.partition(".")[0] in objects)
    if known == len(named):
        return len(shown & columns) / len(shown)
    whole = len(shown - _KEPT) >= _TELLING and shown <= columns
    return 0.96 + 0.03 * known / len(named) if whole else 0.0


def _exported(entity: Entity) -> frozenset[str]:
    """What the columns of a complete export of ours may be called: fields, and what stands beside amounts and references."""
    out = {key for key, field in entity.fields.items() if not field.hidden} | {"external_ids", "extra"}
    for key, field in entity.fields.items():
        if field.kind.name == "money":
            out.add(f"{key}_currency")
        elif field.kind.name in ("reference", "file"):
            out |= {f"{key}_id", f"{key}.id", f"{key}.name"}
    return frozenset(out)


def _likeness(entity: Entity, keys: frozenset[str], header: Header) -> float:
    """Whether the header is a list of records of this kind: 0 or 1."""
    if entity.key == "company":
        if header.has_any("company", "account") and not header.has_any(*_PERSON_NAME, "title", "job title"):
            return float(not _other_kind(header))
        companylike = header.has_any(*_COMPANY_ONLY) and not header.has_any(
            "first name", "last name", "title", "company"
        )
        return float(header.has("name") and companylike and not _other_kind(header))
    if entity.key == "contact":
        return float(header.has_any(*_PERSON) and not _other_kind(header))
    if entity.key in _MARKS:
        return float(_is_kind(entity.key, header))
    if entity.own_id or entity.key in ("link", "list", "tag", "stage", "pipeline", "team", "quota", "rate"):
        named = [name for name in map(normal, header.columns) if name and not name.startswith("crm ")]
        # A list of ours: nearly every column is a field, and one is a field that not every record has.
        return float(
            len(named) > 1
            and {*named} <= keys
            and bool({*named} - {"id", "name", "created at", "updated at"})
        )
    return 0.0


def _other_kind(header: Header) -> bool:
    return any(_is_kind(kind, header) for kind in _MARKS)


def _is_kind(kind: str, header: Header) -> bool:
    """Two marks of the kind, one of them its own, and no first name: a person's row may name a deal, too."""
    if header.has_any("first name", "last name", "emails", "phones", "lifecycle", "job title"):
        return False
    marks = sum(1 for name in _MARKS[kind] if name in header.present)
    strong = header.has_any(*_STRONG[kind])
    if kind == "note":
        titled = header.has_any("name", "email", "email address")
        texts = header.has_any("body", "content") or (header.has_any("note", "notes") and not titled)
        return texts and not any(_is_kind(other, header) for other in _MARKS if other != "note")
    return marks >= 2 or (marks == 1 and strong)


def _own_words(entity: Entity) -> dict[str, Target]:
    """Targets of the entity's own keys, aliases and labels, in the normal form headers have."""
    out: dict[str, Target] = {}
    for field in entity.fields.values():
        made = of_field(field, entity)
        for word in english([normal(w) for w in (field.key, *field.aliases, field.name, field.label())]):
            out.setdefault(word, made)
        out.setdefault(normal(field.key), made)
    for field in entity.fields.values():
        for word, made in _beside(field, entity).items():
            out.setdefault(word, made)
    return out


def _beside(field: Field, entity: Entity) -> dict[str, Target]:
    """What an export of ours has beside a field: the currency of an amount, the id of what is referred to by name."""
    key = normal(field.key)
    if field.kind.name == "money":
        return {f"{key} currency": Target(CURRENCY, field.key) if field.writable else SKIP}
    if field.kind.name not in ("reference", "file"):
        return {}
    by_name = of_field(field, entity)
    if by_name.role == REFERENCE and field.target not in _BY_NAME:
        return {f"{key} id": Target(REFERENCE, field.key, part="own"), f"{key} name": by_name}
    by_id = by_name.replace(part="id") if by_name.role in (COMPANY, CONTACT, DEAL) else SKIP
    return {f"{key} id": by_id, f"{key} name": by_name}


def of_field(field: Field, entity: Entity) -> Target:
    """Where the text of a column goes that is called as a field is."""
    kind = field.kind.name
    if field.key == "id":
        return Target(EXTERNAL, part="own")
    if field.key == "created_at":
        return Target(CREATED)
    if field.key == "extra":
        return KEEP
    if field.key == "external_ids":
        return Target(FIELD, field.key)
    if not field.writable:
        return SKIP
    if field.key == entity.name_field and entity.key != "link":
        return Target(NAME, part="full")
    if entity.key == "contact" and field.key in ("given_name", "family_name", "nickname", "phonetic_name"):
        return Target(NAME, part=field.key.removesuffix("_name"))
    if field.own_key is None and field.key in (COMPANY, CONTACT, DEAL) and kind == "reference":
        return Target(field.key, part="name")
    simple = {"reference": REFERENCE, "file": REFERENCE, "date": DAY, "instant": MOMENT}
    if kind in simple:
        return Target(simple[kind], field.key)
    return Target(TAGS, field.key, split=";,") if kind == "tags" else Target(FIELD, field.key)


__all__ = ["VENDOR", "Header", "layouts", "of_field"]
