"""What a source that is no table needs of its format: reading items, making drafts of them, writing rejected ones."""

from __future__ import annotations

import io

from crmtool.transfer.sources.base import CALENDAR, MAIL, VCARD
from crmtool.transfer.sources.inputs import BLOCK, Unclosed

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator
    from typing import Any, BinaryIO

    from crmtool.core.fields import Context
    from crmtool.core.registry import Registry
    from crmtool.transfer.drafts import Draft
    from crmtool.transfer.sources.base import Row, Source

# What the source of external ids and the key of kept properties is called, for each kind; and its name for people.
TITLES = {VCARD: "vCard", CALENDAR: "iCalendar", MAIL: "E-mail"}


def drafter(
    source: Source, registry: Registry, ctx: Context, mine: Collection[str] = ()
) -> Callable[[Row], Draft]:
    """Makes drafts of the rows of a source of cards, events or mails; never raises for what an item says.

    ``mine``: the e-mail addresses, in lower case, of the people whose calendar or mailbox it is.
    """
    if source.kind == MAIL:
        from crmtool.transfer.cards import mail

        return mail.drafter(registry, ctx, mine)
    if source.kind == CALENDAR:
        from crmtool.transfer.cards import calendar

        return calendar.drafter(registry, ctx, mine)
    from crmtool.transfer.cards import vcard

    return vcard.drafter(source, registry, ctx)


def items(kind: str, stream: BinaryIO, encoding: str, title: str) -> Iterator[Any]:
    """The items of one file, one in memory at a time. ``stream`` stays with its owner. ``UsageError`` for a broken file."""
    if kind == MAIL:
        from crmtool.transfer.cards import mailfile

        yield from mailfile.mails(stream)
        return
    # Read through a handle of its own, which leaves the stream open when it is collected.
    text = io.TextIOWrapper(io.BufferedReader(Unclosed(stream), BLOCK), encoding=encoding)
    if kind == CALENDAR:
        from crmtool.transfer.cards import calendar

        yield from calendar.events(text, title)
    else:
        from crmtool.transfer.cards import vcard

        yield from vcard.cards(text, title)


def rejected(kind: str, item: Any, row: int, fields: str, why: str) -> str:
    """A rejected item in its own format, whole but for what was embedded, with the reason as a property or header."""
    if kind == MAIL:
        from crmtool.transfer.cards import mailfile

        return mailfile.rejected(item, row, fields, why)
    if kind == CALENDAR:
        from crmtool.transfer.cards import calendar

        return calendar.rejected(item, row, fields, why)
    from crmtool.transfer.cards import vcard

    return vcard.rejected(item, row, fields, why)


__all__ = ["TITLES", "drafter", "items", "rejected"]
