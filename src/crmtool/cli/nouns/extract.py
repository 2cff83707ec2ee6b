"""``crm file extract`` and ``open``: the content of documents, as files of their own."""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from tempfile import mkstemp
from typing import Annotated

import typer

from crmtool.app import contents
from crmtool.app.bulk import Rejected
from crmtool.cli.filenames import numbered, runs, safe_name
from crmtool.cli.filters import condition
from crmtool.cli.nouns import report, wording
from crmtool.cli.nouns.common import REFERENCE, Reference, Where, find
from crmtool.cli.nouns.files import STDIN, Of, attached
from crmtool.cli.opener import launched
from crmtool.cli.output.screen import on_terminal
from crmtool.cli.questions import say
from crmtool.cli.safe import escape
from crmtool.cli.session import open_session
from crmtool.core.errors import EXIT_DONE, EXIT_PARTIAL, ConflictError, CrmError, UsageError
from crmtool.core.messages import Message, t
from crmtool.core.query import all_of
from crmtool.store.places import private_directory
from crmtool.store.reader import Query

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from typing import Any, BinaryIO

    from crmtool.app.workspace import Workspace
    from crmtool.core.registry import Entity

    Record = dict[str, Any]

Records = Annotated[list[str] | None, typer.Argument(metavar="RECORD", help=REFERENCE)]
To = Annotated[
    str, typer.Option("--to", metavar="DIR", help=t("where to, here without it; “-” writes one to stdout"))
]
Replace = Annotated[bool, typer.Option("--replace", help=t("replace files that are there already"))]
Json = Annotated[bool, typer.Option("--json", help=t("print what was written as JSON"))]
Print = Annotated[bool, typer.Option("--print", help=t("print the path of the copy, and open nothing"))]


def extract(entity: Entity) -> Callable[..., int]:
    """``crm file extract``."""

    def extract(
        files: Records = None,
        where: Where = None,
        of: Of = None,
        to: To = ".",
        replace: Replace = False,
        as_json: Json = False,
    ) -> int:
        with open_session() as workspace:
            found = _chosen(workspace, files or [], where or [], of)
            store = contents.of(workspace)
        if to == STDIN:
            return _to_stdout(store, found)
        return _Folder(store, to, replace=replace).take(found, as_json=as_json)

    extract.help = wording.compose(  # type: ignore[attr-defined]
        entity,
        "extract",
        t(
            "Copy the content of documents into a folder, under their own names, or of one to stdout. Two of the same name get a "
            "number; a file that is there already stays unless --replace is said. Every copy is checked against its hash."
        ),
    )
    return extract


def view(entity: Entity) -> Callable[..., None]:
    """``crm file open``."""

    def view(record: Reference, show: Print = False) -> None:
        with open_session() as workspace:
            found = workspace.reader.require(
                "file", find(workspace, workspace.registry.entity("file"), record)
            )
            display(workspace, found, show=show)

    view.help = wording.compose(  # type: ignore[attr-defined]
        entity,
        "open",
        t(
            "Open a document with the program the system has for it. It gets a copy that can only be read: what is changed there "
            "does not come back. What a system would run rather than show is not opened."
        ),
    )
    return view


def display(workspace: Workspace, record: Record, *, show: bool) -> None:
    """Hand a copy of a document to the desktop; without one, or with ``show``, print where the copy is."""
    name = safe_name(record["name"] or "")
    if runs(name):
        raise UsageError(
            Message("“{name}” is a program or leads to one, and is not opened.", name=record["name"]),
            Message("Look at it with care: {command}", command="crm file extract FILE --to FOLDER"),
            code="runs",
        )
    store = contents.of(workspace)
    store.tidy()
    sha256 = record["sha256"] or ""
    path = os.path.join(store.folder, contents.OPENED, sha256, name)
    with store.open(sha256):  # says what is wrong before a folder is made
        private_directory(os.path.dirname(path))
    _write(store, sha256, path, replace=True, mode=0o400)
    if show or not on_terminal() or not launched(path):
        print(escape(path))
    else:
        say(t("Opened {address}.", address=record["name"]))


