"""Groups of duplicates printed for people, and as rows for programs."""

from __future__ import annotations

from crmtool.core import ids
from crmtool.core.messages import t, tn
from crmtool.doors.dupes import lines
from crmtool.doors.safe import escape
from crmtool.match.reasons import plain, reasons

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from crmtool.match.duplicates import Likeness, Search

    Record = dict[str, Any]


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
