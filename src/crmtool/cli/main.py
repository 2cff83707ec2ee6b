"""Where the program starts and ends.

``main`` switches the collector off in its first line and leaves through ``os._exit`` in its last: 104 ms
become 84 for a read, since nothing is collected while modules load and nothing is torn down that the system
takes back anyway. Output is flushed in between, and a failure to flush is a failure of the command.
"""

from __future__ import annotations

import gc
import os
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import NoReturn

    from crmtool.cli.state import State

# A command's own objects are collected rarely but surely, so that a long import stays small.
_COLLECT_EVERY = 100_000


def main() -> NoReturn:
    """The console script."""
    gc.disable()
    code = run(sys.argv[1:])
    os._exit(code)


def run(words: list[str]) -> int:
    """Do what the words of a command line say, and answer the exit code; never raises, never exits."""
    from crmtool.cli.state import State, use

    state = use(State())
    try:
        _prepare_streams()
        try:
            code = _dispatch(list(words), state)
        finally:
            sys.stdout.flush()
    except BaseException as error:
        from crmtool.cli.errors import report

        code = report(error, state)
        _drop_unwritten()
    try:
        sys.stderr.flush()
    except (OSError, ValueError):
        pass  # whoever read it is gone
    return code


def _dispatch(words: list[str], state: State) -> int:
    from crmtool.cli import arguments, fast, language
    from crmtool.cli.table import TABLE

    language.speak()
    words = arguments.take_globals(words, state)
    expanded = arguments.expand_alias(words, {*TABLE, *fast.WORDS, "help"})
    if expanded is not words:
        words = arguments.take_globals(expanded, state)
    if words[:1] == ["help"]:
        words = [*words[1:], "--help"]
    if not words:
        from crmtool.cli import fullscreen

        if fullscreen.wanted():
            return fullscreen.start()
        why = fullscreen.unseen()
        if why:
            sys.stderr.write(f"{why}\n")
        sys.stdout.write(fullscreen.welcome())
    if not words or words[0] in ("--help", "-h"):
        from crmtool.cli.help import root_help

        sys.stdout.write(root_help())
        return 0
    if words == ["--version"]:
        words = ["version"]
    code = fast.run(words)
    if code is not None:
        return code

    from crmtool.cli import frame

    gc.freeze()
    gc.set_threshold(_COLLECT_EVERY, 10, 10)
    gc.enable()
    return frame.run(arguments.complete_fields(words))


def _prepare_streams() -> None:
    # A stream that was closed for us leads nowhere, so that no file we open gets its number and its output.
    for number in (0, 1, 2):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, os.O_RDWR)
    sys.stdout = sys.stdout or open(1, "w", closefd=False)  # noqa: SIM115
    sys.stderr = sys.stderr or open(2, "w", closefd=False)  # noqa: SIM115
    # Data is UTF-8 whatever the locale says. A lone surrogate leaves as \udc80, which in JSON is its proper spelling.
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")


def _drop_unwritten() -> None:
    """What a failed flush left behind must not fail again at exit: let it go nowhere."""
    try:
        sys.stdout.flush()
    except (OSError, ValueError):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, 1)
        os.close(nowhere)
