"""The line above every screen, and the one with the last command below it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.containers import Horizontal

from crmtool.core.messages import t
from crmtool.tui.text import Plain

if TYPE_CHECKING:
    from textual.app import ComposeResult

    from crmtool.tui.deeds import Echo


class TitleBar(Horizontal):
    """What the screen is about at the left, a remark (how many there are) after it, the workspace at the right.

    Who else is here will stand before the workspace.
    """

    def __init__(self, title: str, workspace: str) -> None:
        super().__init__()
        self._title, self._workspace = title, workspace

    def compose(self) -> ComposeResult:
        yield Plain(self._title, id="title")
        yield Plain("", id="remark")
        yield Plain(self._workspace, id="workspace")

    def say_title(self, text: str) -> None:
        self.query_one("#title", Plain).say(text)

    def remark(self, text: str) -> None:
        """What is known only later: a count, what is under way."""
        self.query_one("#remark", Plain).say(text, layout=False)


class EchoBar(Horizontal):
    """The command line of the last deed, what came of it, and how to take it back."""

    def __init__(self, echo: Echo | None) -> None:
        super().__init__()
        self._echo = echo

    def compose(self) -> ComposeResult:
        yield Plain(self._echo.line if self._echo else "", id="echo-line")
        yield Plain(self._tail(self._echo), id="echo-tail")

    def show(self, echo: Echo) -> None:
        self._echo = echo
        if not self.is_mounted:
            return
        self.query_one("#echo-line", Plain).say(echo.line)
        self.query_one("#echo-tail", Plain).say(self._tail(echo))

    @staticmethod
    def _tail(echo: Echo | None) -> str:
        if echo is None:
            return ""
        if echo.handle is None:
            return echo.said
        return " ".join(filter(None, (echo.said, t("Undo: u, or crm undo {handle}", handle=echo.handle))))
