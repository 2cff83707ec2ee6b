"""The changes that one batch comes to: new records, and one change a record for those that were there."""

from __future__ import annotations

from crmtool.core import changes
from crmtool.core.changes import CREATE

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from crmtool.core.changes import Change
    from crmtool.core.registry import Entity
    from crmtool.transfer.candidates import Candidates

    Record = dict[str, Any]


class Ledger:
    """``changes`` in the order in which they were decided; ``made``: how many records were made beside those of the rows."""

    def __init__(self, found: dict[str, Candidates]) -> None:
        self.changes: list[Change] = []
        self.made: dict[str, int] = {}
        self._found = found
        self._by_record: dict[str, Change] = {}

    def add(self, change: Change, *, beside: bool = False) -> None:
        """Take in the creation of a record; ``beside``: it is not the record of a row."""
        self.changes.append(change)
        self._by_record[change.record] = change
        if beside:
            self.made[change.entity] = self.made.get(change.entity, 0) + 1

    def change(self, entity: Entity, record: Record, values: Record) -> Change | None:
        """Put values into the record's change of this batch, or begin one; ``None`` when nothing differs."""
        change = self._by_record.get(record["id"])
        if change is None:
            change = changes.update(entity, record, values)
            if change is None:
                return None
            self.changes.append(change)
            self._by_record[record["id"]] = change
        else:
            for key, value in values.items():
                if change.verb != CREATE:
                    change.before.setdefault(key, record.get(key))
                change.after[key] = value
        self._found[entity.key].records[record["id"]] = {**record, **values}
        return change
