"""``crm merge``: make several records one."""

from __future__ import annotations

from typing import Annotated

import typer

from crmtool.cli.help import with_examples
from crmtool.cli.nouns import report
from crmtool.cli.nouns.common import DryRun, Json, find
from crmtool.cli.session import open_session
from crmtool.core.errors import UsageError
from crmtool.core.messages import Message, t
from crmtool.doors import words as field_words

Words = Annotated[
    list[str],
    typer.Argument(
        metavar="KEEP OTHER FIELD=VALUE",
        help=t(
            "The record that stays, then those that become one with it, then values that hold in any case."
        ),
    ),
]


def command(words: Words, dry_run: DryRun = False, as_json: Json = False) -> int:
    """Merge records that are named."""
    from crmtool.app.commands import Merge
    from crmtool.app.resolve import resolve_anywhere
    from crmtool.match.answers import evidence_on

    plain, assigned = field_words.split(words)
    if len(plain) < 2:
        raise UsageError(
            Message("A merge needs the record to keep and one or more others."),
            Message("For example: {example}", example="crm merge @7j28ap5w @k7x2p9qa"),
            code="merge",
        )
    with open_session() as workspace:
        key, keep = resolve_anywhere(workspace.reader, plain[0])
        entity = workspace.registry.entity(key)
        others = tuple(dict.fromkeys(find(workspace, entity, text) for text in plain[1:]))
        evidence = evidence_on(workspace, entity, keep, others)
        values = tuple(field_words.assignments(assigned, entity))
        outcome = workspace.run(Merge(key, keep, others, values, evidence), dry_run=dry_run, origin="merge")
        return report.tell(workspace, report.of_outcome(outcome, dry_run=dry_run), entity, as_json=as_json)


command.help = with_examples(  # type: ignore[attr-defined]
    t(
        "Make contacts or companies one. The first stays and takes in what the others have: their addresses, numbers and "
        "tags, what it had no value for, their deals, activities, notes, tasks, lists and files. Where two values contradict "
        "each other that of the first stands, and a note keeps the other. The others go to the trash, and their handles lead "
        "to the first. “crm undo” takes it back, and “crm unmerge” does so also after later changes."
    ),
    "crm merge @7j28ap5w @k7x2p9qa",
    "crm merge @7j28ap5w @k7x2p9qa @86cyskgs title=CEO --dry-run",
)
