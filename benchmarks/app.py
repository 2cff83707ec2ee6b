"""The full-screen app in a pseudo-terminal: how long its event loop is held up by what a person does, by its own probe.

Keys are sent one after another; a deed ends when the screen has been quiet for a moment. Its figure is the longest gap between
two beats of the loop that began meanwhile, without what the thread waited for a core: that is the doing of other programs.
"""

from __future__ import annotations

import fcntl
import os
import pty
import re
import signal
import struct
import tempfile
import termios
import time
from typing import TYPE_CHECKING, NamedTuple

from benchmarks import data
from benchmarks.harness import Figure, environment, note, program
from benchmarks.painting import read

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from benchmarks.data import Store
    from benchmarks.harness import Options

LAG_MS = 50.0
PATIENCE = 20.0  # seconds after which a deed that never ends is given up
QUIET = 0.35  # seconds without output after which a deed is done; a cursor blinks every half second
_GAP = re.compile(r"^(\d+) ms: computed (\d+), waited for a core (\d+), began ([\d.]+)$")

KEY_SECONDS = 0.06  # between two keys
DOWN, RIGHT, PAGE_DOWN, TAB, ENTER, ESCAPE = "\x1b[B", "\x1b[C", "\x1b[6~", "\t", "\r", "\x1b"
CTRL_P, CTRL_Y = "\x10", "\x19"


class Deed(NamedTuple):
    """What a person does, and the keys for it, each sent a moment after the one before."""

    name: str
    keys: Sequence[str]


DEEDS = (
    Deed("open a list", ["1"]),
    Deed("page down", [PAGE_DOWN] * 20),
    Deed("to the end and back", ["G", "g"]),
    Deed("type a filter", ["/", *"martin", ENTER]),
    Deed("open a record", [ENTER]),
    Deed("open a form", ["e"]),
    Deed("type in a form", [*"Anna", TAB, *"Director", TAB]),
    Deed("go through a form", [TAB] * 30),
    Deed("leave a form", [ESCAPE]),
    Deed("leave without storing", ["y"]),
    Deed("leave a record", [ESCAPE]),
    Deed("help", ["?"]),
    Deed("leave help", [ESCAPE]),
    Deed("palette", [CTRL_P, *"task"]),
    Deed("leave the palette", [ESCAPE]),
    Deed("search", ["f", *"martin"]),
    Deed("leave search", [ESCAPE]),
    Deed("home", ["0"]),
    Deed("agenda", ["5"]),
    Deed("home again", ["0"]),
    Deed("board", ["4"]),
    Deed("move on the board", [RIGHT, DOWN, DOWN, RIGHT]),
    Deed("home from the board", ["0"]),
    Deed("a new form", ["1", "a"]),
    Deed("leave a new form", [ESCAPE]),
    Deed("undo list", [CTRL_Y]),
    Deed("leave the undo list", [ESCAPE]),
    Deed("colours", ["T", DOWN, DOWN]),
    Deed("leave colours", [ESCAPE]),
)


class Person:
    """Somebody at the keys of the program in a terminal of 120x40."""

    def __init__(self, argv: Sequence[str], env: Mapping[str, str]) -> None:
        self._child, self._terminal = pty.fork()
        if self._child == 0:
            os.execvpe(argv[0], [*argv], dict(env))
        fcntl.ioctl(self._terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 40, 120, 0, 0))

    def does(self, keys: Sequence[str]) -> tuple[float, float]:
        """Press keys and wait until all is quiet; from when to when (of ``time.monotonic``)."""
        begin = time.monotonic()
        for key in keys:
            os.write(self._terminal, key.encode())
            self.watches(KEY_SECONDS)
        self.rests()
        return begin, time.monotonic()

    def sees(self, mark: bytes) -> None:
        """Wait until the screen has said this."""
        seen, begin = b"", time.monotonic()
        while mark not in seen:
            if time.monotonic() - begin > PATIENCE:
                raise RuntimeError(f"it shows nothing: {seen[-500:]!r}")
            seen += read(self._terminal, 1.0)

    def watches(self, seconds: float) -> None:
        """Look at the screen for so long."""
        end = time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0:
            read(self._terminal, left)

    def rests(self) -> None:
        """Wait until nothing changes on the screen."""
        begin = time.monotonic()
        while read(self._terminal, QUIET):
            if time.monotonic() - begin > PATIENCE:
                raise RuntimeError("it never came to rest")

    def leaves(self) -> None:
        """End the program as a closing session does, wherever in it one is."""
        os.kill(self._child, signal.SIGTERM)
        while not os.waitpid(self._child, os.WNOHANG)[0]:
            read(self._terminal, 0.02)


class Held(NamedTuple):
    """A gap as the probe wrote it: when it began, its own length, and where the app was."""

    began: float
    own: float
    said: str


def gaps(path: str) -> list[Held]:
    """What a probe wrote."""
    found: list[Held] = []
    with open(path, encoding="utf-8") as file:
        for line in file:
            match = _GAP.match(line)
            if match:
                ms, _, waited, began = map(float, match.groups())
                found.append(Held(began, ms - waited, line))
            elif found:
                found[-1] = found[-1]._replace(said=found[-1].said + line)
    return found


def measured(store: Store, deeds: Sequence[Deed] = DEEDS) -> Iterator[tuple[Deed, Held | None]]:
    """Each deed with the gap that was longest while it was done."""
    with tempfile.TemporaryDirectory() as folder:
        report = os.path.join(folder, "lag.txt")
        begin = time.monotonic()
        person = Person(
            [program(), "tui"], {**environment(store.home), "TERM": "xterm-256color", "CRM_TUI_LAG": report}
        )
        person.sees(b"Today")
        times = [(begin, person.does([])[1])]
        times += [person.does(deed.keys) for deed in deeds]
        person.watches(2 * QUIET)  # the end of the program is no deed
        person.leaves()
        found = gaps(report)
    for deed, (begin, end) in zip((Deed("start", ()), *deeds), times, strict=True):
        mine = [gap for gap in found if begin - 0.02 <= gap.began < end]
        yield deed, max(mine, key=lambda gap: gap.own, default=None)


def run(options: Options) -> Iterator[Figure]:
    """The longest gap of every deed, against what none may be over."""
    note(f"going about {options.size:,} contacts in the app …")
    with data.scratch(options, data.store(options, options.size)) as store:
        for deed, held in measured(store):
            yield Figure(f"lag: {deed.name}", held.own if held is not None else 0.0, "ms", LAG_MS)
