"""The filter above a list: typed in the one grammar, completed, and answered as one types."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.containers import Horizontal, Vertical

from crmtool.core.errors import CrmError, FilterError
from crmtool.core.messages import N_, t
from crmtool.doors.safe import escape
from crmtool.doors.width import width
from crmtool.tui.text import Plain
from crmtool.tui.widgets.completing import Completing

if TYPE_CHECKING:
    from textual.app import ComposeResult

    from crmtool.tui.widgets.completing import Offering

SIGN = "/"


class FilterBar(Vertical):
    """The line of the filter, and below it, while it cannot be read, where it goes wrong."""

    DEFAULT_CSS = """
    FilterBar { height: auto; padding: 0 1; }
    FilterBar Horizontal { height: 1; }
    FilterBar #filter-sign { width: 2; color: $text-muted; }
    FilterBar #filter-wrong { color: $text-error; height: auto; display: none; }
    FilterBar.-wrong #filter-wrong { display: block; }
    """
    help = N_(
        "A filter says what must hold of a record, in the words of the command line:\n"
        "  status=open            equals (not: !=)\n"
        "  amount>10k             also <, <=, >=, 1000..5000\n"
        "  name~smith             contains (not: !~)\n"
        "  tag has vip            one of several values\n"
        "  email is empty         or: is set\n"
        "  stage in (New, Won)    one of these\n"
        "  close_on<=eom          today, -7d, bow, eom, 2026-03, Q2\n"
        "  company.industry=IT    a field of another record\n"
        "  owner=me               yourself\n"
        "  a=1 and not (b or c)   join conditions\n"
        "A word without a sign is searched for in everything. Tab takes what is offered, escape leaves."
    )

    def __init__(self, offering: Offering, value: str = "") -> None:
        super().__init__()
        self._offering, self._value = offering, value

    def compose(self) -> ComposeResult:
        with Horizontal():
            yield Plain(SIGN, id="filter-sign")
            yield Completing(
                self._offering, self._value, t("Filter: press / and type, F1 for the words"), id="filter"
            )
        yield Plain("", lines=True, id="filter-wrong")

    @property
    def line(self) -> Completing:
        return self.query_one("#filter", Completing)

    def wrong(self, error: CrmError) -> None:
        """Say what cannot be read, and where."""
        lines = [str(error.message), *([str(error.hint)] if error.hint is not None else [])]
        position = error.data.get("position") if isinstance(error, FilterError) else None
        if isinstance(position, int):
            lines[0] = lines[0].partition("\n")[0]  # what follows quotes the line that stands above
            lines.insert(0, " " * (len(SIGN) + 1 + width(escape(self.line.value[:position]))) + "^")
        self.query_one("#filter-wrong", Plain).say("\n".join(lines))
        self.add_class("-wrong")

    def right(self) -> None:
        """Nothing is wrong any more."""
        self.remove_class("-wrong")
