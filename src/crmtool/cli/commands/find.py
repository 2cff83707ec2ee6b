"""``crm find``: people, companies, deals and notes by a few letters, a number or an address."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from crmtool.cli.help import with_examples
from crmtool.cli.output import Output
from crmtool.cli.output.options import prints_rows
from crmtool.cli.questions import say
from crmtool.cli.session import open_session
from crmtool.core.fields import Field
from crmtool.core.kinds import TEXT
from crmtool.core.messages import N_, t
from crmtool.core.registry import Entity
from crmtool.doors import finding

Text = Annotated[
    list[str], typer.Argument(metavar="TEXT", help=t("What you remember: the last word may be a beginning."))
]
Kinds = Annotated[
    list[str] | None,
    typer.Option("--entity", metavar="NOUN", help=t("only this kind of record; may be given again")),
]

_FIELDS = [
    Field("entity", TEXT, N_("Kind")),
    Field("name", TEXT, N_("Name")),
    Field("at", TEXT, N_("At")),
    Field("field", TEXT, N_("Found in")),
    Field("match", TEXT, N_("Match")),
    Field("id", TEXT, N_("Id")),
]
HIT = Entity(
    "hit",
    "hits",
    N_("Hit"),
    N_("Hits"),
    {field.key: field for field in _FIELDS},
    list_fields=("entity", "name", "at", "match", "id"),
)
LIMIT = 20


@prints_rows
def command(text: Text, output: Output, entity: Kinds = None) -> None:
    """Print the best records for what was typed, best first."""
    from crmtool.store.search import find

    fields = output.fields(HIT)
    with open_session() as workspace:
        kinds = [workspace.registry.entity(name).key for name in entity] if entity else None
        hits = find(workspace.reader, " ".join(text), entities=kinds, limit=output.fetch or LIMIT + 1)
        more = output.limit is None and len(hits) > LIMIT
        if more:
            hits = hits[:LIMIT]
        output.write((_row(workspace.registry.entity(hit.entity), hit) for hit in hits), fields)
        if more:
            say(t("These are the best {n}; --limit shows more.", n=LIMIT))


command.help = with_examples(  # type: ignore[attr-defined]
    t(
        "People, companies, deals, notes and whatever else holds these words, the best first: names "
        "before other text, whole words before beginnings, the newest of equals before the others. "
        "Case and accents do not matter. A phone number is found however it is written."
    ),
    "crm find ruiz",
    "crm find ana acm",
    "crm find 600123456",
    "crm find 王 --entity contact --json",
)


def _row(entity: Entity, hit: Any) -> dict[str, Any]:
    return {
        "entity": entity.key,
        "name": hit.record.get(entity.name_field),
        "at": finding.at(hit),
        "field": entity.fields[hit.field].key,
        "match": finding.match(entity, hit),
        "id": hit.record["id"],
    }
