"""The person's settings: ``config.toml``, overridden by ``CRM_<KEY>`` in the environment, overridden by
flags.

The file is read once per process and only if it exists. Most settings files are a few plain ``key = "value"``
lines, which ``plain`` reads; anything beyond goes to ``tomllib``, which costs 13 ms where the command line
framework is not loaded, a third of what ``crm count`` may take.
"""

from __future__ import annotations

import os

from crmtool.cli import paths
from crmtool.core.errors import StoreError, UsageError
from crmtool.core.messages import N_, Message

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

CHOICES = {"bidi": ("terminal", "app", "off"), "theme": ("dark", "light", "contrast", "ansi")}

# key -> (type of its value, what it decides)
KEYS: dict[str, tuple[type, str]] = {
    "workspace": (str, N_("the workspace a command uses")),
    "actor": (str, N_("the user a command acts as")),
    "language": (str, N_("the language of messages, such as en or pt_BR")),
    "timezone": (str, N_("the time zone shown, such as Europe/Madrid")),
    "accessible": (bool, N_("plain lines for screen readers")),
    "pager": (str, N_("the program that shows long output; empty for none")),
    "bidi": (str, N_("who reorders right-to-left text: terminal, app or off")),
    "currency": (str, N_("the currency of an amount typed without one, such as EUR")),
    "region": (str, N_("the country of a phone number typed without one, such as ES")),
    "theme": (str, N_("the colours of the full-screen app: dark, light, contrast or ansi")),
    "animations": (bool, N_("whether the full-screen app moves things smoothly")),
    "mouse": (bool, N_("whether the full-screen app listens to the mouse")),
    "single_keys": (bool, N_("whether single letters and signs are keys of the full-screen app")),
    "cursor": (bool, N_("show the terminal’s own cursor where the full-screen app has its focus")),
}
ALIASES = "aliases"
ACTION_KEYS = "keys"
TABLES = (ALIASES, ACTION_KEYS)  # tables of the file, whose names a person makes up or takes from the actions

_TRUE = ("1", "true", "yes", "on")
_FALSE = ("", "0", "false", "no", "off")

_loaded: dict[str, Any] | None = None


def setting(key: str) -> Any:
    """The value of ``key`` from the environment or the file; ``None`` where neither has it."""
    kind = KEYS[key][0]
    text = os.environ.get(f"CRM_{key.upper()}")
    if text is not None:
        return parse(key, text) if kind is not bool else truth(text)
    return load().get(key)


def aliases() -> dict[str, str]:
    """Short names for commands the person makes up: ``hot = "contact list 'lifecycle = lead'"``."""
    table: dict[str, str] = load().get(ALIASES, {})
    return table


def action_keys() -> dict[str, str]:
    """Keys of the full-screen app by the action’s id, separated by commas; none where it is empty."""
    table: dict[str, str] = load().get(ACTION_KEYS, {})
    return table


def load() -> dict[str, Any]:
    """The whole file, checked; empty when there is none. Raises ``UsageError`` naming file and key."""
    global _loaded
    if _loaded is None:
        _loaded = _checked(read())
    return _loaded


def read() -> dict[str, Any]:
    """The file as it is, its values unchecked; empty when there is none. Raises for a file that cannot be read."""
    path = paths.config_file()
    try:
        with open(path, encoding="utf-8") as file:
            return _parsed(file.read())
    except FileNotFoundError:
        return {}
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise StoreError(
            Message("{path} cannot be read: {reason}.", path=path, reason=reason),
            Message("Look at its owner and permissions; it is text in UTF-8."),
            code="config",
        ) from error


def forget() -> None:
    """Read the file again at the next question; it has changed."""
    global _loaded
    _loaded = None


def do_without() -> None:
    """Go on as if there were no file, for whoever has said what is wrong with it."""
    global _loaded
    _loaded = {}


def parse(key: str, text: str) -> Any:
    """What a person typed as the value of ``key``; ``UsageError`` says what would be right."""
    known(key)
    if key.startswith(f"{ALIASES}."):
        return text
    if key.startswith(f"{ACTION_KEYS}."):
        return _of_action(key, text)
    if KEYS[key][0] is bool:
        if text.casefold() in (*_TRUE, *_FALSE):
            return truth(text)
        raise _wrong(key, text, Message("Write true or false."))
    _check(key, text)
    if key == "timezone":
        _check_zone(text)
    elif key == "language":
        _check_language(text)
    return text


def known(key: str) -> None:
    """Nothing for a key that exists, ``UsageError`` with near ones otherwise."""
    table, dot, name = key.partition(".")
    if (
        key in KEYS
        or (table == ALIASES and dot and name and "." not in name)
        or (table == ACTION_KEYS and name)
    ):
        return
    from difflib import get_close_matches

    near = get_close_matches(key, KEYS, 3) or [*KEYS, f"{ALIASES}.NAME", f"{ACTION_KEYS}.ACTION"]
    raise UsageError(
        Message("There is no setting “{key}”.", key=key),
        Message("Settings: {names}.", names=", ".join(near)),
        key=key,
    )


