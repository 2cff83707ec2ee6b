"""Links between records, with a role and a period: where a person worked and when, who takes part in a deal."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from crmtool.cli.help import with_examples
from crmtool.cli.nouns import report
from crmtool.cli.nouns.common import DryRun, Json, Reference, find
from crmtool.cli.session import open_session
from crmtool.core import dates
from crmtool.core.errors import NotFoundError, UsageError
from crmtool.core.fields import Field
from crmtool.core.kinds import DATE
from crmtool.core.messages import Message, t
from crmtool.core.registry import Entity
from crmtool.doors.ties import between, tying

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from crmtool.app.workspace import Workspace

# Words of the command line -> fields of a link.
FIELDS = {
    "role": "role",
    "as": "role",
    "from": "starts_on",
    "since": "starts_on",
    "to": "ends_on",
    "until": "ends_on",
}

Words = Annotated[
    list[str],
    typer.Argument(
        metavar="NOUN=RECORD", help=t("The other record, then role=…, from=DATE and to=DATE as they apply.")
    ),
]
Other = Annotated[
    list[str],
    typer.Argument(metavar="NOUN=RECORD", help=t("The other record; role=… where there are several ties.")),
]


def link(entity: Entity) -> Callable[..., int]:
    """``crm NOUN link``."""
    key = entity.key

    def link(record: Reference, words: Words, dry_run: DryRun = False, as_json: Json = False) -> int:
        with open_session() as workspace:
            this = workspace.registry.entity(key)
            here = find(workspace, this, record)
            other, there, values = ends(workspace, words)
            if (this.key, here) == (other.key, there):
                raise UsageError(
                    Message("A record is not tied to itself."), Message("Name another record."), code="link"
                )
            made = tying(workspace, (this.key, here), (other.key, there), values)
            outcome = workspace.run(made, dry_run=dry_run, asked_as=f"{key} link")
            kind = workspace.registry.entity("link")
            return report.tell(workspace, report.of_outcome(outcome, dry_run=dry_run), kind, as_json=as_json)

    link.help = with_examples(  # type: ignore[attr-defined]
        t(
            "Tie a record to another, with a role and a period: a person to the companies of a life, a deal to the "
            "people in it, a talk to whom else it was about. Said again with an end, an open tie is ended. The company a "
            "person works for now is the field “company”."
        ),
        *_examples(entity),
    )
    return link


def unlink(entity: Entity) -> Callable[..., int]:
    """``crm NOUN unlink``."""
    key = entity.key

    def unlink(record: Reference, words: Other, dry_run: DryRun = False, as_json: Json = False) -> int:
        from crmtool.app.commands import Remove

        with open_session() as workspace:
            here = find(workspace, workspace.registry.entity(key), record)
            _, there, values = ends(workspace, words)
            found = between(workspace, here, there, values.get("role"))
            if not found:
                raise NotFoundError(
                    Message("They are not tied like that."),
                    Message("See: {command}", command=f"crm {key} links RECORD"),
                    code="no_link",
                )
            command = Remove("link", tuple(tie.link for tie in found))
            outcome = workspace.run(command, dry_run=dry_run, asked_as=f"{key} unlink")
            kind = workspace.registry.entity("link")
            return report.tell(workspace, report.of_outcome(outcome, dry_run=dry_run), kind, as_json=as_json)

    unlink.help = with_examples(  # type: ignore[attr-defined]
        t(
            "Take a tie away, as if it had never been. A tie that ended is better given its end: link … to=DATE."
        )
    )
    return unlink


def ends(workspace: Workspace, words: list[str]) -> tuple[Entity, str, dict[str, Any]]:
    """(kind, id, values of the link) of the other end's words."""
    other: tuple[Entity, str] | None = None
    values: dict[str, Any] = {}
    for word in words:
        name, equals, text = word.partition("=")
        if not equals:
            raise UsageError(
                Message("“{word}” is no word for a tie.", word=word),
                Message("Write the other record as {example}.", example="company=Acme"),
                code="link",
            )
        field = FIELDS.get(name.casefold())
        if field is None:
            entity = workspace.registry.entity(name)
            if other is not None:
                raise UsageError(
                    Message("One tie has two ends; “{word}” would be a third.", word=word),
                    Message("Tie one after the other."),
                    code="link",
                )
            other = (entity, find(workspace, entity, text))
        elif field == "role":
            values["role"] = text or None
        else:
            values[field] = day(workspace, text, last=field == "ends_on")
    if other is None:
        raise UsageError(
            Message("The other record is missing."),
            Message("Write it as {example}.", example="company=Acme"),
            code="link",
        )
    return *other, values


def day(workspace: Workspace, text: str, *, last: bool) -> str | None:
    """A day as typed; of a bare year or month the first or last day."""
    from datetime import date, timedelta

    if not text:
        return None
    parts = text.split("-")
    if len(parts) <= 2 and len(parts[0]) == 4 and all(part.isascii() and part.isdigit() for part in parts):
        month = int(parts[1]) if len(parts) == 2 else 1
        if 1 <= month <= 12 and int(parts[0]):
            first = date(int(parts[0]), month, 1)
            if not last:
                return first.isoformat()
            following = dates.add_months(first, 1 if len(parts) == 2 else 12)
            return (following - timedelta(days=1)).isoformat()
    parsed: str | None = Field("day", DATE, t("Day")).parse(text, workspace.context)
    return parsed


def _examples(entity: Entity) -> tuple[str, ...]:
    return {
        "contact": (
            'crm contact link "Ana Ruiz" company=Acme role=Advisor from=2020-01 to=2022-06',
            'crm contact link "Ana Ruiz" contact="Ben Ode" role=sister',
            'crm contact companies "Ana Ruiz"',
        ),
        "company": (
            'crm company link Acme contact="Ana Ruiz" role=Advisor from=2020',
            "crm company people Acme",
        ),
        "deal": (
            'crm deal link @k7x2p9qa contact="Ana Ruiz" role="decision maker"',
            "crm deal people @k7x2p9qa",
        ),
        "activity": ('crm activity link @k7x2p9qa contact="Ben Ode"',),
        "file": ("crm file link offer.pdf deal=@k7x2p9qa",),
    }.get(entity.key, ())
