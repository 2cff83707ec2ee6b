"""Documents as typed records, with their contents."""

from __future__ import annotations

import os
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, BinaryIO

from crmtool.api.records import Records
from crmtool.app import contents
from crmtool.app.resolve import resolve_anywhere
from crmtool.core.errors import UsageError
from crmtool.core.messages import Message
from crmtool.store.modelling import Record
from crmtool.store.values import to_plain

if TYPE_CHECKING:
    from collections.abc import Iterator

    from crmtool.store.models import File


class Files(Records["File"]):
    """Documents: records whose content lies in the workspace, the same content once."""

    def attach(
        self,
        source: str | os.PathLike[str] | BinaryIO,
        *to: Record | str,
        name: str | None = None,
        **values: Any,
    ) -> File:
        """Add a document from a file or a binary stream, which is read to its end, and attach it to records.

        ``name`` is that of the file unless given; a stream needs one. What it is attached to is a record, or what names one.
        """
        core = self._workspace.core
        called = name or (os.path.basename(source) if isinstance(source, str | os.PathLike) else "")
        given = {"name": os.fspath(called), **{key: to_plain(value) for key, value in values.items()}}
        ends = [resolve_anywhere(core.reader, _ref(record)) for record in to]
        store = contents.of(core)
        with _opened(source) as stream:
            received = store.receive(stream)
        try:
            outcome = contents.keep(core, [(given, received)], ends)
        finally:
            store.discard(received)
        self._workspace.handle = outcome.handle or self._workspace.handle
        return self._loaded(next(made for entity, made in outcome.made if entity == "file"))

    def open(self, file: File | str) -> BinaryIO:
        """The content of a document, to read. ``NotFoundError`` (``no_content``) where it is not on this machine."""
        record = self._loaded(self._id(file))
        return contents.of(self._workspace.core).open(record.sha256 or "")


def _ref(record: Record | str) -> str:
    if isinstance(record, str):
        return record
    if record.id is None:
        raise UsageError(
            Message("This record is not stored yet."), Message("Add it first."), code="not_stored"
        )
    return record.id


@contextmanager
def _opened(source: str | os.PathLike[str] | BinaryIO) -> Iterator[BinaryIO]:
    if isinstance(source, str | os.PathLike):
        with open(source, "rb") as stream:
            yield stream
    else:
        yield source
