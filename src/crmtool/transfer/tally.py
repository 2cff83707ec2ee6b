"""Counting an import: every row gets one verdict, so the counts add up to the rows, in a plan and in a report alike."""

from __future__ import annotations

from crmtool.core.struct import Struct
from crmtool.transfer.deciding import CHANGED, NEW, REJECTED, VERDICTS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any, Self

    from crmtool.core.messages import Message
    from crmtool.transfer.deciding import Batch
    from crmtool.transfer.drafts import Draft, Problem
    from crmtool.transfer.known import Possible

_SAMPLES = {CHANGED: 5, NEW: 3}
_REJECTED_SHOWN = 10
_WARNINGS_KEPT = 50
_UNMATCHED_KEPT = 500


class Sample(Struct):
    """One row as an example: ``before`` and ``after`` hold the fields that change; ``before`` is empty for a new record."""

    row: int
    verdict: str
    entity: str
    name: str
    before: dict[str, Any]
    after: dict[str, Any]


class Rejected(Struct):
    """One row that cannot be taken, and why."""

    row: int
    problems: list[Problem]


class Tally:
    """``counts`` by verdict add up to ``rows``, and so do those of ``entities`` (entity to verdict to count).

    ``empty`` rows say nothing about anybody, and ``passed`` ones (reason to count) are said by the source to be gone: they are
    no rows here. ``made``: records beside those that the rows stand for, by entity. ``unmatched``: (column, field, word) to
    count, the words that name nothing of ours. ``possible``: how many of the ``looked_at`` new rows may mean somebody known, with
    ``examples``.
    """

    def __init__(self) -> None:
        self.counts = dict.fromkeys(VERDICTS, 0)
        self.entities: dict[str, dict[str, int]] = {}
        self.empty = 0
        self.passed: dict[Message, int] = {}
        self.made: dict[str, int] = {}
        self.samples: list[Sample] = []
        self.rejected: list[Rejected] = []
        self.warnings: dict[Message, int] = {}
        self.unmatched: dict[tuple[str, str, str], int] = {}
        self.possible = 0
        self.looked_at = 0
        self.examples: list[Possible] = []

    @property
    def rows(self) -> int:
        return sum(self.counts.values())

    @property
    def companies(self) -> int:
        """Companies made because a row names them."""
        return self.made.get("company", 0)

    def add(self, batch: Batch) -> None:
        """Take in the rows of a decided batch."""
        for entity, count in batch.made.items():
            self.made[entity] = self.made.get(entity, 0) + count
        for draft in batch.tied:
            self._warn(draft)
        entities, counts = self.entities, self.counts
        for outcome in batch.outcomes:
            verdict, draft = outcome.verdict, outcome.draft
            counts[verdict] += 1
            of_entity = entities.get(draft.entity)
            if of_entity is None:
                of_entity = entities[draft.entity] = dict.fromkeys(VERDICTS, 0)
            of_entity[verdict] += 1
            if draft.warnings:
                self._warn(draft)
            if verdict == REJECTED:
                self._unmatch(draft.problems)
                if len(self.rejected) < _REJECTED_SHOWN:
                    self.rejected.append(Rejected(draft.row, draft.problems))
            elif (
                outcome.change is not None
                and sum(s.verdict == verdict for s in self.samples) < _SAMPLES[verdict]
            ):
                change = outcome.change
                self.samples.append(
                    Sample(
                        draft.row, verdict, draft.entity, draft.name, dict(change.before), dict(change.after)
                    )
                )

    def leave(self, drafts: Iterable[Draft]) -> None:
        """Count the rows among these that are no rows: empty ones, and those to be passed over."""
        for draft in drafts:
            if draft.passed is not None:
                self.passed[draft.passed] = self.passed.get(draft.passed, 0) + 1
            elif draft.empty:
                self.empty += 1

    def _warn(self, draft: Draft) -> None:
        self._unmatch(draft.warnings)
        for message in dict.fromkeys(
            warning.message for warning in draft.warnings
        ):  # a row once, whatever it repeats
            if message in self.warnings or len(self.warnings) < _WARNINGS_KEPT:
                self.warnings[message] = self.warnings.get(message, 0) + 1

    def _unmatch(self, problems: list[Problem]) -> None:
        for problem in problems:
            if problem.value:
                mark = (problem.column, problem.field, problem.value)
                if mark in self.unmatched or len(self.unmatched) < _UNMATCHED_KEPT:
                    self.unmatched[mark] = self.unmatched.get(mark, 0) + 1

    def to_state(self) -> dict[str, Any]:
        """What a job keeps, so that a resumed import reports all of its rows."""
        passed = [[message.text, message.params, count] for message, count in self.passed.items()]
        return {
            **self.counts,
            "empty": self.empty,
            "passed": passed,
            "made": self.made,
            "possible": self.possible,
            "looked_at": self.looked_at,
            "entities": self.entities,
        }

    @classmethod
    def from_state(cls, state: dict[str, Any]) -> Self:
        from crmtool.core.messages import Message

        out = cls()
        out.counts = {verdict: state[verdict] for verdict in VERDICTS}
        out.empty, out.made, out.entities = state["empty"], state["made"], state["entities"]
        out.possible, out.looked_at = state.get("possible", 0), state.get("looked_at", 0)
        out.passed = {Message(text, **params): count for text, params, count in state["passed"]}
        return out

    @classmethod
    def total(cls, tallies: Iterable[Tally]) -> Tally:
        """The counts of several together, without examples."""
        out = cls()
        for one in tallies:
            out.empty += one.empty
            out.possible += one.possible
            out.looked_at += one.looked_at
            _add(out.counts, one.counts)
            _add(out.made, one.made)
            for reason, count in one.passed.items():
                out.passed[reason] = out.passed.get(reason, 0) + count
            for entity, counts in one.entities.items():
                _add(out.entities.setdefault(entity, {}), counts)
        return out


def _add(held: dict[str, int], more: dict[str, int]) -> None:
    for key, count in more.items():
        held[key] = held.get(key, 0) + count
