"""``crm file extract`` and ``open``: the content of documents, as files of their own."""

from __future__ import annotations

import os
import sys
from typing import Annotated

import typer

from crmtool.app import contents
from crmtool.app.bulk import Rejected
from crmtool.cli.nouns import report, wording
from crmtool.cli.nouns.common import REFERENCE, Reference, Where, find
from crmtool.cli.nouns.files import STDIN, Of, attached
from crmtool.cli.output.screen import on_terminal
from crmtool.cli.questions import say
from crmtool.cli.session import open_session
from crmtool.core.errors import EXIT_DONE, EXIT_PARTIAL, ConflictError, CrmError, UsageError
from crmtool.core.messages import Message, t
from crmtool.core.query import all_of
from crmtool.doors.documents import checked, copy_to_open, holds, write
from crmtool.doors.filenames import numbered, safe_name
from crmtool.doors.filters import condition
from crmtool.doors.opener import launched
from crmtool.doors.safe import escape
from crmtool.store.reader import Query

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from typing import Any

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
    path = copy_to_open(workspace, record)
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
        checked(content, found[0]["sha256"], sys.stdout.buffer)
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
            write(self.store, sha256, path, replace=self.replace)
            say(t("{name} written to {path}.", name=record["name"], path=path))
        except FileExistsError:
            if not holds(path, sha256):
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
