"""What is in the workspace right now, as values to choose from: names, handles, addresses, choices.

Reads are few and bounded, under the policy of whoever is completing.
"""

from __future__ import annotations

from crmtool.core import ids
from crmtool.core.query import And, Compare, Path, SortKey

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any

    from crmtool.app.workspace import Workspace
    from crmtool.core.fields import Field
    from crmtool.core.query import Node
    from crmtool.core.registry import Entity

    Candidate = tuple[str, str]

LIMIT = 40
DAYS = ("today", "tomorrow", "yesterday", "+7d", "monday", "eow", "eom", "eoq")
_RECENT = 200  # records whose handles are tried while less than four characters of one are typed


def starting(found: Iterable[Candidate], text: str) -> list[Candidate]:
    """Those that begin with ``text``, whatever the case."""
    typed = text.casefold()
    return [item for item in found if item[0].casefold().startswith(typed)]


class Candidates:
    """What fits in one workspace, each with a word about it. ``trash`` as in ``Query``."""

    def __init__(self, workspace: Workspace, trash: str = "without") -> None:
        self.workspace = workspace
        self.trash = trash

    def fields(self, entity: Entity) -> list[Field]:
        """The fields that a person can name."""
        return [f for f in self.workspace.reader.visible_fields(entity) if not f.hidden]

    def of_field(self, field: Field, text: str) -> list[Candidate]:
        """The values a field can have, where there are few or they have names."""
        kind = field.kind.name
        if field.choices:
            return starting([(choice.key, choice.text()) for choice in field.choices], text)
        if kind == "yesno":
            return starting([("yes", ""), ("no", "")], text)
        if kind in ("date", "instant"):
            return starting([(day, "") for day in DAYS], text)
        if kind == "tags":
            return self.records("tag", text)
        if kind == "reference" and field.target:
            me = starting([("me", "")], text) if field.target == "user" else []
            return [*me, *self.records(field.target, text)]
        return []

    def records(self, key: str, text: str, limit: int = LIMIT) -> list[Candidate]:
        """Records by the beginning of their name, their handle or their e-mail address; the newest while nothing is typed."""
        workspace = self.workspace
        entity = workspace.registry.entity(key)
        if not workspace.policy.can_read(workspace.actor, entity):
            return []
        if text.startswith("@"):
            return self._handles(entity, text)
        if "@" in text:
            return self._emails(entity, text)
        name = entity.fields.get(entity.name_field)
        if name is None or name not in self.fields(entity):
            return []
        path = Path((name,))
        where: Node | None = None
        sort = SortKey(Path((entity.fields["updated_at"],)), True)
        if text:
            where = And((Compare(path, ">=", text), Compare(path, "<", text + "\uffff")))
            sort = SortKey(path)
        found = self._read(entity, where, sort, limit)
        # A name that several have is offered once; the command then asks which by their handles.
        shown = {str(r[name.key]): f"@{ids.handle(r['id'])}" for r in found if r[name.key]}
        return [*shown.items()]

    def _read(self, entity: Entity, where: Node | None, sort: SortKey, limit: int) -> list[dict[str, Any]]:
        from crmtool.store.reader import Query

        fields = ("id", entity.name_field)
        return list(
            self.workspace.query(
                Query(entity.key, where, (sort,), fields, limit, trash=self.trash, expand=False)
            )
        )

    def _handles(self, entity: Entity, text: str) -> list[Candidate]:
        reader = self.workspace.reader
        bounds = ids.handle_range(text)
        if bounds is not None:
            found = reader.names(entity.key, reader.by_handle(entity.key, *bounds, trash=self.trash))
        else:
            recent = self._read(entity, None, SortKey(Path((entity.fields["updated_at"],)), True), _RECENT)
            found = {record["id"]: str(record[entity.name_field] or "") for record in recent}
        return starting(((f"@{ids.handle(record)}", name) for record, name in found.items()), text)[:LIMIT]

    def _emails(self, entity: Entity, text: str) -> list[Candidate]:
        if not any(field.lookup == "email" for field in self.fields(entity)):
            return []
        from crmtool.store.search import find

        found: list[Candidate] = []
        for hit in find(self.workspace.reader, text, entities=[entity.key], limit=LIMIT):
            held = hit.record.get("emails") or [{"value": hit.record.get("email") or ""}]
            name = str(hit.record.get(entity.name_field) or "")
            found += starting([(entry["value"], name) for entry in held], text)
        return found
