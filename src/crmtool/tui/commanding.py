"""What the palette offers: the actions of this moment, the places of the workspace, and the records opened lately."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmtool.core.messages import N_, t
from crmtool.core.query import Path, SortKey
from crmtool.store.reader import Query
from crmtool.tui import going
from crmtool.tui.dialogs import Choice
from crmtool.tui.offers import offers
from crmtool.tui.places import Place, command_line
from crmtool.tui.screens.palette import Palette
from crmtool.tui.themes import THEMES, theme_words

if TYPE_CHECKING:
    from crmtool.app.workspace import Workspace
    from crmtool.tui.screens.base import Scene
    from crmtool.tui.settings import Memory

RECENT, MOST_RECENT = "records", 20
MOST_NAMED = 40  # views and lists, each
THEME = "theme "
# What the verb of an action says that only moves the cursor: nobody looks for it by name, and it would stand before what they do.
MOVES = frozenset({"up", "down", "left", "right", "page_up", "page_down", "first", "last"})
LABELS = {
    "home": N_("Today"),
    "agenda": N_("Agenda"),
    "board": N_("Board"),
    "search": N_("Search"),
    "done": N_("Commands done"),
    "trash": N_("Trash"),
    "history": N_("History"),
    "dupes": N_("Duplicates"),
    "import": N_("Import"),
    "export": N_("Export"),
}


def remember(memory: Memory, place: Place) -> None:
    """Keep that a record was opened."""
    held = [place.entity, place.record]
    others = [other for other in memory.get(RECENT, []) if other != held]
    memory.keep(RECENT, [held, *others][:MOST_RECENT])


class Commanding:
    """The palette of a screen, as it is when it is opened."""

    def __init__(self, scene: Scene) -> None:
        self._scene = scene
        self._offers = {
            offer.id: offer
            for offer in offers(scene)
            if offer.id != "app.palette" and offer.id.rpartition(".")[2] not in MOVES
        }
        self._places: dict[str, Place] = {}

    async def palette(self) -> Palette:
        """The palette, with everything there is to choose."""
        memory = self._scene.crm.memory.get(RECENT, [])
        named = await self._scene.crm.desk.ask(lambda workspace: _places(workspace, memory))
        actions = [
            Choice(offer.id, offer.label, "  ".join(filter(None, (offer.keys, offer.command, offer.help))))
            for offer in self._offers.values()
        ]
        places = [(t(LABELS.get(kind, kind)), Place(kind)) for kind in going.words()]
        choices = []
        for label, place in [*places, *named]:
            key = f"place {len(self._places)}"
            self._places[key] = place
            choices.append(Choice(key, label, command_line(place.words())))
        for name, (_, said) in THEMES.items():
            line = "  ".join((command_line(theme_words(name)), t(said)))
            choices.append(Choice(f"{THEME}{name}", t("Colours: {name}", name=name), line))
        return Palette([*actions, *choices])

    async def do(self, chosen: str) -> None:
        """Do or go to what was chosen."""
        if chosen in self._places:
            self._scene.crm.go(self._places[chosen])
        elif chosen.startswith(THEME):
            await self._scene.crm.take_theme(self._scene, chosen.removeprefix(THEME))
        else:
            offer = self._offers[chosen]
            await self._scene.app.run_action(offer.does, offer.node)


def _places(workspace: Workspace, memory: object) -> list[tuple[str, Place]]:
    """Lists of every kind of record, views, static lists, and records opened lately, with what each is called."""
    readable = [
        entity
        for entity in workspace.registry.entities.values()
        if not entity.removed and not entity.internal and workspace.policy.can_read(workspace.actor, entity)
    ]
    found = [(entity.plural_label(), Place("list", entity.key)) for entity in readable]
    for noun, field in going.NAMED.items():
        entity = workspace.registry.entity(noun)
        if entity in readable:
            order = (SortKey(Path((entity.fields["name"],))),)
            for record in workspace.query(Query(noun, None, order, ("name", "of"), MOST_NAMED, expand=False)):
                label = t("{kind}: {text}", kind=entity.label(), text=record["name"])
                found.append((label, Place("list", record["of"])._replace(**{field: record["name"]})))
    return found + _recent(workspace, memory)


def _recent(workspace: Workspace, memory: object) -> list[tuple[str, Place]]:
    found = []
    known = workspace.registry.entities
    for item in memory if isinstance(memory, list) else []:
        if not (isinstance(item, list) and len(item) == 2 and item[0] in known):
            continue
        entity = known[item[0]]
        names = workspace.reader.names(entity.key, [str(item[1])], trash="without")
        for record, name in names.items():
            label = t("{kind}: {text}", kind=entity.label(), text=name)
            found.append((label, Place("record", entity.key, record)))
    return found
