"""Is somebody who was just entered known already? Three indexed look-ups; comparing is loaded only when one of them hits.

Nothing is known here of how common values are in the whole workspace, so what is typical stands in for it, and the look-ups say
how many have an address or a number. Of twenty people entered one is taken to be somebody known.
"""

from __future__ import annotations

from crmtool.core import tokens
from crmtool.core.struct import Struct

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from crmtool.core.registry import Entity
    from crmtool.match.weights import Evidence, Weights
    from crmtool.store.reader import Reader

    Record = dict[str, Any]

COMMON = 10  # more records than this with one value, and it points at nobody
MOST = 5  # candidates that are told
KNOWN = 20
POSSIBLE = 0.3
SMALLEST = 10_000  # records for which a rare value is rare


class Candidate(Struct):
    """A record that may be the one just entered: its values, how probable that is, and why."""

    record: Record
    probability: float
    weights: Weights
    evidence: tuple[Evidence, ...]


def known_already(reader: Reader, entity: Entity, record: Record) -> list[Candidate]:
    """The live records that may be the same as ``record`` (its stored values and id), the likeliest first."""
    held = _holders(reader, entity, record)
    others = {ident for ids in held.values() for ident in ids} - {record.get("id")}
    if not others:
        return []
    from crmtool.match.weights import FEWEST, Weights, probability

    found = reader.get_many(entity.key, sorted(others), trash="without", expand=True)
    weights = Weights(FEWEST, per_record=FEWEST / (KNOWN * len(others)))
    size = max((other["n"] for other in found.values()), default=0)
    out = []
    for other in found.values():
        evidence = compared(entity, record, other, held, size)
        likely = probability(weights.total(evidence))
        if likely >= POSSIBLE:
            out.append(Candidate(other, likely, weights, tuple(evidence)))
    out.sort(key=lambda candidate: (-candidate.probability, candidate.record["n"]))
    return out[:MOST]


def _holders(reader: Reader, entity: Entity, record: Record) -> dict[tuple[str, str], list[str]]:
    """(feature, value) of the record -> the few records that have it too."""
    held: dict[tuple[str, str], list[str]] = {}
    emails = [str(entry["value"]).casefold() for entry in record.get("emails") or ()]
    for key, ids in (reader.lookup(entity.key, "email", emails) if emails else {}).items():
        held["email", key] = ids
    for entry in record.get("phones") or ():
        found = reader.phones(entity.key, str(entry["value"]), COMMON + 2)
        if found:
            held["phone", tokens.phone_key(str(entry["value"]))] = found
    if record.get("domain"):
        key = tokens.fold(str(record["domain"]))
        for ids in reader.lookup(entity.key, "domain", [key]).values():
            held["domain", key] = ids
    name = tokens.fold(str(record.get(entity.name_field) or ""))[:120]
    for ids in (reader.by_name(entity.key, [name]) if name else {}).values():
        held["name", name] = ids
    return {key: ids for key, ids in held.items() if len(ids) <= COMMON}


def compared(
    entity: Entity,
    one: Record,
    other: Record,
    held: dict[tuple[str, str], list[str]] | None = None,
    size: int = SMALLEST,
) -> list[Evidence]:
    """The evidence on two records at hand."""
    from crmtool.match.compare import Comparer
    from crmtool.match.frequency import TYPICAL, Frequencies
    from crmtool.match.profile import of_record

    counts = {key: len(ids) for key, ids in (held or {}).items()}

    class Typical(Frequencies):
        def share(self, feature: str, value: str) -> float:
            return max(TYPICAL[feature], counts.get((feature, value), 2) / max(size, SMALLEST))

    return Comparer(Typical()).compare(of_record(entity, one, 0), of_record(entity, other, 1))
