"""A week, day beside day: whom one meets and what is due."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from textual.containers import Horizontal, Vertical
from textual.message import Message
from textual.reactive import reactive

from crmtool.core.messages import N_, t
from crmtool.doors.width import width
from crmtool.tui.actions import Action, keys
from crmtool.tui.text import Plain
from crmtool.tui.widgets.lines import Line, Lines

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

    from textual.app import ComposeResult

DAYS = 7
SHORT = 3  # letters of the name of a weekday that tell it from others


class Day(NamedTuple):
    """A column: the name of its weekday, its date, whether it is the current day, and what is on it."""

    weekday: str
    date: str
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

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self._days: tuple[Day, ...] = ()

    def show(self, days: Sequence[Day]) -> None:
        """Show these seven days."""
        self._days = tuple(days)
        for day, lines in zip(days, self.query(Lines), strict=True):
            lines.show(day.lines)
        self._entitle()

    def on_resize(self) -> None:
        self.call_after_refresh(self._entitle)

    def _entitle(self) -> None:
        """Name the days, their weekdays shorter where there is no room for all of it."""
        for day, title in zip(self._days, self.query(".day").results(Plain), strict=False):
            room = title.content_size.width
            named = [f"{name} {day.date}" for name in (day.weekday, day.weekday[:SHORT])]
            marked = [t("› {day}", day=name) if day.current else name for name in named]
            title.say(marked[0] if width(marked[0]) <= room else marked[1])
            title.set_class(day.current, "-current")

    def watch_shift(self, before: int, now: int) -> None:
        if before != now:
            self.post_message(self.Turned())

    def action_shift(self, by: int) -> None:
        self.shift += by
