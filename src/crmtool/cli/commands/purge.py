"""``crm purge``: erase records for good, everywhere."""

from __future__ import annotations

from crmtool.cli.help import with_examples
from crmtool.cli.nouns import report
from crmtool.cli.nouns.common import DryRun, Json, References, Yes
from crmtool.cli.questions import confirm, say
from crmtool.cli.session import open_session
from crmtool.core.changes import PURGE
from crmtool.core.errors import EXIT_DONE
from crmtool.core.messages import Message, t, tn
from crmtool.doors.erasing import sentences

TYPE_CHECKING = False
if TYPE_CHECKING:
    pass


def command(records: References, yes: Yes = False, dry_run: DryRun = False, as_json: Json = False) -> int:
    """Show what would go, ask, erase it."""
    from crmtool.app.erasing import parts
    from crmtool.app.resolve import resolve_anywhere

    with open_session() as workspace:
        wanted: dict[str, list[str]] = {}
        for text in records:
            key, record = resolve_anywhere(workspace.reader, text, trash="with")
            wanted.setdefault(key, []).append(record)
        commands = [part for key, found in wanted.items() for part in parts(workspace, key, found)]
        tried = [workspace.run(command, dry_run=True) for command in commands]
        for line in sentences(workspace, tried):
            say(line)
        if dry_run:
            say(t("This was a dry run; nothing was changed."))
            return EXIT_DONE
        total = sum(outcome.count for outcome in tried)
        confirm(
            t("Erase it for good?"),
            Message("{n} record would be erased for good.", "{n} records would be erased for good.", n=total),
            yes=yes,
            count=total,
        )
        done = [workspace.run(command) for command in commands]
        whole = report.Done(
            None, {PURGE: sum(o.count for o in done)}, [c for o in done for c in o.changed], (), []
        )
        if as_json:
            return report.tell(workspace, whole, workspace.registry.entity(commands[0].entity), as_json=True)
        say(
            tn(
                "Erased: {n} record. What the log kept of it is gone too.",
                "Erased: {n} records. What the log kept of them is gone too.",
                whole.counts[PURGE],
            )
        )
        return EXIT_DONE


command.help = with_examples(  # type: ignore[attr-defined]
    t(
        "Erase records for good: from the store, its index, its log and its files, and from every "
        "other device with the next sync. Notes, activities, tasks and links that are about them "
        "alone go with them. This is for the right to be forgotten; it cannot be undone. To put "
        "something out of sight, “crm NOUN rm” is enough."
    ),
    'crm purge "Ana Ruiz" --dry-run',
    "crm purge @k7x2p9qa --yes",
)
