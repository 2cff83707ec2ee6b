"""From what people type to one record: id, @handle, e-mail, phone, exact name, in that order.

Several hits are never guessed between: ``AmbiguousError`` carries the candidates, and a script ends with
exit code 4.
"""

from __future__ import annotations

from crmtool.core import ids, tokens
from crmtool.core.dates import local_text
from crmtool.core.errors import AmbiguousError, NotFoundError
from crmtool.core.messages import Message
from crmtool.store.layout import NAME_KEY_LENGTH

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from crmtool.core.registry import Entity
    from crmtool.store.reader import Reader

# Where a word without a noun is looked for: people first.
EVERYWHERE = ("contact", "company", "deal")
MOST_LISTED = 50  # candidates of one kind in an error


def resolve(reader: Reader, entity: Entity, text: str, *, trash: str = "without") -> str:
    """The id of the one record of ``entity`` that ``text`` means. Raises ``NotFoundError`` or ``AmbiguousError``."""
    found = candidates(reader, entity, text, trash=trash)
    if len(found) == 1:
        return found[0]
    if not found:
        raise NotFoundError(
            Message("No {noun} is called “{ref}”.", noun=entity.key, ref=text),
            Message("Look for it with “crm find {ref}”.", ref=text)
            if any(field.search for field in entity.fields.values()) and not text.startswith("@")
            else Message("See what there is: {command}", command=f"crm {entity.key} list"),
            entity=entity.key,
            ref=text,
        )
    raise ambiguous(reader, text, [(entity.key, record) for record in found])


def resolve_anywhere(reader: Reader, text: str, *, trash: str = "without") -> tuple[str, str]:
    """(entity, id) of the one record that ``text`` means: any entity by id or handle, else a contact, company or deal."""
    entities = list(reader.layouts.registry.entities.values())
    if not (ids.is_id(text) or text.startswith("@")):
        entities = [reader.layouts.registry.entity(key) for key in EVERYWHERE]
    found = [(e.key, record) for e in entities for record in candidates(reader, e, text, trash=trash)]
    if len(found) == 1:
        return found[0]
    if not found:
        raise NotFoundError(
            Message("No record is called “{ref}”.", ref=text),
            Message("Look for it with “crm find {ref}”.", ref=text)
            if not text.startswith("@")
            else Message("“crm find” shows the handles of what it finds."),
            ref=text,
        )
    raise ambiguous(reader, text, found)


def ambiguous(reader: Reader, text: str, found: list[tuple[str, str]]) -> AmbiguousError:
    """The error that lists what ``text`` could mean, of (entity, id), each with what tells it from the others."""
    listed: list[dict[str, str]] = []
    for key in dict.fromkeys(key for key, _ in found):
        entity = reader.layouts.registry.entity(key)
        mine = [record for other, record in found if other == key]
        for record in reader.get_many(key, mine[:MOST_LISTED], expand=True).values():
            name, about = str(record.get(entity.name_field) or ""), telling(entity, record)
            listed.append({"entity": key, "id": record["id"], "name": name, "about": about})
    seen = [(item["entity"], tokens.fold(item["name"]), item["about"]) for item in listed]
    for item, mark in zip(listed, seen, strict=True):
        if seen.count(mark) > 1:  # nothing but when they were made tells them apart
            made = reader.get(item["entity"], item["id"]) or {}
            item["about"] = ", ".join(
                part for part in (item["about"], local_text(made["created_at"])) if part
            )
    shown = "; ".join(
        f"@{ids.handle(item['id'])} {item['name']} ({', '.join(p for p in (item['entity'], item['about']) if p)})"
        for item in listed[:10]
    )
    return AmbiguousError(
        Message("“{ref}” means {count} records.", ref=text, count=len(found)),
        Message("Say which by its handle: {candidates}.", candidates=shown),
        candidates=listed,
        ref=text,
    )


def telling(entity: Entity, record: dict[str, Any]) -> str:
    """What a list shows of a record beside its name, as far as it is filled: two values at most."""
    keys = [
        key for key in entity.list_fields if key != entity.name_field and record.get(key) not in (None, [])
    ]
    fields = [entity.fields[key] for key in keys if entity.fields[key].kind.name not in ("choice", "yesno")]
    return ", ".join(field.kind.display(record[field.key], field) for field in fields[:2])


def candidates(reader: Reader, entity: Entity, text: str, *, trash: str = "without") -> list[str]:
    """All ids that ``text`` means, by the first way of naming that finds any."""
    text = text.strip()
    if ids.is_id(text.lower()):
        wanted = [text.lower()]
        return reader.present(entity.key, wanted, trash=trash) or _survivors(reader, entity, wanted, trash)
    if text.startswith("@"):
        bounds = ids.handle_range(text)
        if bounds is None:
            return []
        live = reader.by_handle(entity.key, *bounds, trash=trash)
        return live or _survivors(reader, entity, reader.by_handle(entity.key, *bounds, trash="only"), trash)
    kinds = {field.lookup for field in entity.fields.values()}
    if "@" in text and "email" in kinds:
        found = reader.lookup(entity.key, "email", [text.casefold()], trash=trash)
        if found:
            return found[text.casefold()]
    if "phone" in kinds and looks_like_phone(text):
        matches = reader.phones(entity.key, text)
        if matches:
            return matches
    if "domain" in kinds and "." in text:
        found = reader.lookup(entity.key, "domain", [tokens.fold(text)], trash=trash)
        if found:
            return found[tokens.fold(text)]
    folded = tokens.fold(text)
    key = folded[:NAME_KEY_LENGTH]
    named = reader.by_name(entity.key, [key], trash=trash).get(key, [])
    if len(key) < NAME_KEY_LENGTH:
        return named
    # The key holds the beginning of a long name; the rest decides between those that share it.
    names = {record: found[entity.name_field] for record, found in reader.get_many(entity.key, named).items()}
    return [record for record in named if tokens.fold(names.get(record) or "") == folded]


def _survivors(reader: Reader, entity: Entity, records: list[str], trash: str) -> list[str]:
    """The records into which some in the trash were merged: whoever kept an old handle finds the person by it."""
    from crmtool.app import merging

    if trash != "without" or entity.key not in merging.KINDS:
        return []
    found = dict.fromkeys(merging.survivor(reader, record) or record for record in records)
    return reader.present(entity.key, [*found], trash="without") if found else []


def looks_like_phone(text: str) -> bool:
    """Whether a reference is a phone number: seven digits or more and nothing but the marks people put between them."""
    return sum(c.isdigit() for c in text) >= 7 and all(c.isdigit() or c in "+()-./ \u00a0" for c in text)
