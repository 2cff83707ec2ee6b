"""Bulk changes from a list: how far they are, stopping them between two change sets, and one undo for all of it.

They belong to the app and not to a screen: whoever goes elsewhere meanwhile finds them done.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.message import Message

from crmtool.core.messages import t, tn
from crmtool.tui.beside import beside
from crmtool.tui.efforts import Effort, undertake

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from crmtool.app.bulk import Bulk
    from crmtool.app.workspace import Workspace
    from crmtool.tui.app import CrmApp
    from crmtool.tui.screens.base import Scene

LOOK_SECONDS = 0.2  # between two looks at how far it is


class Finished(Message):
    """The work of a screen is over."""


def start(
    scene: Scene,
    words: Sequence[str],
    work: Callable[[Workspace, Effort], Bulk],
    told: Callable[[str], None],
) -> Effort:
    """Do ``work``; ``words`` is the command line that does the same. ``told`` shows how far it is, "" at the end."""
    app: CrmApp = scene.crm
    app.no_question()
    effort = Effort(t("Changing"))
    app.underway.add(effort, scene)

    async def run() -> None:
        told(t("Changing…"))
        looking = app.set_interval(LOOK_SECONDS, lambda: told(_so_far(effort)))
        try:
            done = await undertake(app.desk, effort, lambda workspace: work(workspace, effort))
        except Exception as error:
            app.fail(error)
        else:
            app.deeds.tell(list(words), done.handle, said(done))
            for refused in done.rejected[:1]:
                app.fail(refused.error)
        finally:
            looking.stop()
            app.underway.forget(effort)
            told("")
            scene.post_message(Finished())

    beside(app, run, group="job")
    return effort


def _so_far(effort: Effort) -> str:
    done = f"{effort.done:,}"
    text = t("{done} of {total}", done=done, total=f"{effort.total:,}") if effort.total else done
    return t("Changing: {progress}. X stops.", progress=text)


def said(done: Bulk) -> str:
    """What came of it."""
    if not done.count and not done.rejected:
        return t("Nothing changed.")
    parts = [tn("{n} change.", "{n} changes.", done.count)]
    if done.rejected:
        parts.append(tn("{n} was refused.", "{n} were refused.", len(done.rejected)))
    if done.interrupted:
        parts.append(t("Stopped."))
    return " ".join(parts)
