"""One source of an import with the way it is read: a table with its layout, or a stream of cards, events or messages."""

from __future__ import annotations

import os

from crmtool.core.struct import Struct
from crmtool.transfer.cards.formats import TITLES, drafter
from crmtool.transfer.drafts import Drafter
from crmtool.transfer.layouts.base import described
from crmtool.transfer.layouts.generic import VENDOR
from crmtool.transfer.reading import Reading
from crmtool.transfer.sources.base import CALENDAR, MAIL, VCARD
from crmtool.transfer.tally import Tally

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from crmtool.core.fields import Context
    from crmtool.core.registry import Registry
    from crmtool.transfer.alike import Alike
    from crmtool.transfer.drafts import Draft
    from crmtool.transfer.layouts import Header, Layout, Target
    from crmtool.transfer.sources.base import Row, Source
    from crmtool.transfer.survey import Question

# What is referred to comes first; a link last of all.
_RANKS = {
    "user": 0, "team": 0, "tag": 0, "pipeline": 0, "stage": 1, "product": 1, "company": 2, "contact": 3, "deal": 5, "order": 6,
    "activity": 7, "task": 7, "note": 7, "link": 9,
}  # fmt: skip
_CARDS = {VCARD: "contact", CALENDAR: "activity", MAIL: "activity"}


class Column(Struct):
    """A column of a table and the field it goes to: a key, ``extra`` for what is kept beside, ``""`` for what is not used."""

    column: str
    field: str


class Part:
    """``vendor`` is the source of foreign ids and the key of what is kept beside, ``title`` its name for people. ``entity`` is
    what its rows are records of, mostly.

    A table has a ``layout``, a ``header``, and a target for each of its ``columns``; ``reading`` is how its texts are read,
    ``questions`` are what only a person can tell of it, ``alike`` the words that stand, or may stand, for another one.

    ``mine``: the e-mail addresses, in lower case, of those whose calendar or mailbox it may be.

    ``waits``: some rows name what may come later, so that the source is read once more when all is there.
    """

    def __init__(
        self,
        source: Source,
        layout: Layout | None = None,
        header: Header | None = None,
        targets: Sequence[Target] = (),
        mine: frozenset[str] = frozenset(),
    ) -> None:
        self.source = source
        self._mine = mine
        self.layout = layout
        self.header = header
        self.vendor = layout.vendor if layout is not None else source.kind
        self.title = layout.title if layout is not None else TITLES[source.kind]
        # A pipeline that the file gives no name is called like the program it comes from, or like the file.
        stem = os.path.splitext(os.path.basename(source.name.partition("#")[0]))[0]
        self.called = stem if self.vendor == VENDOR and stem.strip("-") else self.title
        self.entity = layout.entity if layout is not None else _CARDS[source.kind]
        self.columns = header.unique() if header is not None else []
        self.targets = [*targets]
        self.reading = Reading()
        self.reading.guarded = source.guarded
        self.questions: list[Question] = []
        self.alike: list[Alike] = []
        self.tally = Tally()
        self.waits = False

    @property
    def rank(self) -> int:
        """Parts of a lower rank come first."""
        older = self.layout is not None and self.layout.older
        return _RANKS.get(self.entity, 4) + older

    @property
    def identity(self) -> list[str]:
        """What an interrupted import knows the part by."""
        return [self.source.digest, self.vendor, self.entity]

    def mapping(self, registry: Registry) -> list[Column]:
        """Where each column goes."""
        entity = registry.entities[self.entity]
        return [
            Column(name, described(target, entity))
            for name, target in zip(self.columns, self.targets, strict=True)
        ]

    def drafts(self, registry: Registry, ctx: Context) -> Iterator[Draft]:
        """The rows of the source, checked, from the first on; blank ones included."""
        return map(self._drafter(registry, ctx), self.source.rows())

    def _drafter(self, registry: Registry, ctx: Context) -> Callable[[Row], Draft]:
        if self.layout is not None and self.header is not None:
            return Drafter(self.header, self.layout, registry, ctx, self.targets, self.reading).draft
        return drafter(self.source, registry, ctx, self._mine)
