"""The commands of everything done since the app was opened: to look at, to copy, to run again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.content import Content
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from crmtool.core.messages import N_, t, tn
from crmtool.tui.actions import Action, keys
from crmtool.tui.dialogs import Confirm
from crmtool.tui.places import Place
from crmtool.tui.screens.base import Scene
from crmtool.tui.text import REMARK, Plain, safe
from crmtool.tui.widgets.bars import TitleBar

if TYPE_CHECKING:
    from collections.abc import Iterable

    from textual.widget import Widget

    from crmtool.tui.deeds import Echo


class Commands(Scene):
    """The newest first."""

    BINDINGS = keys(
        Action("done.copy", "y", "copy", N_("Copy"), N_("Copy the command line under the cursor.")),
        Action("done.copy_all", "Y", "copy_all", N_("Copy all"), N_("Copy all of them, the oldest first.")),
        Action(
            "done.again",
            "enter,r",
            "again",
            N_("Run again"),
            N_("Run the command line once more."),
            "{command}",
        ),
    )
    DEFAULT_CSS = """
    Commands OptionList { height: 1fr; border: none; background: $background; }
    Commands .none { padding: 1 2; color: $text-muted; }
    """

    def title_text(self) -> str:
        return t("Commands done")

    def body(self) -> Iterable[Widget]:
        yield Plain(
            t("Nothing was done yet. What you change here is listed with its crm command."), classes="none"
        )
        yield OptionList(markup=False)

    def on_mount(self) -> None:
        self.query_one(OptionList).focus()
        self._show()

    def _show(self) -> None:
        log = self.crm.deeds.log
        found = self.query_one(OptionList)
        found.clear_options()
        found.add_options(
            [
                Option(Content.assemble(safe(echo.line), "  ", safe(echo.said).stylize(REMARK)))
                for echo in reversed(log)
            ]
        )
        found.highlighted = 0 if log else None
        self.query_one(".none").display = not log
        found.display = bool(log)
        self.query_one(TitleBar).remark(tn("{n} command", "{n} commands", len(log)))

    def show_echo(self, echo: Echo) -> None:
        super().show_echo(echo)
        self._show()

    def _line(self) -> str | None:
        at = self.query_one(OptionList).highlighted
        return None if at is None else self.crm.deeds.log[-1 - at].line

    def action_copy(self) -> None:
        line = self._line()
        if line is not None:
            self._copy(line)

    def action_copy_all(self) -> None:
        self._copy("\n".join(echo.line for echo in self.crm.deeds.log))

    def _copy(self, text: str) -> None:
        self.app.copy_to_clipboard(text)
        self.notify(text, title=t("Copied"), markup=False)

    def on_option_list_option_selected(self) -> None:
        self.action_again()

    def action_again(self) -> None:
        line = self._line()
        if line is not None:
            self.asking(self._again, line)

    async def _again(self, line: str) -> None:
        if await self.ask(Confirm(t("Run this command again?"), line, yes=t("Run"))):
            self.crm.go(Place("run", text=line.removeprefix("crm ")))
