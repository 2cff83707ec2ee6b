"""``crm log``: note a call, a meeting, an e-mail, a message, a visit or a remark in one line."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from crmtool.cli.help import with_examples
from crmtool.cli.nouns import report
from crmtool.cli.nouns.common import DryRun, Json
from crmtool.cli.session import open_session
from crmtool.core import tokens
from crmtool.core.errors import UsageError
from crmtool.core.messages import Message, t
from crmtool.doors import words as field_words
from crmtool.doors.logged import about, worded

TYPE_CHECKING = False
if TYPE_CHECKING:
    from crmtool.app.workspace import Workspace
    from crmtool.core.registry import Entity

What = Annotated[
    str,
    typer.Argument(
        metavar="WHAT", help=t("One of: {choices}.", choices="call, meeting, email, message, visit, note")
    ),
]
Who = Annotated[
    str,
    typer.Argument(
        metavar="WHO", help=t("A person, a company or a deal: name, @handle, e-mail address or phone number.")
    ),
]
Text = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="TEXT FIELD=VALUE",
        help=t("What was said, then fields as words; “-” reads the text from stdin."),
    ),
]


def command(what: What, who: Who, text: Text = None, dry_run: DryRun = False, as_json: Json = False) -> int:
    """Write an activity or a note about a record."""
    from crmtool.app.commands import Add
    from crmtool.app.resolve import resolve_anywhere

    with open_session() as workspace:
        entity, kind = _kind(workspace, what)
        plain, assigned = field_words.split(text or [])
        said = _read_text() if plain == ["-"] else " ".join(plain)
        key, record = resolve_anywhere(workspace.reader, who)
        if key not in entity.fields:
            raise UsageError(
                Message(
                    "{noun} is about people, companies and deals; “{ref}” is none.",
                    noun=entity.label(),
                    ref=who,
                ),
                Message("Look for it with “crm find {ref}”.", ref=who),
                code="about",
            )
        values = {**about(workspace, key, record), **field_words.values(assigned, entity)}
        values.update(worded(entity, kind, said, values))
        asked_as = f"log {kind or entity.key}"
        outcome = workspace.run(Add(entity.key, values), dry_run=dry_run, asked_as=asked_as)
        return report.tell(workspace, report.of_outcome(outcome, dry_run=dry_run), entity, as_json=as_json)


command.help = with_examples(  # type: ignore[attr-defined]
    t("Note a call, a meeting, an e-mail, a message, a visit or a remark. Without a time it happened now."),
    'crm log call "Ana Ruiz" asked about prices duration=15',
    'crm log meeting Acme agreed on a pilot at="yesterday 15:00" outcome=pilot',
    "crm log email ana@acme.es sent the offer direction=out",
    "crm log note @k7x2p9qa prefers to be called in the morning",
)


def _kind(workspace: Workspace, what: str) -> tuple[Entity, str | None]:
    """(the entity to write, the type of the activity) of a word such as ``call``, in English or the person's language."""
    registry = workspace.registry
    word = tokens.fold(what)
    if word in ("note", "remark", tokens.fold(t("Note"))):
        return registry.entity("note"), None
    activity = registry.entity("activity")
    for choice in activity.fields["type"].choices:
        if word in (tokens.fold(choice.key), tokens.fold(choice.text())):
            return activity, choice.key
    known = [*(choice.key for choice in activity.fields["type"].choices), "note"]
    raise UsageError(
        Message("“{what}” cannot be logged.", what=what),
        Message("Write one of: {known}.", known=", ".join(known)),
        code="type",
    )


def _read_text() -> str:
    try:
        return sys.stdin.buffer.read().decode("utf-8")
    except UnicodeDecodeError as error:
        raise UsageError(
            Message("The input is not valid UTF-8 at byte {position}.", position=error.start),
            Message("Save it as UTF-8 and try again."),
            code="encoding",
        ) from error
