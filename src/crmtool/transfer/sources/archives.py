"""Zip archives from somebody else: members as inputs, read as streams and never unpacked to disk.

An archive is judged by its table of contents before anything in it is read: how many members, how large, how much larger than the
archive, and whether encrypted. What a member really has is bounded by what the table says, so the table cannot lie.
"""

from __future__ import annotations

import io
import posixpath
import zipfile
import zlib

from crmtool.core.errors import UsageError
from crmtool.core.messages import Message
from crmtool.transfer.sources.inputs import BLOCK, Input, file_word

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import IO, BinaryIO

_MOST_MEMBERS = 100_000
# People's data packs 5 to 30 times smaller; the most that the method reaches is about 1,000.
_MOST_RATIO = 200
_SMALL = 32 << 20  # what is not larger does no harm, however it is packed


def checked(stream: BinaryIO, title: str) -> zipfile.ZipFile:
    """The archive, if nothing in its table of contents speaks against reading it; ``UsageError`` else."""
    try:
        archive = zipfile.ZipFile(stream)
    except (zipfile.BadZipFile, ValueError, OverflowError, EOFError, NotImplementedError) as error:
        raise _broken(title, error) from None
    parts = archive.infolist()
    if len(parts) > _MOST_MEMBERS:
        raise _bomb(title)
    unpacked = sum(part.file_size for part in parts)
    stream.seek(0, io.SEEK_END)
    if unpacked > _SMALL and unpacked > _MOST_RATIO * stream.tell():
        raise _bomb(title)
    if any(part.file_size > max(_SMALL, _MOST_RATIO * part.compress_size) for part in parts):
        raise _bomb(title)
    if any(part.flag_bits & 1 for part in parts):
        raise UsageError(
            Message("{file} is encrypted.", file=title),
            Message("Unpack it with its password and import what was in it."),
            code="encrypted",
        )
    return archive


class Archive:
    """An opened archive, closed with the last of its members."""

    def __init__(self, file: Input) -> None:
        self.file = file
        self._stream = file.open()
        self._users = 0
        try:
            self.zip = checked(self._stream, file.title)
        except BaseException:
            self._stream.close()
            raise

    def members(self) -> list[Member]:
        """What may hold data, sorted by name: no folders, and nothing of what systems add."""
        parts = [part for part in self.zip.infolist() if not part.is_dir() and _is_visible(part.filename)]
        parts.sort(key=lambda part: part.filename)
        self._users = len(parts)
        return [Member(self, part) for part in parts]

    def release(self) -> None:
        """A member needs the archive no more."""
        self._users -= 1
        if self._users == 0:
            self.close()
            self.file.close()

    def close(self) -> None:
        self.zip.close()
        self._stream.close()


class Member(Input):
    """One file of an archive."""

    def __init__(self, archive: Archive, part: zipfile.ZipInfo) -> None:
        file = archive.file
        stem = f"{file.stem}.{file_word(posixpath.basename(part.filename))}"
        super().__init__(f"{file.name}/{part.filename}", title=f"{file.title}/{part.filename}", stem=stem)
        self.path = file.path
        self.ending = ""
        self._archive = archive
        self._part = part
        self._open = True

    def open(self) -> BinaryIO:
        try:
            return io.BufferedReader(_Unpacking(self._archive.zip.open(self._part), self.title), BLOCK)
        except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError) as error:
            raise _broken(self.title, error) from None

    def close(self) -> None:
        if self._open:
            self._open = False
            self._archive.release()


class _Unpacking(io.RawIOBase):
    """A member being read; what shows to be broken in it is an error that names it."""

    def __init__(self, stream: IO[bytes], title: str) -> None:
        self._stream = stream
        self._title = title

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        return self._stream.seek(offset, whence)

    def tell(self) -> int:
        return self._stream.tell()

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        try:
            block = self._stream.read(len(buffer))
        except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, ValueError) as error:
            raise _broken(self._title, error) from None
        buffer[: len(block)] = block
        return len(block)

    def close(self) -> None:
        self._stream.close()
        super().close()


def _is_visible(name: str) -> bool:
    steps = [
        step for step in name.split("/") if step not in (".", "..")
    ]  # such a name leads nowhere: it is only shown
    return not any(step.startswith(".") or step == "__MACOSX" for step in steps)


def _broken(title: str, error: Exception) -> UsageError:
    return UsageError(
        Message("{file} cannot be unpacked: {reason}", file=title, reason=str(error) or type(error).__name__),
        Message("Download or pack it again."),
        code="broken",
    )


def _bomb(title: str) -> UsageError:
    return UsageError(
        Message("{file} would unpack to far more than such an archive holds.", file=title),
        Message("If you trust it, unpack it and import what was in it."),
        code="too_large",
    )
