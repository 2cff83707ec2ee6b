"""A text on its way through an editor: opened, read, compared, shown, applied as one piece of work.

What a person typed is in a file that is theirs alone until all of it is done. Whatever comes in between, a mistake, a conflict, a
no, Ctrl-C: the file stays and its place is said.
"""

from __future__ import annotations

import os
import shlex
import subprocess
import tempfile
from contextlib import suppress

from crmtool.app.bulk import Item, run_many
from crmtool.app.commands import Add, Remove, Set
from crmtool.cli.editing.compare import Draft, Settled, compare, settle
from crmtool.cli.editing.forms import MARK, one_line
from crmtool.cli.nouns import report
from crmtool.cli.progress import Progress
from crmtool.cli.questions import agreed, confirm, say
from crmtool.cli.state import current
from crmtool.core import ids
from crmtool.core.errors import ConflictError, CrmError, UsageError
from crmtool.core.messages import Message, t, tn
from crmtool.core.struct import Struct

TYPE_CHECKING = False
if TYPE_CHECKING:
    from crmtool.app.workspace import Workspace
    from crmtool.cli.editing.forms import Form, Opened, Row


class Choices(Struct):
    """How to go about it, from the command line."""

    editor: str
    dry_run: bool = False
    yes: bool = False
    overwrite: bool = False
    delete_missing: bool = False
    as_json: bool = False


class Again(Exception):  # not an error: the person wants to go on writing
    pass


