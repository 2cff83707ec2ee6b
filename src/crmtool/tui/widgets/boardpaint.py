"""How a column of the board is painted: each card is laid out once, and again only when it or its place in the column changes.

What is painted here goes to the screen as it is, past the framework's own cache of lines: that begins anew with every scroll and
every change of focus, and laying out six columns of cards takes longer than a key may.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from rich.segment import Segment
from textual.strip import Strip

from crmtool.app.board import CLOSED
from crmtool.tui.widgets.boardcards import lines

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.style import Style

    from crmtool.tui.widgets.boardcards import Card

KEPT = 500  # cards whose lines are kept


class Look(NamedTuple):
    """The styles of a column, and its measures: ``across`` cells for text, ``whole`` with what stands beside it."""

    base: Style
    name: Style
    head: Style
    card: Style
    cursor: Style
    rotting: Style
    moving: Style
    across: int
    whole: int


class Painter:
    """Paints the lines of one spot."""

    def __init__(self, spot: str) -> None:
        self._spot, self._closed = spot, spot in CLOSED
        self._kept: dict[str, tuple[Card, int, tuple[Style, ...], list[Strip]]] = {}
        self._heading: tuple[object, list[Strip]] = (None, [])
        self._nothing: tuple[object, Strip] = (None, Strip([]))

    def card(self, card: Card, look: Look, *, cursor: bool, moving: bool) -> list[Strip]:
        """The lines of a card; ``moving``: it is under way."""
        styles = self._styles(card, look, cursor=cursor, moving=moving)
        held = self._kept.get(card.id)
        if held is not None and held[0] is card and held[1:3] == (look.whole, styles):
            return held[3]
        if len(self._kept) > KEPT:
            self._kept.clear()
        meta = {"spot": self._spot, "card": card.id}
        made = [
            _line(text, style, look).apply_meta(meta)
            for text, style in zip(lines(card, look.across), styles, strict=True)
        ]
        self._kept[card.id] = (card, look.whole, styles, made)
        return made

    def heading(self, texts: Sequence[str], look: Look, *, warns: bool) -> list[Strip]:
        """The lines of the heading, of which the last may warn."""
        mark = (tuple(texts), look, warns)
        if self._heading[0] != mark:
            styles = [look.base + (look.head if at else look.name) for at in range(len(texts))]
            if warns:
                styles[-1] += look.rotting
            made = [_line(text, style, look) for text, style in zip(texts, styles, strict=True)]
            self._heading = (mark, [strip.apply_meta({"spot": self._spot}) for strip in made])
        return self._heading[1]

    def blank(self, look: Look, text: str = "") -> Strip:
        """A line without a card."""
        if text:
            return _line(text, look.base + look.head, look).apply_meta({"spot": self._spot})
        if self._nothing[0] != look:
            self._nothing = (look, Strip.blank(look.whole, look.base).apply_meta({"spot": self._spot}))
        return self._nothing[1]

    def _styles(self, card: Card, look: Look, *, cursor: bool, moving: bool) -> tuple[Style, ...]:
        first = look.base + look.card
        parts = [first, first + look.head] if self._closed else [first, first, first]
        if card.rotting:
            parts[0] += look.rotting
            parts[-1] += look.rotting
        if moving:
            parts = [part + look.moving for part in parts]
        if cursor:
            parts = [part + look.cursor for part in parts]
        return tuple(parts)


def _line(text: str, style: Style, look: Look) -> Strip:
    body = Strip([Segment(text, style)]).adjust_cell_length(look.across, style)
    return Strip([Segment(" ", look.base), *body]).adjust_cell_length(look.whole, look.base)
