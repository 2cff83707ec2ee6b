"""What was done in the workspace, the newest first: to look at, to take back, to do again, to go on with."""

from __future__ import annotations

import shlex
from functools import partial
from typing import TYPE_CHECKING

from crmtool.app import jobs
from crmtool.core.ids import handle
from crmtool.core.messages import N_, t, tn
from crmtool.tui.actions import Action, keys
from crmtool.tui.desk import PAGE
from crmtool.tui.places import Place
from crmtool.tui.screens.working import WorkingScene
from crmtool.tui.takingback import take_back
from crmtool.tui.widgets.bars import TitleBar
from crmtool.tui.widgets.effortbar import EffortBar
from crmtool.tui.widgets.grid import Grid
from crmtool.tui.worklist import WorkList

if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any

    from textual.widget import Widget

    from crmtool.app.works import Work
    from crmtool.app.workspace import Workspace
    from crmtool.tui.live import News

OWN = "own"  # the text of a place that lists one's own works


class History(WorkingScene):
    """The works of a place of the kind ``history``."""

    BINDINGS = keys(
        Action(
            "history.undo",
            "u",
            "take_back",
            N_("Take back"),
            N_("Take this back, after a look at what it did."),
            "crm undo {handle}",
        ),
        Action(
            "history.redo",
            "ctrl+r",
            "again",
            N_("Bring back"),
            N_("Do again what was taken back."),
            "crm redo {handle}",
        ),
        Action(
            "history.resume",
            "r",
            "resume",
            N_("Go on"),
            N_("Go on with work that was interrupted."),
            "crm import {file} --resume",
        ),
        Action(
            "history.own",
            "w",
            "own",
            N_("Own/all"),
            N_("Only what you did, or what anybody did."),
            "crm history",
        ),
    )

    def title_text(self) -> str:
        return t("History: own") if self._own else t("History")

    @property
    def _own(self) -> bool:
        return self.place.text == OWN

    def body(self) -> Iterable[Widget]:
        works = WorkList(self.crm.desk, own=self._own)
        yield Grid(works, empty=t("Nothing was done here yet."), selectable=False)
        yield EffortBar()

    def on_mount(self) -> None:
        self._grid.focus()

    @property
    def _grid(self) -> Grid:
        return self.query_one(Grid)

    @property
    def _work(self) -> Work | None:
        return self._grid.row.record if self._grid.row is not None else None

    def on_grid_told(self, message: Grid.Told) -> None:
        total = message.grid.total
        self.query_one(TitleBar).remark("" if total is None else tn("{n} entry", "{n} entries", total))

    def on_grid_opened(self, message: Grid.Opened) -> None:
        if message.row is not None:
            self.crm.go(Place("work", text=handle(message.row.key)))

    def on_news(self, news: News) -> None:
        self._grid.reload()

    # -- what can be done ----------------------------------------------------------------------------------------------

    def action_own(self) -> None:
        self.place = self.place._replace(text="" if self._own else OWN)
        self.retitle(self.title_text())
        self._grid.use(WorkList(self.crm.desk, own=self._own))

    def action_take_back(self) -> None:
        if self._work is not None:
            self.asking(take_back, self, self._work.done.handle, group="take-back")

    def action_again(self) -> None:
        if self._work is not None:
            self.asking(partial(take_back, self, self._work.done.handle, redo=True), group="take-back")

    def action_resume(self) -> None:
        if self._work is not None and self._work.unfinished:
            self.work(self._resume, self._work.done.handle, group="take-back")
        else:
            self.notify(t("This is finished; there is nothing to go on with."), markup=False)

    async def _resume(self, ident: str) -> None:
        def state(workspace: Workspace) -> dict[str, Any]:
            return next((job for job in jobs.unfinished(workspace) if job["id"] == ident), {})

        job = await self.crm.desk.ask(state, PAGE)
        files = job.get("state", {}).get("files")
        undoes = job.get("state", {}).get("undoes")
        if files:
            names = dict.fromkeys(str(name).partition("#")[0] for name in files)
            self.crm.go(Place("import", text=shlex.join(names)))
        elif undoes:
            await take_back(self, undoes)
        else:
            self.notify(t("This cannot be gone on with. Take back what is done with u."), markup=False)
