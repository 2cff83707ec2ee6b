"""The steps of selling that are more than a field: move, win, lose, reopen a deal, convert a lead, finish a task."""

from __future__ import annotations

from typing import Annotated

import typer

from crmtool.cli.help import with_examples
from crmtool.cli.nouns import report
from crmtool.cli.nouns.common import DryRun, Effective, Json, Reference, References, find
from crmtool.cli.session import open_session
from crmtool.core.errors import AmbiguousError, UsageError
from crmtool.core.messages import Message, t
from crmtool.doors import words as field_words
from crmtool.doors.filters import instant_of
from crmtool.doors.naming import deal_name

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from crmtool.app.commands import Command
    from crmtool.app.workspace import Workspace
    from crmtool.core.registry import Entity

Words = Annotated[
    list[str] | None, typer.Argument(metavar="[FIELD=VALUE]", help=t("Further fields to set on the way."))
]
StageWords = Annotated[
    list[str],
    typer.Argument(
        metavar="STAGE [FIELD=VALUE]", help=t("The stage, then further fields to set on the way.")
    ),
]
Pipeline = Annotated[str | None, typer.Option("--pipeline", metavar="NAME", help=t("into this pipeline"))]
On = Annotated[
    str | None, typer.Option("--on", metavar="DATE", help=t("the day it was closed, if not today"))
]
Reason = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="[REASON] [FIELD=VALUE]", help=t("Why, in your words; then further fields to set.")
    ),
]
DealWords = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="[DEAL] [FIELD=VALUE]", help=t("What the deal is called, then its fields as words.")
    ),
]
NoDeal = Annotated[bool, typer.Option("--no-deal", help=t("only raise the lifecycle, without a deal"))]


def move(entity: Entity) -> Callable[..., int]:
    """``crm deal move``."""

    def move(
        record: Reference,
        words: StageWords,
        pipeline: Pipeline = None,
        effective: Effective = None,
        dry_run: DryRun = False,
        as_json: Json = False,
    ) -> int:
        from crmtool.app.commands import Move

        with open_session() as workspace:
            plain, assigned = field_words.split(words)
            if not plain:
                raise UsageError(
                    Message("Which stage?"),
                    Message("See: {command}", command="crm pipeline show"),
                    code="nothing",
                )
            deal = workspace.registry.entity("deal")
            since = instant_of(workspace, effective)
            values = field_words.values(assigned, deal)
            made = Move(find_open(workspace, deal, record), " ".join(plain), pipeline, since, values)
            return _run(workspace, made, deal, dry_run=dry_run, as_json=as_json)

    move.help = with_examples(  # type: ignore[attr-defined]
        t(
            "Move a deal to another stage of its pipeline, or of another one. What the stage requires can be given on the way."
        ),
        "crm deal move @k7x2p9qa Proposal",
        "crm deal move @k7x2p9qa Negotiation amount=15k close=eom",
    )
    return move


def win(entity: Entity) -> Callable[..., int]:
    """``crm deal win``."""

    def win(
        record: Reference, words: Words = None, on: On = None, dry_run: DryRun = False, as_json: Json = False
    ) -> int:
        return _close("won", record, words or [], on, dry_run=dry_run, as_json=as_json)

    win.help = with_examples(  # type: ignore[attr-defined]
        t("Close a deal as won. The person in it becomes a customer."),
        "crm deal win @k7x2p9qa",
        "crm deal win @k7x2p9qa amount=14k",
    )
    return win


def lose(entity: Entity) -> Callable[..., int]:
    """``crm deal lose``."""

    def lose(
        record: Reference, words: Reason = None, on: On = None, dry_run: DryRun = False, as_json: Json = False
    ) -> int:
        return _close("lost", record, words or [], on, dry_run=dry_run, as_json=as_json)

    lose.help = with_examples(  # type: ignore[attr-defined]
        t("Close a deal as lost, best with the reason."), "crm deal lose @k7x2p9qa too expensive"
    )
    return lose


