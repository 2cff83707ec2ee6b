"""What the app does to the workspace, each deed with the command line that does the same.

A screen builds a command of ``app.commands`` and hands it over; here it is run in its lane, told of below the screen with its
handle, and kept in the list of what was done since the app was opened.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from textual.message import Message as TextualMessage

from crmtool.app.commands import Undo
from crmtool.core.messages import t, tn
from crmtool.tui.desk import WRITE
from crmtool.tui.echo import words_of
from crmtool.tui.places import command_line

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from typing import Any

    from crmtool.app.commands import Command
    from crmtool.app.undo import Target
    from crmtool.app.workspace import Outcome, Workspace
    from crmtool.tui.app import CrmApp


class Echo(NamedTuple):
    """A deed: its command line, the handle that takes it back (``None``: nothing to take back), and what came of it."""

    line: str
    handle: str | None
    said: str


class Done(TextualMessage):
    """A deed was done; the app shows its echo."""

    def __init__(self, echo: Echo) -> None:
        super().__init__()
        self.echo = echo


class Deeds:
    """The hands of one app. ``log`` are the deeds of this session, the newest last."""

    def __init__(self, app: CrmApp) -> None:
        self._app = app
        self.log: list[Echo] = []

    async def run(self, command: Command, *, asks: bool = False) -> Outcome:
        """Run one command. Raises what it raises; see ``Scene.work`` for who shows it. ``asks``: a question may follow."""
        if not asks:
            self._app.no_question()

        def change(workspace: Workspace) -> tuple[Outcome, list[str]]:
            # The words are made first: a record that is deleted could not be named by them afterwards.
            words = words_of(command, workspace)
            return workspace.run(command), words

        outcome, words = await self._app.desk.ask(change, WRITE)
        self.tell(words, outcome.handle, _said(outcome))
        return outcome

    async def work(self, words: Sequence[str], work: Callable[[Workspace], Any]) -> Any:
        """Run larger work, such as a job, in the lane of changes; ``words`` is the command line that does the same."""
        self._app.no_question()
        done = await self._app.desk.ask(work, WRITE)
        self.tell(list(words), getattr(done, "handle", None), "")
        return done

    async def last(self, *, redo: bool = False) -> Target:
        """What ``undo`` without a handle would take back, or do again."""
        from crmtool.app.undo import find

        return await self._app.desk.ask(lambda workspace: find(workspace, None, redo=redo))

    async def undo(self, handle: str | None = None, *, redo: bool = False) -> Outcome:
        """Take back one's own last change on this device, wherever it was made, or the one with this handle."""
        return await self.run(Undo(handle, redo))

    def tell(self, words: list[str], handle: str | None, said: str) -> None:
        """Show what was done, and keep it."""
        echo = Echo(command_line(words), handle, said)
        self.log.append(echo)
        self._app.post_message(Done(echo))


def _said(outcome: Outcome) -> str:
    if not outcome.count:
        return t("Nothing changed.")
    said = tn("{n} change.", "{n} changes.", outcome.count)
    if outcome.skipped:
        said += " " + tn("{n} left as it is.", "{n} left as they are.", len(outcome.skipped))
    return said
