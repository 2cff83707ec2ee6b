"""One line that says how far larger work is, while there is some."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmtool.core.messages import t
from crmtool.tui.text import Plain

if TYPE_CHECKING:
    from crmtool.tui.efforts import Effort

EVERY = 0.2  # seconds between two looks
CELLS = 20


class EffortBar(Plain):
    """Shows an effort from ``follow`` until ``clear``; a click stops it as the key does."""

    DEFAULT_CSS = "EffortBar { height: 1; padding: 0 1; background: $panel; color: $text; display: none; }"

    effort: Effort | None = None

    def on_mount(self) -> None:
        self.set_interval(EVERY, self._look)

    def follow(self, effort: Effort) -> None:
        self.effort = effort
        self.display = True
        self._look()

    def clear(self) -> None:
        self.effort, self.display = None, False

    def stop(self) -> bool:
        """Stop what is under way; whether anything was."""
        if self.effort is None:
            return False
        self.effort.stop()
        self._look()
        return True

    def on_click(self) -> None:
        self.stop()

    def on_unmount(self) -> None:
        if self.effort is not None and not self.effort.stays:
            self.effort.stop()

    def _look(self) -> None:
        if self.effort is not None:
            self.say(told(self.effort, t("Escape")))


def told(effort: Effort, key: str) -> str:
    """The line: what is done, how far, and the key that stops it."""
    words = {"work": effort.words, "done": f"{effort.done:,}", "key": key}
    if effort.stopping:
        return t("{work}: stopping…", **words)
    if not effort.done:
        return t("{work}… {key} stops.", **words)
    if effort.total < effort.done:
        return t("{work}: {done}. {key} stops.", **words)
    share = effort.done / effort.total
    words |= {"bar": bar(share), "percent": f"{share:.0%}", "total": f"{effort.total:,}"}
    return t("{work}: {bar} {percent}, {done} of {total}. {key} stops.", **words)


def bar(share: float) -> str:
    filled = round(max(0.0, min(share, 1.0)) * CELLS)
    return "█" * filled + "░" * (CELLS - filled)
