"""What two sides made of the same field, side by side, and the choice of which stands: mine, theirs, or both.

It knows values and who wrote them, not where they came from: another process, another device, a record to merge with.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.containers import Horizontal, Vertical
from textual.message import Message
from textual.widgets import Button

from crmtool.core.messages import N_, t
from crmtool.doors.differences import BOTH, MINE, THEIRS
from crmtool.tui.actions import Action, keys
from crmtool.tui.text import Plain

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

    from textual.app import ComposeResult

    from crmtool.doors.differences import Dispute

_LABELS = {MINE: N_("Mine (m)"), THEIRS: N_("Theirs (t)"), BOTH: N_("Both (b)")}
_SHOWN = 300  # characters of a value


class DisputeRow(Vertical):
    """One field that both sides changed."""

    DEFAULT_CSS = """
    DisputeRow { height: auto; padding: 0 1; border-left: thick $warning; margin: 0 0 1 0; }
    DisputeRow:focus-within { background: $boost; }
    DisputeRow .field { text-style: bold; }
    DisputeRow Plain { height: auto; }
    DisputeRow Horizontal { height: auto; }
    DisputeRow Button { margin: 0 1 0 0; }
    """
    BINDINGS = keys(
        Action("difference.mine", "m", f"choose('{MINE}')", N_("Mine"), N_("What you typed stands.")),
        Action("difference.theirs", "t", f"choose('{THEIRS}')", N_("Theirs"), N_("What the others wrote stands.")),
        Action("difference.both", "b", f"choose('{BOTH}')", N_("Both"), N_("Of several values those of both sides stand.")),
    )  # fmt: skip

    def __init__(self, dispute: Dispute) -> None:
        super().__init__()
        self.dispute = dispute

    def compose(self) -> ComposeResult:
        dispute = self.dispute
        yield Plain(dispute.field.label(), classes="field")
        yield Plain(t("It was:  {value}", value=self._shown(dispute.base)), lines=True)
        yield Plain(t("Mine:    {value}", value=self._shown(dispute.mine)), lines=True)
        theirs = t("Theirs:  {value}", value=self._shown(dispute.theirs))
        yield Plain(t("{what} ({who})", what=theirs, who=dispute.by) if dispute.by else theirs, lines=True)
        with Horizontal():
            for choice in dispute.choices:
                yield Button(t(_LABELS[choice]), id=choice, compact=True)

    def _shown(self, value: Any) -> str:
        field = self.dispute.field
        fits = not isinstance(value, str) or field.kind.name in ("text", "longtext", "choice", "instant")
        text = field.kind.display(value, field) if fits else str(value)
        return text if len(text) <= _SHOWN else text[:_SHOWN] + "…"

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        return parameters[0] in self.dispute.choices if action == "choose" else True

    def action_choose(self, choice: str) -> None:
        self.post_message(Differences.Settled(self.dispute, choice))
        self.remove()

    def on_button_pressed(self, event: Button.Pressed) -> None:
        event.stop()
        if event.button.id:
            self.action_choose(event.button.id)


class Differences(Vertical):
    """The fields that wait for a choice; nothing is shown where there are none."""

    DEFAULT_CSS = """
    Differences { height: auto; max-height: 50%; overflow-y: auto; display: none; border: round $warning; }
    Differences.-waiting { display: block; }
    """

    class Settled(Message):
        """A person chose what stands."""

        def __init__(self, dispute: Dispute, choice: str) -> None:
            super().__init__()
            self.dispute, self.choice = dispute, choice

    def __init__(self) -> None:
        super().__init__()
        self.border_title = t("Changed by somebody else meanwhile")

    async def put(self, disputes: Sequence[Dispute]) -> None:
        """Ask about these in place of those before."""
        await self.remove_children()
        await self.mount(*(DisputeRow(dispute) for dispute in disputes))
        self.set_class(bool(disputes), "-waiting")
        if disputes:
            self.query(Button).first().focus()

    @property
    def waiting(self) -> list[Dispute]:
        """What is not settled."""
        return [row.dispute for row in self.query(DisputeRow) if row.is_attached and not row._pruning]

    def on_differences_settled(self) -> None:
        self.set_class(bool(self.waiting), "-waiting")
