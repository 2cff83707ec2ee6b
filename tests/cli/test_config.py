"""Settings: what is read, in which order, what is refused, and that changing one keeps the rest of the file."""

from __future__ import annotations

import json
import os
import stat
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmtool.cli import config, language
from crmtool.cli.state import State
from crmtool.core.errors import CrmError, StoreError, UsageError

Run = Callable[..., Any]
Settings = Callable[[str], None]

words = st.text(alphabet=st.sampled_from("ab -_.#=\"'[]\\\t\n\r\x00\u00e9") | st.characters(), max_size=12)
lines = st.one_of(
    st.builds('{} = "{}"'.format, words, words),
    st.builds("{}={}".format, words, st.sampled_from(["true", "false", "1", "'x'", '""', '"""', '"a" "b"'])),
    st.builds("# {}".format, words),
    st.sampled_from(["", "[aliases]", "[other]", "a.b = true", "a = true", 'a = "x" # why']),
)


@given(st.lists(lines, max_size=6).map("\n".join))
def test_the_quick_reader_says_what_tomllib_says_or_nothing(text: str) -> None:
    quick = config.plain(text)
    if quick is not None:
        assert quick == tomllib.loads(text)


def test_the_quick_reader_reads_what_crm_config_writes(crm: Run, home: Path) -> None:
    for key, value in (
        ("currency", "USD"),
        ("accessible", "no"),
        ("aliases.hot", "find lead"),
        ("pager", ""),
    ):
        assert crm("config", "set", key, value).code == 0
    text = (home / "config.toml").read_text()
    assert config.plain(text) == {
        "currency": "USD",
        "accessible": False,
        "pager": "",
        "aliases": {"hot": "find lead"},
    }


def test_flag_before_environment_before_file(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    state = State()

    def holds() -> tuple[str, str | None, str | None]:
        return state.workspace, state.actor, state.accessible

    assert holds() == ("default", None, None)
    settings('workspace = "file"\nactor = "ana"\naccessible = true\n')
    assert holds() == ("file", "ana", "config")
    monkeypatch.setenv("CRM_WORKSPACE", "environment")
    monkeypatch.setenv("ACCESSIBLE", "1")
    assert holds() == ("environment", "ana", "environment")
    monkeypatch.setenv("CRM_ACCESSIBLE", "0")
    assert holds() == ("environment", "ana", None)
    state.workspace_flag = state.actor_flag = "flag"
    state.accessible_flag = True
    assert holds() == ("flag", "flag", "flag")


@pytest.mark.parametrize(
    "text",
    [
        'workspace = "a/b"',
        "workspace = 3",
        'accessible = "yes"',
        'bidi = "sideways"',
        'currency = "euro"',
        'region = "spain"',
        'aliases = "x"',
        "[aliases]\nx = 1",
        "a = = b",
        'workspace = "open',
    ],
)
def test_a_wrong_file_is_refused_with_its_reason(crm: Run, settings: Settings, text: str) -> None:
    settings(text + "\n")
    ran = crm("config", "list")
    assert ran.code == 2
    assert ran.err.endswith("[config]\n")
    assert crm("--help").code == 0


def test_a_file_that_cannot_be_read_is_said(settings: Settings, home: Path) -> None:
    settings("")
    (home / "config.toml").write_bytes(b'actor = "\xff"\n')
    with pytest.raises(StoreError):
        config.load()
    (home / "config.toml").unlink()
    (home / "config.toml").mkdir()
    config.forget()
    with pytest.raises(StoreError):
        config.load()


def test_a_key_of_a_newer_version_is_left_alone_and_shown(crm: Run, settings: Settings) -> None:
    settings('hologram = "on"\n')
    rows = json.loads(crm("config", "list", "--json").out)
    assert [row["about"] for row in rows if row["key"] == "hologram"] == [
        "not a setting of this version; ignored"
    ]


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("colour", "red"),
        ("aliases.", "x"),
        ("aliases", "x"),
        ("accessible", "perhaps"),
        ("timezone", "Europe/Atlantis"),
        ("timezone", "../etc/passwd"),
        ("workspace", "..\x1b"),
    ],
)
def test_a_wrong_value_is_refused_and_nothing_written(crm: Run, home: Path, key: str, value: str) -> None:
    ran = crm("config", "set", key, value)
    assert ran.code == 2
    assert "\x1b" not in ran.err
    assert not home.exists()


