"""``crm pipeline show``: the board, a stage a column."""

from __future__ import annotations

import sys
from itertools import zip_longest
from typing import Annotated, Any

import typer

from crmtool.cli.nouns import wording
from crmtool.cli.nouns.common import find
from crmtool.cli.session import open_session
from crmtool.cli.state import current
from crmtool.core.errors import NotFoundError
from crmtool.core.messages import Message, t, tn
from crmtool.core.money import format_money
from crmtool.doors.filters import condition
from crmtool.doors.safe import escape

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from crmtool.app.board import Column
    from crmtool.app.workspace import Workspace
    from crmtool.core.registry import Entity

Name = Annotated[
    str | None, typer.Argument(metavar="[NAME]", help=t("The pipeline; the default one without a name."))
]
Where = Annotated[
    list[str] | None,
    typer.Option("--where", metavar="FILTER", help=t("only deals that match, such as “owner = me”")),
]
Deals = Annotated[
    int,
    typer.Option("--deals", min=0, metavar="N", help=t("show this many deals a stage, the largest first")),
]
Json = Annotated[bool, typer.Option("--json", help=t("print JSON"))]

MARK = "!"  # before a deal that stands in its stage for too long
WIDE = 30  # columns of a stage where the width of a terminal does not say
GAP = "  "


def command(entity: Entity) -> Callable[..., None]:
    """``crm pipeline show``."""

    def show(name: Name = None, where: Where = None, deals: Deals = 8, as_json: Json = False) -> None:
        from crmtool.app.board import board

        with open_session() as workspace:
            pipeline = _pipeline(workspace, name)
            node = condition(workspace, workspace.registry.entity("deal"), filters=where or [])
            columns = board(workspace, pipeline["id"], where=node, shown=deals)
            if as_json:
                _document(workspace, pipeline, columns)
            else:
                _print(pipeline, columns)

    show.help = wording.compose(  # type: ignore[attr-defined]
        entity,
        "show",
        t(
            "The board of a pipeline: for each stage its open deals, how many, their sum, the sum weighted by how likely they "
            "are, and the largest of them. {mark} marks a deal that stands in its stage for too long.",
            mark=MARK,
        ),
    )
    return show


def _pipeline(workspace: Workspace, name: str | None) -> dict[str, Any]:
    from crmtool.app import rules

    if name is not None:
        return workspace.reader.require(
            "pipeline", find(workspace, workspace.registry.entity("pipeline"), name)
        )
    found = rules.default_pipeline(workspace.reader)
    if found is None:
        raise NotFoundError(
            Message("There is no pipeline."), Message("Add one: {command}", command="crm pipeline add Sales")
        )
    return workspace.reader.require("pipeline", found)


def _print(pipeline: dict[str, Any], columns: list[Column]) -> None:
    from crmtool.cli.output.screen import Screen

    current().announce()
    with Screen() as screen:
        for line in spoken(pipeline, columns) if current().accessible else drawn(pipeline, columns):
            screen.write(line)
    if not any(column.count for column in columns):
        print(t("There are no open deals."), file=sys.stderr)


def money(amounts: list[list[Any]]) -> str:
    """Sums by currency, as people read them."""
    return " + ".join(format_money(minor, currency) for minor, currency in amounts) or "0"


def drawn(pipeline: dict[str, Any], columns: list[Column]) -> Iterator[str]:
    """The board as columns side by side, cut to the width of the terminal."""
    from crmtool.cli.output.screen import columns as terminal_width
    from crmtool.doors.width import cut, pad, width

    cells = [_cells(column) for column in columns]
    room = terminal_width()
    share = WIDE if room is None else max(12, (room - len(GAP) * (len(cells) - 1)) // max(1, len(cells)))
    widths = [min(share, max((width(line) for line in cell), default=0)) for cell in cells]
    yield escape(str(pipeline["name"])) + "\n\n"
    for row in zip_longest(*cells, fillvalue=""):
        line = [
            pad(cut(text, columns) if width(text) > columns else text, columns)
            for text, columns in zip(row, widths, strict=True)
        ]
        yield GAP.join(line).rstrip() + "\n"


def _cells(column: Column) -> list[str]:
    """The lines of one stage: its name, the numbers, its deals."""
    head = [
        escape(str(column.stage["name"])),
        tn("{n} deal", "{n} deals", column.count),
        money(column.amounts),
        t("weighted {sum}", sum=money(column.weighted)),
        tn("{n} stands too long", "{n} stand too long", column.rotting) if column.rotting else "",
        "",
    ]
    for deal in column.deals:
        head += [*_deal(deal)]
    left = column.count - len(column.deals)
    return [*head, t("and {n} more", n=left)] if column.deals and left else head


def _deal(deal: dict[str, Any]) -> list[str]:
    mark = f"{MARK} " if deal["rotting"] else ""
    amount = money([deal["amount"]]) if deal.get("amount") else ""
    return [mark + escape(str(deal["name"])), f"  {amount}" if amount else "", ""]


def spoken(pipeline: dict[str, Any], columns: list[Column]) -> Iterator[str]:
    """The board as sentences, for a screen reader."""
    yield escape(t("Pipeline {name}. {n} stages.", name=pipeline["name"], n=len(columns))) + "\n"
    for number, column in enumerate(columns, 1):
        parts = [
            t(
                "{number} of {total}. Stage: {name}.",
                number=number,
                total=len(columns),
                name=column.stage["name"],
            ),
            tn("{n} deal.", "{n} deals.", column.count),
            t("Sum: {sum}.", sum=money(column.amounts)),
            t("Weighted: {sum}.", sum=money(column.weighted)),
        ]
        if column.rotting:
            parts.append(tn("{n} stands too long.", "{n} stand too long.", column.rotting))
        yield escape(" ".join(parts)) + "\n"
        for deal in column.deals:
            words = [t("Deal: {name}.", name=deal["name"])]
            if deal.get("amount"):
                words.append(t("Amount: {sum}.", sum=money([deal["amount"]])))
            if deal["rotting"]:
                words.append(t("Stands too long."))
            yield escape(" ".join(words)) + "\n"


def _document(workspace: Workspace, pipeline: dict[str, Any], columns: list[Column]) -> None:
    from crmtool.cli.output.formats import json_text, plain
    from crmtool.core.kinds import MONEY

    deal = workspace.registry.entity("deal")
    fields = [
        deal.fields[key]
        for key in ("id", "name", "company", "amount", "close_on", "owner", "stage_entered_at")
    ]
    stages = [
        {
            "id": column.stage["id"],
            "name": column.stage["name"],
            "probability": column.stage["probability"],
            "rotting_days": column.stage["rotting_days"],
            "count": column.count,
            "rotting": column.rotting,
            "amounts": [MONEY.plain(amount) for amount in column.amounts],
            "weighted": [MONEY.plain(amount) for amount in column.weighted],
            "deals": [{**plain(record, fields), "rotting": record["rotting"]} for record in column.deals],
        }
        for column in columns
    ]
    body = {"pipeline": {"id": pipeline["id"], "name": pipeline["name"]}, "stages": stages}
    sys.stdout.write(json_text(body, indent=True) + "\n")
