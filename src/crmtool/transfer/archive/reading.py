"""An archive as somebody handed it over: nothing in it is believed before it is checked.

Sizes are bounded before anything is read, names are those that an archive has and nothing else, and every member is read to its
end against the size and digest that the manifest tells.
"""

from __future__ import annotations

import os
import re
import zipfile
import zlib
from contextlib import contextmanager
from hashlib import sha256

from crmtool.core import jsontext
from crmtool.core.errors import StoreError
from crmtool.core.messages import Message
from crmtool.transfer.archive.manifest import ENDING, FILES, NAME, Manifest, Member, damaged, foreign, parse

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any, Self

_BLOCK = 1 << 20
_MANIFEST_LIMIT = 64 << 20
_LINE_LIMIT = 64 << 20  # bytes; the values of one record and change are far below
_RATIO = 200  # rows repeat themselves, but not more than this
_FREE = 64 << 20  # bytes that any archive may come to
_NAMES = re.compile(
    r"settings|log/(?:shapes|change_sets|changes|past_values|jobs|consumers)|records/(?:[a-z_]+|~[0-9a-z]{8})"
)
_HASH = re.compile(r"[0-9a-f]{64}")


class Archive:
    """An open archive whose manifest, names and sizes make sense; use as a context manager. ``title`` is its path as given.

    Raises ``StoreError``: ``not_an_archive``, ``newer_archive``, ``damaged_archive``, ``too_large``.
    """

    def __init__(self, path: str) -> None:
        self.title = path
        self._file = open(path, "rb")  # noqa: SIM115 - closed by ``close``
        try:
            with self._reading(begin=True):
                self._zip = zipfile.ZipFile(self._file)
            self.manifest = self._manifest()
            self._check()
        except BaseException:
            self._file.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        self._file.close()

    @property
    def size(self) -> int:
        """How much all members come to."""
        return sum(member.bytes for member in self.manifest.members)

    def rows(self, member: Member) -> Iterator[dict[str, Any]]:
        """The objects of a member; at their end it is known that it is what was archived."""
        count = 0
        for line in self._lines(member):
            try:
                row = jsontext.loads(line.decode())
            except (ValueError, RecursionError) as error:
                raise self._damaged(member) from error
            if not isinstance(row, dict):
                raise self._damaged(member)
            count += 1
            yield row
        if count != member.rows:
            raise self._damaged(member)

    def blocks(self, member: Member) -> Iterator[bytes]:
        """The bytes of a member; at their end it is known that they are what was archived."""
        digest, size = sha256(), 0
        with self._reading(), self._zip.open(member.name) as stream:
            while block := stream.read(_BLOCK):
                size += len(block)
                if size > member.bytes:
                    break
                digest.update(block)
                yield block
        if size != member.bytes or digest.hexdigest() != member.sha256:
            raise self._damaged(member)

    def _lines(self, member: Member) -> Iterator[bytes]:
        rest = b""
        for block in self.blocks(member):
            *lines, rest = (rest + block).split(b"\n")
            yield from lines
            if len(rest) > _LINE_LIMIT:
                raise self._damaged(member)
        if rest:
            raise self._damaged(member)

    # -- checks ----------------------------------------------------------------------------------------------------

    def _manifest(self) -> Manifest:
        try:
            info = self._zip.getinfo(NAME)
        except KeyError:
            raise foreign(self.title) from None
        if info.file_size > _MANIFEST_LIMIT:
            raise damaged(self.title, Message("its manifest cannot be read"))
        with self._reading(), self._zip.open(NAME) as stream:
            text = stream.read(_MANIFEST_LIMIT + 1)
        return parse(text, self.title)

    def _check(self) -> None:
        """The archive holds the members of its manifest, each once, and no more than such an archive can come to."""
        told = {member.name: member for member in self.manifest.members}
        held = [info.filename for info in self._zip.infolist()]
        if sorted([*told, NAME]) != sorted(held) or len(told) != len(self.manifest.members):
            raise damaged(self.title, Message("it does not hold what its manifest tells"))
        for name, member in told.items():
            if member.rows is None:
                known = _HASH.fullmatch(member.sha256) is not None and name == FILES + member.sha256
            else:
                known = name.endswith(ENDING) and _NAMES.fullmatch(name.removesuffix(ENDING)) is not None
            if not known or member.bytes != self._zip.getinfo(name).file_size:
                raise damaged(self.title, Message("it does not hold what its manifest tells"))
        packed = os.fstat(self._file.fileno()).st_size
        if self.size > max(_FREE, packed * _RATIO):
            raise StoreError(
                Message(
                    "{file} would come to {bytes} bytes, which no archive of its size does.",
                    file=self.title,
                    bytes=self.size,
                ),
                Message("Whoever made it did not make it with “crm archive”."),
                code="too_large",
            )

    def _damaged(self, member: Member) -> StoreError:
        return damaged(self.title, Message("“{name}” is not what was archived", name=member.name))

    @contextmanager
    def _reading(self, *, begin: bool = False) -> Iterator[None]:
        """Whatever a broken archive makes the library raise is one error."""
        try:
            yield
        except (
            zipfile.BadZipFile,
            zipfile.LargeZipFile,
            zlib.error,
            EOFError,
            NotImplementedError,
            RuntimeError,
            ValueError,
        ) as error:
            if begin:
                raise foreign(self.title) from error
            raise damaged(self.title, Message("it cannot be read to its end")) from error
