"""What is found, as people read it: beside the name whose record it is, and where the words stood when not in the name."""

from __future__ import annotations

from crmtool.core.messages import t

TYPE_CHECKING = False
if TYPE_CHECKING:
    from crmtool.core.registry import Entity
    from crmtool.store.search import Hit


def at(hit: Hit) -> str | None:
    """The company or the person that a record belongs to."""
    about = hit.record.get("company") or hit.record.get("contact")
    return about["name"] if isinstance(about, dict) else None


def match(entity: Entity, hit: Hit) -> str:
    """The field with the text around the match; nothing where the name itself matches."""
    if hit.field == entity.name_field:
        return ""
    return t("{field}: {text}", field=entity.fields[hit.field].label(), text=hit.text)
