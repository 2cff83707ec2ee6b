"""What was said, as the activity, note or task that is made of it: from a line of text with ``field=value`` words in it."""

from __future__ import annotations

from crmtool.app.commands import Add
from crmtool.app.timeline import SUBJECTS
from crmtool.core.errors import UsageError
from crmtool.core.messages import Message
from crmtool.doors import words

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from crmtool.app.workspace import Workspace
    from crmtool.core.registry import Entity

SUBJECT = 80  # characters of a text that are its subject; the whole of a longer one is the body

NOTE, TASK = "note", "task"


def logged(workspace: Workspace, what: str, key: str, record: str, text: str) -> Add:
    """The command that notes ``text`` about a record. ``what`` is a type of activity, ``note`` or ``task``.

    Raises ``UsageError`` for a word that names no field.
    """
    kind = None if what in (NOTE, TASK) else what
    entity = workspace.registry.entity(what if kind is None else "activity")
    plain, assigned = words.split(text.split(" "))
    said = " ".join(plain)
    if key not in entity.fields:
        key, record = _subject(workspace, key, record)
    values = {**about(workspace, key, record), **words.values(assigned, entity)}
    values.update({"name": said} if what == TASK else worded(entity, kind, said, values))
    return Add(entity.key, values)


def _subject(workspace: Workspace, key: str, record: str) -> tuple[str, str]:
    """Whom a task, an order or another record is about. ``UsageError`` where it is about nobody."""
    held = workspace.reader.require(key, record)
    for subject in SUBJECTS:
        if held.get(subject):
            return subject, held[subject]
    raise UsageError(
        Message("{noun} is about no contact, company or deal.", noun=held.get("name") or key),
        Message("Say so first: edit it and fill in whom it is about."),
        code="about",
    )


def about(workspace: Workspace, key: str, record: str) -> dict[str, Any]:
    """What the new record is about: the one named, and for a deal also the person and the company in it."""
    values: dict[str, Any] = {key: record}
    if key == "deal":
        deal = workspace.reader.require("deal", record)
        values.update({name: deal[name] for name in ("contact", "company") if deal.get(name)})
    return values


def worded(entity: Entity, kind: str | None, said: str, values: dict[str, Any]) -> dict[str, Any]:
    """The text as subject and body: a long or folded one is kept whole in the body."""
    if kind is None:
        return {"body": said} if said else {}
    first = said.strip().split("\n", 1)[0]
    subject = first if len(first) <= SUBJECT else first[: SUBJECT - 1] + "…"
    out: dict[str, Any] = {"type": kind}
    if "name" not in values:
        choice = entity.fields["type"].choice(kind)
        out["name"] = subject or (choice.text() if choice else kind)
    if said.strip() != subject and "body" not in values:
        out["body"] = said
    return out
