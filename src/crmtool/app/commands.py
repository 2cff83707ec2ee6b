"""What can be asked of a workspace: plain command records with metadata, handled purely, run by
``Workspace.run``.

``sensitive`` commands ask again before they run, ``external_effect`` ones reach outside and cannot be
undone, ``bulk`` ones touch many records. Every door builds these; none writes on its own.
"""

from __future__ import annotations

from crmtool.core.struct import Struct

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, ClassVar

    from crmtool.core.changes import Change


class Command(Struct):
    """Base. ``name`` is what the log says; the arguments never get there."""

    if TYPE_CHECKING:
        sensitive: ClassVar[bool]
        external_effect: ClassVar[bool]
        bulk: ClassVar[bool]
    sensitive = False
    external_effect = False
    bulk = False

    @property
    def name(self) -> str:
        return type(self).__name__.lower()


class Add(Command):
    """Create one record. ``values`` holds JSON-plain values by field; references may be ids or text to resolve."""

    entity: str
    values: dict[str, Any]
    effective_at: str | None = None

    @property
    def name(self) -> str:
        return f"{self.entity} add"


class Set(Command):
    """Change fields of records. ``changes``: (field, operator, value) with operator ``=``, ``+=`` or ``-=``.

    ``rev`` makes the write conditional: ``ConflictError`` when the record moved on.
    """

    entity: str
    records: tuple[str, ...]
    changes: tuple[tuple[str, str, Any], ...]
    rev: int | None = None
    effective_at: str | None = None

    @property
    def name(self) -> str:
        return f"{self.entity} set"


class Remove(Command):
    """Move records to the trash."""

    entity: str
    records: tuple[str, ...]

    @property
    def name(self) -> str:
        return f"{self.entity} rm"


class Restore(Command):
    """Take records out of the trash."""

    entity: str
    records: tuple[str, ...]

    @property
    def name(self) -> str:
        return f"{self.entity} restore"


class Purge(Command):
    """Erase records for good, with the notes, activities, tasks and links that are about them alone."""

    sensitive = True
    entity: str
    records: tuple[str, ...]

    @property
    def name(self) -> str:
        return "purge"


class Convert(Command):
    """Turn a lead into a customer-to-be: lifecycle to opportunity, and a deal for it unless ``deal`` is ``None``."""

    record: str
    deal: str | None
    values: dict[str, Any]

    @property
    def name(self) -> str:
        return "contact convert"


class Move(Command):
    """Move a deal to another stage (by id or name; within its pipeline unless ``pipeline`` says otherwise).

    ``values`` are further fields: what the stage requires can be given on the way.
    """

    record: str
    stage: str
    pipeline: str | None = None
    effective_at: str | None = None
    values: dict[str, Any] | None = None

    @property
    def name(self) -> str:
        return "deal move"


class Close(Command):
    """Win or lose a deal; ``status`` is ``won``, ``lost`` or ``open`` (to reopen it)."""

    record: str
    status: str
    reason: str | None = None
    closed_on: str | None = None
    values: dict[str, Any] | None = None

    @property
    def name(self) -> str:
        return {"won": "deal win", "lost": "deal lose"}.get(self.status, "deal reopen")


class Done(Command):
    """Finish a task; a repeating one gets its next occurrence."""

    record: str

    @property
    def name(self) -> str:
        return "task done"


class Enlist(Command):
    """Put records on a static list; those that are on it already stay as they are.

    ``static_list`` is the id of the list; with ``values`` the list is made, under that id.
    """

    entity: str
    records: tuple[str, ...]
    static_list: str
    values: dict[str, Any] | None = None

    @property
    def name(self) -> str:
        return "list add"


class Delist(Command):
    """Take records off a static list."""

    records: tuple[str, ...]
    static_list: str

    @property
    def name(self) -> str:
        return "list remove"


class Attach(Command):
    """Keep files (name, type, hash and size; ``app.contents`` has the content) and tie them to records, as (entity, id)."""

    files: tuple[dict[str, Any], ...]
    to: tuple[tuple[str, str], ...] = ()

    @property
    def name(self) -> str:
        return "file add"


class Merge(Command):
    """Make ``others`` one with the record ``keep``, which stays. ``changes`` are as those of ``Set``, and stand in any case.

    ``evidence``: by id of one of the others, what spoke for the two being one; kept for learning from it.
    """

    entity: str
    keep: str
    others: tuple[str, ...]
    changes: tuple[tuple[str, str, Any], ...] = ()
    evidence: dict[str, dict[str, Any]] | None = None

    @property
    def name(self) -> str:
        return "merge"

    @property
    def records(self) -> tuple[str, ...]:
        """All that it touches by name."""
        return (self.keep, *self.others)


class Unmerge(Command):
    """Take records that were merged into another out of it again; what changed since stays where it is."""

    entity: str
    records: tuple[str, ...]

    @property
    def name(self) -> str:
        return "unmerge"


class Distinct(Command):
    """Say of two records that they are not the same, however much they look it. ``evidence`` as for ``Merge``."""

    entity: str
    one: str
    other: str
    evidence: dict[str, Any] | None = None

    @property
    def name(self) -> str:
        return "dupes distinct"


class Apply(Command):
    """Changes decided elsewhere in the same transaction: what imports, the demo and jobs are made of."""

    bulk = True
    changes: list[Change]
    label: str = "import"

    @property
    def name(self) -> str:
        return self.label


class Undo(Command):
    """Take back a change set or job: the one with this id, or the last of this actor on this device."""

    handle: str | None = None
    redo: bool = False

    @property
    def name(self) -> str:
        return "redo" if self.redo else "undo"
