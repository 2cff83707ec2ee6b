"""Every action of the app, declared once beside the widget that does it: its id for the keymap, keys, label, help and command.

``BINDINGS = keys(Action(…), …)`` in a widget or screen registers them. The tests walk ``ALL``: each names the command line that
does the same, or says that it only moves about (``command=""``), and each can be given other keys by its id.
"""

from __future__ import annotations

from typing import NamedTuple

from textual.binding import Binding, BindingType

from crmtool.core.messages import t


class Action(NamedTuple):
    """``id`` is ``place.verb``; ``keys`` as Textual names them, separated by commas; ``does`` the method (``action_…``).

    ``command`` is a pattern of the command line that does the same (``crm {noun} rm {record}``).
    """

    id: str
    keys: str
    does: str
    label: str
    help: str
    command: str = ""
    shown: bool = True
    priority: bool = False


ALL: dict[str, Action] = {}


def keys(*actions: Action) -> list[BindingType]:
    """The bindings of a widget's actions, in the active language."""
    made: list[BindingType] = []
    for action in actions:
        known = ALL.setdefault(action.id, action)
        if known != action:
            raise ValueError(f"two actions are called {action.id}")
        made.append(
            Binding(
                action.keys,
                action.does,
                t(action.label),
                show=action.shown,
                priority=action.priority,
                tooltip=t(action.help),
                id=action.id,
            )
        )
    return made
