"""Groups of duplicates in words and as rows."""

from __future__ import annotations

from crmtool.cli.safe import escape
from crmtool.core import ids
from crmtool.core.messages import t, tn
from crmtool.match.reasons import plain, reasons

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from crmtool.core.registry import Entity
    from crmtool.match.duplicates import Duplicates, Likeness, Search

    Record = dict[str, Any]

# What tells people of one name apart, in the order in which it is said.
TOLD = ("title", "company", "domain", "emails", "phones", "birthday", "addresses", "tags")
LARGE = 3  # members from which on the pairs are said one by one


def _cut(limit: int) -> str:
    if limit == 0:
        return t("None is shown, because --limit is 0.")
    return tn(
        "Only the first one is shown, because of --limit; there are more.",
        "Only the first {n} are shown, because of --limit; there are more.",
        limit,
    )


def talk(search: Search, limit: int | None) -> None:
    """Print the groups for people."""
    from crmtool.cli.output.screen import Screen
    from crmtool.cli.questions import say
    from crmtool.cli.state import current

    current().announce()
    count = 0
    with Screen() as screen:
        for group in search.groups():
            if limit is not None and count == limit:
                say(_cut(limit))
                break
            count += 1
            for line in lines(search, group):
                screen.write(escape(line) + "\n")
    if not count:
        say(t("No two look like the same."))
    elif search.entity.key == "contact":
        say(t("Look through them: {command}", command="crm dupes review"))
    else:
        say(t("Look through them: {command}", command=f"crm dupes review {search.entity.key}"))


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


def rows(search: Search) -> Iterator[Record]:
    """The groups as rows; what varies by language stands under ``names`` and ``reasons`` alone."""
    for group in search.groups():
        names = search.workspace.reader.names(search.entity.key, group.records)
        yield {
            "probability": round(group.weakest, 4),
            "keep": group.records[0],
            "names": "; ".join(f"@{ids.handle(record)} {names.get(record, '')}" for record in group.records),
            "reasons": "; ".join(reasons(search.weights, group.pairs[-1].evidence)),
            "records": [{"id": record, "name": names.get(record) or None} for record in group.records],
            "pairs": [_pair(search, pair) for pair in group.pairs],
        }


def _pair(search: Search, pair: Likeness) -> Record:
    return {
        "one": pair.one,
        "other": pair.other,
        "probability": round(pair.probability, 4),
        "reasons": plain(search.weights, pair.evidence),
    }
