"""Every change of one record, the newest first, each of which can be taken back by itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmtool.core.messages import N_, t
from crmtool.doors.histories import told
from crmtool.tui.actions import Action, keys
from crmtool.tui.dialogs import Confirm
from crmtool.tui.screens.base import Scene
from crmtool.tui.widgets.pane import Pane

if TYPE_CHECKING:
    from collections.abc import Iterable

    from textual.widget import Widget

    from crmtool.doors.sheets import Line
    from crmtool.tui.live import News


class RecordHistory(Scene):
    """The history of the record of a place of the kind ``record_history``."""

    BINDINGS = keys(
        Action(
            "changes.undo", "z", "undo_line", N_("Undo this"), N_("Take back the change under the cursor."),
            "crm undo {handle}",
        ),
    )  # fmt: skip

    def body(self) -> Iterable[Widget]:
        yield Pane(t("Changes"), id="changes")

    def on_mount(self) -> None:
        self.query_one(Pane).focus()
        self._load()

    def _load(self) -> None:
        self.work(self._show, group="load", exclusive=True)

    async def _show(self) -> None:
        key, record = self.place.entity, self.place.record
        name, lines = await self.crm.desk.ask(lambda workspace: told(workspace, key, record))
        self.retitle(t("History: {name}", name=name))
        self.query_one(Pane).put(lines)

    def on_news(self, news: News) -> None:
        if news.concerns(self.place.entity, self.place.record):
            self._load()

    def on_pane_chosen(self, event: Pane.Chosen) -> None:
        self.asking(self._take_back, event.line, group="undo", exclusive=True)

    def action_undo_line(self) -> None:
        line = self.query_one(Pane).line
        if line is not None:
            self.asking(self._take_back, line, group="undo", exclusive=True)

    async def _take_back(self, line: Line) -> None:
        detail = t("All that the same command changed goes back with it.")
        if await self.ask(Confirm(t("Take this change back?"), f"{line.text}\n{detail}", yes=t("Undo"))):
            await self.crm.deeds.undo(str(line.value))
