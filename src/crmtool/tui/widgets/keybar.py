"""The keys that matter most here, in one line that never runs over: what has no room is found under ``?``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.content import Content
from textual.style import Style
from textual.widgets import Static

from crmtool.doors.width import width
from crmtool.tui.keymap import NO_KEY

if TYPE_CHECKING:
    from typing import Any

    from textual import events
    from textual.binding import Binding
    from textual.screen import Screen

LAST = (
    "app.keys",
    "app.widget_help",
)  # the actions that show them all; the first has a key that cannot be typed into a line
GAP = 2


class KeyBar(Static):
    """What has the focus comes first, then the screen, then what is everywhere. A click does what the key does."""

    ALLOW_SELECT = False
    DEFAULT_CSS = """
    KeyBar { dock: bottom; height: 1; background: $panel; color: $foreground; padding: 0 1; text-wrap: nowrap; }
    """

    def __init__(self) -> None:
        super().__init__("", markup=False)

    def on_mount(self) -> None:
        self.screen.bindings_updated_signal.subscribe(self, self._changed)

    def on_resize(self) -> None:
        self._show()

    def _changed(self, screen: Screen[Any]) -> None:
        self._show()

    def _show(self) -> None:
        """Show as many keys as fit."""
        found: dict[str, Binding] = {}
        for active in self.screen.active_bindings.values():
            binding = active.binding
            if binding.show and active.enabled and not binding.key.startswith(NO_KEY):
                held = found.setdefault(binding.id or binding.action, binding)
                if self._width(binding) < self._width(held):  # of several keys the shortest is shown
                    found[binding.id or binding.action] = binding
        helps = [found.pop(action) for action in LAST if action in found][:1]
        room = self.size.width - sum(map(self._width, helps))
        parts: list[Content] = []
        for binding in found.values():
            room -= self._width(binding)
            if room < 0:
                break
            parts.append(self._part(binding))
        self.update(Content(" " * GAP).join([*parts, *map(self._part, helps)]), layout=False)

    def _width(self, binding: Binding) -> int:
        return width(self.app.get_key_display(binding)) + 1 + width(binding.description) + GAP

    def _part(self, binding: Binding) -> Content:
        shown = self.app.get_key_display(binding)
        part = Content.assemble((shown, "bold $footer-key-foreground"), f" {binding.description}")
        return part.stylize(Style.from_meta({"key": binding.key}))

    def on_click(self, event: events.Click) -> None:
        key = event.style.meta.get("key")
        if key:
            self.app.simulate_key(key)
