"""The agenda: open tasks and meetings by their days, and the week beside each other where there is room."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from crmtool.app.agenda import Agenda, next_moment
from crmtool.core import dates
from crmtool.core.messages import N_, t, tn
from crmtool.doors.dashboard import weekday
from crmtool.tui import tasks
from crmtool.tui.actions import Action, keys
from crmtool.tui.agenda import AgendaSource, cells
from crmtool.tui.desk import SLOW
from crmtool.tui.places import Place
from crmtool.tui.screens.base import Scene
from crmtool.tui.waking import Waker
from crmtool.tui.widgets.agenda import AgendaGrid
from crmtool.tui.widgets.lines import Line, Lines
from crmtool.tui.widgets.week import DAYS, Day, Week

if TYPE_CHECKING:
    from collections.abc import Iterable

    from textual.widget import Widget

    from crmtool.app.workspace import Workspace
    from crmtool.tui.live import News
    from crmtool.tui.widgets.grid import Grid

SHOWN = ("task", "activity", "contact", "company", "deal", "user")
MOST_A_DAY = 12


class AgendaScene(Scene):
    """The place “agenda”."""

    SCOPED_CSS = False  # the layout class stands on the screen itself
    DEFAULT_CSS = """
    AgendaScene Week { display: none; height: 14; border-top: solid $border-blurred; }
    AgendaScene.-wide Week { display: block; }
    AgendaScene.-without-week Week { display: none; }
    """
    BINDINGS = keys(
        Action("day.task", "a,t", "task", N_("Add"), N_("Write a new task."), "crm task add {text}"),
        Action("day.call", "c", "call", N_("Call"), N_("Log a call with somebody."), "crm log call {record} TEXT"),
        Action(
            "day.everyone", "E", "everyone",
            N_("Everyone"), N_("Tasks and meetings of everybody, or only your own."), "crm task list --where {filter}",
        ),
        Action(
            "day.week", "W", "week",
            N_("Week"), N_("Show or hide the days of the week beside each other, where there is room."), shown=False,
        ),
    )  # fmt: skip

    def __init__(self, place: Place) -> None:
        super().__init__(place)
        self._everyone = False
        self._waker = Waker(self, self._fill)

    # -- frame -------------------------------------------------------------------------------------------------------

    def title_text(self) -> str:
        return t("Agenda")

    def body(self) -> Iterable[Widget]:
        self._everyone = bool(self.crm.memory.get("everyone"))
        yield AgendaGrid(AgendaSource(self.crm.desk, everyone=self._everyone), id="agenda")
        yield Week()

    def on_mount(self) -> None:
        self.set_class(not self.crm.memory.get("week", True), "-without-week")
        self.query_one(AgendaGrid).focus()
        self.work(self._answer, group="week")

    def on_grid_told(self, message: Grid.Told) -> None:
        grid = self.query_one(AgendaGrid)
        number = grid.agenda.total
        parts = [tn("{n} task or meeting", "{n} tasks and meetings", number)] if number is not None else []
        if self._everyone:
            parts.append(t("everyone’s"))
        if grid.chosen:
            parts.append(t("{n} selected", n=len(grid.chosen.keys)))
        self.remark("  ".join(parts))

    # -- answers -----------------------------------------------------------------------------------------------------

    def on_news(self, news: News) -> None:
        if any(news.concerns(entity) for entity in SHOWN):
            self._fill()

    def _fill(self) -> None:
        self.query_one(AgendaGrid).reload()
        self.work(self._answer, group="week", exclusive=True)

    async def _answer(self) -> None:
        week, everyone = self.query_one(Week), self._everyone
        shift = week.shift

        def ask(workspace: Workspace) -> tuple[list[Day], str]:
            return _days(workspace, shift, everyone=everyone), next_moment(workspace)

        days, moment = await self.crm.desk.ask(ask, SLOW)
        week.show(days)
        self._waker.until(moment)

    def on_week_turned(self) -> None:
        self.work(self._answer, group="week", exclusive=True)

    # -- deeds -------------------------------------------------------------------------------------------------------

    def on_lines_opened(self, message: Lines.Opened) -> None:
        self.crm.go(message.place)

    def action_task(self) -> None:
        self.asking(tasks.add, self)

    def action_call(self) -> None:
        self.asking(tasks.call, self)

    def action_everyone(self) -> None:
        self._everyone = not self._everyone
        self.crm.memory.keep("everyone", self._everyone)
        self.query_one(AgendaGrid).show(AgendaSource(self.crm.desk, everyone=self._everyone))
        self.work(self._answer, group="week", exclusive=True)

    def action_week(self) -> None:
        self.toggle_class("-without-week")
        self.crm.memory.keep("week", not self.has_class("-without-week"))


def _days(workspace: Workspace, shift: int, *, everyone: bool) -> list[Day]:
    """The days of a week, worded in the workspace's thread."""
    agenda = Agenda(workspace, everyone=everyone)
    first = dates.bound("bow", agenda.today, workspace.context.week_start) or agenda.today
    days = []
    for number in range(DAYS):
        day = first + timedelta(days=7 * shift + number)
        found, total = agenda.day(day, MOST_A_DAY)
        lines = []
        for line in found:
            assert line.record is not None
            said = cells(workspace, agenda, line)
            record = str(line.record["id"])
            when = said["when"][-5:] if line.entity == "activity" else "·"
            lines.append(Line(record, f"{when} {said['what']}", Place("record", line.entity, record)))
        if total > len(found):
            lines.append(Line("more", tn("{n} more", "{n} more", total - len(found))))
        days.append(Day(weekday(day.isoformat()), f"{day:%m-%d}", day == agenda.today, lines))
    return days
