"""``crm NOUN set``: change fields of one record, of several, or of all that match."""

from __future__ import annotations

from typing import Annotated

import typer

from crmtool.cli.nouns import report, wording
from crmtool.cli.nouns.common import DryRun, Effective, From, Json, OnList, View, Where, Yes
from crmtool.cli.questions import say
from crmtool.cli.session import open_session
from crmtool.core.errors import CrmError, UsageError
from crmtool.core.messages import Message, t
from crmtool.doors import words as field_words
from crmtool.doors.filters import instant_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from crmtool.app.bulk import Item
    from crmtool.app.workspace import Workspace
    from crmtool.cli.nouns.rows import Columns
    from crmtool.core.registry import Entity
    from crmtool.doors.words import Assignment

Words = Annotated[
    list[str] | None,
    typer.Argument(metavar="RECORD FIELD=VALUE", help=t("The records, then the changes as words.")),
]
Rev = Annotated[
    int | None,
    typer.Option(
        "--rev", metavar="N", help=t("only if the record still has this revision; exit code 6 otherwise")
    ),
]


def command(entity: Entity) -> Callable[..., int]:
    """``crm NOUN set``."""
    key = entity.key

    def change(
        words: Words = None,
        where: Where = None,
        view: View = None,
        on: OnList = None,
        source: From = None,
        effective: Effective = None,
        rev: Rev = None,
        yes: Yes = False,
        dry_run: DryRun = False,
        as_json: Json = False,
    ) -> int:
        from crmtool.app.commands import Set
        from crmtool.cli.nouns.targets import Targets
        from crmtool.doors.targets import Wanted

        with open_session() as workspace:
            entity = workspace.registry.entity(key)
            plain, assigned = field_words.split(words or [])
            changes = tuple(field_words.assignments(assigned, entity))
            since = instant_of(workspace, effective)
            wanted = Wanted(plain, where or (), view, on, source)
            if source is not None and not plain and not wanted.by_condition:
                done = _from_rows(workspace, entity, source, changes, since, dry_run=dry_run, as_json=as_json)
                return report.tell(workspace, done, entity, as_json=as_json)
            if not changes:
                raise UsageError(
                    Message("There is nothing to change."),
                    Message("Write what as words: {example}", example=f"crm {key} set RECORD field=value"),
                    code="nothing",
                )
            check(workspace, entity, changes)
            targets = Targets(workspace, entity, wanted)
            if rev is not None and len(targets.found) > 1:
                raise UsageError(
                    Message("--rev is for one record."),
                    Message("Change the records one by one, or leave --rev out."),
                    code="which",
                )
            done = targets.run(
                lambda found: Set(key, found, changes, rev, since), dry_run=dry_run, yes=yes, as_json=as_json
            )
            return report.tell(workspace, done, entity, as_json=as_json)

    change.help = wording.change(entity)  # type: ignore[attr-defined]
    return change


def check(workspace: Workspace, entity: Entity, changes: tuple[Assignment, ...]) -> None:
    """Read every value once, so that one that fits no record is said before records are looked for."""
    for key, _, value in changes:
        field = entity.fields[key]
        if isinstance(value, str) and field.kind.name not in ("reference", "file"):
            field.parse(value, workspace.context)


def _from_rows(
    workspace: Workspace,
    entity: Entity,
    source: str,
    common: tuple[Assignment, ...],
    since: str | None,
    *,
    dry_run: bool,
    as_json: bool,
) -> report.Done:
    """Change each record that a file names to what its columns say; words beside it hold for all."""
    from crmtool.app.bulk import run_many
    from crmtool.cli.nouns.rows import Columns
    from crmtool.cli.progress import Progress

    columns = Columns(entity)
    items = _items(workspace, columns, source, common, since)
    with Progress(t("Changing")) as progress:
        bulk = run_many(
            workspace,
            items,
            f"{entity.key} set",
            dry_run=dry_run,
            progress=progress,
            whole=dry_run and as_json,
        )
    ignored = [name for name in columns.ignored if name not in ("id", "record")]
    if ignored:
        say(t("Left out, since the program keeps it itself: {columns}.", columns=", ".join(ignored)))
    return report.of_bulk(bulk, dry_run=dry_run)


def _items(
    workspace: Workspace, columns: Columns, source: str, common: tuple[Assignment, ...], since: str | None
) -> Iterator[Item]:
    from crmtool.app.bulk import Item
    from crmtool.app.commands import Set
    from crmtool.cli.nouns.source import rows
    from crmtool.cli.nouns.targets import identify

    entity = columns.entity
    for place, row in rows(source):
        if isinstance(row, CrmError):
            yield Item(place, None, row)
            continue
        named = "id" in row or "record" in row
        values = columns.values(row, skip=() if named else (entity.name_field,))
        try:
            record = identify(workspace, entity, row)
        except CrmError as error:
            yield Item(place, None, error)
            continue
        changes = (*((key, "=", value) for key, value in values.items()), *common)
        yield Item(place, Set(entity.key, (record,), changes, None, since))
