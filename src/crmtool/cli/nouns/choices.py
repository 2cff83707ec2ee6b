"""``crm field choices``: the choices of a field, a user's own or a built-in one.

The choices of a built-in field are changed by a record of the kind ``field`` that overrides them, so that the
change is logged, undone and synced like any other.
"""

from __future__ import annotations

from typing import Annotated, Any

import typer

from crmtool.app.rules import word
from crmtool.cli.nouns import report, wording
from crmtool.cli.nouns.common import DryRun, Json
from crmtool.cli.output import Output
from crmtool.cli.session import open_session
from crmtool.core import tokens
from crmtool.core.errors import ConflictError, UsageError
from crmtool.core.fields import Field
from crmtool.core.kinds import TEXT
from crmtool.core.messages import N_, Message, t
from crmtool.core.query import Compare, Path, all_of
from crmtool.core.registry import Entity
from crmtool.store.reader import Query

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from crmtool.app.commands import Command
    from crmtool.app.workspace import Workspace

    Choices = list[dict[str, str]]

Noun = Annotated[str, typer.Argument(metavar="NOUN", help=t("The kind of record."))]
Name = Annotated[str, typer.Argument(metavar="FIELD", help=t("The field."))]
Words = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="[CHANGE]", help=t("add=A,B, remove=A, rename=A:LABEL or order=B,A; none prints them.")
    ),
]

_FIELDS = [Field("key", TEXT, N_("Choice")), Field("label", TEXT, N_("Label"))]
CHOICE = Entity(
    "choice",
    "choices",
    N_("Choice"),
    N_("Choices"),
    {f.key: f for f in _FIELDS},
    list_fields=("key", "label"),
)


def command(entity: Entity) -> Callable[..., int]:
    """``crm field choices``."""

    def choices(
        noun: Noun, name: Name, words: Words = None, dry_run: DryRun = False, as_json: Json = False
    ) -> int:
        with open_session() as workspace:
            of = workspace.registry.entity(noun)
            field = of.field(name)
            if field.kind.name not in ("choice", "multichoice"):
                raise UsageError(
                    Message("“{field}” has no choices.", field=field.key),
                    Message(
                        "Fields with choices: {fields}.",
                        fields=", ".join(f.key for f in of.fields.values() if f.choices) or "-",
                    ),
                    code="kind",
                    field=field.key,
                )
            now: Choices = [{"key": choice.key, "label": choice.label} for choice in field.choices]
            if not words:
                Output("json" if as_json else "").write(now, _FIELDS)
                return 0
            changed = revised(workspace, of, field, now, words)
            command = _command(workspace, of, field, changed)
            outcome = workspace.run(command, dry_run=dry_run, asked_as="field choices")
            kind = workspace.registry.entity("field")
            return report.tell(workspace, report.of_outcome(outcome, dry_run=dry_run), kind, as_json=as_json)

    choices.help = wording.compose(  # type: ignore[attr-defined]
        entity,
        "choices",
        t(
            "Print the choices of a field, or change them: add=, remove=, rename=KEY:LABEL, order=. Works for your own "
            "fields and for built-in ones. A choice that records hold cannot be removed; rename it, or change the "
            "records first."
        ),
    )
    return choices


def revised(workspace: Workspace, of: Entity, field: Field, now: Choices, words: list[str]) -> Choices:
    """The choices after the changes that the words ask for, in their order."""
    out = [dict(choice) for choice in now]
    for text in words:
        verb, equals, rest = text.partition("=")
        names = [part.strip() for part in rest.split(",") if part.strip()]
        if not equals or not names or verb not in ("add", "remove", "rename", "order"):
            raise UsageError(
                Message("“{word}” is no change of choices.", word=text),
                Message("Write add=A,B, remove=A, rename=A:LABEL or order=B,A."),
                code="words",
            )
        if verb == "add":
            for label in names:
                if any(tokens.fold(label) in (tokens.fold(c["key"]), tokens.fold(c["label"])) for c in out):
                    raise ConflictError(
                        Message("“{choice}” is a choice already.", choice=label),
                        Message("“rename={choice}:…” gives it another label.", choice=label),
                        code="exists",
                    )
                out.append({"key": word(label), "label": label})
        elif verb == "remove":
            for label in names:
                out.remove(_unused(workspace, of, field, _named(out, label)))
        elif verb == "rename":
            for pair in names:
                old, _, label = pair.partition(":")
                _named(out, old)["label"] = label.strip() or old
        else:
            first = [_named(out, label) for label in names]
            out = [*first, *(choice for choice in out if choice not in first)]
    return out


def _named(choices: Choices, name: str) -> dict[str, str]:
    folded = tokens.fold(name)
    for choice in choices:
        if folded in (
            tokens.fold(choice["key"]),
            tokens.fold(choice["label"]),
            tokens.fold(t(choice["label"])),
        ):
            return choice
    raise UsageError(
        Message("There is no choice “{choice}”.", choice=name),
        Message("Choices: {choices}.", choices=", ".join(choice["key"] for choice in choices)),
        code="choice",
    )


def _unused(workspace: Workspace, of: Entity, field: Field, choice: dict[str, str]) -> dict[str, str]:
    """The choice, or ``ConflictError`` while records hold it."""
    count = workspace.reader.count(Query(of.key, Compare(Path((field,)), "=", choice["key"]), trash="with"))
    if count:
        raise ConflictError(
            Message("{count} records hold “{choice}”.", count=count, choice=choice["label"]),
            Message(
                "Change them first: {command}",
                command=f"crm {of.key} set --where '{field.key} = {choice['key']}' …",
            ),
            code="in_use",
        )
    return choice


def _command(workspace: Workspace, of: Entity, field: Field, choices: Choices) -> Command:
    """Change the record that defines the field, or the one that overrides a built-in one, or make that."""
    from crmtool.app.commands import Add, Set

    kind = workspace.registry.entity("field")
    where = all_of(
        [
            Compare(Path((kind.fields["of"],)), "=", of.key),
            Compare(Path((kind.fields["key"],)), "=", field.key),
        ]
    )
    for record in workspace.query(Query("field", where)):
        if bool(record["overrides"]) != bool(field.own_key):
            return Set("field", (record["id"],), (("choices", "=", choices),))
    values: dict[str, Any] = {
        "of": of.key,
        "key": field.key,
        "name": field.name,
        "kind": field.kind.name,
        "choices": choices,
        "overrides": True,
    }
    return Add("field", values)
