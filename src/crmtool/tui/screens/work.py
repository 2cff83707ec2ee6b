"""One work of the history: every record it changed, and each value from what to what."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from crmtool.app.undo import find_id
from crmtool.app.works import Changes
from crmtool.core.dates import local_text
from crmtool.core.ids import handle
from crmtool.core.messages import N_, t, tn
from crmtool.doors.changes import differences
from crmtool.tui.actions import Action, keys
from crmtool.tui.desk import PAGE
from crmtool.tui.places import Place
from crmtool.tui.screens.working import WorkingScene
from crmtool.tui.takingback import take_back
from crmtool.tui.widgets.bars import TitleBar
from crmtool.tui.widgets.effortbar import EffortBar
from crmtool.tui.widgets.grid import Fixed, Grid
from crmtool.tui.widgets.reading import Reading
from crmtool.tui.worklist import ChangeList

if TYPE_CHECKING:
    from collections.abc import Iterable

    from textual.widget import Widget

    from crmtool.app.workspace import Workspace
    from crmtool.store.log import Entry


class WorkScene(WorkingScene):
    """The work whose handle is the text of a place of the kind ``work``."""

    BINDINGS = keys(
        Action(
            "work.undo", "u", "take_back", N_("Take back"), N_("Take all of this back."), "crm undo {handle}"
        ),
        Action(
            "work.redo",
            "ctrl+r",
            "again",
            N_("Bring back"),
            N_("Do again what was taken back."),
            "crm redo {handle}",
        ),
        Action(
            "work.record",
            "o",
            "record",
            N_("Go to record"),
            N_("Go to the record as it is now."),
            "crm {noun} show {record}",
        ),
    )

    changes: Changes | None = None

    def body(self) -> Iterable[Widget]:
        yield Grid(Fixed(()), empty=t("Nothing is left of this."), selectable=False)
        yield EffortBar()

    def on_mount(self) -> None:
        self.query_one(Grid).focus()
        self.work(self._open)

    async def _open(self) -> None:
        text = self.place.text
        self.changes = await self.crm.desk.ask(
            lambda workspace: Changes(workspace, find_id(workspace, text)), PAGE
        )
        done = self.changes.done
        self.retitle(
            t(
                "{command} of {when}, {handle}",
                command=done.command,
                when=local_text(done.at),
                handle=handle(done.handle),
            )
        )
        self.query_one(Grid).use(ChangeList(self.crm.desk, self.changes))

    def on_grid_told(self, message: Grid.Told) -> None:
        if self.changes is None:
            return
        done = self.changes.done
        parts = [tn("{n} record", "{n} records", done.count), done.by or ""]
        self.query_one(TitleBar).remark(
            ", ".join(filter(None, [*parts, t("taken back") if done.undone else ""]))
        )

    @property
    def _entry(self) -> Entry | None:
        row = self.query_one(Grid).row
        return row.record if row is not None else None

    def on_grid_opened(self, message: Grid.Opened) -> None:
        if message.row is not None and message.row.record is not None:
            self.asking(self._read, message.row.record, message.row.cells)

    async def _read(self, entry: Entry, cells: tuple[str, ...]) -> None:
        def look(workspace: Workspace) -> list[str]:
            entity = workspace.registry.entity(entry.entity)
            return [*differences(workspace, entity, entry.before, entry.after)]

        lines = await self.crm.desk.ask(look, PAGE)
        name, noun, verb, *_ = cells
        title = t("{noun} {name}: {verb}", noun=noun, name=name, verb=verb)
        await self.ask(Reading(title, lines or [t("No values are kept of this.")]))

    def action_record(self) -> None:
        if self._entry is not None:
            self.crm.go(Place("record", self._entry.entity, self._entry.record))

    def action_take_back(self) -> None:
        self.asking(partial(self._back, redo=False), group="take-back")

    def action_again(self) -> None:
        self.asking(partial(self._back, redo=True), group="take-back")

    async def _back(self, *, redo: bool) -> None:
        if self.changes is not None:
            await take_back(self, self.changes.done.handle, redo=redo, then=lambda: self.work(self._open))
