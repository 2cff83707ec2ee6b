"""The palette: everything that can be done or gone to from here, found by typing, with the command line that does the same."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.content import Content
from textual.widgets.option_list import Option

from crmtool.core.messages import t
from crmtool.core.tokens import fold
from crmtool.tui.dialogs import Pick
from crmtool.tui.text import REMARK, safe

if TYPE_CHECKING:
    from collections.abc import Sequence

    from crmtool.tui.dialogs import Choice

MOST = 200


class Palette(Pick):
    """``choices`` in the order in which they are likely; the words typed may stand anywhere in one."""

    DEFAULT_CSS = "Palette > Vertical { width: 100; }  Palette OptionList { max-height: 24; }"

    def __init__(self, choices: Sequence[Choice]) -> None:
        super().__init__(t("Commands"), choices)

    def _options(self, typed: str) -> list[Option]:
        wanted = fold(typed).split()
        found = [
            (not fold(choice.label).startswith(wanted[0]) if wanted else False, choice)
            for choice in self._choices
            if all(word in fold(f"{choice.label} {choice.remark}") for word in wanted)
        ]
        found.sort(key=lambda item: item[0])
        return [
            Option(
                Content.assemble(safe(choice.label), "  ", safe(choice.remark).stylize(REMARK)),
                choice.key,
            )
            for _, choice in found[:MOST]
        ]
