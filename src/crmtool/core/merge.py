"""Merging concurrent edits of one field: what both sides did to a value they both knew.

``base`` is the value both sides started from, ``mine`` and ``theirs`` what they made of it. Where both changed the same thing
differently, ``mine`` stands and the loser is kept in ``lost``: the caller passes as ``mine`` the side that wins (the later one).
Whatever order the sides arrive in, sets keep what either added; so every function gives ``x`` for ``(base, x, base)``,
``(base, base, x)`` and ``(base, x, x)``.

Long text (kinds with ``merge = "lines"``) is merged as one value here; merging it line by line belongs to sync, which brings the
library for it.
"""

from __future__ import annotations

from crmtool.core.ids import entry_id
from crmtool.core.order import key_between
from crmtool.core.struct import Struct
from crmtool.core.tokens import fold

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from typing import Any

    from crmtool.core.fields import Field

    Entry = dict[str, Any]


class Merged(Struct):
    """The merged value; ``conflict`` says that both sides changed the same thing, ``lost`` what did not stand."""

    value: Any
    conflict: bool = False
    lost: Any = None


def merge_field(field: Field, base: Any, mine: Any, theirs: Any) -> Merged:
    """Merge one field by its kind: entries and words as add-wins sets, everything else whole."""
    if field.multi:
        return merge_entries(base or [], mine or [], theirs or [], field.kind.lookup_key)
    if field.kind.merge == "set":
        return Merged(merge_words(base or [], mine or [], theirs or []))
    return merge_scalar(base, mine, theirs)


def merge_scalar(base: Any, mine: Any, theirs: Any) -> Merged:
    """Three-way merge of a value that changes as a whole. ``None`` is a value like any other: emptied."""
    if mine in (theirs, base):
        return Merged(theirs)
    if theirs == base:
        return Merged(mine)
    return Merged(mine, True, theirs)


def merge_unit(base: Entry, mine: Entry, theirs: Entry) -> Merged:
    """Three-way merge of fields that only make sense together, such as pipeline and stage: one side's, all of them."""
    return merge_scalar(base, mine, theirs)


def merge_words(base: Iterable[str], mine: Iterable[str], theirs: Iterable[str]) -> list[str]:
    """Three-way merge of tags or choices: what either side added is there, what either removed and neither added is gone.

    Words are the same when they fold alike; the spelling of ``mine`` stands. Order: that of ``mine``, then what ``theirs`` added.
    """
    was = {fold(word) for word in base}
    ours = {fold(word): word for word in mine}
    others = {fold(word): word for word in theirs}
    kept = [word for key, word in ours.items() if key in others or key not in was]
    return kept + [word for key, word in others.items() if key not in ours and key not in was]


def merge_entries(
    base: Iterable[Entry],
    mine: Iterable[Entry],
    theirs: Iterable[Entry],
    key_of: Callable[[Any], str] | None = None,
) -> Merged:
    """Three-way merge of two lists of entries, which are the same entry when their ``id`` is.

    An entry that one side removed stays if the other changed it: adding and changing win over removing. Changes to different
    attributes of one entry both stand. With ``key_of`` (a kind's ``lookup_key``) two new entries for one value become the one
    with the smaller id, so that two devices that both add an address add it once. The result is in order of key, then id.
    """
    was, ours, others = _by_id(base), _by_id(mine), _by_id(theirs)
    kept: list[Entry] = []
    lost: list[Entry] = []
    for ident in dict.fromkeys((*ours, *others)):
        old, here, there = was.get(ident), ours.get(ident), others.get(ident)
        if here is not None and there is not None:
            entry, conflict = _merge_entry(old or {}, here, there)
            kept.append(entry)
            if conflict:
                lost.append(there)
        else:
            survivor = here if here is not None else there
            if survivor is not None and survivor != old:
                kept.append(survivor)
    kept.sort(key=_place)
    if key_of is not None:
        kept = _once(kept, was, key_of)
    return Merged(kept, bool(lost), lost or None)


def unite_entries(one: Iterable[Entry], other: Iterable[Entry], key_of: Callable[[Any], str]) -> list[Entry]:
    """The entries of two records that become one: those of ``one`` as they are, behind them the values only ``other`` has."""
    entries = sorted(one, key=_place)
    seen = {key_of(entry["value"]) for entry in entries}
    taken = {entry["id"] for entry in entries}
    last = entries[-1]["key"] if entries else None
    for entry in sorted(other, key=_place):
        mark = key_of(entry["value"])
        if mark in seen:
            continue
        seen.add(mark)
        if last is not None and entry["key"] <= last:
            entry = {**entry, "key": key_between(last, None)}
        if entry["id"] in taken:  # both are copies of one entry that was edited differently
            entry = {**entry, "id": entry_id()}
        last = entry["key"]
        entries.append(entry)
    return entries


def _by_id(entries: Iterable[Entry]) -> dict[str, Entry]:
    return {entry["id"]: entry for entry in entries}


def _place(entry: Entry) -> tuple[str, str]:
    return entry["key"], entry["id"]


def _merge_entry(old: Entry, mine: Entry, theirs: Entry) -> tuple[Entry, bool]:
    """One entry, attribute by attribute, and whether both sides changed one of them differently."""
    out: Entry = {}
    conflict = False
    for name in dict.fromkeys((*mine, *theirs)):
        merged = merge_scalar(old.get(name), mine.get(name), theirs.get(name))
        conflict = conflict or merged.conflict
        if name in mine or merged.value is not None:
            out[name] = merged.value
    return out, conflict


def _once(entries: list[Entry], was: dict[str, Entry], key_of: Callable[[Any], str]) -> list[Entry]:
    """The entries without those that only repeat the value of another; entries that both sides knew stand first."""
    holder: dict[str, Entry] = {}
    for entry in sorted(entries, key=lambda entry: (entry["id"] not in was, entry["id"])):
        holder.setdefault(key_of(entry["value"]), entry)
    return [entry for entry in entries if holder[key_of(entry["value"])] is entry]
