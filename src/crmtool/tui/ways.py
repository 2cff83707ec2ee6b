"""The places that have a key everywhere: one digit leads from anywhere to each."""

from __future__ import annotations

from crmtool.core.messages import N_
from crmtool.tui.actions import Action, keys
from crmtool.tui.places import HOME, Place

# digit -> (what the action is called, its label, what it shows, the place, whether the footer names it)
WAYS: dict[str, tuple[str, str, str, Place, bool]] = {
    "0": ("home", N_("Home"), N_("Today: tasks, meetings, numbers."), HOME, False),
    "1": ("contacts", N_("Contacts"), N_("All contacts."), Place("list", "contact"), True),
    "2": ("companies", N_("Companies"), N_("All companies."), Place("list", "company"), True),
    "3": ("deals", N_("Deals"), N_("All deals."), Place("list", "deal"), True),
    "4": ("board", N_("Board"), N_("The pipeline as a board."), Place("board"), True),
    "5": ("agenda", N_("Agenda"), N_("What is due, day by day."), Place("agenda"), True),
    "6": ("import", N_("Import"), N_("Bring in files of other programs."), Place("import"), False),
    "7": ("dupes", N_("Duplicates"), N_("Records that may be the same."), Place("dupes"), False),
    "8": ("history", N_("History"), N_("What was done, to take it back."), Place("history"), False),
    "9": ("trash", N_("Trash"), N_("What was deleted."), Place("trash"), False),
}

BINDINGS = keys(
    *(
        Action(f"app.{name}", digit, f"way('{digit}')", label, help, " ".join(["crm", *_words]), shown)
        for digit, (name, label, help, place, shown) in WAYS.items()
        for _words in [place.words()]
    )
)
