"""Keys of a person's own, by the id of an action: what they come to, and what is wrong with them.

The settings say ``[keys]`` ``"grid.open" = "enter,o"``; no text means no key. With ``single_keys`` off no letter, digit or sign
alone is a key of anything, for those who dictate or whose keys repeat; what is left without a key is reached through the palette.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, NamedTuple

from crmtool.core.messages import Message, t

if TYPE_CHECKING:
    from collections.abc import Iterator

    from crmtool.tui.actions import Action

NO_KEY = (
    "none."  # what an action without a key is bound to begins so, with its id behind it: no terminal sends it
)
EVERYWHERE = "app"  # the place of the actions that every screen has
_MODIFIERS = frozenset(("ctrl", "shift", "alt", "super", "hyper", "meta"))
_PLACES = ("crmtool.tui.screens", "crmtool.tui.widgets")


class Complaint(NamedTuple):
    """What is wrong with the keys of one action, and what to do."""

    action: str
    message: Message
    hint: Message


def actions() -> dict[str, Action]:
    """Every action of the app; each screen and widget is loaded for it."""
    import pkgutil

    from crmtool.tui.actions import ALL

    for module_name in ("crmtool.tui.app", "crmtool.tui.dialogs"):
        import_module(module_name)
    for place in _PLACES:
        for module in pkgutil.iter_modules(import_module(place).__path__):
            import_module(f"{place}.{module.name}")
    return ALL


def about(action: str) -> str:
    """What an action is called, in the active language."""
    known = actions().get(action)
    return t(known.label) if known else ""


def complaints(own: dict[str, str]) -> list[Complaint]:
    """What is wrong with keys of one's own: unknown actions, unknown keys, one key for two things at one place."""
    known = actions()
    return [complaint for action, keys in own.items() for complaint in _complaints(action, keys, own, known)]


def _complaints(action: str, keys: str, own: dict[str, str], known: dict[str, Action]) -> Iterator[Complaint]:
    if action not in known:
        from difflib import get_close_matches

        near = get_close_matches(action, known, 3) or sorted(known)[:8]
        yield Complaint(
            action,
            Message("There is no action “{action}”.", action=action),
            Message("Near it: {names}. The key ? shows the others.", names=", ".join(near)),
        )
        return
    for key in split(keys):
        if not is_key(key):
            yield Complaint(
                action,
                Message("“{key}” is no key, for “{action}”.", key=key, action=action),
                Message("Write it as: d, question_mark, f5, ctrl+d, shift+left."),
            )
            continue
        others = [
            other.id
            for other in known.values()
            if other.id != action
            and _meet(action, other.id)
            and key in split(own.get(other.id, other.keys))
            and key not in split(known[action].keys)
        ]
        if others:
            yield Complaint(
                action,
                Message(
                    "“{key}” is the key of “{action}” and of “{other}”.",
                    key=key,
                    action=action,
                    other=", ".join(others),
                ),
                Message(
                    "Give one of them another: {command}",
                    command=f"crm config set keys.{others[0]} KEY",
                ),
            )


def effective(own: dict[str, str], *, single_keys: bool = True) -> dict[str, str]:
    """The keys that differ from the built-in ones, as Textual takes them."""
    known = actions()
    keymap = {
        action: ",".join(split(keys)) or f"{NO_KEY}{action}"
        for action, keys in own.items()
        if action in known and all(is_key(key) for key in split(keys))
    }
    if not single_keys:
        for action in known.values():
            keys = split(keymap.get(action.id, action.keys))
            kept = [key for key in keys if not is_single(key) and not key.startswith(NO_KEY)]
            if len(kept) < len(keys):
                keymap[action.id] = ",".join(kept) or f"{NO_KEY}{action.id}"
    return keymap


def split(keys: str) -> list[str]:
    """The keys of a list with commas, each by one name: ``question_mark`` is ``?``."""
    from textual.keys import key_to_character

    parts = [part.strip() for part in keys.split(",")]
    return [
        character
        if (character := key_to_character(part)) and character.isprintable() and character != " "
        else part
        for part in parts
        if part
    ]


def is_key(key: str) -> bool:
    """Whether a terminal could send a key of this name."""
    from textual.keys import Keys, key_to_character

    *modifiers, name = key.split("+")
    return (
        _MODIFIERS.issuperset(modifiers)
        and bool(name)
        and (name in {known.value for known in Keys} or key_to_character(name) is not None)
    )


def is_single(key: str) -> bool:
    """Whether a key is one letter, digit or sign, which types something elsewhere. The space bar is none."""
    from textual.keys import key_to_character

    character = key_to_character(key)
    return character is not None and character.isprintable() and character != " "


def _meet(one: str, other: str) -> bool:
    """Whether two actions are there at the same time as far as their ids tell: at one place, or everywhere."""
    places = {one.partition(".")[0], other.partition(".")[0]}
    return len(places) == 1 or EVERYWHERE in places