def reopen(entity: Entity) -> Callable[..., int]:
    """``crm deal reopen``."""

    def reopen(record: Reference, words: Words = None, dry_run: DryRun = False, as_json: Json = False) -> int:
        return _close("open", record, words or [], None, dry_run=dry_run, as_json=as_json)

    reopen.help = with_examples(t("Open a deal again that was won or lost."), "crm deal reopen @k7x2p9qa")  # type: ignore[attr-defined]
    return reopen


def _close(
    status: str, record: str, words: list[str], on: str | None, *, dry_run: bool, as_json: bool
) -> int:
    from crmtool.app.commands import Close

    with open_session() as workspace:
        deal = workspace.registry.entity("deal")
        plain, assigned = field_words.split(words)
        if plain and status != "lost":
            raise UsageError(
                Message("“{words}” is no field=value word.", words=" ".join(plain)),
                Message("Write field=value."),
                code="words",
            )
        values = field_words.values(assigned, deal)
        made = Close(
            find_open(workspace, deal, record) if status != "open" else find(workspace, deal, record),
            status,
            " ".join(plain) or None,
            on,
            values,
        )
        return _run(workspace, made, deal, dry_run=dry_run, as_json=as_json)


def convert(entity: Entity) -> Callable[..., int]:
    """``crm contact convert``."""

    def convert(
        record: Reference,
        words: DealWords = None,
        no_deal: NoDeal = False,
        dry_run: DryRun = False,
        as_json: Json = False,
    ) -> int:
        from crmtool.app.commands import Convert

        with open_session() as workspace:
            contact, deal = workspace.registry.entity("contact"), workspace.registry.entity("deal")
            found = find(workspace, contact, record)
            plain, assigned = field_words.split(words or [])
            if no_deal and words:
                raise UsageError(
                    Message("--no-deal makes no deal to name."),
                    Message("Leave --no-deal out, or the words."),
                    code="words",
                )
            lead = workspace.reader.get("contact", found, expand=True) or {}
            name = None if no_deal else " ".join(plain) or deal_name(lead)
            made = Convert(found, name, field_words.values(assigned, deal))
            return _run(workspace, made, contact, dry_run=dry_run, as_json=as_json)

    convert.help = with_examples(  # type: ignore[attr-defined]
        t("Make a customer-to-be of a lead: the lifecycle rises to opportunity, and a deal begins."),
        'crm contact convert "Ana Ruiz"',
        'crm contact convert ana@acme.es "Acme: 40 seats" amount=12k',
    )
    return convert


def done(entity: Entity) -> Callable[..., int]:
    """``crm task done``."""

    def done(records: References, dry_run: DryRun = False, as_json: Json = False) -> int:
        from crmtool.app.bulk import Item, run_many
        from crmtool.app.commands import Done

        with open_session() as workspace:
            task = workspace.registry.entity("task")
            found = [find_open(workspace, task, text) for text in records]
            if len(found) == 1:
                return _run(workspace, Done(found[0]), task, dry_run=dry_run, as_json=as_json)
            items = [Item(text, Done(record)) for text, record in zip(records, found, strict=True)]
            bulk = run_many(workspace, items, "task done", dry_run=dry_run, whole=dry_run)
            return report.tell(workspace, report.of_bulk(bulk, dry_run=dry_run), task, as_json=as_json)

    done.help = with_examples(  # type: ignore[attr-defined]
        t("Tick off a task, or several. A repeating one comes again on its next day."),
        'crm task done "Send the offer"',
    )
    return done


def find_open(workspace: Workspace, entity: Entity, text: str) -> str:
    """The record that a word means; of several with one name the only one that is open."""
    try:
        return find(workspace, entity, text)
    except AmbiguousError as error:
        found = workspace.reader.get_many(entity.key, [item["id"] for item in error.data["candidates"]])
        left = [key for key, record in found.items() if record["status"] == "open"]
        if len(left) != 1:
            raise
        return left[0]


def _run(workspace: Workspace, command: Command, entity: Entity, *, dry_run: bool, as_json: bool) -> int:
    outcome = workspace.run(command, dry_run=dry_run)
    return report.tell(workspace, report.of_outcome(outcome, dry_run=dry_run), entity, as_json=as_json)
