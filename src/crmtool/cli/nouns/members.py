"""Static lists: records that somebody picked; making them, putting records on them, taking them off, printing them."""

from __future__ import annotations

from typing import Annotated

import typer

from crmtool.app.resolve import candidates
from crmtool.cli.nouns import report, wording
from crmtool.cli.nouns.common import REFERENCE, DryRun, Json, Where, find
from crmtool.cli.output import Output
from crmtool.cli.output.options import prints_records
from crmtool.cli.session import open_session
from crmtool.core import ids
from crmtool.core.errors import ConflictError, UsageError
from crmtool.core.messages import Message, t
from crmtool.core.query import Linked, all_of
from crmtool.doors import words as field_words
from crmtool.doors.filters import condition
from crmtool.store.reader import Query

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from crmtool.app.commands import Command
    from crmtool.app.workspace import Workspace
    from crmtool.core.registry import Entity

FEW = 1_000  # records that one change set takes

Name = Annotated[str, typer.Argument(metavar="LIST", help=t("The list’s name or @handle."))]
Words = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="[RECORD] [FIELD=VALUE]", help=t("Records to put on it; fields of a new list as words.")
    ),
]
Records = Annotated[list[str] | None, typer.Argument(metavar="[RECORD]", help=REFERENCE)]


def add(entity: Entity) -> Callable[..., int]:
    """``crm list add``."""

    def add(
        name: Name, words: Words = None, where: Where = None, dry_run: DryRun = False, as_json: Json = False
    ) -> int:
        from crmtool.app.commands import Enlist

        with open_session() as workspace:
            kind = workspace.registry.entity("list")
            plain, assigned = field_words.split(words or [])
            values = field_words.values(assigned, kind)
            there = candidates(workspace.reader, kind, name)
            static_list = find(workspace, kind, name) if there else None
            if static_list is not None and (values or not (plain or where)):
                raise ConflictError(
                    Message("There is a list “{list}” already.", list=name),
                    Message("Put records on it: {command}", command="crm list add LIST RECORD …")
                    if not values
                    else Message("Change it: {command}", command="crm list set LIST field=value"),
                    code="exists",
                )
            of = workspace.registry.entity(str(values.get("of") or "contact"))
            if static_list is not None:
                of = workspace.registry.entity(workspace.reader.require("list", static_list)["of"])
            records = tuple(picked(workspace, of, plain, where or []))
            new = None if static_list else {"name": name, **values}
            target = static_list or ids.new_id()

            def made(part: tuple[str, ...], first: bool) -> Command:
                return Enlist(of.key, part, target, new if first else None)

            done = _run(workspace, records, made, dry_run=dry_run)
            return report.tell(workspace, done, kind, as_json=as_json)

    add.help = wording.compose(  # type: ignore[attr-defined]
        entity,
        "add",
        t(
            "Make a list, or put records on one. A list holds one kind of record, people unless of=… says otherwise. "
            "“--list” then narrows any list of records."
        ),
    )
    return add


def remove(entity: Entity) -> Callable[..., int]:
    """``crm list remove``."""

    def remove(
        name: Name,
        records: Records = None,
        where: Where = None,
        dry_run: DryRun = False,
        as_json: Json = False,
    ) -> int:
        from crmtool.app.commands import Delist

        with open_session() as workspace:
            kind = workspace.registry.entity("list")
            static_list = find(workspace, kind, name)
            of = workspace.registry.entity(workspace.reader.require("list", static_list)["of"])
            found = tuple(picked(workspace, of, records or [], where or []))
            if not found and not where:
                raise UsageError(
                    Message("Say which records to take off."),
                    Message("To delete the list itself: {command}", command="crm list rm LIST"),
                    code="which",
                )
            done = _run(workspace, found, lambda part, _: Delist(part, static_list), dry_run=dry_run)
            return report.tell(workspace, done, kind, as_json=as_json)

    remove.help = wording.compose(  # type: ignore[attr-defined]
        entity, "remove", t("Take records off a list. They stay as they are; only the list forgets them.")
    )
    return remove


def show(entity: Entity) -> Callable[..., None]:
    """``crm list show``."""

    @prints_records
    def show(name: Name, output: Output) -> None:
        from crmtool.cli.nouns.list import write

        with open_session() as workspace:
            static_list = find(workspace, workspace.registry.entity("list"), name)
            of = workspace.registry.entity(workspace.reader.require("list", static_list)["of"])
            where = all_of([Linked("member", static_list), condition(workspace, of, filters=output.where)])
            write(workspace, of, output, where, output.sort)

    show.help = wording.compose(entity, "show", t("The records on a list, like “list” with its options."))  # type: ignore[attr-defined]
    return show


def _run(
    workspace: Workspace,
    records: tuple[str, ...],
    make: Callable[[tuple[str, ...], bool], Command],
    *,
    dry_run: bool,
) -> report.Done:
    """One command over all records, or a job of one for each where they are many; ``make`` is told which is the first."""
    if len(records) <= FEW:
        return report.of_outcome(workspace.run(make(records, True), dry_run=dry_run), dry_run=dry_run)
    from crmtool.app.bulk import Item, run_many
    from crmtool.cli.progress import Progress

    items = (Item(f"@{ids.handle(record)}", make((record,), record == records[0])) for record in records)
    with Progress(t("Changing")) as progress:
        bulk = run_many(
            workspace, items, make((), False).name, dry_run=dry_run, progress=progress, whole=dry_run
        )
    return report.of_bulk(bulk, dry_run=dry_run)


def picked(workspace: Workspace, of: Entity, records: Sequence[str], where: Sequence[str]) -> list[str]:
    """The ids of the records named and of those that match, each once."""
    found = [find(workspace, of, text) for text in records]
    if where:
        query = Query(of.key, condition(workspace, of, filters=where), fields=("id",), expand=False)
        found += [record["id"] for record in workspace.query(query)]
    return list(dict.fromkeys(found))
