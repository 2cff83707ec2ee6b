"""``crm count``: how many records match, as a bare number.

``fast`` is the way past the framework for words without options: a count is what prompts, status bars and loops ask.
"""

from __future__ import annotations

import sys

from crmtool.core.query import all_of
from crmtool.store.reader import Query

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from typing import Any

    from crmtool.app.workspace import Workspace


def fast(words: list[str]) -> int | None:
    """Count without the framework; ``None`` where it has to explain what is missing."""
    if not words:
        return None
    from crmtool.cli.session import open_session

    with open_session() as workspace:
        sys.stdout.write(f"{number(workspace, words[0], words[1:])}\n")
    return 0


def number(
    workspace: Workspace,
    noun: str,
    words: Sequence[str],
    filters: Sequence[str] = (),
    *,
    view: str | None = None,
    on: str | None = None,
    **rest: Any,
) -> int:
    """How many records of a noun the words of a filter leave, of those that a view shows and that are on a list."""
    entity = workspace.registry.entity(noun)
    where = None
    if words or filters:
        from crmtool.doors.filters import condition

        where = condition(workspace, entity, words, filters)
    if view is not None:
        from crmtool.doors.views import of_name

        where = all_of([where, of_name(workspace, view, entity.key).where])
    if on is not None:
        from crmtool.doors.lists import on_list

        where = all_of([where, on_list(workspace, entity, on)])
    return workspace.reader.count(Query(entity.key, where, **rest))


def __getattr__(name: str) -> Callable[..., None]:
    # The framework's form of the command needs the framework, which ``fast`` must not load.
    if name == "command":
        from crmtool.cli.commands.count_options import command

        return command
    raise AttributeError(name)
