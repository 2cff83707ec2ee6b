"""A workspace in which every text of every record is what nobody should have typed, and every place of the app."""

from __future__ import annotations

from typing import Any

from crmtool.app.commands import Apply
from crmtool.app.workspace import Workspace
from crmtool.core.changes import update
from crmtool.core.fields import Field
from crmtool.store.reader import Query
from crmtool.tui.places import SCREENS, Place

LONG = 10_000
# What is no text to read: keys, formulas and types that the definitions themselves are made of.
STRUCTURE = {
    "field": {"key", "of", "kind", "target"}, "object": {"key"}, "view": {"of", "filter", "sort", "columns"}, "list": {"of"},
    "link": {"from_entity", "to_entity"}, "rate": {"name", "base"}, "task": {"repeat"}, "file": {"digest"},
}  # fmt: skip
TEXTS = (
    "[/red] [b [@click=app.quit]press[/] [link='x'] $x {y} \\[",
    "esc \x1b[31m \x1b]0;title\x07 \x9b31m \x1b[?1049l",
    "\u202egnp.exe \u2066 \u200b \u200e \ufeff",
    "line\r\nbreak\nand\ttab\x0b\x0c\u2028\u2029",
    "nul \x00 \x01 \x7f \ud800".encode("utf-8", "replace").decode(),
    "👩‍👩‍👧‍👦" * 40 + "e\u0301" * 40 + "\u0300" * 60,
    "مرحبا بالعالم שלום עולם " * 20,
    "漢字仮名交じり文" * 60 + "ｗｉｄｅ",
    "x" * LONG,
    " ",
)
RAW = ("\x1b[31m", "\x1b]0;", "\x9b", "\u202e", "\x1b[?1049l", "\x00")  # what may reach no terminal


def poison(workspace: Workspace) -> int:
    """Put a hostile text into every text of every record, and answer how many there were."""
    count = 0
    for entity in list(workspace.registry.entities.values()):
        fields = [field for field in entity.fields.values() if _is_text(entity.key, field)]
        if not fields:
            continue
        changes = []
        for record in list(workspace.query(Query(entity.key, fields=("id",)))):
            values: dict[str, Any] = {}
            for field in fields:
                values[field.key] = TEXTS[count % len(TEXTS)] + str(count)
                count += 1
            base = workspace.reader.require(entity.key, record["id"])
            change = update(entity, base, values)
            if change is not None:
                changes.append(change)
        if changes:
            workspace.run(Apply(changes))
    return count


def _is_text(entity: str, field: Field) -> bool:
    return (
        field.kind.name in ("text", "longtext", "phone", "url", "email")
        and not field.multi
        and field.writable
        and field.key not in STRUCTURE.get(entity, ())
    )


def everywhere(workspace: Workspace) -> list[Place]:
    """A place of every kind: the lists and a record of everything there is."""
    found: list[Place] = []
    for kind in SCREENS:
        if kind == "list":
            found += [
                Place(kind, key) for key, entity in workspace.registry.entities.items() if not entity.internal
            ]
        elif kind in ("record", "record_history", "form"):
            found += [place._replace(kind=kind) for place in records(workspace)]
        else:
            found.append(Place(kind, text={"search": "a", "run": "crm contact list"}.get(kind, "")))
    return found


def records(workspace: Workspace) -> list[Place]:
    """A record of every kind."""
    found = []
    for key, entity in workspace.registry.entities.items():
        if not entity.internal:
            record = next(iter(workspace.query(Query(key, limit=1, expand=False))), None)
            found += [] if record is None else [Place("record", key, str(record["id"]))]
    return found


def sample(places: list[Place]) -> list[Place]:
    """Of many places: each that is there once, and of the rest every kind and every entity, in turn."""
    kinds = [kind for kind in SCREENS if any(place.kind == kind and place.entity for place in places)]
    entities = sorted({place.entity for place in places if place.entity})
    turns = {entity: kinds[at % len(kinds)] for at, entity in enumerate(entities)}
    return [
        place
        for place in places
        if not place.entity or place.entity == "contact" or turns[place.entity] == place.kind
    ]
