"""A first look at a whole table: what its columns show about dates, numbers and spellings, before any row is decided.

Only columns that leave a question are looked at, and only as far as they can answer it: a table without any is not read.
"""

from __future__ import annotations

from crmtool.core.struct import Struct
from crmtool.transfer.amounts import Decimals
from crmtool.transfer.days import Orders, readings
from crmtool.transfer.layouts import base

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from crmtool.core.registry import Entity
    from crmtool.transfer.layouts.base import Target
    from crmtool.transfer.sources.base import Source

# A column with more different words than this is no list of names that repeat.
WORDS_KEPT = 2_000
_TEXTS_KEPT = 20_000


class Question(Struct):
    """A column of days that could be read in two orders, with an example. ``mixed``: its values contradict each other."""

    column: str
    example: str
    mixed: bool


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
    """By place of the column: ``orders``, ``decimals`` and ``words``. ``names`` are the places of columns that name the rows."""

    def __init__(self, columns: Sequence[str], targets: Sequence[Target], entity: Entity) -> None:
        self.columns = columns
        self.orders: dict[int, Orders] = {}
        self.decimals: dict[int, Decimals] = {}
        self.words: dict[int, Words] = {}
        self.names: list[int] = []
        self._examples: dict[int, str] = {}
        for at, target in enumerate(targets):
            field = entity.fields.get(target.field)
            if target.role in (base.DAY, base.MOMENT, base.CREATED):
                self.orders[at] = Orders()
            elif target.role == base.FIELD and field is not None and field.kind.name in ("money", "number"):
                self.decimals[at] = Decimals()
            elif (target.role == base.COMPANY and target.part == "name") or target.role == base.PRODUCT:
                self.words[at] = Words()
            elif target.role == base.NAME and target.part == "full" and entity.key in ("company", "product"):
                self.words[at] = Words()
                self.names.append(at)

    def read(self, source: Source) -> None:
        """Look at every row, as long as any column has a question left."""
        watched: list[tuple[int, Callable[[str], None], set[str]]] = []
        for at, orders in self.orders.items():
            watched.append((at, self._noting(at, orders), set()))
        watched += [(at, decimals.see, set()) for at, decimals in self.decimals.items()]
        words = [*self.words.items()]
        if not (watched or words):
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
            for at, column in words:
                text = cells[at].strip() if at < width else ""
                if text:
                    column.see(text)
            if number % 1000 == 999:
                words = [(at, column) for at, column in words if column.counts is not None]
                if not (watched or words):
                    return

    def _noting(self, at: int, orders: Orders) -> Callable[[str], None]:
        examples = self._examples

        def see(text: str) -> None:
            orders.see(text)
            if at not in examples and len(readings(text)) > 1:
                examples[at] = text

        return see

    def settled(self) -> dict[int, str]:
        """The order of every column that tells one; what one column tells holds for those of the same file that tell none."""
        out = {at: orders.order for at, orders in self.orders.items() if orders.order}
        told = {*out.values()}
        if len(told) == 1:
            order = next(iter(told))
            out.update(
                {at: order for at, orders in self.orders.items() if orders.unsaid and not orders.mixed}
            )
        return out

    def questions(self, settled: dict[int, str]) -> list[Question]:
        """The columns that leave it open."""
        return [
            Question(self.columns[at], self._examples.get(at, ""), orders.mixed)
            for at, orders in self.orders.items()
            if orders.unsaid and at not in settled
        ]
