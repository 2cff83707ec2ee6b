"""What starting loads. Time is for the benchmarks; modules are counted here, which no machine makes slower."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.system

# What a read has no use for: each costs more than the whole read may.
HEAVY = (
    "textual",
    "rich",
    "sqlalchemy",
    "sqlmodel",
    "pydantic",
    "pandas",
    "httpx",
    "keyring",
    "babel",
    "phonenumbers",
)

# Runs a command line the way the console script does, and says at the end which modules are loaded.
_PROBE = """
import os, sys
def leave(code):
    sys.stderr.write("\\n" + " ".join(sys.modules) + f"\\n{code}")
    sys.stderr.flush()
    raise SystemExit(0)
os._exit = leave
from crmtool.cli.main import main
main()
"""


def modules(home: Path, *words: str) -> set[str]:
    """The modules that ``crm words`` loads; the command has to succeed."""
    ran = subprocess.run(
        [sys.executable, "-c", _PROBE, *words],
        # Measuring coverage in the child would load half the standard library before the program does.
        env={k: v for k, v in os.environ.items() if not k.startswith("COV")} | {"CRM_HOME": str(home)},
        capture_output=True,
        text=True,
        check=True,
    )
    *said, loaded, code = ran.stderr.splitlines()
    assert code == "0", said
    return set(loaded.split())


def tops(loaded: set[str]) -> set[str]:
    return {name.split(".")[0] for name in loaded}


@pytest.mark.parametrize(
    "words",
    [["--help"], ["version"], ["config", "list"], ["contact", "--help"], ["find", "--help"]],
    ids=" ".join,
)
def test_help_and_settings_load_nothing_heavy(tmp_path: Path, words: list[str]) -> None:
    assert tops(modules(tmp_path, *words)).isdisjoint(HEAVY)


@pytest.mark.parametrize(
    "words",
    [["contact", "list"], ["contact", "list", "--json"], ["find", "ana"], ["show", "ana@acme.es"]],
    ids=" ".join,
)
def test_reads_load_nothing_heavy(workspace: Path, words: list[str]) -> None:
    assert tops(modules(workspace, *words)).isdisjoint(HEAVY)


def test_adding_somebody_new_compares_nobody(workspace: Path) -> None:
    loaded = modules(workspace, "contact", "add", "Zoe Xu", "email=zoe@xu.es", "phone=+34 611 222 333")
    assert tops(loaded).isdisjoint({*HEAVY, "rapidfuzz"})
    assert "crmtool.match.entry" in loaded
    assert "crmtool.match.compare" not in loaded


@pytest.mark.parametrize("words", [["count", "contact"], ["prompt"]], ids=" ".join)
def test_the_quick_ways_do_without_the_framework(workspace: Path, words: list[str]) -> None:
    loaded = modules(workspace, *words)
    assert tops(loaded).isdisjoint({*HEAVY, "typer", "click", "inspect", "dataclasses", "contextlib", "json"})
    assert loaded.isdisjoint({"crmtool.core.entities.catalogue", "crmtool.core.entities.definitions"})


def test_root_help_is_a_table_and_imports_no_command(tmp_path: Path) -> None:
    loaded = modules(tmp_path, "--help")
    rooms = ("crmtool.cli.commands", "crmtool.cli.nouns", "crmtool.store", "crmtool.app")
    assert not [name for name in loaded if name.startswith(rooms)]
    assert tops(loaded).isdisjoint({"typer", "inspect", "enum", "typing", "re", "json"})


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with a workspace of one contact."""
    home = tmp_path_factory.mktemp("home")
    crm = Path(sys.executable).parent / "crm"
    for words in (["init"], ["contact", "add", "Ana Ruiz", "email=ana@acme.es"]):
        subprocess.run(
            [crm, *words], env={**os.environ, "CRM_HOME": str(home)}, check=True, capture_output=True
        )
    return home
