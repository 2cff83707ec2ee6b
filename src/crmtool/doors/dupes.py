"""Groups of duplicates in words."""

from __future__ import annotations

from crmtool.core import ids
from crmtool.core.messages import t, tn
from crmtool.match.reasons import reasons

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from crmtool.core.registry import Entity
    from crmtool.match.duplicates import Duplicates, Search

    Record = dict[str, Any]

# What tells people of one name apart, in the order in which it is said.
TOLD = ("title", "company", "domain", "emails", "phones", "birthday", "addresses", "tags")
LARGE = 3  # members from which on the pairs are said one by one


def lines(search: Search, group: Duplicates) -> Iterator[str]:
    """A group for people: how sure, who, and why."""
    count = len(group.records)
    percent = percentage(group.weakest)
    yield tn(
        "{percent}% sure: {n} record is one.", "{percent}% sure: these {n} are one.", count, percent=percent
    )
    records = search.workspace.reader.get_many(search.entity.key, group.records, expand=True)
    for record in group.records:
        yield "  " + described(search.entity, records[record])
    if count < LARGE:
        yield "  " + t(
            "because: {reasons}", reasons="; ".join(reasons(search.weights, group.pairs[0].evidence))
        )
        return
    for pair in group.pairs:
        names = {"one": f"@{ids.handle(pair.one)}", "other": f"@{ids.handle(pair.other)}"}
        why = "; ".join(reasons(search.weights, pair.evidence))
        yield "  " + t(
            "{one} {other} {percent}%: {reasons}", percent=percentage(pair.probability), reasons=why, **names
        )


def percentage(probability: float) -> str:
    """A probability in percent; nothing is ever wholly sure."""
    return (
        f"{min(99.9, probability * 100):.1f}".removesuffix(".0")
        if probability > 0.99
        else f"{probability * 100:.0f}"
    )


def described(entity: Entity, record: Record) -> str:
    """A record on one line: handle, name, and what tells it apart."""
    parts = []
    for key in TOLD:
        field = entity.fields.get(key)
        text = field.kind.display(record.get(key), field) if field is not None and record.get(key) else ""
        if text:
            parts.append(" ".join(text.split()))
    words = {"handle": ids.handle(record["id"]), "name": record.get(entity.name_field) or ""}
    if not parts:
        return t("@{handle}  {name}", **words)
    return t("@{handle}  {name}: {what}", what=", ".join(parts), **words)
