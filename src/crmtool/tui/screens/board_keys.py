"""The keys of a board, beside those that log what was said."""

from __future__ import annotations

from crmtool.core.messages import N_
from crmtool.tui.actions import Action

ACTIONS = (
    Action(
        "board.forward", "shift+right,greater_than_sign", "carry(1)", N_("Move on"),
        N_("Move the deal to the next column; beyond the last stage it is won."), "crm deal move {record} {stage}",
    ),
    Action(
        "board.backward", "shift+left,less_than_sign", "carry(-1)", N_("Move back"),
        N_("Move the deal to the column before."), "crm deal move {record} {stage}", False,
    ),
    Action("board.win", "w", "close('won')", N_("Win"), N_("Close the deal as won."), "crm deal win {record}"),
    Action(
        "board.lose", "l", "close('lost')", N_("Lose"), N_("Close the deal as lost, with the reason."),
        "crm deal lose {record} {reason}",
    ),
    Action(
        "board.reopen", "r", "reopen", N_("Reopen"), N_("Open a deal again that was won or lost."),
        "crm deal reopen {record}", False,
    ),
    Action("board.add", "a", "add", N_("Add"), N_("Add a deal in this stage."), "crm deal add {name} {values}"),
    Action(
        "board.edit", "e", "edit", N_("Edit"), N_("Change fields of the deal."), "crm deal set {record} {values}"
    ),
    Action(
        "board.filter", "slash", "filter", N_("Filter"), N_("Show only the deals that match."),
        "crm pipeline show --where {filter}", priority=True,
    ),
    Action(
        "board.outside", "o", "outside", N_("Open"), N_("Write to, call or visit those of the deal."),
        "crm open {record}", False,
    ),
    Action("board.sort", "s", "sort", N_("Sort"), N_("Another order of the cards."), shown=False),
    Action(
        "board.pipeline", "p", "pipeline", N_("Pipeline"), N_("Another pipeline."), "crm pipeline show {name}"
    ),
    Action("board.let_go", "escape", "let_go", N_("Let go"), N_("Put a dragged card back."), shown=False),
)  # fmt: skip
