"""Who did what and when, the newest first."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmtool.core.changes import PURGE
from crmtool.core.dates import local_text
from crmtool.core.messages import t
from crmtool.doors import happenings
from crmtool.tui.places import Place
from crmtool.tui.widgets.lines import Line, Lines

if TYPE_CHECKING:
    from collections.abc import Sequence

    from crmtool.app.watch import Event
    from crmtool.core.registry import Registry


class ActivityFeed(Lines):
    """What happened lately, here and elsewhere."""

    def __init__(self) -> None:
        super().__init__(t("Nothing has happened yet."), id="feed")


def lines_of(events: Sequence[Event], registry: Registry, today: str) -> list[Line]:
    """Events as lines, worded in the workspace's thread; ``today`` is the local day, of which only the time is told."""
    lines = []
    for at, event in enumerate(events):
        when = local_text(event.at)
        text = t(
            "{when}  {who}: {what}",
            when=when[11:] if when[:10] == today else when[:10],
            who=happenings.who(event),
            what=happenings.what(event, registry),
        )
        leads = event.record is not None and event.entity is not None and event.verb != PURGE
        place = Place("record", str(event.entity), str(event.record)) if leads else None
        lines.append(Line(f"{event.handle}/{event.record or at}/{event.verb}", text, place))
    return lines
