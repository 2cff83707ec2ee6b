"""The frame: help, unknown words, global options, aliases, exit codes, and what an error looks like."""

from __future__ import annotations

import errno
import json
import sys
import types
from collections.abc import Callable, Iterator
from typing import Annotated, Any

import pytest
import typer

from crmtool.app.rules import COMMANDS
from crmtool.cli import fast, frame, main, table
from crmtool.cli.frame import App
from crmtool.cli.state import State, current
from crmtool.core import errors
from crmtool.core.messages import Message
from crmtool.version import __version__

Run = Callable[..., Any]
Offer = Callable[[object], None]


@pytest.fixture
def offer(monkeypatch: pytest.MonkeyPatch) -> Offer:
    """Puts a function or an ``App`` into the table as ``crm sample``."""

    def put(command: object) -> None:
        module = types.ModuleType("crmtool_sample")
        module.command = command  # type: ignore[attr-defined]
        monkeypatch.setitem(sys.modules, "crmtool_sample", module)
        monkeypatch.setitem(table.TABLE, "sample", ("crmtool_sample", "command", "a command for tests"))

    return put


def raising(error: BaseException) -> Callable[[], None]:
    def command() -> None:
        raise error

    return command


def test_help_is_the_whole_table(crm: Run) -> None:
    ran = crm("--help")
    assert ran.code == 0
    assert ran.err == ""
    for name in table.TABLE:
        assert f"\n  {name} " in ran.out
    assert crm("-h").out == crm("help").out == ran.out


def test_without_a_workspace_the_help_begins_with_what_to_do(crm: Run) -> None:
    said = crm().out.splitlines()
    assert "crm init" in said[0]
    assert "crm demo" in said[1]
    assert "\n".join(said[3:]) == crm("--help").out.rstrip("\n")
    crm("init", "--user", "Ana")
    assert crm().out == crm("--help").out


def test_help_in_the_pseudo_locale_is_bracketed_throughout(crm: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CRM_LANG", "qps")
    for line in crm("--help").out.splitlines():
        name, _, rest = line.strip().partition("⟦")
        untranslated = name.strip()
        assert not line or rest.endswith("⟧"), line
        assert not untranslated or untranslated in table.TABLE or untranslated.startswith("-"), line


def test_help_of_a_command(crm: Run, offer: Offer) -> None:
    def command(
        who: Annotated[str, typer.Argument(help="Whom.")],
        words: Annotated[list[str] | None, typer.Argument(help="What.")] = None,
        loud: Annotated[bool, typer.Option("--loud", help="shout")] = False,
    ) -> None: ...

    offer(command)
    text = crm("sample", "--help").out
    assert text.splitlines()[:3] == ["Usage: crm sample [OPTIONS] WHO [WORDS...]", "", "A command for tests."]
    assert "  WHO    Whom.\n" in text
    assert "  --loud      shout\n  -h, --help  print this text\n" in text
    assert crm("help", "sample").out == text


def test_groups_build_only_the_command_that_is_used(crm: Run, offer: Offer) -> None:
    app = App("things")

    @app.command("one", help="The first.")
    def one() -> None:
        print("one")

    @app.command("two", help="The second.")
    def two(broken: NoSuchType) -> None: ...  # type: ignore[name-defined]  # noqa: F821 - never looked at

    offer(app)
    assert crm("sample", "one").out == "one\n"
    listed = crm("sample", "--help").out
    assert crm("sample").out == listed
    assert "  one  The first.\n  two  The second.\n" in listed


def test_version(crm: Run) -> None:
    assert crm("--version").out == crm("version").out == f"crm {__version__}\n"


def test_an_unknown_command_suggests_and_exits_2(
    crm: Run, offer: Offer, monkeypatch: pytest.MonkeyPatch
) -> None:
    nouns = types.ModuleType("crmtool.cli.nouns")
    nouns.find_own = lambda name: App("boats") if name == "boat" else None  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "crmtool.cli.nouns", nouns)
    ran = crm("contcat")
    assert ran.code == 2
    assert ran.out == ""
    assert (
        ran.err
        == "Error: There is no command “crm contcat”.\nDid you mean contact, count? [unknown_command]\n"
    )
    assert "crm --help" in crm("qqqqqq").err
    assert crm("config", "gte").err.splitlines()[1] == "Did you mean get? [unknown_command]"
    assert crm("boat").code == 0  # an object of one's own is a command


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["config", "get"], "KEY is missing."),
        (
            ["config", "list", "--jsno"],
            "crm config list has no option --jsno.\nDid you mean --json, --ndjson?",
        ),
        (
            ["config", "list", "--since"],
            "crm config list has no option --since.\nSee: crm config list --help",
        ),
        (["config", "list", "--limit", "x"], "--limit takes a whole number, 0 or more."),
        (["config", "list", "--limit", "-1"], "--limit takes a whole number, 0 or more."),
        (["version", "extra"], "crm version: Got unexpected extra argument(s) (extra)"),
        (["config", "list", "--limit"], "--limit needs a value.\nSee: crm config list --help"),
        (["config", "list", "-w"], "-w needs a value."),
    ],
)
def test_a_wrong_usage_exits_2_in_the_one_shape(crm: Run, words: list[str], said: str) -> None:
    ran = crm(*words)
    assert ran.code == 2
    assert ran.out == ""
    assert ran.err.startswith(f"Error: {said}")
    assert ran.err.endswith(" [usage]\n")


