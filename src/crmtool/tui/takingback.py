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
from crmtool.tui.efforts import StoppedError
from crmtool.tui.widgets.reading import Reading

if TYPE_CHECKING:
    from crmtool.app.workspace import Outcome, Workspace
    from crmtool.tui.screens.working import WorkingScene

MOST = 1_000  # records left as they are that are listed


async def take_back(scene: WorkingScene, ident: str, *, redo: bool = False) -> Outcome | None:
    """Take back the work with this id, or with ``redo`` bring back what was taken back. ``None``: the person did not want it."""

    def look(workspace: Workspace) -> tuple[str, list[str], int]:
        wanted = (taken_back_by(workspace, ident) or ident) if redo else ident
        target = find(workspace, wanted, redo=redo)
        return target.id, [*shown(workspace, target, redo=redo)], target.count

    target, lines, count = await scene.crm.desk.ask(look, PAGE)
    question = t("Do it again?") if redo else t("Take it back?")
    if not await scene.ask(Confirm(question, "\n".join(lines), yes=t("Do it"))):
        return None
    try:
        outcome = await scene.undertake(
            t("Doing again") if redo else t("Taking back"),
            lambda workspace, effort: run_undo(workspace, Undo(target, redo), progress=effort),
            JOB if count > MAX_CHANGES else WRITE,
        )
    except StoppedError:
        scene.notify(t("Stopped. Take it back again to go on where it was."), markup=False)
        return None
    said = tn("{n} record.", "{n} records.", outcome.count)
    scene.crm.deeds.tell(["redo" if redo else "undo", handle(target), "--yes"], outcome.handle, said)
    if outcome.skipped:
        await scene.ask(Reading(t("Left as it is"), [*left(outcome.skipped, MOST)]))
    return outcome