def _chosen(workspace: Workspace, files: Sequence[str], where: Sequence[str], of: str | None) -> list[Record]:
    """The records of the documents that a command line means."""
    entity = workspace.registry.entity("file")
    if bool(files) == bool(where or of):
        raise UsageError(
            Message("Say which documents: by name, or by --where and --of."),
            Message("See: {command}", command="crm file extract --help"),
            code="which",
        )
    if files:
        named = dict.fromkeys(find(workspace, entity, text) for text in files)
        return [workspace.reader.require("file", record) for record in named]
    node = all_of([condition(workspace, entity, filters=where), attached(workspace, of)])
    return list(workspace.query(Query("file", node, expand=False)))


def _to_stdout(store: contents.Contents, found: list[Record]) -> int:
    if len(found) != 1:
        raise UsageError(
            Message("One document can go to stdout; these are {n}.", n=len(found)),
            Message("Write them into a folder: --to FOLDER"),
            code="which",
        )
    with store.open(found[0]["sha256"] or "") as content:
        sys.stdout.flush()
        _checked(content, found[0]["sha256"], sys.stdout.buffer)
    return EXIT_DONE


class _Folder:
    """Where documents are written to."""

    def __init__(self, store: contents.Contents, path: str, *, replace: bool) -> None:
        self.store = store
        self.path = path
        self.replace = replace
        self.taken: set[str] = set()
        self.written: list[dict[str, Any]] = []

    def take(self, found: list[Record], *, as_json: bool) -> int:
        """Write each document; what cannot be is said, and the rest is done."""
        refused: list[Rejected] = []
        if not found:
            say(t("Nothing matches."))
        for record in found:
            try:
                self._write(record)
            except CrmError as error:
                refused.append(Rejected(str(record["name"]), error))
        if refused and not self.written:
            raise refused[0].error
        if as_json:
            from crmtool.cli.output.formats import json_text

            sys.stdout.write(json_text(self.written, indent=True) + "\n")
        report.refusals(refused)
        return EXIT_PARTIAL if refused else EXIT_DONE

    def _write(self, record: Record) -> None:
        name, sha256 = self._name(record["name"] or ""), record["sha256"] or ""
        path = os.path.join(self.path, name)
        with self.store.open(sha256):
            os.makedirs(self.path, exist_ok=True)
        try:
            _write(self.store, sha256, path, replace=self.replace)
            say(t("{name} written to {path}.", name=record["name"], path=path))
        except FileExistsError:
            if not _holds(path, sha256):
                raise ConflictError(
                    Message("{path} is there already, with other content.", path=path),
                    Message("Choose another folder, or say --replace."),
                    code="exists",
                ) from None
            say(t("{name} is in {path} already.", name=record["name"], path=path))
        self.written.append(
            {"id": record["id"], "name": record["name"], "path": path, "bytes": record["bytes"]}
        )

    def _name(self, name: str) -> str:
        """A name that nothing else gets in this run; systems that do not tell case apart are thought of."""
        plain = chosen = safe_name(name)
        number = 2
        while chosen.casefold() in self.taken:
            chosen = numbered(plain, number)
            number += 1
        self.taken.add(chosen.casefold())
        return chosen


def _write(
    store: contents.Contents, sha256: str, path: str, *, replace: bool, mode: int | None = None
) -> None:
    """Write a content to ``path``, which appears only when it is whole and right. ``FileExistsError`` unless ``replace``."""
    descriptor, part = mkstemp(".part", dir=os.path.dirname(path) or ".")
    try:
        with open(descriptor, "wb") as copy, store.open(sha256) as content:
            _checked(content, sha256, copy)
            os.fchmod(copy.fileno(), _usual_mode() if mode is None else mode)
        if replace:
            os.replace(part, path)
        else:
            _link(part, path)
    finally:
        with suppress(FileNotFoundError):
            os.unlink(part)


def _checked(content: BinaryIO, sha256: str, copy: BinaryIO) -> None:
    if contents.measure(content, copy=copy).sha256 != sha256:
        raise CrmError(
            Message("The content is not what was stored: it was damaged on this disk."),
            Message("Add the same file again, which heals it, or restore a backup."),
            code="damaged",
        )


def _link(part: str, path: str) -> None:
    """Give ``part`` the name ``path``, unless something has it."""
    try:
        os.link(part, path)
    except FileExistsError:
        raise
    except OSError:  # some file systems know no second name for a file
        if os.path.lexists(path):
            raise FileExistsError(path) from None
        os.rename(part, path)


def _holds(path: str, sha256: str) -> bool:
    if not os.path.isfile(path):
        return False
    with open(path, "rb") as there:
        return contents.measure(there).sha256 == sha256


def _usual_mode() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return 0o666 & ~mask