def truth(text: str) -> bool:
    """Whether an environment variable that is a switch is on: anything but empty, 0, false, no, off."""
    return text.casefold() not in _FALSE


def plain(text: str) -> dict[str, Any] | None:
    """What ``tomllib`` would say of a file of plain lines; ``None`` where the file has more in it than that."""
    top: dict[str, Any] = {}
    table = top
    for line in text.split("\n"):
        line = line.strip(" \t")
        if not line or (line.startswith("#") and line.isprintable()):
            continue
        name = line[1:-1]
        if line[0] == "[" and line[-1] == "]" and name in TABLES and name not in top:
            table = top[name] = {}
            continue
        key, equals, value = line.partition("=")
        key, value = _plain_key(key.rstrip(" \t")), value.strip(" \t")
        if not equals or not key or key in table:
            return None
        if value in ("true", "false"):
            table[key] = value == "true"
        elif len(value) >= 2 and value[0] == value[-1] == '"' and value.isprintable():
            inner = value[1:-1]
            if '"' in inner or "\\" in inner:
                return None
            table[key] = inner
        else:
            return None
    return top


def _plain_key(key: str) -> str:
    """The name that a key of a plain line means, quoted where it has a dot in it; empty for anything else."""
    name = key
    if len(key) > 2 and key[0] == key[-1] == '"':
        name = key[1:-1]
        key = name.replace(".", "")
    return name if key.isascii() and key.replace("-", "").replace("_", "").isalnum() else ""


def _parsed(text: str) -> dict[str, Any]:
    table = plain(text)
    if table is not None:
        return table
    import tomllib

    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise UsageError(
            Message("{path} is not valid TOML: {reason}.", path=paths.config_file(), reason=str(error)),
            Message("Correct the line in an editor."),
            code="config",
        ) from error


def _checked(table: dict[str, Any]) -> dict[str, Any]:
    # An unknown key is left alone: a newer release on another machine may share this file. `crm config list`
    # shows it.
    for key, value in table.items():
        if key in KEYS:
            if type(value) is not KEYS[key][0]:
                raise _wrong(key, value, Message("Change it with: crm config set {key} VALUE", key=key))
            if isinstance(value, str):
                _check(key, value)
    names = table.get(ALIASES, {})
    if not isinstance(names, dict) or not all(isinstance(value, str) for value in names.values()):
        raise _wrong(
            ALIASES, names, Message("Each alias is a line of text: {example}", example='hot = "find lead"')
        )
    actions = table.get(ACTION_KEYS, {})
    if isinstance(actions, dict) and actions:
        table[ACTION_KEYS] = actions = _flat(actions)
    if not isinstance(actions, dict) or not all(isinstance(value, str) for value in actions.values()):
        raise _wrong(
            ACTION_KEYS,
            actions,
            Message("Each is a line of text: {example}", example='"grid.open" = "enter,o"'),
        )
    return table


def _flat(table: dict[str, Any], before: str = "") -> dict[str, Any]:
    """A table by dotted names: ``list.delete = "x"`` without quotes is a table in a table to TOML."""
    out: dict[str, Any] = {}
    for name, value in table.items():
        if isinstance(value, dict):
            out |= _flat(value, f"{before}{name}.")
        else:
            out[f"{before}{name}"] = value
    return out


def _of_action(key: str, text: str) -> str:
    """The keys of an action, checked against the actions there are; those of a screen are known when it is loaded (0.4 s)."""
    from crmtool.tui import keymap

    action = key.removeprefix(f"{ACTION_KEYS}.")
    found = keymap.complaints({action: text})
    if found:
        raise UsageError(found[0].message, found[0].hint, code="config", key=key)
    return text


def _check(key: str, value: str) -> None:
    if key == "workspace":
        try:
            paths.workspace_directory(value)
        except UsageError as error:
            raise _wrong(key, value, error.hint or error.message) from None
    elif key in CHOICES and value not in CHOICES[key]:
        raise _wrong(key, value, Message("Choices: {choices}.", choices=", ".join(CHOICES[key])))
    elif key == "currency" and not _is_currency(value):
        raise _wrong(key, value, Message("Write the three letters of the currency: EUR."))
    elif key == "region" and not (
        len(value) == 2 and value.isascii() and value.isalpha() and value.isupper()
    ):
        raise _wrong(key, value, Message("Write the two letters of the country: ES."))


def _is_currency(code: str) -> bool:
    from crmtool.core.money import minor_units

    return minor_units(code) is not None


def _check_zone(name: str) -> None:
    import zoneinfo

    try:
        zoneinfo.ZoneInfo(name)
    except (ValueError, OSError, zoneinfo.ZoneInfoNotFoundError):
        raise _wrong("timezone", name, Message("Write it as Europe/Madrid or UTC.")) from None


def _check_language(name: str) -> None:
    from crmtool.cli import language

    if not language.is_spoken(name):
        raise _wrong("language", name, Message("Languages: {names}.", names=", ".join(language.spoken())))


def _wrong(key: str, value: object, hint: Message) -> UsageError:
    return UsageError(
        Message("“{value}” does not fit the setting “{key}”.", value=value, key=key),
        hint,
        code="config",
        key=key,
    )
