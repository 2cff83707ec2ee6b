"""What a record is tied to, as lists: the companies of a person, the people of a company or a deal, everything."""

from __future__ import annotations

from typing import Any

from crmtool.app.ties import ties
from crmtool.cli.help import with_examples
from crmtool.cli.nouns.common import Reference, find
from crmtool.cli.output import Output
from crmtool.cli.output.options import prints_rows
from crmtool.cli.session import open_session
from crmtool.core import ids
from crmtool.core.fields import Field
from crmtool.core.kinds import DATE, JSON, TEXT
from crmtool.core.messages import N_, t
from crmtool.core.query import Compare, Path
from crmtool.core.registry import Entity
from crmtool.doors.ties import label, plain
from crmtool.store.reader import Query

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from crmtool.app.workspace import Workspace

_FIELDS = [
    Field("name", TEXT, N_("Name")),
    Field("relation", TEXT, N_("Relation")),
    Field("role", TEXT, N_("Role")),
    Field("starts_on", DATE, N_("Since")),
    Field("ends_on", DATE, N_("Until")),
    Field("entity", TEXT, N_("Kind")),
    Field("record", JSON, N_("Record")),
    Field("direction", TEXT, N_("Direction")),
    Field("id", TEXT, N_("Id")),
]
TIE = Entity(
    "link",
    "links",
    N_("Link"),
    N_("Links"),
    {field.key: field for field in _FIELDS},
    list_fields=("name", "relation", "role", "starts_on", "ends_on", "record"),
)


def links(entity: Entity) -> Callable[..., None]:
    """``crm NOUN links``."""
    return _listing(
        entity, None, t("What a record is tied to, with roles and periods; what is current first.")
    )


def companies(entity: Entity) -> Callable[..., None]:
    """``crm contact companies``."""
    return _listing(
        entity,
        "employment",
        t("The companies a person works or worked for: the present one, then those of “link”."),
    )


def staff(entity: Entity) -> Callable[..., None]:
    """``crm company people``."""
    return _listing(entity, "employment", t("The people who work or worked at a company."))


def participants(entity: Entity) -> Callable[..., None]:
    """``crm deal people``."""
    return _listing(
        entity, "participant", t("The people who take part in a deal: the main one, then those of “link”.")
    )


def _listing(entity: Entity, relation: str | None, text: str) -> Callable[..., None]:
    key = entity.key

    @prints_rows
    def listing(record: Reference, output: Output) -> None:
        with open_session() as workspace:
            here = find(workspace, workspace.registry.entity(key), record)
            fields = output.fields(TIE)
            ended = ties(workspace, here, relation=relation)
            found = [{**plain(tie), "name": tie.name, "past": tie.past} for tie in ended]
            found = [*_direct(workspace, key, here, relation), *found]
            if output.for_people:
                fields = [field.replace(kind=TEXT) if field.kind is JSON else field for field in fields]
                found = [_shown(row) for row in found]
            output.write(found, fields)

    listing.help = with_examples(text)  # type: ignore[attr-defined]
    return listing


def _shown(row: dict[str, Any]) -> dict[str, Any]:
    """A row as people read it: how it reads from here, and the handle they would type."""
    reads = label(row["relation"], forward=row["direction"] == "from", past=row.get("past", False))
    return {**row, "relation": reads, "record": f"@{ids.handle(row['record']['id'])}"}


def _direct(workspace: Workspace, key: str, here: str, relation: str | None) -> list[dict[str, Any]]:
    """What a field of the record itself says: a person's company, a company's people, a deal's person."""
    if relation is None:
        return []
    forward = key == "contact"
    if key == "company":
        contact = workspace.registry.entity("contact")
        where = Compare(Path((contact.fields["company"],)), "=", here)
        found = workspace.query(Query("contact", where, fields=("id", "name", "title")))
        return [_of_field(relation, forward, "contact", record, record["title"]) for record in found]
    other = "company" if forward else "contact"
    record = workspace.reader.get(key, here, expand=True) or {}
    if not record.get(other):
        return []
    return [_of_field(relation, forward, other, record[other], record.get("title"))]


def _of_field(
    relation: str, forward: bool, kind: str, other: dict[str, Any], role: str | None
) -> dict[str, Any]:
    return {
        "id": None,
        "name": other["name"],
        "relation": relation,
        "role": role,
        "starts_on": None,
        "ends_on": None,
        "entity": kind,
        "record": {"id": other["id"], "name": other["name"]},
        "direction": "from" if forward else "to",
    }
