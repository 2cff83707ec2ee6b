"""The key figures side by side, each a way into the list of what it counts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.containers import Grid
from textual.content import Content
from textual.message import Message
from textual.reactive import reactive
from textual.widgets import Static

from crmtool.core.messages import N_, t
from crmtool.doors.dashboard import LABELS
from crmtool.doors.safe import escape
from crmtool.doors.width import width
from crmtool.tui.actions import Action, keys

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual import events
    from textual.app import ComposeResult

    from crmtool.doors.dashboard import Figure

WAITING = "…"
ROOM = 22  # columns in which a figure says what it has to say


class Card(Static):
    """One figure: what it is, how much, and what that is compared with. What somebody should see to has a mark and a colour."""

    def __init__(self, key: str) -> None:
        super().__init__("", markup=False)
        self.key = key
        self.figure: Figure | None = None
        self._show()

    def say(self, figure: Figure) -> None:
        if figure != self.figure:
            self.figure = figure
            self._show()

    def on_resize(self) -> None:
        self._show()

    def _show(self) -> None:
        figure = self.figure
        value, remark, alarm = (figure.value, figure.remark, figure.alarm) if figure else (WAITING, "", False)
        if figure is not None:
            value = self._fitting(value, figure.brief)
            remark = self._fitting(remark, figure.brief_remark)
        self.set_class(alarm, "-alarm")
        lines = [
            Content.styled(t(LABELS[self.key]), "$text-muted"),
            Content.styled(escape(f"! {value}" if alarm else value), "bold"),
            Content.styled(escape(remark), "$text-muted"),
        ]
        self.update(Content("\n").join(lines))

    def _fitting(self, text: str, brief: str) -> str:
        return brief if brief and width(escape(text)) > self.size.width > 0 else text


class Figures(Grid, can_focus=True):
    """The figures. ``cursor`` is the number of the one that opens with enter."""

    SCOPED_CSS = False  # the layout class stands above
    DEFAULT_CSS = """
    Figures { height: auto; grid-size: 4; grid-gutter: 0 1; grid-rows: 3; padding: 0 1; }
    Figures Card { height: 3; background: $surface; text-wrap: nowrap; text-overflow: ellipsis; }
    Figures Card.-alarm { color: $text-error; }
    Figures:focus Card.-current { background: $block-cursor-background; color: $block-cursor-foreground; }
    .-narrow Figures { grid-size: 2; grid-rows: 2; padding: 0; }
    .-narrow Figures Card { height: 2; }
    Figures.-one-row { grid-size: 7; }
    """
    BINDINGS = keys(
        Action("figures.left", "left,h", "move(-1)", N_("Left"), N_("The figure before."), shown=False),
        Action("figures.right", "right,l", "move(1)", N_("Right"), N_("The figure after."), shown=False),
        Action("figures.up", "up,k", "row(-1)", N_("Up"), N_("The figure above."), shown=False),
        Action("figures.down", "down,j", "row(1)", N_("Down"), N_("The figure below."), shown=False),
        Action(
            "figures.open", "enter", "open", N_("Open"), N_("List the records that the figure counts."),
            "crm {noun} list {filter}",
        ),
    )  # fmt: skip

    cursor: reactive[int] = reactive(0)

    class Opened(Message):
        """A figure was opened by key or mouse."""

        def __init__(self, figure: Figure) -> None:
            super().__init__()
            self.figure = figure

    def compose(self) -> ComposeResult:
        for key in LABELS:
            yield Card(key)

    def on_mount(self) -> None:
        self.watch_cursor()

    def on_resize(self) -> None:
        self.set_class(self.size.width >= len(LABELS) * ROOM, "-one-row")

    def show(self, figures: Sequence[Figure]) -> None:
        """Show these figures; what says the same as before is not painted again."""
        by_key = {figure.key: figure for figure in figures}
        for card in self.query(Card):
            card.say(by_key[card.key])

    def validate_cursor(self, at: int) -> int:
        return max(0, min(at, len(LABELS) - 1))

    def watch_cursor(self) -> None:
        for at, card in enumerate(self.query(Card)):
            card.set_class(at == self.cursor, "-current")

    def action_move(self, by: int) -> None:
        self.cursor += by

    def action_row(self, by: int) -> None:
        self.cursor += by * int(self.styles.grid_size_columns)

    def action_open(self) -> None:
        figure = self.query(Card)[self.cursor].figure
        if figure is not None:
            self.post_message(self.Opened(figure))

    def on_click(self, event: events.Click) -> None:
        for at, card in enumerate(self.query(Card)):
            if event.widget is card:
                self.cursor = at
                self.action_open()
