"""What a ``crm`` command line prints, line by line as it comes: any command can be run without leaving the app."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.widgets import Log

from crmtool.core.errors import UsageError
from crmtool.core.messages import N_, Message, t
from crmtool.doors.safe import escape
from crmtool.tui.actions import Action, keys
from crmtool.tui.places import command_line
from crmtool.tui.program import lines
from crmtool.tui.screens.base import Scene
from crmtool.tui.widgets.bars import TitleBar

if TYPE_CHECKING:
    from collections.abc import Iterable

    from textual.widget import Widget

MOST_LINES = 50_000
NESTED = frozenset(("tui", "shell"))  # what needs the terminal that the app has
GATHERED = 200  # lines that are shown at once while they come fast


class Output(Scene):
    """The output of the command line of a place of the kind ``run``."""

    BINDINGS = keys(
        Action(
            "run.again", "r", "again", N_("Run again"), N_("Run the command line once more."), "{command}"
        ),
    )
    DEFAULT_CSS = "Output Log { height: 1fr; padding: 0 1; }"

    def title_text(self) -> str:
        return command_line(self.place.words())

    def body(self) -> Iterable[Widget]:
        yield Log(highlight=False, max_lines=MOST_LINES, auto_scroll=False)

    def on_mount(self) -> None:
        self.query_one(Log).focus()
        self.action_again()

    def action_again(self) -> None:
        self.query_one(Log).clear()
        self.work(self._run, group="run", exclusive=True)

    async def _run(self) -> None:
        from crmtool.tui.program import split

        words = split(self.place.text)
        if not words or words[0] in NESTED:
            raise UsageError(
                Message("“{command}” cannot run inside the app.", command=command_line(words)),
                Message("Leave the app with q, and run it there."),
            )
        bar, log = self.query_one(TitleBar), self.query_one(Log)
        bar.remark(t("running…"))
        waiting: list[str] = []
        async for line in lines(self.crm.settings, words, max(self.size.width - 4, 40)):
            if line.startswith("\0"):
                bar.remark(t("done") if line == "\0000" else t("ended with {code}", code=line[1:]))
                break
            waiting.append(escape(line))
            if len(waiting) >= GATHERED or len(waiting) + log.line_count < self.size.height:
                log.write_lines(waiting)
                waiting.clear()
        else:
            bar.remark(t("cut off: it prints too much for the screen"))
        log.write_lines(waiting)
