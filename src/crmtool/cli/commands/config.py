"""``crm config``: read and change the settings file."""

from __future__ import annotations

import os
import sys
from typing import Annotated, Any

import typer

from crmtool.cli import config, paths
from crmtool.cli.frame import App
from crmtool.cli.output import Output
from crmtool.cli.output.options import prints_rows
from crmtool.core.errors import NotFoundError
from crmtool.core.fields import Field
from crmtool.core.kinds import TEXT
from crmtool.core.messages import N_, Message, t
from crmtool.core.registry import Entity
from crmtool.doors.safe import escape

Key = Annotated[
    str, typer.Argument(metavar="KEY", help=t("The setting, or {example}.", example="aliases.NAME"))
]
Value = Annotated[str, typer.Argument(metavar="VALUE", help=t("Its value."))]

_FIELDS = [
    Field("key", TEXT, N_("Setting")),
    Field("value", TEXT, N_("Value")),
    Field("from", TEXT, N_("From")),
    Field("about", TEXT, N_("About it")),
]
SETTING = Entity(
    "setting",
    "settings",
    N_("Setting"),
    N_("Settings"),
    {field.key: field for field in _FIELDS},
    name_field="key",
    list_fields=("key", "value", "from", "about"),
)

command = App(N_("your settings"))


@command.command("list", help=t("Print every setting, its value and where that comes from."))
@prints_rows
def show_all(output: Output) -> None:
    fields = output.fields(SETTING)
    output.write(_rows(), fields)


@command.command("get", help=t("Print the value of one setting."))
def get(key: Key) -> None:
    config.known(key)
    value = _value(key)
    if value is None:
        raise NotFoundError(
            Message("“{key}” is not set.", key=key),
            Message("Set it with: crm config set {key} VALUE", key=key),
            key=key,
        )
    print(escape(_text(value)))


@command.command("set", help=t("Change one setting in the file."))
def set_value(key: Key, value: Value) -> None:
    parsed = config.parse(key, value)
    with _Document() as document:
        table, name = document.place(key)
        table[name] = parsed
    said = (
        t("{key} is now {value}.", key=key, value=_text(parsed))
        if parsed != ""
        else t("{key} is now empty.", key=key)
    )
    print(escape(said), file=sys.stderr)


@command.command("unset", help=t("Take one setting out of the file."))
def unset(key: Key) -> None:
    config.known(key)
    with _Document() as document:
        table, name = document.place(key)
        table.pop(name, None)
    print(escape(t("{key} is not set any more.", key=key)), file=sys.stderr)


@command.command("path", help=t("Print where the settings file is."))
def path() -> None:
    print(escape(paths.config_file()))


class _Document:
    """The file with its comments and order kept: changed inside ``with``, checked and put in place whole at the end."""

    def __enter__(self) -> _Document:
        import tomlkit  # 30 ms, only to change a setting

        config.read()  # a file that is no TOML is reported; a wrong value in it is what this may be mending
        try:
            with open(paths.config_file(), encoding="utf-8") as file:
                self._tables: Any = tomlkit.parse(file.read())
        except FileNotFoundError:
            self._tables = tomlkit.document()
        return self

    def place(self, key: str) -> tuple[Any, str]:
        """The table that holds ``key``, and its name there."""
        name, _, rest = key.partition(".")
        if name not in config.TABLES:
            return self._tables, key
        table = self._tables.setdefault(name, {})
        while "." in rest and isinstance(table.get(rest.partition(".")[0]), dict):  # written without quotes
            name, _, rest = rest.partition(".")
            table = table[name]
        return table, rest

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        if kind is not None:
            return
        target = paths.config_file()
        working = paths.private_file(f"{target}.{os.getpid()}.part")
        with open(working, "w", encoding="utf-8") as file:
            file.write(self._tables.as_string())
        os.replace(working, target)
        config.forget()


def _rows() -> list[dict[str, Any]]:
    rows = []
    for key, (_, about) in config.KEYS.items():
        value = config.setting(key)
        source = None if value is None else _source(key)
        rows.append(
            {"key": key, "value": None if value is None else _text(value), "from": source, "about": t(about)}
        )
    for name, meaning in config.aliases().items():
        rows.append(
            {"key": f"{config.ALIASES}.{name}", "value": meaning, "from": "file", "about": t("an alias")}
        )
    rows += _action_rows()
    ignored = t("not a setting of this version; ignored")
    strangers = [key for key in config.load() if key not in config.KEYS and key not in config.TABLES]
    rows += [{"key": key, "value": None, "from": "file", "about": ignored} for key in strangers]
    return rows


def _action_rows() -> list[dict[str, Any]]:
    """The keys of one's own: what each does, or what is wrong with it."""
    keys = config.action_keys()
    if not keys:
        return []
    from crmtool.tui import keymap  # loads every screen: 0.5 s, for those who have keys of their own

    wrong = {found.action: str(found.message) for found in keymap.complaints(keys)}
    return [
        {
            "key": f"{config.ACTION_KEYS}.{action}",
            "value": value,
            "from": "file",
            "about": wrong.get(action) or keymap.about(action),
        }
        for action, value in keys.items()
    ]


def _value(key: str) -> Any:
    table, _, name = key.partition(".")
    if table == config.ALIASES:
        return config.aliases().get(name)
    return config.action_keys().get(name) if table == config.ACTION_KEYS else config.setting(key)


def _source(key: str) -> str:
    variable = f"CRM_{key.upper()}"
    return variable if variable in os.environ else "file"


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
