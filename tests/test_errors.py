"""Every error says what to do next: wherever one is made, the second message is there."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from crmtool.core import errors

ROOT = Path(__file__).resolve().parent.parent / "src" / "crmtool"
FAMILY = [
    name
    for name, found in vars(errors).items()
    if isinstance(found, type) and issubclass(found, errors.CrmError)
]
# What makes an error -> the place of the hint among its arguments.
MAKERS = {**dict.fromkeys(FAMILY, 1), "invalid": 2, "_failure": 1}
MODULES = sorted(ROOT.rglob("*.py"))


def without_hint(source: str) -> Iterator[int]:
    """The lines on which an error is made whose hint is missing, or may be ``None``."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and (place := MAKERS.get(_name(node.func))) is not None:
            given = [keyword.value for keyword in node.keywords if keyword.arg == "hint"] or node.args[place:]
            if not given or any(map(_nothing, _branches(given[0]))):
                yield node.lineno


def _name(function: ast.expr) -> str:
    return function.id if isinstance(function, ast.Name) else getattr(function, "attr", "")


def _branches(value: ast.expr) -> Iterator[ast.expr]:
    if isinstance(value, ast.IfExp):
        yield from _branches(value.body)
        yield from _branches(value.orelse)
    else:
        yield value


def _nothing(value: ast.expr) -> bool:
    return isinstance(value, ast.Constant) and value.value is None


@pytest.mark.parametrize("module", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_error_says_what_to_do_next(module: Path) -> None:
    found = [*without_hint(module.read_text(encoding="utf-8"))]
    assert not found, f"give the errors on these lines of {module} a hint: {found}"


@pytest.mark.parametrize(
    "source",
    [
        'UsageError(Message("No."))',
        'errors.StoreError(Message("No."), None, code="x")',
        'invalid(field, Message("No."))',
        'ConflictError(Message("No."), Message("Do.") if yes else None)',
        'ConflictError(Message("No."), hint=None)',
    ],
)
def test_an_error_without_a_hint_is_noticed(source: str) -> None:
    assert [*without_hint(source)] == [1]


def test_an_error_with_a_hint_passes() -> None:
    assert [*without_hint('UsageError(Message("No."), Message("Do."), code="x")')] == []
