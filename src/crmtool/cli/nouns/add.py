"""``crm NOUN add``: one record from words, or many from a file."""

from __future__ import annotations

from typing import Annotated

import typer

from crmtool.cli.nouns import near, report, wording
from crmtool.cli.nouns.common import DryRun, Effective, From, Json
from crmtool.cli.questions import say
from crmtool.cli.session import open_session
from crmtool.core.errors import CrmError, UsageError
from crmtool.core.messages import Message, t
from crmtool.doors import words as field_words
from crmtool.doors.filters import instant_of
from crmtool.doors.known import KINDS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import Any

    from crmtool.app.bulk import Item
    from crmtool.app.workspace import Workspace
    from crmtool.core.registry import Entity

Words = Annotated[
    list[str] | None,
    typer.Argument(metavar="NAME FIELD=VALUE", help=t("The name, then the fields as words.")),
]


def command(entity: Entity) -> Callable[..., int]:
    """``crm NOUN add``."""
    key = entity.key

    def add(
        words: Words = None,
        source: From = None,
        effective: Effective = None,
        dry_run: DryRun = False,
        as_json: Json = False,
    ) -> int:
        with open_session() as workspace:
            entity = workspace.registry.entity(key)
            if source is not None:
                return _many(workspace, entity, source, words or [], dry_run=dry_run, as_json=as_json)
            values = given(entity, words or [])
            from crmtool.app.commands import Add

            outcome = workspace.run(Add(key, values, instant_of(workspace, effective)), dry_run=dry_run)
            done = report.of_outcome(outcome, dry_run=dry_run)
            if key not in KINDS:
                return report.tell(workspace, done, entity, as_json=as_json)
            found = near.candidates(workspace, entity, outcome)
            more = {"possible_duplicates": near.plain(entity, found)} if as_json else {}
            code = report.tell(workspace, done, entity, as_json=as_json, **more)
            near.warn(entity, outcome, found)
            return code

    add.help = wording.add(entity)  # type: ignore[attr-defined]
    return add


def given(entity: Entity, words: list[str]) -> dict[str, Any]:
    """The values of a new record: plain words are its name (several make one), the others name their fields."""
    plain, assigned = field_words.split(words)
    values = field_words.values(assigned, entity)
    if entity.key == "field" and plain:
        values.setdefault("of", plain.pop(0))
    if plain:
        # What is typed without a field is what the record is about: its name, or a note's text.
        key = "body" if entity.key == "note" else entity.name_field
        if key in values:
            raise UsageError(
                Message(
                    "“{words}” would be the {field}, which is given already.",
                    words=" ".join(plain),
                    field=key,
                ),
                Message("Write every other word as field=value."),
            )
        values[key] = " ".join(plain)
    if not values:
        raise UsageError(
            Message("There is nothing to add."),
            Message("See: {command}", command=f"crm {entity.key} add --help"),
            code="nothing",
        )
    return values


def _many(
    workspace: Workspace, entity: Entity, source: str, words: list[str], *, dry_run: bool, as_json: bool
) -> int:
    from crmtool.app.bulk import run_many
    from crmtool.cli.nouns.rows import Columns
    from crmtool.cli.progress import Progress

    columns = Columns(entity)
    # Words beside --from hold for every record that does not say otherwise.
    common = field_words.values(words, entity) if words else {}
    items = _items(columns, common, source)
    with Progress(t("Adding")) as progress:
        bulk = run_many(
            workspace,
            items,
            f"{entity.key} add",
            dry_run=dry_run,
            progress=progress,
            whole=dry_run and as_json,
        )
    code = report.tell(workspace, report.of_bulk(bulk, dry_run=dry_run), entity, as_json=as_json)
    if columns.ignored:
        say(t("Left out, since the program keeps it itself: {columns}.", columns=", ".join(columns.ignored)))
    return code


def _items(columns: Any, common: dict[str, Any], source: str) -> Iterator[Item]:
    from crmtool.app.bulk import Item
    from crmtool.app.commands import Add
    from crmtool.cli.nouns.source import rows

    for place, row in rows(source):
        if isinstance(row, CrmError):
            yield Item(place, None, row)
            continue
        # A column that means no field spoils every row: nothing is written at all.
        yield Item(place, Add(columns.entity.key, {**common, **columns.values(row)}))
