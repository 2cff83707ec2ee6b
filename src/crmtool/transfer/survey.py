"""A first look at a whole table: what its columns show about dates, numbers and spellings, before any row is decided.

Only columns that leave a question are looked at, and only as far as they can answer it: a table without any is not read.
"""

from __future__ import annotations

from datetime import timedelta

from crmtool.core.struct import Struct
from crmtool.transfer.amounts import Decimals
from crmtool.transfer.days import latest_of
from crmtool.transfer.layouts import base
from crmtool.transfer.orders import Orders
from crmtool.transfer.people import NameOrder

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import date

    from crmtool.core.registry import Entity
    from crmtool.transfer.layouts.base import Target
    from crmtool.transfer.sources.base import Source

# A column with more different words than this is no list of names that repeat.
WORDS_KEPT = 2_000
_TEXTS_KEPT = 20_000


class Question(Struct):
    """A column of days that could be read in several orders, with an example and the ISO dates that it would be by each of them.
    ``mixed``: its values contradict each other.
    """

    column: str
    example: str
    mixed: bool
    days: dict[str, str]


class Words:
    """The different texts of a column and how often each occurs; ``None`` when there are too many."""

    def __init__(self) -> None:
        self.counts: dict[str, int] | None = {}

    def see(self, text: str) -> None:
        counts = self.counts
        if counts is not None:
            counts[text] = counts.get(text, 0) + 1
            if len(counts) > WORDS_KEPT:
                self.counts = None


class Survey:
    """By place of the column: ``orders``, ``decimals`` and ``words``; ``people`` of names of persons. ``names`` are the places of
    columns that name the rows.
    """

    def __init__(
        self, columns: Sequence[str], targets: Sequence[Target], entity: Entity, today: date
    ) -> None:
        self.columns = columns
        self._targets = targets
        self._today = today.isoformat()
        soon = (
            today + timedelta(days=1)
        ).isoformat()  # what was made just now may have tomorrow's date elsewhere
        self.orders: dict[int, Orders] = {}
        self.decimals: dict[int, Decimals] = {}
        self.words: dict[int, Words] = {}
        self.people: dict[int, NameOrder] = {}
        self.names: list[int] = []
        ours = any(target.role == base.EXTERNAL and target.part == "own" for target in targets)
        for at, target in enumerate(targets):
            field = entity.fields.get(target.field)
            if target.role in (base.DAY, base.MOMENT, base.CREATED):
                self.orders[at] = Orders(soon if target.role == base.CREATED else "")
            elif target.role == base.FIELD and field is not None and field.kind.name in ("money", "number"):
                self.decimals[at] = Decimals()
            elif (target.role == base.COMPANY and target.part == "name") or target.role == base.PRODUCT:
                self.words[at] = Words()
            elif target.role == base.NAME and target.part == "full" and entity.key in ("company", "product"):
                self.words[at] = Words()
                self.names.append(at)
            elif not ours and not target.label and _names_people(target, entity):
                self.people[at] = NameOrder()  # an export of ours has the names as they are to be

    def read(self, source: Source) -> None:
        """Look at every row, as long as any column has a question left."""
        watched: list[tuple[int, Callable[[str], None], set[str]]] = []
        for at, orders in self.orders.items():
            watched.append((at, orders.see, set()))
        watched += [(at, decimals.see, set()) for at, decimals in self.decimals.items()]
        words = [*self.words.items()]
        names = [(at, column.see, set[str]()) for at, column in self.people.items()]
        if not (watched or words or names):
            return
        for number, row in enumerate(source.rows()):
            cells = row.cells
            width = len(cells)
            for at, see, seen in watched:
                text = cells[at].strip() if at < width else ""
                if text and text not in seen:
                    if len(seen) < _TEXTS_KEPT:
                        seen.add(text)
                    see(text)
            for at, see, seen in names:
                text = cells[at].strip() if at < width else ""
                if text and text not in seen:
                    seen.add(text)
                    see(text)
            for at, column in words:
                text = cells[at].strip() if at < width else ""
                if text:
                    column.see(text)
            if number % 1000 == 999:
                words = [(at, column) for at, column in words if column.counts is not None]
                names = [
                    one for one in names if len(one[2]) < _TEXTS_KEPT
                ]  # so many people tell how they are written
                if not (watched or words or names):
                    return

    def settled(self, said: str = "", columns: Mapping[int, str] | None = None) -> dict[int, str]:
        """The order of every column of days that has one: its own; else what a person said of it in ``columns``, or of all by
        ``said``; else that of the other columns of the file, if those that tell one tell the same. None that its values rule out.
        """
        out = {at: orders.order for at, orders in self.orders.items() if orders.order}
        told = {*out.values()}
        for at, order in (columns or {}).items():
            if at in self.orders and order in self.orders[at].left:
                out.setdefault(at, order)
        other = said or (told.pop() if len(told) == 1 else "")
        for at, orders in self.orders.items():
            if other in orders.left and (said or not orders.mixed):
                out.setdefault(at, other)
        return out

    def questions(self, settled: dict[int, str]) -> list[Question]:
        """The columns that leave it open."""
        return [
            Question(
                self.columns[at],
                example,
                orders.mixed,
                orders.days(example, latest_of(self._targets[at].field, self._today)),
            )
            for at, orders in self.orders.items()
            if at not in settled and (example := orders.example)
        ]


def _names_people(target: Target, entity: Entity) -> bool:
    """Whether a column has whole names of persons: of those whom the rows are, or whom they name."""
    if target.role == base.NAME:
        return target.part == "full" and entity.key == "contact"
    return target.role == base.CONTACT and target.part == "name"
