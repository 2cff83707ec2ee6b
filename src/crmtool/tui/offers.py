"""What a person can do at this moment, by name: the actions whose keys are active, and places to go to."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from crmtool.core.messages import N_, t
from crmtool.tui.actions import ALL
from crmtool.tui.keymap import NO_KEY

if TYPE_CHECKING:
    from typing import Any

    from textual.dom import DOMNode
    from textual.screen import Screen

HERE, SCREEN, EVERYWHERE = N_("What has the focus"), N_("This screen"), N_("Everywhere")


class Offer(NamedTuple):
    """An action that can be done now. ``keys`` as people read them, ``does`` and ``node`` as Textual runs it.

    ``command`` is the command line that does the same, as far as it is known, or empty.
    """

    id: str
    group: str
    keys: str
    label: str
    help: str
    command: str
    does: str
    node: DOMNode


def offers(screen: Screen[Any]) -> list[Offer]:
    """The actions of what has the focus, of the screen and of the app, in this order, each once with all its keys."""
    found: dict[str, Offer] = {}
    for active in screen.active_bindings.values():
        binding, node = active.binding, active.node
        action = ALL.get(binding.id or "")
        if action is None or not active.enabled:
            continue
        key = "" if binding.key.startswith(NO_KEY) else screen.app.get_key_display(binding)
        held = found.get(action.id)
        if held is not None:
            found[action.id] = held._replace(keys=", ".join(filter(None, (held.keys, key))))
            continue
        group = SCREEN if node is screen else EVERYWHERE if node is screen.app else HERE
        found[action.id] = Offer(
            action.id,
            group,
            key,
            t(action.label),
            t(action.help),
            _filled(action.command, screen),
            binding.action,
            node,
        )
    order = (HERE, SCREEN, EVERYWHERE)
    return sorted(found.values(), key=lambda offer: order.index(offer.group))


def _filled(command: str, screen: Screen[Any]) -> str:
    """A pattern of a command line, with what the screen's place says of it."""
    from crmtool.core.ids import handle
    from crmtool.tui.screens.base import Scene

    if isinstance(screen, Scene):
        if screen.place.entity:
            command = command.replace("{noun}", screen.place.entity)
        if screen.place.record:
            command = command.replace("{record}", f"@{handle(screen.place.record)}")
    return command