def test_setting_keeps_comments_and_order_and_is_private(crm: Run, settings: Settings, home: Path) -> None:
    settings('# mine\nactor = "ana"  # me\n\n[aliases]\nhot = "find lead" # daily\n')
    assert crm("config", "set", "region", "ES").code == 0
    assert crm("config", "set", "actor", "bo").code == 0
    assert crm("config", "set", "aliases.cold", "find old").code == 0
    text = (home / "config.toml").read_text()
    assert text.startswith('# mine\nactor = "bo"  # me\n')
    assert '[aliases]\nhot = "find lead" # daily\ncold = "find old"\n' in text
    assert stat.S_IMODE(os.stat(home / "config.toml").st_mode) == 0o600
    assert os.listdir(home) == ["config.toml"]
    assert crm("config", "get", "aliases.cold").out == "find old\n"
    assert crm("config", "unset", "aliases.cold").code == 0
    assert crm("config", "get", "aliases.cold").code == 3
    assert crm("config", "get", "region").out == "ES\n"
    assert crm("config", "path").out == f"{home}/config.toml\n"


def test_a_wrong_value_in_the_file_can_be_mended(crm: Run, settings: Settings) -> None:
    settings('bidi = "sideways"\n')
    assert crm("config", "set", "bidi", "app").code == 0
    assert crm("config", "get", "bidi").out == "app\n"


def test_where_a_value_comes_from(crm: Run, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    settings('actor = "ana"\n')
    monkeypatch.setenv("CRM_TIMEZONE", "Europe/Madrid")
    rows = {row["key"]: row for row in json.loads(crm("config", "list", "--json").out)}
    assert rows["actor"]["from"] == "file"
    assert rows["timezone"]["from"] == "CRM_TIMEZONE"
    assert rows["pager"]["from"] is None


def test_the_language_is_chosen_before_anything_is_said(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LANG", "fr_FR.UTF-8")
    assert language.wanted() == "fr_FR.UTF-8"
    settings('language = "es"\n')
    assert language.wanted() == "es"
    monkeypatch.setenv("CRM_LANG", "qps")
    assert language.wanted() == "qps"
    monkeypatch.delenv("CRM_LANG")
    settings("broken")
    assert language.wanted() == "fr_FR.UTF-8"
    assert os.path.basename(language.catalogues()) == "i18n"


def test_a_language_without_a_catalogue_is_refused(
    crm: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(language, "catalogues", lambda: str(tmp_path))
    refused = crm("config", "set", "language", "xx")
    assert (refused.code, "Languages: en." in refused.err) == (2, True)
    assert crm("config", "set", "language", "es").code == 2
    (tmp_path / "es/LC_MESSAGES").mkdir(parents=True)
    (tmp_path / "es/LC_MESSAGES/crmtool.mo").touch()
    assert "Languages: en, es." in crm("config", "set", "language", "xx").err
    for name in ("en", "en_GB.UTF-8", "es", "es-MX", ""):
        assert config.parse("language", name) == name


def test_every_documented_key_can_be_asked() -> None:
    for key in config.KEYS:
        assert config.setting(key) is None
        config.known(key)
    with pytest.raises(UsageError):
        config.known("wrkspace")
    assert issubclass(UsageError, CrmError)


@pytest.mark.parametrize("text", ['[keys]\n"a.b_c" = "x"\n', '[aliases]\na = "b"\n[keys]\n"a" = ""\n'])
def test_keys_of_actions_are_read_without_a_parser(text: str) -> None:
    assert config.plain(text) == tomllib.loads(text)


def test_the_settings_hold_keys_of_the_app_in_a_table(settings: Settings) -> None:
    settings('theme = "light"\n\n[keys]\n"app.search" = "ctrl+g"\ngrid.open = "o"\n')
    assert config.action_keys() == {"app.search": "ctrl+g", "grid.open": "o"}
    assert config.parse("keys.app.search", "f7") == "f7"
    for key, value in (("keys.app.serach", "x"), ("keys.app.search", "hyper drive"), ("theme", "pink")):
        with pytest.raises(UsageError):
            config.parse(key, value)
    settings("[keys]\nx = 1\n")
    with pytest.raises(UsageError):
        config.load()


def test_keys_that_cannot_be_had_are_said(crm: Run, settings: Settings, home: Path) -> None:
    assert crm("config", "set", "keys.app.search", "ctrl+g").code == 0
    assert crm("config", "get", "keys.app.search").out == "ctrl+g\n"
    assert crm("config", "set", "keys.app.serach", "ctrl+g").code == 2
    assert config.plain((home / "config.toml").read_text()) == {"keys": {"app.search": "ctrl+g"}}
    settings('[keys]\n"app.search" = "ctrl+g"\n"app.gone" = "x"\ngrid.open = "o"\n')
    rows = {row["key"]: row for row in json.loads(crm("config", "list", "--json").out)}
    assert rows["keys.app.search"]["about"] == "Search"
    assert "app.gone" in rows["keys.app.gone"]["about"]
    assert "There is no action “app.gone”." in crm("doctor").out
    assert crm("config", "set", "keys.grid.open", "ctrl+e").code == 0
    assert crm("config", "unset", "keys.app.search").code == 0
    assert tomllib.loads((home / "config.toml").read_text()) == {
        "keys": {"app.gone": "x", "grid": {"open": "ctrl+e"}}
    }
