"""The rooms: who may import whom, and that the core is the standard library alone."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "src" / "crmtool"

# What would make the core do input or output, or wait.
_OUTWARD = {
    "asyncio",
    "http",
    "shutil",
    "socket",
    "sqlite3",
    "subprocess",
    "tempfile",
    "urllib",
    "pathlib",
    "threading",
}


def imported(path: Path) -> Iterator[tuple[int, str]]:
    """Every module that a file imports anywhere in it, with the line."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}:{node.lineno}: imports are written in full"
            yield node.lineno, node.module or ""


def files(room: str) -> list[Path]:
    return sorted((PACKAGE / room).rglob("*.py"))


@pytest.mark.parametrize("path", files("core"), ids=lambda path: path.relative_to(PACKAGE).as_posix())
def test_the_core_is_the_standard_library_without_input_and_output(path: Path) -> None:
    for line, module in imported(path):
        if module.startswith("crmtool.core"):
            continue
        top = module.split(".")[0]
        assert top in sys.stdlib_module_names, f"{path.name}:{line} imports {module}"
        assert top not in _OUTWARD, f"{path.name}:{line} imports {module}, which reaches outside"


def test_the_import_contracts_hold() -> None:
    ran = subprocess.run(
        [Path(sys.executable).parent / "lint-imports", "--no-cache"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stdout


def test_every_room_stands_in_the_contracts() -> None:
    rooms = {path.parent.name for path in PACKAGE.glob("*/__init__.py")}
    contracts = (ROOT / "pyproject.toml").read_text(encoding="utf-8").partition("[tool.importlinter]")[2]
    assert {
        room for room in rooms if f'"crmtool.{room}' not in contracts and f"| crmtool.{room}" not in contracts
    } == set()
