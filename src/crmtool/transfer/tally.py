"""Counting an import: every row gets one verdict, so the counts add up to the rows, in a plan and in a report alike."""

from __future__ import annotations

from crmtool.core.struct import Struct
from crmtool.transfer.deciding import CHANGED, NEW, REJECTED, VERDICTS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from crmtool.core.messages import Message
    from crmtool.transfer.deciding import Batch
    from crmtool.transfer.drafts import Draft, Problem

_SAMPLES = {CHANGED: 5, NEW: 3}
_REJECTED_SHOWN = 10
_WARNINGS_KEPT = 50


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
    """``counts`` by verdict add up to ``rows``. ``empty`` rows say nothing about anybody and are no rows here; ``companies`` were
    made because a person's row names them.
    """

    def __init__(self) -> None:
        self.counts = dict.fromkeys(VERDICTS, 0)
        self.empty = 0
        self.companies = 0
        self.samples: list[Sample] = []
        self.rejected: list[Rejected] = []
        self.warnings: dict[Message, int] = {}

    @property
    def rows(self) -> int:
        return sum(self.counts.values())

    def add(self, batch: Batch) -> None:
        """Take in the rows of a decided batch."""
        self.companies += batch.companies
        for outcome in batch.outcomes:
            verdict, draft = outcome.verdict, outcome.draft
            self.counts[verdict] += 1
            if draft.warnings:
                self._warn(draft)
            if verdict == REJECTED:
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

    def _warn(self, draft: Draft) -> None:
        for warning in draft.warnings:
            if warning.message in self.warnings or len(self.warnings) < _WARNINGS_KEPT:
                self.warnings[warning.message] = self.warnings.get(warning.message, 0) + 1

    def to_state(self) -> dict[str, int]:
        """What a job keeps, so that a resumed import reports all of its rows."""
        return {**self.counts, "empty": self.empty, "companies": self.companies}

    def from_state(self, state: dict[str, int]) -> None:
        self.counts = {verdict: state[verdict] for verdict in VERDICTS}
        self.empty, self.companies = state["empty"], state["companies"]
