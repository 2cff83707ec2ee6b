"""The agenda as the source of a grid: lines of tasks and meetings under headings, with the columns that there is room for."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from crmtool.app.agenda import OVERDUE, SECTIONS, TODAY, TOMORROW, Agenda
from crmtool.app.repeat import in_words
from crmtool.core.dates import local_text
from crmtool.core.messages import N_, t
from crmtool.doors.dashboard import day_title
from crmtool.doors.safe import escape
from crmtool.doors.values import shown
from crmtool.tui.desk import PAGE, SLOW
from crmtool.tui.rows import Column, Part, Row
from crmtool.tui.widgets.gridlines import GAP, GUTTER

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

    from crmtool.app.joined import Line
    from crmtool.app.workspace import Workspace
    from crmtool.tui.desk import Desk

TITLES = {
    "overdue": N_("Overdue"),
    "today": N_("Today"),
    "tomorrow": N_("Tomorrow"),
    "week": N_("This week"),
    "next_week": N_("Next week"),
    "later": N_("Later"),
    "undated": N_("No date"),
}
HEADING, LATE = "grid--section", "grid--late"
HEADING_KEY, MEETING_KEY = "-", "+"  # what the keys of rows begin with that are no tasks


class Held(NamedTuple):
    """What stands in a row: which record, and whether it is a task."""

    entity: str
    record: str
    name: str
    repeat: str


class AgendaSource:
    """Pages of the agenda. ``total`` is how many tasks and meetings there are, once they have been counted."""

    def __init__(self, desk: Desk, *, everyone: bool, sections: Sequence[str] = SECTIONS) -> None:
        self._desk = desk
        self.everyone = everyone
        self._sections = tuple(sections)
        self.total: int | None = None
        self._columns: list[Column] = []
        self.fit(80)

    # -- columns -----------------------------------------------------------------------------------------------------

    def fit(self, across: int) -> bool:
        """Choose columns for a width in cells, and answer whether rows have others than before."""
        before = [column.key for column in self._columns]
        # A day and a time have room only in a list of its own: beside others stand days that are over, and times of today.
        columns = [Column("when", t("When"), 16 if across >= 55 else 10)]
        beside = [Column("with", t("With"), 20 if across >= 70 else 14)]
        if across >= 70:
            beside.insert(0, Column("kind", t("Kind"), 9))
        further = (
            (90, Column("priority", t("Priority"), 8)),
            (110, Column("owner", t("Owner"), 16)),
            (130, Column("repeat", t("Repeat"), 24)),
        )
        beside += [column for least, column in further if across >= least]
        rest = across - sum(column.width + GAP for column in (*columns, *beside)) - GAP - GUTTER
        self._columns = [*columns, Column("what", t("What"), max(rest, 12)), *beside]
        return before != [column.key for column in self._columns]

    def columns(self) -> Sequence[Column]:
        return self._columns

    # -- rows --------------------------------------------------------------------------------------------------------

    async def read(self, limit: int, place: str | None = None, *, back: bool = False) -> Part:
        def ask(workspace: Workspace) -> Part:
            agenda = self._agenda(workspace)
            return self._part(workspace, agenda, agenda.read(limit, place, back=back))

        return await self._desk.ask(ask, PAGE)

    async def around(self, place: str, earlier: int, limit: int) -> tuple[Part, Part]:
        def ask(workspace: Workspace) -> tuple[Part, Part]:
            agenda = self._agenda(workspace)
            with workspace.db.reading():
                before, later = agenda.around(place, earlier, limit)
            return self._part(workspace, agenda, before), self._part(workspace, agenda, later)

        return await self._desk.ask(ask, PAGE)

    async def leap(self, over: int, place: str | None = None, *, back: bool = False) -> str | None:
        return await self._desk.ask(
            lambda workspace: self._agenda(workspace).leap(over, place, back=back), SLOW
        )

    async def count(self, place: str | None) -> tuple[int, int]:
        def ask(workspace: Workspace) -> tuple[tuple[int, int], int]:
            agenda = self._agenda(workspace)
            with workspace.db.reading():
                return agenda.count(place), agenda.records()

        rows, self.total = await self._desk.ask(ask, SLOW)
        return rows

    def _agenda(self, workspace: Workspace) -> Agenda:
        return Agenda(workspace, everyone=self.everyone, sections=self._sections)

    def _part(self, workspace: Workspace, agenda: Agenda, found: tuple[list[Line], bool]) -> Part:
        return Part([self._row(workspace, agenda, line) for line in found[0]], found[1])

    def _row(self, workspace: Workspace, agenda: Agenda, line: Line) -> Row:
        said = cells(workspace, agenda, line)
        ordered = tuple(said.get(column.key, "") for column in self._columns)
        if line.record is None:
            return Row(f"{HEADING_KEY}{line.section}", ordered, None, HEADING, line.place)
        record = line.record
        held = Held(
            line.entity, str(record["id"]), str(record.get("name") or ""), str(record.get("repeat") or "")
        )
        key = held.record if line.entity == "task" else f"{MEETING_KEY}{held.record}"
        return Row(key, ordered, held, LATE if line.section == OVERDUE else "", line.place)


def cells(workspace: Workspace, agenda: Agenda, line: Line) -> dict[str, str]:
    """What a line says, by column; escaped."""
    if line.record is None:
        named = {TODAY: agenda.today, TOMORROW: agenda.tomorrow}.get(line.section)
        return {
            "when": t(TITLES[line.section]),
            "what": day_title(named.isoformat()) if named is not None else "",
        }
    record = line.record
    fields = workspace.registry.entity(line.entity).fields
    said = {key: shown(record, fields[key]) for key in record if key in fields}
    about = next((said[key] for key in ("contact", "company", "deal") if said.get(key)), "")
    urgent = record.get("priority") == "high"
    return {
        "when": _when(agenda, line),
        "what": t("! {task}", task=said.get("name", "")) if urgent else said.get("name", ""),
        "kind": said.get("type") or workspace.registry.entity(line.entity).label(),
        "with": about,
        "priority": said.get("priority", ""),
        "owner": said.get("owner", ""),
        "repeat": escape(in_words(str(record["repeat"]))) if record.get("repeat") else "",
    }


def _when(agenda: Agenda, line: Line) -> str:
    """The time of a meeting, and the day where the heading does not say it."""
    record: dict[str, Any] = line.record or {}
    moment = local_text(record["happened_at"]) if record.get("happened_at") else ""
    if line.section in (TODAY, TOMORROW):
        return moment[11:]
    return moment or agenda.day_of(line) or ""
