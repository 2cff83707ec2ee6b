"""What people decided about pairs: never asked twice, and learned from, a little.

A merge and a “not the same” are links, and each keeps the evidence as it was when somebody decided. From those, small additions
to the weights are fitted (a logistic regression on what the table leaves unexplained, held near zero), so that a workspace where
birthdays mislead comes to trust them less. Nothing of this is ever more than ``MOST`` bits.
"""

from __future__ import annotations

from crmtool.app.merging import DISTINCT, MERGED
from crmtool.core.query import Compare, Path, SortKey, all_of
from crmtool.match.weights import LEVELS, TABLE, probability
from crmtool.store.reader import Query

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from typing import Any

    from crmtool.app.workspace import Workspace
    from crmtool.core.registry import Entity
    from crmtool.match.weights import Evidence, Weights

    Record = dict[str, Any]

NEWEST = 2_000  # answers that are learned from
MOST = 3.0  # bits
STIFF = 0.5  # how strongly additions are held near zero: some ten answers of one kind move one by a bit
STEPS, PACE = 200, 0.1


def noted(weights: Weights, found: Iterable[Evidence]) -> Record:
    """The evidence of a pair as an answer keeps it: the bits by the table alone, and what agreed how far."""
    found = list(found)
    bits = weights.unlearned().total(found)
    return {"bits": round(bits, 2), "found": [[evidence.feature, evidence.level] for evidence in found]}


def evidence_on(workspace: Workspace, entity: Entity, keep: str, others: Iterable[str]) -> dict[str, Record]:
    """The evidence, as an answer keeps it, on records that somebody puts together or apart without having been asked."""
    from crmtool.match.entry import compared
    from crmtool.match.weights import Weights

    found = workspace.reader.get_many(entity.key, [keep, *others], trash="without", expand=True)
    if keep not in found:
        return {}
    weights = Weights(max(record["n"] for record in found.values()))
    return {
        ident: noted(weights, compared(entity, found[keep], other))
        for ident, other in found.items()
        if ident != keep
    }


def apart(workspace: Workspace, entity: Entity) -> set[tuple[str, str]]:
    """The pairs of records, by rising id, of which somebody said that they are not the same."""
    return {
        (min(link["from"], link["to"]), max(link["from"], link["to"]))
        for link in _links(workspace, entity, DISTINCT, ("from", "to"))
    }


def given(workspace: Workspace, entity: Entity) -> list[tuple[Record, bool]]:
    """The newest answers: the evidence as it was noted, and whether the two were merged."""
    out: list[tuple[str, Record, bool]] = []
    for relation in (MERGED, DISTINCT):
        for link in _links(workspace, entity, relation, ("extra", "created_at"), NEWEST):
            held = (
                ((link["extra"] or {}).get("crm") or {}).get("match")
                if isinstance(link["extra"], dict)
                else None
            )
            if held is not None and _is_noted(held):
                out.append((link["created_at"], held, relation == MERGED))
    out.sort(key=lambda item: item[0], reverse=True)
    return [(held, merged) for _, held, merged in out[:NEWEST]]


def learned(answers: Iterable[tuple[Record, bool]]) -> dict[str, float]:
    """Additions in bits by ``feature:level``, and for ``prior``, that explain the answers better than the table does."""
    rows = [
        (float(held["bits"]), ["prior", *(f"{feature}:{level}" for feature, level in held["found"])], merged)
        for held, merged in answers
    ]
    found = dict.fromkeys((key for _, keys, _ in rows for key in keys), 0.0)
    if not rows:
        return {}
    for _ in range(STEPS):
        pull = {key: -STIFF * value for key, value in found.items()}
        for bits, keys, merged in rows:
            wrong = merged - probability(bits + sum(found[key] for key in keys))
            for key in keys:
                pull[key] += wrong
        # A step is the smaller the more answers pull at once.
        for key, value in pull.items():
            found[key] = max(-MOST, min(MOST, found[key] + PACE * value / (1 + len(rows) * 0.05)))
    return {key: round(value, 3) for key, value in sorted(found.items()) if abs(value) >= 0.005}


def _links(
    workspace: Workspace, entity: Entity, relation: str, fields: tuple[str, ...], limit: int | None = None
) -> Iterator[Record]:
    link = workspace.registry.entity("link")
    where = all_of(
        [
            Compare(Path((link.fields["relation"],)), "=", relation),
            Compare(Path((link.fields["from_entity"],)), "=", entity.key),
        ]
    )
    order = (SortKey(Path((link.fields["created_at"],)), descending=True),)
    return workspace.query(Query("link", where, order, fields=fields, limit=limit, expand=False))


def _is_noted(held: Any) -> bool:
    """Whether this is an answer's evidence: it may come from another program or version."""
    return (
        isinstance(held, dict)
        and isinstance(held.get("bits"), int | float)
        and isinstance(held.get("found"), list)
        and all(
            isinstance(pair, list) and len(pair) == 2 and pair[0] in TABLE and pair[1] in LEVELS
            for pair in held["found"]
        )
    )
