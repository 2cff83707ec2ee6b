"""The bytes of one file, wherever they come from: opened as often as needed, always seekable.

Standard input, a pipe and a member of an archive can be read only once or only forward, and importing reads twice (once to
know what the file is, once for its rows), so these are copied to a temporary file first, on disk beyond some megabytes.
"""

from __future__ import annotations

import io
import os
import stat
import sys
import tempfile

from crmtool.core.errors import UsageError
from crmtool.core.messages import Message, t

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import BinaryIO

STDIN = "-"
BLOCK = 1 << 20
IN_MEMORY = 4 * BLOCK


class Input:
    """``name`` as given, ``title`` for people, ``path`` the file on disk that holds it, or ``None``; ``strict`` where bytes
    that are no UTF-8 are rather a mistake than an old encoding.
    """

    def __init__(self, name: str, *, title: str = "", path: str | None = None) -> None:
        self.name = name
        self.title = title or name
        self.path = path
        self.strict = False

    def open(self) -> BinaryIO:
        """A stream at the beginning, to be closed by the caller."""
        assert self.path is not None
        return open(self.path, "rb")

    def close(self) -> None:
        """Give a temporary copy back."""


class Spooled(Input):
    """A temporary copy of what can be read only once."""

    def __init__(self, name: str, spool: BinaryIO, *, title: str = "", path: str | None = None) -> None:
        super().__init__(name, title=title, path=path)
        self._spool = spool

    def open(self) -> BinaryIO:
        self._spool.seek(0)
        return io.BufferedReader(Unclosed(self._spool), BLOCK)

    def close(self) -> None:
        self._spool.close()


class Unclosed(io.RawIOBase):
    """Reads from a stream that somebody else closes."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        return self._stream.seek(offset, whence)

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        block = self._stream.read(len(buffer))
        buffer[: len(block)] = block
        return len(block)


def standard_input() -> Spooled:
    made = Spooled(STDIN, spooled(sys.stdin.buffer), title=t("standard input"))
    # On standard input a wrong byte is more likely a broken pipe of programs than an old spreadsheet.
    made.strict = True
    return made


def file_input(path: str) -> Input:
    """The file at ``path``; a named pipe is read to its end. ``UsageError`` for a device, ``OSError`` for what opens not."""
    mode = os.stat(path).st_mode
    if stat.S_ISREG(mode) or stat.S_ISDIR(mode):
        with open(path, "rb"):  # whether it may be read is known before anything is planned
            return Input(path, path=path)
    if stat.S_ISFIFO(mode):
        with open(path, "rb") as pipe:
            return Spooled(path, spooled(pipe))
    raise UsageError(
        Message("{file} is neither a file nor a folder.", file=path),
        Message("Name a file, a folder or an archive, or “-” for standard input."),
        code="not_a_file",
    )


def spooled(stream: BinaryIO) -> BinaryIO:
    """The rest of ``stream`` as a file that can be read twice."""
    spool = tempfile.SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115 - closed by the input
    try:
        while block := stream.read(BLOCK):
            spool.write(block)
    except BaseException:
        spool.close()
        raise
    return spool  # type: ignore[return-value]
