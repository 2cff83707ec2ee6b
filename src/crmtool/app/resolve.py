"""From what people type to one record: id, @handle, e-mail, phone, exact name, in that order.

Several hits are never guessed between: ``AmbiguousError`` carries the candidates, and a script ends with
exit code 4.
"""

from __future__ import annotations

from crmtool.core import ids, tokens
from crmtool.core.errors import AmbiguousError, NotFoundError
from crmtool.core.messages import Message

TYPE_CHECKING = False
if TYPE_CHECKING:
    from crmtool.core.registry import Entity
    from crmtool.store.reader import Reader

# Where a word without a noun is looked for: people first.
EVERYWHERE = ("contact", "company", "deal")


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
    raise ambiguous(
        text, [(entity.key, record, name) for record, name in reader.names(entity.key, found).items()]
    )


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
    raise ambiguous(
        text, [(key, record, reader.names(key, [record]).get(record, "")) for key, record in found]
    )


def ambiguous(text: str, found: list[tuple[str, str, str]]) -> AmbiguousError:
    """The error that lists what ``text`` could mean, as (entity, id, name)."""
    shown = "; ".join(f"@{ids.handle(record)} {name} ({entity})" for entity, record, name in found[:10])
    return AmbiguousError(
        Message("“{ref}” means {count} records.", ref=text, count=len(found)),
        Message("Say which by its handle: {candidates}.", candidates=shown),
        candidates=[{"entity": entity, "id": record, "name": name} for entity, record, name in found],
        ref=text,
    )


def candidates(reader: Reader, entity: Entity, text: str, *, trash: str = "without") -> list[str]:
    """All ids that ``text`` means, by the first way of naming that finds any."""
    text = text.strip()
    if ids.is_id(text.lower()):
        return reader.present(entity.key, [text.lower()], trash=trash)
    if text.startswith("@"):
        bounds = ids.handle_range(text)
        return reader.by_handle(entity.key, *bounds, trash=trash) if bounds else []
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
    key = tokens.fold(text)[:120]
    return reader.by_name(entity.key, [key], trash=trash).get(key, [])


def looks_like_phone(text: str) -> bool:
    """Whether a reference is a phone number: seven digits or more and nothing but the marks people put between them."""
    return sum(c.isdigit() for c in text) >= 7 and all(c.isdigit() or c in "+()-./ \u00a0" for c in text)
