"""Cards, events and mails as rows: the items of one file, or of all such files in a folder or an archive."""

from __future__ import annotations

import hashlib
from itertools import count

from crmtool.core.messages import Message
from crmtool.transfer.cards.formats import items, rejected
from crmtool.transfer.sources.base import CALENDAR, MAIL, VCARD, Row, Source
from crmtool.transfer.sources.encodings import examine, human
from crmtool.transfer.sources.inputs import BLOCK, Input
from crmtool.transfer.sources.rejects import RejectFile, reasons, refuse_overwriting

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from typing import BinaryIO

    from crmtool.transfer.drafts import Draft

_FORMATS = {
    VCARD: ("vcard", "vCard", ".vcf"),
    CALENDAR: ("icalendar", "iCalendar", ".ics"),
    MAIL: ("mail", "mbox", ".mbox"),
}


class CardSource(Source):
    """``number`` of a row is its place in the source, over all of its files. Mails are decoded one by one; a file of cards or
    events has one encoding.
    """

    def __init__(self, kind: str, files: list[Input], whole: Input, *, encoding: str | None = None) -> None:
        self.kind = kind
        self.name, self.title, self.reject_stem = whole.name, whole.title, whole.stem.rstrip("/")
        self.columns = []
        self._files = files
        self._whole = whole
        self._stream: BinaryIO | None = None
        self._done = 0
        self._encodings: list[str] = []
        digest, self.size = hashlib.blake2b(digest_size=16), 0
        for file in files:
            with file.open() as stream:
                found = examine(stream, given="latin-1" if kind == MAIL else encoding)
            self._encodings.append(found.name)
            self.guessed = self.guessed or found.guessed
            self.size += found.size
            digest.update(found.digest.encode())
        self.digest = digest.hexdigest()
        name, self._format, self.reject_ending = _FORMATS[kind]
        self.details = {"format": name, "files": str(len(files))}

    @property
    def position(self) -> int:
        return self._done + (0 if self._stream is None or self._stream.closed else self._stream.tell())

    @property
    def traits(self) -> list[tuple[Message, str]]:
        traits = [(Message("format"), self._format)]
        if len(self._files) > 1:
            traits.append((Message("files"), str(len(self._files))))
        if self.kind != MAIL:
            traits.append((Message("encoding"), ", ".join(dict.fromkeys(map(human, self._encodings)))))
        return traits

    def rows(self) -> Iterator[Row]:
        self._done = 0
        numbers = count(1)
        for file, encoding in zip(self._files, self._encodings, strict=True):
            with file.open() as self._stream:
                for item in items(self.kind, self._stream, encoding, file.title):
                    yield Row(next(numbers), [], item=item)
                self._done += self._stream.tell()

    def mentions(self, word: bytes) -> bool:
        """Whether the ASCII letters of ``word`` stand anywhere in the files, which tells if a second reading is worth it."""
        for file, encoding in zip(self._files, self._encodings, strict=True):
            if encoding.startswith(("utf-16", "utf-32")):
                return True
            rest = b""
            with file.open() as stream:
                while block := stream.read(BLOCK):
                    if word in rest + block:
                        return True
                    rest = block[-len(word) :]
        return False

    def rejects(self, path: str, *, size: int = 0) -> RejectFile:
        for file in {self._whole.path, *(file.path for file in self._files)}:
            if file is not None:
                refuse_overwriting(path, file)
        return _Rejects(path, self.kind, size=size)

    def close(self) -> None:
        for file in self._files:
            file.close()


class _Rejects(RejectFile):
    """Rejected items in their own format."""

    def __init__(self, path: str, kind: str, *, size: int) -> None:
        super().__init__(path, size=size)
        self._kind = kind

    def text(self, drafts: Iterable[Draft]) -> str:
        return "".join(rejected(self._kind, draft.item, draft.row, *reasons(draft)) for draft in drafts)
