"""What a row changes: the values of a new record, and those by which a matched one differs from what the file says.

The file wins for every value it gives; a blank cell says nothing and empties nothing. Multi-values, tags and external ids only
add. Where an earlier row of the same file stood for the record already, the row fills what is empty and adds, and does not
overwrite: rows of one file that disagree must not take turns.
"""

from __future__ import annotations

from crmtool.core import ids, order, tokens

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

    from crmtool.core.fields import Field
    from crmtool.core.registry import Entity
    from crmtool.transfer.drafts import Draft

    Record = dict[str, Any]
    Entry = dict[str, Any]

_after: dict[str | None, str] = {}


def created(draft: Draft, entity: Entity, vendor: str, references: Record) -> Record:
    """The values of the record that a row makes. ``references`` are resolved fields (company, owner, …)."""
    values: Record = {**references, **draft.values}
    for key, found in draft.entries.items():
        values[key] = entries(entity, key, None, found)
    if draft.external:
        values["external_ids"] = [[source, ident] for source, ident in draft.external]
    beside = merged_extra(None, beside_of(draft, vendor), fill=False)
    if beside is not None:
        values["extra"] = beside
    return values


def updated(
    draft: Draft, entity: Entity, record: Record, vendor: str, references: Record, *, fill: bool
) -> Record:
    """The values by which a matched record changes, by field; empty when nothing differs. ``fill``: overwrite nothing."""
    out: Record = {}
    for values in (draft.values, references):
        for key, value in values.items():
            held = record.get(key)
            if held is None or held == []:
                out[key] = value
            elif held != value:
                if entity.fields[key].kind.collection:
                    words = {tokens.fold(word) for word in held}
                    added = [word for word in value if tokens.fold(word) not in words]
                    if added:
                        out[key] = [*held, *added]
                elif key == "name":
                    if draft.named and (not fill or stands_in(held, record)):
                        out[key] = value
                elif not fill and not _same_second(entity.fields[key], held, value):
                    out[key] = value
    for key, found in draft.entries.items():
        held = record.get(key) or []
        grown = entries(entity, key, held, found)
        if len(grown) > len(held):
            out[key] = grown
    external = merged_ids(record.get("external_ids"), draft.external)
    if external is not None:
        out["external_ids"] = external
    extra = merged_extra(record.get("extra"), beside_of(draft, vendor), fill=fill)
    if extra is not None:
        out["extra"] = extra
    return out


def _same_second(field: Field, held: Any, value: Any) -> bool:
    """Whether an instant of a file is the one that is there: most formats tell no fractions of a second."""
    return field.kind.name == "instant" and value == f"{held[:19]}.000Z"


def stands_in(name: str, record: Record) -> bool:
    """Whether a name is only the address, number or domain of somebody whose name was not known."""
    reached = (*(record.get("emails") or ()), *(record.get("phones") or ()))
    return name == record.get("domain") or any(entry["value"] == name for entry in reached)


def entries(
    entity: Entity, key: str, held: list[Entry] | None, found: Sequence[tuple[Any, str | None]]
) -> list[Entry]:
    """``held`` and after it what of ``found`` (value, label) it lacks, each with an id and an order key.

    A phone number is there already if one is that may be the same, with or without the country in front.
    """
    if not held and len(found) == 1:
        value, label = found[0]
        return [{"id": ids.entry_id(), "value": value, "label": label, "key": order.FIRST}]
    kind = entity.fields[key].kind
    lookup_key, by_number = kind.lookup_key, kind.name == "phone"
    out = [*held] if held else []
    known = {lookup_key(entry["value"]) for entry in out}
    last = max((entry["key"] for entry in out), default=None)
    for value, label in found:
        mark = lookup_key(value)
        if mark in known or (by_number and any(tokens.phone_same(value, entry["value"]) for entry in out)):
            continue
        known.add(mark)
        last = following(last)
        out.append({"id": ids.entry_id(), "value": value, "label": label, "key": last})
    return out


def following(key: str | None) -> str:
    """The order key after ``key``. Most lists have one or two entries, so the first keys are made once."""
    made = _after.get(key)
    if made is None:
        made = order.key_between(key, None)
        if len(_after) < 1000:
            _after[key] = made
    return made


def merged_ids(held: list[list[str]] | None, external: Sequence[tuple[str, str]]) -> list[list[str]] | None:
    """The external ids with the new ones added; ``None`` when there are none to add."""
    if not external:
        return None
    known = held or []
    added = [[source, ident] for source, ident in external if [source, ident] not in known]
    return [*known, *added] if added else None


def beside_of(draft: Draft, vendor: str) -> dict[str, Any]:
    """What a row says beside its record, by source."""
    if not draft.extra:
        return draft.kept
    mine = draft.kept.get(vendor)
    return {**draft.kept, vendor: {**mine, **draft.extra} if isinstance(mine, dict) else draft.extra}


def merged_extra(held: Any, given: dict[str, Any], *, fill: bool) -> Any:
    """The preserved properties with those of a row put in, by source; ``None`` when nothing differs."""
    if not given:
        return None
    kept: dict[str, Any] = held if isinstance(held, dict) else {}
    out = dict(kept)
    for source, said in given.items():
        mine = kept.get(source)
        if isinstance(said, dict) and isinstance(mine, dict):
            out[source] = {**said, **mine} if fill else {**mine, **said}
        elif mine is None or not fill:
            out[source] = said
    return None if out == kept else out