ERRORS: list[tuple[BaseException, int, str]] = [
    (errors.NotFoundError(Message("No.")), 3, "not_found"),
    (errors.AmbiguousError(Message("No.")), 4, "ambiguous"),
    (errors.DeniedError(Message("No.")), 5, "denied"),
    (errors.ConflictError(Message("No.")), 6, "conflict"),
    (errors.StoreError(Message("No.")), 1, "store"),
    (errors.ValidationError(Message("No.")), 2, "invalid"),
    (KeyboardInterrupt(), 130, "interrupted"),
    (typer.Abort(), 130, "interrupted"),
    (MemoryError(), 1, "memory"),
    (RecursionError(), 1, "nesting"),
    (OSError(errno.ENOSPC, "No space left on device", "/x"), 1, "disk_full"),
    (OSError(errno.EROFS, "Read-only file system", "/x"), 1, "read_only"),
    (PermissionError(errno.EACCES, "Permission denied", "/x"), 1, "permission"),
    (FileNotFoundError(errno.ENOENT, "No such file", "/x"), 1, "no_file"),
    (IsADirectoryError(errno.EISDIR, "Is a directory", "/x"), 1, "folder"),
    (OSError(errno.EIO, "Input/output error", "/x"), 1, "system"),
    (OSError(errno.EIO, "Input/output error"), 1, "system"),
    (UnicodeDecodeError("utf-8", b"ab\xff", 2, 3, "invalid start byte"), 1, "encoding"),
    (ValueError("surprise"), 1, "internal"),
]


@pytest.mark.parametrize(
    ("error", "code", "word"), ERRORS, ids=[f"{type(e).__name__}-{w}" for e, _, w in ERRORS]
)
def test_every_failure_has_its_exit_code_and_no_trace(
    crm: Run, offer: Offer, error: BaseException, code: int, word: str
) -> None:
    offer(raising(error))
    ran = crm("sample")
    assert ran.code == code
    assert ran.out == ""
    assert ran.err.startswith("Error: ")
    assert ran.err.endswith(f"[{word}]\n")
    assert "Traceback" not in ran.err


def test_debug_shows_the_trace_escaped(crm: Run, offer: Offer) -> None:
    offer(raising(ValueError("sur\x1bprise")))
    ran = crm("sample", "--debug")
    assert ran.code == 1
    assert "Traceback" in ran.err
    assert "\x1b" not in ran.err
    assert "--debug" in crm("sample").err


def test_errors_are_objects_where_json_was_asked_for(crm: Run, offer: Offer) -> None:
    def command(json: bool = False) -> None:
        candidates = [{"id": "0198f0a0-0000-7000-8000-0123456789ab", "entity": "contact", "name": "Ana\x1b"}]
        raise errors.AmbiguousError(Message("Two."), Message("Pick one."), candidates=candidates)

    offer(command)
    body = json.loads(crm("sample", "--json").err)["error"]
    assert (body["code"], body["message"], body["hint"], body["exit_code"]) == (
        "ambiguous",
        "Two.",
        "Pick one.",
        4,
    )
    assert body["data"]["candidates"][0]["name"] == "Ana\x1b"
    told = crm("sample").err
    assert told == "Error: Two.\n  @4d2pf2db  contact  Ana\\x1b\nSay which by its handle. [ambiguous]\n"


def test_hostile_values_cannot_forge_lines_in_an_error(crm: Run, offer: Offer) -> None:
    offer(raising(errors.CrmError(Message("No {name}.", name="a\nError: b\x1b[2J"))))
    assert crm("sample").err == "Error: No a\\nError: b\\x1b[2J. [failed]\n"
    offer(raising(errors.CrmError(Message("Line one\n  {caret}", caret="^\n"))))
    assert crm("sample").err == "Error: Line one\n  ^\n [failed]\n"


