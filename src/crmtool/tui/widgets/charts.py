"""Small charts, each also in words: where there is little room, without colours, or on a key."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, cast

from textual.containers import Horizontal, VerticalScroll
from textual.reactive import reactive

from crmtool.core.messages import N_
from crmtool.doors.safe import escape
from crmtool.tui.actions import Action, keys
from crmtool.tui.drawing import SMALLEST, drawn, told
from crmtool.tui.text import Plain

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual.app import ComposeResult

    from crmtool.doors.charts import Chart
    from crmtool.tui.screens.base import Scene

NUMBER = 3


class Drawing(VerticalScroll, can_focus=False):
    """One chart: its title, then the picture or the words."""

    def __init__(self) -> None:
        super().__init__()
        self.chart: Chart | None = None
        self._seen: tuple[Chart, int, int, bool] | None = None

    def compose(self) -> ComposeResult:
        yield Plain("", classes="title")
        yield Plain("", lines=True, classes="chart")

    async def draw(self, chart: Chart, *, words: bool) -> None:
        """Show a chart; what is shown already is not drawn again."""
        columns, rows = self.scrollable_content_region.width, self.size.height - 1
        words = words or columns < SMALLEST[0] or rows < SMALLEST[1]
        wanted = (chart, columns, rows, words)
        if wanted == self._seen or columns < 1:
            return
        self.chart, self._seen = chart, wanted
        picture = told(chart) if words else await asyncio.to_thread(drawn, chart, columns, rows)
        if self._seen == wanted:
            self.query_one(".title", Plain).say(chart.title)
            body = self.query_one(".chart", Plain)
            body.set_class(words, "-words")
            body.say(picture)
            body.tooltip = escape(chart.sentence)


class Charts(Horizontal, can_focus=True):
    """The charts: all beside each other where there is room, one of them otherwise. ``words`` shows them in words."""

    DEFAULT_CSS = """
    Charts { height: 1fr; }
    Charts Drawing { width: 1fr; display: none; padding: 0 1; }
    Charts Drawing.-current { display: block; }
    Charts.-all Drawing { display: block; }
    Charts .title { text-style: bold; color: $text-muted; }
    Charts:focus Drawing.-current .title { color: $text; text-style: bold underline; }
    Charts .chart { width: 100%; height: auto; color: $text-primary; text-wrap: nowrap; }
    Charts .chart.-words { color: $text; text-wrap: wrap; }
    """
    BINDINGS = keys(
        Action("charts.before", "left,h", "turn(-1)", N_("Left"), N_("The chart before."), shown=False),
        Action("charts.after", "right,l", "turn(1)", N_("Next chart"), N_("The chart after.")),
        Action("charts.words", "enter,space", "words", N_("In words"), N_("Show the charts in words, or as pictures.")),
        Action("charts.down", "down,j", "scroll(1)", N_("Down"), N_("One line down."), shown=False),
        Action("charts.up", "up,k", "scroll(-1)", N_("Up"), N_("One line up."), shown=False),
    )  # fmt: skip

    current: reactive[int] = reactive(0)
    words: reactive[bool] = reactive(False)

    def __init__(self) -> None:
        super().__init__()
        self._charts: tuple[Chart, ...] = ()

    def compose(self) -> ComposeResult:
        for _ in range(NUMBER):
            yield Drawing()

    def on_mount(self) -> None:
        self.set_reactive(Charts.words, self.app.no_color)
        self.watch_current()

    def show(self, charts: Sequence[Chart]) -> None:
        """Show these charts."""
        self._charts = tuple(charts)
        self._draw()

    def on_resize(self) -> None:
        self.set_class(self.size.width >= NUMBER * (SMALLEST[0] + 2), "-all")
        self.call_after_refresh(self._draw)

    def on_click(self) -> None:
        self.action_turn(1)

    def watch_current(self) -> None:
        for at, drawing in enumerate(self.query(Drawing)):
            drawing.set_class(at == self.current, "-current")
        self.call_after_refresh(self._draw)

    def watch_words(self) -> None:
        self._draw()

    def _draw(self) -> None:
        if self._charts and self.is_attached:
            cast("Scene", self.screen).work(self._drawn, group="charts", exclusive=True)

    async def _drawn(self) -> None:
        for drawing, chart in zip(self.query(Drawing), self._charts, strict=True):
            if drawing.display:
                await drawing.draw(chart, words=self.words)

    def action_turn(self, by: int) -> None:
        self.current = (self.current + by) % NUMBER

    def action_words(self) -> None:
        self.words = not self.words

    def action_scroll(self, by: int) -> None:
        self.query(Drawing)[self.current].scroll_relative(y=by, animate=False)
