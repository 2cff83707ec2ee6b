"""A list as it is shown, or what is selected of it, as a file; the ending of its name says the format."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from crmtool.core.errors import UsageError
from crmtool.core.messages import Message
from crmtool.core.query import In, Not, Path, all_of
from crmtool.doors.lists import visible
from crmtool.transfer.export.formats import format_of
from crmtool.transfer.export.tables import Export, Table
from crmtool.transfer.target import whole_file

if TYPE_CHECKING:
    from crmtool.app.workspace import Workspace
    from crmtool.transfer.export.formats import Format
    from crmtool.tui.records import Records
    from crmtool.tui.scope import Scope


def format_named(path: str) -> Format:
    """The format of a file by its ending; ``UsageError`` for one that is none."""
    return format_of(path, None)


def writable(path: str) -> None:
    """Raise ``UsageError`` for a file that cannot be written, by its ending or for want of its folder."""
    format_named(path)
    folder = os.path.dirname(os.path.expanduser(path)) or os.curdir
    if not os.path.isdir(folder):
        raise UsageError(
            Message("There is no folder {path}.", path=folder),
            Message("Make it first, or choose another."),
            code="folder",
        )


def selected(scope: Scope) -> str:
    """The filter that means the records of a scope, beside the place's own; "" when those are all."""
    if not scope.keys:
        return ""
    among = f"id in ({', '.join(scope.keys)})"
    return f"not {among}" if scope.rest else among


def export(workspace: Workspace, source: Records, scope: Scope, path: str) -> int:
    """Write the records of a scope with the columns and the order of their list, and answer how many."""
    chosen = format_named(path)
    entity = visible(workspace, workspace.registry.entity(source.entity.key))
    if not chosen.takes(entity):
        raise UsageError(
            Message("{format} has no words for {tables}.", format=chosen.title, tables=entity.plural_label()),
            Message("Choose another format, such as {format}.", format="csv"),
            code="format",
        )
    query = source.query(workspace)
    where = query.where
    if scope.keys:
        among = In(Path((entity.fields["id"],)), scope.keys)
        where = all_of([where, Not(among)]) if scope.rest else among
    table = Table(entity.plural, entity.plural_label(), entity, source.fields, where, query.sort)
    done = Export(workspace.reader, [table], title=entity.plural_label())
    with workspace.db.reading(), whole_file(path) as file:
        chosen.write(done, file)
    return done.rows
