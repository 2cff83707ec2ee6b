"""What is done to many records of a list at once: as one piece of work with one undo, by the same steps as the command line's."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING

from crmtool.app.bulk import run_many
from crmtool.app.commands import Delist, Enlist, Remove, Restore, Set
from crmtool.core import ids
from crmtool.core.errors import UsageError
from crmtool.core.messages import Message
from crmtool.doors.handover import Handover, kinds_named, user_named
from crmtool.doors.targets import items
from crmtool.doors.words import assignments

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from crmtool.app.bulk import Bulk, Item
    from crmtool.app.commands import Command
    from crmtool.app.workspace import Workspace
    from crmtool.core.registry import Entity
    from crmtool.doors.words import Assignment
    from crmtool.tui.efforts import Effort
    from crmtool.tui.scope import Scope

    Work = Callable[[Workspace, Effort], Bulk]


def parsed(workspace: Workspace, entity: Entity, text: str) -> tuple[Assignment, ...]:
    """The assignments of a line such as ``stage=Won tags+=vip``; a value with spaces stands in quotes.

    Raises ``UsageError`` for one that no record could take.
    """
    try:
        words = shlex.split(text)
    except ValueError as error:
        raise UsageError(
            Message("A quote is open."), Message("Close it, or put a backslash before it."), code="quote"
        ) from error
    found = tuple(assignments(words, entity)) if all("=" in word for word in words) else ()
    if not found:
        raise UsageError(
            Message("Write what shall be, as field=value."),
            Message("For example: {example}", example="tags+=vip owner=me"),
            code="nothing",
        )
    for key, _, value in found:
        field = entity.fields[key]
        if isinstance(value, str) and field.kind.name not in ("reference", "file"):
            field.parse(value, workspace.context)
    return found


def each(scope: Scope, make: Callable[[tuple[str, ...]], Command]) -> Work:
    """A command for every record."""

    def work(workspace: Workspace, effort: Effort) -> Bulk:
        found = [*scope.records(workspace)]
        return _run(workspace, effort, items(found, make), make(()).name, len(found))

    return work


def change(scope: Scope, changes: tuple[Assignment, ...]) -> Work:
    """The same new values for every record."""
    return each(scope, lambda found: Set(scope.place.entity, found, changes))


def remove(scope: Scope) -> Work:
    """To the trash."""
    return each(scope, lambda found: Remove(scope.place.entity, found))


def restore(scope: Scope) -> Work:
    """Out of the trash."""
    return each(scope, lambda found: Restore(scope.place.entity, found))


def enlist(scope: Scope, static_list: str, name: str | None = None) -> Work:
    """Onto a static list; with a ``name`` it is made first."""
    values = None if name is None else {"name": name, "of": scope.place.entity}

    def work(workspace: Workspace, effort: Effort) -> Bulk:
        found = [*scope.records(workspace)]

        def made() -> Iterator[Item]:
            for number, item in enumerate(
                items(found, lambda one: Enlist(scope.place.entity, one, static_list))
            ):
                if number == 0 and values is not None:
                    item.command = Enlist(scope.place.entity, (found[0],), static_list, values)
                yield item

        return _run(workspace, effort, made(), "list add", len(found))

    return work


def delist(scope: Scope, static_list: str) -> Work:
    """Off a static list."""
    return each(scope, lambda found: Delist(found, static_list))


def reassign(scope: Scope, taker: str, along: str) -> Work:
    """To another owner, with what is about them: ``along`` names kinds of record as ``--with`` does."""

    def work(workspace: Workspace, effort: Effort) -> Bulk:
        entity = workspace.registry.entity(scope.place.entity)
        handover = Handover(workspace, entity, user_named(workspace, taker))
        found = [*scope.records(workspace)]
        parts = [(entity, found)]
        parts += [(kind, handover.along(kind, found)) for kind in kinds_named(workspace, entity, along)]
        changed = (item for kind, records in parts for item in handover.items(kind, records))
        total = sum(len(records) for _, records in parts)
        return _run(workspace, effort, changed, f"{entity.key} reassign", total)

    return work


def _run(workspace: Workspace, effort: Effort, made: Iterator[Item], label: str, total: int) -> Bulk:
    return run_many(workspace, made, label, progress=lambda done, _: effort(done, total))


def new_list() -> str:
    """The id of a list that is to be made."""
    return ids.new_id()
