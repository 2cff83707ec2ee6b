"""A deal as a card of the board, and the heading of a column: what stands in them, line by line."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, NamedTuple

from crmtool.app.board import CLOSED
from crmtool.core.messages import t, tn
from crmtool.core.money import format_money
from crmtool.doors.amounts import fitting
from crmtool.doors.safe import escape
from crmtool.doors.values import shown
from crmtool.doors.width import cut, pad, width

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

    from crmtool.app.board import Column
    from crmtool.core.registry import Entity

MARK = "!"  # before what stands too long, so that it is not told by colour alone
MOST_CURRENCIES = 2  # of which a heading has lines; the title of the screen names all


class Card(NamedTuple):
    """A deal at a spot; all texts are escaped. ``order`` sorts as the store does, ``about`` are the records it names."""

    id: str
    spot: str
    name: str
    company: str
    amount: str
    day: str
    owner: str
    days: int | None
    rotting: bool
    order: tuple[Any, ...]
    about: frozenset[str]
    record: dict[str, Any]


def card(record: dict[str, Any], deal: Entity, order: str) -> Card:
    """The card of a record as ``Board.page`` gives it, for a column in this order."""
    closed = record["spot"] in CLOSED
    about = (record.get("company"), record.get("owner"))
    return Card(
        id=record["id"],
        spot=record["spot"],
        name=escape(str(record.get("name") or "")),
        company=shown(record, deal.fields["company"]),
        amount=shown(record, deal.fields["amount"]),
        day=shown(record, deal.fields["closed_on" if closed else "close_on"]),
        owner=shown(record, deal.fields["owner"]),
        days=record["days"],
        rotting=record["rotting"],
        order=_order(record, "closed" if closed else order),
        about=frozenset(reference["id"] for reference in about if reference),
        record=record,
    )


def moved(held: Card, spot: str, order: str) -> Card:
    """The card as it will be at another spot, until the store says so."""
    if spot in CLOSED:
        place: tuple[Any, ...] = (False, -date.max.toordinal())  # closed now: the first
    elif order == "waiting":
        place = (False, "~")  # behind all instants: nothing came to the stage later
    else:
        place = _order(held.record, order)
    return held._replace(spot=spot, order=place, days=0, rotting=False)


def _order(record: dict[str, Any], order: str) -> tuple[Any, ...]:
    """Where the card comes in its column: blanks last."""
    if order == "amount":
        amount = record.get("amount")
        return (amount is None, -amount[0] if amount else 0)
    if order == "closed":
        day = record.get("closed_on")
        return (day is None, -date.fromisoformat(day).toordinal() if day else 0)
    value = record.get("stage_entered_at" if order == "waiting" else "close_on")
    return (value is None, value or "")


def lines(shown_card: Card, columns: int) -> list[str]:
    """The lines of a card, each as wide as said: three of an open deal, two of a closed one."""
    mark = f"{MARK} " if shown_card.rotting else ""
    name = shown_card.name if shown_card.spot in CLOSED else without(shown_card.name, shown_card.company)
    first = pad(cut(mark + name, columns), columns)
    if shown_card.spot in CLOSED:
        return [first, _both(shown_card.amount, shown_card.day, columns)]
    days = "" if shown_card.days is None else tn("{n} day", "{n} days", shown_card.days)
    return [
        first,
        _both(shown_card.company, shown_card.amount, columns),
        _both(" ".join(filter(None, (shown_card.day, shown_card.owner))), days, columns),
    ]


def without(name: str, company: str) -> str:
    """What a deal is called beside the name of its company, with which many begin or end: that stands below it."""
    n = len(company)
    rest = name
    if n and name[:n].casefold() == company.casefold() and not name[n : n + 1].isalnum():
        rest = name[n:]
    elif n and name[-n:].casefold() == company.casefold() and not name[:-n][-1:].isalnum():
        rest = name[:-n]
    return rest.strip(" \t:–—-,·|/") or name


def heading(column: Column | None, name: str, columns: int, currencies: int, *, weighted: bool) -> list[str]:
    """The lines above a column, for this many currencies."""
    if column is None:
        return [pad(cut(name, columns), columns)]
    out = [_both(name, f"{column.count:,}", columns)]
    out += _sums(column.amounts, columns, currencies, "")
    if weighted:
        out += _sums(column.weighted, columns, currencies, t("weighted"))
        standing = tn("{n} stands too long", "{n} stand too long", column.rotting) if column.rotting else ""
        out.append(pad(cut(f"{MARK} {standing}" if standing else "", columns), columns))
    return out


def _sums(amounts: Sequence[Sequence[Any]], columns: int, currencies: int, word: str) -> list[str]:
    texts = [
        fitting(minor, currency, columns - (width(word) + 1 if word else 0)) for minor, currency in amounts
    ]
    texts = texts or ["0"]
    if len(texts) > currencies > 0:
        more = len(texts) - currencies
        texts[currencies - 1] = t("{sum} and {n} more", sum=texts[currencies - 1], n=more)
    texts = [" ".join(filter(None, (word, text))) for text in texts[:currencies]]
    return [pad(cut(text, columns), columns) for text in (texts + [""] * currencies)[:currencies]]


def spoken(column: Column, name: str) -> str:
    """A column in one sentence, with all its currencies."""
    parts = [name, tn("{n} deal", "{n} deals", column.count)]
    if column.amounts:
        parts.append(_joined(column.amounts))
    if column.weighted:
        parts.append(t("weighted {sum}", sum=_joined(column.weighted)))
    if column.rotting:
        parts.append(tn("{n} stands too long", "{n} stand too long", column.rotting))
    return " · ".join(parts)


def _joined(amounts: Sequence[Sequence[Any]]) -> str:
    return " + ".join(format_money(minor, currency) for minor, currency in amounts)


def _both(left: str, right: str, columns: int) -> str:
    """A text at the left and one at the right, of which the right one stays whole as long as it can."""
    right = cut(right, columns)
    room = columns - width(right) - (1 if right else 0)
    left = cut(left, room) if room > 0 else ""
    return pad(left, columns - width(right)) + right