def test_a_reader_that_left_is_no_failure(crm: Run, offer: Offer) -> None:
    offer(raising(BrokenPipeError()))
    assert crm("sample") == (0, "", "")


def test_the_exit_code_is_what_the_command_returns(crm: Run, offer: Offer) -> None:
    def partial() -> int:
        return 7

    def leaving() -> None:
        raise typer.Exit(5)

    offer(partial)
    assert crm("sample").code == 7
    offer(leaving)
    assert crm("sample").code == 5


def test_global_options_stand_anywhere(crm: Run, offer: Offer, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[tuple[str, str | None, bool, list[str]]] = []

    def command(words: list[str]) -> None:
        state = current()
        seen.append((state.workspace, state.actor, state.may_prompt, words))

    offer(command)
    crm("-w", "acme", "sample", "a")
    crm("sample", "a", "--workspace=acme", "--actor", "bo", "--no-input")
    crm("sample", "--", "-w", "acme")
    monkeypatch.setenv("CRM_WORKSPACE", "other")
    crm("sample", "a")
    assert seen == [
        ("acme", None, False, ["a"]),
        ("acme", "bo", False, ["a"]),
        ("default", None, False, ["-w", "acme"]),
        ("other", None, False, ["a"]),
    ]


def test_a_person_at_a_terminal_may_be_asked_unless_it_is_forbidden(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin.isatty", lambda: True, raising=False)
    state = State()
    assert state.may_prompt
    monkeypatch.setenv("CRM_NO_INPUT", "1")
    assert not state.may_prompt


def test_aliases_come_from_the_settings(crm: Run, settings: Callable[[str], None], offer: Offer) -> None:
    def command(words: list[str]) -> None:
        print(words, current().workspace)

    offer(command)
    settings(
        '[aliases]\nhot = "sample \'two words\' -w acme"\nhotter = "hot more"\nloop = "pool"\npool = "loop"\n'
        'sample = "version"\nopen_quote = "sample \'"\n'
    )
    assert crm("hot", "x").out == "['two words', 'x'] acme\n"
    assert crm("hotter").out == "['two words', 'more'] acme\n"
    assert crm("sample", "x").out == "['x'] default\n"  # a command that exists cannot be hidden
    assert "leads back" in crm("loop").err
    assert "quote" in crm("open_quote").err
    assert crm("loop").code == crm("open_quote").code == 2


def test_the_fast_path_runs_without_the_framework(
    crm: Run, offer: Offer, monkeypatch: pytest.MonkeyPatch
) -> None:
    def quick(words: list[str]) -> int | None:
        if words == ["later"]:
            return None
        print("quick", words)
        return 9

    module = types.ModuleType("crmtool_quick")
    module.run = quick  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "crmtool_quick", module)
    monkeypatch.setitem(fast.WORDS, "sample", "crmtool_quick:run")

    def slow(words: Annotated[list[str], typer.Argument()]) -> None:
        print("slow", words)

    offer(slow)
    assert crm("sample", "contact") == (9, "quick ['contact']\n", "")
    assert crm("sample", "later").out == "slow ['later']\n"
    assert crm("sample", "contact", "--help").out.startswith("Usage: crm sample")
    assert crm("-w", "acme", "sample", "contact").out == "quick ['contact']\n"


def test_a_fields_option_without_a_value_lists_them(crm: Run) -> None:
    assert "about" in crm("config", "list", "--fields").out
    assert "about" in crm("config", "list", "--fields", "--no-headers").out
    assert crm("config", "list", "--fields", "key", "--limit", "1").out == "Setting\nworkspace\n"


def test_every_entry_of_the_table_has_its_module() -> None:
    for name in table.TABLE:
        assert frame.load(name) is not None, name


def test_no_object_can_take_the_word_of_a_command() -> None:
    words = {name for name, (_, attribute, _) in table.TABLE.items() if attribute != "build"}
    assert words | {"help"} == COMMANDS


def test_main_leaves_with_the_code(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def leave(code: int) -> None:
        raise SystemExit(code)

    monkeypatch.setattr("os._exit", leave)
    monkeypatch.setattr(sys, "argv", ["crm", "version"])
    with pytest.raises(SystemExit) as left:
        main.main()
    assert left.value.code == 0
    assert capsys.readouterr().out == f"crm {__version__}\n"


@pytest.fixture(autouse=True)
def _collector() -> Iterator[None]:
    """``main`` changes how the collector works; a test run keeps its own."""
    import gc

    before = gc.get_threshold()
    yield
    gc.enable()
    gc.unfreeze()
    gc.set_threshold(*before)
