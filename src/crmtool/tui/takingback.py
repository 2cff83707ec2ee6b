"""Taking a change back from a screen: shown first, asked, done with progress, and what stays as it is listed after."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmtool.app.commands import Undo
from crmtool.app.undo import find, run_undo
from crmtool.app.works import taken_back_by
from crmtool.core.changes import MAX_CHANGES
from crmtool.core.ids import handle
from crmtool.core.messages import t, tn
from crmtool.doors.undoing import left, shown
from crmtool.tui.desk import JOB, PAGE, WRITE
from crmtool.tui.dialogs import Confirm
from crmtool.tui.efforts import StoppedError, undertake
from crmtool.tui.places import command_line
from crmtool.tui.widgets.reading import Reading

if TYPE_CHECKING:
    from collections.abc import Callable

    from crmtool.app.undo import Target
    from crmtool.app.workspace import Workspace
    from crmtool.tui.app import CrmApp
    from crmtool.tui.efforts import Effort
    from crmtool.tui.screens.base import Scene
    from crmtool.tui.screens.working import WorkingScene

MOST = 1_000  # records left as they are that are listed
STOPPED_SECONDS = 12  # that the command is shown with which it goes on


async def take_back(
    scene: WorkingScene, ident: str, *, redo: bool = False, then: Callable[[], object] | None = None
) -> None:
    """Take back the work with this id, or with ``redo`` bring back what was taken back, if the person wants it.

    ``then`` is called when it is done, where the screen still stands.
    """

    def look(workspace: Workspace) -> tuple[str, list[str], int]:
        wanted = (taken_back_by(workspace, ident) or ident) if redo else ident
        target = find(workspace, wanted, redo=redo)
        return target.id, [*shown(workspace, target, redo=redo)], target.count

    target, lines, count = await scene.crm.desk.ask(look, PAGE)
    question = t("Do it again?") if redo else t("Take it back?")
    if not await scene.ask(Confirm(question, "\n".join(lines), yes=t("Do it"))):
        return
    work = _Work(scene.crm, target, count, redo)

    async def carried_out(effort: Effort) -> None:
        done = await work.carry_out(effort, scene)
        if done and then is not None and scene.is_attached:
            then()

    scene.begin(work.words, carried_out)


def begin(app: CrmApp, target: Target, *, redo: bool = False) -> None:
    """Take back a large work, beside whatever the person does; every screen shows how far it is."""
    work = _Work(app, target.id, target.count, redo)

    async def carried_out(effort: Effort) -> None:
        await work.carry_out(effort, None)

    app.underway.begin(work.words, carried_out)


class _Work:
    """Taking back the work ``target`` of ``count`` changes, or doing it again."""

    def __init__(self, app: CrmApp, target: str, count: int, redo: bool) -> None:
        self._app = app
        self._target, self._count, self._redo = target, count, redo
        self.words = t("Doing again") if redo else t("Taking back")

    async def carry_out(self, effort: Effort, scene: Scene | None) -> bool:
        """Do it, and say what came of it; whether it was done. It can be stopped between its change sets."""
        app, redo = self._app, self._redo
        command = Undo(self._target, redo)
        try:
            outcome = await undertake(
                app.desk,
                effort,
                lambda workspace: run_undo(workspace, command, progress=effort),
                JOB if self._count > MAX_CHANGES else WRITE,
            )
        except StoppedError:
            lines = self._stopped(effort.done)
            app.underway.stopped += lines
            app.notify("\n".join(lines), timeout=STOPPED_SECONDS, markup=False)
            return False
        said = tn("{n} record.", "{n} records.", outcome.count)
        if outcome.skipped:
            said += " " + tn("{n} left as it is.", "{n} left as they are.", len(outcome.skipped))
        app.deeds.tell(["redo" if redo else "undo", handle(self._target), "--yes"], outcome.handle, said)
        if outcome.skipped and scene is not None and app.screen is scene:
            await scene.ask(Reading(t("Left as it is"), [*left(outcome.skipped, MOST)]))
        return True

    def _stopped(self, done: int) -> list[str]:
        if not done:
            return [t("Stopped. Nothing was changed.")]
        again = command_line(["redo" if self._redo else "undo", handle(self._target)])
        so_far = {"done": f"{done:,}", "total": f"{self._count:,}"}
        return [
            t("Stopped: {done} of {total} changes are done again.", **so_far)
            if self._redo
            else t("Stopped: {done} of {total} changes are taken back.", **so_far),
            t("To go on: {command}", command=again),
        ]
