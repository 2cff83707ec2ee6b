"""``crm schema``: the shape of what commands print and read as JSON, as a JSON Schema."""

from __future__ import annotations

from typing import Annotated

import typer

from crmtool.cli.output.formats import json_text
from crmtool.cli.output.screen import Screen
from crmtool.core import json_schema
from crmtool.core.errors import DeniedError, StoreError, UsageError
from crmtool.core.messages import Message, t

TYPE_CHECKING = False
if TYPE_CHECKING:
    from crmtool.core.fields import Field
    from crmtool.core.registry import Entity, Registry

RESULT, ERROR = "result", "error"
_DOCUMENTS = {RESULT: json_schema.result, ERROR: json_schema.error}

Noun = Annotated[
    str | None,
    typer.Argument(
        metavar="NOUN",
        help=t(
            "A kind of record, or “result” for what a change prints, or “error”; everything when left out."
        ),
    ),
]
Input = Annotated[
    bool, typer.Option("--input", help=t("what “add --from” reads, instead of what is printed"))
]
Fields = Annotated[
    str | None, typer.Option("--fields", metavar="A,B", help=t("a record printed with these fields"))
]


def command(noun: Noun = None, takes: Input = False, names: Fields = None) -> None:
    if noun in _DOCUMENTS:
        schema = {"$schema": json_schema.DRAFT, **_DOCUMENTS[noun]()}
    else:
        registry, shown = _known()
        if noun is None:
            if takes or names is not None:
                raise UsageError(
                    Message("Say of which kind of record."), Message("For example: crm schema contact")
                )
            schema = json_schema.whole(registry, shown)
        else:
            entity = registry.entity(noun)
            if entity.key not in shown:
                raise DeniedError(
                    Message("You may not see this kind of record."),
                    Message("Ask an admin of the workspace."),
                    entity=entity.key,
                )
            fields = shown[entity.key]
            if names is not None:
                asked = [entity.field(name.strip()) for name in names.split(",") if name.strip()]
                fields = [field for field in asked if field in fields or field.hidden]
            made = json_schema.accepted(entity, fields) if takes else json_schema.record(entity, fields)
            schema = {"$schema": json_schema.DRAFT, **made}
    with Screen() as screen:
        screen.write(json_text(schema, indent=True) + "\n")


command.help = t(  # type: ignore[attr-defined]
    "Print the JSON Schema of a kind of record, with its fields of your own. What it promises is in docs/json-policy.md.\n\n"
    "\b\nExamples:\n"
    "  crm schema contact\n"
    "  crm schema deal --input\n"
    "  crm schema error"
)


def _known() -> tuple[Registry, dict[str, list[Field]]]:
    """The definitions, and the fields that each kind of record shows to whoever asks. Without a workspace: the built-in ones."""
    from crmtool.cli.session import open_session

    try:
        workspace = open_session(read_only=True)
    except StoreError as error:
        if error.code != "no_workspace":
            raise
        from crmtool.core.entities import builtin

        return builtin(), {entity.key: _shown(entity) for entity in builtin().entities.values()}
    with workspace:
        readable = [
            entity
            for entity in workspace.registry.entities.values()
            if workspace.policy.can_read(workspace.actor, entity)
        ]
        hidden = {entity.key: workspace.policy.hidden_fields(workspace.actor, entity) for entity in readable}
        return workspace.registry, {
            e.key: [f for f in _shown(e) if f.key not in hidden[e.key]] for e in readable
        }


def _shown(entity: Entity) -> list[Field]:
    return [field for field in entity.fields.values() if not field.hidden]
