"""Today: tasks and meetings, the numbers, what closes soon, what happens now."""

from __future__ import annotations

import asyncio
from time import monotonic
from typing import TYPE_CHECKING

from textual.containers import Horizontal, Vertical, VerticalScroll

from crmtool.app.agenda import OVERDUE, TODAY, next_moment
from crmtool.app.lately import lately
from crmtool.app.today import today
from crmtool.core.messages import N_, t
from crmtool.doors import dashboard
from crmtool.doors.charts import charts
from crmtool.doors.values import shown
from crmtool.tui import tasks
from crmtool.tui.actions import Action, keys
from crmtool.tui.agenda import AgendaSource
from crmtool.tui.desk import SLOW
from crmtool.tui.places import Place
from crmtool.tui.screens.base import Scene
from crmtool.tui.waking import Waker
from crmtool.tui.widgets.agenda import AgendaGrid
from crmtool.tui.widgets.charts import Charts
from crmtool.tui.widgets.feed import ActivityFeed, lines_of
from crmtool.tui.widgets.figures import Figures
from crmtool.tui.widgets.lines import Line, Lines

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from textual.widget import Widget

    from crmtool.app.today import Today
    from crmtool.app.workspace import Workspace
    from crmtool.tui.live import News

LISTED = ("task", "activity", "contact", "company", "deal", "user", "stage", "pipeline", "rate")
CLOSING = ("close_on", "name", "company", "amount")


class Home(Scene):
    """Where the app opens. The frame is painted at once; each part fills as its answer comes."""

    SCOPED_CSS = False  # the layout class stands on the screen itself
    DEFAULT_CSS = """
    Home #body { height: 1fr; overflow-y: hidden; }
    Home #above { height: 1fr; }
    Home #below { height: 10; }
    Home .pane { border-top: solid $border-blurred; height: 1fr; width: 1fr; }
    Home .pane:focus-within { border-top: solid $primary; }
    Home #todo { width: 3fr; }
    Home #happens { width: 2fr; }
    Home.-wide #drawn { width: 2fr; }
    Home.-narrow #body { overflow-y: auto; }
    Home.-narrow #above, Home.-narrow #below { layout: vertical; height: auto; }
    Home.-narrow #body .pane { height: 9; width: 100%; }
    """
    BINDINGS = keys(
        Action(
            "home.everyone", "E", "everyone",
            N_("Everyone"), N_("Tasks and meetings of everybody, or only your own."), "crm today --everyone",
        ),
        Action("home.task", "t,a", "task", N_("Task"), N_("Write a new task."), "crm task add {text}"),
        Action("home.call", "c", "call", N_("Call"), N_("Log a call with somebody."), "crm log call {record} TEXT"),
    )  # fmt: skip

    def __init__(self, place: Place) -> None:
        super().__init__(place)
        self._stale, self._asking = True, False
        self._waker = Waker(self, self._changed)
        self._everyone = False
        self._changes, self._drawn_of = (
            0,
            -1,
        )  # the charts are asked for anew only where something in them can have changed

    # -- frame -------------------------------------------------------------------------------------------------------

    def title_text(self) -> str:
        return t("Today")

    def body(self) -> Iterable[Widget]:
        self._everyone = bool(self.crm.memory.get("everyone"))
        source = AgendaSource(self.crm.desk, everyone=self._everyone, sections=(OVERDUE, TODAY))
        closing = Lines(t("No open deal closes soon."), id="closing")
        yield VerticalScroll(
            Figures(),
            Horizontal(
                _pane(t("To do today"), AgendaGrid(source, id="today"), "todo"),
                _pane(t("What happens"), ActivityFeed(), "happens"),
                id="above",
            ),
            Horizontal(
                _pane(t("Closing soon"), closing, "ending"), _pane(t("Charts"), Charts(), "drawn"), id="below"
            ),
            id="body",
            can_focus=False,
        )

    def on_mount(self) -> None:
        self.query_one("#today", AgendaGrid).focus()
        self._say_whose()
        self._refresh()

    def _say_whose(self) -> None:
        self.remark(t("everyone’s") if self._everyone else "")

    # -- answers -----------------------------------------------------------------------------------------------------

    def on_news(self, news: News) -> None:
        if any(news.concerns(entity) for entity in LISTED):
            self._changed()
        else:
            self._refresh()

    def _changed(self) -> None:
        self._changes += 1
        self.query_one("#today", AgendaGrid).reload()
        self._refresh()

    def _refresh(self) -> None:
        """Ask again for everything that is counted. What comes while it is being asked is asked once more, not once each."""
        self._stale = True
        if not self._asking:
            self._asking = True
            self.work(self._answer, group="dashboard")

    async def _answer(self) -> None:
        try:
            while self._stale:
                self._stale = False
                began = monotonic()
                await self._fill()
                # Half of the lane's time at most, so that an import that goes on for minutes leaves it to others.
                await asyncio.sleep(min(monotonic() - began, 2))
        finally:
            self._asking = False

    async def _fill(self) -> None:
        everyone = self._everyone

        def ask(workspace: Workspace) -> tuple[list[dashboard.Figure], list[Line], str]:
            found = today(workspace, everyone=everyone)
            figures = dashboard.figures(workspace, found, everyone=everyone)
            return figures, _closing(workspace, found), next_moment(workspace)

        self.query_one(ActivityFeed).show(await self.crm.desk.ask(_feed, SLOW))
        figures, closing, moment = await self.crm.desk.ask(ask, SLOW)
        self.query_one(Figures).show(figures)
        self.query_one("#closing", Lines).show(closing)
        if self._drawn_of != self._changes:
            self._drawn_of = self._changes
            self.query_one(Charts).show(await self.crm.desk.ask(charts, SLOW))
        self._waker.until(moment)

    # -- deeds -------------------------------------------------------------------------------------------------------

    def on_figures_opened(self, message: Figures.Opened) -> None:
        figure = message.figure
        self.crm.go(Place("list", figure.entity, filter=figure.filter, sort=figure.sort))

    def on_lines_opened(self, message: Lines.Opened) -> None:
        self.crm.go(message.place)

    def action_call(self) -> None:
        self.asking(tasks.call, self)

    def action_everyone(self) -> None:
        self._everyone = not self._everyone
        self.crm.memory.keep("everyone", self._everyone)
        source = AgendaSource(self.crm.desk, everyone=self._everyone, sections=(OVERDUE, TODAY))
        self.query_one("#today", AgendaGrid).show(source)
        self._say_whose()
        self._refresh()

    def action_task(self) -> None:
        self.asking(tasks.add, self)


def _pane(title: str, body: Widget, id: str) -> Vertical:
    pane = Vertical(body, id=id, classes="pane")
    pane.border_title = title
    return pane


def _feed(workspace: Workspace) -> list[Line]:
    from crmtool.core import dates

    return lines_of(lately(workspace), workspace.registry, dates.today(workspace.context).isoformat())


def _closing(workspace: Workspace, found: Today) -> list[Line]:
    """What closes next, worded in the workspace's thread."""
    fields = workspace.registry.entity("deal").fields
    lines = []
    for deal in found.closing_next:
        said: Sequence[str] = [shown(deal, fields[key]) for key in CLOSING if key in deal]
        lines.append(Line(deal["id"], "  ".join(filter(None, said)), Place("record", "deal", deal["id"])))
    return lines
