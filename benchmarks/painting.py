"""Runs a program in a terminal of its own until it has painted, leaves it with ``q``, and says what it took.

    python -m benchmarks.painting MARK PROGRAM [ARGUMENT…]

A process of its own, since a child's peak memory is never below that of who starts it.
"""

from __future__ import annotations

import json
import os
import pty
import select
import sys
import time

PATIENCE = 60.0  # seconds after which a program that paints nothing is given up
QUIET = 0.15  # seconds without output after which the first paint is over


def painted(mark: bytes, argv: list[str]) -> tuple[float, int]:
    """CPU seconds and ``ru_maxrss`` of a program that painted ``mark``."""
    child, terminal = pty.fork()
    if child == 0:
        os.execvp(argv[0], argv)
    seen, begin = b"", time.monotonic()
    while mark not in seen:
        if time.monotonic() - begin > PATIENCE:
            raise RuntimeError(f"{argv[0]} painted nothing: {seen[-500:]!r}")
        seen += read(terminal, 1.0)
    while read(terminal, QUIET):
        pass
    os.write(terminal, b"q")
    while not (ended := os.wait4(child, os.WNOHANG))[0]:
        read(terminal, 0.02)
    used = ended[2]
    return used.ru_utime + used.ru_stime, used.ru_maxrss


def read(terminal: int, wait: float) -> bytes:
    """What came, if anything does for so long; a program that ended has nothing more to say."""
    if not select.select([terminal], [], [], wait)[0]:
        return b""
    try:
        return os.read(terminal, 65_536)
    except OSError:
        return b""


if __name__ == "__main__":
    print(json.dumps(painted(sys.argv[1].encode(), sys.argv[2:])))
