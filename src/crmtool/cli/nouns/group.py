"""Which verbs a noun has, each with the module that makes it and one line about it.

A verb's module offers ``command(entity)``, which answers a function with Typer-annotated parameters; its
attribute ``help`` is the whole help text. Only the verb that is run is loaded.
"""

from __future__ import annotations

from importlib import import_module

from typer.models import CommandInfo

from crmtool.cli.frame import Group, as_command
from crmtool.core.messages import N_, t

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typer._click.core import Command as AnyCommand
    from typer._click.core import Context

    from crmtool.core.registry import Entity

    Verb = tuple[
        str, str
    ]  # (module in this package, and attribute after a colon where it is not ``command``; summary)

COMMON: dict[str, Verb] = {
    "add": ("add", N_("Add one, or many from a file.")),
    "list": ("list", N_("Print all of them, or those that match a filter.")),
    "show": ("show", N_("Print everything about one.")),
    "set": ("set", N_("Change fields of one, of several, or of all that match.")),
    "edit": ("edit", N_("Change one or many as text in your editor.")),
    "rm": ("remove", N_("Move to the trash.")),
    "restore": ("remove:restore", N_("Take out of the trash.")),
    "history": ("history", N_("Who changed what, from what to what, and when.")),
}

# Of every kind of record that belongs to somebody.
_OWNED: dict[str, Verb] = {
    "reassign": ("reassign", N_("Hand over to somebody else, with what belongs to it."))
}
OWNER = "owner"

_LINKS: dict[str, Verb] = {
    "link": ("link:link", N_("Tie to another record, with a role and a period.")),
    "unlink": ("link:unlink", N_("Undo such a tie.")),
    "links": ("linked:links", N_("Print what it is tied to.")),
}

SPECIAL: dict[str, dict[str, Verb]] = {
    "contact": {
        "convert": ("selling:convert", N_("Make a customer-to-be of a lead, with a deal.")),
        "companies": ("linked:companies", N_("Print the companies a person works or worked for.")),
        **_LINKS,
    },
    "company": {
        "people": ("linked:staff", N_("Print the people who work or worked there.")),
        **_LINKS,
    },
    "deal": {
        "move": ("selling:move", N_("Move to another stage.")),
        "win": ("selling:win", N_("Close as won.")),
        "lose": ("selling:lose", N_("Close as lost, with the reason.")),
        "reopen": ("selling:reopen", N_("Open again what was won or lost.")),
        "people": ("linked:participants", N_("Print the people who take part, with their roles.")),
        **_LINKS,
    },
    "activity": _LINKS,
    "task": {"done": ("selling:done", N_("Tick off; a repeating one gets its next day.")), **_LINKS},
    "note": _LINKS,
    "file": {
        "add": ("files:add", N_("Add documents, and attach them to records.")),
        "list": ("files:listing", N_("Print all of them, those that match, or those of a record.")),
        "open": ("extract:view", N_("Open a copy with the program the system has for it.")),
        "extract": ("extract:extract", N_("Copy the content into a folder or to stdout.")),
        **_LINKS,
    },
    "pipeline": {"show": ("pipeline", N_("Print the board: stages, counts and sums."))},
    "list": {
        "add": ("members:add", N_("Make a list, or put records on one.")),
        "remove": ("members:remove", N_("Take records off a list; the records stay.")),
        "show": ("members:show", N_("Print the records on a list.")),
    },
    "field": {"choices": ("choices", N_("Print or change the choices of a field, also of a built-in one."))},
    "view": {"show": ("view", N_("Print the records of a view."))},
}


def verbs(entity: Entity) -> dict[str, Verb]:
    """The verbs of an entity: the common ones, some with a meaning of their own, then its own."""
    special = SPECIAL.get(entity.key, _LINKS if entity.own_id else {})
    owned = _OWNED if OWNER in entity.fields else {}
    return {**COMMON, **owned, **special}


class Noun(Group):
    """The commands of one entity."""

    def __init__(self, entity: Entity) -> None:
        self.entity = entity
        self.verbs = verbs(entity)
        infos = [CommandInfo(name, help=t(summary)) for name, (_, summary) in self.verbs.items()]
        super().__init__(entity.key.replace("_", "-"), infos, summary(entity))
        self.summary = self.help

    def get_command(self, ctx: Context, cmd_name: str) -> AnyCommand | None:
        """The verb called ``cmd_name``, built now."""
        if cmd_name in self.verbs and cmd_name not in self.commands:
            module, _, attribute = self.verbs[cmd_name][0].partition(":")
            maker = getattr(import_module(f"crmtool.cli.nouns.{module}"), attribute or "command")
            self.commands[cmd_name] = as_command(cmd_name, maker(self.entity), t(self.verbs[cmd_name][1]))
        return self.commands.get(cmd_name)


def summary(entity: Entity) -> str:
    """What the noun is about, for its own help."""
    from crmtool.cli.table import TABLE

    if entity.key in TABLE and not entity.own_id:
        text = t(TABLE[entity.key][2])
        return text[:1].upper() + text[1:] + ("" if text.endswith(("⟧", ".")) else ".")
    return t("{plural}: a kind of record of your own.", plural=entity.plural_label())
