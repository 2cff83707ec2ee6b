"""Where the parts of the generator put their records: changes grouped so that the store can take them in long runs."""

from __future__ import annotations

from crmtool.core import changes
from crmtool.core.changes import CREATE, Change
from crmtool.core.entities import builtin

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from crmtool.demo.chance import Days, Dice

ORDER = (
    "team", "user", "pipeline", "stage", "product", "rate", "tag", "quota", "view", "list", "company", "contact", "deal",
    "order", "activity", "task", "note", "link",
)  # fmt: skip


class Live:
    """A record that is still changing: what an update needs as its base. ``record`` is the whole stored record."""

    __slots__ = ("id", "moment", "record", "updates")

    def __init__(self, record_id: str, record: dict[str, Any], moment: float) -> None:
        self.id = record_id
        self.record = record
        self.moment = moment
        self.updates = 0


class Batch:
    """Some thousand changes that refer to nothing outside earlier batches.

    ``creates`` holds creations by entity; ``rounds[k]`` the ``k``-th updates of records, so no record occurs twice in a round
    and every update's base is what the creation and the rounds before it left.
    """

    def __init__(self) -> None:
        self.creates: dict[str, list[Change]] = {key: [] for key in ORDER}
        self.rounds: list[dict[str, list[Change]]] = []
        self.count = 0

    def steps(self) -> Iterator[list[Change]]:
        """The changes as lists that are written one after the other: all creations, then round by round."""
        yield [change for created in self.creates.values() for change in created]
        for updates in self.rounds:
            yield [change for updated in updates.values() for change in updated]


class Sink:
    """Makes changes and collects them in the current batch."""

    def __init__(self, dice: Dice, days: Days) -> None:
        self._dice = dice
        self._days = days
        self._entities = builtin().entities
        self._defaults = {
            key: {k: f.default for k, f in entity.fields.items() if f.default is not None}
            for key, entity in self._entities.items()
        }
        self._batch = Batch()
        self.changes = 0

    def create(self, entity: str, values: dict[str, Any], moment: float) -> str:
        """A new record that never changes again; its id. ``values`` holds no blanks and is the sink's from now on."""
        record_id = self._dice.record_id()
        self._add(entity, record_id, values, self._days.instant(moment))
        return record_id

    def begin(self, entity: str, values: dict[str, Any], moment: float) -> Live:
        """A new record that will change."""
        record_id = self._dice.record_id()
        at = self._days.instant(moment)
        after = self._add(entity, record_id, values, at)
        return Live(
            record_id, {**after, "id": record_id, "rev": 1, "created_at": at, "updated_at": at}, moment
        )

    def update(self, entity: str, live: Live, values: dict[str, Any], moment: float) -> bool:
        """A later change of a record; ``False`` when it changes nothing. Moments of one record must not fall."""
        at = self._days.instant(moment)
        change = changes.update(self._entities[entity], live.record, values, at)
        if change is None:
            return False
        record = live.record
        live.record = {**record, **change.after, "rev": record["rev"] + 1, "updated_at": at}
        live.moment = moment
        rounds = self._batch.rounds
        if live.updates == len(rounds):
            rounds.append({})
        rounds[live.updates].setdefault(entity, []).append(change)
        live.updates += 1
        self._batch.count += 1
        return True

    def full(self, size: int) -> bool:
        return self._batch.count >= size

    def take(self) -> Batch:
        """The current batch; a new one begins. Records that are still live must not be updated any more."""
        batch, self._batch = self._batch, Batch()
        self.changes += batch.count
        return batch

    def _add(self, entity: str, record_id: str, values: dict[str, Any], at: str) -> dict[str, Any]:
        after = {**self._defaults[entity], **values}
        self._batch.creates[entity].append(Change(entity, record_id, CREATE, {}, after, None, at))
        self._batch.count += 1
        return after
