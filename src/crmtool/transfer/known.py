"""New rows that may mean somebody who is there, though no rule of matching says so. A plan shows them, a report counts them.

Only the first ``LOOKED_AT`` new rows are looked at, so that an import of a million takes no longer; ``crm dupes`` finds the rest.
"""

from __future__ import annotations

from crmtool.core.struct import Struct
from crmtool.match.entry import known_already
from crmtool.match.source import KINDS
from crmtool.transfer.deciding import NEW

TYPE_CHECKING = False
if TYPE_CHECKING:
    from crmtool.match.entry import Candidate
    from crmtool.store.reader import Reader
    from crmtool.transfer.deciding import Batch
    from crmtool.transfer.tally import Tally

LOOKED_AT = 10_000
KEPT = 5  # examples
LIKELY = 0.8


class Possible(Struct):
    """A new row and the record that it may mean."""

    row: int
    entity: str
    name: str
    candidate: Candidate


class Known:
    """The look-out of one import or plan."""

    def __init__(self) -> None:
        self._left = LOOKED_AT

    def look(self, reader: Reader, batch: Batch, tally: Tally) -> None:
        """Note in ``tally`` which new rows of a decided batch, not written yet, may mean a record of the store."""
        for outcome in batch.outcomes:
            change, draft = outcome.change, outcome.draft
            if outcome.verdict != NEW or change is None or draft.entity not in KINDS:
                continue
            if not self._left:
                return
            self._left -= 1
            tally.looked_at += 1
            entity = reader.layouts.registry.entity(draft.entity)
            found = known_already(reader, entity, {**change.after, "id": change.record})
            if found and found[0].probability >= LIKELY:
                tally.possible += 1
                if len(tally.examples) < KEPT:
                    tally.examples.append(Possible(draft.row, draft.entity, draft.name, found[0]))
