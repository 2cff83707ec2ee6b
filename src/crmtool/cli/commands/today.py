"""``crm today``: the dashboard in text, or as one JSON object."""

from __future__ import annotations

import sys
from typing import Annotated, Any

import typer

from crmtool.app.today import Today, Total, today
from crmtool.cli.output import people
from crmtool.cli.output.screen import Screen, coloured, columns
from crmtool.cli.session import open_session
from crmtool.cli.state import current
from crmtool.core.messages import t, tn
from crmtool.doors import dashboard
from crmtool.doors.safe import escape
from crmtool.doors.width import pad, width

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from crmtool.core.fields import Field
    from crmtool.core.registry import Registry

TASKS = ("due_on", "name", "contact", "deal")
MEETINGS = ("happened_at", "name", "contact", "company")
CLOSING = ("close_on", "name", "stage", "amount", "owner")


def command(
    everyone: Annotated[
        bool, typer.Option("--everyone", help=t("tasks and meetings of everybody, not only yours"))
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help=t("print one JSON object"))] = False,
) -> None:
    """Print the dashboard of the current workspace."""
    with open_session(read_only=True) as workspace:
        found = today(workspace, everyone=everyone)
        registry = workspace.registry
    if as_json:
        from crmtool.cli.output.formats import json_text

        sys.stdout.write(json_text(as_object(found, registry), indent=True) + "\n")
        return
    current().announce()
    with Screen() as screen:
        for line in as_text(found, registry, everyone=everyone):
            screen.write(line + "\n")


command.help = t(  # type: ignore[attr-defined]
    "Print what is due and whom you meet today, how the pipeline stands, what closes next and what changed last. Amounts are "
    "in the currency of the workspace, by the newest exchange rates.\n\n"
    "\b\nExamples:\n"
    "  crm today\n"
    "  crm today --everyone --json"
)


# -- for programs ------------------------------------------------------------------------------------------------------


def as_object(found: Today, registry: Registry) -> dict[str, Any]:
    """The dashboard as JSON: counts, amounts as ``{"amount", "currency"}``, records as every list prints them."""
    return {
        "on": found.on,
        "tasks": {"overdue": found.overdue, "due": found.due, "first": _plain(found.tasks, registry, "task")},
        "meetings": _plain(found.meetings, registry, "activity"),
        "open": _total(found.open, registry),
        "won_this_month": _total(found.won_this_month, registry),
        "won_last_month": _total(found.won_last_month, registry),
        "activities": {"this_week": found.activities_this_week, "last_week": found.activities_last_week},
        "rotting": found.rotting,
        "closing": {
            "until": found.closing_until,
            **_total(found.closing, registry),
            "first": _plain(found.closing_next, registry, "deal"),
        },
        "changed": [
            {"entity": record["entity"], **_plain([record], registry, record["entity"])[0]} for record in found.changed
        ],
    }  # fmt: skip


def _plain(records: list[dict[str, Any]], registry: Registry, entity: str) -> list[dict[str, Any]]:
    from crmtool.cli.output.formats import plain

    fields = registry.entity(entity).fields
    return [plain(record, [fields[key] for key in record if key in fields]) for record in records]


def _total(total: Total, registry: Registry) -> dict[str, Any]:
    amount = registry.entity("deal").field("amount")
    out: dict[str, Any] = {"count": total.count, "value": amount.kind.to_json(total.value, amount)}
    if total.apart:
        out["not_converted"] = [amount.kind.to_json(value, amount) for value in total.apart]
    return out


# -- for people --------------------------------------------------------------------------------------------------------


def as_text(found: Today, registry: Registry, *, everyone: bool = False) -> Iterator[str]:
    """The lines of the dashboard; ``everyone`` as it was asked for."""
    yield _title(dashboard.day_title(found.on))
    yield ""
    yield from _figures(list(dashboard.sentences(found)))
    if found.tasks:
        yield from _section(t("Tasks due"), found.tasks, _fields(registry, "task", TASKS))
        if more := found.overdue + found.due - len(found.tasks):
            mine = "" if everyone else " and owner = me"
            command = f'crm task list --where "{dashboard.due_filter(mine)}"'
            yield tn(
                "{n} more; all of them: {command}", "{n} more; all of them: {command}", more, command=command
            )
    if found.meetings:
        yield from _section(
            t("Meetings and calls today"), found.meetings, _fields(registry, "activity", MEETINGS)
        )
    if found.closing_next:
        yield from _section(t("Closing next"), found.closing_next, _fields(registry, "deal", CLOSING))
        if found.closing.count > len(found.closing_next):
            command = f'crm deal list --where "{dashboard.closing_filter(found)}" --sort close_on'
            yield t("All of them: {command}", command=command)
    if found.changed:
        yield ""
        yield _title(t("Changed last"))
        yield from (_changed(record, registry) for record in found.changed)


def _figures(rows: list[tuple[str, str]]) -> Iterator[str]:
    """Labels with their figures: aligned, or as sentences for a screen reader."""
    if current().accessible:
        yield from (t("{label}: {value}.", label=label, value=value) for label, value in rows)
        return
    indent = max(width(label) for label, _ in rows) + 2
    yield from (pad(label, indent) + value for label, value in rows)


def _section(title: str, records: list[dict[str, Any]], fields: list[Field]) -> Iterator[str]:
    yield ""
    yield _title(title)
    lines: Iterable[str]
    if current().accessible:
        lines = people.spoken(records, fields, len(records))
    else:
        lines = people.table(records, fields, headers=True, columns=columns(), bold=coloured())
    yield from (line.rstrip("\n") for line in lines)


def _changed(record: dict[str, Any], registry: Registry) -> str:
    from crmtool.core.dates import local_text

    entity = registry.entity(record["entity"])
    words = {
        "when": local_text(record["updated_at"]),
        "noun": entity.label(),
        "name": escape(str(record["name"])),
    }
    by = record["updated_by"]
    if by and by["name"]:
        return t("{when}  {noun} {name}, by {user}", **words, user=escape(by["name"]))
    return t("{when}  {noun} {name}", **words)


def _fields(registry: Registry, entity: str, keys: tuple[str, ...]) -> list[Field]:
    return [registry.entity(entity).fields[key] for key in keys]


def _title(text: str) -> str:
    return f"\x1b[1m{text}\x1b[0m" if coloured() else text
