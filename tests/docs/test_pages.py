"""The pages of docs/ are true: every example runs, every command has its entry, nothing generated is stale, no link is dead."""

from __future__ import annotations

import doctest
import re
import subprocess
import sys
from pathlib import Path

import pytest
from tests.docs import examples

from crmtool.cli.frame import Group, RootGroup
from crmtool.cli.table import TABLE

ROOT = examples.ROOT
PAGES = sorted([*ROOT.glob("docs/*.md"), *ROOT.glob("*.md")])
GUIDES = [page for page in PAGES if "```console" in page.read_text(encoding="utf-8")]


def named(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


@pytest.mark.system
@pytest.mark.parametrize("page", GUIDES, ids=named)
def test_examples_do_what_the_page_says(page: Path, tmp_path: Path) -> None:
    assert examples.check(page, tmp_path) > 0


def test_examples_in_python(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CRM_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("CRM_NOW", examples.NOW)
    monkeypatch.setenv("TZ", "UTC")
    page = ROOT / "docs" / "python.md"
    blocks = re.findall(r"^```pycon\n(.*?)^```$", page.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
    test = doctest.DocTestParser().get_doctest("\n".join(blocks), {}, "python.md", str(page), 0)
    flags = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE | doctest.IGNORE_EXCEPTION_DETAIL
    said: list[str] = []
    found = doctest.DocTestRunner(optionflags=flags).run(test, out=said.append)
    assert found.attempted > 30
    assert found.failed == 0, "".join(said)


def test_there_are_guides() -> None:
    assert len(GUIDES) >= 10


@pytest.mark.parametrize("tool", ["reference", "completion", "models"])
def test_nothing_generated_is_stale(tool: str) -> None:
    ran = subprocess.run(
        [sys.executable, f"tools/{tool}.py", "check"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert ran.returncode == 0, ran.stderr


def test_every_command_is_documented() -> None:
    """By its entry in the reference, and by help that says more than its summary line."""
    reference = (ROOT / "docs" / "commands.md").read_text(encoding="utf-8")
    program = RootGroup("crm", (), "")
    with program.make_context("crm", ["version"]) as root:
        for name in TABLE:
            assert f"\n### crm {name}\n" in reference
            command = program.get_command(root, name)
            assert command is not None
            inner = (
                [command.get_command(root, verb) for verb in command.list_commands(root)]
                if isinstance(command, Group)
                else [command]
            )
            for one in inner:
                assert one is not None
                assert one.help, f"crm {name}: {one.name}"
                for param in one.params:
                    assert getattr(param, "help", None) or "--help" in param.opts, (
                        f"crm {name} {one.name}: {param.name}"
                    )


@pytest.mark.parametrize("page", PAGES, ids=named)
def test_links_lead_somewhere(page: Path) -> None:
    text = re.sub(r"```.*?```", "", page.read_text(encoding="utf-8"), flags=re.DOTALL)
    for target in re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", text):
        if not target.startswith(("http:", "https:")):
            assert (page.parent / target).exists(), target


def test_every_page_can_be_reached() -> None:
    linked = {
        target
        for page in PAGES
        for target in re.findall(r"\(((?:docs/)?[\w-]+\.md)", page.read_text(encoding="utf-8"))
    }
    names = {Path(target).name for target in linked}
    assert {page.name for page in ROOT.glob("docs/*.md")} <= names
