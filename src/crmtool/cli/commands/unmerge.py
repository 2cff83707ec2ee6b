"""``crm unmerge``: take merged records out again."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from crmtool.cli.help import with_examples
from crmtool.cli.nouns import report
from crmtool.cli.nouns.common import DryRun, Json
from crmtool.cli.questions import say
from crmtool.cli.session import open_session
from crmtool.core.errors import EXIT_DONE, EXIT_PARTIAL
from crmtool.core.messages import t
from crmtool.doors.undoing import left

TYPE_CHECKING = False
if TYPE_CHECKING:
    pass

What = Annotated[
    str,
    typer.Argument(
        metavar="HANDLE|RECORD",
        help=t(
            "The handle that the merge answered, the old handle of a merged record, or the record it was merged into."
        ),
    ),
]


def command(what: What, dry_run: DryRun = False, as_json: Json = False) -> int:
    """Unmerge."""
    from crmtool.app.commands import Unmerge
    from crmtool.app.unmerging import named

    with open_session() as workspace:
        key, records = named(workspace, what)
        outcome = workspace.run(Unmerge(key, tuple(records)), dry_run=dry_run)
        entity = workspace.registry.entity(key)
        done = report.of_outcome(outcome, dry_run=dry_run)
        if as_json:
            for text in report.document(workspace, done, entity, skipped=outcome.skipped):
                sys.stdout.write(text)
        else:
            for line in report.sentences(workspace, done, entity):
                say(line)
        for line in left(outcome.skipped):
            say(line)
        return EXIT_PARTIAL if outcome.skipped else EXIT_DONE


command.help = with_examples(  # type: ignore[attr-defined]
    t(
        "Take a merged record out of the other again. It comes back as it was, with all that was its own; what the merge gave "
        "to the other is taken away there. What was changed since stays as it is and is listed; the exit code is then 7. The "
        "two are not proposed as duplicates again."
    ),
    "crm unmerge @k7x2p9qa",
    "crm unmerge 86cyskgs --dry-run",
)
