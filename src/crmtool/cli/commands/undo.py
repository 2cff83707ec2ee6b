"""``crm undo``: take a change back, or a whole import."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from crmtool.cli.help import with_examples
from crmtool.cli.nouns import report
from crmtool.cli.nouns.common import DryRun, Json, Yes
from crmtool.cli.questions import confirm, say
from crmtool.cli.session import open_session
from crmtool.core import ids
from crmtool.core.errors import EXIT_DONE, EXIT_PARTIAL
from crmtool.core.messages import Message, t, tn
from crmtool.doors.undoing import left, shown

TYPE_CHECKING = False
if TYPE_CHECKING:
    from crmtool.app.workspace import Outcome, Workspace

Handle = Annotated[
    str | None,
    typer.Argument(
        metavar="HANDLE",
        help=t("The handle that the change answered; without one, your own last change on this device."),
    ),
]


def command(handle: Handle = None, dry_run: DryRun = False, yes: Yes = False, as_json: Json = False) -> int:
    """Take a change back."""
    return take_back(handle, redo=False, dry_run=dry_run, yes=yes, as_json=as_json)


command.help = with_examples(  # type: ignore[attr-defined]
    t(
        "Take a change back: an edit, a bulk edit, a merge or a whole import, wherever it was made. "
        "What was changed again since is left as it is and listed; the exit code is then 7. “crm "
        "redo” brings back what was undone."
    ),
    "crm undo",
    "crm undo 86cyskgs --dry-run",
    "crm undo 86cyskgs --yes",
)


def take_back(handle: str | None, *, redo: bool, dry_run: bool, yes: bool, as_json: bool) -> int:
    """Show what would go back, ask, do it; the exit code."""
    from crmtool.app.commands import Undo
    from crmtool.app.undo import find, run_undo
    from crmtool.cli.progress import Progress

    with open_session() as workspace:
        target = find(workspace, handle.lstrip("@") if handle else None, redo=redo)
        if dry_run or not (yes and as_json):
            for line in shown(workspace, target, redo=redo):
                say(line)
        if dry_run:
            say(t("This was a dry run; nothing was changed."))
            return EXIT_DONE
        confirm(
            t("Do it?"),
            Message("This is what would be taken back.")
            if not redo
            else Message("This is what would be done again."),
            yes=yes,
            handle=ids.handle(target.id),
            count=target.count,
        )
        with Progress(t("Doing again") if redo else t("Taking back")) as progress:
            outcome = run_undo(workspace, Undo(target.id, redo), progress=progress)
        if as_json:
            _document(workspace, outcome)
        else:
            _tell(outcome, redo=redo)
        for line in left(outcome.skipped):
            say(line)
        return EXIT_PARTIAL if outcome.skipped else EXIT_DONE


def _tell(outcome: Outcome, *, redo: bool) -> None:
    if redo:
        say(tn("Done again: {n} record.", "Done again: {n} records.", outcome.count))
    else:
        say(tn("Taken back: {n} record.", "Taken back: {n} records.", outcome.count))
    if outcome.handle and redo:
        say(t("To take it back: crm undo {handle}", handle=outcome.handle))
    elif outcome.handle:
        say(t("To bring it back: crm redo {handle}", handle=outcome.handle))


def _document(workspace: Workspace, outcome: Outcome) -> None:
    from crmtool.cli.output.formats import json_text

    changed = [
        report.shaped(workspace, workspace.registry.entity(key), record)
        for key, found in _by_entity(outcome).items()
        for record in report.read_all(workspace, workspace.registry.entity(key), found)
    ]
    body = {"changed": changed, "undo": outcome.handle, "count": outcome.count, "skipped": outcome.skipped}
    sys.stdout.write(json_text(body, indent=True) + "\n")


def _by_entity(outcome: Outcome) -> dict[str, list[str]]:
    out: dict[str, list[str]] = {}
    for key, record in outcome.changed:
        out.setdefault(key, []).append(record)
    return out
