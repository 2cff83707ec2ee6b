"""``crm NOUN edit``: one record as text in an editor, then the difference is checked, shown and applied.

A mistake opens the editor again at a terminal; elsewhere, and when the person gives up, the text is kept in a file that is named.
"""

from __future__ import annotations

import os
import shlex
import subprocess
import tempfile
from typing import Annotated

import typer

from crmtool.cli.nouns import report, wording
from crmtool.cli.nouns.common import DryRun, Json, Reference, find
from crmtool.cli.nouns.document import changes, document
from crmtool.cli.questions import agreed, say
from crmtool.cli.session import open_session
from crmtool.cli.state import current
from crmtool.core.errors import CrmError, UsageError
from crmtool.core.messages import Message, t

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from crmtool.app.workspace import Outcome, Workspace
    from crmtool.core.registry import Entity

Editor = Annotated[
    str | None,
    typer.Option("--editor", metavar="PROGRAM", help=t("the editor, in place of VISUAL or EDITOR")),
]


def command(entity: Entity) -> Callable[..., int]:
    """``crm NOUN edit``."""
    key = entity.key

    def edit(record: Reference, editor: Editor = None, dry_run: DryRun = False, as_json: Json = False) -> int:
        with open_session() as workspace:
            kind = workspace.registry.entity(key)
            found = find(workspace, kind, record)
            outcome = _Session(workspace, kind, found, editor or _editor()).run(dry_run=dry_run)
            if outcome is None:
                say(t("Nothing changed: it is all as it was."))
                return 0
            return report.tell(workspace, report.of_outcome(outcome, dry_run=dry_run), kind, as_json=as_json)

    edit.help = wording.compose(  # type: ignore[attr-defined]
        entity,
        "edit",
        t(
            "Change a record as text in your editor (VISUAL, EDITOR, else vi). What you changed is checked and shown before it "
            "is done; after a mistake the editor opens again, and what you wrote is never lost."
        ),
    )
    return edit


class _Session:
    """One record on its way through an editor."""

    def __init__(self, workspace: Workspace, entity: Entity, record: str, editor: str) -> None:
        self.workspace = workspace
        self.entity = entity
        self.record = record
        self.editor = editor
        self.base = workspace.reader.require(entity.key, record, trash="without")
        shown = workspace.reader.get(entity.key, record, expand=True) or self.base
        self.text = document(workspace, entity, shown)

    def run(self, *, dry_run: bool) -> Outcome | None:
        """Edit until it can be applied or the person gives up; ``None`` when nothing was changed."""
        descriptor, path = tempfile.mkstemp(prefix=f"crm-{self.entity.key}-", suffix=".toml")
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(self.text)
        while True:
            self._open(path)
            try:
                outcome = self._apply(path, dry_run=dry_run)
            except CrmError as error:
                self._again(error, path)
                continue
            os.unlink(path)
            return outcome

    def _apply(self, path: str, *, dry_run: bool) -> Outcome | None:
        from crmtool.app.commands import Set

        with open(path, "rb") as file:
            raw = file.read()
        try:
            text = raw.decode("utf-8")
        except UnicodeDecodeError as error:
            raise UsageError(
                Message("The text is not valid UTF-8 at byte {position}.", position=error.start),
                Message("Save it as UTF-8."),
                code="encoding",
            ) from error
        given = changes(self.entity, self.text, text, self.base)
        if not given:
            return None
        made = Set(self.entity.key, (self.record,), given, self.base["rev"])
        tried = self.workspace.run(made, dry_run=True)
        if dry_run or not tried.changes:
            return tried if tried.changes else None
        if current().may_prompt:
            *lines, _ = report.sentences(self.workspace, report.of_outcome(tried, dry_run=True), self.entity)
            for line in lines:  # all but the last, which says that nothing was changed: that is asked now
                say(line)
            if not agreed(t("Do it?")):
                raise UsageError(
                    Message("Nothing was changed."),
                    Message("Run it again when you want it."),
                    code="declined",
                )
        return self.workspace.run(made, asked_as=f"{self.entity.key} edit")

    def _open(self, path: str) -> None:
        try:
            code = subprocess.call([*shlex.split(self.editor), path])
        except (OSError, ValueError) as error:
            raise CrmError(
                Message("The editor “{editor}” cannot be started.", editor=self.editor),
                Message("Set EDITOR, or give --editor. Your text is in {path}.", path=path),
                code="editor",
            ) from error
        if code:
            raise CrmError(
                Message("The editor ended with an error, so nothing was changed."),
                Message("Your text is in {path}.", path=path),
                code="editor",
            )

    def _again(self, error: CrmError, path: str) -> None:
        """Go on editing after a mistake, or raise it with the place of the text."""
        if current().may_prompt:
            say(t("Error: {message}", message=str(error.message)))
            if error.hint is not None:
                say(str(error.hint))
            if agreed(t("Edit again?")):
                return
        said = f"{error.hint} " if error.hint is not None else ""
        error.hint = Message("{hint}Your text is kept in {path}.", hint=said, path=path)
        raise error


def _editor() -> str:
    chosen = os.environ.get("VISUAL") or os.environ.get("EDITOR")
    if not chosen and not current().may_prompt:
        raise UsageError(
            Message("Nobody is at a terminal to write in an editor."),
            Message("Name a program that edits the text: --editor PROGRAM, or use “set”."),
            code="editor",
        )
    return chosen or "vi"
