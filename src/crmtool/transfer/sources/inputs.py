"""The bytes of one file, wherever they come from: opened as often as needed, always seekable.

Importing reads a file at least twice, once to know what it is and once for its rows. Standard input and pipes can be read only
once, so they are copied to a temporary file first, on disk beyond some megabytes.
"""

from __future__ import annotations

import io
import os
import stat
import sys
import tempfile

from crmtool.core.errors import UsageError
from crmtool.core.messages import Message, t
from crmtool.transfer.sources import sniff

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import BinaryIO

STDIN = "-"
BLOCK = 1 << 20
IN_MEMORY = 4 * BLOCK


class Input:
    """A file on disk. ``name`` as given, ``title`` for people.

    ``path`` is the file that a file of rejected rows must not replace, ``None`` where there is none; ``stem`` and ``ending`` are
    what such a file is called after. ``strict``: bytes that are no UTF-8 are rather a mistake than an old encoding.
    """

    strict = False

    def __init__(self, name: str, *, title: str = "", path: str | None = None, stem: str = "") -> None:
        self.name = name
        self.title = title or name
        self.path = path
        root, self.ending = os.path.splitext(name)
        self.stem = stem or root

    def open(self) -> BinaryIO:
        """A stream at the beginning, to be closed by the caller."""
        assert self.path is not None
        return open(self.path, "rb")

    def head(self) -> bytes:
        """The first bytes, by which the format is known."""
        with self.open() as stream:
            return stream.read(sniff.HEAD)

    def close(self) -> None:
        """Give a temporary copy or a handle back; more than once does no harm."""


class Spooled(Input):
    """A temporary copy of what can be read only once."""

    def __init__(
        self, name: str, stream: BinaryIO, *, title: str = "", stem: str = "", encoding: str | None = None
    ) -> None:
        super().__init__(name, title=title, stem=stem)
        self._spool = _copied(stream, self.title, encoding)

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

    def tell(self) -> int:
        return self._stream.tell()

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        block = self._stream.read(len(buffer))
        buffer[: len(block)] = block
        return len(block)


def standard_input(encoding: str | None = None) -> Spooled:
    """What is piped in. A wrong byte in it is more likely a broken pipe of programs than an old spreadsheet."""
    made = Spooled(STDIN, sys.stdin.buffer, title=t("standard input"), stem="import", encoding=encoding)
    made.strict = True
    return made


def file_input(path: str, encoding: str | None = None) -> Input:
    """The file at ``path``; a named pipe is read to its end. ``UsageError`` for a device, ``OSError`` for what opens not."""
    mode = os.stat(path).st_mode
    if stat.S_ISFIFO(mode):
        with open(path, "rb") as pipe:
            return Spooled(path, pipe, encoding=encoding)
    if not stat.S_ISREG(mode) and not stat.S_ISDIR(mode):
        raise UsageError(
            Message("{file} is neither a file nor a folder.", file=path),
            Message("Name a file, a folder or an archive, or “-” for standard input."),
            code="not_a_file",
        )
    with open(path, "rb"):  # that it can be read is known before anything is planned
        return Input(path, path=path)


def file_word(text: str) -> str:
    """Somebody else's words as a part of a file's name, which they cannot turn into a path."""
    return "".join(char if char.isalnum() or char in "-_ " else "_" for char in text)[:60]


def _copied(stream: BinaryIO, title: str, encoding: str | None) -> BinaryIO:
    """The rest of ``stream`` as a file that can be read twice; refused as soon as it shows to be nothing that is imported."""
    spool = tempfile.SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115 - closed by the input
    try:
        block = stream.read(BLOCK)
        sniff.refuse(sniff.form(block[: sniff.HEAD], encoding), title)
        while block:
            spool.write(block)
            block = stream.read(BLOCK)
    except BaseException:
        spool.close()
        raise
    return spool  # type: ignore[return-value]
