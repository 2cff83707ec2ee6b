"""What an archive says of itself: its version, whose it is, and the size and digest of each of its members."""

from __future__ import annotations

import json

from crmtool.core.errors import StoreError
from crmtool.core.messages import Message
from crmtool.core.struct import Struct
from crmtool.store.version import LATEST

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

FORMAT, VERSION = "crmtool-archive", 1
NAME = "manifest.json"
FILES = "files/"
ENDING = ".ndjson"
_LIMIT = 64 << 20  # bytes of a manifest: some hundred for each document


class Member(Struct):
    """One file in the archive. ``rows`` is the number of objects in it, ``None`` for a document."""

    name: str
    bytes: int
    sha256: str
    rows: int | None = None


class Manifest(Struct):
    """``store`` is the version of the store's tables, ``head`` that of its log. ``missing``: hashes of documents that records
    have and the archive has not. ``members`` stand in the order in which they are read back.
    """

    store: int
    program: str
    made_at: str
    workspace: dict[str, Any]
    head: str
    members: tuple[Member, ...]
    missing: tuple[str, ...] = ()

    def text(self) -> str:
        """The manifest as it stands in the archive."""
        members = [
            {
                key: value
                for key, value in zip(Member._fields, (m.name, m.bytes, m.sha256, m.rows), strict=True)
                if value is not None
            }
            for m in self.members
        ]
        body = {
            "format": FORMAT, "version": VERSION, "store": self.store, "program": self.program, "made_at": self.made_at,
            "workspace": self.workspace, "head": self.head, "missing": list(self.missing), "members": members,
        }  # fmt: skip
        return json.dumps(body, indent=1, ensure_ascii=False) + "\n"

    @property
    def records(self) -> int:
        return sum(m.rows or 0 for m in self.members if m.name.startswith("records/"))

    @property
    def documents(self) -> int:
        return sum(m.name.startswith(FILES) for m in self.members)


def parse(text: bytes, title: str) -> Manifest:
    """The manifest of an archive. ``StoreError`` for one that is none, is damaged, or was made by a newer program."""
    try:
        body = json.loads(text)
        if not isinstance(body, dict) or body.get("format") != FORMAT:
            raise foreign(title)
        if int(body["version"]) > VERSION or int(body["store"]) > LATEST:
            raise StoreError(
                Message(
                    "{file} was made by a newer crmtool ({program}).",
                    file=title,
                    program=str(body.get("program")),
                ),
                Message("Upgrade crmtool and try again; nothing was restored."),
                code="newer_archive",
            )
        members = tuple(
            Member(
                str(m["name"]),
                int(m["bytes"]),
                str(m["sha256"]),
                None if m.get("rows") is None else int(m["rows"]),
            )
            for m in body["members"]
        )
        return Manifest(
            int(body["store"]), str(body["program"]), str(body["made_at"]), dict(body["workspace"]), str(body["head"]), members,
            tuple(str(name) for name in body["missing"]),
        )  # fmt: skip
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise damaged(title, Message("its manifest cannot be read")) from error


def foreign(title: str) -> StoreError:
    return StoreError(
        Message("{file} is no archive of a workspace.", file=title),
        Message("“crm archive FILE” makes one; other files are read by “crm import”."),
        code="not_an_archive",
    )


def damaged(title: str, what: Message) -> StoreError:
    return StoreError(
        Message("{file} is damaged: {what}.", file=title, what=what),
        Message("Get another copy of it; nothing was restored."),
        code="damaged_archive",
    )
