"""Groups of duplicates for the screen: finding them, their records side by side, and the commands that answer."""

from __future__ import annotations

from itertools import combinations, islice
from typing import TYPE_CHECKING

from crmtool.app.bulk import Item
from crmtool.app.commands import Distinct, Merge
from crmtool.core.ids import handle
from crmtool.core.messages import t
from crmtool.core.struct import Struct
from crmtool.doors.dupes import percentage
from crmtool.doors.safe import escape
from crmtool.doors.values import shown
from crmtool.match.duplicates import evidence_of, searching
from crmtool.match.reasons import reasons
from crmtool.match.source import kind
from crmtool.match.weights import THRESHOLD
from crmtool.tui.echo import written
from crmtool.tui.rows import Column, Row

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from crmtool.app.workspace import Workspace
    from crmtool.core.fields import Field
    from crmtool.core.registry import Entity
    from crmtool.match.duplicates import Duplicates
    from crmtool.match.weights import Weights
    from crmtool.tui.efforts import Effort

Answer = Merge | Distinct

MOST = 5_000  # groups held at once, the surest; the others are found when these are answered
WIDTH = 30
CHOSEN, OTHER, DIFFERS, LACKS = "✓ ", "  ", "≠", "+"


class Found(Struct):
    """What a search found: groups with the names of their records, the surest first. ``more``: there are others besides."""

    entity: Entity
    groups: list[Duplicates]
    names: dict[str, str]
    weights: Weights
    more: bool


class Beside(Struct):
    """The records of one group as they are now, in its order, and the fields in which any of them holds something."""

    group: Duplicates
    records: list[dict[str, Any]]
    fields: list[Field]


def find(workspace: Workspace, noun: str, effort: Effort) -> Found:
    """The groups of an entity. Raises ``UsageError`` for one whose duplicates nobody looks for."""
    entity = kind(workspace, noun)
    with searching(workspace, entity, threshold=THRESHOLD, progress=effort) as search:
        groups = [*islice(search.groups(), MOST + 1)]
        weights = search.weights
    held = groups[:MOST]
    names = workspace.reader.names(entity.key, [record for group in held for record in group.records])
    return Found(entity, held, names, weights, len(groups) > MOST)


def beside(workspace: Workspace, entity: Entity, group: Duplicates) -> Beside | None:
    """The records of a group; ``None`` when somebody merged or removed one of them meanwhile."""
    live = workspace.reader.get_many(entity.key, group.records, trash="without", expand=True)
    if len(live) < len(group.records):
        return None
    records = [live[record] for record in group.records]
    fields = [
        field
        for field in workspace.reader.visible_fields(entity)
        if field.writable
        and not field.hidden
        and any(r.get(field.key) not in (None, [], {}) for r in records)
    ]
    return Beside(group, records, fields)


def group_rows(found: Found) -> list[Row]:
    """A row for each group."""
    return [
        Row(
            " ".join(group.records),
            (
                f"{percentage(group.weakest)}%",
                str(len(group.records)),
                escape(" · ".join(_names(found, group))),
            ),
            group,
        )
        for group in found.groups
    ]


def _names(found: Found, group: Duplicates) -> list[str]:
    return [found.names.get(record) or f"@{handle(record)}" for record in group.records]


def why(found: Found, group: Duplicates) -> list[str]:
    """A line for each pair: how sure it is, and what speaks for and against."""
    return [
        t(
            "{one} {other} {percent}%: {reasons}",
            one=f"@{handle(pair.one)}",
            other=f"@{handle(pair.other)}",
            percent=percentage(pair.probability),
            reasons="; ".join(reasons(found.weights, pair.evidence)),
        )
        for pair in group.pairs
    ]


def columns(group: Duplicates) -> list[Column]:
    """The field, whether the records differ in it, and a column for each record."""
    records = [Column(record, f"@{handle(record)}", WIDTH) for record in group.records]
    return [Column("field", t("Field"), 18, fixed=True), Column("differs", "", 1), *records]


def field_rows(side: Beside, keep: str, picked: dict[str, str]) -> list[Row]:
    """The records side by side. A check mark stands before what the merged record will hold; of several values it is all.

    ``picked``: key of a field to the record whose value was chosen for it.
    """
    stays = tuple(
        CHOSEN + t("stays") if record["id"] == keep else OTHER + t("is merged into it")
        for record in side.records
    )
    return [
        Row("", (t("Record"), "", *stays)),
        *(_field_row(side, field, keep, picked) for field in side.fields),
    ]


def _field_row(side: Beside, field: Field, keep: str, picked: dict[str, str]) -> Row:
    values = [record.get(field.key) for record in side.records]
    texts = [shown(record, field) for record in side.records]
    chosen = picked.get(field.key) or holder(side, field, keep)
    all_of_them = field.multi or field.kind.collection
    cells = tuple(
        (CHOSEN if text and (all_of_them or record["id"] == chosen) else OTHER) + text
        for record, text in zip(side.records, texts, strict=True)
    )
    given = [value for value in values if value not in (None, [], {})]
    differs = (
        DIFFERS if any(value != given[0] for value in given) else LACKS if len(given) < len(values) else ""
    )
    return Row(field.key, (field.label(), differs, *cells), field, "" if differs else "grid--quiet")


def holder(side: Beside, field: Field, keep: str) -> str:
    """The record whose value stands by itself: the one that stays, else the first that has one."""
    ranked = sorted(side.records, key=lambda record: record["id"] != keep)
    return next((str(r["id"]) for r in ranked if r.get(field.key) not in (None, [], {})), keep)


def merge_of(found: Found, side: Beside, keep: str, picked: dict[str, str]) -> Merge:
    """The command that merges a group as it was arranged."""
    others = tuple(record for record in side.group.records if record != keep)
    by_id = {record["id"]: record for record in side.records}
    changes = tuple(
        (field.key, "=", written(field, _stored(by_id[picked[field.key]].get(field.key))))
        for field in side.fields
        if field.key in picked and picked[field.key] != holder(side, field, keep)
    )
    return Merge(found.entity.key, keep, others, changes, evidence_of(found.weights, side.group, keep))


def _stored(value: Any) -> Any:
    return value["id"] if isinstance(value, dict) and "id" in value else value


def apart_of(found: Found, group: Duplicates) -> Iterator[Distinct]:
    """The commands that say of every two of a group that they are not the same."""
    for one, other in combinations(group.records, 2):
        yield Distinct(found.entity.key, one, other, evidence_of(found.weights, group, one).get(other))


def sure(found: Found, least: float) -> list[Item]:
    """A merge for every group that is at least so sure, keeping the fullest record of each."""
    return [
        Item(
            f"@{handle(group.records[0])}",
            Merge(
                found.entity.key,
                group.records[0],
                group.records[1:],
                (),
                evidence_of(found.weights, group, group.records[0]),
            ),
        )
        for group in found.groups
        if group.weakest >= least
    ]
