"""A workspace as one file: a zip archive of NDJSON and documents, written as a stream, of one moment of the store."""

from __future__ import annotations

import zipfile
from hashlib import sha256
from itertools import islice

from crmtool.app import contents
from crmtool.core import clock
from crmtool.core.errors import DeniedError, NotFoundError
from crmtool.core.jsontext import dumps
from crmtool.core.messages import Message
from crmtool.store import copying, verify
from crmtool.store.version import LATEST
from crmtool.transfer.archive.manifest import ENDING, FILES, NAME, Manifest, Member
from crmtool.version import __version__

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import BinaryIO

    from crmtool.app.workspace import Workspace

_LEVEL = 4  # half of the size of the fastest; the highest takes twice as long for a tenth less
_ROWS = 500  # rows written at once
_BLOCK = 1 << 20
_MADE = (2000, 1, 1, 0, 0, 0)  # of every member: when the archive was made is said once, in its manifest


def write(
    workspace: Workspace,
    file: BinaryIO,
    *,
    files: bool = True,
    progress: Callable[[int], None] = lambda rows: None,
) -> Manifest:
    """Write everything the workspace holds into ``file``; ``files``: the contents of its documents, too.

    ``progress`` gets the number of rows written. A document whose content is not on this machine is listed in the manifest as
    missing. ``DeniedError`` for an actor who may not read everything there is.
    """
    _check(workspace)
    members: list[Member] = []
    missing: list[str] = []
    done = 0
    with workspace.db.reading(), zipfile.ZipFile(file, "w") as archive:
        for part in copying.parts(workspace.db):
            member = _Member(archive, part.name + ENDING, zipfile.ZIP_DEFLATED)
            rows = 0
            with member:
                while block := list(islice(part.rows, _ROWS)):
                    member.write("".join([dumps(row) + "\n" for row in block]).encode())
                    rows += len(block)
                    done += len(block)
                    progress(done)
            members.append(member.made().replace(rows=rows))
        for digest, _ in contents.referenced(workspace) if files else ():
            try:
                members.append(_document(workspace, archive, digest))
            except NotFoundError:
                missing.append(digest)
        meta = workspace.meta
        manifest = Manifest(
            LATEST, __version__, clock.now(), {"id": meta.get("workspace"), "name": meta.get("name")},
            verify.head(workspace.db), tuple(members), tuple(missing),
        )  # fmt: skip
        archive.writestr(_info(NAME, zipfile.ZIP_DEFLATED), manifest.text().encode())
        return manifest


def _check(workspace: Workspace) -> None:
    policy, actor = workspace.policy, workspace.actor
    for entity in workspace.registry.entities.values():
        if (
            not policy.can_read(actor, entity)
            or policy.row_filter(actor, entity) is not None
            or policy.hidden_fields(actor, entity)
        ):
            raise DeniedError(
                Message(
                    "An archive holds everything, and you may not see all {plural}.", plural=entity.plural
                ),
                Message("Ask an admin of the workspace, or export what you may see with “crm export --all”."),
                entity=entity.key,
            )


def _document(workspace: Workspace, archive: zipfile.ZipFile, digest: str) -> Member:
    with contents.of(workspace).open(digest) as content:
        # Most documents are compressed already.
        member = _Member(archive, FILES + digest, zipfile.ZIP_STORED)
        with member:
            for block in _blocks(content):
                member.write(block)
    return member.made()


def _blocks(content: BinaryIO) -> Iterator[bytes]:
    while block := content.read(_BLOCK):
        yield block


def _info(name: str, method: int) -> zipfile.ZipInfo:
    made = zipfile.ZipInfo(name, _MADE)
    made.compress_type = method
    made.external_attr = 0o600 << 16
    made._compresslevel = _LEVEL  # type: ignore[attr-defined]  # the archive's own level is not asked for a member made here
    return made


class _Member:
    """A member while it is written, with its digest."""

    def __init__(self, archive: zipfile.ZipFile, name: str, method: int) -> None:
        self._name = name
        self._digest = sha256()
        self._size = 0
        self._file = archive.open(_info(name, method), "w", force_zip64=True)

    def write(self, data: bytes) -> None:
        self._digest.update(data)
        self._size += len(data)
        self._file.write(data)

    def made(self) -> Member:
        return Member(self._name, self._size, self._digest.hexdigest())

    def __enter__(self) -> _Member:
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()
