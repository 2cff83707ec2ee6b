"""``crm NOUN edit``: records as text in an editor; what was changed is checked, shown and applied as one piece of work."""

from __future__ import annotations

import os
from typing import Annotated

import typer

from crmtool.cli.nouns import report, wording
from crmtool.cli.nouns.common import REFERENCE, DryRun, Json, OnList, View, Where, Yes
from crmtool.cli.questions import say
from crmtool.cli.session import open_session
from crmtool.cli.state import current
from crmtool.core.errors import UsageError
from crmtool.core.messages import Message, t
from crmtool.doors.lists import editable

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from typing import Any

    from crmtool.app.workspace import Workspace
    from crmtool.cli.editing.forms import Form
    from crmtool.core.fields import Field
    from crmtool.core.registry import Entity

    Record = dict[str, Any]

FORMS = ("record", "table", "ndjson")

Records = Annotated[list[str] | None, typer.Argument(metavar="RECORD", help=REFERENCE)]
Fields = Annotated[
    str | None,
    typer.Option("--fields", metavar="A,B", help=t("edit these fields; “all” for all that can be written")),
]
As = Annotated[
    str | None,
    typer.Option(
        "--as", metavar="FORM", help=t("{forms}; a record for one, else a table", forms=", ".join(FORMS))
    ),
]
Editor = Annotated[
    str | None,
    typer.Option("--editor", metavar="PROGRAM", help=t("the editor, in place of VISUAL or EDITOR")),
]
Overwrite = Annotated[
    bool, typer.Option("--overwrite", help=t("write over what somebody else changed meanwhile"))
]
Missing = Annotated[
    bool, typer.Option("--delete-missing", help=t("move records whose lines are gone to the trash"))
]


def command(entity: Entity) -> Callable[..., int]:
    """``crm NOUN edit``."""
    key = entity.key

    def edit(
        records: Records = None,
        where: Where = None,
        view: View = None,
        on: OnList = None,
        fields: Fields = None,
        form: As = None,
        editor: Editor = None,
        overwrite: Overwrite = False,
        delete_missing: Missing = False,
        yes: Yes = False,
        dry_run: DryRun = False,
        as_json: Json = False,
    ) -> int:
        from crmtool.cli.editing.forms import Opened
        from crmtool.cli.editing.session import Choices, Session
        from crmtool.cli.nouns.targets import Targets
        from crmtool.doors.lists import order
        from crmtool.doors.targets import Wanted

        with open_session() as workspace:
            kind = workspace.registry.entity(key)
            wanted = Wanted(records or (), where or (), view, on)
            found = Targets(workspace, kind, wanted, order=order(workspace, kind, "")).found
            if not found:
                say(t("Nothing matches."))
                return 0
            shape = form or ("record" if len(found) == 1 and fields is None else "table")
            chosen = _fields(workspace, kind, fields, shape)
            opened = Opened(kind, chosen, _read(workspace, kind, chosen, found))
            choices = Choices(editor or _editor(), dry_run, yes, overwrite, delete_missing, as_json)
            done = Session(workspace, opened, _form(shape, len(found)), choices).run()
            if done is None:
                say(t("Nothing changed: it is all as it was."))
                return 0
            return report.tell(workspace, done, kind, as_json=as_json)

    edit.help = wording.compose(  # type: ignore[attr-defined]
        entity,
        "edit",
        t(
            "Change records as text in your editor (VISUAL, EDITOR, else vi): one with a field a line, several as a table or "
            "as NDJSON. What you changed is checked and shown before it is done, as one piece of work with one undo; after a "
            "mistake the editor opens again, and what you wrote is never lost."
        ),
        t(
            "What somebody else changed meanwhile is not written over unless you say so. A line without a handle adds a record; "
            "a line that is gone changes nothing, or moves its record to the trash with --delete-missing."
        ),
    )
    return edit


def _fields(workspace: Workspace, entity: Entity, names: str | None, shape: str) -> list[Field]:
    """The fields to edit: those named, all for a single record, else the columns that a list shows."""
    able = {field.key: field for field in editable(workspace, entity)}
    if names is None:
        keys = dict.fromkeys((entity.name_field, *entity.list_fields))
        return [*able.values()] if shape == "record" else [able[key] for key in keys if key in able]
    if names.strip() == "all":
        return [*able.values()]
    chosen: dict[str, Field] = {}
    for name in (part.strip() for part in names.split(",") if part.strip()):
        field = entity.field(name)
        if field.key not in able:
            raise UsageError(
                Message("{field} is kept by the program and cannot be set.", field=field.label()),
                Message("These can be edited: {names}.", names=", ".join(able)),
                code="read_only",
            )
        chosen[field.key] = field
    if not chosen:
        raise UsageError(
            Message("Say which fields to edit."),
            Message("These can be edited: {names}.", names=", ".join(able)),
            code="fields",
        )
    return [*chosen.values()]


def _read(
    workspace: Workspace, entity: Entity, fields: Sequence[Field], found: Sequence[str]
) -> dict[str, Record]:
    """What is needed of each record, in the order found: the fields, and those that only make sense together with them."""
    units = {field.unit for field in fields} - {None}
    keep = {field.key for field in fields} | {f.key for f in entity.fields.values() if f.unit in units}
    out: dict[str, Record] = {}
    for record in report.read_all(workspace, entity, found):
        out[record["id"]] = {key: value for key, value in record.items() if key in keep or key == "id"}
    return out


def _form(shape: str, count: int) -> Form:
    """The form of text that was asked for."""
    if shape == "table":
        from crmtool.cli.editing.table import TableForm

        return TableForm()
    if shape == "ndjson":
        from crmtool.cli.editing.lines import LineForm

        return LineForm()
    if shape != "record" or count != 1:
        raise UsageError(
            Message("{n} records cannot be edited as “{form}”.", n=count, form=shape),
            Message("Say --as table or --as ndjson; --as record is for one."),
            code="form",
        )
    from crmtool.cli.editing.record import RecordForm

    return RecordForm()


def _editor() -> str:
    chosen = os.environ.get("VISUAL") or os.environ.get("EDITOR")
    if not chosen and not current().may_prompt:
        raise UsageError(
            Message("Nobody is at a terminal to write in an editor."),
            Message("Name a program that edits the text: --editor PROGRAM, or use “set”."),
            code="editor",
        )
    return chosen or "vi"