class Session:
    """Some records in one editor."""

    def __init__(self, workspace: Workspace, opened: Opened, form: Form, choices: Choices) -> None:
        self.workspace = workspace
        self.opened = opened
        self.entity = opened.entity
        self.form = form
        self.choices = choices
        self.path = ""
        self.text = form.write(opened)
        self.before = form.read(self.text, opened)

    def run(self) -> report.Done | None:
        """Edit until it is applied or the person gives up; ``None`` when nothing was changed."""
        descriptor, self.path = tempfile.mkstemp(prefix=f"crm-{self.entity.key}-", suffix=self.form.suffix)
        with os.fdopen(descriptor, "w", encoding="utf-8", newline="") as file:
            file.write(self.text)
        while True:
            self._edit()
            try:
                done = self._apply(self._read())
            except Again:
                continue
            except CrmError as error:
                said = f"{error.hint} " if error.hint is not None else ""
                error.hint = Message("{hint}Your text is kept in {path}.", hint=said, path=self.path)
                raise
            except KeyboardInterrupt:
                say(t("Your text is kept in {path}.", path=self.path))
                raise
            if done is not None and (done.rejected or done.interrupted or done.dry_run):
                say(t("Your text is kept in {path}.", path=self.path))
            else:
                with suppress(FileNotFoundError):
                    os.unlink(self.path)
            return done

    def _edit(self) -> None:
        editor = self.choices.editor
        try:
            code = subprocess.call([*shlex.split(editor), self.path])
        except (OSError, ValueError) as error:
            raise CrmError(
                Message("The editor “{editor}” cannot be started.", editor=editor),
                Message("Set EDITOR, or give --editor. Your text is in {path}.", path=self.path),
                code="editor",
            ) from error
        if code:
            raise CrmError(
                Message("The editor ended with an error, so nothing was changed."),
                Message("Your text is in {path}.", path=self.path),
                code="editor",
            )

    def _read(self) -> str:
        with open(self.path, "rb") as file:
            raw = file.read()
        try:
            return raw.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            raise UsageError(
                Message("The text is not valid UTF-8 at byte {position}.", position=error.start),
                Message("Save it as UTF-8."),
                code="encoding",
            ) from error

    def _apply(self, text: str) -> report.Done | None:
        draft = compare(self.before, self.form.read(text, self.opened), self.opened)
        if draft.mistakes:
            self._again(text, [(row.line, row.error) for row in draft.mistakes if row.error is not None])
        if draft.missing and not self.choices.delete_missing:
            say(
                tn(
                    "{n} record whose line you took out stays as it is; --delete-missing moves it to the trash.",
                    "{n} records whose lines you took out stay as they are; --delete-missing moves them to the trash.",
                    len(draft.missing),
                )
            )
        items, conflicts = self._commands(draft)
        if not items and not conflicts:
            return None
        if self._shown(text, items, conflicts):
            items, conflicts = self._commands(draft, overwrite=True)
        done = self._run([*items, *conflicts], dry_run=self.choices.dry_run)
        if done.rejected and not done.changed:
            report.refusals(done.rejected[1:])
            raise self._told(done.rejected[0].place, done.rejected[0].error)
        return done

    # -- from a draft to commands ----------------------------------------------------------------------------------

    def _commands(self, draft: Draft, *, overwrite: bool = False) -> tuple[list[Item], list[Item]]:
        """(what to do, what somebody else's change stands in the way of), each with its line, as things are now."""
        overwrite = overwrite or self.choices.overwrite
        self.workspace.refresh_clock()
        items: list[Item] = []
        conflicts: list[Item] = []
        for each in self._settled(draft.changed):
            assignments = [*each.assignments, *(each.disputed if overwrite else ())]
            if assignments and each.now is not None:
                command = Set(self.entity.key, (each.now["id"],), tuple(assignments), each.now["rev"])
                items.append(Item(self._place(each.row), command))
            if each.now is None or not overwrite:
                conflicts += [Item(self._place(each.row), None, error) for error in each.conflicts]
        items += [Item(self._place(row), Add(self.entity.key, self._new(row))) for row in draft.added]
        if self.choices.delete_missing:
            items += [
                Item(f"@{ids.handle(record)}", Remove(self.entity.key, (record,))) for record in draft.missing
            ]
        return items, conflicts

    def _settled(self, rows: list[Row]) -> list[Settled]:
        found = self.workspace.reader.get_many(
            self.entity.key, [str(row.record) for row in rows], trash="without", expand=True
        )
        context = self.workspace.context
        return [settle(self.form, self.opened, row, found.get(str(row.record)), context) for row in rows]

    def _new(self, row: Row) -> dict[str, object]:
        given = {
            key: self.form.given(typed, self.opened.fields[key], None) for key, typed in row.values.items()
        }
        return {key: value for key, value in given.items() if value not in (None, [], "")}

    def _place(self, row: Row) -> str:
        return t("line {n}", n=row.line) if self.form.by_line else self.opened.labels[str(row.record)]

    # -- with the person -------------------------------------------------------------------------------------------

    def _shown(self, text: str, items: list[Item], conflicts: list[Item]) -> bool:
        """Show what would be done and ask whether to; whether to write over what others changed. ``Again`` to edit on."""
        asking = current().may_prompt and not self.choices.yes and not self.choices.dry_run
        if not asking and (self.choices.dry_run or self.choices.yes or len(items) <= 1):
            return False
        tried = self._run([*items, *conflicts], dry_run=True)
        for line in report.details(self.workspace, tried, self.entity):
            say(line)
        count = sum(key == self.entity.key for key, _ in tried.changed)
        left = count - report.SHOWN
        if left > 0:
            say(t("… and {n} more.", n=left))
        report.refusals(tried.rejected)
        mistakes = [each for each in tried.rejected if not isinstance(each.error, ConflictError)]
        if asking and mistakes:
            lines = {t("line {n}", n=number): number for number in range(1, text.count("\n") + 2)}
            self._offer(text, [(lines.get(each.place, 1), each.error) for each in mistakes])
        overwrite = asking and bool(conflicts) and agreed(t("Write yours over what others changed?"))
        if not tried.changed:
            return overwrite  # that was the question; else what is in the way is said by doing it
        confirm(
            t("Do it?"),
            Message("{noun}: {count} records would be changed.", noun=self.entity.label(), count=count),
            yes=False,
            count=count,
        )
        return overwrite

    def _again(self, text: str, mistakes: list[tuple[int, CrmError]]) -> None:
        """Offer to mend mistakes in the text, or raise the first; the others are said."""
        placed = [self._told(t("line {n}", n=line), error) for line, error in mistakes]
        if current().may_prompt:
            for error in placed[: report.SHOWN]:
                say(t("Error: {message}", message=str(error)))
            self._offer(text, mistakes)
        else:
            for error in placed[1 : report.SHOWN]:
                say(t("Error: {message}", message=str(error)))
        raise placed[0]

    def _offer(self, text: str, mistakes: list[tuple[int, CrmError]]) -> None:
        """``Again``, with each mistake as a comment above its line, if the person wants to."""
        if agreed(t("Edit again?")):
            with open(self.path, "w", encoding="utf-8", newline="") as file:
                file.write(annotated(text, mistakes))
            raise Again

    def _told(self, place: str, error: CrmError) -> CrmError:
        """The error with its place, where the text has more than one record."""
        return _placed(place, error) if self.form.by_line else error

    def _run(self, items: list[Item], *, dry_run: bool) -> report.Done:
        with Progress(t("Changing")) as progress:
            bulk = run_many(
                self.workspace,
                items,
                f"{self.entity.key} edit",
                dry_run=dry_run,
                progress=progress,
                collect=True,
                whole=dry_run and self.choices.as_json,
            )
        return report.of_bulk(bulk, dry_run=dry_run)


def _placed(place: str, error: CrmError) -> CrmError:
    """The error with where it is in the text."""
    said = Message("{place}: {reason}", place=place, reason=error.message)
    placed = type(error)(said, error.hint, code=error.code, **error.data)
    placed.exit_code = error.exit_code
    return placed


def annotated(text: str, mistakes: list[tuple[int, CrmError]]) -> str:
    """``text`` with what is wrong as comments above the lines, in place of those of the time before."""
    wrong: dict[int, list[str]] = {}
    for number, error in mistakes:
        said = f"{error} {error.hint}" if error.hint is not None else str(error)
        wrong.setdefault(number, []).append(MARK + one_line(said))
    out: list[str] = []
    for number, line in enumerate(text.split("\n"), 1):
        out += wrong.get(number, [])
        if not line.startswith(MARK):
            out.append(line)
    return "\n".join(out)
