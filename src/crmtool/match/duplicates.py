"""The duplicates of a workspace: groups of its records with scores and reasons, and what to do with them."""

from __future__ import annotations

from contextlib import contextmanager

from crmtool.core.struct import Struct
from crmtool.match import answers
from crmtool.match.finding import Finder
from crmtool.match.source import profiles
from crmtool.match.weights import THRESHOLD

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import Any

    from crmtool.app.workspace import Workspace
    from crmtool.core.registry import Entity
    from crmtool.match.weights import Evidence, Weights

    Record = dict[str, Any]
    Progress = Callable[[int, int], None]


class Likeness(Struct):
    """Two records of a group by id, how probable it is that they are one, and the evidence."""

    one: str
    other: str
    probability: float
    evidence: tuple[Evidence, ...]


class Duplicates(Struct):
    """Records that are probably one, by id, the one to keep first. ``weakest``: of the weakest tie needed to hold them."""

    records: tuple[str, ...]
    weakest: float
    pairs: tuple[Likeness, ...]


class Search:
    """One search through the records of an entity.

    ``answers``: how many were learned from. ``weights`` are those of the workspace once ``groups`` has begun.
    """

    def __init__(
        self, workspace: Workspace, entity: Entity, threshold: float, progress: Progress | None
    ) -> None:
        self.workspace = workspace
        self.entity = entity
        self.progress = progress
        answered = answers.given(workspace, entity)
        self.answers = len(answered)
        learned = answers.learned(answered)
        self.finder = Finder(memory_only=workspace.db.encrypted, learned=learned, threshold=threshold)
        self._apart = answers.apart(workspace, entity)

    @property
    def weights(self) -> Weights:
        return self.finder.weights

    def groups(self) -> Iterator[Duplicates]:
        """The groups, the surest first. Pairs that a person called different are in none together."""
        known = {record for pair in self._apart for record in pair}
        numbers: dict[str, int] = {}
        for profile in profiles(self.workspace, self.entity):
            self.finder.add(profile)
            if profile.record in known:
                numbers[profile.record] = profile.number
        apart = {
            frozenset((numbers[one], numbers[other]))
            for one, other in self._apart
            if one in numbers and other in numbers
        }
        found = self.finder.groups(lambda one, other: frozenset((one, other)) in apart, self.progress)
        ident = self.finder.profiles
        for group in found:
            pairs = tuple(
                Likeness(ident[pair.one].record, ident[pair.other].record, pair.probability, pair.evidence)
                for pair in group.pairs
            )
            records = [ident[member].record for member in group.members]
            live = fullest(self.workspace, self.entity, records)
            if len(live) == len(records):  # else somebody merged or removed one of them meanwhile
                yield Duplicates(tuple(live), group.weakest, pairs)


def evidence_of(weights: Weights, group: Duplicates, record: str) -> dict[str, Record]:
    """What spoke for each other record of a group being one with this, as an answer keeps it."""
    return {
        pair.one if pair.other == record else pair.other: answers.noted(weights, pair.evidence)
        for pair in group.pairs
        if record in (pair.one, pair.other)
    }


@contextmanager
def searching(
    workspace: Workspace, entity: Entity, *, threshold: float = THRESHOLD, progress: Progress | None = None
) -> Iterator[Search]:
    """A search whose files are gone when the block ends."""
    search = Search(workspace, entity, threshold, progress)
    with search.finder:
        yield search


def fullest(workspace: Workspace, entity: Entity, records: list[str]) -> list[str]:
    """The records with the one to keep first: the one that has most filled in, of equal ones the oldest."""
    found = workspace.reader.get_many(entity.key, records, trash="without")
    keys = [field.key for field in entity.fields.values() if field.writable]

    def rank(record: Record) -> tuple[int, int]:
        return -sum(1 for key in keys if record.get(key) not in (None, [], {})), record["n"]

    return [record["id"] for record in sorted(found.values(), key=rank)]
