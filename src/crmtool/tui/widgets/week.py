"""A week, day beside day: whom one meets and what is due."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from textual.containers import Horizontal, Vertical
from textual.message import Message
from textual.reactive import reactive

from crmtool.core.messages import N_, t
from crmtool.tui.actions import Action, keys
from crmtool.tui.text import Plain
from crmtool.tui.widgets.lines import Line, Lines

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual.app import ComposeResult

DAYS = 7


class Day(NamedTuple):
    """A column: what it is called, whether it is the current day, and what is on it."""

    title: str
    current: bool
    lines: list[Line]


class Week(Horizontal):
    """Seven days beside each other. ``shift`` says how many weeks after the current one they are."""

    DEFAULT_CSS = """
    Week > Vertical { width: 1fr; border-left: solid $border-blurred; }
    Week > Vertical:focus-within { border-left: solid $primary; }
    Week .day { color: $text-muted; padding: 0 1; text-wrap: nowrap; text-overflow: ellipsis; }
    Week .day.-current { text-style: bold reverse; }
    Week Lines { padding: 0 1; }
    """
    BINDINGS = keys(
        Action("week.before", "left,h", "shift(-1)", N_("Week before"), N_("The week before this one.")),
        Action("week.after", "right,l", "shift(1)", N_("Week after"), N_("The week after this one.")),
    )

    shift: reactive[int] = reactive(0)

    class Turned(Message):
        """Another week is to be shown."""

    def compose(self) -> ComposeResult:
        for _ in range(DAYS):
            yield Vertical(Plain("", classes="day"), Lines(t("Nothing.")))

    def show(self, days: Sequence[Day]) -> None:
        """Show these seven days."""
        for day, title, lines in zip(days, self.query(".day").results(Plain), self.query(Lines), strict=True):
            title.say(t("› {day}", day=day.title) if day.current else day.title)
            title.set_class(day.current, "-current")
            lines.show(day.lines)

    def watch_shift(self, before: int, now: int) -> None:
        if before != now:
            self.post_message(self.Turned())

    def action_shift(self, by: int) -> None:
        self.shift += by
