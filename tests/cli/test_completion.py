"""Completion: what comes next, with names that live in the workspace; quick, quiet, and right in the real shells."""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pexpect
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.samples import NOW, fill

from crmtool.app.workspace import Workspace
from crmtool.cli import session
from crmtool.cli.completing.shells import SCRIPTS, Typed
from crmtool.cli.table import TABLE
from crmtool.core.policy import DenyAll, Policy

Run = Callable[..., Any]
Complete = Callable[..., list[str]]
ROOT = Path(__file__).resolve().parent.parent.parent


@pytest.fixture
def workspace(home: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("CRM_NOW", NOW)
    return fill()


@pytest.fixture
def complete(crm: Run) -> Complete:
    """The words that may stand in place of the last one given."""

    def run(*words: str) -> list[str]:
        ran = crm("__complete", "fish", "--", *words)
        assert (ran.code, ran.err) == (0, "")
        return [line.partition("\t")[0] for line in ran.out.split("\n")[1:-1]]

    return run


def test_commands_and_verbs(complete: Complete, workspace: Path) -> None:
    assert complete("") == [*TABLE, "boat"]
    assert complete("con") == ["contact", "config"]
    assert complete("help", "con") == ["contact", "config"]
    assert complete("contact", "s") == ["show", "set"]
    assert complete("boat", "s") == ["show", "set"]
    assert complete("config", "") == ["list", "get", "set", "unset", "path"]
    assert complete("nonsense", "") == []
    assert complete("contact", "nonsense", "") == []


def test_options_and_their_values(complete: Complete, workspace: Path) -> None:
    assert complete("contact", "list", "--js") == ["--json"]
    assert "--json" not in complete("contact", "list", "--json", "--")
    assert complete("--no") == ["--no-input"]
    assert complete("-w", "d") == ["default"]
    assert complete("contact", "--workspace=d") == ["--workspace=default"]
    assert complete("--actor", "sam") == ["Sam Seller"]
    assert complete("contact", "list", "--fields", "name,ema") == ["name,emails"]
    assert complete("contact", "list", "--fields=name,ema") == ["--fields=name,emails"]
    assert complete("contact", "list", "--sort", "-last") == ["-last_contacted_at"]
    assert complete("contact", "list", "--as-of", "yes") == ["yesterday"]
    assert complete("sql", "--schema", "boa") == ["boats"]
    assert complete("completion", "") == ["bash", "zsh", "fish"]


def test_the_kind_of_record_that_gets_a_field(complete: Complete, workspace: Path) -> None:
    assert complete("field", "add", "comp") == ["company"]
    assert complete("field", "add", "boa") == ["boat"]
    assert "kind=" in complete("field", "add", "boat", "Length", "ki")


def test_records_by_name_handle_and_address(complete: Complete, crm: Run, workspace: Path) -> None:
    assert complete("contact", "show", "an") == ["Ana Ruiz"]
    assert complete("contact", "show", "jose") == ["José Blanco"]
    assert complete("contact", "show", "李") == ["李小龙"]
    assert complete("company", "show", "ak") == ["Åkerlund & Söner"]
    assert complete("show", "a") == ["Ana Ruiz", "Acme", "Åkerlund & Söner"]
    assert complete("show", "ana@a") == ["ana@acme.es"]
    (handle,) = complete(
        "contact", "show", crm("sql", "select handle from contacts where name like 'Ana%'", "--csv").out[7:13]
    )
    assert len(handle) == 9
    assert handle in complete("contact", "show", "@")
    assert len(complete("contact", "show", "")) == 3


def test_a_name_that_would_act_on_a_terminal_is_not_offered(complete: Complete, workspace: Path) -> None:
    assert complete("contact", "show", "mal") == []


def test_documents_and_what_they_are_attached_to(
    complete: Complete, crm: Run, workspace: Path, tmp_path: Path
) -> None:
    (tmp_path / "offer.pdf").write_text("terms")
    crm("file", "add", str(tmp_path / "offer.pdf"))
    assert complete("attach", "an") == ["Ana Ruiz"]
    assert complete("file", "add", "offer.pdf", "--to", "an") == ["Ana Ruiz"]
    assert complete("file", "list", "--of", "ac") == ["Acme"]
    assert complete("file", "extract", "off") == ["offer.pdf"]
    assert complete("contact", "reassign", "--to", "sam") == ["Sam Seller"]
    assert complete("contact", "edit", "--fields", "name,ema") == ["name,emails"]


def test_assignments(complete: Complete, workspace: Path) -> None:
    assert complete("contact", "set", "Ana Ruiz", "em") == ["emails="]
    assert complete("contact", "set", "Ana Ruiz", "reg") == ["region="]
    assert complete("contact", "set", "Ana Ruiz", "lifecycle=cu") == ["lifecycle=customer"]
    assert complete("contact", "set", "Ana Ruiz", "colours=g") == ["colours=green"]
    assert complete("contact", "set", "Ana Ruiz", "company=ac") == ["company=Acme"]
    assert complete("contact", "set", "Ana Ruiz", "tags+=v") == ["tags+=vip"]
    assert complete("contact", "set", "Ana Ruiz", "do_not_contact=") == [
        "do_not_contact=yes",
        "do_not_contact=no",
    ]
    assert complete("deal", "add", "New", "owner=") == ["owner=me", "owner=Sam Seller"]
    assert complete("task", "add", "New", "due_on=tom") == ["due_on=tomorrow"]
    assert complete("contact", "set", "Ana Ruiz", "nonsense=") == []
    assert complete("contact", "set", "Ana Ruiz", "last_conta") == []


def test_every_kind_of_argument(complete: Complete, crm: Run, workspace: Path) -> None:
    assert complete("log", "me") == ["meeting", "message"]
    assert complete("log", "call", "an") == ["Ana Ruiz"]
    assert complete("log", "call", "Ana Ruiz", "said", "dur") == ["duration="]
    assert complete("deal", "move", "Roof", "neg") == ["Negotiation"]
    assert complete("deal", "move", "Roof", "Negotiation", "am") == ["amount="]
    assert complete("contact", "convert", "José Blanco", "amo") == ["amount="]
    assert complete("contact", "link", "Ana Ruiz", "dea") == ["deal="]
    assert complete("contact", "link", "Ana Ruiz", "deal=ro") == ["deal=Roof"]
    assert complete("contact", "link", "Ana Ruiz", "nothing=") == []
    assert complete("count", "contact", "life") == ["lifecycle"]
    assert complete("export", "cont") == ["contacts"]
    assert complete("export", "contacts", "life") == ["lifecycle"]
    assert complete("count", "contact", "lifecycle", "=", "cu") == ["customer"]
    assert complete("field", "choices", "contact", "life") == ["lifecycle"]
    assert complete("list", "add", "fa") == ["Fair"]
    assert complete("list", "add", "Fair", "an") == ["Ana Ruiz"]
    assert complete("contact", "list", "--view", "cu") == ["Customers"]
    assert complete("pipeline", "show", "s") == ["Sales"]
    assert complete("init", "--user", "") == []
    assert complete("contact", "restore", "") == []
    assert crm("contact", "rm", "Ana Ruiz").code == 0
    assert complete("contact", "restore", "") == ["Ana Ruiz"]
    assert "Ana Ruiz" not in complete("contact", "show", "")


def test_filters(complete: Complete, workspace: Path) -> None:
    assert complete("contact", "list", "life") == ["lifecycle"]
    assert complete("contact", "list", "lifecycle=cu") == ["lifecycle=customer"]
    assert complete("contact", "list", "lifecycle", "=", "cu") == ["customer"]
    assert complete("contact", "list", "--where", "lifecycle = cu") == ["lifecycle = customer"]
    assert complete("contact", "list", "--where", "tags has v") == ["tags has vip"]
    assert complete("contact", "list", "--where", "(title ~ x and comp") == ["(title ~ x and company"]
    assert complete("contact", "list", "company.ind") == ["company.industry"]
    assert complete("contact", "list", "company.owner.na") == ["company.owner.name"]
    assert complete("deal", "list", "--where", "stage = neg or company = åk") == [
        'stage = neg or company = "Åkerlund & Söner"'
    ]


def test_views_lists_and_handles(complete: Complete, crm: Run, workspace: Path) -> None:
    assert complete("view", "show", "cu") == ["Customers"]
    known = crm(
        "sql", "select distinct substr(handle, 2) as handle from history where actor is not null", "--tsv"
    ).out.split()[1:]
    assert sorted(complete("undo", "")) == sorted(known)
    assert complete("undo", known[0][:5]) == [known[0]]


def test_files_are_the_business_of_the_shell(crm: Run, workspace: Path) -> None:
    assert crm("__complete", "zsh", "--", "sql", "--with", "x").out == "files\n"
    assert crm("__complete", "zsh", "--", "contact", "set", "x", "em").out.startswith("open\nemails=\t")


def test_settings_are_named_and_their_values_never_told(
    complete: Complete, settings: Callable[[str], None], workspace: Path
) -> None:
    settings('timezone = "Europe/Madrid"\n[aliases]\nhot = "contact list"\n')
    assert complete("config", "get", "time") == ["timezone"]
    assert complete("config", "set", "timezone", "") == []
    assert complete("config", "set", "bidi", "a") == ["app"]
    assert complete("ho") == ["hot"]
    assert complete("hot", "life") == ["lifecycle"]


def test_a_policy_that_shows_nothing_completes_nothing(
    complete: Complete, workspace: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened = session.open_session

    def under(policy: Policy) -> Callable[..., Workspace]:
        def open_it(**options: Any) -> Workspace:
            made = opened(**options)
            made.policy = policy
            made.refresh_clock()
            return made

        return open_it

    monkeypatch.setattr(session, "open_session", under(DenyAll()))
    for words in (
        ["contact", "show", ""],
        ["contact", "show", "@"],
        ["show", "ana@"],
        ["view", "show", ""],
        ["boat", "show", ""],
    ):
        assert complete(*words) == []
    assert "boat" not in complete("")


@pytest.mark.parametrize(
    "words",
    [[], ["zsh"], ["bash", "--"], ["bash", "--", "crm "], ["nonsense", "--", ""], ["zsh", "--", "\udcff"]],
)
def test_nothing_is_ever_said_but_candidates(crm: Run, words: list[str]) -> None:
    ran = crm("__complete", *words)
    assert (ran.code, ran.err) == (0, "")


def test_a_damaged_workspace_is_no_error_here(crm: Run, complete: Complete, workspace: Path) -> None:
    workspace.write_bytes(b"not a database" * 100)
    assert complete("contact", "show", "") == []
    assert "contact" in complete("")


def test_the_generated_tree_is_current() -> None:
    ran = subprocess.run(
        [sys.executable, "tools/completion.py", "check"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr


@pytest.mark.parametrize(
    ("line", "words", "value", "inserted"),
    [
        ("crm show An", ["crm", "show", "An"], "Ana Ruiz", "Ana\\ Ruiz"),
        ('crm show "An', ["crm", "show", "An"], 'A "b" $c', 'A \\"b\\" \\$c'),
        ("crm show 'An", ["crm", "show", "An"], "O'Neil", "O'\\''Neil"),
        ("crm show An\\ R", ["crm", "show", "An R"], "Ana Ruiz", "Ana\\ Ruiz"),
        ("crm set x company=Ac", ["crm", "set", "x", "company=Ac"], "company=Acme & Co", "Acme\\ \\&\\ Co"),
        ('crm set x company="Ac', ["crm", "set", "x", "company=Ac"], "company=Acme", "Acme"),
        ("crm show @k7", ["crm", "show", "@k7"], "@k7x2p9qa", "@k7x2p9qa"),
        ("crm show ana@a", ["crm", "show", "ana@a"], "ana@acme.es", "@acme.es"),
        ("ls; X=1 crm sh", ["crm", "sh"], "show", "show"),
        ("crm show ", ["crm", "show", ""], "x", "x"),
        ('crm show ""', ["crm", "show", ""], "x", "x"),
        ('crm "a\\"b" ', ["crm", 'a"b', ""], "x", "x"),
    ],
)
def test_bash_gets_the_part_of_a_word_that_it_replaces(
    line: str, words: list[str], value: str, inserted: str
) -> None:
    typed = Typed(line, " \t\n\"'@><=;|&(:")
    assert typed.words == words
    assert typed.rest(value) == inserted


@given(st.text(st.characters(exclude_categories=["C", "Z"], include_characters=" ")))
def test_what_bash_gets_means_the_value_again(value: str) -> None:
    assert shlex.split("crm show " + Typed("crm show ", "=:@").rest(value)) == [
        "crm",
        "show",
        *([value] if value else []),
    ]
    assert shlex.split("crm show '" + Typed("crm show '", "=:@").rest(value) + "'") == ["crm", "show", value]
    typed = Typed("crm show " + Typed("crm show ", "=:@").rest(value), "=:@")
    assert typed.words[-1] == value


@pytest.mark.system
@pytest.mark.parametrize(
    "words",
    [["prompt"], ["__complete", "zsh", "--", "contact", "show", "a"], ["__complete", "zsh", "--", ""]],
)
def test_the_quick_ways_do_without_the_framework(home: Path, workspace: Path, words: list[str]) -> None:
    probe = (
        "import os, sys; os._exit = lambda code: print('\\n' + ' '.join(sys.modules), file=sys.stderr);"
        "from crmtool.cli.main import main; main()"
    )
    ran = subprocess.run(
        [sys.executable, "-c", probe, *words], env={**_environment(home), "COVERAGE_PROCESS_CONFIG": ""}, capture_output=True,
        text=True, check=True,
    )  # fmt: skip
    loaded = {name.split(".")[0] for name in ran.stderr.splitlines()[-1].split()}
    # Own definitions are JSON, whose decoder needs `re` and `enum`.
    assert loaded.isdisjoint({"typer", "click", "rich", "inspect", "dataclasses", "typing", "pydantic"})


def test_the_scripts_print(crm: Run) -> None:
    for shell, script in SCRIPTS.items():
        assert crm("completion", shell).out == script
    assert crm("completion", "tcsh").code == 2


# -- the real shells ---------------------------------------------------------------------------------------------------

_STARTING = {
    "bash": (
        ["--norc", "--noprofile"],
        "bind 'set bell-style none'; bind 'set enable-bracketed-paste off'; source <(crm completion bash)",
    ),
    "zsh": (
        ["-f"],
        "autoload -U compinit; compinit -D; unsetopt zle_bracketed_paste; PROMPT='$ '; source <(crm completion zsh)",
    ),
}


@pytest.fixture(params=[*_STARTING])
def shell(request: pytest.FixtureRequest, home: Path, workspace: Path) -> Iterator[pexpect.spawn[str]]:
    """An interactive shell whose ``crm`` prints its words instead of running."""
    if shutil.which(request.param) is None:
        pytest.skip(f"{request.param} is not installed")
    options, start = _STARTING[request.param]
    child = pexpect.spawn(
        request.param, options, env=_environment(home), encoding="utf-8", timeout=20, dimensions=(50, 300)
    )
    child.expect_exact("$ ")
    child.sendline(start + "; crm() { printf '<%s>' \"$@\"; echo .; }; echo READ''Y")
    child.expect("READY\r\n")
    child.expect_exact("$ ")
    yield child
    child.close(force=True)


def _environment(home: Path) -> dict[str, str]:
    binaries = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    return {
        **os.environ, "CRM_HOME": str(home), "PATH": binaries, "TERM": "dumb", "PS1": "$ ", "HISTFILE": "/dev/null",
        "LC_ALL": "C.UTF-8",
    }  # fmt: skip


@pytest.mark.system
@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("crm contact show An", "<contact><show><Ana Ruiz>"),
        ('crm contact show "An', "<contact><show><Ana Ruiz>"),
        ("crm company show 'Åk", "<company><show><Åkerlund & Söner>"),
        ("crm company show Åk", "<company><show><Åkerlund & Söner>"),
        ("crm show ana@a", "<show><ana@acme.es>"),
        ("crm contact set Ana\\ Ruiz company=Ac", "<contact><set><Ana Ruiz><company=Acme>"),
        ("crm contact set Ana\\ Ruiz em", "<contact><set><Ana Ruiz><emails=>"),
        ("crm contact list 'lifecycle = cus", "<contact><list><lifecycle = customer>"),
        ("crm contact list --whe", "<contact><list><--where>"),
        ("crm sql --with /etc/hostna", "<sql><--with></etc/hostname>"),
    ],
)
def test_the_tab_key(shell: pexpect.spawn[str], typed: str, words: str) -> None:
    shell.send(typed)
    shell.expect_exact(typed.rsplit("\\", 1)[-1][-4:])
    shell.send("\t")
    # The line is edited in place; a return only counts once the candidate stands in it.
    shell.expect(r"[^\x07]", timeout=20)
    _settle(shell)
    shell.send("\r")
    shell.expect_exact(f"{words}.")


def _settle(shell: pexpect.spawn[str]) -> None:
    """Wait until the shell has been quiet for a moment."""
    while True:
        try:
            shell.read_nonblocking(1000, timeout=0.8)
        except pexpect.TIMEOUT:
            return


@pytest.mark.system
@pytest.mark.skipif(shutil.which("fish") is None, reason="fish is not installed")
def test_fish(home: Path, workspace: Path) -> None:
    lines = [
        "crm contact show An",
        "crm contact set 'Ana Ruiz' company=Ac",
        "crm sql --with /etc/hostna",
        'crm show "Åk',
    ]
    asked = "\n".join(f"complete -C {_fish(line)}" for line in lines)
    ran = subprocess.run(
        ["fish", "--no-config", "-c", f"crm completion fish | source\n{asked}"],
        env=_environment(home), capture_output=True, text=True, check=True,
    )  # fmt: skip
    found = [line.partition("\t")[0] for line in ran.stdout.splitlines()]
    assert found == ["Ana Ruiz", "company=Acme", "/etc/hostname", "Åkerlund & Söner"]


def _fish(text: str) -> str:
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"
